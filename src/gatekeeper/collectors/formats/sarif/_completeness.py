"""Why the results of a SARIF run are incomplete, by what the log says itself (SARIF 2.1.0, appendix I).

An exit code other than 0 is a failure unless the run says that it was successful and has results: many tools
exit with 1 if they find something.
"""

from collections.abc import Iterator

from gatekeeper.collectors.reading.figures import entries, first_text, mapping, objects, section, shown
from gatekeeper.collectors.reading.one_line import one_line
from gatekeeper.syntax.json import Object

_MOST_ERRORS = 5
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
    elsewhere = [section(run, "externalPropertyFileReferences")]
    elsewhere += objects(entries(inline, "inlineExternalProperties"), "inlineExternalProperties")
    outside = dict.fromkeys(what for part in elsewhere for key, what in _DECISIVE.items() if part.get(key))
    for what in outside:
        yield f"the {what} of {name} are outside of its run, where they are not read: inline them"
    for invocation in invocations:
        yield from _failures(f"the run of {name}", invocation, has_results=bool(run.get("results")))
    levels = _default_levels(tool)
    errors = [error for invocation in invocations for error in _errors(invocation, levels)]
    yield from (f"{name} reports an error: {error}" for error in errors[:_MOST_ERRORS])
    if len(errors) > _MOST_ERRORS:
        yield f"{name} reports {len(errors) - _MOST_ERRORS:,} more errors"


def _failures(run: str, invocation: Object, *, has_results: bool) -> Iterator[str]:
    successful, code = invocation.get("executionSuccessful"), invocation.get("exitCode")
    if successful not in (None, True):
        yield f"{run} did not finish: executionSuccessful is {shown(successful).lower()}"
    elif code and not (successful and has_results):
        why = first_text(invocation, "exitCodeDescription")
        yield one_line(f"{run} ended with the exit code {shown(code)}" + (f": {why}" if why else ""))
    for key in ("exitSignalName", "exitSignalNumber", "processStartFailureMessage"):
        if invocation.get(key):
            yield one_line(f"{run} did not finish: {key} is {invocation[key]}")
    for override in objects(invocation.get("ruleConfigurationOverrides") or [], "ruleConfigurationOverrides"):
        if section(override, "configuration").get("enabled") is False:
            rule = section(override, "descriptor")
            yield one_line(f"in {run}, the rule {rule.get('id', rule.get('index'))} was switched off")


def _default_levels(tool: Object) -> dict[str, object]:
    """Return the default levels of the notifications that the driver describes, by index and by id."""
    described = mapping(tool["driver"], "tool.driver").get("notifications") or []
    levels: dict[str, object] = {}
    for index, one in enumerate(objects(described, "notifications", "a notification")):
        level = section(one, "defaultConfiguration").get("level")
        levels |= {str(index): level, str(one.get("id")): level}
    return levels


def _errors(invocation: Object, levels: dict[str, object]) -> Iterator[str]:
    """Yield the texts of notifications of the level `error`, by default too, or with an exception (3.58)."""
    for key in ("toolExecutionNotifications", "toolConfigurationNotifications"):
        for notification in objects(invocation.get(key) or [], key, "a notification"):
            of = section(notification, "descriptor")
            defaults = levels.get(str(of.get("id"))), levels.get(str(of.get("index")))
            level = notification.get("level") or next(filter(None, defaults), None)
            if level == "error" or "exception" in notification:
                text = section(notification, "message").get("text")
                yield one_line(text) if isinstance(text, str) and text.strip() else "no message"
