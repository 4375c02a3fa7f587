"""SARIF 2.1.0: the results of an analysis tool, open and closed.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html; section numbers below are of that text.

- A result is closed if one of its suppressions is accepted; a suppression without `status` is accepted. One
  that was rejected or is under review leaves the result open (3.35).
- A result of the kind `pass`, `informational` or `notApplicable` is not a finding (3.27.9), nor is a result
  that only the baseline has (3.27.24).
- Severity: the rule's `security-severity`, a CVSS score; else by level: error is high, warning medium, note
  low. If the level is `none`, as of results to be reviewed, the severity is unknown.
- A run without a list of results has not analysed anything (3.14.23); a run with a failed invocation has not
  finished.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from gatekeeper.collectors.formats.sarif._places import SarifPlaces
from gatekeeper.collectors.formats.sarif._rules import SarifRule, SarifRules, rule_id, score
from gatekeeper.collectors.formats.severity import Severity
from gatekeeper.collectors.reading import instants
from gatekeeper.collectors.reading.figures import listing, mapping, objects, section, shown, text
from gatekeeper.collectors.reading.one_line import LONGEST, one_line
from gatekeeper.model.evidence import Absent, Finding, Unreadable
from gatekeeper.syntax.json import Json, Object
from gatekeeper.syntax.yaml import Step

FORMAT = "sarif"

_FINDINGS = frozenset({"fail", "open", "review"})
_NO_FINDINGS = frozenset({"pass", "informational", "notApplicable"})
_BY_LEVEL = {"error": Severity.HIGH, "warning": Severity.MEDIUM, "note": Severity.LOW}
_ONE_LEVEL_FOR_ALL = frozenset({"osv-scanner"})
"""Tools that write the same level for every result."""
_PLACEHOLDER = re.compile(r"\{(\d{1,3})\}")


class Result(NamedTuple):
    """One finding of a tool."""

    message: str
    """On one line, of limited length."""
    level: str
    """`error`, `warning`, `note` or `none`."""
    severity: Severity
    rule: str | None
    names: tuple[str, ...]
    """The names of the rule; in a dependency scan those of the vulnerability."""
    purls: tuple[str, ...]
    """The packages that the rule is about; few tools name them."""
    file: str | None
    line: int | None
    path: tuple[Step, ...]
    """The path of the result in the log."""
    suppression: str | None
    """Why the result is closed; None if it is open."""

    def finding(self, message: str, log: str) -> Finding:
        """Return a finding at the place of the result in the source; if unknown, in the log."""
        if self.file:
            return Finding(message, self.file, self.line)
        return Finding(message, log, pointer="".join(f"/{step}" for step in self.path))


class Run(NamedTuple):
    """The results of one tool."""

    tool: str
    results: tuple[Result, ...]
    """Open and closed results, in the order of the log."""
    produced_at: datetime | None


def recognises(document: Object) -> bool:
    """Return whether a document is a SARIF log, of any version."""
    return "runs" in document and ("version" in document or "$schema" in document)


def read(document: Object) -> tuple[Run, ...]:
    """Return all runs of a log; `Absent` if nothing was scanned."""
    version = document.get("version")
    if version != "2.1.0":
        raise Unreadable(f"SARIF of the version {shown(version)}; supported is 2.1.0")
    runs = listing(document.get("runs"), "runs")
    if not runs:
        raise Absent("the log has no run: nothing was scanned")
    return tuple(_run(number, run) for number, run in enumerate(objects(runs, "runs", "a run")))


def _run(number: int, run: Object) -> Run:
    tool = mapping(run.get("tool"), "tool")
    rules = SarifRules(tool)
    name = text(mapping(tool["driver"], "tool.driver").get("name"), "the name of the tool")
    invocations = list(objects(run.get("invocations") or [], "invocations", "an invocation"))
    if any(invocation.get("executionSuccessful") is False for invocation in invocations):
        raise Unreadable(f"the run of {name} did not finish: executionSuccessful is false")
    reader = _Reader(name, rules, rules.overrides(invocations), SarifPlaces(run))
    results = (
        reader.result(result, ("runs", number, "results", place))
        for place, result in enumerate(objects(_results(name, run), "results", "a result"))
    )
    return Run(name, tuple(result for result in results if result), _produced_at(invocations))


def _results(tool: str, run: Object) -> Json:
    if (results := run.get("results")) is not None:
        return results
    if "results" in section(run, "externalPropertyFileReferences"):
        raise Unreadable(f"the results of {tool} are in separate files: inline them")
    raise Absent(f"the run of {tool} has no list of results: nothing was scanned")


def _produced_at(invocations: Sequence[Object]) -> datetime | None:
    """Return when the last invocation ended, or began if no end is known."""
    for key in ("endTimeUtc", "startTimeUtc"):
        times = [instants.from_text(invocation.get(key)) for invocation in invocations]
        if known := [time for time in times if time]:
            return max(known)
    return None


class _Reader(NamedTuple):
    """Reads results, with the rules and places of their run."""

    tool: str
    rules: SarifRules
    overrides: Mapping[tuple[int, tuple[int, int]], str]
    places: SarifPlaces

    def result(self, result: Object, path: tuple[Step, ...]) -> Result | None:
        """Return a result; None if it is not a finding."""
        if not _is_finding(result):
            return None
        id_ = rule_id(result)
        rule = self.rules.of(result, id_)
        level = self._level(result, rule)
        file, line = self.places.of(result)
        id_ = id_ or (rule.id if rule else None)
        names = rule.names if rule else ()
        return Result(
            message=self._message(result, rule) or (id_ or "a result without a message"),
            level=level,
            severity=self._severity(result, rule, level),
            rule=id_,
            names=names if id_ is None or id_ in names else (id_, *names),
            purls=rule.purls if rule else (),
            file=file,
            line=line,
            path=path,
            suppression=_suppression(result),
        )

    def _level(self, result: Object, rule: SarifRule | None) -> str:
        """Return the level by the procedure of section 3.27.10."""
        level = result.get("level")
        if level is not None:
            return text(level, "the level of a result")
        if (result.get("kind") or "fail") != "fail":
            return "none"
        if rule is None:
            return "warning"
        if self.overrides:
            invocation = section(result, "provenance").get("invocationIndex")
            if isinstance(invocation, int) and (invocation, rule.key) in self.overrides:
                return self.overrides[invocation, rule.key]
        return rule.level or "warning"

    def _severity(self, result: Object, rule: SarifRule | None, level: str) -> Severity:
        scored = rule.severity if rule else None
        if scored is None and "properties" in result:
            scored = score(result["properties"])
        if scored is not None:
            return scored
        if self.tool in _ONE_LEVEL_FOR_ALL:
            return Severity.UNKNOWN
        return _BY_LEVEL.get(level, Severity.UNKNOWN)

    def _message(self, result: Object, rule: SarifRule | None) -> str | None:
        message = section(result, "message", "the message of a result")
        words = message.get("text")
        if not isinstance(words, str):
            words = self._stored_message(message.get("id"), rule)
        if words is None:
            words = rule.title if rule else None
        if words is not None and "arguments" in message:
            words = _filled_in(words, message["arguments"])
        return None if words is None else one_line(words)

    def _stored_message(self, id_: object, rule: SarifRule | None) -> str | None:
        """Return the text of the rule, or the driver, under a message id (3.11.7)."""
        if not isinstance(id_, str):
            return None
        for messages in (rule.messages if rule else {}, self.rules.shared_messages()):
            stored = messages.get(id_)
            if isinstance(stored, dict) and isinstance(stored.get("text"), str):
                return str(stored["text"])
        return None


def _is_finding(result: Object) -> bool:
    kind = result.get("kind")
    if result.get("baselineState") == "absent":
        return False
    if kind is None or text(kind, "the kind of a result") in _FINDINGS:
        return True
    if kind in _NO_FINDINGS:
        return False
    raise Unreadable(f"the kind of a result is {shown(kind)}, which is not in SARIF")


def _suppression(result: Object) -> str | None:
    """Return how a result was suppressed; None if it was not."""
    for suppression in objects(result.get("suppressions") or [], "suppressions", "a suppression"):
        if (suppression.get("status") or "accepted") == "accepted":
            how = "suppressed in the source" if suppression.get("kind") == "inSource" else "suppressed"
            why = suppression.get("justification")
            return f"{how}: {one_line(why)}" if isinstance(why, str) and why.strip() else how
    return None


def _filled_in(words: str, arguments: object) -> str:
    """Replace `{0}`, `{1}` and so on by the arguments of a message (3.11.5)."""
    values = arguments if isinstance(arguments, list) else []

    def argument(found: re.Match[str]) -> str:
        value = values[int(found[1])] if int(found[1]) < len(values) else None
        return value[:LONGEST] if isinstance(value, str) else found[0]

    return _PLACEHOLDER.sub(argument, words[:LONGEST])
