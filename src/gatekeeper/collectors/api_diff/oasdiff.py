"""The JSON or YAML of `oasdiff breaking` and `oasdiff changelog`, of every release.

https://github.com/oasdiff/oasdiff, `formatters/changes.go`: a list of changes, or `{changes, diff_empty}`.
Since 1.6 the level 3 is ERR, "definite breaking changes", 2 is WARN, "potential breaking changes", and 1 is
INFO. ERR and WARN are both breaking, as `oasdiff breaking` lists both: a change whose effect a description
cannot show is not safe. Up to 1.5 there were breaking changes only, with 0 for ERR and 1 for WARN.

Not modelled: other levels; whether such a change is breaking is not understood.
"""

from typing import NamedTuple

from gatekeeper.collectors.api_diff.facts import PLACES
from gatekeeper.collectors.api_diff.read import ApiChanges
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.figures import line_or_none, listing, mapping, shown
from gatekeeper.collectors.reading.ledger import Ledger
from gatekeeper.collectors.reading.structured import Structured
from gatekeeper.model.evidence import Finding, Origin, Unreadable
from gatekeeper.syntax.json import Json, Object

ABOUT = About(
    tool="oasdiff",
    seen="1.5 by its source, 1.6 and later, with the layout of June 2026",
    source="https://github.com/oasdiff/oasdiff/blob/main/formatters/changes.go",
    command="oasdiff changelog --format json base.yaml head.yaml > api-diff.json",
    recognised=(
        "a list, or the key `changes`, of entries with `level` and `id` or `text`; an empty list; "
        "the key `diff_empty`"
    ),
    models="every change with its level and place; ERR and WARN are breaking",
    not_modelled="a level that oasdiff does not have, which is not understood",
)

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
"""Changes that releases up to 1.5 called a WARN; later releases give none of them the level 1."""


class _Listed(NamedTuple):
    """A change as the report lists it."""

    written: Object
    level: int | None
    """None: it is not one of oasdiff."""


_OF_A_CHANGE = frozenset({"operation", "operationId", "path", "section", "fingerprint"})


def recognises(content: Content) -> bool:
    """Return whether the document lists changes, each with a level and an id or text, or is an empty list."""
    listed = content.fields.get("changes", content.document.value)
    rows = listed if isinstance(listed, list) else ()
    marked = any(isinstance(row, dict) and "level" in row and ("id" in row or "text" in row) for row in rows)
    return marked or listed == [] or "diff_empty" in content.fields


def is_distinct(content: Content) -> bool:
    """Return whether a change says what it is about: lines of a log have levels and texts, too."""
    changes = content.fields.get("changes", content.document.value)
    rows = changes if isinstance(changes, list) else ()
    marked = any(isinstance(row, dict) and not _OF_A_CHANGE.isdisjoint(row) for row in rows)
    return marked or "diff_empty" in content.fields


def read(content: Content) -> ApiChanges:
    """Return the changes, and which of them are breaking."""
    document = content.document
    steps = ("changes",) if isinstance(document.value, dict) else ()
    listed = document.object["changes"] if steps else document.value
    changes = [
        _change(change, f"change {number}") for number, change in enumerate(listing(listed, "changes"), 1)
    ]
    if steps and changes and document.object.get("diff_empty") is True:
        raise Unreadable("it lists changes and has `diff_empty: true`")
    old = _is_old(changes, wrapped=bool(steps))
    ledger, breaking = Ledger(PLACES), []
    for index, (written, level) in enumerate(changes):
        found = _finding(written, document, (*steps, index))
        if level is None:
            message = f"{found.message}: its level is {shown(written.get('level'))}, not one of oasdiff"
            ledger.add("level", found._replace(message=message))
        elif old or level >= _LEAST_BREAKING:
            breaking.append(found)
    return ApiChanges(Origin("oasdiff", not_understood=ledger.places(), items=len(changes)), tuple(breaking))


def _change(value: Json, name: str) -> _Listed:
    change = mapping(value, name)
    level = change.get("level")
    known = level if isinstance(level, int) and not isinstance(level, bool) and level in _LEVELS else None
    if not isinstance(change.get("id"), str) and not isinstance(change.get("text"), str):
        raise Unreadable(f"{name} has neither an id nor a text, so it is not a change of oasdiff")
    if isinstance(change.get("source"), dict):
        raise Unreadable(f"{name} is a finding of `oasdiff validate`, which compares nothing")
    return _Listed(change, known)


def _is_old(changes: list[_Listed], *, wrapped: bool) -> bool:
    """Return whether the levels are those of releases up to 1.5.

    If all levels are 1, the list is old if it has none of the keys that came later, and an id that was a WARN
    then: no later release calls that INFO.
    """
    levels = {change.level for change in changes if change.level is not None}
    if 0 in levels:
        if max(levels) >= _LEAST_BREAKING:
            raise Unreadable("its levels are of different releases of oasdiff, 0 and 2 or 3")
        return True
    keys = {key for change in changes for key in change.written}
    if levels != {1} or wrapped or keys & _ONLY_NEW:
        return False
    return any(_text(change.written, "id") in _OLD_WARNINGS for change in changes)


def _finding(change: Object, document: Structured, path: tuple[str | int, ...]) -> Finding:
    """Return a finding at the place in the description, or in the report if it does not name that place."""
    message = _message(change)
    for key in ("revisionSource", "baseSource"):
        source = change.get(key)
        if isinstance(source, dict) and isinstance(file := source.get("file"), str) and file:
            return Finding(message, file, line_or_none(source.get("line")))
    source = change.get("source")
    return (
        Finding(message, source) if isinstance(source, str) and source else document.finding(message, *path)
    )


def _message(change: Object) -> str:
    """Return operation, path, text and id; a change of a component has neither operation nor path."""
    where = " ".join(part for key in ("operation", "path") if (part := _text(change, key)))
    text, id_ = _text(change, "text"), _text(change, "id")
    described = f"{text} [{id_}]" if text and id_ else text or id_
    return f"{where}: {described}" if where else described


def _text(change: Object, key: str) -> str:
    value = change.get(key)
    return " ".join(value.split()) if isinstance(value, str) else ""
