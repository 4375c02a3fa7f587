"""Generate a workspace of any size: every service with attestations, sign-offs and artefacts of its own.

Usage: python benchmarks/generate.py SERVICES FOLDER [--artefacts light|pilot|full]

`light` writes three small artefacts a service; `pilot` fills every slot of the reference rulebook with artefacts of
the pilot's sizes, `full` with artefacts of realistic sizes, of which some are large: 1,000 services have 1.9 GB.
"""

import argparse
import json
import shutil
from pathlib import Path

import complete_services

ROOT = Path(__file__).parents[1]

SERVICE = """\
service: {name}
owner: {team}
level: L1
release: {{version: 1.{n}.0, commit: 3f2a9c1}}
plan:
  M0:
    level: L1
    gates:
      G1:
      G7: {{scope: smoke load only, only: [G7.peak-load, G7.saturation]}}
  M1:
    level: L2
    gates: {{G1: , G2: public endpoints, G3: , G6: , G7: , G8: }}
    adds: [device binding, offline reuse]
  M2:
    level: L3
    adds: [rate limits, bot signals]
targets: {{p95_ms: 250, p99_ms: 600, rps: 100}}
evidence:
  domain_tests: reports/junit.xml
  domain_coverage: {{path: reports/coverage-summary.json, collected_at: 2026-11-20T10:00:00Z}}
  load_test: {{path: reports/k6.json, collected_at: 2026-11-20T10:00:00Z, commit: 3f2a9c1}}
attestations:
  L1.scaffold: {{by: ana, role: owner, on: 2026-11-02, link: "https://example.org/{n}/scaffold"}}
  G8.tenant-keys: {{by: dana, role: security, on: 2026-11-02, link: "https://example.org/{n}/keys"}}
  G8.review: {{by: dana, role: security, on: 2026-11-02, link: "https://example.org/{n}/review"}}
  "capability:device-binding": {{by: ana, role: owner, on: 2026-11-02, link: "https://example.org/{n}/db"}}
sign_offs:
  L1:
    owner: {{by: ana, on: 2026-11-01}}
    architecture: {{by: bo, on: 2026-11-02}}
    security: {{by: dana, on: 2026-11-02}}
"""

JUNIT = """\
<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="domain" tests="12" failures="{failures}" errors="0" time="0.5">
<testsuite name="src/domain/order.test.ts" timestamp="2026-11-20T10:00:00Z" tests="12">
{cases}
</testsuite>
</testsuites>
"""


def main(count: int, folder: Path, artefacts: str = "light") -> None:
    """Write a workspace of `count` services; every seventh has a failing test, or lacks one."""
    if folder.exists():
        shutil.rmtree(folder)
    (folder / "services").mkdir(parents=True)
    shutil.copytree(ROOT / "gates", folder / "gates")
    shutil.copytree(ROOT / "milestones", folder / "milestones")
    teams = max(1, count // 20)
    _write_roster(folder / "gates" / "governance.yaml", teams)
    if artefacts != "light":
        shutil.copytree(complete_services.PILOT / "platform", folder / "platform")
    for n in range(count):
        of_service, team = folder / "services" / f"service-{n:05}", f"team-{n % teams}"
        if artefacts == "light":
            manifest = SERVICE.format(name=of_service.name, team=team, n=n)
            _write_light(of_service / "reports", n)
        else:
            manifest = complete_services.manifest(n, team)
            complete_services.write(of_service, n, is_realistic=artefacts == "full")
        of_service.with_suffix(".yaml").write_text(manifest, encoding="utf-8")


def _write_light(reports: Path, n: int) -> None:
    reports.mkdir(parents=True)
    (reports / "junit.xml").write_text(_junit(n), encoding="utf-8")
    (reports / "coverage-summary.json").write_text(_coverage(n), encoding="utf-8")
    (reports / "k6.json").write_text(_k6(n), encoding="utf-8")


def _write_roster(governance: Path, teams: int) -> None:
    text = governance.read_text(encoding="utf-8")
    roster = "\n".join(
        [
            "roster:",
            f"  ana: {{roles: [owner], teams: [{', '.join(f'team-{n}' for n in range(teams))}]}}",
            "  bo: {roles: [architecture]}",
            "  dana: {roles: [security]}",
        ]
    )
    governance.write_text(text.replace("roster: {}", roster), encoding="utf-8")


def _junit(service: int) -> str:
    fails, seconds = service % 7 == 0, f"0.{service:05}"
    case = '<testcase classname="Order" name="keeps invariant {n}" time="{seconds}"{rest}'
    failure = '><failure message="expected 1 to be 2"/></testcase>'
    cases = [case.format(n=n, seconds=seconds, rest=failure if fails and n == 3 else "/>") for n in range(12)]
    return JUNIT.format(failures=int(fails), cases="\n".join(cases))


def _coverage(n: int) -> str:
    def lines(total: int, covered: int) -> dict[str, object]:
        metric = {"total": total, "covered": covered, "skipped": 0, "pct": round(100 * covered / total, 2)}
        return dict.fromkeys(("lines", "statements", "functions", "branches"), metric)

    size = 100 + n
    covered = size - 1 if n % 5 else size * 4 // 5
    files = {f"/ci/src/domain/file{i}.ts": lines(size, covered) for i in range(8)}
    return json.dumps({"total": lines(8 * size, 8 * covered), **files})


def _k6(n: int) -> str:
    duration = {"avg": 90.0, "min": 3.0, "med": 80.0, "max": 700.0, "p(90)": 180.0, "p(95)": 200.0 + n % 90}
    metrics = {
        "http_req_duration": {"type": "trend", "contains": "time", "values": {**duration, "p(99)": 450.0}},
        "http_reqs": {
            "type": "counter",
            "contains": "default",
            "values": {"count": 30000 + n, "rate": 250.0},
        },
        "http_req_failed": {
            "type": "rate",
            "contains": "default",
            "values": {"rate": 0.0, "passes": 0, "fails": 30000 + n},
        },
    }
    return json.dumps(
        {"root_group": {}, "options": {}, "state": {"testRunDurationMs": 120000}, "metrics": metrics}
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Generate a workspace.")
    parser.add_argument("services", type=int)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--artefacts", choices=("light", "pilot", "full"), default="light")
    given = parser.parse_args()
    main(given.services, given.folder, given.artefacts)
