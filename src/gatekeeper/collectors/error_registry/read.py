"""Read evidence of the kind `error_registry`."""

import re
from collections.abc import Iterator

from gatekeeper.collectors.error_registry.facts import PLACES, ErrorRegistryFacts
from gatekeeper.collectors.formats import error_codes
from gatekeeper.collectors.formats.error_codes import Code
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.figures import shown
from gatekeeper.collectors.reading.ledger import Ledger
from gatekeeper.collectors.reading.node import Node
from gatekeeper.collectors.reading.recognition import read_registers
from gatekeeper.collectors.reading.structured import Structured
from gatekeeper.model.evidence import Absent, Artefact, Collected, Options
from gatekeeper.syntax.json import Json

ABOUT = About(
    tool="a registry of error codes, which people write",
    seen="YAML and JSON",
    source="docs/evidence.md#registers-that-you-write",
    command=None,
    recognised="the key `codes` or `errors`, beside nothing that the report of a tool has",
    models="the codes, and those that are listed twice",
)

_BLANK = re.compile(r"\s")
_CODE = re.compile(r"[A-Z][A-Z0-9]*([._-][A-Z0-9]+)+|[A-Z]+-?[0-9]{2,}|[a-z0-9_-]+([.:/][a-z0-9_-]+)+")
_OF_AN_ANSWER = frozenset({"path", "extensions", "locations", "source", "pointer", "instance", "timestamp"})
_WRAPPERS = ("codes", "errors")
_EXPECTED = "not a registry of error codes: expected `codes` or `errors`"
_BESIDE = frozenset({"$schema", "version", "title", "name", "description", "owner", "updated"})
"""Keys that a registry may have beside its list; reports of tools have others."""


def recognises(content: Content) -> bool:
    """Return whether the document has `codes`, or `errors` and nothing that a report of a tool has."""
    listed = (content.fields.get(key) for key in _WRAPPERS)
    others = content.fields.keys() - set(_WRAPPERS) - _BESIDE
    return not others and any(isinstance(codes, dict | list) for codes in listed)


def is_distinct(content: Content) -> bool:
    """Return whether a code is written as codes are, and not in what a service answers or in translations."""
    return any(_are_codes(content.fields.get(key)) for key in _WRAPPERS)


def _are_codes(listed: Json) -> bool:
    rows = listed if isinstance(listed, list) else []
    if any(isinstance(row, dict) and not _OF_AN_ANSWER.isdisjoint(row) for row in rows):
        return False
    names: list[Json] = [*listed] if isinstance(listed, dict) else []
    names += [row.get("code") if isinstance(row, dict) else row for row in rows]
    return any(isinstance(name, str) and _CODE.fullmatch(name) for name in names)


def collect(artefact: Artefact, options: Options) -> Collected[ErrorRegistryFacts]:  # noqa: ARG001 - this kind has no options
    """Read every file of the registry."""
    first: dict[str, Code] = {}
    duplicates = []
    ledger = Ledger(PLACES)
    documents, origins = read_registers(artefact, recognises, _EXPECTED, lambda one: one, ledger, *_WRAPPERS)
    for code in [code for document in documents if document.value for code in _codes(document)]:
        if (earlier := first.setdefault(code.text, code)) is not code:
            shown = code.text if code.text.isprintable() else repr(code.text)
            where = earlier.place.place()
            duplicates.append(code.place.finding(f"{shown} is listed before, at {where}"))
    if not first:
        raise Absent(f"{artefact.path} lists no code")
    return Collected(ErrorRegistryFacts(tuple(first), tuple(duplicates)), ledger.told_with(origins))


def _codes(document: Structured) -> Iterator[Code]:
    for key in _WRAPPERS:
        if value := document.object.get(key):
            for code in error_codes.read(Node(document, (key,), value)):
                if _BLANK.search(code.text):
                    raise code.place.flaw(
                        f"is {shown(code.text)}, a text and not a code: write it without blanks"
                    )
                yield code
