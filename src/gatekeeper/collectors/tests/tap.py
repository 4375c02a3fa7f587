"""The Test Anything Protocol, TAP 12 to 14, as node:test, tape, node-tap, Test::More and others write it.

https://testanything.org/tap-version-14-specification.html

- `ok` with `# SKIP`, and any test with `# TODO`, are skipped: they show nothing. Any other `not ok` fails.
- Tests within a subtest are the tests; the result of the subtest, which follows them, counts only if it
  failed and none of them did. If it is marked `# TODO`, they are skipped.
- A plan that is missing or differs from the tests, and numbers other than 1, 2, 3 ..., make the file partial.
- `Bail out!` is a failure.
- The comment before tests without a dash is their title, as tape writes them. Comments after a failure that
  has no details say more about it.
- The results in braces after a test are its subtest, as vitest writes them.

Not modelled: the time of the run, which TAP does not state; other details than message, place and duration.
"""

import re
from collections.abc import Iterator

from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.tests import _report, _values
from gatekeeper.collectors.tests._report import CaseOutcome, TestCase, TestReport
from gatekeeper.model.evidence import Finding, Origin, Unreadable

ABOUT = About(
    tool="TAP: node --test, vitest, tape, node-tap, Bats, Test::More and others",
    seen="node 20, vitest 3, tape 5, node-tap 18, Bats 1.8, Test::More 1.3 (TAP 12, 13 and 14)",
    source="https://testanything.org/tap-version-14-specification.html",
    command="node --test --test-reporter=tap > results.tap",
    recognised="a version of TAP, a plan or the test number 1 in the first line after comments, and a plan",
    models="tests and subtests, plans, SKIP and TODO, Bail out, message, place and duration of failures",
    not_modelled="the time of the run, which TAP does not state",
)

_VERSION = re.compile(r"TAP version \d+", re.ASCII)
_PLAN = re.compile(r"1\.\.(\d{1,7})(\s*#.*)?", re.ASCII)
_TEST = re.compile(r"(not )?ok(?:\s+(\d{1,9}))?(?:\s+(-)?\s*(.*))?", re.ASCII)
_NUMBERED = re.compile(r"(not )?ok 1(?!\S).*", re.ASCII)
_DIRECTIVE = re.compile(r"(?:^|\s)#\s*(SKIP|TODO)\S*.*", re.IGNORECASE)
_BAIL_OUT = re.compile(r"bail out!.*", re.IGNORECASE)
_DURATION = re.compile(r"\s#\s*time=([\d.]{1,20})(m?s)\s*$", re.ASCII)
_DETAIL = re.compile(r"(\w+):\s*(.*)")
_PLACE = re.compile(r"([^\s()'\"]+?):(\d{1,9})(?::\d+)?['\")]*$", re.ASCII)
_BATS = re.compile(r" \(in test file (.+), line (\d{1,9})\)", re.ASCII)
_BLOCK = re.compile(r"[|>][-+]?")
_LONGEST = 1000
"""So many characters of a detail are kept."""
_DEEPEST = 64
_ENOUGH = 60_000
"""Of a longer file the plan may be beyond the beginning in which marks are looked for."""
_MESSAGES = ("message", "error")


class _Test:
    """A test point; with a subtest if it is the result of one."""

    def __init__(self, found: re.Match[str], title: str, within: "_Level | None") -> None:
        description = (found[4] or "").rstrip()
        self.opens = description.endswith(" {")
        description = description.removesuffix(" {")
        self.seconds: float | None = None
        if duration := _DURATION.search(description):
            description = description[: duration.start()]
            self.seconds = _values.seconds(duration[1], 0.001 if duration[2] == "ms" else 1)
        self.has_failed = bool(found[1])
        self.number = int(found[2]) if found[2] else None
        directive = _DIRECTIVE.search(description)
        self.is_todo = directive is not None and directive[1].upper() == "TODO"
        self.is_skip = directive is not None and not self.is_todo
        self.name = _DIRECTIVE.sub("", description).replace("\\#", "#").replace("\\\\", "\\").strip()
        self.title = "" if found[3] else title
        self.within = within
        self.details: dict[str, str] = {}
        self.has_details = False
        """Whether a block of details follows it."""

    @property
    def outcome(self) -> CaseOutcome:
        if self.is_todo or (self.is_skip and not self.has_failed):
            return CaseOutcome.SKIPPED
        return CaseOutcome.FAILED if self.has_failed else CaseOutcome.PASSED


class _Level:
    """The tests of a file, or of a subtest."""

    def __init__(self, owner: _Test | None = None) -> None:
        self.owner = owner
        """The test before it, if it is in braces."""
        self.tests: list[_Test] = []
        self.plans: list[int] = []
        self.title = ""
        """The last comment."""

    def flaws(self) -> Iterator[str]:
        """Yield why these are not the results of a whole run."""
        total = len(self.tests)
        numbers = [test.number or place for place, test in enumerate(self.tests, 1)]
        if sorted(numbers) != list(range(1, total + 1)):
            yield f"{total} tests are not numbered from 1 to {total}"
        if len(self.plans) != 1:
            yield f"{len(self.plans)} plans; expected one line `1..N`"
        elif self.plans[0] != total:
            yield f"{self.plans[0]} tests are planned, {total} are reported"


class _Reader:
    """Takes the lines of a file."""

    def __init__(self) -> None:
        self.levels = [_Level()]
        self.failures: list[str] = []
        self.partial: list[str] = []
        self.details: dict[str, str] | None = None
        """The open block of details."""
        self.margin = 0
        self.key = ""

    def take(self, line: str) -> None:
        """Take a line."""
        text = line.strip()
        indent = len(line) - len(line.lstrip(" "))
        if self.details is not None and text and indent < self.margin:
            self.details = None
        if self.details is not None:
            self.detail(text, indent)
        elif _BAIL_OUT.fullmatch(text):
            self.failures.append(text)
        elif text == "---" and indent % 2 == 0 and 0 <= (depth := (indent - 2) // 4) < len(self.levels):
            # It is indented by two spaces, and by four in vitest.
            tests = self.levels[depth].tests
            self.details, self.margin, self.key = tests[-1].details if tests else {}, indent, ""
            if tests:
                tests[-1].has_details = True
        elif text and indent % 4 == 0 and not line[indent].isspace():
            self.of_level(indent // 4, text)

    def of_level(self, depth: int, text: str) -> None:
        """Take a line of a level: a test, a plan or a comment."""
        plan, found = _PLAN.fullmatch(text), _TEST.fullmatch(text)
        if depth > _DEEPEST:
            raise Unreadable(f"subtests nested more than {_DEEPEST} deep")
        if depth > len(self.levels):
            return
        if found:
            inner = self.inner(depth)
            level = self.level(depth)
            test = _Test(found, level.title, inner)
            level.tests.append(test)
            if test.opens:
                test.within = _Level(test)
                self.levels.append(test.within)
        elif plan:
            self.level(depth).plans.append(int(plan[1]))
        elif text == "}" and depth + 1 < len(self.levels):
            if self.level(depth + 1).owner:
                self.levels.pop()
        elif text.startswith("#") and depth < len(self.levels):
            self.comment(self.levels[depth], text.removeprefix("#"))

    def comment(self, level: _Level, text: str) -> None:
        """Take a comment: more about a failure, or the title of what follows."""
        last = level.tests[-1] if level.tests else None
        if last is None or not last.has_failed or last.has_details:
            level.title = text.strip() if re.match(r" \S", text) else ""
        elif place := _BATS.fullmatch(text):
            last.details |= {"file": place[1], "line": place[2]}
        else:
            last.details.setdefault("message", text.strip()[:_LONGEST])

    def level(self, depth: int) -> _Level:
        """Return the open level of a depth; deeper ones have ended without a result."""
        while len(self.levels) > depth + 1:
            self.lose(self.levels.pop())
        if len(self.levels) == depth:
            self.levels.append(_Level())
        return self.levels[depth]

    def inner(self, depth: int) -> _Level | None:
        """Return the subtest that has ended just before a test of a depth."""
        while len(self.levels) > depth + 2:
            self.lose(self.levels.pop())
        if len(self.levels) < depth + 2:
            return None
        level = self.levels.pop()
        if level.owner is None:
            return level
        self.lose(level)
        return None

    def lose(self, level: _Level) -> None:
        """Note a subtest without a result, or without a closing brace; its tests count."""
        is_empty = not (level.tests or level.plans)
        if level.owner and is_empty:
            # The brace is the end of a name.
            level.owner.within, level.owner.name = None, f"{level.owner.name} {{".strip()
        elif not is_empty:
            self.partial.append(f"a subtest has no {'end' if level.owner else 'result'}")
            if level.owner is None:
                self.levels[-1].tests += level.tests

    def detail(self, text: str, indent: int) -> None:
        """Take a line of a block of details, which is a small part of YAML."""
        details = self.details
        assert details is not None  # noqa: S101 - only called inside a block
        if text == "..." and indent == self.margin:
            self.details = None
        elif (found := _DETAIL.fullmatch(text)) and found[1] not in details:
            self.key = found[1] if _BLOCK.fullmatch(found[2]) else ""
            details[found[1]] = "" if self.key else found[2].strip("'\"")[:_LONGEST]
        elif self.key and text:
            details[self.key], self.key = text[:_LONGEST], ""

    def cases(self, level: _Level, titles: tuple[str, ...], *, is_todo: bool) -> Iterator[TestCase]:
        """Yield the tests of a level, and of the subtests in it."""
        where = f"{' > '.join(titles)}: " if titles else ""
        self.partial += (where + flaw for flaw in level.flaws())
        for test in level.tests:
            within = test.within
            outcome = CaseOutcome.SKIPPED if is_todo else test.outcome
            inside = []
            if within:
                inside = list(self.cases(within, (*titles, test.name), is_todo=is_todo or test.is_todo))
                yield from inside
            has_failed = any(case.outcome is CaseOutcome.FAILED for case in inside)
            if not inside or (outcome is CaseOutcome.FAILED and not has_failed):
                yield _case(test, titles, outcome)


def recognises(content: Content) -> bool:
    """Return whether the first line after comments is of TAP, and the file has a plan or a version."""
    if content.is_xml or content.is_json:
        return False
    lines = [line.rstrip() for line in content.head.decode("utf-8-sig", "replace").split("\n")]
    # npm writes the name of a script before its output.
    first = next((line for line in lines if line and not line.startswith(("#", "> "))), "")
    if _VERSION.fullmatch(first):
        return True
    has_plan = any(map(_PLAN.fullmatch, lines)) or len(content.head) > _ENOUGH
    return has_plan and any(of.fullmatch(first.strip()) for of in (_PLAN, _NUMBERED, _BAIL_OUT))


def read(content: Content) -> TestReport:
    """Return the results of a file.

    Raises:
        Unreadable: The file is not UTF-8.
    """
    reader = _Reader()
    with content.open() as file:
        for number, line in enumerate(file, 1):
            try:
                reader.take(line.decode("utf-8-sig").rstrip())
            except UnicodeDecodeError:
                raise Unreadable(f"line {number} is not UTF-8") from None
    whole = reader.level(0)
    cases = list(reader.cases(whole, (), is_todo=False))
    failures = tuple(Finding(text) for text in reader.failures)
    return TestReport(Origin("tap", partial=tuple(reader.partial[:20])), cases, failures)


def _case(test: _Test, titles: tuple[str, ...], outcome: CaseOutcome) -> TestCase:
    *outer, name = test.name.split(" > ")
    if not (outer and _report.is_source_file(outer[0])):
        outer, name = [], test.name
    suites = (*titles, *filter(None, [test.title]), *outer)
    details = test.details
    files = [title for title in suites if _report.is_source_file(title)]
    message = next((details[key] for key in _MESSAGES if details.get(key)), "")
    file, line = (
        details.get("fileName") or details.get("file"),
        details.get("lineNumber") or details.get("line"),
    )
    place = _PLACE.search(details.get("location") or details.get("at") or "")
    seconds = test.seconds
    if seconds is None and "duration_ms" in details:
        seconds = _values.seconds(details["duration_ms"], 0.001)
    return TestCase(
        _report.full_name(suites, name),
        suites,
        file or (place[1] if place else None) or (files[-1] if files else None),
        seconds,
        outcome,
        message,
        _values.line(line or (place[2] if place else "")),
    )
