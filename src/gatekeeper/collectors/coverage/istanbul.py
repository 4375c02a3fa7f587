"""istanbul's JSON reports: `coverage-summary.json` and `coverage-final.json`.

Both map paths to files; the summary has a further key `total`. In `coverage-final.json` lines are derived as
istanbul-lib-coverage does it: a line has the hits of the most often run statement that starts in it.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from gatekeeper.collectors.coverage._file_coverage import FileCoverage, Hits, Ratio, normalised
from gatekeeper.collectors.reading.figures import count, listing, mapping
from gatekeeper.model.evidence import Unreadable

SUMMARY = "istanbul-summary"
FINAL = "istanbul-final"


def recognise(document: Mapping[str, Any]) -> str | None:
    """Return which of the two reports a JSON document is, or None where it is neither."""
    for entry in document.values():
        if not isinstance(entry, dict):
            return None
        if "statementMap" in entry:
            return FINAL
        if "lines" in entry and "statements" in entry:
            return SUMMARY
    return None


def provider(document: Mapping[str, Any]) -> str | None:
    """Return who counted, where `coverage-final.json` tells.

    Only v8-to-istanbul writes `all`, and only istanbul's own instrumentation leaves its schema or hash.
    """
    entries = [entry for entry in document.values() if isinstance(entry, dict)]
    if any("all" in entry for entry in entries):
        return "v8"
    return "istanbul" if any({"_coverageSchema", "hash"} & entry.keys() for entry in entries) else None


def read_summary(document: Mapping[str, Any]) -> Iterator[FileCoverage]:
    """Read the files of a `coverage-summary.json`."""
    for path, entry in document.items():
        if path != "total":
            yield FileCoverage(
                normalised(path),
                lines=_ratio(entry, "lines", path),
                branches=_ratio(entry, "branches", path),
                functions=_ratio(entry, "functions", path),
            )


def _ratio(entry: object, name: str, path: str) -> Ratio:
    figures = entry.get(name) if isinstance(entry, dict) else None
    if isinstance(figures, dict):
        covered, total = figures.get("covered"), figures.get("total")
        if type(covered) is int and type(total) is int and 0 <= covered <= total:
            return Ratio(covered, total)
    return _told_ratio(entry, name, path)


def _told_ratio(entry: object, name: str, path: str) -> Ratio:
    """Read a ratio that is not plainly right: whole numbers written as 3.0, or a flaw to be told."""
    where = f"{path}: {name}"
    figures = mapping(mapping(entry, path).get(name), where)
    covered, total = (count(figures.get(key), f"{where}.{key}") for key in ("covered", "total"))
    return Ratio(covered, total).checked(where)


def read_final(document: Mapping[str, Any]) -> Iterator[FileCoverage]:
    """Read the files of a `coverage-final.json`."""
    for path, entry in document.items():
        if path == "meta":
            continue  # written by vitest; not a file
        lines = _line_hits(mapping(entry, path), path)
        hits = Hits(lines, dict(_branch_hits(entry, path)), _hits(entry, "f", path))
        yield FileCoverage.of_hits(normalised(path), hits)


def _line_hits(entry: Mapping[str, Any], path: str) -> dict[int, int]:
    statements = mapping(entry.get("statementMap"), f"{path}: statementMap")
    hits = _hits(entry, "s", path)
    if statements.keys() != hits.keys():
        raise Unreadable(f"{path}: statementMap and s name different statements")
    lines: dict[int, int] = {}
    for statement, place in statements.items():
        start = mapping(mapping(place, f"{path}: a statement").get("start"), f"{path}: a statement's start")
        line = count(start.get("line"), f"{path}: a statement's line")
        lines[line] = max(lines.get(line, 0), hits[statement])
    return lines


def _hits(entry: Mapping[str, Any], name: str, path: str) -> dict[str, int]:
    hits = mapping(entry.get(name), f"{path}: {name}")
    return {key: count(value, f"{path}: {name}.{key}") for key, value in hits.items()}


def _branch_hits(entry: Mapping[str, Any], path: str) -> Iterator[tuple[tuple[str, int], int]]:
    for key, branch in mapping(entry.get("b"), f"{path}: b").items():
        for arm, value in enumerate(listing(branch, f"{path}: b.{key}")):
            yield (key, arm), count(value, f"{path}: b.{key}")
