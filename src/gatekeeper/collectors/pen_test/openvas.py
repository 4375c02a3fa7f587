"""The report of OpenVAS (Greenbone) as XML, alone or in the answer `get_reports_response`.

https://docs.greenbone.net/API/GMP/gmp-22.5.html, `get_reports`. A result has a word, `threat`, and a CVSS
score, `severity`: the more severe counts, critical from 9.0, high from 7.0, medium from 4.0. `Log` and
`Debug` are informational, `False Positive` is closed. The report says how many results a filter left out.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress

from gatekeeper.collectors.pen_test import _weakness
from gatekeeper.collectors.pen_test._weakness import Reported
from gatekeeper.collectors.pen_test.read import PenTestReport
from gatekeeper.collectors.reading import instants, xml_elements
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.one_line import one_line
from gatekeeper.collectors.reading.xml_elements import XmlElement
from gatekeeper.model.evidence import Absent, Origin, Unreadable, oldest

ABOUT = About(
    tool="OpenVAS, Greenbone",
    seen="by its specification, GMP 9 to 22.5",
    source="https://docs.greenbone.net/API/GMP/gmp-22.5.html",
    command="Reports, download, XML",
    recognised="the root element `report` with a `format_id`, or `get_reports_response`",
    models="each result with severity, host and port; what a filter left out, errors and a scan that did not "
    "end make it partial",
    not_modelled="the reasons of overrides; informational results",
)
_COUNTED = frozenset({"critical", "hole", "high", "warning", "medium", "info", "low"})
_KEPT = _COUNTED | {
    *("get_reports_response", "report", "scan_run_status", "scan_start", "scan_end", "results", "result"),
    *("name", "host", "hosts", "count", "port", "threat", "severity", "result_count", "full", "filtered"),
    *("errors", "nvt", "ip"),
}
_OUTER = (
    *(
        "owner",
        "name",
        "comment",
        "creation_time",
        "modification_time",
        "writable",
        "in_use",
        "task",
        "report_format",
    ),
    *("report", "reports", "filters", "sort", "report_count"),
)
_INNER = (
    *(
        *_OUTER,
        "gmp",
        "omp",
        "user_tags",
        "severity_class",
        "scan_run_status",
        "hosts",
        "closed_cves",
        "vulns",
        "os",
    ),
    *(
        "apps",
        "ssl_certs",
        "tls_certificates",
        "permissions",
        "scan",
        "timestamp",
        "scan_start",
        "timezone",
        "delta",
    ),
    *(
        "timezone_abbrev",
        "ports",
        "results",
        "result_count",
        "severity",
        "host",
        "errors",
        "scan_end",
        "compliance",
    ),
    *("compliance_count", "result_tags", "topology"),
)


def recognises(content: Content) -> bool:
    """Return whether it is a report of GMP; the XML of JaCoCo has the same root without a `format_id`."""
    root = content.xml_root
    return root == "get_reports_response" or (root == "report" and b"format_id" in content.head)


def read(content: Content) -> PenTestReport:
    """Return the results of all reports."""
    root = xml_elements.parse(content.data, _KEPT)
    reports = [*root.within("report")]
    inner = [one for one in reports if not any(True for _ in one.each("report"))]
    if not inner or root in inner:
        raise Unreadable("the report holds no report of a scan")
    doubts = [*root.others(content.name, *_OUTER)]
    for one in reports:
        doubts += one.others(content.name, *(_INNER if one in inner else _OUTER))
        for listed in one.each("results"):
            doubts += listed.others(content.name, "result")
    results = [result for one in inner for listed in one.each("results") for result in listed.each("result")]
    if not results and not doubts and not any(_saw_hosts(one) for one in inner):
        raise Absent("the scan saw no host: nothing was scanned")
    origin = Origin(
        "openvas",
        producer="OpenVAS",
        produced_at=oldest(instants.from_text(one.text_at("scan_end")) for one in inner),
        partial=tuple(dict.fromkeys(reason for one in inner for reason in _missing(one))),
    )
    return _weakness.report(origin, _results(results, content.name), doubts)


def _saw_hosts(report: XmlElement) -> bool:
    return any(True for _ in report.each("host")) or report.text_at("hosts", "count") not in ("", "0")


def _missing(report: XmlElement) -> Iterator[str]:
    if (status := report.text_at("scan_run_status")) != "Done":
        yield one_line(f"the status of the scan is {status or 'missing'}, not Done")
    if (errors := report.text_at("errors", "count")) not in ("", "0"):
        yield one_line(f"the scan had {errors} errors")
    for counts in report.each("result_count"):
        for level in counts.children:
            full, filtered = level.text_at("full"), level.text_at("filtered")
            if level.name in _COUNTED and full != filtered:
                yield one_line(f"a filter left out results: {filtered} of {full} {level.name}")
        listed = sum(1 for results in report.each("results") for _ in results.each("result"))
        stated = counts.text_at("filtered")
        if stated.isdecimal() and len(stated) < 10 and listed < int(stated):
            yield f"{stated} results are counted, but {listed} are listed"


def _results(results: Sequence[XmlElement], file: str) -> Iterator[Reported]:
    for result in results:
        word = _weakness.by_word(result.text_at("threat"))
        score = _score(result.text_at("severity"))
        found = _weakness.worst(word, "unknown severity" if score is None else _weakness.by_score(score))
        port = result.text_at("port")
        yield Reported(
            word if found == _weakness.INFORMATIONAL else found,
            result.text_at("name") or result.text_at("nvt", "name"),
            " ".join(part for part in (result.text_at("host"), port) if part),
            result.text_at("threat").lower() == "false positive" and (score or 0) <= 0,
            _weakness.in_file(file),
        )


def _score(text: str) -> float | None:
    """Return a CVSS score; None if the text is not one. GMP writes -1.0 for a false positive."""
    with suppress(ValueError):
        return score if -1 <= (score := float(text)) <= 10 else None
    return None
