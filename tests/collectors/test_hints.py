"""Files that tools write and no reader reads: each is named, with the export that works."""

import json

import pytest

from builders.artefacts import short, tree
from gatekeeper.collectors import KINDS
from gatekeeper.collectors.identify import identify, tool_of
from gatekeeper.collectors.reading import known_tools
from gatekeeper.collectors.reading.known_tools import Tool
from gatekeeper.evidence.reader import collect
from gatekeeper.model.evidence import Artefact, Unreadable

HTML = "<!DOCTYPE html>\n<html><head><title>{}</title></head><body></body></html>"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF"

HINTS: list[tuple[str, str, bytes | str, str, str]] = [
    # coverage
    ("coverage", "jacoco.exec", b"\x01\xc0\xc0\x10\x07\x10\x00", "JaCoCo's execution data", "jacoco:report"),
    ("coverage", ".coverage", b"SQLite format 3\x00\x10\x00", "coverage.py's data", "coverage json"),
    ("coverage", "run.coverage", b"\x4d\x43\x00\x00\x01\x00", "binary coverage of .NET", "dotnet-coverage merge"),
    ("coverage", "covmeta.1", b"\x00cvm\x01\x00\x00\x00", "binary coverage of Go", "covdata textfmt"),
    ("coverage", "covcounters.1", b"\x00cwm\x01\x00\x00\x00", "binary coverage of Go", "covdata textfmt"),
    ("coverage", "default.profraw", b"\x81rforpl\xff\x09\x00", "a raw profile of LLVM", "llvm-profdata merge"),
    ("coverage", "all.profdata", b"\xfflprofi\x81\x0b\x00", "an indexed profile of LLVM", "-format=lcov"),
    ("coverage", "main.gcda", b"adcg*33B\x00\x00", "counters of gcov", "gcovr --cobertura"),
    ("coverage", "main.gcno", b"oncg*33B\x00\x00", "notes of gcov", "gcovr --cobertura"),
    (
        "coverage",
        "coverage-1.json",
        '{"result": [{"scriptId": "1", "url": "file:///a.js", "functions": []}]}',
        "raw coverage of V8",
        "c8 report",
    ),
    ("coverage", "xccov.json", '{"lineCoverage": 0.5, "targets": [], "coveredLines": 5}', "Xcode", "slather"),
    # tests
    ("tests", "All.xcresult/Data/data.0~A", b"\x28\xb5\x2f\xfd\x00", "a result bundle of Xcode", "xcresulttool"),
    ("tests", "out/test-result.pb", b"\n\x00\x12\x00", "Android's test platform", "androidTest-results"),
    ("tests", "shop.json", '{"info": {"_postman_id": "1", "name": "a"}, "item": []}', "Postman", "requests"),
    ("tests", "console.log", "PASS src/a.spec.ts\n  a (1 ms)\n", "a log", "a reporter"),
    # load tests
    ("load_test", "plan.jmx", "<jmeterTestPlan version='1.2'/>", "a test plan of JMeter", "results.jtl"),
    ("load_test", "index.html", HTML.format("Apache JMeter Dashboard"), "JMeter's HTML report", "statistics.json"),
    ("load_test", "wrk.txt", "Running 30s test @ http://a\n  4 threads and 8 connections\n", "wrk", "k6"),
    ("load_test", "hey.txt", "\nSummary:\n  Total: 1 secs\n  Requests/sec: 9\n", "the output of hey", "k6"),
    ("load_test", "ab.txt", "This is ApacheBench, Version 2.3\n", "the output of ab", "k6"),
    # scanners
    ("vulnerabilities", "sbom.json", '{"spdxVersion": "SPDX-2.3", "packages": []}', "SPDX", "grype sbom:FILE"),
    ("vulnerabilities", "sbom.spdx", "SPDXVersion: SPDX-2.3\nDataLicense: CC0-1.0\n", "SPDX", "trivy sbom"),
    (
        "vulnerabilities",
        "syft.json",
        '{"artifacts": [], "artifactRelationships": [], "descriptor": {"name": "syft"}}',
        "an SBOM of Syft",
        "grype sbom:FILE",
    ),
    (
        "vulnerabilities",
        "scancode.json",
        '{"headers": [{"tool_name": "scancode-toolkit"}], "files": []}',
        "a scan of ScanCode",
        "licences",
    ),
    (
        "vulnerabilities",
        "codeql-database.yml",
        "---\nsourceLocationPrefix: /src\nprimaryLanguage: java\n",
        "a database of CodeQL",
        "codeql database analyze",
    ),
    (
        "vulnerabilities",
        "alerts.json",
        '[{"number": 1, "rule": {"id": "a"}, "most_recent_instance": {}}]',
        "GitHub's code scanning",
        "application/sarif+json",
    ),
    ("vulnerabilities", "cx.xml", "<CxXMLResults ScanId='1'/>", "Checkmarx", "--report-format sarif"),
    ("vulnerabilities", "cx.json", '{"results": [], "totalCount": 0, "scanID": "1"}', "Checkmarx", "sarif"),
    ("vulnerabilities", "veracode.xml", "<detailedreport app_name='a'/>", "Veracode", "to-sarif"),
    ("vulnerabilities", "audit.fvdl", "<FVDL version='1.12'/>", "Fortify", "sarif-sast-report"),
    ("vulnerabilities", "a.fpr", b"PK\x03\x04\x14\x00\x08\x08\x08\x00audit.fvdl", "Fortify", "sarif-sast"),
    (
        "vulnerabilities",
        "inspector.json",
        '{"findings": [{"findingArn": "arn:aws:inspector2:eu:1:finding/a", "inspectorScore": 9}]}',
        "Amazon Inspector",
        "Grype",
    ),
    ("pen_test", "was.xml", "<WAS_SCAN_REPORT/>", "a report of Qualys", "SARIF"),
    ("pen_test", "report.pdf", b"%PDF-1.7\n%\xe2\xe3", "a PDF", "not the page"),
    ("pen_test", "report.docx", b"PK\x03\x04\x14\x00\x06\x00word/document.xml", "Office", "list findings"),
    ("pen_test", "report.odt", b"PK\x03\x04\x14\x00mimetypeapplication/vnd.oasis.opendocument", "LibreOffice", "list"),
    ("pen_test", "report.html", HTML.format("Findings"), "an HTML page", "not the page"),
    ("pen_test", "shot.jpg", JPEG, "an image", "the data"),
    # descriptions
    ("openapi", "api.raml", "#%RAML 1.0\ntitle: a\n", "RAML", "OpenAPI 3"),
    ("openapi", "schema.json", '{"data": {"__schema": {"types": []}}}', "GraphQL", "OpenAPI 3"),
    ("events", "order.avsc", '{"type": "record", "name": "A", "fields": []}', "an Avro schema", "AsyncAPI"),
    ("events", "order.proto", 'syntax = "proto3";\nmessage A {}\n', "Protobuf", "AsyncAPI"),
    # operations
    ("dashboard", "board.json", '{"title": "a", "widgets": [], "layout_type": "ordered"}', "Datadog", "Grafana"),
    ("dashboard", "board.json", '{"name": "a", "pages": [], "permissions": "PUBLIC"}', "New Relic", "Grafana"),
    ("dashboard", "export.ndjson", '[{"type": "dashboard", "attributes": {}, "references": []}]', "Kibana", "Grafana"),
    ("dashboard", "board.xml", "<dashboard version='1.1'/>", "Splunk", "Grafana"),
    (
        "alerts",
        "monitor.json",
        '{"name": "a", "type": "metric alert", "query": "a", "options": {"thresholds": {"critical": 1}}}',
        "a monitor of Datadog",
        "Prometheus",
    ),
    ("alerts", "alarms.json", '{"MetricAlarms": [], "CompositeAlarms": []}', "CloudWatch", "Prometheus"),
    ("alerts", "alertmanager.yml", "route: {receiver: a}\nreceivers: [{name: a}]\n", "Alertmanager", "notified"),
    ("traces", "xray.json", '{"Traces": [{"Id": "1", "Segments": []}]}', "X-Ray", "OTLP"),
    ("json", "lighthouse.json", '{"lighthouseVersion": "12.0.0", "categories": {}}', "Lighthouse", "`json`"),
    ("json", "plan.json", '{"format_version": "1.2", "terraform_version": "1.9.0"}', "Terraform", "`json`"),
]  # fmt: skip


def one(name: str, content: bytes | str) -> Artefact:
    return tree({name: content}, name)


@pytest.mark.parametrize(
    ("kind", "name", "content", "named", "instead"), HINTS, ids=[f"{kind}-{name}" for kind, name, *_ in HINTS]
)
def test_a_file_that_is_not_read_is_named_with_the_export_that_works(
    kind: str, name: str, content: bytes | str, named: str, instead: str
) -> None:
    artefact = one(name, content)
    assert identify(artefact) == []
    tool = tool_of(artefact)
    assert tool
    assert (named in tool.name, instead in tool.instead) == (True, True), tool.sentence
    assert tool.kind in (kind, None)
    if kind != "json":
        with pytest.raises(Unreadable) as refused:
            collect(kind, artefact, {})
        assert str(refused.value) == f"{name}: {tool.sentence}"


def test_an_sbom_of_cyclonedx_says_how_to_scan_it() -> None:
    sbom = json.dumps({"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [{"name": "a"}]})
    with pytest.raises(Unreadable, match="scan an SBOM: `grype sbom:FILE -o json`"):
        collect("vulnerabilities", one("bom.json", sbom), {})


def test_swagger_2_names_a_converter() -> None:
    with pytest.raises(Unreadable, match=r"Swagger '2\.0'; .* convert it by `npx swagger2openapi FILE"):
        collect("openapi", one("swagger.json", '{"swagger": "2.0", "info": {}, "paths": {}}'), {})


@pytest.mark.parametrize("tool", known_tools.every(), ids=lambda tool: tool.name)
def test_a_hint_is_a_phrase_about_a_kind_that_exists(tool: Tool) -> None:
    assert tool.kind is None or tool.kind in KINDS.names
    assert not tool.instead.endswith(".")
    assert all(mark[0] in "<{[@=~/" for marks in tool.marks for mark in marks.split(" & "))


def test_no_tool_is_named_twice() -> None:
    names = [tool.name for tool in known_tools.every()]
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("content", ["", "{}", "[]", "a: 1", '{"name": "shop"}', "plain text\n"], ids=short)
def test_a_file_without_a_mark_has_no_hint(content: str) -> None:
    assert tool_of(one("a", content)) is None
