"""No screen, format or record shows what looks like a secret in an artefact."""

import json
from collections.abc import Mapping
from pathlib import Path
from time import process_time

import pytest

from builders.workspaces import Run, copy_of_pilot, write
from gatekeeper.evidence.redaction import REDACTED, redacted
from gatekeeper.model.evidence import Finding, Subject, SubjectType
from gatekeeper.reporters import REPORTERS

# Written in two parts, so that scanners of repositories do not report this file.
TOKENS: Mapping[str, str] = {
    "github": "ghp" + "_" + "a1B2" * 9,
    "github, fine-grained": "github" + "_pat_" + "a1B2_" * 16 + "ab",
    "gitlab": "glpat" + "-" + "a1B2-" * 4,
    "slack": "xox" + "b-123456789012-123456789012-" + "aB3d" * 6,
    "aws": "AK" + "IA" + "ABCD2345" * 2,
    "gcp": "AI" + "za" + "a1B2_" * 7,
    "gcp, client": "GOC" + "SPX-" + "a1B2" * 7,
    "azure": "abc8" + "Q~" + "aB3~_" * 6 + "ab",
    "stripe": "sk_" + "live_" + "a1B2" * 6,
    "npm": "npm" + "_" + "a1B2" * 9,
    "pypi": "pypi" + "-AgEIcHlwaS5vcmc" + "a1B2" * 15,
    "jwt": "eyJ" + "hbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0." + "aB3d_" * 8,
}
"""Secrets that their prefix shows, wherever they are."""

PLACES: Mapping[str, tuple[str, str]] = {
    "password": ("login with password={} fails", "hunter22"),
    "quoted": ("DB_PASSWORD = '{}'", "correct horse"),
    "in JSON": ('{{"password": "{}"}}', "correcthorse"),
    "secret": ("client_secret={}", "abcdefg"),
    "aws": ("aws_secret_access_key={}", "wJalrXUtnFEMIK7MDENGbPxRfiCY"),
    "api key": ("api_key: {}", "abcd1234efgh"),
    "azure": ("AccountName=x;AccountKey={};EndpointSuffix=y", "aB3d" * 21 + "=="),
    "azure, shared access": ("https://x.blob.core.windows.net/a?sv=2020&sig={}", "aB3d%2F" * 6),
    "address": ("connected to postgres://{}@db.example/orders", "user:s3cr3t"),
    "token in an address": ("cloned https://{}@forge.example/x", "abcdefghij0123456789xyz"),
    "header": ("Authorization: Bearer {}", "abcdef123456"),
    "basic": ("authorization: Basic {}", "dXNlcjpwYXNz"),
    "bearer": ("sent Bearer {} to it", "abcdefgh1234567"),
    "webhook": ("https://hooks.slack.com/{}", "services/T00000000/B00000000/" + "X" * 24),
    "private key": ("-----BEGIN RSA PRIVATE KEY{}", "-----\nMIIEow\n-----END RSA PRIVATE KEY-----"),
    "private key, cut off": ("-----BEGIN PRIVATE KEY{}", "----- MIIEow"),
}
"""Secrets that their place shows."""


@pytest.mark.parametrize("name", TOKENS)
def test_a_token_is_replaced(name: str) -> None:
    token = TOKENS[name]
    assert redacted(f"got {token}, expected 200") == f"got {REDACTED}, expected 200"
    assert token not in redacted(f"x={token}&y=1")


@pytest.mark.parametrize("name", PLACES)
def test_a_secret_in_its_place_is_replaced(name: str) -> None:
    text, secret = PLACES[name]
    found = redacted(text.format(secret))
    assert secret.strip("-\n") not in found
    assert "MIIEow" not in found
    assert REDACTED in found


@pytest.mark.parametrize(
    "text",
    [
        "sha256:" + "ab12" * 16,
        "sha512-" + "aB3d" * 21 + "==",
        "0b4d5e7c" * 5,
        "123e4567-e89b-12d3-a456-426614174000",
        "left-pad@1.3.0",
        "@scope/token-utils@2.0.1",
        "pkg:npm/%40angular/core@12.0.0",
        "rejects a wrong password",
        "password: must be longer than 8 characters",
        "the api key: is required",
        "secret: is not in the log",
        "secrets: 3 found",
        "expected token: string",
        "token bucket refills 10 times per second",
        "Authorization header is required",
        "bearer authentication is required",
        "https://forge.example/acme/orders",
        "https://localhost:8080/a@b",
        "ssh://git@forge.example/x",
        "git@github.com:acme/x.git",
        "src/auth/token.ts:12",
        "GET /tokens/{id}: takes no cursor",
        "PWD=/home/runner/work",
        "risk-assessment-of-the-whole-service-1",
        "CVE-2026-1234 in libpassword 1.2.3",
    ],
)
def test_other_text_stays(text: str) -> None:
    assert redacted(text) == text


def test_facts_of_every_shape() -> None:
    token = TOKENS["github"]
    finding = Finding(token, f"a/{token}.ts", 3, f"/{token}")
    assert redacted((finding,)) == (Finding(REDACTED, f"a/{REDACTED}.ts", 3, f"/{REDACTED}"),)
    subject = Subject(SubjectType.REPOSITORY, f"https://ci:{token}@forge.example/x")
    assert redacted(subject) == Subject(SubjectType.REPOSITORY, f"https://{REDACTED}@forge.example/x")
    assert redacted({"a": [token, 1, None], "password": "short", "tokens": 7}) == {
        "a": [REDACTED, 1, None],
        "password": REDACTED,
        "tokens": 7,
    }
    plain = {"a": ("b", finding._replace(message="x", file=None, pointer=None))}
    assert redacted(plain) is plain


@pytest.mark.long
@pytest.mark.parametrize(
    "piece",
    ["a", "password", "://", "eyJ", "-----BEGIN PRIVATE KEY", "password: ", "a:", "authorization: ", "bearer ", "xox",
     'password:"', "sk-", "abc8Q~", "access_", "_token"],
)  # fmt: skip
def test_the_time_is_linear(piece: str) -> None:
    def seconds(length: int) -> float:
        text = (piece * length)[:length]
        start = process_time()
        redacted(text)
        return process_time() - start

    assert seconds(400_000) < 20 * seconds(100_000) + 0.1


SECRET = TOKENS["gitlab"]
REPORT = f"""<testsuite name="{SECRET}"><testcase name="pays with {SECRET}">
<failure message="sent Authorization: Bearer {SECRET}"/></testcase><testcase name="keeps {SECRET}"/></testsuite>"""


@pytest.fixture
def pilot(tmp_path: Path) -> Path:
    """The pilot, with secrets in a test report, in a broken file and in the name of a file."""
    pilot = copy_of_pilot(tmp_path)
    reports = pilot / "services/orders-service/reports"
    write(reports / "domain.xml", REPORT)
    write(reports / "k6-peak.json", f'{{"metrics": {{"http_reqs": {{"count": "{SECRET}"}}}}}}')
    return pilot


@pytest.mark.long
@pytest.mark.parametrize("output", REPORTERS.names)
def test_no_format_of_check_shows_a_secret(pilot: Path, run: Run, output: str) -> None:
    ran = run("-C", pilot, "check", "-m", "M1", "--as-of", "2026-11-20", "--details", "--format", output)
    assert ran.code == 1
    assert SECRET not in ran.out + ran.err
    assert output not in ("table", "json", "sarif", "junit") or REDACTED in ran.out


@pytest.mark.long
def test_no_other_command_shows_a_secret(pilot: Path, run: Run, tmp_path: Path) -> None:
    report = "services/orders-service/reports/domain.xml"
    asked = ("--service", "orders-service", "-m", "M1", "--as-of", "2026-11-20")
    for arguments in (
        ("facts", "tests", report),
        ("facts", report, "-f", "json"),
        ("facts", "load_test", "services/orders-service/reports/k6-peak.json"),
        ("explain", "G1.use-cases", *asked),
        ("check", "-v", "-m", "M1", "--as-of", "2026-11-20"),
        ("report", "-m", "M1", "--as-of", "2026-11-20", "--out", str(tmp_path / "r.html")),
        ("collect", "orders-service", "--at", "2026-11-20T10:00:00Z"),
    ):
        ran = run("-C", pilot, *arguments)
        assert SECRET not in ran.out + ran.err, arguments
    assert SECRET not in (tmp_path / "r.html").read_text()
    record = pilot / "services/orders-service/evidence.json"
    assert record.exists()
    assert SECRET not in record.read_text()
    assert REDACTED in record.read_text()


def test_a_record_that_holds_a_secret_does_not_show_it(pilot: Path, run: Run) -> None:
    run("-C", pilot, "collect", "orders-service", "--at", "2026-11-20T10:00:00Z")
    record = pilot / "services/orders-service/evidence.json"
    document = json.loads(record.read_text().replace(REDACTED, SECRET))
    record.write_text(json.dumps(document))
    for report in (pilot / "services/orders-service/reports").iterdir():
        report.unlink()
    ran = run("-C", pilot, "check", "-m", "M1", "--as-of", "2026-11-20", "--format", "json")
    assert "orders-service" in ran.out
    assert SECRET not in ran.out + ran.err
