"""istanbul's JSON reports: `coverage-summary.json` and `coverage-final.json`.

Both map paths to files; the summary has a further key `total`. In `coverage-final.json` lines are derived as
istanbul-lib-coverage does it: a line has the hits of the most often run statement that starts in it.
"""

from collections.abc import Hashable, Iterator, Sequence

from gatekeeper.collectors.coverage._file_coverage import FileCoverage, Hits, Ratio, hidden, normalised
from gatekeeper.collectors.coverage.read import CoverageReport
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.figures import count, listing, mapping
from gatekeeper.model.evidence import Origin, Unreadable
from gatekeeper.syntax.json import Object

ABOUT = About(
    tool="istanbul's `coverage-summary.json` and `coverage-final.json`, of nyc, c8, Jest and Vitest",
    seen="jest 29, vitest 3 and 5, with the providers v8 and istanbul",
    source="https://github.com/istanbuljs/istanbuljs/tree/main/packages/istanbul-lib-coverage",
    command="`nyc --reporter=json`, or `coverage.reporter: [json]` of Vitest",
    recognised="an object whose values have `statementMap`, or `lines` and `statements`",
    models="lines, branches and functions of each file; the provider",
)
_SUMMARY = "istanbul-summary"
_FINAL = "istanbul-final"
_COUNTED = ("lines", "branches", "functions")


def recognises(content: Content) -> bool:
    """Return whether the file is one of the two reports."""
    return _report_of(content.object) is not None


def read(content: Content) -> CoverageReport:
    """Return the coverage of the files."""
    document = content.object
    if _report_of(document) == _SUMMARY:
        files = tuple(_summary_files(document))
        origin = Origin(_SUMMARY, items=len(files), partial=tuple(_missing(document, files)))
        return CoverageReport(origin, files)
    files = tuple(_final_files(document))
    return CoverageReport(Origin(_FINAL, items=len(files)), files, _provider(document))


def _report_of(document: Object) -> str | None:
    """Return which of the two reports a document is; None if it is neither."""
    for entry in document.values():
        if not isinstance(entry, dict):
            return None
        if "statementMap" in entry:
            return _FINAL
        if "lines" in entry and "statements" in entry:
            return _SUMMARY
    return None


def _provider(document: Object) -> str | None:
    """Return the tool that counted; None if `coverage-final.json` does not show it.

    Only v8-to-istanbul writes `all`, and only istanbul's own instrumentation leaves its schema or hash.
    """
    entries = [entry for entry in document.values() if isinstance(entry, dict)]
    if any("all" in entry for entry in entries):
        return "v8"
    return "istanbul" if any({"_coverageSchema", "hash"} & entry.keys() for entry in entries) else None


def _summary_files(document: Object) -> Iterator[FileCoverage]:
    for path, entry in document.items():
        if path != "total":
            lines, branches, functions = (_ratio(entry, name, path) for name in _COUNTED)
            yield FileCoverage(normalised(path), lines, branches, functions)


def _missing(document: Object, files: Sequence[FileCoverage]) -> Iterator[str]:
    """Yield what `total` counts and no file shows."""
    if isinstance(total := document.get("total"), dict):
        for name in _COUNTED:
            if name in total:
                listed = Ratio.sum(getattr(file, name) for file in files)
                yield from hidden(name, _ratio(total, name, "total"), listed)


def _ratio(entry: object, name: str, path: str) -> Ratio:
    of = entry.get(name) if isinstance(entry, dict) else None
    if isinstance(of, dict):
        hit, known = of.get("covered"), of.get("total")
        if type(hit) is int and type(known) is int and 0 <= hit <= known:
            return Ratio(hit, known)
    where = f"{path}: {name}"  # something is wrong with it
    figures = mapping(mapping(entry, path).get(name), where)
    covered = count(figures.get("covered"), f"{where}.covered")
    return Ratio(covered, count(figures.get("total"), f"{where}.total")).checked(where)


def _final_files(document: Object) -> Iterator[FileCoverage]:
    for path, entry in document.items():
        if path == "meta":
            continue  # written by vitest; not a file
        file = mapping(entry, path)
        hits = Hits(_line_hits(file, path), dict(_branch_hits(file, path)), _hits(file, "f", "fnMap", path))
        yield FileCoverage.of_hits(normalised(path), hits)


def _line_hits(entry: Object, path: str) -> dict[int, int]:
    hits = _hits(entry, "s", "statementMap", path)
    lines: dict[int, int] = {}
    for statement, place in mapping(entry.get("statementMap"), f"{path}: statementMap").items():
        start = mapping(mapping(place, f"{path}: a statement").get("start"), f"{path}: a statement's start")
        line = count(start.get("line"), f"{path}: a statement's line")
        lines[line] = max(lines.get(line, 0), hits[statement])
    return lines


def _hits(entry: Object, name: str, places: str, path: str) -> dict[Hashable, int]:
    hits = _named(entry, name, places, path)
    return {key: count(value, f"{path}: {name}.{key}") for key, value in hits.items()}


def _branch_hits(entry: Object, path: str) -> Iterator[tuple[tuple[str, int], int]]:
    for key, branch in _named(entry, "b", "branchMap", path).items():
        for arm, value in enumerate(listing(branch, f"{path}: b.{key}")):
            yield (key, arm), count(value, f"{path}: b.{key}")


def _named(entry: Object, name: str, places: str, path: str) -> Object:
    """Return the hits of a file by key; their places, if it has them, must have the same keys."""
    hits = mapping(entry.get(name), f"{path}: {name}")
    if places in entry and hits.keys() != mapping(entry[places], f"{path}: {places}").keys():
        raise Unreadable(f"{path}: {places} and {name} have different keys")
    return hits
