"""Every format shows that a criterion is unproven, and why; every status has one sign, colour and severity."""

import json
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from builders.reports import SCREEN, pilot, unproven, with_files
from gatekeeper.model.evidence import Finding
from gatekeeper.model.report import Report
from gatekeeper.model.status import OPEN, ReasonCode, Status
from gatekeeper.reporters import github, gitlab, junit, markdown, sarif, table
from gatekeeper.reporters import json as json_format
from gatekeeper.reporters.pages import html
from gatekeeper.reporters.text.screen import SYMBOLS
from gatekeeper.reporters.wording.outcomes import Once
from gatekeeper.reporters.wording.reasons import BY_STATUS

PEAK = "G7.peak-load"
PLACE = Finding("a scenario that is not known", "reports/k6.json", 7)
CODES = (
    ReasonCode.OTHER_SUBJECT, ReasonCode.SHARED, ReasonCode.NOT_UNDERSTOOD, ReasonCode.PARTIAL, ReasonCode.TOO_LITTLE,
)  # fmt: skip


def report(code: ReasonCode = ReasonCode.PARTIAL, *places: Finding) -> Report:
    return unproven(pilot("M1"), PEAK, code, *places)


@pytest.mark.parametrize("code", CODES)
def test_people_read_the_status_with_its_reason_code(code: ReasonCode) -> None:
    words = f"unproven ({code.replace('-', ' ')})"
    told = table.render(report(code)._replace(details=True), SCREEN)
    assert f"≠ {words}  {PEAK}" in told
    assert "`load_test` does not show it" in told
    assert f"≠ {words}" in markdown.render(report(code), SCREEN).replace("\\", "")


def test_without_unicode_the_sign_is_another_one() -> None:
    plain = table.render(report()._replace(details=True), SCREEN._replace(unicode=False))
    assert f"# unproven (partial)  {PEAK}" in plain


@pytest.mark.parametrize("code", CODES)
def test_junit_fails_with_status_and_reason_code(code: ReasonCode) -> None:
    root = ET.fromstring(junit.render(report(code), SCREEN))  # noqa: S314 - our own text
    [failure] = root.findall(f".//testcase[@classname='orders-service'][@name='{PEAK}']/failure")
    assert failure.get("type") == f"unproven:{code}"


def results(of: Report) -> list[dict[str, Any]]:
    found = json.loads(sarif.render(of, SCREEN))["runs"][0]["results"]
    return [one for one in found if one["ruleId"] == PEAK]


def test_sarif_has_an_error_with_reason_code_and_part() -> None:
    [result] = results(report(ReasonCode.OTHER_SUBJECT))
    assert result["level"] == "error"
    assert result["properties"]["status"] == "unproven"
    assert result["properties"]["reason_code"] == "other-subject"
    assert result["properties"]["part"] == "reports/k6.json"


def test_places_that_were_not_understood_are_locations() -> None:
    of = with_files(report(ReasonCode.NOT_UNDERSTOOD, PLACE))
    [result] = results(of)
    [location] = result["locations"]
    assert location["physicalLocation"]["artifactLocation"]["uri"] == "reports/k6.json"
    assert location["physicalLocation"]["region"]["startLine"] == 7
    assert "::error file=reports/k6.json,line=7" in github.render(of, SCREEN)


def test_other_statuses_have_no_reason_code_in_sarif() -> None:
    found = json.loads(sarif.render(pilot("M1"), SCREEN))["runs"][0]["results"]
    [fails] = [one for one in found if one["ruleId"] == "G1.coverage" and one["level"] == "error"]
    assert "reason_code" not in fails["properties"]


def test_annotations_of_forges_are_errors() -> None:
    severities = [
        one["severity"] for one in json.loads(gitlab.render(report(), SCREEN)) if one["check_name"] == PEAK
    ]
    assert severities == ["critical"]
    assert f"title={PEAK} orders-service" in github.render(report(), SCREEN).partition("::warning")[0]


def test_json_has_code_part_and_places() -> None:
    text = json_format.render(report(ReasonCode.NOT_UNDERSTOOD, PLACE), SCREEN)
    services = json.loads(text)["services"]
    [orders] = [one for one in services if one["service"] == "orders-service"]
    [row] = [one for gate in orders["gates"] for one in gate.get("criteria", ()) if one["criterion"] == PEAK]
    assert (row["status"], row["reason_code"]) == ("unproven", "not-understood")
    [reason] = row["reasons"]
    assert (reason["slot"], reason["part"]) == ("load_test", "reports/k6.json")
    assert "places" not in reason, "they are the findings"
    assert row["findings"] == [{"message": PLACE.message, "file": PLACE.file, "line": PLACE.line}]


def test_every_status_has_a_sign_of_its_own_and_a_colour_of_the_page() -> None:
    signs = [SYMBOLS[status] for status in Status]
    assert len({sign for sign, _, _ in signs}) == len({plain for _, plain, _ in signs}) == len(Status)
    assert {html.tone(status) for status in Status} == {"good", "bad", "hmm", "idle"}
    assert set(html.STATUSES) >= OPEN


def test_every_open_status_has_a_severity() -> None:
    assert set(BY_STATUS) >= OPEN


def test_a_screen_says_a_sentence_once() -> None:
    of = pilot("M2")
    [basket] = [one for one in of.result.services if one.service.service == "catalogue-service"]
    once = Once()
    told = [once.remedy(one) for one in basket.criteria if one.is_open]
    own = [words for words in told if words and not words.startswith("as for ")]
    assert len(own) == len(set(own)) < len(told)
