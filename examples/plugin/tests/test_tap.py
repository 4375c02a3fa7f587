"""TAP results."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))

import gatekeeper_tap as tap

from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.tests.read import CaseOutcome
from gatekeeper.model.evidence import Artefact, Collected, Options, Unreadable
from gatekeeper.testing import fuzz_reader

REPORT = """\
TAP version 14
1..6
# Subtest: basket
    not ok 1 - of a subtest
    1..1
ok 1 - adds an item
not ok 2 - removes an item
  ---
  message: 'expected 0'
  ...
ok 3 - pays # SKIP no sandbox
not ok 4 - refunds # TODO next month
ok 5 # todo
not ok 6 - ships # skip no carrier
"""


class Reader:
    """Reads one file in this format, as the kind's reader does."""

    def collect(self, artefact: Artefact, options: Options) -> Collected:
        [file] = artefact.files
        content = Content(file.name, file.read())
        if not tap.recognises(content):
            raise Unreadable(f"{file.name}: not TAP")
        try:
            report = tap.read(content)
        except Unreadable as reason:
            raise Unreadable(f"{file.name}: {reason}") from None
        return Collected({"cases": len(report.cases), "failures": report.failures}, (report.origin,))


def content(text: str) -> Content:
    return Content("r.tap", text.encode())


def flaws(text: str) -> list[str]:
    return [finding.message for finding in tap.read(content(text)).failures]


def names(text: str) -> dict[CaseOutcome, list[str]]:
    found: dict[CaseOutcome, list[str]] = {}
    for case in tap.read(content(text)).cases:
        found.setdefault(case.outcome, []).append(case.name)
    return found


def test_a_test_that_is_marked_skipped_in_other_words_has_not_passed() -> None:
    assert names("1..1\nok 1 # skipped: no database\n") == {CaseOutcome.SKIPPED: ["(a test without a name)"]}


def test_results_are_counted() -> None:
    assert names(REPORT) == {
        CaseOutcome.PASSED: ["adds an item"],
        CaseOutcome.FAILED: ["removes an item", "ships"],
        CaseOutcome.SKIPPED: ["pays", "refunds", "(a test without a name)"],
    }
    assert tap.read(content(REPORT)).failures == ()


@pytest.mark.parametrize(
    ("text", "flaw"),
    [
        ("1..2\nok 1\n", ["2 tests are planned, 1 are reported"]),
        ("1..3\nok 1\nok 1\nok 1\n", ["3 tests are not numbered from 1 to 3"]),
        ("1..2\nok 5\nok 9\n", ["2 tests are not numbered from 1 to 2"]),
        ("1..1\nok 1 - a\n    BAIL OUT! no disk\n", ["BAIL OUT! no disk"]),
        ("1..2\nok 1 - a\u2028ok 2 - forged\n", ["2 tests are planned, 1 are reported"]),
        ("1..1\nok 1\nok 2\n", ["1 tests are planned, 2 are reported"]),
        ("TAP version 13\nok 1\n", ["0 plans; expected one line `1..N`"]),
        ("1..1\nok 1\n1..1\n", ["2 plans; expected one line `1..N`"]),
        ("1..1\nok 1\nBail out! no database\n", ["Bail out! no database"]),
        ("ok 1\n1..1\n", []),
        ("1..0 # skipped: no browser\n", []),
        (r"1..1" + "\nok 1 - issue \\# TODO\n", []),
    ],
)
def test_an_incomplete_run_fails(text: str, flaw: list[str]) -> None:
    assert tap.recognises(content(text))
    assert flaws(text) == flaw


@pytest.mark.parametrize(
    "text", ["", "ok 1\n", "<a>\n1..1\n</a>", '{"plan":\n1..1\n}', "  1..1\n", "see 1..1\n"]
)
def test_other_text_is_not_taken_for_tap(text: str) -> None:
    assert not tap.recognises(content(text))


def test_any_damage_gives_results_or_a_reason() -> None:
    fuzz_reader(Reader(), REPORT, examples=20)
