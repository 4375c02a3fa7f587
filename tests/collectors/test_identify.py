"""What a file is: marks are positive, and no two formats share one."""

import json
from importlib import import_module
from pathlib import Path
from time import process_time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builders.artefacts import FIXTURES, SAMPLES, needs_samples, short, tree
from builders.json_values import with_other_values
from builders.workspaces import PILOT, Run, write
from gatekeeper import collectors
from gatekeeper.collectors.identify import identify, tool_of
from gatekeeper.evidence.reader import collect
from gatekeeper.model.evidence import Absent, Artefact, Unreadable, known
from gatekeeper.testing.fuzzing import any_bytes, any_tokens, damaged

CASES = SAMPLES.parent / "cases"
TWO_KINDS = (
    {("pen_test", "sarif"), ("vulnerabilities", "sarif")},
    {("prompts", "prompts"), ("tenant_keys", "tenant_keys")},
    {("source", "source"), ("typescript", "typescript")},
)
OF_NO_FORMAT = (".ts", "package.json", "tsconfig.json", "metric-names.json", "traffic.json")
NO_MARKS = {"json/sonar.json", "json/sonar.yaml"}
"""The kind `json` reads any file, so no file is recognised as it."""

OTHERS = {
    "package.json": '{"name": "cart", "version": "1.2.0"}',
    "full/package.json": '{"name": "cart", "scripts": {"test": "vitest"}, "dependencies": {"zod": "^3.1.0"}}',
    "tsconfig.json": '{"extends": "./tsconfig.base.json", "compilerOptions": {"strict": true, "target": "ES2022"}}',
    "tsconfig.base.json": '{"compilerOptions": {"target": "ES2022"}}',
    ".eslintrc": '{"rules": {"no-console": "error"}, "plugins": ["import"]}',
    "docker-compose.yml": "services:\n  web:\n    image: nginx\n    ports: ['80:80']\n",
    "values.yaml": "# Values of the chart.\nname: cart\nreplicas: 2\n",
    "settings.json": '{"editor.defaultFormatter": "esbenp.prettier-vscode"}',
    "countries.json": '[{"code": "DE", "name": "Germany"}]',
    "names.json": '["a", "b"]',
    "answer.json": '{"result": {"id": 7}, "errors": [], "messages": []}',
    "error.json": '{"error": "not found"}',
    "text.log": "listening on 8080\n",
    "empty.json": "{}",
    "list.json": "[]",
}

LOOKALIKES = {
    "Dockerfile": "# Copyright of the authors\n\nFROM alpine\n\n# the user\nUSER 1000\n",
    "requirements.txt": "# pinned by a tool\n\nflask==3.1.0\n",
    "CODEOWNERS": "# the defaults\n\n* @acme/platform\n\n## docs\n/docs @acme/writers\n",
    "query.sql": "SELECT id, name FROM lamps WHERE price > 10;\n",
    "db/data.sql": "INSERT INTO lamps (id, name) VALUES (1, 'brass');\n",
    "jwk.json": '{"kid": "a-1", "kty": "RSA", "use": "sig", "n": "AQAB"}',
    "jwks.json": '[{"kid": "a-1", "kty": "RSA"}, {"kid": "a-2", "kty": "RSA"}]',
    "aliases.json": '{"Aliases": ["cart", "basket"]}',
    "values.yaml": "tenants: [acme]\nlimits: {rate: 5}\n",
    "task.json": '{"id": "a", "name": "Report", "groups": [], "inputs": [{"name": "reports", "type": "string"}]}',
    "policy.json": '{"results": [{"resource": {"kind": "Pod"}, "rules": [{"name": "labels", "status": "fail"}]}]}',
    "routing.yaml": "groups: [{name: a, type: web, rules: [{title: first, path: /}]}]\n",
    "codeclimate.json": '{"covered_percent": 70, "source_files": [{"name": "a.rb", "coverage": "[1]", "blob_id": "1"}]}',
    "no-results.json": '{"results": []}',
    "no-secrets.json": '{"results": null}',
    "lint.xml": '<issues format="4" by="lint 8"><issue id="a" severity="Warning"/></issues>',
    "inspector.json": '{"findings": [{"findingArn": "arn:aws:a", "severity": "HIGH", "status": "ACTIVE", "title": "a"}]}',
    "bounties.json": '{"findings": [{"id": "1", "title": "a", "severity_rating": "low", "state": "open"}]}',
    "end-of-life.json": '{"matches": [], "source": {"type": "image"}, "descriptor": {"name": "xeol"}}',
    "errata.json": '{"total": 1, "results": [{"errata_id": "RHBA-1", "packages": ["a"]}]}',
    "suite.json": '{"uid": "1", "name": "Cart", "time": {"start": 1}, "testCases": [{"uid": "2", "status": "passed"}]}',
    "provider.json": '{"id": "hashicorp/azurerm", "versions": [{"version": "1.0.0", "protocols": ["5.0"]}]}',
    "mcp.json": '{"prompts": [{"name": "review", "description": "Review a change."}]}',
    "api.yml": "errors:\n  UnauthorizedError: {status-code: 401, type: Error}\n",
    "errors.json": '{"errors": {"not_found": "We could not find it.", "locked": "Somebody changes it."}}',
    "answer.json": '{"errors": [{"code": "NOT_FOUND", "message": "no cart", "path": ["cart"]}]}',
    "actions.json": '{"actions": {"save": "Save", "cancel": "Cancel"}}',
    "workflow.yml": "actions:\n  - {action: build, run: make}\n",
    "cgmanifest.json": '{"registrations": [{"component": {"type": "git", "git": {"name": "a"}}}], "version": 1}',
    "aggregates.yaml": "aggregates: {daily: {interval: 5, function: sum}}\n",
    "page.json": '{"title": "Home", "panels": [{"id": 1, "text": "Welcome"}]}',
    "builder.json": '{"elements": {"a": {"type": "text"}}, "layout": "two-columns"}',
    "application.yml": "swagger: {enabled: true}\nserver: {port: 8080}\n",
    "tool.json": '{"asyncapi": "./asyncapi.yaml", "output": "docs"}',
    "feed.json": '{"published": ["a", "b"], "drafts": ["c"]}',
    "log.json": '[{"level": "info", "text": "started", "id": 1}]',
    "cluster.json": '{"ClusterName": "staging", "NodeCount": 3}',
    "observations.json": '[{"id": "a", "traceId": "b", "type": "GENERATION", "name": "answer"}]',
    "error.json": '{"error": {"code": "EMAIL_TAKEN", "message": "This address is known."}}',
    "arm.urdf": '<?xml version="1.0"?><robot name="arm"><link name="base"/></robot>',
    "scan.json": '{"version": "1", "created_at": "2026-01-01", "results": [{"a": 1}], "owner": "acme"}',
    "status.json": '{"eval": {"enabled": true}, "status": "ready"}',
    "junit.tmpl": '<testsuites><testsuite name="{{ .Name }}" tests="{{ len .Results }}"/></testsuites>',
}
"""Files in public repositories, shortened, that have a key, a root or a comment of some evidence and are none."""


def one(name: str, content: bytes | str) -> Artefact:
    return tree({name: content}, name)


def files(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*")) if path.is_file()]


def matches(path: Path) -> set[tuple[str, str]]:
    return {(match.kind, match.format) for match in identify(one(path.name, path.read_bytes()))}


@pytest.mark.parametrize("path", files(FIXTURES), ids=lambda path: str(path.relative_to(FIXTURES)))
def test_every_fixture_has_the_marks_of_its_own_kind_alone(path: Path) -> None:
    found = matches(path)
    if str(path.relative_to(FIXTURES)) in NO_MARKS:
        assert found == set()
    else:
        assert found in TWO_KINDS or len(found) == 1
        assert path.relative_to(FIXTURES).parts[0] in {kind for kind, _ in found}


def test_every_artefact_of_the_pilot_has_the_marks_of_one_format() -> None:
    artefacts = [
        path for folder in sorted((PILOT / "services").iterdir()) if folder.is_dir() for path in files(folder)
    ]
    unclear = {
        path.name: found for path in artefacts if len(found := matches(path)) != 1 and found not in TWO_KINDS
    }
    # They are the sources of a service and their settings, and what the kind `json` selects from.
    assert {name: found for name, found in unclear.items() if found} == {}
    assert [name for name in unclear if not name.endswith(OF_NO_FORMAT)] == []


@needs_samples
def test_no_sample_has_the_marks_of_two_formats() -> None:
    found = {path.relative_to(SAMPLES): matches(path) for path in files(SAMPLES)}
    assert len(found) > 90
    assert {path: kinds for path, kinds in found.items() if len(kinds) > 1 and kinds not in TWO_KINDS} == {}


@pytest.mark.parametrize("name", OTHERS)
def test_a_file_that_is_nothing_in_particular_is_not_recognised(name: str) -> None:
    assert identify(one(name, OTHERS[name])) == []
    assert tool_of(one(name, OTHERS[name])) is None


@pytest.mark.parametrize("name", LOOKALIKES)
def test_a_file_that_looks_like_evidence_in_one_place_is_not_recognised(name: str) -> None:
    assert identify(one(name, LOOKALIKES[name])) == []


RARE = {
    "a-result.json": (
        '{"uuid": "1", "name": "adds", "status": "passed", "labels": [], "start": 1, "stop": 2}',
        ("tests", "allure"),
    ),
    "Cart_Read.sql": ("\ufeffCREATE PROCEDURE Cart_Read AS SELECT 1\n", ("migrations", "migrations")),
    "db/migrations/20261127_fill.sql": ("UPDATE carts SET open = true;\n", ("migrations", "migrations")),
    "V2__fill.sql": ("UPDATE carts SET open = true;\n", ("migrations", "migrations")),
    "findings.json": (
        '{"findings": [{"title": "a", "severity": "Low", "description": "b", "nb_occurences": 2, "active": true}]}',
        ("pen_test", "findings"),
    ),
}


@pytest.mark.parametrize("name", RARE)
def test_a_form_of_evidence_that_few_files_have_is_recognised(name: str) -> None:
    content, expected = RARE[name]
    assert identify(one(name, content)) == [expected]


def test_a_report_of_gitlab_that_also_has_what_its_scanner_wrote_has_one_format() -> None:
    report = {"version": "15.0", "scan": {"type": "dast"}, "vulnerabilities": [], "site": [], "@version": "2"}
    assert [match.format for match in identify(one("dast.json", json.dumps(report)))] == ["gitlab"]


@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize("kind", sorted(set(collectors.KINDS.names) - {"json"}))
def test_a_file_that_is_nothing_in_particular_is_no_evidence_of_any_kind(kind: str, name: str) -> None:
    if (kind, name) == ("api_diff", "list.json"):
        # oasdiff writes an empty list if nothing has changed.
        assert collect(kind, one(name, OTHERS[name]), {}).format == "oasdiff"
        return
    with pytest.raises((Absent, Unreadable)):
        collect(kind, one(name, OTHERS[name]), {})


@pytest.mark.long
@pytest.mark.parametrize("path", files(FIXTURES), ids=lambda path: str(path.relative_to(FIXTURES)))
def test_evidence_of_another_kind_is_refused_by_its_name(path: Path) -> None:
    artefact, own = one(path.name, path.read_bytes()), {kind for kind, _ in matches(path)}
    for kind in set(collectors.KINDS.names) - own - {"json"}:
        if (kind, path.suffix) == ("migrations", ".java"):
            # Flyway runs migrations in Java: what they do is not understood.
            assert (
                known(collect(kind, artefact, {}).facts, collect(kind, artefact, {}).origins).tables is None
            )
            continue
        with pytest.raises((Absent, Unreadable)) as refused:
            collect(kind, artefact, {})
        if own and isinstance(refused.value, Unreadable) and (kind, own) != ("api_diff", {"openapi"}):
            assert f"{path.name}: recognised as " in str(refused.value), kind
            assert all(f"`{name}`" in str(refused.value) for name in own)


def test_a_broken_file_of_the_kind_keeps_its_place() -> None:
    with pytest.raises(Unreadable, match=r"^a\.xml: line 1: not XML"):
        collect("tests", one("a.xml", "<testsuite><testcase"), {})
    with pytest.raises(Unreadable, match=r"^a\.xml: recognised as junit, evidence of the kind `tests`$"):
        collect("coverage", one("a.xml", "<testsuite><testcase"), {})


SCANNERS = {
    "Plugin ID,CVE,CVSS v2.0 Base Score\n": ("Nessus", "SARIF"),
    "<WAS_SCAN_REPORT/>": ("Qualys", "SARIF"),
    "<ScanGroup/>": ("Acunetix", "SARIF"),
    "<netsparker-enterprise/>": ("Invicti", "SARIF"),
    "<!DOCTYPE html><title>ZAP Scanning Report</title>": ("an HTML page", ""),
    "<detailedreport xmlns='https://www.veracode.com/schema'/>": ("Veracode's XML", "SARIF"),
    "<CxXMLResults/>": ("Checkmarx's XML", "SARIF"),
    '{"count": 0, "next": null, "previous": null, "results": [], "prefetch": {}}': ("DefectDojo", "Generic"),
    '{"projectStatus": {"status": "OK"}}': ("recognised as sonarqube", "`quality_gate`"),
}


@pytest.mark.parametrize("content", SCANNERS)
@pytest.mark.parametrize("kind", ["vulnerabilities", "pen_test"])
def test_the_report_of_a_scanner_is_named_with_the_export_that_works(kind: str, content: str) -> None:
    with pytest.raises(Unreadable, match="recognised as ") as refused:
        collect(kind, one("report", content), {})
    assert all(words in str(refused.value) for words in SCANNERS[content])


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (
            '{"metric":"a","type":"Metric","data":{}}\n{"metric":"a","type":"Point","data":{}}\n',
            "samples of k6",
        ),
        ('{"metric":"a","type":"Metric","data":{}}\n', None),
        ('{"results": [], "errors": []}', "Semgrep"),
        (b"PK\x03\x04\x14\x00", "an archive"),
        (b"\x01\xc0\xc0\x10\x07", "JaCoCo's execution data"),
        ("<!DOCTYPE html><html><body>Jenkins</body></html>", "an HTML page"),
        ("<html><br></html>", "an HTML page"),
        ("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", "Git LFS"),
        ('<?xml version="1.0"?><!DOCTYPE nmaprun><nmaprun scanner="nmap"/>', "Nmap"),
        ('{"spdxVersion": "SPDX-2.3", "packages": []}', "SPDX"),
        ('{"info": {"_postman_id": "1"}, "item": []}', "Postman"),
        ("metric_name,timestamp,metric_value\n", "samples of k6"),
        ("     http_req_duration..............: avg=1ms\n", "the output of k6"),
        ("<<<<<<< HEAD\na: 1\n=======\na: 2\n>>>>>>> b\n", "merge conflict"),
        ("a: 0\n<<<<<<< HEAD\na: 1\n", "merge conflict"),
        ('{"message": "Not Found", "documentation_url": "https://docs.github.com"}', "an error of GitHub"),
        ("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\n", "an object of Kubernetes"),
        ("#%RAML 1.0\ntitle: a\n", "RAML"),
        ('{"type": "record", "name": "A", "fields": []}', "Avro"),
        ('syntax = "proto3";\nmessage A {}\n', "Protobuf"),
        (b"PK\x03\x04\x14\x00\x00xl/workbook.xml", "a document of Office"),
        (b"PK\x03\x04....word/", "a document of Office"),
        (b"\x1f\x8b\x08", "a compressed file"),
        (b"report.json" + b"\0" * 246 + b"ustar\0", "a tar archive"),
        (b"%PDF-1.7\n%\xe2\xe3", "a PDF"),
        (b"\x89PNG\r\n\x1a\n", "an image"),
        (b"\x00\x01\x02", "a binary file"),
        ("PASS src/a.spec.ts\n  a (1 ms)\n", "a log"),
        ("[INFO] Scanning for projects...\n", "a log"),
        ("====== test session starts ======\ncollected 3 items\n", "a log"),
        ("alpine:3.18\nTotal: 0 (UNKNOWN: 0, LOW: 0)\n", "a log"),
    ],
    ids=short,
)
def test_tools_that_are_known(content: bytes | str, named: str | None) -> None:
    tool = tool_of(one("a", content))
    assert named in tool.name if named else tool is None  # type: ignore[union-attr]


@pytest.mark.parametrize("kind", ["tests", "coverage", "vulnerabilities", "openapi", "slo", "json"])
@pytest.mark.parametrize("bom", ["utf-16", "utf-16-be"])
def test_text_in_utf_16_is_read(kind: str, bom: str) -> None:
    """PowerShell writes it."""
    path = max(FIXTURES.joinpath(kind).glob("*.json"))
    text = path.read_text("utf-8")
    data = ("\ufeff" + text).encode("utf-16-be") if bom == "utf-16-be" else text.encode("utf-16")
    options = {"select": {"bugs": "metrics.bugs"}} if kind == "json" else {}
    expected = collect(kind, one("a", text), options)
    assert collect(kind, one("a", data), options).facts == expected.facts


def test_text_that_only_begins_as_utf_16_is_refused() -> None:
    with pytest.raises(Unreadable, match=r"^a: not UTF-16: "):
        collect("slo", one("a", b"\xff\xfe\x00\xd8a"), {})


@pytest.mark.long
@pytest.mark.parametrize("path", [None, *files(FIXTURES)], ids=str)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(draw=st.data())
def test_whatever_a_file_holds_it_is_identified_or_not(path: Path | None, draw: st.DataObject) -> None:
    data = draw.draw(any_bytes() | any_tokens() if path is None else damaged(path.read_bytes()))
    artefact = one("a" if path is None else path.name, data)
    identify(artefact)
    tool_of(artefact)


@pytest.mark.long
@pytest.mark.parametrize("path", [path for path in files(FIXTURES) if path.suffix == ".json"], ids=str)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(draw=st.data())
def test_marks_of_any_type_are_looked_for(path: Path, draw: st.DataObject) -> None:
    identify(one(path.name, draw.draw(with_other_values(path.read_bytes()))))


def test_every_document_of_a_file_is_looked_at() -> None:
    both = "version: prometheus/v1\nslos: []\n---\ngroups: [{rules: []}]\n"
    assert [match.kind for match in identify(one("a.yaml", both))] == ["slo", "alerts"]


def test_every_kind_but_json_has_marks() -> None:
    readers = {kind: import_module(f"gatekeeper.collectors.{kind}.read") for kind in collectors.KINDS.names}
    marked = [
        kind
        for kind, reader in readers.items()
        if hasattr(reader, "FORMATS") or hasattr(reader, "recognises")
    ]
    assert set(readers) - set(marked) == {"json"}


LEDGER = "services/ledger-service"


def test_facts_without_a_kind(run: Run) -> None:
    ran = run("-C", PILOT, "facts", f"{LEDGER}/reports/lcov.info")
    assert ran.code == 0
    assert ran.out == run("-C", PILOT, "facts", "coverage", f"{LEDGER}/reports/lcov.info").out
    assert ran.out.startswith("coverage from services/ledger-service/reports/lcov.info")


def test_facts_of_several_kinds_are_listed(run: Run) -> None:
    ran = run("-C", PILOT, "facts", "services/basket-service/scans/static.sarif.json", "-f", "json")
    found = json.loads(ran.out)
    assert ran.code == 0
    assert (found["kind"], found["kinds"], found["status"]) == (
        None,
        ["pen_test", "vulnerabilities"],
        "several",
    )
    assert (found["format"], found["facts"]) == ("sarif", {})


def test_facts_of_nothing_known(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "package.json", OTHERS["package.json"])
    ran = run("-C", tmp_path, "facts", "package.json")
    assert ran.code == 1
    said = " ".join(ran.out.split())
    assert "no format is recognised; `gatekeeper facts --formats` lists those that are read" in said
    write(tmp_path / "report.pdf", "%PDF-1.7")
    ran = run("-C", tmp_path, "facts", "report.pdf")
    assert (ran.code, "recognised as a PDF" in " ".join(ran.out.split())) == (1, True)
    write(tmp_path / "empty", "")
    assert "the file is empty" in run("-C", tmp_path, "facts", "empty").out


def test_a_kind_without_a_path_is_wrong_usage(run: Run, tmp_path: Path) -> None:
    ran = run("-C", tmp_path, "facts", "tests")
    assert ran.code == 2
    assert "facts tests: name the file: `gatekeeper facts tests PATH`" in ran.err
    write(tmp_path / "tests/a.xml", '<testsuite><testcase name="pays"/></testsuite>')
    assert run("-C", tmp_path, "facts", "tests").code == 0


def test_an_option_that_the_recognised_kind_does_not_take(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "a.xml", '<testsuite><testcase name="pays"/></testsuite>')
    ran = run("-C", tmp_path, "facts", "a.xml", "--include", "**")
    assert (ran.code, "kind 'tests' takes no --include" in ran.err) == (2, True)


@pytest.mark.published(CASES)
def test_a_package_json_is_no_map_of_audit_events(run: Run) -> None:
    ran = run(
        "-C", CASES / "workspaces/newcomer-a", "check", "-m", "M1", "--as-of", "2026-11-20", "--details"
    )
    assert ran.code == 1
    assert "package.json: not a map of audit events" in " ".join(ran.out.split())


@pytest.mark.long
@pytest.mark.parametrize("kind", ["tests", "audit_events", "slo"])
def test_a_large_file_that_was_cut_off_is_refused_soon(kind: str) -> None:
    rows = [{"id": number, "text": "x" * 50, "counts": [1, 2, 3]} for number in range(40_000)]
    start = process_time()
    with pytest.raises(Unreadable, match=r"^a\.json: line 1: not JSON"):
        collect(kind, one("a.json", json.dumps({"results": rows})[:-5]), {})
    # As YAML it would take a second for each attempt.
    assert process_time() - start < 3


def test_standard_input_is_not_read(run: Run) -> None:
    for arguments in (["-"], ["tests", "-"]):
        ran = run("facts", *arguments)
        assert (ran.code, "standard input is not read" in ran.err) == (2, True)
