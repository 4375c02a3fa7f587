"""Write services with evidence for every slot of the reference rulebook, made from the pilot's green service.

The sizes are those of the pilot, or realistic ones: hundreds of test cases, dozens of files and operations. No two
services share a measurement. Some services fail criteria; each flaw occurs in every so many services.
"""

import copy
import functools
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PILOT = ROOT / "examples/pilot"
OURS, NUMBER = "ledger", "@N@"
"""What the pilot's service is called in its files, and what its figures have of its number."""
RESOURCES, AGGREGATES, CASES, EVENTS, TABLES = 12, 30, 60, 8, 16
LARGE_JUNIT, LARGE_SARIF = "reports/domain.xml", "scans/static.sarif.json"

FLAWS = (
    (7, "reports/domain.xml", '"Account &gt; has an id"', '"Account &gt; has a number"'),
    (5, "reports/lcov.info", "LH:11", "LH:1"),
    (11, "api/openapi-current.yaml", "name: cursor", "name: offset"),
    (9, "slos.yaml", "target: 0.99}", "target: 0.9}"),
    (6, "reports/k6-peak.json", '"p(95)": 8.0', '"p(95)": 908.0'),
    (13, "scans/static.sarif.json", '"security-severity": "3.1"', '"security-severity": "9.8"'),
    (8, "migrations/V2__messages.sql", "CREATE TABLE outbox", "CREATE TABLE outgoing"),
    (10, "runbook.md", "/d/ledger-main/", "/wiki/"),
    (12, "evals/safety.json", '"success": true', '"success": false'),
    (14, "src/domain/money.ts", "amount: number", "amount: any"),
    (15, "pen-test.yaml", "severity: high, status: closed", "severity: high, status: open"),
    (16, "reports/events.xml", "payments.payment.refunded", "payments.payment.returned"),
)
"""Each so many services: a file, and what is replaced in it."""


def write(folder: Path, number: int, *, is_realistic: bool) -> None:
    """Write the artefacts of one service into its folder; with realistic sizes, some are large."""
    files = dict(_templates(is_realistic=is_realistic))
    if is_realistic and number % 20 == 0:
        files[LARGE_JUNIT] = _large_junit()
    if is_realistic and number % 50 == 0:
        files[LARGE_SARIF] = _large_sarif()
    for every, file, old, new in FLAWS:
        if number % every == every - 1:
            files[file] = files[file].replace(old, new)
    for parent in {(folder / file).parent for file in files}:
        parent.mkdir(parents=True, exist_ok=True)
    for file, text in files.items():
        (folder / file).write_text(of_service(text, number), encoding="utf-8")


def manifest(number: int, team: str) -> str:
    """Return the manifest of a service."""
    text = (PILOT / "services/ledger-service.yaml").read_text(encoding="utf-8")
    text = text.replace("../../source/ledger/src", "src").replace("reports/npm-audit.json", "scans")
    text = text.replace("by: dana", "by: bo").replace("by: eli", "by: dana").replace("by: fay", "by: ana")
    return of_service(text.replace("team-ledger", team).replace("7d3e90b", f"7d{number:05x}"), number)


def of_service(text: str, number: int) -> str:
    """Return a text of the pilot's service as one of a generated service."""
    at = f"{number // 3600 % 24:02}:{number // 60 % 60:02}:{number % 60:02}"
    text = re.sub("T0[89]:(00|30|31):00", "T" + at, text).replace(NUMBER, f"{number:05}")
    text = text.replace(f"{OURS}-service", f"service-{number:05}")
    return text.replace(OURS, f"svc{number:05}").replace(OURS.capitalize(), f"Svc{number:05}")


@functools.cache
def _templates(*, is_realistic: bool) -> Mapping[str, str]:
    """Return the files of a service by path, with places for its name and its figures."""
    files = _files_of(PILOT / "services/ledger-service", "")
    files |= _files_of(PILOT / "source/ledger/src", "src/")
    files["scans/npm-audit.json"] = files.pop("reports/npm-audit.json")
    files["scans/static.sarif.json"] = _sarif(results=120 if is_realistic else 1)
    if is_realistic:
        _enlarge(files)
    for file, text in files.items():
        files[file] = _unlike_others(file, text)
    return files


def _files_of(folder: Path, below: str) -> dict[str, str]:
    found = sorted(file for file in folder.rglob("*") if file.is_file())
    return {below + file.relative_to(folder).as_posix(): file.read_text(encoding="utf-8") for file in found}


def _unlike_others(file: str, text: str) -> str:
    """Return the text with figures in which the number of the service occurs."""
    if file.endswith(".xml"):
        return re.sub(r'time="0\.', f'time="0.{NUMBER}', text)
    if file.endswith("lcov.info"):
        return re.sub(r"^(DA:\d+,[1-9])", rf"\g<1>{NUMBER}", text, flags=re.MULTILINE)
    if "k6-" in file:
        return text.replace('"avg": 5.', f'"avg": 5.{NUMBER}').replace('"max": ', f'"max": 1{NUMBER}')
    if file.startswith("evals/"):
        return re.sub(r'"(latencyMs|totalLatencyMs)": (\d+)', rf'"\1": \g<2>{NUMBER}', text)
    if file.endswith("traces.json"):
        text = re.sub(r'"(traceId)": "\w{5}', rf'"\1": "{NUMBER}', text)
        return re.sub(r'"(spanId|parentSpanId)": "\w{5}', rf'"\1": "{NUMBER}', text)
    if file.endswith("verification.json"):
        return re.sub(r'"duration": "(\d)', rf'"duration": "\1{NUMBER}', text)
    if file.endswith("npm-audit.json"):
        return text.replace('"total": 228', f'"total": 1{NUMBER}')
    if file.endswith("peak-traffic.json"):
        return text.replace('"187.3"', f'"187.3{NUMBER}"')
    return text


# Realistic sizes


def _enlarge(files: dict[str, str]) -> None:
    for file in [file for file in files if file.startswith("reports/") and file.endswith(".xml")]:
        files[file] = _with_cases(files[file], 400 if file == LARGE_JUNIT else CASES)
    _enlarge_domain(files)
    for version in ("current", "previous"):
        file = f"api/openapi-{version}.yaml"
        files[file] = files[file].replace(
            "components:\n  parameters:", _paths() + "components:\n  parameters:"
        )
    _enlarge_events(files)
    _enlarge_pacts(files)
    files["migrations/V3__more.sql"] = "\n".join(_table(n) for n in range(TABLES))
    files["alerts.yaml"] += "".join(_alert(n) for n in range(15))
    for file in ("dashboard.json", "reports/traces.json", "scans/npm-audit.json"):
        files[file] = json.dumps(ENLARGED[file](json.loads(files[file])), indent=1)
    for file in [file for file in files if file.startswith("evals/")]:
        files[file] = json.dumps(_more_evals(json.loads(files[file])), indent=1)
    for file in [file for file in files if "k6-" in file]:
        files[file] = json.dumps(_more_metrics(json.loads(files[file])), indent=2)
    for file in [file for file in files if file.endswith(".md")]:
        files[file] += "\n## Notes\n\n" + "\n\n".join(_paragraph(n) for n in range(25)) + "\n"


def _with_cases(report: str, number: int) -> str:
    """Return a JUnit report with more suites; each has twenty cases."""
    suites = "".join(_suite(start, min(20, number - start)) for start in range(0, number, 20))
    report = re.sub(r'(<testsuites [^>]*tests=")(\d+)', lambda m: f"{m[1]}{int(m[2]) + number}", report)
    return report.replace("</testsuites>", suites + "</testsuites>")


def _suite(start: int, number: int) -> str:
    name = f"test/part{start // 20}.test.ts"
    cases = "".join(
        f'        <testcase classname="{name}" name="part {start // 20} &gt; keeps what it holds, case {n}" '
        f'time="0.00{n % 9}13{n}">\n        </testcase>\n'
        for n in range(start, start + number)
    )
    head = f'name="{name}" timestamp="2026-11-18T09:00:00.000Z" tests="{number}" failures="0" errors="0" skipped="0"'
    return f'    <testsuite {head} time="0.0{start}">\n{cases}    </testsuite>\n'


def _enlarge_domain(files: dict[str, str]) -> None:
    """Add aggregates and use cases with their tests, their invariants and their coverage."""
    account, ledger = files["src/domain/account.ts"], files["src/usecases/ledger.ts"]
    of_account = _found(r"  Account:\n(?:    .*\n)+", files["invariants.yaml"]).split("\n", 1)[1]
    coverage = files["reports/lcov.info"].split("end_of_record\n")[0] + "end_of_record\n"
    cases = []
    for n in range(AGGREGATES):
        name = f"Account{n}"
        files[f"src/domain/account{n}.ts"] = account.replace("Account", name)
        use_case = ledger.replace("Ledger ", f"Ledger{n} ").replace("/account", f"/account{n}")
        files[f"src/usecases/ledger{n}.ts"] = re.sub(r"\bAccount\b", name, use_case)
        files["reports/lcov.info"] += coverage.replace("account.ts", f"account{n}.ts")
        invariants = of_account.replace("Account", name)
        files["invariants.yaml"] += f"  {name}:\n{invariants}"
        cases += [line.split(": ", 1)[1] for line in invariants.splitlines()]
    online = ", ".join(f"Account{n}: looked up online only" for n in range(AGGREGATES))
    registry = "sync-registrations.yaml"
    files[registry] = files[registry].replace("not_replicable: {", f"not_replicable: {{{online}, ")
    tests = "".join(
        f'        <testcase classname="test/accounts.test.ts" name="{case}" time="0.00{n}"></testcase>\n'
        for n, case in enumerate(cases)
    )
    suite = f'    <testsuite name="test/accounts.test.ts" timestamp="2026-11-18T09:00:00.000Z">\n{tests}    </testsuite>\n'
    files[LARGE_JUNIT] = files[LARGE_JUNIT].replace("</testsuites>", suite + "</testsuites>")


def _found(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    if not found:
        raise LookupError(f"{pattern}: not in the pilot's file")
    return found[0]


def _paths() -> str:
    """Return paths with four operations each, like those of the pilot."""
    openapi = (PILOT / "services/ledger-service/api/openapi-current.yaml").read_text(encoding="utf-8")
    accounts = _found(r"(?s)  /accounts:\n.*?(?=  /postings:)", openapi)
    return "".join(
        accounts.replace("/accounts", f"/accounts{n}").replace("listAccounts", f"listAccounts{n}")
        .replace("openAccount", f"openAccount{n}").replace("closeAccount", f"closeAccount{n}")
        .replace("getBalance", f"getBalance{n}")
        for n in range(RESOURCES)
    )  # fmt: skip


def _enlarge_events(files: dict[str, str]) -> None:
    channels, operations, cases = "", "", ""
    for n in range(EVENTS):
        channels += (
            f"  posting{n}Recorded:\n    address: ledger.posting{n}.recorded\n    messages:\n"
            f'      recorded: {{$ref: "#/components/messages/PostingRecorded"}}\n'
            "    x-consumers: [payments-service, statements-service]\n"
        )
        operations += (
            f'  recordPosting{n}: {{action: send, channel: {{$ref: "#/channels/posting{n}Recorded"}}}}\n'
        )
        name = f"writes ledger.posting{n}.recorded to the outbox [G3.outbox-written]"
        cases += (
            f'        <testcase classname="test/events.test.ts" name="{name}" time="0.0007{n}"></testcase>\n'
        )
    files["events.yaml"] = (
        files["events.yaml"].replace("operations:\n", channels + "operations:\n")
        .replace("components:\n  messages", operations + "components:\n  messages")
    )  # fmt: skip
    suite = f'    <testsuite name="test/outbox.test.ts" timestamp="2026-11-18T09:00:00.000Z">\n{cases}    </testsuite>\n'
    files["reports/events.xml"] = files["reports/events.xml"].replace(
        "</testsuites>", suite + "</testsuites>"
    )


def _enlarge_pacts(files: dict[str, str]) -> None:
    pact = json.loads(files["pacts/statements-service.json"])
    verified = json.loads(files["pacts/verification.json"])
    balance = pact["interactions"][0]
    at = next(n for n, line in enumerate(verified["output"]) if line.startswith("  a request for a balance "))
    for n in range(20):
        description = f"a request for the balance of month {n}"
        request = {"method": "GET", "path": f"/accounts/bank/balance/{n}"}
        pact["interactions"].append({**balance, "description": description, "request": request})
        result = {"description": description, "duration": f"{n}ms", "result": "OK"}
        verified["interactionResults"].insert(3, result)
        verified["output"][at:at] = [
            f"  {description} (0s loading, {n}ms verification)", "    returns a response which",
            *verified["output"][at + 2 : at + 4], "",
        ]  # fmt: skip
    files["pacts/statements-service.json"] = json.dumps(pact, indent=2)
    files["pacts/verification.json"] = json.dumps(verified, indent=1)


def _table(n: int) -> str:
    return (
        f"CREATE TABLE notes{n} (\n    tenant_id uuid NOT NULL,\n    id text NOT NULL,\n    body text,\n"
        "    written_at timestamptz NOT NULL DEFAULT now(),\n    PRIMARY KEY (tenant_id, id)\n);\n"
        f"ALTER TABLE notes{n} ENABLE ROW LEVEL SECURITY;\nALTER TABLE notes{n} FORCE ROW LEVEL SECURITY;\n"
        f"CREATE POLICY of_tenant ON notes{n} USING (tenant_id = current_setting('app.tenant_id')::uuid);\n"
    )


def _alert(n: int) -> str:
    link = "https://runbooks.internal/ledger/runbook#events-do-not-leave"
    return (
        f"      - alert: LedgerQueue{n}Stuck\n        expr: ledger_queue{n}_oldest_seconds > 300\n"
        "        labels: {severity: ticket, escalation: team-ledger}\n"
        f'        annotations: {{runbook_url: "{link}"}}\n'
    )


def _paragraph(n: int) -> str:
    return f"Note {n}. Ledger was looked at under load; what was seen is as the plan says, and nothing was changed."


def _more_panels(dashboard: dict[str, Any]) -> dict[str, Any]:
    for n in range(20):
        query = f'sum(rate(ledger_postings_total{{part="{n}"}}[5m]))'
        panel = {"id": 10 + n, "type": "timeseries", "title": f"Postings of part {n}"}
        dashboard["panels"].append({**panel, "targets": [{"refId": "A", "expr": query}]})
    return dashboard


def _more_traces(traces: dict[str, Any]) -> dict[str, Any]:
    """Repeat every trace with other ids."""
    spans = [spans["spans"] for of in traces["resourceSpans"] for spans in of["scopeSpans"]]
    for of_scope in spans:
        for n in range(1, 25):
            for span in copy.deepcopy(of_scope[:2]):
                for key in ("traceId", "spanId", "parentSpanId"):
                    if span.get(key):
                        span[key] = span[key][:-2] + f"{n:02x}"
                of_scope.append(span)
    return traces


def _more_packages(audit: dict[str, Any]) -> dict[str, Any]:
    (template,) = audit["vulnerabilities"].values()
    for n in range(19):
        one = json.loads(json.dumps(template).replace("tough-cookie", f"ledger-cookie-{n}"))
        audit["vulnerabilities"][one["name"]] = one
    counts = audit["metadata"]["vulnerabilities"]
    counts["moderate"] = counts["total"] = len(audit["vulnerabilities"])
    return audit


ENLARGED = {
    "dashboard.json": _more_panels,
    "reports/traces.json": _more_traces,
    "scans/npm-audit.json": _more_packages,
}


def _more_evals(evaluation: dict[str, Any]) -> dict[str, Any]:
    """Repeat every result of promptfoo, with other inputs."""
    results, before = evaluation["results"], list(evaluation["results"]["results"])
    for n in range(9):
        for result in copy.deepcopy(before):
            result["testCase"]["description"] += f", case {n}"
            result["testIdx"] += len(before) * (n + 1)
            result["id"] = result["id"][:-2] + f"{n:02}"
            results["results"].append(result)
    results["stats"]["successes"] *= 10
    for prompt in results["prompts"]:
        for key in ("score", "testPassCount", "assertPassCount"):
            prompt["metrics"][key] *= 10
    return evaluation


def _more_metrics(summary: dict[str, Any]) -> dict[str, Any]:
    """Add what k6 measures besides durations."""
    values = dict(summary["metrics"]["http_req_duration"]["values"])
    names = ("blocked", "connecting", "receiving", "sending", "tls_handshaking", "waiting")
    for name in names:
        trend = {"type": "trend", "contains": "time", "values": values}
        summary["metrics"][f"http_req_{name}"] = trend
    for name in ("data_received", "data_sent"):
        counter = {"type": "counter", "contains": "data", "values": {"count": 123456789, "rate": 4567.8}}
        summary["metrics"][name] = counter
    return summary


@functools.cache
def _large_junit() -> str:
    """Return a JUnit report of 5 MB."""
    text = _templates(is_realistic=True)[LARGE_JUNIT]
    return re.sub(r'time="0\.(?!@)', f'time="0.{NUMBER}', _with_cases(text, 30_000))


@functools.cache
def _large_sarif() -> str:
    """Return a SARIF report of 25 MB."""
    return _sarif(results=54_000)


def _sarif(results: int) -> str:
    rules = [
        {
            "id": f"ts/rule-{n}",
            "shortDescription": {"text": f"Rule {n} of the project"},
            "fullDescription": {
                "text": "A longer text that says what the rule looks for, and why that matters. " * 3
            },
            "help": {"text": "What to do about it, step by step, with an example of code. " * 5},
            "properties": {"security-severity": "3.1", "tags": ["maintainability"]},
        }
        for n in range(50)
    ]
    found = [
        {
            "ruleId": f"ts/rule-{n % 50}",
            "ruleIndex": n % 50,
            "level": "note",
            "message": {
                "text": f"Finding {n} of ledger: the name says less than the value does; choose another."
            },
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {
                            "uri": f"services/ledger-service/src/usecases/ledger{n % AGGREGATES}.ts",
                            "uriBaseId": "%SRCROOT%",
                            "index": n % AGGREGATES,
                        },
                        "region": {"startLine": n % 60 + 1, "startColumn": 3, "endColumn": 40},
                    }
                }
            ],
            "partialFingerprints": {"primaryLocationLineHash": f"{n:08x}{NUMBER}:1"},
        }
        for n in range(results)
    ]
    run = {
        "tool": {"driver": {"name": "Static analysis", "version": "8.1.0", "rules": rules}},
        "invocations": [{"executionSuccessful": True, "endTimeUtc": "2026-11-18T08:31:00Z"}],
        "results": found,
    }
    schema = "https://json.schemastore.org/sarif-2.1.0.json"
    return json.dumps(
        {"$schema": schema, "version": "2.1.0", "runs": [run]}, indent=1 if results < 1000 else None
    )
