"""`facts`: what a reader reads from an artefact."""

from collections.abc import Mapping
from typing import Any

from pydantic_core import to_json

from gatekeeper.model.artefact_facts import ArtefactFacts
from gatekeeper.model.evidence import Finding
from gatekeeper.model.report import Screen
from gatekeeper.model.values import describe_value
from gatekeeper.reporters.text.screen import draw, indented, item, shown
from gatekeeper.reporters.wording import outcomes

MOST_ITEMS = 20


def as_json(read: ArtefactFacts) -> str:
    """Return the facts as JSON."""
    document = {
        "schema_version": 1,
        "kind": read.kind,
        "format": read.format,
        "status": read.status,
        "reason": read.reason,
        "facts": _plain(read.as_mapping()),
    }
    return to_json(document, indent=2).decode() + "\n"


def as_table(read: ArtefactFacts, screen: Screen) -> str:
    """Return the facts for a terminal; long lists are shortened."""
    title = f"[bold]{shown(read.kind)}[/] from {shown(read.path)}"
    if read.facts is None:
        return draw(
            [indented(f"{title}: [bold]{read.status}[/]", 0), indented(shown(read.reason or ""), 2)], screen
        )
    parts = [indented(f"{title}, read as {shown(read.format or '')}", 0)]
    for name, value in read.as_mapping().items():
        parts += _lines(name, value)
    return draw(parts, screen)


def _lines(name: str, value: Any) -> list[Any]:
    if value is None:
        return [indented(f"{shown(name)}: null", 2)]
    if not isinstance(value, tuple | list):
        return [indented(f"{shown(name)}: {shown(_words(value))}", 2)]
    lines = [indented(f"{shown(name)}: {len(value):,}", 2)]
    for entry in value[:MOST_ITEMS]:
        where = outcomes.location(entry) if isinstance(entry, Finding) else None
        text = entry.message if isinstance(entry, Finding) else str(entry)
        lines.append(item("-", f"{shown(text)}{f'  {shown(where)}' if where else ''}", 4))
    if len(value) > MOST_ITEMS:
        lines.append(item("-", f"and {len(value) - MOST_ITEMS:,} more", 4))
    return lines


def _words(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key} = {describe_value(item)}" for key, item in value.items()) or "empty"
    return describe_value(value)


def _plain(value: Any) -> Any:
    if isinstance(value, Finding):
        return value._asdict()
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value
