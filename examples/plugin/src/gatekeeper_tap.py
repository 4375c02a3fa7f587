"""Results in the Test Anything Protocol, versions 12 to 14 (https://testanything.org), for the kind `tests`.

- `ok` with `# SKIP`, and any test with `# TODO`, count as skipped: they show nothing.
- `not ok` fails, with `# SKIP` too, unless it is marked `# TODO`.
- A plan that is missing or that the tests do not match, and `Bail out!`, fail: the run is incomplete.
- Indented lines are subtests and diagnostics. A subtest's result is the test point that follows it.
"""

import re
from collections.abc import Iterator

from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.tests.read import TestReport
from gatekeeper.model.evidence import Finding, Unreadable

_VERSION = re.compile(r"TAP version \d+", re.ASCII)
_PLAN = re.compile(r"1\.\.(\d{1,7})(\s*#.*)?", re.ASCII)
_TEST = re.compile(r"(not )?ok\b(?:\s+\d+)?(?:\s+-)?\s*(.*)", re.ASCII)
_DIRECTIVE = re.compile(r"(?:^|\s)#\s*(SKIP|TODO)\b.*", re.IGNORECASE)
_BAIL_OUT = "Bail out!"


def recognises(content: Content) -> bool:
    """Return whether the file has a plan, or begins with a version of TAP."""
    if content.is_xml or content.is_json:
        return False
    lines = _top_level_lines(content.data.decode("utf-8-sig", "replace"))
    return any(map(_PLAN.fullmatch, lines)) or any(map(_VERSION.fullmatch, lines[:1]))


def _top_level_lines(text: str) -> list[str]:
    """Return the lines that belong to no subtest, diagnostic or comment."""
    lines = (line.rstrip() for line in text.splitlines())
    return [line for line in lines if line and not line.startswith((" ", "\t", "#"))]


def read(content: Content) -> TestReport:
    """Return what the report says.

    Raises:
        Unreadable: The file is not UTF-8.
    """
    try:
        lines = _top_level_lines(content.data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise Unreadable(f"not UTF-8 at byte {error.start}") from None
    passed: list[str] = []
    failed: list[Finding] = []
    skipped = 0
    for found in filter(None, map(_TEST.fullmatch, lines)):
        is_failure, description = bool(found[1]), found[2]
        directive = _DIRECTIVE.search(description)
        name = _DIRECTIVE.sub("", description).strip() or "(a test without a name)"
        is_todo = directive is not None and directive[1].upper() == "TODO"
        if is_todo or (directive and not is_failure):
            skipped += 1
        elif is_failure:
            failed.append(Finding(name, content.name))
        else:
            passed.append(name)
    total = len(passed) + len(failed) + skipped
    failed += (Finding(flaw, content.name) for flaw in _flaws(lines, total))
    return TestReport("tap", total, tuple(passed), tuple(failed), skipped)


def _flaws(lines: list[str], total: int) -> Iterator[str]:
    """Yield why the report is not the result of a whole run."""
    plans = [int(plan[1]) for plan in map(_PLAN.fullmatch, lines) if plan]
    if len(plans) != 1:
        yield f"{len(plans)} plans; expected one line `1..N`"
    elif plans[0] != total:
        yield f"{plans[0]} tests are planned, {total} are reported"
    yield from (line for line in lines if line.startswith(_BAIL_OUT))
