"""Why the results of a SARIF run are incomplete, by what the log says itself (SARIF 2.1.0, appendix I).

An exit code other than 0 is a failure unless the run says that it was successful and has results: many tools
exit with 1 if they find something. From 128 on it is always one: a signal ended the tool. Warnings count if
they say that something was not read, as Semgrep's do of files that it cannot parse. Filters are those of the
command line; a configuration file leaves no trace.
"""

import re
import shlex
from collections.abc import Iterator, Sequence

from gatekeeper.collectors.formats.severity import Severity, from_name
from gatekeeper.collectors.reading.figures import (
    entries,
    first_text,
    listed,
    mapping,
    objects,
    section,
    shown,
)
from gatekeeper.collectors.reading.one_line import one_line
from gatekeeper.syntax.json import Object

_MOST_ERRORS = 5
_MOST_ARGUMENTS = 500
_UNREAD = re.compile(
    r"(syntax|lexical|pars(e|ing)) error|partial ?parsing|could ?n[o']t|cannot|unable|failed|time[sd]? ?-?out"
    r"|timeout|skipp|out of memory|too (large|big|long)|truncated|incomplete|unsupported|internal error|fatal"
    r"|not (be )?(scanned|analy[sz]ed|parsed)",
    re.IGNORECASE,
)
"""What a warning says that something was not read."""
_ONLY = frozenset({"--severity", "--severities", "-s"})
_FROM = frozenset({
    "-severity", "--severity-threshold", "--severity-level", "--min-severity", "--minimum-severity",
})  # fmt: skip
_LEAVING_OUT = re.compile(
    "--(ignore-(unfixed|status|states|policy|wontfix)|only-(fixed|notfixed)|ignorefile|omit|prod(uction)?"
    "|baseline[a-z-]*|new-only|diff|vex|suppression|skip-(dirs|files|path|check)|exclude[a-z-]*)"
)
_NARROWING = re.compile("--(vuln-type|pkg-types|pkg-relationships)")
_ALL_PACKAGES = (frozenset({"os", "library"}), frozenset({"direct", "indirect"}))
_SCANNERS = frozenset({"--scanners", "--security-checks"})
_LEVELS = {"error": Severity.HIGH, "warning": Severity.MEDIUM}
_LISTS = frozenset({
    "addresses", "artifacts", "graphs", "invocations", "logicalLocations", "newlineSequences", "policies",
    "redactionTokens", "results", "runAggregates", "taxonomies", "threadFlowLocations", "translations",
    "versionControlProvenance", "webRequests", "webResponses",
})  # fmt: skip
"""The lists of a run (3.14)."""
_DECISIVE = {
    "results": "results",
    "invocations": "invocations",
    "driver": "rules",
    "extensions": "rules",
    "policies": "policies",
}
"""What decides the findings of a run, and may be outside of it (3.14.2)."""


def reasons(tool: Object, run: Object, inline: object) -> Iterator[str]:
    """Yield why results may be missing; `inline` is the log's `inlineExternalProperties` (3.13.5)."""
    name = mapping(tool["driver"], "tool.driver").get("name")
    invocations = list(objects(run.get("invocations") or [], "invocations", "an invocation"))
    invocations.append(section(section(run, "conversion"), "invocation"))
    if run.get("results") is None:
        yield f"the run of {name} has no list of results: nothing was scanned"
    for key in (key for key, value in run.items() if value and isinstance(value, list) and key not in _LISTS):
        yield one_line(f"the run of {name} has a list {key}, which SARIF does not have: it may list results")
    elsewhere = [section(run, "externalPropertyFileReferences")]
    elsewhere += objects(entries(inline, "inlineExternalProperties"), "inlineExternalProperties")
    outside = dict.fromkeys(what for part in elsewhere for key, what in _DECISIVE.items() if part.get(key))
    for what in outside:
        yield f"the {what} of {name} are outside of its run, where they are not read: inline them"
    for invocation in invocations:
        yield from _failures(f"the run of {name}", invocation, has_results=bool(run.get("results")))
    levels = _default_levels(tool, invocations)
    noted = [note for invocation in invocations for note in _notifications(invocation, levels)]
    errors = [text for level, text in noted if level == "error"]
    yield from (f"{name} reports an error: {error}" for error in errors[:_MOST_ERRORS])
    if len(errors) > _MOST_ERRORS:
        yield f"{name} reports {len(errors) - _MOST_ERRORS:,} more errors"
    if unread := [text for level, text in noted if level == "warning" and _UNREAD.search(text)]:
        many = "a warning" if len(unread) == 1 else f"{len(unread):,} warnings"
        yield one_line(f"{name} reports {many} that something was not read: {unread[0]}")
    for option, value in _options(invocations):
        is_whole = any(kinds <= {*value.split(",")} for kinds in _ALL_PACKAGES)
        narrows = _NARROWING.fullmatch(option) and not is_whole
        if narrows or (_LEAVING_OUT.fullmatch(option) and value != "false"):
            yield f"the run of {name} left out findings: {option}"


def _failures(run: str, invocation: Object, *, has_results: bool) -> Iterator[str]:
    successful, code = invocation.get("executionSuccessful"), invocation.get("exitCode")
    if successful not in (None, True):
        yield f"{run} did not finish: executionSuccessful is {shown(successful).lower()}"
    elif code and not (successful and has_results and code in range(1, 128)):
        why = first_text(invocation, "exitCodeDescription")
        yield one_line(f"{run} ended with the exit code {shown(code)}" + (f": {why}" if why else ""))
    for key in ("exitSignalName", "exitSignalNumber", "processStartFailureMessage"):
        if invocation.get(key):
            yield one_line(f"{run} did not finish: {key} is {invocation[key]}")
    for override in objects(invocation.get("ruleConfigurationOverrides") or [], "ruleConfigurationOverrides"):
        if section(override, "configuration").get("enabled") is False:
            rule = section(override, "descriptor")
            yield one_line(f"in {run}, the rule {rule.get('id', rule.get('index'))} was switched off")


def _default_levels(tool: Object, invocations: Sequence[Object]) -> dict[str, object]:
    """Return the levels that a tool and its invocations give to notifications, by index and by id."""
    stated: list[tuple[object, object, object]] = []
    for part in (tool["driver"], *entries(tool.get("extensions"), "extensions")):
        described = listed(mapping(part, "a tool component"), "notifications", "a notification")
        stated += [
            (at, one.get("id"), _level(one, "defaultConfiguration")) for at, one in enumerate(described)
        ]
    for invocation in invocations:
        for one in listed(invocation, "notificationConfigurationOverrides", "an override"):
            of = section(one, "descriptor")
            stated.append((of.get("index"), of.get("id"), _level(one, "configuration")))
    levels: dict[str, object] = {}
    for *keys, level in stated:
        levels |= {str(key): level for key in keys if key is not None and levels.get(str(key)) != "error"}
    return levels


def _level(described: Object, key: str) -> object:
    return section(described, key).get("level")


def _notifications(invocation: Object, levels: dict[str, object]) -> Iterator[tuple[object, str]]:
    """Yield level and text of notifications; one with an exception is an error (3.58)."""
    for key in ("toolExecutionNotifications", "toolConfigurationNotifications"):
        for notification in objects(invocation.get(key) or [], key, "a notification"):
            of = section(notification, "descriptor")
            defaults = levels.get(str(of.get("id"))), levels.get(str(of.get("index")))
            level = notification.get("level") or next(filter(None, defaults), "warning")
            text = section(notification, "message").get("text")
            words = one_line(text) if isinstance(text, str) and text.strip() else "no message"
            if level == "warning" and isinstance(of.get("id"), str) and not _UNREAD.search(words):
                words = one_line(f"{of['id']}: {words}")
            is_error = "exception" in notification or level not in ("none", "note", "warning")
            yield "error" if is_error else level, words


def left_out(invocations: Sequence[Object]) -> frozenset[Severity]:
    """Return the severities that the command lines of invocations left out."""
    found: set[Severity] = set()
    known = {severity for severity in Severity if severity is not Severity.UNKNOWN}
    for option, value in _options(invocations):
        words = [one.strip().lower() for one in value.split(",")]
        stated = [_LEVELS.get(word) or from_name(word, option) for word in words]
        if option in _ONLY and (option != "-s" or known.issuperset(stated)):
            found |= known.difference(stated)
        elif option in _FROM and words != ["all"]:
            # A threshold in other words may be any.
            found |= {one for one in known if one > min(stated) or not known.issuperset(stated)}
    return frozenset(found)


def scanners(invocations: Sequence[Object]) -> frozenset[str] | None:
    """Return at what Trivy looks by the command lines of invocations; None if they do not say it."""
    stated = [value for option, value in _options(invocations) if option in _SCANNERS]
    return frozenset(word.strip() for value in stated for word in value.split(",")) if stated else None


def _options(invocations: Sequence[Object]) -> Iterator[tuple[str, str]]:
    """Yield the options of command lines with the words that follow them."""
    for invocation in invocations:
        arguments = [one for one in entries(invocation.get("arguments"), "arguments") if isinstance(one, str)]
        line = invocation.get("commandLine")
        if not arguments and isinstance(line, str):
            try:
                arguments = shlex.split(line[:10_000])
            except ValueError:
                arguments = line.split()
        for place, argument in enumerate(arguments[:_MOST_ARGUMENTS]):
            option, equals, value = argument.partition("=")
            if option.startswith("-"):
                yield option, value if equals else "".join(arguments[place + 1 : place + 2])
