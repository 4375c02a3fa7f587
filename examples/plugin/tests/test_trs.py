"""Results of Automake."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))

import gatekeeper_trs as trs

from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.tests.read import CaseOutcome
from gatekeeper.model.evidence import Absent, Artefact, Collected, Options, Unreadable
from gatekeeper.testing import Flawed, check_damage, fuzz_reader

REPORT = """\
:test-result: PASS the basket adds an item
:test-result: FAIL the basket removes an item
:test-result: SKIP no sandbox
:test-result: XFAIL refunds
:test-result: XPASS ships
:test-result: ERROR
:test-global-result: ERROR
:recheck: yes
"""


class Reader:
    """Reads one file in this format, as the kind's reader does."""

    def collect(self, artefact: Artefact, options: Options) -> Collected:
        [file] = artefact.files
        content = Content(file.name, file.read())
        if not trs.recognises(content):
            raise Unreadable(f"{file.name}: not a result of Automake")
        try:
            report = trs.read(content)
        except Absent as reason:
            raise Absent(f"{file.name}: {reason}") from None
        failed = [case.name for case in report.cases if case.outcome is CaseOutcome.FAILED]
        return Collected({"cases": len(report.cases), "failed": failed}, (report.origin,))


def content(text: str) -> Content:
    return Content("tests/basket.trs", text.encode())


def names(text: str) -> dict[CaseOutcome, list[str]]:
    found: dict[CaseOutcome, list[str]] = {}
    for case in trs.read(content(text)).cases:
        found.setdefault(case.outcome, []).append(case.name)
    return found


def test_results_are_counted() -> None:
    assert names(REPORT) == {
        CaseOutcome.PASSED: ["the basket adds an item", "refunds"],
        CaseOutcome.FAILED: ["the basket removes an item", "ships", "basket"],
        CaseOutcome.SKIPPED: ["no sandbox"],
    }


def test_a_result_in_other_words_has_not_passed() -> None:
    assert names(":test-result: passed\n") == {CaseOutcome.FAILED: ["basket"]}


def test_a_file_without_a_result_is_no_evidence() -> None:
    with pytest.raises(Absent, match="no line `:test-result:`"):
        trs.read(content(":test-global-result: PASS\n"))


@pytest.mark.parametrize("text", ["", "PASS\n", "see :test-result: PASS\n", "{}", "<a/>"])
def test_other_text_is_not_taken_for_results(text: str) -> None:
    assert not trs.recognises(content(text))


def test_any_damage_gives_results_or_a_reason() -> None:
    fuzz_reader(Reader(), REPORT, examples=20)


def test_no_damage_to_the_word_makes_a_failure_a_pass() -> None:
    red = ":test-result: FAIL\n"
    flawed = Flawed(Reader(), red, "1", lambda facts: facts["failed"] == [], red.replace("FAIL", "PASS"))
    assert check_damage(flawed, most=200, seed=1) > 50
