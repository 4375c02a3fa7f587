"""The JSON or YAML of `oasdiff breaking` and `oasdiff changelog`, of every release.

https://github.com/oasdiff/oasdiff, `formatters/changes.go`: a list of changes, or `{changes, diff_empty}`.
Since 1.6 the level 3 is ERR, "definite breaking changes", 2 is WARN, "potential breaking changes", and 1 is
INFO. Both of the first are breaking, as for the tool itself: `oasdiff breaking` lists them, and what cannot
be told from a description is not safe for that. Up to 1.5 there were only breaking changes, with 0 for ERR
and 1 for WARN.
"""

from typing import Any, NamedTuple

from gatekeeper.collectors.reading.figures import listing, mapping, shown
from gatekeeper.collectors.reading.structured import Structured
from gatekeeper.model.evidence import Finding, Unreadable

_LEVELS = range(4)
_LEAST_BREAKING = 2
_ONLY_NEW = frozenset({"section", "operationId", "attributes", "fingerprint", "baseSource", "revisionSource"})
_OLD_WARNINGS = frozenset({
    "optional-response-header-removed", "request-allOf-modified", "response-allOf-modified",
    "request-body-max-length-set", "request-body-max-set", "request-body-min-items-set",
    "request-body-min-set", "request-parameter-max-length-set", "request-parameter-max-set",
    "request-parameter-min-items-set", "request-parameter-min-set", "request-parameter-pattern-added",
    "request-parameter-pattern-changed", "request-parameter-removed", "request-property-max-length-set",
    "request-property-max-set", "request-property-min-items-set", "request-property-min-set",
    "request-property-pattern-added", "request-property-pattern-changed", "request-property-removed",
    "response-optional-property-removed", "response-property-enum-value-added",
    "response-required-property-became-not-write-only",
})  # fmt: skip
"""What releases up to 1.5 called a WARN; later ones give none of it the level 1."""


class OasdiffReport(NamedTuple):
    """What the tool found."""

    changes: int
    breaking: tuple[Finding, ...]


def recognises(document: Structured) -> bool:
    """Tell whether a document may be a list of changes."""
    return isinstance(document.value, list) or (
        isinstance(document.value, dict) and "changes" in document.value and "openapi" not in document.value
    )


def read(document: Structured) -> OasdiffReport:
    """Read the changes, and tell the breaking ones from the others."""
    steps = ("changes",) if isinstance(document.value, dict) else ()
    listed = document.object["changes"] if steps else document.value
    changes = [
        _change(change, f"{document.file}: change {number}")
        for number, change in enumerate(listing(listed, f"{document.file}: changes"), 1)
    ]
    if steps and changes and document.object.get("diff_empty") is True:
        raise Unreadable(f"{document.file}: it lists changes and says that there is no difference")
    old = _is_old(changes, document, wrapped=bool(steps))
    return OasdiffReport(
        len(changes),
        tuple(
            _finding(change, document, (*steps, index))
            for index, change in enumerate(changes)
            if old or change["level"] >= _LEAST_BREAKING
        ),
    )


def _change(value: object, name: str) -> dict[str, Any]:
    change = mapping(value, name)
    level = change.get("level")
    if isinstance(level, bool) or not isinstance(level, int) or level not in _LEVELS:
        raise Unreadable(f"{name}: its level is {shown(level)}, none of oasdiff's")
    if not isinstance(change.get("id"), str) and not isinstance(change.get("text"), str):
        raise Unreadable(f"{name} has neither an id nor a text, so it is no change that oasdiff tells of")
    if isinstance(change.get("source"), dict):
        raise Unreadable(f"{name} is a finding of `oasdiff validate`, which compares nothing")
    return change


def _is_old(changes: list[dict[str, Any]], document: Structured, *, wrapped: bool) -> bool:
    """Tell the levels of releases up to 1.5 from the later ones.

    Where all levels are 1, the list is old if it has none of the keys that came later, and an id that was a
    WARN then: no later release calls that INFO.
    """
    levels = {change["level"] for change in changes}
    if 0 in levels:
        if max(levels) >= _LEAST_BREAKING:
            raise Unreadable(
                f"{document.file}: its levels are of different releases of oasdiff, 0 and 2 or 3"
            )
        return True
    keys = {key for change in changes for key in change}
    if levels != {1} or wrapped or keys & _ONLY_NEW:
        return False
    return any(change.get("id") in _OLD_WARNINGS for change in changes)


def _finding(change: dict[str, Any], document: Structured, path: tuple[str | int, ...]) -> Finding:
    """Return a finding at the place in the description; where that is not told, in the report."""
    message = _message(change)
    for key in ("revisionSource", "baseSource"):
        source = change.get(key)
        if isinstance(source, dict) and isinstance(source.get("file"), str) and source["file"]:
            return Finding(message, source["file"], _line(source.get("line")))
    source = change.get("source")
    return (
        Finding(message, source) if isinstance(source, str) and source else document.finding(message, *path)
    )


def _line(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None


def _message(change: dict[str, Any]) -> str:
    """Return operation, path, text and id, as far as they are told: a component has neither of the first."""
    where = " ".join(part for key in ("operation", "path") if (part := _text(change, key)))
    text, id_ = _text(change, "text"), _text(change, "id")
    told = f"{text} [{id_}]" if text and id_ else text or id_
    return f"{where}: {told}" if where else told


def _text(change: dict[str, Any], key: str) -> str:
    value = change.get(key)
    return " ".join(value.split()) if isinstance(value, str) else ""
