"""Formats for machines are what their specifications say: by rules of our own, and by schemas and parsers of others."""

import csv
import io
import json
import re
import subprocess
from collections.abc import Iterator
from typing import Any, NamedTuple
from xml.etree import ElementTree as ET

import jsonschema
import pytest
import xmlschema
import yaml
from hypothesis import given

from builders.hostile import HOSTILE, NASTY, TEXTS
from builders.reports import SCREEN, hostile, large, nothing_in_scope, pilot, with_change, with_files
from builders.validators import validator
from gatekeeper.model.changes import Cause, Change, ChangeKind
from gatekeeper.model.report import Report
from gatekeeper.reporters import csv as csv_format
from gatekeeper.reporters import gitlab, junit, sarif, tap
from gatekeeper.reporters.text import junit as junit_text

WEAKENING = Change(
    ChangeKind.RULE_WEAKENED, "W-1", "G1.coverage asks for less", Cause.WEAKENING, blocks=True, needs_sign_off=True,
    lacks=("security",), file="gates/G1.yaml", line=31,
)  # fmt: skip
NOTE = Change(ChangeKind.NOTE, "N-1", "a name was changed", Cause.PLAN)


def reports() -> Iterator[Report]:
    """Yield reports of every shape: each status, hostile texts, a change, and nothing in scope."""
    yield from map(pilot, ("M0", "M1", "M3", "M4"))
    yield with_files(hostile(with_change(pilot("M1"), WEAKENING, NOTE), NASTY))
    yield nothing_in_scope()
    yield with_change(pilot("M3"), notes=("the base has moved on",))


# JUnit


def assert_is_junit(text: str) -> None:
    """Assert what junit-10.xsd (Jenkins' xunit-plugin) and JUnit.xsd (Ant) say of the parts that we write."""
    root = ET.fromstring(text)  # noqa: S314 - our own text
    assert (root.tag, root.attrib) == ("testsuites", {})
    for number, suite in enumerate(root):
        assert suite.tag == "testsuite"
        assert suite.get("id") == str(number)
        assert set(suite.attrib) == {
            "name", "package", "id", "timestamp", "hostname", "tests", "failures", "errors", "skipped", "time",
        }  # fmt: skip
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", suite.get("timestamp", ""))
        tags = [child.tag for child in suite]
        assert tags == ["properties", *["testcase"] * (len(tags) - 3), "system-out", "system-err"]
        for case in suite.iter("testcase"):
            assert set(case.attrib) == {"classname", "name", "time"}
            assert len(case) <= 1
            for result in case:
                assert (
                    set(result.attrib) == {"failure": {"type", "message"}, "skipped": {"message"}}[result.tag]
                )
                # GitLab shows the text alone.
                message = result.get("message", "").removesuffix("…")
                assert (result.text or "").startswith(message)


@HOSTILE
@given(texts=TEXTS)
def test_junit_has_the_structure_of_both_schemas(texts: list[str]) -> None:
    assert_is_junit(junit.render(hostile(with_change(pilot("M1"), WEAKENING, NOTE), texts), SCREEN))


def test_junit_is_valid() -> None:
    schema = xmlschema.XMLSchema10(str(validator("junit-10.xsd")))
    for report in reports():
        schema.validate(junit.render(report, SCREEN))


def test_a_message_is_short_and_the_text_has_all_of_it() -> None:
    report = hostile(pilot("M1"), ["x" * 900])
    root = ET.fromstring(junit.render(report, SCREEN))  # noqa: S314 - our own text
    for failure in root.iter("failure"):
        assert len(failure.get("message", "")) <= junit_text.MOST_OF_A_MESSAGE
        assert "x" * 900 in (failure.text or "")


def test_a_failure_has_the_place_where_it_is_fixed() -> None:
    found = [of.text for of in ET.fromstring(junit.render(pilot("M1"), SCREEN)).iter("failure")]  # noqa: S314
    assert all(re.search(r"\nat \S+\.yaml:\d+$", text or "") for text in found)


@pytest.mark.parametrize("most", [40_000, 20_000, 5_000])
def test_a_test_report_that_is_too_long_loses_details_then_cases(
    most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = large(20, findings=40)
    whole = junit.render(report, SCREEN)
    monkeypatch.setattr(junit_text, "MOST_BYTES", most)
    text = junit.render(report, SCREEN)
    assert_is_junit(text)
    assert len(text.encode()) <= most < len(whole)
    cases = list(ET.fromstring(text).iter("testcase"))  # noqa: S314 - our own text
    [note] = cases[-1]
    missing = whole.count("<testcase") - (len(cases) - 1)
    assert f"the details of all test cases, and {missing:,} test cases." in note.get("message", "")
    assert "<failure" in text


# SARIF


def test_sarif_is_valid() -> None:
    schema = json.loads(validator("sarif-2.1.0.json").read_text(encoding="utf-8"))
    valid = jsonschema.validators.validator_for(schema)(schema)
    for report in reports():
        valid.validate(json.loads(sarif.render(report, SCREEN)))


# GitLab's Code Quality


def test_a_code_quality_description_is_a_sentence_with_the_service_and_the_remedy() -> None:
    issues = {
        issue["check_name"]: issue["description"] for issue in json.loads(gitlab.render(pilot("M1"), SCREEN))
    }
    assert issues["L2.use-cases"].startswith(
        "notifications-service (team-notifications) has an unreadable artefact for L2.use-cases: "
    )
    assert issues["unsigned-upgrade"] == (
        "catalogue-service (team-catalogue) is blocked: it claims L2 and is signed off for L1 only. "
        "Have it signed off, or lower `level:`."
    )


def test_code_quality_has_the_documented_fields() -> None:
    for report in reports():
        for issue in json.loads(gitlab.render(report, SCREEN)):
            assert set(issue) == {"description", "check_name", "fingerprint", "severity", "location"}
            assert issue["severity"] in ("info", "minor", "major", "critical", "blocker")
            assert set(issue["location"]) == {"path", "lines"}
            assert not issue["location"]["path"].startswith(("/", "./"))


# CSV


def rows(report: Report) -> list[dict[str, str]]:
    text = csv_format.render(report, SCREEN)
    assert re.sub(r"\r\n", "", text).count("\r") == 0
    found = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
    assert all(set(row) == set(csv_format.COLUMNS) for row in found)
    return found


def test_a_row_is_a_service_and_a_criterion() -> None:
    found = rows(pilot("M1"))
    [coverage] = [row for row in found if row["criterion"] == "G1.coverage"]
    assert coverage.pop("action").startswith("change:G1.coverage")
    assert coverage | {"remedy": ""} == {
        "milestone": "M1", "service": "orders-service", "owner": "team-orders", "gate": "G1", "level": "L0",
        "criterion": "G1.coverage", "status": "fail", "reason_code": "", "binding": "true", "basis": "",
        "reason": "lines_pct is 71.4286; required: lines_pct at least 95, 23.57 below the threshold",
        "remedy": "", "file": "services/orders-service.yaml", "line": "1",
    }  # fmt: skip
    assert len({(row["service"], row["criterion"]) for row in found}) == len(found)
    assert {row["status"] for row in found} >= {"pass", "missing", "stale", "unreadable", "sign-offs-missing"}
    assert "not_applicable" not in {row["status"] for row in found}
    [signs] = [row for row in found if row["criterion"] == "unsigned-upgrade"]
    assert signs["action"].startswith("sign:L2")


@HOSTILE
@given(texts=TEXTS)
def test_no_cell_is_a_formula(texts: list[str]) -> None:
    begun = [
        f"{start}{text}" for text in texts for start in ("", "=", "+", "-", "@", "\t=", "\r=", " =", "\uff1d")
    ]
    for row in rows(hostile(with_change(pilot("M1"), WEAKENING), begun)):
        assert not [cell for cell in row.values() if cell.lstrip()[:1] in ("=", "+", "-", "@", "\uff1d")]


def test_a_formula_is_kept_as_text() -> None:
    owners = {row["owner"] for row in rows(hostile(pilot("M1"), ["=HYPERLINK(1)"]))}
    assert owners == {"'=HYPERLINK(1)"}


# TAP


class Point(NamedTuple):
    ok: bool
    name: str
    directive: str
    diagnostic: Any


def points(text: str, indent: str = "") -> Iterator[tuple[Point, list[Point]]]:
    """Yield the test points of a TAP 14 document, each with those of its subtest; every line must be one of its grammar."""
    lines = iter(text.splitlines())
    assert next(lines) == "TAP version 14"
    plan = re.fullmatch(r"1\.\.(\d+)", next(lines))
    assert plan
    count = 0
    for line in lines:
        name = line.removeprefix("# Subtest: ")
        assert name != line
        planned = re.fullmatch(r"    1\.\.(\d+)", next(lines))
        assert planned
        inner: list[Point] = []
        ended = None
        for of in lines:
            if not of.startswith("    "):
                ended = of
                break
            if of == "      ---":
                block = iter(lambda: next(lines), "      ...")
                inner[-1] = inner[-1]._replace(diagnostic=yaml.safe_load("\n".join(block)))
            else:
                inner.append(point(of.removeprefix("    "), len(inner) + 1))
        assert len(inner) == int(planned[1])
        assert ended
        count += 1
        outer = point(ended, count)
        assert outer.name == name
        yield outer, inner
    assert count == int(plan[1])


def point(line: str, number: int) -> Point:
    found = re.fullmatch(
        rf"(not )?ok {number} - ((?:\\.|[^\\#])*?)(?: # (TODO|SKIP) ((?:\\.|[^\\#])*))?", line
    )
    assert found, line
    return Point(not found[1], found[2], found[3] or "", None)


@HOSTILE
@given(texts=TEXTS)
def test_tap_has_the_structure_of_version_14(texts: list[str]) -> None:
    report = hostile(with_change(pilot("M1"), WEAKENING, NOTE), texts)
    found = list(points(tap.render(report, SCREEN)))
    assert len(found) == 1 + len(report.result.services)
    for outer, inner in found:
        assert outer.ok == all(of.ok or of.directive for of in inner)
        assert all(of.diagnostic for of in inner if not of.ok)


def test_tap_tells_what_blocks_what_is_tolerated_and_what_does_not_apply() -> None:
    found = {
        (outer.name, of.name): of for outer, inner in points(tap.render(pilot("M1"), SCREEN)) for of in inner
    }
    coverage = found["orders-service", "G1.coverage"]
    assert (coverage.ok, coverage.directive) == (False, "")
    assert coverage.diagnostic["at"] == {"file": "services/orders-service.yaml", "line": 1}
    assert coverage.diagnostic["findings"][0] == "4 of 4 lines uncovered  src/domain/discount.ts:5"
    assert found["orders-service", "G7.peak-load"].diagnostic["reason_code"] == "too-old"
    assert found["catalogue-service", "capability:gift-cards"][:3:2] == (False, "TODO")
    assert found["payments-service", "G8.tenant-keys"][:3:2] == (True, "SKIP")
    assert found["payments-service", "G7.peak-load"][:3:2] == (True, "")


def test_tap_is_read_by_a_parser_in_strict_mode() -> None:
    parser = validator("node_modules/.bin/tap-parser")
    for report in reports():
        text = tap.render(report, SCREEN)
        command = [str(parser), "--json", "--strict"]
        done = subprocess.run(command, input=text.encode(), capture_output=True, check=False, timeout=60)
        [complete] = [event[1] for event in json.loads(done.stdout) if event[0] == "complete"]
        own = [outer for outer, _ in points(text)]
        assert (complete["count"], complete["pass"]) == (len(own), sum(outer.ok for outer in own))
        assert b'"extra"' not in done.stdout  # a line that is not TAP
        assert [of for of in complete["failures"] if of["tapError"]] == []


# All of them


@pytest.mark.parametrize("format_", [csv_format, tap])
def test_a_format_of_test_results_grows_with_the_services_and_no_faster(format_: Any) -> None:
    sizes = [len(format_.render(large(services), SCREEN)) for services in (10, 20, 40)]
    assert sizes[2] - sizes[1] == pytest.approx(2 * (sizes[1] - sizes[0]), rel=0.01)
