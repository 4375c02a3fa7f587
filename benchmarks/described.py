"""A format described as data beside a reader written by hand, on the same file.

The reader by hand below reads pip-audit's JSON into the same report as `pip_audit.yaml`, with the helpers that
the modules of the kind use. Both are timed in turn; printed are medians and their ratio.

    python benchmarks/described.py [--dependencies 20000] [--rounds 9]
"""

import argparse
import gc
import json
from collections.abc import Callable, Iterator
from statistics import median
from time import perf_counter

from gatekeeper.collectors.formats.severity import rated
from gatekeeper.collectors.reading import descriptions
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.figures import entries, first_text, listed
from gatekeeper.collectors.reading.structured import Structured
from gatekeeper.collectors.vulnerabilities import _purl, _report
from gatekeeper.collectors.vulnerabilities._report import Package, Scan, Vulnerability, VulnerabilityReport
from gatekeeper.model.evidence import Absent, Unreadable


def by_hand(content: Content) -> VulnerabilityReport:
    """Return the report, read without a description."""
    document = content.json_document
    dependencies = list(listed(content.object, "dependencies", "a dependency"))
    if any(not one.get("skip_reason") and not isinstance(one.get("vulns"), list) for one in dependencies):
        raise Unreadable("a dependency states neither vulnerabilities nor why it was skipped")
    if not any(isinstance(one.get("vulns"), list) for one in dependencies):
        raise Absent("no dependency was audited")
    skipped = [first_text(one, "name") for one in dependencies if one.get("skip_reason")]
    partial = ("pip-audit skipped dependencies that it could not audit",) if skipped else ()
    scan = Scan(
        "pip-audit",
        tuple(_findings(document)),
        unknown=_report.unknown_lists(document, [((), content.object)], {"dependencies", "fixes"}),
    )
    return _report.scan_report(content, "pip-audit", scan, partial=partial)


def _findings(document: Structured) -> Iterator[Vulnerability]:
    for at, dependency in enumerate(listed(document.object, "dependencies", "a dependency")):
        name, version = first_text(dependency, "name"), first_text(dependency, "version")
        package = Package(name, version, _purl.of_package("PyPI", name, version))
        for place, found in enumerate(listed(dependency, "vulns", "a vulnerability")):
            yield _report.vulnerability(
                (document, ("dependencies", at, "vulns", place)),
                rated(),
                (_report.names(first_text(found, "id"), *entries(found.get("aliases"), "aliases")),),
                package,
                fixed_in=_report.joined(entries(found.get("fix_versions"), "fix_versions")),
                title=found.get("description"),
            )


def audit(dependencies: int) -> bytes:
    """Return a report of so many dependencies, each with two vulnerabilities."""
    vulns = [
        {
            "id": f"PYSEC-2024-{n}",
            "fix_versions": ["3.1.3"],
            "aliases": [f"CVE-2024-{n}"],
            "description": "d " * 40,
        }
        for n in range(2)
    ]
    listed_ = [{"name": f"package-{n}", "version": f"1.{n}", "vulns": vulns} for n in range(dependencies)]
    return json.dumps({"dependencies": listed_, "fixes": []}).encode()


def main() -> None:
    """Print the medians of both and their ratio."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--dependencies", type=int, default=20_000)
    arguments.add_argument("--rounds", type=int, default=9)
    given = arguments.parse_args()
    data = audit(given.dependencies)
    format_ = descriptions.compiled(descriptions.own("vulnerabilities")["pip_audit"])
    readers: dict[str, Callable[[Content], VulnerabilityReport]] = {
        "by hand": by_hand,
        "described": format_.read,
    }
    times: dict[str, list[float]] = {name: [] for name in readers}
    gc.disable()
    for _ in range(given.rounds):
        for name, read in readers.items():
            content = Content("pip-audit.json", data)
            begun = perf_counter()
            read(content)
            times[name].append(perf_counter() - begun)
    _compare(by_hand(Content("a", data)), format_.read(Content("a", data)))
    hand, described = (median(times[name]) for name in readers)
    print(f"{len(data) / 1e6:.1f} MB: by hand {hand * 1000:.0f} ms, described {described * 1000:.0f} ms")
    print(f"ratio {described / hand:.2f}")


def _compare(one: VulnerabilityReport, other: VulnerabilityReport) -> None:
    findings = [[found.finding for found in report.scans[0].vulnerabilities] for report in (one, other)]
    if findings[0] != findings[1]:
        raise SystemExit("the two do not read the same")


if __name__ == "__main__":
    main()
