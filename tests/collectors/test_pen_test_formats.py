"""Reports of the scanners that attack what runs: what counts, what is closed, what shows that they are not whole."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from builders.artefacts import collect, fixture, outcome, short
from gatekeeper.collectors.pen_test import read as pen_test
from gatekeeper.evidence.reader import without_touched
from gatekeeper.model.moment import UNSTATED

MORNING = datetime(2026, 3, 2, 10, 0, 18, tzinfo=UTC)
RCE = "Remote Code Execution"
MATCHES = [
    "medium: git-config Git Configuration - Detect, at https://lamps.example/.git/config",
    "critical: lamp-rce Example Server - Remote Code Execution, at https://lamps.example/run",
]
EXPECTED: dict[str, Any] = {
    "burp.xml": (
        "burp",
        "Burp Suite 2025.10.4",
        MORNING,
        ["high: SQL injection, at https://lamps.example/search [q parameter]"],
        1,
    ),
    "scan.nessus": (
        "nessus",
        "Nessus",
        MORNING,
        [
            f"critical: 900001 Example Server 1.x {RCE}, at 192.0.2.10:443",
            "medium: 51192 SSL Certificate Cannot Be Trusted, at 192.0.2.10:443",
        ],
        0,
    ),
    "openvas.xml": (
        "openvas",
        "OpenVAS",
        MORNING,
        [
            f"critical: Example Server < 1.2.3 {RCE}, at 192.0.2.10 443/tcp",
            "medium: SSL/TLS: Report Weak Cipher Suites, at 192.0.2.10 443/tcp",
        ],
        1,
    ),
    "nikto.xml": (
        "nikto",
        "Nikto 2.5.0",
        MORNING.replace(tzinfo=UNSTATED),
        [
            "unknown severity: The anti-clickjacking X-Frame-Options header is not present., at https://lamps.example:443/",
            "unknown severity: A backup of the site may be here., at https://lamps.example:443/backup/",
        ],
        0,
    ),
    "zap.xml": (
        "zap_xml",
        "ZAP 2.16.1",
        datetime(2026, 3, 2, 9, 0, 18, 236211, tzinfo=UTC),
        ["high: Cross Site Scripting (Reflected), at https://lamps.example"],
        1,
    ),
    "wapiti.json": (
        "wapiti",
        "Wapiti 3.2.3",
        datetime(2026, 11, 27, 16, 33, 52, tzinfo=UTC),
        [
            "low: CSP is not set, at GET /",
            "low: X-Frame-Options is not set, at GET /",
            "low: X-Content-Type-Options is not set, at GET /",
            "medium: Reflected Cross Site Scripting vulnerability found via injection in the parameter q, at GET /find",
        ],
        0,
    ),
    "nuclei.jsonl": ("nuclei", "nuclei", MORNING.replace(microsecond=236211), MATCHES, 1),
    "nuclei.json": ("nuclei-export", "nuclei", MORNING.replace(microsecond=236211), MATCHES, 0),
    "nikto.json": (
        "nikto-json",
        "Nikto",
        None,
        [
            "unknown severity: The anti-clickjacking X-Frame-Options header is not present., at lamps.example/",
            "unknown severity: A backup of the site may be here., at lamps.example/backup/",
        ],
        0,
    ),
    "gl-dast-report.json": (
        "gitlab",
        "DAST 5.2.0",
        MORNING.replace(tzinfo=UNSTATED),
        ["high: Cross-site scripting, at https://lamps.example/search"],
        0,
    ),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_a_report_states_its_weaknesses_its_tool_and_its_time(name: str) -> None:
    collected = collect(pen_test, fixture("pen_test", name))
    [origin] = collected.origins
    facts = collected.facts
    found = [finding.message for finding in facts.open]
    assert (origin.format, origin.producer, origin.produced_at, found, facts.closed) == EXPECTED[name]
    assert (origin.partial, origin.not_understood, origin.items) == ((), (), len(found) + facts.closed)


def text(name: str) -> str:
    return fixture("pen_test", name).decode()


def without(name: str, first: str, last: str) -> str:
    """A report without what is between two texts."""
    before, _, rest = text(name).partition(first)
    return before + rest.rpartition(last)[2]


def changed(name: str, *replacements: tuple[str, str]) -> str:
    report = text(name)
    for old, new in replacements:
        assert old in report
        report = report.replace(old, new)
    return report


def dast(**changes: Any) -> str:
    """The report of GitLab with other values in it and in its scan."""
    report = json.loads(text("gl-dast-report.json"))
    for name, value in changes.items():
        (report if name in report else report["scan"])[name] = value
    return json.dumps(report)


@pytest.mark.parametrize(
    ("report", "why"),
    [
        (
            without("burp.xml", "  <issue>", "  </issue>"),
            "the report has no issue, and does not show what was tested",
        ),
        (without("scan.nessus", "<ReportHost", "</ReportHost>"), "the scan reports nothing about any host"),
        (without("scan.nessus", "<ReportItem", "</ReportItem>"), "the scan reports nothing about any host"),
        (without("nikto.xml", "<scandetails", "</scandetails>"), "no host was scanned"),
        (without("zap.xml", "	<site", "</site>"), "the report has no site: nothing was scanned"),
        (
            without("openvas.xml", "      <result ", "</result>\n")
            .replace("<host><ip>192.0.2.10", "<apps><ip>192.0.2.10")
            .replace("18Z</end></host>", "18Z</end></apps>")
            .replace("<hosts><count>1", "<hosts><count>0"),
            "the scan saw no host: nothing was scanned",
        ),
        (changed("wapiti.json", ('"crawled_pages_nbr": 3', '"crawled_pages_nbr": 0')), "no page was found"),
        (
            json.dumps(
                [{"host": "a", "ip": "192.0.2.10", "port": "443", "banner": "", "vulnerabilities": []}]
            ),
            "Nikto reports nothing, not even what it finds on every server",
        ),
        (dast(vulnerabilities=[], scanned_resources=[]), "no resource was scanned"),
        (dast(vulnerabilities=[], scanned_resources=None), "no resource was scanned"),
    ],
    ids=short,
)
def test_a_report_that_shows_no_scan_is_missing(report: str, why: str) -> None:
    assert outcome(pen_test, report).startswith(f"absent: report-0: {why}")


@pytest.mark.parametrize(
    ("report", "partial"),
    [
        (
            changed("scan.nessus", ('"HOST_END"', '"HOST_NEXT"')),
            ("the scan of 192.0.2.10 did not end",),
        ),
        (changed("openvas.xml", ("Done", "Stopped")), ("the status of the scan is Stopped, not Done",)),
        (changed("openvas.xml", ("Done", "")), ("the status of the scan is missing, not Done",)),
        (
            changed("openvas.xml", ("<errors><count>0", "<errors><count>3")),
            ("the scan had 3 errors",),
        ),
        (
            changed("openvas.xml", ("<low><full>0", "<low><full>7")),
            ("a filter left out results: 0 of 7 low",),
        ),
        (
            changed("openvas.xml", ("<filtered>4", "<filtered>104")),
            ("104 results are counted, but 4 are listed",),
        ),
        (
            changed("nikto.xml", ('errors="0"', 'errors="20"')),
            ("20 requests to https://lamps.example:443/ failed",),
        ),
        (
            changed("nikto.xml", ("<statistics", "<ssl")),
            ("the scan of https://lamps.example:443/ did not end",),
        ),
        (
            changed("zap.xml", ("<level>Low", "<level>High")),
            ("Percentage of responses with status code 4xx: 12",),
        ),
        (dast(status="failure"), ("the scan did not succeed",)),
        (
            dast(
                messages=[{"level": "warn", "value": "the login failed"}, {"level": "info", "value": "done"}]
            ),
            ("the analyser warns: the login failed",),
        ),
        (
            changed("nuclei.jsonl", ('"type": "http"', '"error": "no address", "type": "http"')),
            ("nuclei reports errors: no address",),
        ),
    ],
    ids=short,
)
def test_a_scan_that_is_not_whole_is_partial(report: str, partial: tuple[str, ...]) -> None:
    [origin] = collect(pen_test, report).origins
    assert origin.partial == partial


@pytest.mark.parametrize(
    ("report", "begins"),
    [
        (changed("burp.xml", (">High<", ">Severe<")), "unknown severity: SQL injection"),
        (changed("burp.xml", ("<severity>High</severity>", "")), "unknown severity: SQL injection"),
        (changed("scan.nessus", ('severity="4"', 'severity="1"')), "critical: 900001"),
        (changed("scan.nessus", ('severity="4"', 'severity="9"')), "critical: 900001"),
        (changed("scan.nessus", (">Critical<", ">None<")), "critical: 900001"),
        (
            changed("scan.nessus", (">Critical<", ">None<"), ('severity="4"', 'severity="?"')),
            "unknown severity: 900001",
        ),
        (changed("openvas.xml", ("<severity>9.8", "<severity>many")), "high: Example"),
        (changed("openvas.xml", ("<severity>9.8", "<severity>0.0")), "high: Example"),
        (changed("openvas.xml", (">High<", ">Log<")), "critical: Example"),
        (changed("openvas.xml", (">High<", ">False Positive<")), "critical: Example"),
        (
            changed("openvas.xml", (">High<", "><"), ("<severity>9.8", "<severity>0.0")),
            "unknown severity: Example",
        ),
        (changed("zap.xml", ("<riskcode>3", "<riskcode>0")), "high: Cross"),
        (changed("wapiti.json", ('"level": 2', '"level": 9')), "unknown severity: Reflected"),
        (changed("nuclei.json", ('"critical"', '"unknown"')), "unknown severity: lamp-rce"),
        (changed("nuclei.jsonl", ('"matcher-status": false', '"matcher-status": "no"')), "high: env-file"),
        (dast(vulnerabilities=[{"id": "1", "name": "XSS", "severity": "Unknown"}]), "unknown severity: XSS"),
        (dast(vulnerabilities=[{"id": "1", "name": "XSS"}]), "unknown severity: XSS"),
        (changed("zap.xml", (">High (Medium)", ">Low (Medium)")), "high: Cross"),
    ],
    ids=short,
)
def test_the_most_severe_reading_counts_and_what_is_not_understood_stays_open(
    report: str, begins: str
) -> None:
    messages = [found.message for found in collect(pen_test, report).facts.open]
    assert any(message.startswith(begins) for message in messages), messages


HIDDEN = {
    "burp.xml": changed("burp.xml", ("<issue>", "<issues-old>"), ("</issue>", "</issues-old>")),
    "scan.nessus": changed("scan.nessus", ("<ReportItem", "<Item"), ("</ReportItem", "</Item")),
    "nessus: hosts": changed("scan.nessus", ("<ReportHost", "<Host"), ("</ReportHost", "</Host")),
    "openvas.xml": changed("openvas.xml", ("<result ", "<other "), ("</result>", "</other>")),
    "openvas: lists": changed("openvas.xml", ("<results ", "<old "), ("</results>", "</old>")),
    "nikto.xml": changed("nikto.xml", ("<item", "<note"), ("</item", "</note")),
    "zap.xml": changed("zap.xml", ("<alertitem>", "<old>"), ("</alertitem>", "</old>")),
    "gitlab: vulnerabilities": dast(vulnerabilities=[]).replace(
        '"version"', '"more": [{"severity": "High"}], "version"', 1
    ),
    "zap: alerts": changed("zap.xml", ("<alerts>", "<Alerts>"), ("</alerts>", "</Alerts>")),
}


@pytest.mark.parametrize("name", HIDDEN)
def test_weaknesses_under_another_name_leave_open_unknown(name: str) -> None:
    found: Any = collect(pen_test, HIDDEN[name])
    assert without_touched(found).open is None


@pytest.mark.parametrize(
    ("name", "old", "new", "expected"),
    [
        ("burp.xml", "10:00:18 UTC 2026", "10:00:18 CET 2026", MORNING.replace(tzinfo=UNSTATED)),
        ("burp.xml", "Mon Mar 02 10:00:18 UTC 2026", "yesterday", None),
        ("scan.nessus", "1772445618", "soon", MORNING.replace(tzinfo=UNSTATED)),
        ("openvas.xml", "<scan_end>", "<scan_end>about ", None),
    ],
)
def test_a_time_without_a_known_zone_has_none(
    name: str, old: str, new: str, expected: datetime | None
) -> None:
    assert collect(pen_test, changed(name, (old, new))).produced_at == expected


@pytest.mark.parametrize("name", EXPECTED)
def test_a_report_that_was_cut_off_is_unreadable(name: str) -> None:
    report = text(name)
    assert outcome(pen_test, report[: len(report) * 2 // 3]).startswith("unreadable: report-0: line ")


def test_a_jacoco_report_is_not_one_of_openvas() -> None:
    assert outcome(pen_test, '<report name="shop"><counter type="LINE"/></report>').startswith("unreadable: ")
    assert (
        outcome(pen_test, "<get_reports_response/>")
        == "unreadable: report-0: the report holds no report of a scan"
    )


def wapiti(**categories: Any) -> str:
    """The report of Wapiti with other findings."""
    return json.dumps(json.loads(text("wapiti.json")) | categories)


def test_a_category_of_wapiti_that_is_in_two_lists_counts_in_both() -> None:
    tls = {"TLS/SSL misconfigurations": [{"method": "", "path": "", "info": "RC4 is accepted", "level": 4}]}
    report = wapiti(vulnerabilities=tls, anomalies={}, additionals={"TLS/SSL misconfigurations": []})
    assert [found.message for found in collect(pen_test, report).facts.open] == ["critical: RC4 is accepted"]


def test_a_report_of_wapiti_without_any_finding_does_not_show_which_attacks_it_made() -> None:
    report = wapiti(vulnerabilities={"CRLF": []}, anomalies={}, additionals={})
    [origin] = collect(pen_test, report).origins
    assert origin.partial == ("Wapiti reports nothing, so nothing shows which attacks it made",)
