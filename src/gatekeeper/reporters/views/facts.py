"""`facts`: what a reader reads from an artefact."""

from collections.abc import Mapping, Sequence
from typing import Any

from gatekeeper.model.artefact_facts import ArtefactFacts
from gatekeeper.model.evidence import Evidence, EvidenceStatus, Finding
from gatekeeper.model.values import describe_value
from gatekeeper.reporters.json import part
from gatekeeper.reporters.text.screen import Parts, indented, item, shown
from gatekeeper.reporters.wording import outcomes
from gatekeeper.reporters.wording.provenance import flaws, known_about

MOST_ITEMS = 20


def data(read: ArtefactFacts) -> dict[str, Any]:
    """Return the facts as plain data."""
    return {
        "kind": read.kind,
        "kinds": list(read.kinds),
        "format": read.format,
        "status": read.status,
        "reason": read.reason,
        "parts": list(map(part, read.parts)),
        "facts": _plain(read.as_mapping()),
    }


def parts(read: ArtefactFacts) -> Parts:
    """Yield the facts; long lists are shortened."""
    title = f"[bold]{shown(read.kind)}[/] from {shown(read.path)}" if read.kind else shown(read.path)
    if read.facts is None:
        status = f"recognised as {shown(read.format)}" if read.format else f"[bold]{read.status}[/]"
        yield indented(f"{title}: {status}", 0)
        yield indented(shown((read.reason or "").removeprefix(f"{read.path}: ")), 2)
        return
    evidence = Evidence(read.path, EvidenceStatus.OK, parts=read.parts)
    yield indented(title, 0)
    yield indented(shown(known_about(evidence)), 2)
    yield from (item("-", shown(line), 4) for line in flaws(evidence))
    for name, value in read.as_mapping().items():
        is_list = isinstance(value, tuple | list)
        words = f"{len(value):,}" if is_list else "null" if value is None else shown(_words(value))
        yield indented(f"{shown(name)}: {words}", 2)
        if is_list:
            yield from _items(value)


def _items(values: Sequence[Any]) -> Parts:
    for entry in values[:MOST_ITEMS]:
        where = outcomes.location(entry) if isinstance(entry, Finding) else None
        text = entry.message if isinstance(entry, Finding) else str(entry)
        yield item("-", "  ".join(map(shown, filter(None, (text, where)))), 4)
    if len(values) > MOST_ITEMS:
        yield item("-", f"and {len(values) - MOST_ITEMS:,} more", 4)


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
