"""The formats of a kind: those of the program, and those that plugins add."""

import inspect
import json
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from textwrap import dedent
from typing import get_args

import pytest

from builders.artefacts import FIXTURES
from builders.workspaces import Run, write
from gatekeeper import collectors
from gatekeeper.collectors.coverage import read as coverage
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.described import DescribedFormat
from gatekeeper.collectors.reading.recognition import Formats
from gatekeeper.collectors.slo import read as slo
from gatekeeper.collectors.tests import read as tests
from gatekeeper.collectors.tests.read import TestReport as Report
from gatekeeper.errors import ExitCode
from gatekeeper.model.evidence import Unreadable

ODD = '<OddRun><OddResult testName="adds" outcome="Passed"/></OddRun>'
MODULES = {
    "odd": """
        from gatekeeper.collectors.tests.read import TestCase, TestReport
        from gatekeeper.model.evidence import Origin

        def recognises(content):
            return content.xml_root == "OddRun"

        def read(content):
            return TestReport(Origin("odd"), [TestCase("adds")])
        """,
    "greedy": """
        from gatekeeper.collectors.tests.read import TestCase, TestReport
        from gatekeeper.model.evidence import Origin

        def recognises(content):
            return True

        def read(content):
            return TestReport(Origin("greedy"), [TestCase("adds")])
        """,
    "crashing": """
        import sys

        def recognises(content):
            return b"crash" in content.data

        def read(content):
            sys.exit(0)
        """,
    "console": """
        from gatekeeper.collectors.tests.read import TestCase, TestReport
        from gatekeeper.model.evidence import Origin

        def recognises(content):
            return content.data.startswith(b"[==========]")

        def read(content):
            return TestReport(Origin("console"), [TestCase("adds")])
        """,
    "described": """
        DESCRIPTION = '''
        format: described
        kind: tests
        reads: json
        recognise: {all: [described]}
        items: {test: described}
        fields: {name: test.name, status: test.outcome}
        '''
        """,
    "misdescribed": """
        DESCRIPTION = '''
        format: described
        kind: tests
        reads: json
        recognise: {all: [described]}
        items: {test: described}
        fields: {nam: test.name}
        '''
        """,
    "half": "def recognises(content):\n    return True\n",
    "acme": """
        from gatekeeper.collectors.slo.read import Indicator, Metric, Objective, SloPart
        from gatekeeper.model.evidence import Origin

        def recognises(content):
            return content.fields.get("apiVersion") == "slo.acme.example/v1"

        def read(content):
            target = float(content.fields["spec"]["target"])
            up = Indicator(metric=Metric(("up",), is_ratio=False))
            return SloPart(Origin("acme"), (Objective("uptime", target, names=("uptime",), indicator=up),))
        """,
}

Install = Callable[..., None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """A function that adds entry points of the group `gatekeeper.formats`, with the modules above."""
    folder = tmp_path / "site-packages"
    for name, text in MODULES.items():
        write(folder / f"format_{name}.py", dedent(text))
        monkeypatch.delitem(sys.modules, f"format_{name}", raising=False)
    monkeypatch.setattr(tests, "FORMATS", Formats[Report]("tests"))
    monkeypatch.setattr(slo, "FORMATS", Formats[slo.SloPart]("slo"))
    monkeypatch.setattr(coverage, "FORMATS", Formats[coverage.CoverageReport]("coverage"))

    def add(*entries: str) -> None:
        write(folder / "a.dist-info/METADATA", "Metadata-Version: 2.1\nName: a\nVersion: 1\n")
        lines = "\n".join(entries)
        write(folder / "a.dist-info/entry_points.txt", f"[gatekeeper.formats]\n{lines}\n")
        monkeypatch.syspath_prepend(str(folder))

    return add


def test_a_plugin_adds_a_format(install: Install, run: Run, tmp_path: Path) -> None:
    install("tests.odd = format_odd")
    write(tmp_path / "results.odd", ODD)
    ran = run("-C", tmp_path, "facts", "tests", "results.odd", "-f", "json")
    assert ran.code == 0, ran.err
    found = json.loads(ran.out)
    assert found["format"] == "odd"
    assert (found["facts"]["total"], found["facts"]["passed"]) == (1, ["adds"])


def test_a_plugin_describes_a_format_as_data(install: Install, run: Run, tmp_path: Path) -> None:
    install("tests.described = format_described")
    write(tmp_path / "a.json", '{"described": [{"name": "adds", "outcome": "passed"}]}')
    found = json.loads(run("-C", tmp_path, "facts", "a.json", "-f", "json").out)
    assert (found["kind"], found["format"], found["facts"]["passed"]) == ("tests", "described", ["adds"])


def test_a_plugin_that_describes_a_format_wrongly_is_named(
    install: Install, run: Run, tmp_path: Path
) -> None:
    install("tests.wrong = format_misdescribed")
    write(tmp_path / "a.json", '{"described": []}')
    ran = run("-C", tmp_path, "facts", "tests", "a.json")
    assert ran.code == ExitCode.USAGE
    assert "'format_misdescribed'" in ran.err
    assert "the kind tests has no field 'nam'" in ran.err


def test_a_plugin_adds_a_format_of_documents_beside_others(
    install: Install, run: Run, tmp_path: Path
) -> None:
    install("slo.acme = format_acme")
    service = "apiVersion: v1\nkind: Service\n"
    objective = 'apiVersion: slo.acme.example/v1\nkind: ServiceLevelObjective\nspec: {target: "99.5"}\n'
    sli = "{raw: {error_ratio_query: failed_requests_ratio}}"
    sloth = f"version: prometheus/v1\nservice: shop\nslos: [{{name: errors, objective: 98, sli: {sli}}}]\n"
    write(tmp_path / "slo.yaml", f"{service}---\n{objective}---\n{sloth}")
    ran = run("-C", tmp_path, "facts", "slo", "slo.yaml", "-f", "json")
    assert ran.code == 0, ran.err
    found = json.loads(ran.out)
    assert found["format"] == "acme, sloth"
    assert found["facts"]["objectives"] == {"availability": 99.5, "error_rate": 98.0}


def test_a_plugin_of_another_kind_is_not_used(install: Install, run: Run, tmp_path: Path) -> None:
    install("coverage.odd = format_odd", "greedy = format_greedy")
    write(tmp_path / "results.odd", ODD)
    ran = run("-C", tmp_path, "facts", "tests", "results.odd")
    assert ran.code == 1
    assert "recognised as odd, evidence of the kind `coverage`" in " ".join(ran.out.split())


def test_a_plugin_cannot_replace_a_format(install: Install, run: Run, tmp_path: Path) -> None:
    install("tests.greedy = format_greedy", "tests.junit = format_greedy")
    write(tmp_path / "junit.xml", '<testsuite><testcase name="pays"/></testsuite>')
    ran = run("-C", tmp_path, "facts", "tests", "junit.xml", "-f", "json")
    assert ran.code == 0, ran.err
    found = json.loads(ran.out)
    assert (found["format"], found["facts"]["passed"]) == ("junit", ["pays"])


def test_a_file_in_two_formats_of_plugins_is_unreadable(install: Install, run: Run, tmp_path: Path) -> None:
    install("tests.odd = format_odd", "tests.greedy = format_greedy")
    write(tmp_path / "results.odd", ODD)
    ran = run("-C", tmp_path, "facts", "tests", "results.odd", "-f", "json")
    assert ran.code == 1
    assert json.loads(ran.out)["reason"] == "results.odd: the file matches two formats: odd and greedy"


def test_a_file_in_two_formats_of_the_program_is_unreadable() -> None:
    both = Content("a.json", b'{"testResults": [], "results": {"summary": {}, "tests": []}}')
    with pytest.raises(Unreadable, match=r"^the file matches two formats: ctrf and jest$"):
        tests.FORMATS.parse(both)


def test_a_refusal_says_where_the_formats_are_listed(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "a.json", "{}")
    ran = run("-C", tmp_path, "facts", "tests", "a.json", "-f", "json")
    assert json.loads(ran.out)["reason"] == (
        "a.json: the JSON has no supported format of the kind tests; `gatekeeper facts --formats` lists them"
    )


@pytest.mark.parametrize(
    ("module", "why"),
    [
        ("no_such_module", "ModuleNotFoundError: No module named 'no_such_module'"),
        ("format_half", "AttributeError: module 'format_half' has no attribute 'read'"),
    ],
)
def test_a_broken_plugin_is_an_error_of_usage(
    install: Install, run: Run, tmp_path: Path, module: str, why: str
) -> None:
    install(f"tests.odd = {module}")
    write(tmp_path / "results.odd", ODD)
    ran = run("-C", tmp_path, "facts", "tests", "results.odd")
    assert ran.code == 2
    assert f"for the format of the kind tests 'odd' cannot be loaded: {why}; fix or uninstall it" in ran.err


def test_a_broken_plugin_does_not_affect_the_formats_of_the_program(
    install: Install, run: Run, tmp_path: Path
) -> None:
    install("tests.odd = no_such_module")
    write(tmp_path / "junit.xml", '<testsuite><testcase name="pays"/></testsuite>')
    assert run("-C", tmp_path, "facts", "tests", "junit.xml").code == 0


KINDS = {
    kind: module.FORMATS
    for kind in collectors.KINDS.names
    if hasattr(module := import_module(f"gatekeeper.collectors.{kind}.read"), "FORMATS")
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_format_has_the_functions_of_the_protocol(kind: str) -> None:
    for name, module in KINDS[kind]._own:
        recognises, read = inspect.signature(module.recognises), inspect.signature(module.read)
        assert [list(recognises.parameters), list(read.parameters)] == [["content"], ["content"]], name
        assert [recognises.parameters["content"].annotation, recognises.return_annotation] == [Content, bool]
        assert read.parameters["content"].annotation is Content, name


@pytest.mark.parametrize("kind", KINDS)
def test_a_plugin_can_import_what_a_format_returns(kind: str) -> None:
    reader = import_module(f"gatekeeper.collectors.{kind}.read")
    modules = (module for _, module in KINDS[kind]._own if not isinstance(module, DescribedFormat))
    for module in modules:
        returned = inspect.signature(module.read).return_annotation
        for part in get_args(returned) or (returned,):
            assert part.__module__ == reader.__name__ or part.__name__ in reader.__all__


def _contents(path: Path) -> list[Content]:
    content = Content(path.name, path.read_bytes())
    if path.suffix in (".yaml", ".yml"):
        return [Content.of(document) for document in content.documents]
    return [content]


@pytest.mark.parametrize("kind", KINDS)
def test_every_format_recognises_a_fixture_of_its_own(kind: str) -> None:
    formats = KINDS[kind]
    matches = [
        formats.names(content, of_plugins=False)
        for path in sorted((FIXTURES / kind).iterdir())
        for content in _contents(path)
    ]
    assert all(len(names) <= 1 for names in matches)
    assert {name for names in matches for name in names} == {name for name, _ in formats._own}


def test_a_plugin_that_ends_the_process_makes_its_file_unreadable_and_is_named(
    install: Install, run: Run, tmp_path: Path
) -> None:
    install("tests.crashing = format_crashing")
    write(tmp_path / "r.txt", "crash")
    ran = run("-C", tmp_path, "facts", "tests", "r.txt", "-f", "json")
    assert ran.code == 1
    assert "the plugin format 'crashing' crashed: SystemExit: 0" in json.loads(ran.out)["reason"]


def test_a_plugin_is_asked_for_a_file_that_only_looks_like_json(
    install: Install, run: Run, tmp_path: Path
) -> None:
    write(tmp_path / "r.txt", "[==========] Running 3 tests")
    unread = run("-C", tmp_path, "facts", "tests", "r.txt", "-f", "json")
    assert "not JSON" in json.loads(unread.out)["reason"]
    install("tests.console = format_console")
    tests.FORMATS = Formats[Report]("tests")
    read = run("-C", tmp_path, "facts", "tests", "r.txt", "-f", "json")
    assert json.loads(read.out)["format"] == "console"
