"""Source trees in C#."""

from collections.abc import Mapping
from typing import Any

import pytest

from builders.artefacts import tree
from gatekeeper.collectors.source import csharp
from gatekeeper.collectors.source import read as source
from gatekeeper.collectors.source.facts import PLACES
from gatekeeper.model.evidence import Collected, Finding, Unreadable

ORDER = "src/Orders/Domain/Order.cs"
PROJECT = {"src/Orders/Orders.csproj": '<Project Sdk="Microsoft.NET.Sdk"></Project>'}


def collected(files: Mapping[str, bytes | str], **options: Any) -> Collected[Any]:
    return source.collect(tree({**PROJECT, **files}, "."), options)


def imports(code: bytes | str) -> list[str]:
    return list(collected({ORDER: code}).facts.imports)


def disallowed(files: Mapping[str, str], *allowed: str) -> list[str]:
    found = collected(files, include="**/Domain/**", allowed_imports=["System.*", *allowed])
    flaws = [f"{flaw.file}:{flaw.line}: {flaw.message}" for flaw in found.facts.disallowed_imports]
    open_ = [f"not understood: {each.place.message}" for each in found.origins[0].not_understood]
    return [text.replace("src/Orders/", "") for text in flaws + open_]


def test_a_file_with_some_of_everything() -> None:
    code = """using System.Text;
using static Xunit.Assert;
using OpenAI.Chat;
namespace Acme.Orders;
class Order { string Host = "https://api.openai.com"; }
"""
    test = "tests/Orders.Tests/Domain/OrderTests.cs"
    found = collected(
        {
            ORDER: code,
            test: "class OrderTests {}",
            "src/Orders/IOrders.cs": "interface IOrders { int A { get; } }",
        },
        frameworks=["Xunit.*"],
        llm_sdks=["OpenAI", "ai"],
        llm_hosts=["api.openai.com"],
        ai_port="AIClient",
    )
    facts = found.facts
    assert (facts.files, facts.files_without_code) == ((ORDER,), ("src/Orders/IOrders.cs",))
    assert (facts.languages, facts.extensions) == (("c#",), {"cs": 2})
    assert facts.imports == facts.packages == ("OpenAI.Chat", "System.Text", "Xunit.Assert")
    assert facts.framework_imports == (Finding("imports Xunit.Assert", ORDER, 2),)
    assert facts.llm_sdk_imports == (Finding("imports OpenAI.Chat", ORDER, 3),)
    assert facts.llm_hosts_named == (Finding("names api.openai.com", ORDER, 5),)
    assert (facts.test_files, facts.files_without_tests) == ((test,), ())
    assert (facts.ai_calls, facts.prompts) == (None, None)
    assert [each.touches for each in found.origins[0].not_understood] == [PLACES["call"]]


# Imports.


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("using A.B;", ["A.B"]),
        ("using\n  A . B /* c */\n . C ;", ["A.B.C"]),
        ("global using A.B;", ["A.B"]),
        ("global using static A.B.C;", ["A.B.C"]),
        ("using C = A.B;", ["A.B"]),
        ("using C = A.B.D<E.F>; using E;", ["A.B.D", "E", "E.F"]),
        ("using Id = int;", []),
        ("using global::A;", ["A"]),
        ("extern alias X; using X::A.B;", ["A.B"]),
        ("using @A.B;", ["A.B"]),
        ("\ufeffusing A.B;\r\nclass C { }\r\n", ["A.B"]),
        ("namespace N { using A.B; namespace M { using A.C; } }", ["A.B", "A.C"]),
        ("#if DEBUG\nusing A.B;\n#endif", ["A.B"]),
        ("class C { void D() { using var e = F.G(); using (var h = I.J()) { } } }", []),
        ("using A; class C { A.B.D e; }", ["A", "A.B.D"]),
        ("using A; class C { Other.B.D e; }", ["A"]),
        ("class C { global::System.Text.Rune d; }", ["System.Text.Rune"]),
        ("using T = System.Text; class C { T.Rune d; }", ["System.Text", "System.Text.Rune"]),
        ("class C { Microsoft.B<System.D>[] e = [.. typeof(System.F)]; }", ["Microsoft.B", "System.D", "System.F"]),
        ('class C { string d = "System.A" + @"System.B" + $"System.C {System.D.E} " + \'"\'; }', ["System.D.E"]),
        ('class C { string d = $$"""System.C {{System.D.E}} """; } // System.F', ["System.D.E"]),
        ("/// <see cref='System.A.B'/>\n#region System.C.D\nclass E { }\n#endregion", []),
    ],
)  # fmt: skip
def test_names_of_namespaces_wherever_they_are_written(code: str, expected: list[str]) -> None:
    assert imports(code) == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ('Type.GetType("A.B, A")', ["A.B"]),
        ('System.Type.GetType("A.B+C", true)', ["A.B.C"]),
        ('Assembly.Load("A.B")', ["A.B"]),
        ('Assembly.Load(new AssemblyName("A.B"))', ["A.B"]),
        ('Activator.CreateInstance("A.B", "C")', ["A.B"]),
        ("Type.GetType(name)", None),
        ('Type.GetType($"A.{name}")', None),
        ("names.Select(Type.GetType)", None),
        ("} } namespace N { using static System.Type; class F { void G() {", None),
        ("assembly.GetType(name)", None),
        ("context.LoadFromAssemblyPath(path)", None),
        ("Type.GetType(typeof(Order).FullName)", []),
        ("order.Type.GetType()", []),
        ("Activator.CreateInstance(type)", []),
    ],
)
def test_types_that_are_loaded_by_name(code: str, expected: list[str] | None) -> None:
    found = collected({ORDER: f"class D {{ void E() {{ {code}; }} }}"})
    names = [name for name in found.facts.imports if name.startswith("A.")]
    places = found.origins[0].not_understood
    assert (names if not places else None) == expected
    assert all(each.touches == PLACES["import"] for each in places)


@pytest.mark.parametrize(
    ("listed", "name", "expected"),
    [
        ("OpenAI", "OpenAI", True),
        ("OpenAI", "OpenAI.Chat", True),
        ("OpenAI", "OpenAIClient", False),
        ("OpenAI", "Acme.OpenAI", False),
        ("Microsoft.SemanticKernel*", "Microsoft.SemanticKernel", True),
        ("Microsoft.SemanticKernel*", "Microsoft.SemanticKernelX.Y", True),
        ("System.*", "System", True),
        ("std", "System.Text", True),
        ("std", "Microsoft.Extensions.Hosting", False),
        ("ai", "ai.Client", False),
        ("openai", "OpenAI", False),
        ("@ai-sdk/*", "ai.sdk", False),
    ],
)
def test_what_a_listed_name_means(listed: str, name: str, *, expected: bool) -> None:
    assert csharp.CsharpTree([], []).naming([listed])(name) is expected


# What a project imports for its files.


@pytest.mark.parametrize(
    ("project", "props", "expected"),
    [
        ('<Using Include="A.B; A.C" />', "", ["A.B", "A.C"]),
        ('<!-- <Using Include="A.B" /> -->', "", []),
        ('<Using Include="A.B" /><Using Remove="A.B" />', "", []),
        ("", '<Project><ItemGroup><Using Include="A.B" /></ItemGroup></Project>', ["A.B"]),
        ("<ImplicitUsings>enable</ImplicitUsings>", "", ["System", "System.IO"]),
        ('<ImplicitUsings>enable</ImplicitUsings><Using Remove="System.IO" />', "", ["System"]),
        ("", "<Project><ImplicitUsings>true</ImplicitUsings></Project>", ["System", "System.IO"]),
        ("<ImplicitUsings>disable</ImplicitUsings>", "<ImplicitUsings>enable</ImplicitUsings>", []),
    ],
)
def test_what_a_project_imports(project: str, props: str, expected: list[str]) -> None:
    text = f'<Project Sdk="Microsoft.NET.Sdk">{project}</Project>'
    files = {
        "src/Orders/Orders.csproj": text,
        "src/Directory.Build.props": props or "<Project/>",
        ORDER: "class A { }",
    }
    found = [
        name
        for name in collected(files).facts.imports
        if "." not in name or name[0] == "A" or name[-2:] == "IO"
    ]
    assert found == expected


def test_what_the_sdk_of_a_project_imports_counts_at_its_place() -> None:
    text = '<Project\n Sdk="{}"><ImplicitUsings>enable</ImplicitUsings></Project>'
    web = collected({"src/Orders/Orders.csproj": text.format("Microsoft.NET.Sdk.Web"), ORDER: "class A { }"},
                    frameworks=["Microsoft.AspNetCore.Http"])  # fmt: skip
    assert web.facts.framework_imports == (
        Finding("imports Microsoft.AspNetCore.Http", "src/Orders/Orders.csproj", 1),
    )
    assert web.facts.files_without_code == (ORDER, "src/Orders/Orders.csproj")
    other = collected({"src/Orders/Orders.csproj": text.format("Acme.Sdk"), ORDER: "class A { }"}).facts
    assert other.imports == ("Acme.Sdk",)


# Through the files of the tree.

TREE = {
    "src/Orders/Domain/Line.cs": "namespace Acme.Orders; record Line(int A);",
    "src/Orders/Money/Money.cs": "using Org.X; namespace Acme.Money; public class Money { }",
    "src/Orders/Money/Rate.cs": "namespace Acme.Money; public class Rate { }",
    "src/Orders/Money/Rounding.cs": "using Org.E; namespace Acme.Money; static class R { public static int Up(this int a) => a; }",
    "src/Orders/Web/Audit.cs": "using Org.W; namespace Acme; class AuditAttribute : Attribute { }",
    "src/Orders/Usings.cs": "global using Acme.Shared;\nglobal using Org.G;",
    "src/Shared/Shared.csproj": "<Project/>",
    "src/Shared/Clock.cs": "using Org.C; namespace Acme.Shared; class Clock { }",
}  # fmt: skip


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("using System.Text;", []),
        ("using Org.Y;", ["Domain/New.cs:1: imports Org.Y"]),
        ("using Acme.Money; class A { Rate r; }", []),
        ("using Acme.Money; class A { Money m; }", ["Domain/New.cs:1: imports Org.X through Money/Money.cs"]),
        ("using Acme.Money; class A { int b = 1.Up(); }", ["Domain/New.cs:1: imports Org.E through Money/Rounding.cs"]),
        ("namespace Acme.Orders; class A { Acme.Money.Money m; }", ["Domain/New.cs:1: imports Org.X through Money/Money.cs"]),
        ("namespace Acme.Orders; class A { Money.Money m; }", ["Domain/New.cs:1: imports Org.X through Money/Money.cs"]),
        ("namespace Acme.Orders; class A { Line l; }", []),
        ("namespace Acme.Orders; [Audit] class A { }", ["Domain/New.cs:1: imports Org.W through Web/Audit.cs"]),
        ("class A { Clock c; }", ["Domain/New.cs:1: imports Org.C through src/Shared/Clock.cs"]),
        ("using Acme.Gone;", ["Domain/New.cs:1: imports Acme.Gone"]),
        ("using Acme;", []),
    ],
)  # fmt: skip
def test_imports_are_followed_through_namespaces_of_the_tree(code: str, expected: list[str]) -> None:
    found = disallowed({**TREE, "src/Orders/Domain/New.cs": code})
    assert "Domain/Line.cs:1: imports Org.G through Usings.cs" in found
    assert [text for text in found if "Org.G" not in text] == expected


def test_without_a_project_file_what_it_imports_is_not_understood() -> None:
    found = source.collect(tree({ORDER: "class A { }"}, "."), {"allowed_imports": ["System.*"]})
    message = "imports the global usings of its project, whose file is not in the tree"
    assert [each.place for each in found.origins[0].not_understood] == [Finding(message, ORDER, 1)]


def test_a_namespace_of_the_tree_may_also_be_of_a_package() -> None:
    code = "using Microsoft.Extensions.Hosting; using Polly.Mine; class A { }"
    own = "namespace Microsoft.Extensions.Hosting; class B { }\nnamespace Polly.Mine { class C { } }"
    packages = '<Project Sdk="Microsoft.NET.Sdk"><PackageReference Include="Polly" Version="8" /></Project>'
    found = disallowed({ORDER: code, "src/Orders/B.cs": own, "src/Orders/Orders.csproj": packages})
    assert found == [
        "not understood: imports Microsoft.Extensions.Hosting, of the tree or of a package",
        "not understood: imports Polly.Mine, of the tree or of a package",
    ]


# What does not parse, and files that nobody wrote.


def test_a_part_that_does_not_parse_is_read_as_plain_text() -> None:
    code = """using A.B;
namespace Acme;
class C :
#if NET
  A.D,
#endif
  E {
  // System.F
  string g = "api.openai.com" + System.H.I;
}
"""
    found = collected({ORDER: code}, llm_hosts=["api.openai.com"])
    assert found.facts.imports == ("A.B", "A.D", "System.H.I")
    assert found.facts.llm_hosts_named == (Finding("names api.openai.com", ORDER, 9),)
    assert (found.facts.files, found.origins[0].not_understood) == ((ORDER,), ())


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"class A {\x00}", "a zero byte"),
        ("class \xc4 {}".encode("latin-1"), "is not UTF-8"),
        (b"class A {" * 20_000, "nested too deeply"),
    ],
)
def test_files_that_are_not_read(content: bytes, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        collected({ORDER: content})


@pytest.mark.long
def test_utf_16_and_long_lines() -> None:
    assert imports("using A.B;".encode("utf-16")) == ["A.B"]
    assert imports(f"using A.B;\nclass D {{ }}{' ' * 1_000_000}\n// {'x.' * 500_000}") == ["A.B"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"api.a.com"', True),
        ('@"https://api.a.com\\v1"', True),
        ('$"https://{region}.a.com/v1"', True),
        ('$"https://{Region("x")}.a.com/v1"', True),
        ('"""\n https://api.a.com\n """', True),
        ('$$"""https://{{region}}.a.com"""', True),
        ('"api." + "a.com"', True),
        ('"api\\u002ea.com"', True),
        ('"api.a.com"u8', True),
        ("api.a.com", False),
        ('F("api.", "a.com")', False),
    ],
)
def test_texts_that_name_a_host(text: str, *, expected: bool) -> None:
    code = f"class D {{ object e = {text}; }} // api.a.com"
    assert (
        bool(collected({ORDER: code}, llm_hosts=["api.a.com", "*.a.com"]).facts.llm_hosts_named) is expected
    )


# Files.


@pytest.mark.parametrize(
    ("code", "runs"),
    [
        ("interface A { int B { get; } void C(); }", False),
        ("enum A { B } delegate void C(int d);", False),
        ("class A { const int B = 1; int c; }", False),
        ("abstract class A { public abstract void B(); }", False),
        ("class A { int B { get; set; } }", True),
        ("class A { int b = 1; }", True),
        ("class A { int B() => 1; }", True),
        ("record A(int B);", True),
        ("class A(int b);", True),
        ("interface A { int B() => 1; }", True),
        ("Run();", True),
    ],
)
def test_only_files_that_run_must_be_covered(code: str, *, runs: bool) -> None:
    found = collected({ORDER: code, "src/Orders/Other.cs": "class Other { int A() => 1; }"}).facts
    assert (ORDER in found.files) is runs


@pytest.mark.parametrize(
    ("path", "is_source", "is_test"),
    [
        ("src/Orders/Order.cs", True, False),
        ("src/Labs/LabTest.cs", True, False),
        ("src/Labs/LabTests/Blood.cs", True, False),
        ("src/Orders/OrderTests.cs", False, True),
        ("tests/Orders.Tests/OrderTests.cs", False, True),
        ("tests/Orders.UnitTests/OrderTest.cs", False, True),
        ("tests/Orders.Tests/Builders.cs", False, False),
        ("tests/IntegrationTests/OrderSpec.cs", False, True),
        ("src/Orders/obj/Debug/net9.0/Orders.GlobalUsings.g.cs", False, False),
        ("src/Orders/bin/x64/Release/Orders.cs", False, False),
        ("src/Warehouse/bin/Shelf.cs", True, False),
        ("src/Orders/Order.g.cs", True, False),
    ],
)
def test_which_files_are_the_product_and_which_have_tests(
    path: str, *, is_source: bool, is_test: bool
) -> None:
    assert (csharp.is_source(path), csharp.is_test(path)) == (is_source, is_test)


@pytest.mark.parametrize(
    ("test", "of"),
    [
        ("tests/Orders.Tests/Domain/OrderTests.cs", True),
        ("tests/Orders.UnitTests/Domain/OrderTest.cs", True),
        ("tests/UnitTests/Domain/OrderTests.cs", True),
        ("src/Orders/Domain/OrderTests.cs", True),
        ("tests/Billing.Tests/Domain/OrderTests.cs", False),
        ("tests/Orders.Tests/Other/OrderTests.cs", False),
        ("tests/Orders.Tests/Domain/Order.cs", False),
    ],
)
def test_which_file_a_test_is_for(test: str, *, of: bool) -> None:
    found = collected({ORDER: "class Order { int A() => 1; }", test: "class T {}"}).facts
    assert (ORDER not in found.files_without_tests) is of
