"""Formats of known tools that no reader supports: how to recognise each, and which export works.

A mark is written as text: `<name` is the name of an XML root element, `{a b.c` are keys of an object in JSON
or YAML, `[a b` are keys of the first object of a list or of JSON Lines, `@v1/List` begins the version and
kind of an object of Kubernetes, and `=text` begins a file.
"""

from typing import NamedTuple

from gatekeeper.collectors.reading.content import Content
from gatekeeper.model.evidence import Unreadable
from gatekeeper.syntax import SyntaxProblem
from gatekeeper.syntax.json import Json

_GENERATOR = "convert it: `reportgenerator -reports:FILE -targetdir:out -reporttypes:Cobertura`"
_JUNIT = "write JUnit XML:"
_SARIF = "write SARIF:"
_SCANS = "vulnerabilities"
_DOTNET = f"{_JUNIT} `dotnet test --logger junit`, with the package JunitXml.TestLogger"
_JTL = "write `statistics.json` by `-e -o`"
_OTHER_SCANNER = "scan with Trivy, Grype or OSV-Scanner, and map their JSON"
_SELECT = "only k6 is read; select figures from JSON by a slot of the kind `json`"
_SLO = "write it as OpenSLO or for Sloth"
_OTLP = "export OTLP JSON, for instance with the file exporter of the OpenTelemetry collector"
_LISTED = "list its findings in YAML or JSON, in a file of your own"
_PANELS = "map the JSON of the dashboard itself"


def _has(value: Json, path: str) -> bool:
    for key in path.split("."):
        if not isinstance(value, dict) or key not in value:
            return False
        value = value[key]
    return True


class Tool(NamedTuple):
    """A format of a tool."""

    name: str
    kind: str | None
    """The kind of evidence that the tool gives; None for other files."""
    mark: str
    instead: str
    """What to do instead."""

    def wrote(self, content: Content) -> bool:
        """Return whether a file has the mark."""
        sign, words = self.mark[0], self.mark[1:].split()
        try:
            match sign:
                case "<":
                    return content.xml_root in words
                case "{":
                    return all(_has(content.fields, key) for key in words)
                case "[":
                    lines = [line.value for line in content.lines]
                    first = next(iter(lines if len(lines) > 1 else content.rows), None)
                    return all(_has(first, key) for key in words)
                case "@":
                    named = f"{content.fields.get('apiVersion')}/{content.fields.get('kind')}"
                    return named.startswith(words[0])
                case _:
                    beginning = content.data[:200].lstrip(b"\xef\xbb\xbf \r\n")
                    return beginning.startswith(self.mark[1:].encode("latin-1"))
        except (SyntaxProblem, Unreadable):
            return False

    @property
    def sentence(self) -> str:
        """What the file is, and what to do."""
        of = f", for evidence of the kind `{self.kind}`" if self.kind else ""
        return f"recognised as {self.name}{of}, and not supported: {self.instead}"


TOOLS = (
    Tool("a pointer of Git LFS", None, "=version https://git-lfs", "fetch the file: `git lfs pull`"),
    Tool("JaCoCo's execution data", "coverage", "=\x01\xc0\xc0", f"write its XML report, and {_GENERATOR}"),
    Tool("JaCoCo's XML", "coverage", "<report", _GENERATOR),
    Tool("a Clover report", "coverage", "<coverage", _GENERATOR),
    Tool("an OpenCover report", "coverage", "<CoverageSession", _GENERATOR),
    Tool("a cover profile of Go", "coverage", "=mode: ", "convert it: `gocover-cobertura < FILE`"),
    Tool("coverage.py's JSON", "coverage", "{meta files totals", "write Cobertura: `coverage xml`"),
    Tool("coverage.py's data", "coverage", "=SQLite format 3", "write Cobertura: `coverage xml`"),
    Tool("gcovr's JSON", "coverage", "{gcovr/format_version", "write Cobertura: `gcovr --cobertura`"),
    Tool("the JSON of llvm-cov", "coverage", "{data type version", "write lcov: `-format=lcov`"),
    Tool("TRX", "tests", "<TestRun", _DOTNET),
    Tool("NUnit XML", "tests", "<test-run test-results", _DOTNET),
    Tool("xUnit.net XML", "tests", "<assemblies", _DOTNET),
    Tool("results of Robot Framework", "tests", "<robot", f"{_JUNIT} `rebot --xunit FILE output.xml`"),
    Tool("the JSON of go test", "tests", "[Action Package", f"{_JUNIT} `gotestsum --junitfile FILE`"),
    Tool("Playwright's JSON", "tests", "{config suites stats", f"{_JUNIT} `--reporter=junit`"),
    Tool("Cucumber's JSON", "tests", "[elements keyword uri", f"{_JUNIT} `--format junit`"),
    Tool("mocha's JSON", "tests", "{stats tests passes", f"{_JUNIT} `--reporter mocha-junit-reporter`"),
    Tool("RSpec's JSON", "tests", "{examples summary summary_line", f"{_JUNIT} rspec_junit_formatter"),
    Tool("a result of Allure", "tests", "{uuid historyId stage", f"{_JUNIT} test runners have a reporter"),
    Tool("TAP", "tests", "=TAP version", f"{_JUNIT} `tap-junit < FILE`, or install a plugin"),
    Tool("k6 samples (`--out json`)", "load_test", "[metric type data", "write a summary: `handleSummary`"),
    Tool("JMeter's samples (jtl)", "load_test", "=timeStamp,", f"{_JTL}; {_SELECT}"),
    Tool("JMeter's samples (jtl)", "load_test", "<testResults", f"{_JTL}; {_SELECT}"),
    Tool("JMeter's statistics", "load_test", "{Total.sampleCount", _SELECT),
    Tool("Gatling's statistics", "load_test", "{stats.numberOfRequests", _SELECT),
    Tool("Gatling's statistics", "load_test", "{numberOfRequests percentiles3", _SELECT),
    Tool("a report of Artillery", "load_test", "{aggregate.counters", _SELECT),
    Tool("Locust's statistics", "load_test", "=Type,Name,Request Count", f"write JSON: `--json`; {_SELECT}"),
    Tool("a report of vegeta", "load_test", "{latencies bytes_in", _SELECT),
    Tool("Bandit's JSON", _SCANS, "{results metrics generated_at", f"{_SARIF} `bandit -f sarif`"),
    Tool("Semgrep's JSON", _SCANS, "{results errors", f"it hides what it omits; {_SARIF} `--sarif`"),
    Tool("Checkov's JSON", _SCANS, "{check_type results", f"{_SARIF} `checkov -o sarif`"),
    Tool("Gitleaks' JSON", _SCANS, "[RuleID Secret", f"{_SARIF} `gitleaks --report-format sarif`"),
    Tool("Snyk's JSON", _SCANS, "{vulnerabilities packageManager", f"{_SARIF} `snyk test --sarif`"),
    Tool("OWASP Dependency-Check's JSON", _SCANS, "{reportSchema dependencies", f"{_SARIF} `--format SARIF`"),
    Tool("pip-audit's JSON", _SCANS, "{dependencies fixes", _OTHER_SCANNER),
    Tool("a report of GitLab", _SCANS, "{scan vulnerabilities version", f"{_SARIF} its scanner can"),
    Tool("alerts of Dependabot", _SCANS, "[security_advisory", _OTHER_SCANNER),
    Tool("issues of SonarQube", None, "{issues paging", "select values by a slot of the kind `json`"),
    Tool("a quality gate of SonarQube", None, "{projectStatus", "select values by a slot of the kind `json`"),
    Tool("ZAP's XML", "pen_test", "<OWASPZAPReport", "write the report `traditional-json`"),
    Tool("a report of Burp", "pen_test", "<issues", _LISTED),
    Tool("a report of Nessus", "pen_test", "<NessusClientData_v2", _LISTED),
    Tool("traces of Tempo", "traces", "{batches", _OTLP),
    Tool("traces of Jaeger", "traces", "{data total limit", _OTLP),
    Tool("traces of Jaeger", "traces", "{result.resourceSpans", _OTLP),
    Tool("traces of Zipkin", "traces", "[traceId id", _OTLP),
    Tool("an SLO of Pyrra", "slo", "@pyrra.dev/", _SLO),
    Tool("an SLO of Nobl9", "slo", "@n9/", _SLO),
    Tool("a dashboard of the Grafana operator", "dashboard", "@grafana.integreatly.org/", _PANELS),
    Tool("a ConfigMap of Kubernetes", None, "@v1/ConfigMap", "map the file that it contains"),
    Tool("a List of Kubernetes", None, "@v1/List", "write its items as documents of their own"),
    Tool("rules of Grafana's alerting", "alerts", "{apiVersion groups", "write rules of Prometheus"),
    Tool("an archive", None, "=PK\x03\x04", "unpack it; a log of Inspect: `inspect log convert --to json`"),
    Tool("a compressed file", None, "=\x1f\x8b", "unpack it"),
    Tool("an HTML page", None, "=<!DOCTYPE html", "map the data that the tool exports, not the page"),
    Tool("an HTML page", None, "=<!doctype html", "map the data that the tool exports, not the page"),
    Tool("an HTML page", None, "=<html", "map the data that the tool exports, not the page"),
    Tool("a PDF", None, "=%PDF", "map the data that the tool exports, or a document in Markdown"),
)  # fmt: skip
"""In the order in which they are tried: the more specific first."""
