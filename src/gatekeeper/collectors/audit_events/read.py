"""Read evidence of the kind `audit_events`."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from gatekeeper.collectors.audit_events.facts import PLACES, AuditEventsFacts
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.figures import shown, text
from gatekeeper.collectors.reading.ledger import Ledger
from gatekeeper.collectors.reading.node import Node
from gatekeeper.collectors.reading.placeholders import is_unwritten
from gatekeeper.collectors.reading.recognition import read_registers
from gatekeeper.model.evidence import Absent, Artefact, Collected, Options, Unreadable
from gatekeeper.syntax.json import Json

ABOUT = About(
    tool="a map of audit events, which people write",
    seen="YAML and JSON",
    source="docs/evidence.md#registers-that-you-write",
    command=None,
    recognised=(
        "the key `actions` with a mapping or a list, or a list of entries with `action` and "
        "`event` or `subject`"
    ),
    models="the actions and the subjects of their events",
)

_EVENT_KEYS = ("event", "subject")
_NAME = re.compile(r"\S*[^\W_]([._:/-][^\W_]|(?<=[a-z\d])[A-Z])\S*")
_EXPECTED = "not a map of audit events: expected `actions`, or a list of entries `{action, event}`"


class _Entry(NamedTuple):
    action: str
    event: str | None
    place: Node


def recognises(content: Content) -> bool:
    """Return whether the document has `actions`, or lists entries with an action and its event.

    An audit of npm 6 or pnpm has `actions`, too: the updates that it advises, beside `advisories`.
    """
    listed = (row for row in content.rows if "action" in row and not row.keys().isdisjoint(_EVENT_KEYS))
    named = "actions" in content.fields and isinstance(content.fields["actions"], dict | list | None)
    return (named and "advisories" not in content.fields) or any(listed)


def is_distinct(content: Content) -> bool:
    """Return whether an event has a name such as `invoice.paid`: other files map actions to labels."""
    actions = content.fields.get("actions")
    listed = content.rows if actions is None else actions
    if isinstance(actions, dict):
        events = [_event_of(value) for value in actions.values()]
    else:
        rows = listed if isinstance(listed, list) else []
        events = [_event_of(row) for row in rows if isinstance(row, dict) and "action" in row]
    is_map = all(event is None or isinstance(event, str) for event in events)
    return is_map and any(isinstance(event, str) and _NAME.fullmatch(event) for event in events)


def _event_of(value: Json) -> Json:
    """Return the name of an event, or what is in its place."""
    if not isinstance(value, dict):
        return value
    return next((value[key] for key in _EVENT_KEYS if key in value), None)


def collect(artefact: Artefact, options: Options) -> Collected[AuditEventsFacts]:  # noqa: ARG001 - this kind has no options
    """Read every file of the artefact and merge the maps."""
    ledger = Ledger(PLACES)
    maps, origins = read_registers(
        artefact, recognises, _EXPECTED, lambda one: [*_entries(Node.of(one))], ledger, "actions"
    )
    found = [entry for entries_ in maps for entry in entries_]
    if not found:
        raise Absent(f"{artefact.path} lists no action")
    facts = AuditEventsFacts(
        actions=tuple(dict.fromkeys(entry.action for entry in found)),
        without_event=tuple(
            entry.place.finding(f"{entry.action} emits no event") for entry in found if entry.event is None
        ),
        subjects=tuple(dict.fromkeys(entry.event for entry in found if entry.event is not None)),
    )
    return Collected(facts, ledger.told_with(origins))


def _entries(root: Node) -> Iterator[_Entry]:
    actions = root.get("actions") if isinstance(root.value, dict) else root
    if actions and isinstance(actions.value, dict):
        yield from (
            _Entry(_action(name), _event(place.value, name), place) for name, place in actions.items()
        )
        return
    for number, place in enumerate(actions.listed() if actions else (), 1):
        if not isinstance(place.value, dict) or "action" not in place.value:
            raise Unreadable(f"entry {number} of the list names no action")
        action = _action(place.value["action"])
        yield _Entry(action, _event(place.value, action), place)


def _action(action: object) -> str:
    if not text(action, "an action").strip():
        raise Unreadable("an action has no name")
    return str(action)


def _event(value: object, action: str) -> str | None:
    if isinstance(value, dict):
        value = next((value[key] for key in _EVENT_KEYS if value.get(key) is not None), None)
    if value is None:
        return None
    event = text(value, f"the event of {shown(action)}").strip()
    return None if is_unwritten(event) else event
