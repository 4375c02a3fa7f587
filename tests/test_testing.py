"""`gatekeeper.testing`: its examples, and what it notices."""

import doctest
import json
import subprocess
import sys
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest

from gatekeeper.collectors.coverage.facts import CoverageFacts
from gatekeeper.model.evidence import (
    Absent,
    Artefact,
    Collected,
    Finding,
    NotUnderstood,
    Options,
    Origin,
    Unreadable,
)
from gatekeeper.testing import Flawed, artefact, check_damage, check_reader, damages, fuzz_reader
from gatekeeper.testing.documents import parse


def _collected(format_: str, facts: Any) -> Collected:
    return Collected(facts, (Origin(format_),))


@pytest.mark.parametrize("name", ["artefacts", "damage", "laws"])
def test_the_examples_run(name: str) -> None:
    found = doctest.testmod(import_module(f"gatekeeper.testing.{name}"))
    assert found.attempted > 0
    assert found.failed == 0


def test_without_hypothesis_only_fuzzing_fails_and_says_what_to_install() -> None:
    program = (
        "import sys; sys.modules['hypothesis'] = None\n"
        "from gatekeeper.testing import check_reader, fuzz_reader\n"
        "assert 'pytest' not in sys.modules\n"
        "try: fuzz_reader(None)\n"
        "except ImportError as error: print(error)\n"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout == (
        "fuzzing needs the package hypothesis: pip install 'readiness-gatekeeper[testing]'\n"
    )


# --- Laws of readers -------------------------------------------------------------------------------


def reader(answer: object) -> Any:
    """Return a reader that returns or raises the answer, whatever the artefact holds."""

    def collect(artefact: Artefact, options: Options) -> object:
        if isinstance(answer, Exception):
            raise answer
        return answer

    return SimpleNamespace(collect=collect)


@pytest.mark.parametrize(
    "answer",
    [
        Absent("report-0 holds nothing"),
        Unreadable("reports: two formats"),
        _collected("json", {"a": 1, "b": [2.5, {"c": None}]}),
        _collected("k6", CoverageFacts(lines_pct=95, paths=("a",))),
    ],
)
def test_a_reader_that_keeps_the_laws_passes(answer: object) -> None:
    kept = check_reader(reader(answer), artefact(""))
    assert kept is (answer if isinstance(answer, Collected) else None)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (Unreadable("the file is broken"), "the reason names none of"),
        (Absent("report-0:\nnothing"), "the reason has several lines"),
        (None, "returns no facts with the name of a format: None"),
        (_collected("", CoverageFacts()), "returns no facts with the name of a format"),
        (_collected("k6", CoverageFacts(lines_pct=True)), "lines_pct is not a number: True"),
        (_collected("k6", CoverageFacts(lines_pct=float("nan"))), "lines_pct holds a figure that is not finite"),
        (_collected("k6", CoverageFacts(paths=["a"])), "paths is not a list of names"),  # type: ignore[arg-type]  # on purpose
        (_collected("json", {"a": [{"b": float("inf")}]}), "a holds a figure that is not finite"),
    ],
)  # fmt: skip
def test_a_reader_that_breaks_a_law_fails(answer: object, why: str) -> None:
    with pytest.raises(AssertionError, match=why):
        check_reader(reader(answer), artefact(""))


def test_the_law_of_a_kind_is_checked() -> None:
    with pytest.raises(AssertionError, match="the law of the kind fails"):
        check_reader(
            reader(_collected("x", CoverageFacts(101.0))),
            artefact(""),
            law=lambda facts: facts.lines_pct <= 100,
        )


def test_damage_reveals_a_reader_that_trusts_its_file() -> None:
    def collect(artefact: Artefact, options: Options) -> Collected:
        return _collected("x", CoverageFacts(float(artefact.files[0].read())))

    with pytest.raises((ValueError, AssertionError), match=r"could not convert|not finite"):
        fuzz_reader(SimpleNamespace(collect=collect), "95.5", examples=20)


# --- Law 3 -----------------------------------------------------------------------------------------

RED = '{"findings": [{"id": "A", "severity": "high"}], "of": 1}'
GREEN = '{"findings": [], "of": 0}'


def reader_of_findings(severity: Any) -> Any:
    """Return a reader that counts the findings for which `severity` returns "high"."""

    def collect(artefact: Artefact, options: Options) -> Collected:
        document = json.loads(artefact.files[0].read())
        high = sum(severity(finding) == "high" for finding in document["findings"])
        return _collected("x", {"high": high})

    return SimpleNamespace(collect=collect)


def flawed(severity: Any, **more: Any) -> Flawed:
    reader = reader_of_findings(severity)
    return Flawed(reader, RED, "/findings/0", lambda facts: facts["high"] == 0, GREEN, **more)


def test_a_reader_that_takes_what_it_does_not_know_for_harmless_fails() -> None:
    with pytest.raises(AssertionError, match=r"green after: \w+ .*/findings/0/severity"):
        check_damage(flawed(lambda finding: isinstance(finding, dict) and finding.get("severity")))


def test_a_reader_that_takes_what_it_does_not_know_for_a_flaw_keeps_the_law() -> None:
    assert check_damage(flawed(lambda _: "high")) > 50
    assert check_damage(flawed(lambda _: "high"), most=200, seed=1) == 200


def test_a_flaw_that_cannot_be_seen_or_repaired_fails() -> None:
    with pytest.raises(AssertionError, match="the artefact itself does not show the flaw"):
        check_damage(flawed(lambda _: "low"))
    with pytest.raises(AssertionError, match="the repaired artefact is not green"):
        check_damage(flawed(lambda _: "high")._replace(repaired=RED))


def test_facts_that_are_not_understood_and_partial_artefacts_are_not_green() -> None:
    touched = NotUnderstood(Finding("x"), frozenset({"high"}))
    for doubt in ({"not_understood": (touched,)}, {"partial": ("a run is missing",)}):

        def collect(artefact: Artefact, options: Options, doubt: Any = doubt) -> Collected:
            if b'"of": 1' not in artefact.files[0].read():
                return _collected("x", {"high": 0})
            return Collected({"high": 0}, (Origin("x", **doubt),))

        case = flawed(None)._replace(reader=SimpleNamespace(collect=collect))
        assert check_damage(case) > 50


def test_the_same_seed_makes_the_same_damages() -> None:
    case = flawed(lambda _: "high")
    first, again, other = (list(damages(case, most=300, seed=seed)) for seed in (1, 1, 2))
    assert first == again != other
    assert any(len(damage.edits) > 1 for damage in first)
    assert len({damage.content for damage in first}) == 300


def test_the_entry_itself_is_damaged_only_if_something_else_speaks_of_it() -> None:
    case = flawed(lambda _: "high")
    assert GREEN.replace("0", "1") not in {damage.content for damage in damages(case)}
    assert GREEN.replace("0", "1") in {damage.content for damage in damages(case._replace(whole=True))}


def test_edits_that_leave_a_valid_statement_are_not_made() -> None:
    case = flawed(None)._replace(content='{"a": {"ok": false, "hits": 0}}', place="/a")
    made = {damage.content for damage in damages(case)}
    assert not {'{"a": {"ok": true, "hits": 0}}', '{"a": {"ok": false, "hits": 7}}'} & made
    allowed = damages(case._replace(allowed={"* /a/hits": "why"}))
    assert {damage.content for damage in allowed} < made


@pytest.mark.parametrize(
    ("text", "place", "edits"),
    [
        ('{"a": [{"b~": 1}]}', "/a/0", {'{"a": [{}]}', '{"a": [{"_b~": 1}]}', '{"a": [{"b~": {"$ref": "#/moved"}}], "moved": 1}'}),
        ('{"a": 1}\n{"b": {"c": 2}}', "/1/b", {'{"a": 1}\n{"b": {}}'}),
        ("a:\n  b: x\n", "/a", {"a: {}\n", "a:\n  b: '# x'\n"}),
        ("a: 1\n---\nb:\n  c: 2\n", "/1/b", {"a: 1\n---\nb: {}\n"}),
        ('<a><b c="d">e<f/></b></a>', "b", {'<a><b>e<f /></b></a>', '<a><b c="d">e</b></a>', '<a><b c="d">e<!--<f />--></b></a>'}),
        ("one\ntwo words\nthree", "2", {"one\n words\nthree", "one\n-- two words\nthree"}),
    ],
    ids=["json", "json lines", "yaml", "yaml documents", "xml", "lines"],
)  # fmt: skip
def test_every_format_is_edited(text: str, place: str, edits: set[str]) -> None:
    document = parse(text, place)
    assert document.write(document.value).replace(" />", "/>") == text
    made = {damage.content for damage in damages(flawed(None)._replace(content=text, place=place))}
    assert edits <= made
