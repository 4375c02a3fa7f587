"""Scanners of code, secrets and configuration, and GitLab's reports: what counts, what is closed, what is missing."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from builders.artefacts import SAMPLES, collect, fixture, outcome, short
from gatekeeper.collectors.vulnerabilities import read as vulnerabilities
from gatekeeper.evidence.reader import without_touched
from gatekeeper.model.moment import UNSTATED

CASES = SAMPLES.parent / "cases"
Edit = Callable[[Any], Any]


def report(name: str, edit: Edit | None = None) -> str:
    """A fixture as JSON after an edit, which may also return another value."""
    value = json.loads(fixture("vulnerabilities", name))
    return json.dumps((edit(value) if edit else None) or value)


def put(value: Any, *path: Any) -> Edit:
    """An edit that puts a value at a path."""

    def edit(document: Any) -> None:
        for step in path[:-1]:
            document = document[step]
        document[path[-1]] = value

    return edit


def both(*edits: Edit) -> Edit:
    def edit(document: Any) -> None:
        for one in edits:
            one(document)

    return edit


def xml(old: str, new: str) -> str:
    """The report of SpotBugs with another text in it."""
    report = fixture("vulnerabilities", "spotbugs.xml").decode()
    assert old in report
    return report.replace(old, new)


NO_FINDING = "no finding is listed, so nothing shows that a file was scanned"
FOUND = {
    "bandit.json": (
        "./orders.py",
        12,
        "high: B602: subprocess call with shell=True identified, security issue.",
    ),
    "semgrep.json": ("server.js", 6, "high: eval-of-input: eval runs what a client sends"),
    "gosec.json": ("/src/main.go", 11, "high: G204: Subprocess launched with a potential tainted input"),
    "checkov.json": (
        "/main.tf",
        1,
        "unknown severity: CKV_AWS_18: Ensure the S3 bucket has access logging enabled",
    ),
    "gitleaks.json": ("keys/test.pem", 1, "unknown severity: private-key: Identified a Private Key."),
    "detect_secrets.json": ("orders.py", 4, "unknown severity: Secret Keyword: a potential secret"),
    "brakeman.json": ("app/models/lamp.rb", 12, "high: SQL: Possible SQL injection"),
    "kics.json": ("logs.tf", 4, "high: c65953be-0000-4000-8000-000000000001: S3 Bucket Without Encryption"),
    "tfsec.json": (
        "/src/main.tf",
        1,
        "high: aws-s3-enable-bucket-encryption: Bucket does not have encryption enabled",
    ),
    "hadolint.json": ("Dockerfile", 4, "high: DL3020: Use COPY instead of ADD for files and folders"),
    "njsscan.json": (
        "server.js",
        6,
        "high: eval_nodejs: User controlled data in eval() or similar functions",
    ),
    "sonarqube.json": ("lamps:src/orders.js", 5, "critical: javascript:S2076: Fix javascript:S2076"),
    "gl-sast-report.json": ("server.js", 6, "high: eval-of-input: eval runs what a client sends"),
    "spotbugs.xml": ("lamps/Search.java", 17, "high: SQL_INJECTION_JDBC: SECURITY"),
    "mobsfscan.json": ("A.java", 4, "medium: world_readable: The file is World Readable."),
    "veracode.json": (
        "lamps/Search.java",
        17,
        "critical: CWE-89: Improper Neutralization of Special Elements",
    ),
    "gl-sast-iac-report.json": ("main.tf", 1, "unknown severity: CKV_AWS_18: Ensure the S3 bucket"),
    "gl-secret-detection-report.json": ("settings.env", 1, "critical: AWS: AWS access token"),
}


@pytest.mark.parametrize("name", FOUND)
def test_a_finding_has_its_severity_its_rule_and_its_place(name: str) -> None:
    file, line, message = FOUND[name]
    found = collect(vulnerabilities, fixture("vulnerabilities", name)).facts.findings
    assert any((one.file, one.line) == (file, line) and one.message.startswith(message) for one in found), (
        found
    )


def test_secrets_of_trufflehog_are_of_the_repository_that_it_names() -> None:
    collected = collect(vulnerabilities, fixture("vulnerabilities", "trufflehog.jsonl"))
    [origin] = collected.origins
    assert [subject.name for subject in origin.subjects] == ["https://git.lamps.example/lamps/shop.git"]
    assert [finding.message for finding in collected.facts.findings] == [
        "unknown severity: AWS: a secret that works",
        "unknown severity: PrivateKey: a secret that is not verified",
    ]
    # Unknown may be critical.
    assert without_touched(collected).critical is None


def test_the_image_of_gitlabs_container_scanning_is_its_subject() -> None:
    image = "registry.lamps.example/shop:1.4"
    scanned = report(
        "gl-dependency-scanning-report.json",
        both(
            put("container_scanning", "scan", "type"),
            *(put(image, "vulnerabilities", at, "location", "image") for at in (0, 1)),
        ),
    )
    [origin] = collect(vulnerabilities, scanned).origins
    assert [subject.name for subject in origin.subjects] == [image]


MORNING = datetime(2026, 3, 2, 10, 0, 18, tzinfo=UTC)
STATED = {
    "gosec.json": ("gosec 2.22.0", None),
    "brakeman.json": ("Brakeman 7.0.0", MORNING.replace(hour=9)),
    "kics.json": ("KICS v2.1.3", MORNING.replace(microsecond=236211)),
    "checkov.json": ("Checkov 3.3.30", None),
    "gl-secret-detection-report.json": ("Gitleaks 8.24.0", MORNING.replace(tzinfo=UNSTATED)),
}


@pytest.mark.parametrize("name", STATED)
def test_a_report_states_its_tool_and_its_time(name: str) -> None:
    [origin] = collect(vulnerabilities, fixture("vulnerabilities", name)).origins
    assert (origin.producer, origin.produced_at) == STATED[name]


CLOSED = {
    "gosec.json": "G401: Use of weak cryptographic primitive (a checksum, not a signature)",
    "checkov.json": "to port 22 (reached through the bastion only)",
    "brakeman.json": "SQL: Possible SQL injection (ignored by configuration)",
    "tfsec.json": "Bucket does not have versioning enabled (ignored by a comment)",
    "sonarqube.json": "javascript:S4790: Fix javascript:S4790 (FALSE-POSITIVE)",
}


@pytest.mark.parametrize("name", CLOSED)
def test_what_is_suppressed_is_closed_with_its_reason(name: str) -> None:
    [closed] = collect(vulnerabilities, fixture("vulnerabilities", name)).facts.closed
    assert closed.message.endswith(CLOSED[name])


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        (report("semgrep.json", put(True, "results", 0, "extra", "is_ignored")), "nosemgrep"),
        (
            report("detect_secrets.json", put(False, "results", "orders.py", 0, "is_secret")),
            "an audit says that it is not a secret",
        ),
        (report("gosec.json", put([], "Issues", 2, "suppressions")), "#nosec"),
        (report("gosec.json", put("", "Issues", 2, "suppressions", 0, "justification")), "inSource"),
        (
            report(
                "checkov.json",
                put(None, 0, "results", "skipped_checks", 0, "check_result", "suppress_comment"),
            ),
            "skipped",
        ),
    ],
    ids=short,
)
def test_what_closes_a_finding(changed: str, reason: str) -> None:
    closed = collect(vulnerabilities, changed).facts.closed
    assert [one.message.rpartition("(")[2] for one in closed] == [f"{reason})"]


@pytest.mark.parametrize(
    "changed",
    [
        report("semgrep.json", put(False, "results", 0, "extra", "is_ignored")),
        report("detect_secrets.json", put(True, "results", "orders.py", 0, "is_secret")),
        report("gl-dependency-scanning-report.json"),  # what may be a false positive is not known to be one
    ],
    ids=short,
)
def test_what_does_not_close_a_finding(changed: str) -> None:
    assert collect(vulnerabilities, changed).facts.closed == ()


PARTIAL = [
    (
        report("bandit.json", put([{"filename": "a.py", "reason": "syntax error"}, {}], "errors")),
        "Bandit could not scan files: a.py, a file",
    ),
    (
        report("bandit.json", lambda value: value["results"].pop() and None),
        "5 findings are counted, but 4 are listed",
    ),
    (
        report(
            "semgrep.json", put([{"level": "warn", "message": "Syntax error", "path": "a.js"}, {}], "errors")
        ),
        "Semgrep reports errors: a.js, an error",
    ),
    (
        report("semgrep.json", put([{"rule_id": "r", "details": "d"}], "skipped_rules")),
        "Semgrep skipped rules: r",
    ),
    (
        report(
            "semgrep.json",
            put(
                [
                    {"path": "big.js", "reason": "exceeded_size_limit"},
                    {"path": "src", "reason": "cli_exclude_flags_match"},
                    {"path": "node_modules", "reason": "semgrepignore_patterns_match"},
                ],
                "paths",
                "skipped",
            ),
        ),
        "Semgrep skipped files: big.js, src",
    ),
    (
        report(
            "gosec.json", put({"/src/a.go": [{"line": 1, "column": 1, "error": "expected"}]}, "Golang errors")
        ),
        "gosec could not scan files: /src/a.go",
    ),
    (report("gosec.json", put(9, "Stats", "found")), "gosec counts more issues than it lists"),
    (
        report("checkov.json", put(["/src/bad.tf"], 0, "results", "parsing_errors")),
        "Checkov could not parse files: /src/bad.tf",
    ),
    (report("checkov.json", put(2, 1, "summary", "parsing_errors")), "Checkov could not parse files"),
    (
        report("checkov.json", put([], 0, "results", "failed_checks")),
        "Checkov counts more failed checks than it lists",
    ),
    (
        report(
            "detect_secrets.json",
            lambda value: value["filters_used"].append(
                {"path": "detect_secrets.filters.regex.should_exclude_file", "pattern": ["test/"]}
            ),
        ),
        "detect-secrets left out what matches patterns: detect_secrets.filters.regex.should_exclude_file",
    ),
    (
        report(
            "detect_secrets.json",
            lambda value: value["filters_used"].append({"path": "policies", "min_level": 3}),
        ),
        "detect-secrets left out what it could not verify",
    ),
    (
        report(
            "semgrep.json", put([{"path": "a.js", "reason": "insufficient_permissions"}], "paths", "skipped")
        ),
        "Semgrep skipped files: a.js",
    ),
    (
        report("detect_secrets.json", put({"files": "test/", "lines": None}, "exclude")),
        "detect-secrets left out what matches patterns: test/",
    ),
    (
        report("brakeman.json", put([{"error": "could not parse a.rb", "location": "a.rb:1"}], "errors")),
        "Brakeman reports errors: could not parse a.rb",
    ),
    (
        report("brakeman.json", put([], "warnings")),
        "Brakeman counts more warnings than it lists",
    ),
    (report("kics.json", put(1, "files_failed_to_scan")), "KICS failed to scan files"),
    (report("kics.json", put(1, "queries_failed_to_execute")), "KICS failed to execute queries"),
    (report("kics.json", put(4, "total_counter")), "4 findings are counted, but 3 are listed"),
    (
        report("njsscan.json", put(["semgrep not found"], "errors")),
        "njsscan reports errors: semgrep not found",
    ),
    (report("sonarqube.json", put(104, "paging", "total")), "the search has more pages than this one"),
    (report("gl-sast-report.json", put("failure", "scan", "status")), "the scan did not succeed"),
    (report("veracode.json", put("FAILURE", "scan_status")), "the scan did not succeed"),
    (xml('errors="0"', 'errors="2"'), "SpotBugs reports 2 errors"),
    (xml('errors="0"', 'errors="some"'), "SpotBugs reports 1 errors"),
    (xml('missingClasses="0"', 'missingClasses="4"'), "SpotBugs did not find 4 classes that the code uses"),
    (
        report(
            "gl-sast-report.json", put([{"level": "warn", "value": "a.js was not read"}], "scan", "messages")
        ),
        "the analyser warns: a.js was not read",
    ),
]


@pytest.mark.parametrize(("changed", "partial"), PARTIAL, ids=[why for _, why in PARTIAL])
def test_a_report_that_is_not_whole_is_partial(changed: str, partial: str) -> None:
    [origin] = collect(vulnerabilities, changed).origins
    assert origin.partial == (partial,)


@pytest.mark.parametrize(
    "changed",
    [
        report("semgrep.json", put([{"level": "info", "message": "m"}], "errors")),
        report("gl-sast-report.json", put([{"level": "info", "value": "m"}], "scan", "messages")),
        report("gosec.json", put(2, "Stats", "nosec")),
    ],
    ids=short,
)
def test_what_leaves_a_report_whole(changed: str) -> None:
    [origin] = collect(vulnerabilities, changed).origins
    assert origin.partial == ()


CHECKOV_NOTHING = {
    "passed": 0,
    "failed": 0,
    "skipped": 0,
    "parsing_errors": 0,
    "resource_count": 0,
    "checkov_version": "3.3.30",
}
NOTHING = [
    (report("bandit.json", put(0, "metrics", "_totals", "loc")), "no line of code was scanned"),
    (report("semgrep.json", put({"scanned": []}, "paths")), "no file was scanned"),
    (report("gosec.json", put({"files": 0, "found": 0}, "Stats")), "no file was scanned"),
    (json.dumps(CHECKOV_NOTHING), "no resource was checked"),
    (
        json.dumps({"check_type": "terraform", "results": {"failed_checks": [], "parsing_errors": ["/src/bad.tf"]},
                    "summary": CHECKOV_NOTHING | {"parsing_errors": 1}}),
        "no resource was checked",
    ),
    (
        report("brakeman.json", both(*(put(0, "scan_info", f"number_of_{what}") for what in ("controllers", "models", "templates")))),
        "no controller, model or template was scanned",
    ),
    (report("kics.json", put(0, "files_scanned")), "no file was scanned"),
    (report("veracode.json", put([], "modules")), "no module was scanned"),
    ('<BugCollection><FindBugsSummary total_classes="0"/></BugCollection>', "no class was analysed"),
    (report("kics.json", put(0, "files_parsed")), "no file was scanned"),
    (
        report("sonarqube.json", put([], "issues")),
        "no issue of any type is listed, so nothing shows that the project was analysed",
    ),
    (
        report("gl-dependency-scanning-report.json", both(put([], "dependency_files"), put([], "vulnerabilities"))),
        "no dependency file was found",
    ),
    (report("kics.json", put(0, "queries_total")), "no query was executed"),
    (report("brakeman.json", put([], "scan_info", "checks_performed")), "no check was performed"),
    (
        report("gl-dependency-scanning-report.json", lambda value: {**value, "vulnerabilities": [], "dependency_files": None}),
        "no dependency file was found",
    ),
    (report("njsscan.json", put({}, "nodejs")), NO_FINDING),
    (report("mobsfscan.json", put({}, "results")), NO_FINDING),
    (
        report("detect_secrets.json", put({}, "results")),
        "no secret is listed, so nothing shows that a file was scanned",
    ),
    (report("detect_secrets.json", put([], "plugins_used")), "no secret was looked for"),
    ("[]", "the document is empty: nothing was scanned"),  # of Gitleaks and of Hadolint, which show nothing more
    ("", "the file is empty"),  # of TruffleHog
]  # fmt: skip


@pytest.mark.parametrize(("changed", "why"), NOTHING, ids=short)
def test_a_report_that_shows_no_scan_is_missing(changed: str, why: str) -> None:
    assert outcome(vulnerabilities, changed) == f"absent: report-0: {why}"


CLEAN = {
    "bandit.json": both(
        put([], "results"),
        *(put(0, "metrics", "_totals", f"SEVERITY.{word}") for word in ("HIGH", "MEDIUM", "LOW")),
    ),
    "semgrep.json": put([], "results"),
    "gosec.json": both(put([], "Issues"), put(0, "Stats", "found")),
    "checkov.json": lambda value: [
        one | {"results": one["results"] | {"failed_checks": []}, "summary": one["summary"] | {"failed": 0}}
        for one in value
    ],
    "brakeman.json": both(put([], "warnings"), put(0, "scan_info", "security_warnings")),
    "kics.json": both(put([], "queries"), put(0, "total_counter")),
    "sonarqube.json": lambda value: value["issues"].__delitem__(slice(0, 3)),
    "gl-sast-report.json": put([], "vulnerabilities"),
    "gl-secret-detection-report.json": put([], "vulnerabilities"),
    "gl-dependency-scanning-report.json": put([], "vulnerabilities"),
}


@pytest.mark.parametrize("name", CLEAN)
def test_a_scan_without_findings_is_clean(name: str) -> None:
    facts = without_touched(collect(vulnerabilities, report(name, CLEAN[name])))
    assert (facts.critical, facts.high, facts.findings) == (0, 0, ())
    assert len(facts.scans) == 1


UNKNOWN = {
    "bandit.json": put("UNDEFINED", "results", 0, "issue_severity"),
    "semgrep.json": put("EXPERIMENT", "results", 0, "extra", "severity"),
    "gosec.json": put("UNDEFINED", "Issues", 0, "severity"),
    "brakeman.json": put("Certain", "warnings", 0, "confidence"),
    "kics.json": put(None, "queries", 0, "severity"),
    "tfsec.json": put("NONE?", "results", 0, "severity"),
    "hadolint.json": put("fatal", 0, "level"),
    "njsscan.json": put("SEVERE", "nodejs", "eval_nodejs", "metadata", "severity"),
    "sonarqube.json": both(
        put("URGENT", "issues", 0, "severity"),
        put([{"softwareQuality": "SECURITY", "severity": "LOW"}], "issues", 0, "impacts"),
    ),
    "gl-sast-report.json": put("Unknown", "vulnerabilities", 0, "severity"),
}


@pytest.mark.parametrize("name", UNKNOWN)
def test_a_severity_that_is_not_known_may_be_critical(name: str) -> None:
    collected = collect(vulnerabilities, report(name, UNKNOWN[name]))
    assert any(found.message.startswith("unknown severity: ") for found in collected.facts.findings)
    assert without_touched(collected).critical in (None, *range(1, 9))
    assert {note.place.message.partition(":")[0] for note in collected.origins[0].not_understood} == {
        "unknown severity"
    }


def test_the_most_severe_of_the_severities_of_an_issue_of_sonarqube_counts() -> None:
    worse = both(
        put("MINOR", "issues", 1, "severity"),
        put([{"softwareQuality": "SECURITY", "severity": "BLOCKER"}], "issues", 1, "impacts"),
    )
    assert collect(vulnerabilities, report("sonarqube.json", worse)).facts.critical == 1


@pytest.mark.parametrize(
    ("changed", "first"),
    [
        (xml('priority="1" rank="5"', 'priority="9"'), "unknown severity: SQL_INJECTION_JDBC: SECURITY"),
        (xml('category="SECURITY"', 'category="NEW"'), "high: SQL_INJECTION_JDBC: NEW"),
        (xml('category="STYLE"', 'category="SECURITY"'), "high: SQL_INJECTION_JDBC: SECURITY"),
        (xml('category="SECURITY"', 'category="STYLE"'), "medium: EI_EXPOSE_REP: MALICIOUS_CODE"),
    ],
    ids=short,
)
def test_bugs_of_spotbugs_count_unless_they_are_of_quality_alone(changed: str, first: str) -> None:
    assert collect(vulnerabilities, changed).facts.findings[0].message == first


def test_a_bug_without_a_line_is_at_its_class_or_in_the_report() -> None:
    nowhere = '<BugCollection><BugInstance type="A" priority="1" category="SECURITY"/></BugCollection>'
    [found] = collect(vulnerabilities, nowhere).facts.findings
    assert (found.message, found.file, found.line) == ("high: A: SECURITY", "report-0", None)


def test_a_control_that_njsscan_misses_is_in_no_file() -> None:
    control = {"metadata": {"severity": "INFO", "description": "No rate limit"}}
    missing = report("njsscan.json", put({"rate_limit": control}, "nodejs"))
    [found] = collect(vulnerabilities, missing).facts.findings
    assert found.message == "low: rate_limit: No rate limit"


def test_a_hard_coded_password_is_not_quoted() -> None:
    findings = collect(vulnerabilities, fixture("vulnerabilities", "bandit.json")).facts.findings
    assert any(found.message == "low: B105: hardcoded_password_string" for found in findings)
    assert not any("lamp-light" in found.message for found in findings)


@pytest.mark.parametrize(
    ("name", "edit", "said"),
    [
        ("bandit.json", put(105, "results", 0, "test_id"), "id is 105, not text"),
        ("semgrep.json", put(["a"], "results"), "result is 'a', not an object"),
        ("kics.json", put("3", "total_counter"), "findings is '3', not a count"),
        ("brakeman.json", put("soon", "scan_info", "end_time"), "produced_at is 'soon', not a time"),
        ("sonarqube.json", put([None], "issues"), "an issue is not an object"),
        ("checkov.json", put([["a"]], 0, "results", "failed_checks"), "check is a list, not an object"),
        ("gosec.json", put(None, "Issues"), "no supported format"),
    ],
)
def test_a_value_of_a_wrong_type_makes_a_report_unreadable(name: str, edit: Edit, said: str) -> None:
    refused = outcome(vulnerabilities, report(name, edit))
    assert refused.startswith("unreadable: report-0: ")
    assert said in refused


@pytest.mark.parametrize("name", [*FOUND, "trufflehog.jsonl"])
def test_a_report_that_was_cut_off_is_unreadable(name: str) -> None:
    data = fixture("vulnerabilities", name)
    assert outcome(vulnerabilities, data[: len(data) * 2 // 3]).startswith("unreadable: report-0: ")


@pytest.mark.published(CASES)
def test_the_case_of_a_report_of_gitlab() -> None:
    collected = collect(vulnerabilities, (CASES / "vulnerabilities/gl-sast-report.json").read_bytes())
    facts, [origin] = collected.facts, collected.origins
    assert (facts.critical, facts.high, facts.scanner, facts.scans) == (0, 1, "Semgrep", ("code",))
    assert (origin.format, origin.partial) == ("gitlab-sast", ())
