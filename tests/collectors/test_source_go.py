"""Source trees in Go."""

from collections.abc import Mapping
from typing import Any

import pytest

from builders.artefacts import tree
from gatekeeper.collectors.source import go
from gatekeeper.collectors.source import read as source
from gatekeeper.collectors.source.facts import PLACES
from gatekeeper.model.evidence import Collected, Finding, Unreadable

MODULE = {
    "go.mod": """
module github.com/acme/shop // the shop

go 1.22

require (
	github.com/gin-gonic/gin v1.10.0
	github.com/aws/aws-sdk-go-v2/service/s3 v1.0.0 // indirect
)
require "example.com/other/v2" v2.0.0
replace (
	example.com/shared v1.0.0 => ./libs/shared
	example.com/fork => example.com/forked v1.2.3
)
""",
    "libs/shared/clock/clock.go": 'package clock\nimport "github.com/gin-gonic/gin/render"\nfunc Now() {}',
    "internal/money/money.go": 'package money\nimport "strings"\nfunc Add() {}',
    "internal/money/money_test.go": 'package money\nimport "testing"',
}


def collected(code: str | Mapping[str, str], **options: Any) -> Collected[Any]:
    files = {"internal/domain/order.go": code} if isinstance(code, str) else code
    return source.collect(tree({**MODULE, **files}, "."), {"include": "**/domain/**", **options})


def code(*imports: str) -> str:
    return "package domain\nimport (\n" + "\n".join(imports) + "\n)\nfunc Order() {}\n"


def disallowed(*imports: str) -> list[str]:
    found = collected(code(*imports), allowed_imports=["std", "github.com/google/uuid"])
    places = [f"not understood: {each.place.message}" for each in found.origins[0].not_understood]
    return [f"{flaw.line}: {flaw.message}" for flaw in found.facts.disallowed_imports] + places


def test_a_file_with_some_of_everything() -> None:
    found = collected(
        code('"fmt"', 'm "github.com/acme/shop/internal/money"', '_ "github.com/lib/pq"'),
        frameworks=["github.com/lib/*"],
        llm_sdks=["github.com/openai/openai-go"],
    ).facts
    where = "internal/domain/order.go"
    assert (found.files, found.languages, found.extensions) == ((where,), ("go",), {"go": 1})
    assert (found.imports, found.packages) == (("fmt", "github.com/lib/pq"),) * 2
    assert found.framework_imports == (Finding("imports github.com/lib/pq", where, 5),)
    assert (found.test_files, found.files_without_tests) == (("internal/money/money_test.go",), (where,))
    assert (found.ai_calls, found.llm_sdk_imports) == (0, ())


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ('"fmt"', []),
        ('"net/http"', []),
        ('"github.com/google/uuid/v2"', []),
        ('"github.com/google/uuidx"', ["3: imports github.com/google/uuidx"]),
        ('"github.com/gin-gonic/gin"', ["3: imports github.com/gin-gonic/gin"]),
        ('g "github.com/gin-gonic/gin"', ["3: imports github.com/gin-gonic/gin"]),
        ('. "github.com/gin-gonic/gin"', ["3: imports github.com/gin-gonic/gin"]),
        ('_ "github.com/gin-gonic/gin"', ["3: imports github.com/gin-gonic/gin"]),
        ("`github.com/gin-gonic/gin`", ["3: imports github.com/gin-gonic/gin"]),
        (r'"github.com/gin\x2dgonic/gin"', ["3: imports github.com/gin-gonic/gin"]),
        ('/* a */ g /* b */ "github.com/gin-gonic/gin" // c', ["3: imports github.com/gin-gonic/gin"]),
        ('// "github.com/gin-gonic/gin"', []),
        ('"C"', ["3: imports C"]),
        ('"github.com/acme/shop/internal/money"', []),
        (
            '"example.com/shared/clock"',
            ["3: imports github.com/gin-gonic/gin/render through libs/shared/clock/clock.go"],
        ),
        ('"example.com/fork"', ["3: imports example.com/fork"]),
        (
            '"github.com/acme/shop/gen/api"',
            ["not understood: imports github.com/acme/shop/gen/api, whose file is not in the tree"],
        ),
        ('"github.com/acme/shopping"', ["3: imports github.com/acme/shopping"]),
    ],
)
def test_imports_are_followed_through_the_packages_of_the_module(written: str, expected: list[str]) -> None:
    assert disallowed(written) == expected


@pytest.mark.parametrize(
    ("path", "package"),
    [
        ("net/http", "net/http"),
        ("github.com/aws/aws-sdk-go-v2/service/s3/types", "github.com/aws/aws-sdk-go-v2/service/s3"),
        ("example.com/other/v2/a", "example.com/other/v2"),
        ("github.com/lib/pq/oid", "github.com/lib/pq"),
        ("golang.org/x/sync/errgroup", "golang.org/x"),
        ("C", "C"),
    ],
)
def test_the_package_of_an_import_is_its_module(path: str, package: str) -> None:
    assert collected(code(f'"{path}"')).facts.packages == (package,)


def test_a_module_outside_of_the_repository_and_one_that_is_the_whole_of_it_are_found() -> None:
    for at in ("../shop/", ""):
        files = {
            f"{at}go.mod": "module shop",
            f"{at}domain/order.go": code('"shop/money"', '"shop"'),
            f"{at}money/money.go": 'package money\nimport "github.com/lib/pq"',
            f"{at}shop.go": 'package shop\nimport "errors"',
        }
        found: Any = source.collect(
            tree(files, "."), {"include": "**/domain/**", "allowed_imports": ["std"]}
        ).facts
        assert [flaw.message for flaw in found.disallowed_imports] == [
            f"imports github.com/lib/pq through {at}money/money.go"
        ]
        assert found.imports == ()


def test_a_module_beside_it_is_of_the_tree_if_a_workspace_uses_it_and_may_be_published_otherwise() -> None:
    beside = {
        "libs/audit/go.mod": "module example.com/audit",
        "libs/audit/log.go": 'package audit\nimport "github.com/lib/pq"\nfunc Log() {}',
        "internal/domain/order.go": code('"example.com/audit"'),
    }
    options = {"allowed_imports": ["std"]}
    found = collected(beside, **options)
    assert (found.facts.disallowed_imports, found.facts.packages) == ((), ("example.com/audit",))
    assert [each.place.message for each in found.origins[0].not_understood] == [
        "imports example.com/audit, of the tree or of a package"
    ]
    used = collected(beside | {"go.work": "go 1.22\nuse (\n\t.\n\t./libs/audit\n)\n"}, **options)
    assert used.facts.packages == ()
    assert [flaw.message for flaw in used.facts.disallowed_imports] == [
        "imports github.com/lib/pq through libs/audit/log.go"
    ]


def test_without_a_go_mod_only_internal_packages_are_certainly_of_the_tree() -> None:
    files = {
        "internal/domain/order.go": code(
            '"github.com/acme/shop/internal/money"', '"github.com/acme/shop/pkg/a"'
        ),
        "internal/money/money.go": "package money",
        "pkg/a/a.go": "package a",
    }
    found: Any = source.collect(tree(files, "."), {"include": "**/domain/**", "allowed_imports": ["std"]})
    assert found.facts.packages == ("github.com/acme/shop",)
    assert [each.place.message for each in found.origins[0].not_understood] == [
        "imports github.com/acme/shop/pkg/a, of the tree or of a package"
    ]


@pytest.mark.parametrize(
    ("path", "is_source", "is_test"),
    [
        ("cmd/main.go", True, False),
        ("api/orders.pb.go", True, False),
        ("order_windows.go", True, False),
        ("order_test.go", False, True),
        ("vendor/github.com/a/a.go", False, False),
        ("testdata/order.go", False, False),
        ("_examples/order.go", False, False),
        (".tools/order.go", False, False),
        ("vendors/order.go", True, False),
        ("../orders/order.go", True, False),
        ("../orders/vendor/order.go", False, False),
        ("tests/exam.go", True, False),
    ],
)
def test_which_files_are_source(path: str, *, is_source: bool, is_test: bool) -> None:
    assert (go.is_source(path), go.is_test(path)) == (is_source, is_test)


@pytest.mark.parametrize(
    ("body", "runs"),
    [
        ("type Order struct{ ID string }", False),
        ("type Orders interface{ Save() }", False),
        ("const A = 1\nvar b = 2", False),
        ("func Order()", False),
        ("func Order() {}", True),
        ("func (o Order[T]) Save() error { return nil }", True),
        ("var f = func() {}", True),
    ],
)
def test_a_file_runs_if_it_has_the_body_of_a_function(body: str, *, runs: bool) -> None:
    assert collected(f"package domain\n{body}").facts.files == (
        ("internal/domain/order.go",) if runs else None
    )


@pytest.mark.parametrize(
    ("expression", "named"),
    [
        ('"https://api.openai.com/v1"', True),
        ("`api.openai.com`", True),
        ('"https://api." + "openai" + ".com"', True),
        ('("https://api." + (`openai`)) + ".com"', True),
        (r'"api\x2eopenai\056com"', True),
        ('fmt.Sprintf("https://%s.openai.azure.com", name)', True),
        ('"https://" + name + ".openai.azure.com"', True),
        ('"api." + openai + ".com"', False),
        ("name /* api.openai.com */", False),
        (r'"api\\x2eopenai.com"', False),
    ],
)
def test_hosts_are_found_however_a_text_is_put_together(expression: str, *, named: bool) -> None:
    hosts = {"llm_hosts": ["api.openai.com", "*.openai.azure.com"]}
    found = collected(f"package domain\nfunc F() {{ use({expression}) }}", **hosts).facts.llm_hosts_named
    assert [flaw.line for flaw in found] == ([2] if named else [])


@pytest.mark.parametrize(
    "written",
    ['import "github.com/sashabaranov/go-openai"', "type A struct { ai AIClient }", "var aiClient = 1"],
)
def test_calls_of_a_model_are_not_looked_for_where_there_may_be_some(written: str) -> None:
    options = {"llm_sdks": ["github.com/sashabaranov/go-openai"], "ai_port": "AIClient"}
    found = collected(f"package domain\n{written}", **options)
    assert (found.facts.ai_calls, found.facts.prompts) == (None, None)
    [place] = found.origins[0].not_understood
    assert place.touches == PLACES["call"]
    assert place.place.message.endswith("calls of language models are not found in Go")


@pytest.mark.parametrize(
    "content",
    [
        "package domain\nfunc Order() {",
        "package domain\nimport fmt\n",
        "package domain\nvar s = `never closed",
        b"package domain\n// caf\xe9\n",
        b"package domain\x00",
    ],
)
def test_a_file_that_does_not_parse_leaves_nothing_known(content: str | bytes) -> None:
    files = {"domain/a.go": "package domain\nfunc A() {}", "domain/b.go": content}
    [place] = source.collect(tree(files, "."), {}).origins[0].not_understood
    assert (place.place.file, place.touches) == ("domain/b.go", PLACES["file"])
    with pytest.raises(Unreadable, match=r"^domain/b\.go: "):
        source.collect(tree({"domain/b.go": content}, "."), {})


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbfpackage domain\r\nimport (\r\n\t\"github.com/lib/pq\"\r\n)\r\nfunc F() {}\r\n",
        b'package domain; import "github.com/lib/pq"; var x = `' + b"a" * 1_000_000 + b"`",
        b'package domain\nimport "github.com/lib/pq"\nvar x = ' + b"(" * 5000 + b"1" + b")" * 5000,
        b'package domain\nimport "github.com/lib/pq"\nvar x = ' + b'"a" + ' * 5000 + b'"b"',
        b'//go:build ignore\n\npackage domain\nimport "github.com/lib/pq"\n',
    ],
)  # fmt: skip
def test_odd_files_are_read(content: bytes) -> None:
    found = source.collect(tree({"domain/a.go": content}, "."), {"llm_hosts": "api.openai.com"})
    assert (found.facts.packages, found.facts.llm_hosts_named) == (("github.com/lib/pq",), ())
    assert found.origins[0].not_understood == ()
