"""Results in the Test Anything Protocol, versions 12 to 14 (https://testanything.org), for the kind `tests`.

- `ok` with `# SKIP`, and any test with `# TODO`, count as skipped: they show nothing.
- `not ok` fails, with `# SKIP` too, unless it is marked `# TODO`.
- A plan that is missing or that the tests do not match, and `Bail out!`, fail: the run is incomplete.
- Tests that are numbered otherwise than 1, 2, 3 ... fail: another test may be missing.
- Indented lines are subtests and diagnostics. A subtest's result is the test point that follows it.
"""

import re
from collections.abc import Iterator

from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.tests.read import CaseOutcome, TestCase, TestReport
from gatekeeper.model.evidence import Finding, Origin, Unreadable

_VERSION = re.compile(r"TAP version \d+", re.ASCII)
_PLAN = re.compile(r"1\.\.(\d{1,7})(\s*#.*)?", re.ASCII)
_TEST = re.compile(r"(not )?ok\b(?:\s+(\d{1,9})(?!\S))?(?:\s+-)?\s*(.*)", re.ASCII)
_DIRECTIVE = re.compile(r"(?:^|\s)#\s*(SKIP|TODO)\S*.*", re.IGNORECASE)
_BAIL_OUT = re.compile(r"\s*bail out!.*", re.IGNORECASE)


def recognises(content: Content) -> bool:
    """Return whether the file has a plan, or begins with a version of TAP."""
    if content.is_xml or content.is_json:
        return False
    lines = _top_level_lines(content.data.decode("utf-8-sig", "replace"))
    return any(map(_PLAN.fullmatch, lines)) or any(map(_VERSION.fullmatch, lines[:1]))


def _top_level_lines(text: str) -> list[str]:
    """Return the lines that belong to no subtest, diagnostic or comment."""
    # Only these end a line: a title may hold other characters that Python takes for line ends.
    lines = (line.rstrip() for line in re.split(r"\r?\n", text))
    return [
        line
        for line in lines
        if line and (_BAIL_OUT.fullmatch(line) or not line.startswith((" ", "\t", "#")))
    ]


def read(content: Content) -> TestReport:
    """Return what the report says.

    Raises:
        Unreadable: The file is not UTF-8.
    """
    try:
        lines = _top_level_lines(content.data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise Unreadable(f"not UTF-8 at byte {error.start}") from None
    tests = [found for found in map(_TEST.fullmatch, lines) if found]
    numbers = [int(found[2]) if found[2] else place for place, found in enumerate(tests, 1)]
    flaws = tuple(Finding(flaw, content.name) for flaw in _flaws(lines, numbers))
    return TestReport(Origin("tap"), [_case(found, content.name) for found in tests], flaws)


def _case(found: re.Match[str], file: str) -> TestCase:
    is_failure, description = bool(found[1]), found[3]
    directive = _DIRECTIVE.search(description)
    name = _DIRECTIVE.sub("", description).strip() or "(a test without a name)"
    is_todo = directive is not None and directive[1].upper() == "TODO"
    outcome = CaseOutcome.FAILED if is_failure else CaseOutcome.PASSED
    if is_todo or (directive and not is_failure):
        outcome = CaseOutcome.SKIPPED
    return TestCase(name, file=file, outcome=outcome)


def _flaws(lines: list[str], numbers: list[int]) -> Iterator[str]:
    """Yield why the report is not the result of a whole run."""
    total = len(numbers)
    if sorted(numbers) != list(range(1, total + 1)):
        yield f"{total} tests are not numbered from 1 to {total}"
    plans = [int(plan[1]) for plan in map(_PLAN.fullmatch, lines) if plan]
    if len(plans) != 1:
        yield f"{len(plans)} plans; expected one line `1..N`"
    elif plans[0] != total:
        yield f"{plans[0]} tests are planned, {total} are reported"
    yield from (line.strip() for line in lines if _BAIL_OUT.fullmatch(line))
