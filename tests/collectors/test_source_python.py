"""Source trees in Python, and in several languages."""

from collections.abc import Mapping
from typing import Any

import pytest

from builders.artefacts import tree
from gatekeeper.collectors.source import python
from gatekeeper.collectors.source import read as source
from gatekeeper.collectors.source.facts import PLACES
from gatekeeper.model.evidence import Collected, Finding, Unreadable

PROJECT: Mapping[str, str] = {
    "pyproject.toml": '[project]\nname = "acme-shop"\n',
    "src/shop/__init__.py": "import flask",
    "src/shop/domain/money.py": "import decimal\ndef add(): ...",
    "src/shop/shared/__init__.py": "",
    "src/shop/shared/clock.py": "import requests\ndef now(): ...",
    "src/shop/shared/loader.py": "def load(name): return __import__(name)",
    "src/shop/shared/broken.py": "def (",
    "src/shop/openai/client.py": "from openai import OpenAI",
}
WHERE = "src/shop/domain/order.py"


def collected(code: str | Mapping[str, str], **options: Any) -> Collected[Any]:
    files = {WHERE: code} if isinstance(code, str) else code
    return source.collect(tree({**PROJECT, **files}, "."), {"include": "**/order.py", **options})


def told(findings: tuple[Finding, ...]) -> list[str]:
    return [f"{finding.line}: {finding.message}" for finding in findings]


def test_a_file_with_some_of_everything() -> None:
    code = "from shop.domain import money\nfrom . import money as m\nfrom fastapi import APIRouter, status\nm.add()"
    found = collected({WHERE: code, "tests/domain/test_order.py": ""}, frameworks=["fastapi"]).facts
    assert (found.files, found.languages, found.extensions) == ((WHERE,), ("python",), {"py": 1})
    assert (found.imports, found.packages) == (("fastapi.APIRouter", "fastapi.status"), ("fastapi",))
    assert told(found.framework_imports) == ["3: imports fastapi.APIRouter", "3: imports fastapi.status"]
    assert (found.test_files, found.files_without_tests) == (("tests/domain/test_order.py",), ())


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("import openai", ["1: imports openai"]),
        ("\nimport os, openai.types as t", ["2: imports openai.types"]),
        ("from openai import OpenAI as O", ["1: imports openai.OpenAI"]),
        ("from openai import *", ["1: imports openai"]),
        ("from openai import (\n  # a\n  OpenAI,\n)", ["1: imports openai.OpenAI"]),
        ("from openai . types import \\\n  a", ["1: imports openai.types.a"]),
        (f"from openai .{' ' * 20_000} types import a", ["1: imports openai.types.a"]),
        ("from google import genai", ["1: imports google.genai"]),
        ("from google.genai import types", ["1: imports google.genai.types"]),
        ("def f():\n    import openai", ["2: imports openai"]),
        ("try: import openai\nexcept ImportError: pass", ["1: imports openai"]),
        ("if TYPE_CHECKING:\n    import openai", ["2: imports types of openai"]),
        ("if t.TYPE_CHECKING:\n    if a:\n        import openai", ["3: imports types of openai"]),
        ("if TYPE_CHECKING:\n    pass\nelse:\n    import openai", ["4: imports openai"]),
        ("importlib.import_module('openai')", ["1: imports openai"]),
        ("import_module('openai.types')", ["1: imports openai.types"]),
        ("__import__('openai')", ["1: imports openai"]),
        ("import_string('openai.OpenAI')", ["1: imports openai.OpenAI"]),
        ("# import openai\n'import openai'", []),
        ("import openai_tools; from google import protobuf; from .openai import a", []),
    ],
)
def test_imports(code: str, expected: list[str]) -> None:
    assert told(collected(code, llm_sdks=["openai", "google.genai"]).facts.llm_sdk_imports) == expected


@pytest.mark.parametrize(
    "code",
    [
        "importlib.import_module(name)",
        "importlib.import_module('open' + 'ai')",
        "importlib.import_module(f'{name}')",
        "importlib.import_module('.a', 'openai')",
        "importlib.import_module()",
        "__import__(name)",
        "load = __import__",
        "load = importlib.import_module",
        "from importlib import import_module as load",
        "getattr(importlib, 'import_' + 'module')",
        "__builtins__['__import__']",
        "builtins.eval(code)",
        "eval(code)",
        "exec('import openai')",
        "map(exec, codes)",
        "runpy.run_path(path)",
        "importlib.util.spec_from_file_location('a', path)",
        "exec 'import openai'",
    ],
)
def test_a_computed_import_may_be_of_any_package(code: str) -> None:
    [place] = collected(f"\n{code}").origins[0].not_understood
    assert place.place == Finding("imports what only a run of the program shows", WHERE, 2)
    assert place.touches == PLACES["import"]


@pytest.mark.parametrize(
    "code",
    [
        "from importlib import import_module, metadata",
        "importlib.metadata.version('a'); importlib.reload(a)",
        "importlib.import_module('.rates', __name__)",
        "importlib.import_module(f'.rates_{country}', package=__package__)",
        "model.eval(); session.exec(query); frame.eval('a')",
        "def eval(a): ...",
        "# eval(a)\ntext = 'eval(a)'",
        "f(exec=1)",
    ],
)
def test_what_imports_no_package_is_understood(code: str) -> None:
    assert collected(code).origins[0].not_understood == ()


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("import decimal, os.path", []),
        ("import uuid6.a", []),
        ("import flask", [f"{WHERE}:1 imports flask"]),
        ("from shop.domain.money import add", []),
        ("from .money import add", []),
        ("from ..shared import clock", [f"{WHERE}:1 imports requests through src/shop/shared/clock.py"]),
        (
            "from shop.shared.clock import now",
            [f"{WHERE}:1 imports requests through src/shop/shared/clock.py"],
        ),
        ("from shop import create_app", [f"{WHERE}:1 imports flask through src/shop/__init__.py"]),
        ("from shop.shared import now", []),
        ("from shop.domain import money", []),
        ("from .rates import a", ["not understood: imports .rates.a, whose file is not in the tree"]),
        (
            "from ..shared.loader import load",
            [
                "not understood: imports src/shop/shared/loader.py, which imports what only a run of the program shows"
            ],
        ),
        (
            "from ..shared.broken import a",
            ["not understood: imports src/shop/shared/broken.py: line 1: not valid Python"],
        ),
    ],
)
def test_imports_are_followed_to_the_modules_that_they_name(code: str, expected: list[str]) -> None:
    found = collected(code, allowed_imports=["std", "uuid6"])
    places = [f"not understood: {each.place.message}" for each in found.origins[0].not_understood]
    assert [f"{at.file}:{at.line} {at.message}" for at in found.facts.disallowed_imports] + places == expected


def test_a_folder_of_the_tree_with_the_name_of_a_package_does_not_hide_the_package() -> None:
    options = {"include": "**/client.py", "llm_sdks": ["openai"], "allowed_imports": ["std"]}
    found: Any = source.collect(tree(PROJECT, "."), options).facts
    assert told(found.llm_sdk_imports) == told(found.disallowed_imports) == ["1: imports openai.OpenAI"]


def test_a_package_of_the_tree_with_the_name_of_another_is_not_understood() -> None:
    files = {
        "pyproject.toml": "",
        "ai/__init__.py": "",
        "ai/port.py": "",
        "shop/main.py": "from ai.port import ask",
    }
    found = source.collect(tree(files, "."), {"llm_sdks": ["ai"], "frameworks": ["django"]})
    assert found.facts.llm_sdk_imports == ()
    place = found.origins[0].not_understood[0]
    assert place.place.message == "imports ai.port.ask, of the tree or of a package"
    assert place.touches == frozenset({"llm_sdk_imports"})


@pytest.mark.parametrize(
    ("files", "package"),
    [
        ({"app/main.py": "import orders", "app/orders.py": ""}, "orders"),
        ({"app/main.py": "import orders", "app/orders.py": "", "app/requirements.txt": "a"}, None),
        (
            {"app/main.py": "import orders", "lib/orders.py": "", "pyproject.toml": 'pythonpath = ["lib"]'},
            None,
        ),
        ({"app/main.py": "import orders", "lib/orders.py": ""}, "orders"),
        ({"app/main.py": "import orders", "orders/__init__.py": ""}, None),
        ({"app/main.py": "import orders", "orders/a.py": ""}, "orders"),
        ({"app/main.py": "import orders.a", "orders/a.py": ""}, None),
        ({"app/main.py": "import orders.b", "orders/__init__.py": ""}, None),
        ({"src/app/main.py": "import orders", "orders/__init__.py": ""}, "orders"),
        ({"src/app/main.py": "import orders", "src/app/orders.py": "", "src/app/setup.py": ""}, None),
        ({"src/app/main.py": "import app.a", "src/app/manage.py": "", "src/app/__init__.py": ""}, None),
        ({"app/__init__.py": "", "app/main.py": "import orders", "app/orders.py": ""}, "orders"),
    ],
)
def test_where_packages_of_the_tree_are(files: dict[str, str], package: str | None) -> None:
    found = source.collect(tree(files, "."), {"include": "**/main.py"}).facts
    assert found.packages == ((package,) if package else ())


def test_a_module_that_is_found_only_if_the_program_starts_beside_it_is_not_understood() -> None:
    files = {"app/main.py": "import orders", "app/orders.py": "import flask"}
    found = source.collect(tree(files, "."), {"include": "**/main.py", "allowed_imports": ["std"]})
    assert found.facts.disallowed_imports == ()
    assert [each.place.message for each in found.origins[0].not_understood] == [
        "imports orders, of the tree or of a package"
    ]


@pytest.mark.parametrize(
    ("path", "is_source", "is_test"),
    [
        ("src/order.py", True, False),
        ("src/test.py", True, False),
        ("src/contest.py", True, False),
        ("src/test_order.py", False, True),
        ("src/order_test.py", False, True),
        ("shop/tests.py", False, True),
        ("tests/test_order.py", False, True),
        ("tests/builders.py", False, False),
        ("conftest.py", False, False),
        (".venv/lib/a.py", False, False),
        ("lib/site-packages/test_a.py", False, False),
        ("src/venue/a.py", True, False),
    ],
)
def test_which_files_are_source(path: str, *, is_source: bool, is_test: bool) -> None:
    assert (python.is_source(path), python.is_test(path)) == (is_source, is_test)


@pytest.mark.parametrize(
    ("test", "is_for"),
    [
        ("src/shop/domain/test_order.py", True),
        ("src/shop/domain/order_test.py", True),
        ("src/shop/domain/tests/test_order.py", True),
        ("tests/test_order.py", True),
        ("tests/unit/shop/domain/test_order.py", True),
        ("tests/shared/test_order.py", False),
        ("src/shop/test_order.py", False),
        ("tests/test_orders.py", False),
        ("src/shop/domain/tests.py", False),
    ],
)
def test_which_file_a_test_is_for(test: str, *, is_for: bool) -> None:
    found = collected({WHERE: "f()", test: ""}).facts
    assert (found.test_files, found.files_without_tests) == ((test,), () if is_for else (WHERE,))


def test_a_test_with_which_two_files_agree_alike_is_for_neither() -> None:
    files = {"a/order.py": "f()", "b/order.py": "f()", "tests/test_order.py": ""}
    assert source.collect(tree(files, "."), {}).facts.files_without_tests == ("a/order.py", "b/order.py")


@pytest.mark.parametrize(
    ("code", "runs"),
    [
        ("", False),
        ('"""Orders."""\n# nothing yet', False),
        ("from .order import Order\n__all__ = ['Order']", False),
        ("if TYPE_CHECKING:\n    from .order import Order", False),
        ("type Id = str", False),
        ("LIMIT = 3", True),
        ("class Order: ...", True),
        ("if TYPE_CHECKING:\n    pass\nelse:\n    f()", True),
        ("f()", True),
    ],
)
def test_a_file_runs_if_it_has_more_than_imports(code: str, *, runs: bool) -> None:
    assert collected(code).facts.files == ((WHERE,) if runs else None)


@pytest.mark.parametrize(
    ("expression", "named"),
    [
        ("'https://api.openai.com/v1'", True),
        ('"""api.openai.com"""', True),
        ("b'api.openai.com'", True),
        ("'https://api.' 'openai' '.com'", True),
        ("'https://api.' + ('openai' + '.com')", True),
        (r"'api\x2eopenai.com'", True),
        ("f'https://{name}.openai.azure.com'", True),
        ("'https://%(name)s.openai.azure.com' % name", True),
        ("'https://{}.openai.azure.com'.format(name)", True),
        ("'https://' + name + '.openai.azure.com'", True),
        ("f'{a[\"api.openai.com\"]}'", True),
        ("'api.' + openai + '.com'", False),
        (r"r'api\x2eopenai.com'", False),
        ("1 # api.openai.com", False),
    ],
)
def test_hosts_are_found_however_a_text_is_put_together(expression: str, *, named: bool) -> None:
    code = f'"""See api.openai.com."""\nclass A:\n    "See api.openai.com."\n    a = {expression}\n'
    hosts = {"llm_hosts": ["api.openai.com", "*.openai.azure.com"]}
    assert [flaw.line for flaw in collected(code, **hosts).facts.llm_hosts_named] == ([4] if named else [])


def test_calls_of_a_model_are_not_looked_for_where_there_may_be_some() -> None:
    found = collected("def ask(ai_client): ...", ai_port="AIClient")
    assert (found.facts.ai_calls, found.facts.prompts) == (None, None)
    assert [(each.place.message, each.touches) for each in found.origins[0].not_understood] == [
        ("names AIClient; calls of language models are not found in Python", PLACES["call"])
    ]
    assert collected("def ask(orders): ...", ai_port="AIClient").facts.ai_calls == 0


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("def (", "line 1: not valid Python"),
        ("a = 'never closed", "line 1: not valid Python"),
        (b"# caf\xe9\n", "line 1: invalid or missing encoding declaration"),
        (b"# coding: rot13\nvzcbeg bcranv\n", "line 1: the encoding rot13 is not supported"),
        (b"# coding: shop\n", "line 1: unknown encoding: shop"),
        (b"a = 1\x00", "a zero byte"),
    ],
)
def test_a_file_that_does_not_parse_is_unreadable_alone_and_leaves_nothing_known_beside_others(
    content: str | bytes, reason: str
) -> None:
    [place] = source.collect(tree({"a.py": content, "b.py": "f()"}, "."), {}).origins[0].not_understood
    assert place.place.message.startswith(reason)
    assert place.touches == PLACES["file"]
    with pytest.raises(Unreadable, match=r"^a\.py: "):
        source.collect(tree({"a.py": content}, "."), {})


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbfimport koa\r\nif a:\r\n\tf()\r\n",
        "# -*- coding: latin-1 -*-\nimport koa\nname = 'caf\xe9'\n".encode("latin-1"),
        b"import koa; x = '" + b"a" * 1_000_000 + b"'",
        b"import koa\nx = " + b"(" * 5000 + b"1" + b")" * 5000,
        b"import koa\nx = " + b"'a' + " * 5000 + b"'b'",
        b"import koa\n"
        + b"".join(b" " * n + b"if TYPE_CHECKING:\n" for n in range(90))
        + b" " * 90
        + b"f()\n",
    ],
)
def test_odd_files_are_read(content: bytes) -> None:
    found = source.collect(tree({"a.py": content}, "."), {"llm_hosts": "api.openai.com"})
    assert (found.facts.packages, found.facts.llm_hosts_named) == (("koa",), ())
    assert found.origins[0].not_understood == ()


def test_a_tree_in_several_languages_has_the_facts_of_all() -> None:
    files = {
        "web/order.ts": "import OpenAI from 'openai'; f('api.openai.com')",
        "web/order.test.ts": "",
        "api/order.py": "import openai\nimport express\nf('api.openai.com')",
        "worker/order.go": 'package worker\nimport "openai"\nfunc F() { f("api.openai.com") }',
        "broken.py": "def (",
    }
    options = {"llm_sdks": ["openai"], "llm_hosts": "api.openai.com", "frameworks": "express"}
    found = source.collect(tree(files, "."), options)
    every: Any = found.facts
    everywhere = {"worker/order.go", "api/order.py", "web/order.ts"}
    assert found.format == "go, python, typescript"
    assert {flaw.file for flaw in every.llm_sdk_imports} == everywhere
    assert {flaw.file for flaw in every.llm_hosts_named} == everywhere
    assert every.files_without_tests == ("api/order.py", "worker/order.go")
    assert every.imports == ("express", "openai")
    places = found.origins[0].not_understood
    assert [each.place.file for each in places if each.touches == PLACES["file"]] == ["broken.py"]
