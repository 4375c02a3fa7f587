"""SARIF 2.1.0: the results of an analysis tool, open and closed.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html; section numbers below are of that text.

- A result is closed if all its suppressions are accepted; a suppression without `status` is accepted. One
  that was rejected or is under review leaves the result open (3.27.23, 3.35).
- A result of the kind `pass`, `informational` or `notApplicable` is not a finding (3.27.9), nor is a result
  that only the baseline has (3.27.24).
- Severity: the most severe of the rule's `security-severity` and the CVSS scores, vectors and words beside
  it; else by level: error is high, warning medium, note low. It is unknown if the level is `none`, as of
  results to be reviewed, and if nothing states a level in a log that has scores. A result whose level is
  more severe than that of its rule has at least the severity of its level.
- If the references of a result to its rule contradict each other, or its kind and its level do, the more
  severe reading counts. If the log describes rules and not that of a result, how severe that is is unknown.
- A log in which no run has a list of results is absent: nothing was scanned (3.14.23). Other signs that
  results are missing make the run partial.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from gatekeeper.collectors.formats.sarif import _completeness
from gatekeeper.collectors.formats.sarif._places import SarifPlaces
from gatekeeper.collectors.formats.sarif._rules import NO_SCORE, SarifRule, SarifRules, ratings, rule_id
from gatekeeper.collectors.formats.severity import Rating, Severity, rated
from gatekeeper.collectors.reading import instants, subjects
from gatekeeper.collectors.reading.figures import first_text, listed, mapping, objects, section, shown, text
from gatekeeper.collectors.reading.ledger import Ledger
from gatekeeper.collectors.reading.one_line import LONGEST, one_line
from gatekeeper.model.evidence import Absent, Finding, Origin, Subject, Unreadable, oldest, shared
from gatekeeper.syntax.json import Object
from gatekeeper.syntax.yaml import Step

FORMAT = "sarif"

_FINDINGS = frozenset({"fail", "open", "review"})
_NO_FINDINGS = frozenset({"pass", "informational", "notApplicable"})
_BY_LEVEL = {"error": Severity.HIGH, "warning": Severity.MEDIUM, "note": Severity.LOW}
_ONE_LEVEL_FOR_ALL = frozenset({"osv-scanner"})
"""Tools that write the same level for every result."""
_PLACES = {"contradiction": frozenset[str]()}
_ATTACKERS = re.compile(
    r"\b(zap(roxy)?|burp|nuclei|nikto|sqlmap|nessus|tenable|openvas|greenbone|acunetix|invicti|netsparker|stackhawk"
    r"|hawkscan|w3af|wapiti|arachni|dastardly|metasploit|caido|qualys|appscan|webinspect|detectify|probely|restler"
    r"|schemathesis|dast|pen.?test\w*|penetration|red.?team)\b",
    re.IGNORECASE,
)
"""The names of tools, and the ids of runs, that attack what runs."""
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
    contradiction: str | None = None
    """Why the log contradicts itself about which rule it is, or whether it is a finding."""
    dispute: str | None = None
    """How it contradicts itself about the severity; the most severe reading counts, here as above."""
    is_rated: bool = True
    """Whether anything states a level or a score; else the level is SARIF's default."""

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
    origin: Origin
    """Its time is the end of the oldest invocation, or its start; subjects are repositories, and images."""
    names: tuple[str, ...] = ()
    """The names of the rules that the log describes, and of the packages that they are about."""
    tags: tuple[str, ...] = ()
    """The tags of these rules, and the names of taxonomies to which the log refers."""
    left_out: frozenset[Severity] = frozenset()
    """The severities that filters of its command line left out."""
    scanners: frozenset[str] | None = None
    """At what its command line says that it looks; None if it does not say it."""
    attacks: bool = False
    """Whether its tool tests by attacks, by its name or the id of the run."""


def recognises(document: Object) -> bool:
    """Return whether a document is a SARIF log, of any version."""
    return "runs" in document and ("version" in document or "$schema" in document)


def read(document: Object, log: str) -> tuple[Run, ...]:
    """Return all runs of the log in a file; `Absent` if nothing was scanned."""
    version = document.get("version")
    if version != "2.1.0":
        raise Unreadable(f"SARIF of the version {shown(version)}; supported is 2.1.0")
    runs = list(objects(document.get("runs"), "runs", "a run"))
    if not runs:
        raise Absent("the log has no run: nothing was scanned")
    inline = document.get("inlineExternalProperties")
    read_ = tuple(_run(number, run, inline, log) for number, run in enumerate(runs))
    if not any(_has_results(run) for run in runs):
        raise Absent(read_[0].origin.partial[0])
    return read_


def _has_results(run: Object) -> bool:
    return run.get("results") is not None or "results" in section(run, "externalPropertyFileReferences")


def _run(number: int, run: Object, inline: object, log: str) -> Run:
    tool = mapping(run.get("tool"), "tool")
    rules = SarifRules(tool)
    driver = mapping(tool["driver"], "tool.driver")
    name = text(driver.get("name"), "the name of the tool")
    invocations = list(objects(run.get("invocations") or [], "invocations", "an invocation"))
    reader = _Reader(name, rules, rules.overrides(invocations), SarifPlaces(run))
    read_ = (
        reader.result(result, ("runs", number, "results", place))
        for place, result in enumerate(listed(run, "results", "a result"))
    )
    results = tuple(result for result in read_ if result)
    ledger = Ledger(_PLACES)
    for result in results:
        for unclear in filter(None, (result.contradiction, result.dispute)):
            ledger.add("contradiction", result.finding(unclear, log))
    sources = list(listed(run, "versionControlProvenance", "a version control system"))
    version = first_text(driver, "semanticVersion", "version")
    origin = Origin(
        FORMAT,
        log,
        producer=f"{name} {version}" if version else name,
        produced_at=oldest(_time(invocation) for invocation in invocations),
        commit=shared(first_text(source, "revisionId") for source in sources),
        subjects=(*subjects.repositories(*(one.get("repositoryUri") for one in sources)), *_images(run)),
        partial=tuple(dict.fromkeys(_completeness.reasons(tool, run, inline))),
        not_understood=ledger.places(),
        items=len(results),
    )
    taxonomies = (first_text(one, "name") for one in listed(run, "taxonomies", "a taxonomy"))
    about = first_text(section(run, "automationDetails"), "id") or ""
    tags = tuple(filter(None, (*rules.tags(), *taxonomies)))
    return Run(
        name,
        results,
        origin,
        rules.names(),
        tags,
        _completeness.left_out(invocations),
        _completeness.scanners(invocations),
        attacks=any(map(_ATTACKERS.search, (name, about))),
    )


def _time(invocation: Object) -> datetime | None:
    end = instants.from_text(invocation.get("endTimeUtc"))
    return end or instants.from_text(invocation.get("startTimeUtc"))


def _images(run: Object) -> tuple[Subject, ...]:
    """Return the image that was scanned, by the properties that Trivy adds to a run."""
    stated = run.get("properties")
    keys = ("imageName", "repoTags", "repoDigests")
    return subjects.images(*map(stated.get, keys)) if isinstance(stated, dict) else ()


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
        rules = self.rules.of(result)
        readings = [(self._rating(result, rule, dangling=not rules), rule) for rule in rules or (None,)]
        rating, rule = min(readings, key=lambda reading: reading[0].severity)
        level = self._level(result, rule)
        file, line = self.places.of(result)
        id_ = id_ or (rule.id if rule else None)
        names = rule.names if rule else ()
        return Result(
            message=self._message(result, rule) or (id_ or "a result without a message"),
            level=level or "warning",
            severity=rating.severity,
            rule=id_,
            names=names if id_ is None or id_ in names else (id_, *names),
            purls=rule.purls if rule else (),
            file=file,
            line=line,
            path=path,
            suppression=_suppression(result),
            contradiction=_contradiction(result, rules),
            dispute=rating.contradiction and one_line(f"{id_}: {rating.contradiction}"),
            is_rated=bool(level or (rule and rule.ratings) or [*ratings(result.get("properties"))]),
        )

    def _rating(self, result: Object, rule: SarifRule | None, *, dangling: bool) -> Rating:
        """Return the severity by one of the rules of a result; `dangling` if the log lacks its rule."""
        level, own = self._level(result, rule), result.get("level")
        readings = [*(rule.ratings if rule else ()), *ratings(result.get("properties"))]
        if any(by is not NO_SCORE for by, _ in readings):
            by_level, default = _BY_LEVEL.get(str(own)), _BY_LEVEL.get(str(rule.level)) if rule else None
            if by_level and default and by_level < default:
                readings.append((f"its level {own}", by_level))
            return rated(*readings)
        if readings and level:
            return Rating(_BY_LEVEL.get(level, Severity.LOW))
        is_scored = self.rules.are_scored and not level
        if self.tool in _ONE_LEVEL_FOR_ALL or is_scored or (dangling and (self.rules.are_scored or not own)):
            return Rating(Severity.UNKNOWN)
        return Rating(_BY_LEVEL.get(level or "warning", Severity.UNKNOWN))

    def _level(self, result: Object, rule: SarifRule | None) -> str | None:
        """Return the level by the procedure of section 3.27.10; None if it is the default, `warning`."""
        level = result.get("level")
        if level is not None:
            return text(level, "the level of a result")
        if (result.get("kind") or "fail") != "fail":
            return "none"
        if rule is None:
            return None
        if self.overrides:
            invocation = section(result, "provenance").get("invocationIndex")
            if isinstance(invocation, int) and (invocation, rule.key) in self.overrides:
                return self.overrides[invocation, rule.key]
        return rule.level

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
        return any(result.get("level") == level for level in _BY_LEVEL)
    raise Unreadable(f"the kind of a result is {shown(kind)}, which is not in SARIF")


def _contradiction(result: Object, rules: Sequence[SarifRule | None]) -> str | None:
    """Return how a result contradicts itself; None if it does not."""
    who = rule_id(result) or "a result"
    if len(rules) > 1:
        named = ", ".join((rule.id or "another") if rule else "a rule that the log lacks" for rule in rules)
        return one_line(f"{who} refers to {named}: the most severe counts")
    if not rules:
        return one_line(f"{who} refers to no rule that the log describes")
    if (kind := result.get("kind")) in _NO_FINDINGS:
        return one_line(f"the kind of {who} is {kind}, its level {result['level']}: it counts as a finding")
    return None


def _suppression(result: Object) -> str | None:
    """Return how a result was suppressed; None if it was not."""
    suppressions = list(objects(result.get("suppressions") or [], "suppressions", "a suppression"))
    if not suppressions or not all(map(_is_accepted, suppressions)):
        return None
    how = "suppressed in the source" if suppressions[0].get("kind") == "inSource" else "suppressed"
    why = suppressions[0].get("justification")
    return f"{how}: {one_line(why)}" if isinstance(why, str) and why.strip() else how


def _is_accepted(suppression: Object) -> bool:
    """Return whether a suppression is of a kind of SARIF, and neither rejected nor under review."""
    return suppression.get("status") in (None, "accepted") and suppression.get("kind") in (
        "inSource",
        "external",
    )


def _filled_in(words: str, arguments: object) -> str:
    """Replace `{0}`, `{1}` and so on by the arguments of a message (3.11.5)."""
    values = arguments if isinstance(arguments, list) else []

    def argument(found: re.Match[str]) -> str:
        value = values[int(found[1])] if int(found[1]) < len(values) else None
        return value[:LONGEST] if isinstance(value, str) else found[0]

    return _PLACEHOLDER.sub(argument, words[:LONGEST])
