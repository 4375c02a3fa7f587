"""Read the example of a described format, and compare the facts with those that its description promises."""

from collections.abc import Iterator, Mapping
from typing import Any

from gatekeeper.collectors import find
from gatekeeper.collectors.reading import descriptions
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.described import Described, DescribedFormat
from gatekeeper.model.evidence import (
    FORMATS_OPTION,
    Absent,
    Artefact,
    ArtefactFile,
    Finding,
    Options,
    Unreadable,
)
from gatekeeper.model.format import Example, FormatDescription


def misses(
    description: FormatDescription, example: Example, data: bytes, own: Mapping[str, str] | None = None
) -> Iterator[str]:
    """Yield what does not come out as an example says.

    Args:
        description: The description of the format, which is valid.
        example: The example.
        data: The content of its file.
        own: The descriptions of the workspace's own formats of the kind.
    """
    kind = find(description.kind)
    artefact = Artefact(example.in_, (ArtefactFile(example.in_, lambda: data),))
    options: Options = {FORMATS_OPTION: own} if own else {}
    try:
        collected = kind.collect(artefact, options) if kind else None
    except (Absent, Unreadable) as reason:
        yield str(reason)
        return
    if collected is None:
        return
    if collected.format != description.format:
        yield f"{example.in_} is read as {collected.format}, not as {description.format}"
        return
    yield from _left_over(description, data)
    facts: Mapping[str, Any] = collected.facts._asdict()
    for name, expected in example.facts.items():
        if name not in facts:
            yield f"the kind {description.kind} has no fact {name!r}"
        elif not _agrees(expected, facts[name]):
            yield f"{name} is {_plain(facts[name])!r}, not {expected!r}"


def _left_over(description: FormatDescription, data: bytes) -> Iterator[str]:
    """Yield the words of the example that `map` does not translate, and the lists that no key names."""
    adapter = descriptions.adapter_of(description.kind)
    if adapter is None:
        return
    described = Described(DescribedFormat(description, adapter).plan, Content("", data))
    unknown = {(name, word): None for row in described.rows for name, word in row.unmapped.items()}
    for name, word in unknown:
        yield f"the `map` of {name} has no word {word}"
    for one in described.origin().not_understood:
        yield f"not understood: {one.place.message}; name it under `items` or `beside`"


def _agrees(expected: Any, found: Any) -> bool:
    """Return whether a fact is as expected; a number means a list of so many."""
    if isinstance(found, tuple) and isinstance(expected, int):
        return len(found) == expected
    return bool(_plain(found) == expected) and isinstance(expected, bool) == isinstance(found, bool)


def _plain(value: Any) -> Any:
    match value:
        case Finding():
            return value.message
        case tuple():
            return [_plain(one) for one in value]
        case float():
            return round(value, 4)
        case _:
            return value
