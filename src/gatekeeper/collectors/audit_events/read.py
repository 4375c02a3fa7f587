"""Read evidence of the kind `audit_events`."""

from collections.abc import Iterator
from typing import NamedTuple

from gatekeeper.collectors.audit_events.facts import AuditEventsFacts
from gatekeeper.collectors.reading.figures import shown, text
from gatekeeper.collectors.reading.files import in_file
from gatekeeper.collectors.reading.merging import collected
from gatekeeper.collectors.reading.structured import Structured, read_all
from gatekeeper.model.evidence import Absent, Artefact, Collected, Options, Unreadable
from gatekeeper.syntax.yaml import Step

_EVENT_KEYS = ("event", "subject")


class _Entry(NamedTuple):
    action: str
    event: str | None
    document: Structured
    path: tuple[Step, ...]


def collect(artefact: Artefact, options: Options) -> Collected[AuditEventsFacts]:  # noqa: ARG001 - this kind has no options
    """Read every file of the artefact and merge the maps."""
    entries: list[_Entry] = []
    for file in artefact.files:
        for document in read_all(file):
            with in_file(file.name):
                entries += _entries(document)
    if not entries:
        raise Absent(f"{artefact.path} lists no action")
    facts = AuditEventsFacts(
        actions=tuple(dict.fromkeys(entry.action for entry in entries)),
        without_event=tuple(
            entry.document.finding(f"{entry.action} emits no event", *entry.path)
            for entry in entries
            if entry.event is None
        ),
        subjects=tuple(dict.fromkeys(entry.event for entry in entries if entry.event is not None)),
    )
    return collected([entry.document for entry in entries], facts)


def _entries(document: Structured) -> Iterator[_Entry]:
    value: object = document.value
    path: tuple[Step, ...] = ()
    if isinstance(value, dict) and "actions" in value:
        value, path = value["actions"], ("actions",)
    match value:
        case None:
            return
        case dict():
            for action, event in value.items():
                yield _Entry(_action(action), _event(event, action), document, (*path, action))
        case list():
            for index, item in enumerate(value):
                yield _Entry(*_listed(item, index), document, (*path, index))
        case _:
            raise Unreadable(f"{shown(value)} is neither a mapping nor a list of actions")


def _listed(item: object, index: int) -> tuple[str, str | None]:
    if not isinstance(item, dict) or "action" not in item:
        raise Unreadable(f"entry {index + 1} of the list names no action")
    action = _action(item["action"])
    return action, _event(item, action)


def _action(action: object) -> str:
    if not text(action, "an action").strip():
        raise Unreadable("an action has no name")
    return str(action)


def _event(value: object, action: str) -> str | None:
    if isinstance(value, dict):
        value = next((value[key] for key in _EVENT_KEYS if value.get(key) is not None), None)
    if value is None:
        return None
    return text(value, f"the event of {shown(action)}").strip() or None
