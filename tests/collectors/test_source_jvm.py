"""Source trees in Java and Kotlin."""

from collections.abc import Mapping
from typing import Any

import pytest

from builders.artefacts import tree
from gatekeeper.collectors.source import jvm
from gatekeeper.collectors.source import read as source
from gatekeeper.collectors.source.facts import PLACES
from gatekeeper.model.evidence import Collected, Finding, Unreadable

JAVA = "src/main/java/acme/domain/Order.java"
KOTLIN = "src/main/kotlin/acme/domain/Order.kt"


def collected(files: Mapping[str, bytes | str], **options: Any) -> Collected[Any]:
    return source.collect(tree(files, "."), options)


def imports(code: bytes | str, path: str = JAVA) -> list[str]:
    return list(collected({path: code}).facts.imports)


def disallowed(files: Mapping[str, str], *allowed: str) -> list[str]:
    found = collected(files, include="**/domain/**", allowed_imports=["java.*", *allowed])
    flaws = [f"{flaw.file}:{flaw.line}: {flaw.message}" for flaw in found.facts.disallowed_imports]
    open_ = [f"not understood: {each.place.message}" for each in found.origins[0].not_understood]
    return [text.replace("src/main/java/acme/", "") for text in flaws + open_]


def test_a_file_with_some_of_everything() -> None:
    code = """package acme.domain;
import java.util.List;
import static org.junit.Assert.*;
import com.openai.client.OpenAIClient;
class Order { String host = "https://api.openai.com"; }
"""
    found = collected(
        {
            JAVA: code,
            "src/test/java/acme/domain/OrderTest.java": "class OrderTest {}",
            KOTLIN.replace("Order", "Orders"): "interface A",
        },
        frameworks=["org.junit.*"],
        llm_sdks=["com.openai.*"],
        llm_hosts=["api.openai.com"],
        ai_port="AIClient",
    )
    facts = found.facts
    assert (facts.files, facts.files_without_code) == ((JAVA,), (KOTLIN.replace("Order", "Orders"),))
    assert (facts.languages, facts.extensions) == (("java", "kotlin"), {"java": 1, "kt": 1})
    assert facts.imports == ("com.openai.client.OpenAIClient", "java.util.List", "org.junit.Assert.*")
    assert facts.packages == ("com.openai.client", "java.util", "org.junit")
    assert facts.framework_imports == (Finding("imports org.junit.Assert.*", JAVA, 3),)
    assert facts.llm_sdk_imports == (Finding("imports com.openai.client.OpenAIClient", JAVA, 4),)
    assert facts.llm_hosts_named == (Finding("names api.openai.com", JAVA, 5),)
    assert (facts.test_files, facts.files_without_tests) == (
        ("src/test/java/acme/domain/OrderTest.java",),
        (),
    )
    assert (facts.ai_calls, facts.prompts) == (None, None)
    assert [each.touches for each in found.origins[0].not_understood] == [PLACES["call"]]


# Imports.


@pytest.mark.parametrize(
    ("path", "code", "expected"),
    [
        (JAVA, "import a.b.C;", ["a.b.C"]),
        (JAVA, "import\n  a . b /* c */\n . C ;", ["a.b.C"]),
        (JAVA, "import static a.b.C.of;", ["a.b.C.of"]),
        (JAVA, "import a.b.*;", ["a.b.*"]),
        (JAVA, "import module a.base;", ["a.base"]),
        (JAVA, "import a.\\u0062.C;", ["a.b.C"]),
        (JAVA, "\ufeffimport a.b.C;\r\nclass D {}\r\n", ["a.b.C"]),
        (JAVA, "class D extends a.b.C {}", ["a.b.C"]),
        (JAVA, "class D { @a.b.C(x = a.c.D.class) java.util.List<a.e.F[]> g; }", ["a.b.C", "a.c.D", "a.e.F", "java.util.List"]),
        (JAVA, "class D { Object e = a.b.C.of(1).build(); }", ["a.b.C"]),
        (JAVA, "class D { Object e = (Runnable) a.b.C::run; }", ["a.b.C"]),
        (JAVA, 'class D { String e = """\n a.b.C """ + "a.b.D" + \'"\' + a.b.F.g; } // a.b.H', ["a.b.F"]),
        (JAVA, "/** {@link a.b.C} */ class D { int e = order.customer.name + this.a.b.C; }", []),
        (KOTLIN, "import a.b.C as D\nval e = D()", ["a.b.C"]),
        (KOTLIN, "import a.`in`.c", ["a.in.c"]),
        (KOTLIN, "import a.b.c\nval d = a.b.e()", ["a.b.c", "a.b.e"]),
        (KOTLIN, "val d: List<a.b.C>? = null\nfun a.b.D.e() = 1", ["a.b.C", "a.b.D"]),
        (KOTLIN, 'val d = "$e a.b.C ${a.b.D.f("a.b.G")} $h"', ["a.b.D"]),
        (KOTLIN, 'val d = """a.b.C ${a.b.D.f} """\nval e = order.total.amount', ["a.b.D"]),
        ("build/x.kts", "import a.b.C\nprintln(1)", ["a.b.C"]),
    ],
)  # fmt: skip
def test_names_of_packages_wherever_they_are_written(path: str, code: str, expected: list[str]) -> None:
    assert imports(code, path) == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ('Class.forName("a.b.C")', ["a.b.C"]),
        ('java.lang.Class.forName("a.b.C", false, loader)', ["a.b.C"]),
        ('loader.loadClass("a.b.C$Inner")', ["a.b.C.Inner"]),
        ("Class.forName(name)", None),
        ('Class.forName("a.b." + name)', None),
        ("run(Class::forName)", None),
        ("ClassUtils.forName(name, loader)", None),
        ("ClassUtils.getClass(name)", None),
        ("order.getClass().getName()", []),
        ("this.loader.loadClass(name)", None),
        ("Class.forName(Order.class.getName())", []),
        ("Charset.forName(name)", []),
        ('String forName = "a.b.C"', []),
    ],
)
def test_classes_that_are_loaded_by_name(code: str, expected: list[str] | None) -> None:
    found = collected({JAVA: f"class D {{ void e() {{ {code}; }} }}"})
    names = [name for name in found.facts.imports if name.startswith("a.")]
    places = found.origins[0].not_understood
    assert (names if not places else None) == expected
    assert all(each.touches == PLACES["import"] for each in places)


def test_a_loader_that_is_imported_and_one_whose_name_a_template_computes() -> None:
    for path, code in (
        (JAVA, "import static java.lang.Class.forName; class D { Object e = forName(f); }"),
        (KOTLIN, 'val d = Class.forName("a.$b")'),
    ):
        assert len(collected({path: code}).origins[0].not_understood) == 1, code


@pytest.mark.parametrize(
    ("listed", "name", "expected"),
    [
        ("com.openai.*", "com.openai.client.OpenAIClient", True),
        ("com.openai.*", "com.openai.*", True),
        ("com.openai", "com.openai.Client", True),
        ("com.openai.*", "com.openaix.Client", False),
        ("com.*.openai", "com.azure.openai.Client", True),
        ("com.*.openai", "com.azure.ai.openai.Client", False),
        ("a.kit*", "a.kitchen.Sink", True),
        ("std", "java.util.List", True),
        ("std", "kotlin.io.println", True),
        ("std", "javax.persistence.Entity", False),
        ("ai", "ai.timefold.Solver", False),
        ("openai", "openai.Client", False),
        ("@ai-sdk/*", "ai.sdk.Client", False),
    ],
)
def test_what_a_listed_name_means(listed: str, name: str, *, expected: bool) -> None:
    assert jvm.JvmTree([], []).naming([listed])(name) is expected


def test_a_file_in_a_package_of_an_sdk_sees_it_without_an_import() -> None:
    found = collected({JAVA: "package com.openai.client;\nclass Mine {}"}, llm_sdks=["com.openai.*"])
    assert found.facts.llm_sdk_imports == ()
    assert [(each.place.line, each.touches) for each in found.origins[0].not_understood][:1] == [
        (1, frozenset({"llm_sdk_imports"}))
    ]


# Through the files of the tree.

TREE = {
    "src/main/java/acme/domain/Order.java": "package acme.domain; class Order { Line line; }",
    "src/main/java/acme/domain/Line.java": "package acme.domain; import java.util.List; record Line() {}",
    "src/main/java/acme/money/Money.java": "package acme.money; import org.x.Y; public class Money {}",
    "src/main/java/acme/money/Rate.java": "package acme.money; public class Rate {}",
    "src/main/java/acme/money/Same.kt": "package acme.money\nimport org.k.Z\nfun round(a: Int) = a",
    "src/gen/acme/dom/Made.java": "package acme.domain; class Made { org.g.H h; }",
}  # fmt: skip


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("import java.util.List;", []),
        ("import org.x.Y;", ["domain/New.java:1: imports org.x.Y"]),
        ("import acme.money.Rate;", []),
        ("import acme.money.Money;", ["domain/New.java:1: imports org.x.Y through money/Money.java"]),
        ("import acme.money.*; class A { Rate r; }", []),
        ("import acme.money.*; class A { Money m; }", ["domain/New.java:1: imports org.x.Y through money/Money.java"]),
        ("import static acme.money.SameKt.round;", ["domain/New.java:1: imports org.k.Z through money/Same.kt"]),
        ("class A { acme.money.Money m; }", ["domain/New.java:1: imports org.x.Y through money/Money.java"]),
        ("class A { Order order; }", []),
        ("import acme.money.Gone;", ["not understood: imports acme.money.Gone, whose file is not in the tree"]),
        ("import acme.money.eur.Gone;", ["domain/New.java:1: imports acme.money.eur.Gone"]),
        ("class A { Made made; }", ["domain/New.java:1: imports org.g.H through src/gen/acme/dom/Made.java"]),
    ],
)  # fmt: skip
def test_imports_are_followed_through_packages_of_the_tree(code: str, expected: list[str]) -> None:
    files = {**TREE, "src/main/java/acme/domain/New.java": f"package acme.domain; {code}"}
    files = {name: text for name, text in files.items() if "gen" not in name or "Made" in code}
    assert disallowed(files) == expected


# What does not parse, and files that nobody wrote.


def test_a_part_that_does_not_parse_is_read_as_plain_text() -> None:
    code = """package acme
import org.a.B
@Inject
internal constructor( { class
  // org.c.D
  /**
   * [org.c.D]
   */ val b: org.b.C
  /* org.c.D */ val b = b
    * org.j.K.l
  val e: org.f.G = "api.openai.com" + import org.h.I
"""
    found = collected({KOTLIN: code}, llm_hosts=["api.openai.com"])
    assert found.facts.imports == ("org.a.B", "org.b.C", "org.f.G", "org.h.I", "org.j.K")
    assert found.facts.llm_hosts_named == (Finding("names api.openai.com", KOTLIN, 11),)
    assert (found.facts.files, found.origins[0].not_understood) == ((KOTLIN,), ())


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"class A {\x00}", "a zero byte"),
        ("class \xc4 {}".encode("latin-1"), "is not UTF-8"),
        (b"val a = " + b"(" * 20_000, "nested too deeply"),
        (b"class A {" * 20_000, "nested too deeply"),
    ],
)
def test_files_that_are_not_read(content: bytes, reason: str) -> None:
    for path in (JAVA, KOTLIN):
        with pytest.raises(Unreadable, match=reason):
            collected({path: content})
    found = collected({JAVA: content, KOTLIN: "class A"})
    assert [each.touches for each in found.origins[0].not_understood] == [PLACES["file"]]


@pytest.mark.long
@pytest.mark.parametrize("path", [JAVA, KOTLIN])
def test_long_names_and_lines_take_no_longer(path: str) -> None:
    found = collected({path: f"import a.b.C;\nclass D {{ }}{' ' * 1_000_000}\n// {'x.' * 500_000}"})
    assert found.facts.imports == ("a.b.C",)


# Texts.


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        (JAVA, '"api.a.com"', True),
        (JAVA, '"""\n  https://api.a.com\n"""', True),
        (JAVA, '"api." + "a.com"', True),
        (JAVA, '"https://" + region() + ".a.com"', True),
        (JAVA, '"api\\u002ea.com"', True),
        (JAVA, "api.a.com", False),
        (KOTLIN, '"https://$region.a.com/v1"', True),
        (KOTLIN, '"https://${region("x")}.a.com/v1"', True),
        (KOTLIN, '"""api.a.com"""', True),
        (KOTLIN, 'a("api.", "a.com")', False),
    ],
)
def test_texts_that_name_a_host(path: str, text: str, *, expected: bool) -> None:
    code = (
        f"class D {{ String e = {text}; }} // api.a.com" if path == JAVA else f"val e = {text} // api.a.com"
    )
    assert bool(collected({path: code}, llm_hosts=["api.a.com", "*.a.com"]).facts.llm_hosts_named) is expected


# Files.


@pytest.mark.parametrize(
    ("path", "code", "runs"),
    [
        (JAVA, "interface A { int b(); int C = 1; }", False),
        (JAVA, "@interface A { int b() default 1; }", False),
        (JAVA, "interface A { default int b() { return 1; } }", True),
        (JAVA, "interface A { B C = new B(); }", True),
        (JAVA, "enum A { B }", True),
        (JAVA, "record A(int b) {}", True),
        (KOTLIN, "interface A {\n fun b(): Int\n}\ntypealias C = Int\nannotation class D", False),
        (KOTLIN, 'const val A = "b"', False),
        (KOTLIN, "val a = 1", True),
        (KOTLIN, "val a by lazy { 1 }", True),
        (KOTLIN, "fun a() = 1", True),
        (KOTLIN, "data class A(val b: Int)", True),
        (KOTLIN, "object A", True),
    ],
)
def test_only_files_that_run_must_be_covered(path: str, code: str, *, runs: bool) -> None:
    found = collected({path: code, "src/main/java/Other.java": "class Other {}"}).facts
    assert (path in found.files) is runs


@pytest.mark.parametrize(
    ("path", "is_source", "is_test"),
    [
        ("src/main/java/a/Order.java", True, False),
        ("src/main/java/a/LabTest.java", True, False),
        ("src/commonMain/kotlin/a/Order.kt", True, False),
        ("src/test/java/a/OrderTest.java", False, True),
        ("src/test/java/a/Builders.java", False, False),
        ("src/integrationTest/kotlin/a/OrderIT.kt", False, True),
        ("src/androidTest/java/a/OrderTest.java", False, True),
        ("src/testFixtures/java/a/Orders.java", False, False),
        ("src/latest/java/a/Order.java", True, False),
        ("app/OrderTests.java", False, True),
        ("app/Testing.java", True, False),
        ("target/generated-sources/a/Order.java", False, False),
        ("build/generated/source/a/Order.java", False, False),
        ("src/main/java/target/Order.java", True, False),
        ("build.gradle.kts", False, False),
        ("scripts/seed.kts", True, False),
    ],
)
def test_which_files_are_the_product_and_which_have_tests(
    path: str, *, is_source: bool, is_test: bool
) -> None:
    assert (jvm.is_source(path), jvm.is_test(path)) == (is_source, is_test)


@pytest.mark.parametrize(
    ("test", "of"),
    [
        ("src/test/java/acme/domain/OrderTest.java", True),
        ("src/test/kotlin/acme/domain/OrderTest.kt", True),
        ("src/test/java/acme/domain/TestOrder.java", True),
        ("src/integrationTest/java/acme/domain/OrderIT.java", True),
        ("src/test/java/acme/other/OrderTest.java", False),
        ("src/test/java/acme/domain/OrdersTest.java", False),
        ("src/test/java/acme/domain/Order.java", False),
    ],
)
def test_which_file_a_test_is_for(test: str, *, of: bool) -> None:
    found = collected({JAVA: "class Order {}", test: "class T {}"}).facts
    assert (JAVA not in found.files_without_tests) is of
