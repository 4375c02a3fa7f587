"""What a file is: the kinds and formats whose marks it has, or the tool that wrote it in another format.

`recognises` of each format, or of the module `read` of a kind without formats, looks for its marks. They are
positive, and no two formats share one, except those that serve two kinds.
"""

from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module
from itertools import islice
from typing import Any, NamedTuple

from gatekeeper.collectors import KINDS
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.files import opened
from gatekeeper.collectors.reading.known_tools import TOOLS, Tool
from gatekeeper.collectors.reading.structured import Structured
from gatekeeper.errors import BrokenPlugin
from gatekeeper.model.evidence import Absent, Artefact, ArtefactFile, Unreadable, Unrecognised
from gatekeeper.syntax import SyntaxProblem

_MOST_FILES = 200
"""So many files of a folder are identified."""


class Recognised(NamedTuple):
    """A kind of evidence whose marks a file has."""

    kind: str
    format: str
    """The name of the format; of a kind that has none, the name of the kind."""


def identify(artefact: Artefact) -> list[Recognised]:
    """Return the kinds and formats of an artefact's files, each once, in the order of the files."""
    found = (match for file in islice(artefact.files, _MOST_FILES) for match in _matches_of(file))
    return list(dict.fromkeys(found))


def tool_of(artefact: Artefact) -> Tool | None:
    """Return the tool whose unsupported format the first file has; None if no tool is known to write it."""
    contents = (content for file in artefact.files[:1] for content in _contents(file))
    return next((tool for content in contents for tool in TOOLS if tool.wrote(content)), None)


def supported() -> dict[str, list[str]]:
    """Return the names of the formats of every kind; an empty list for a kind without formats."""
    formats = ((kind, getattr(reader, "FORMATS", None)) for kind, reader in _readers())
    return {kind: known.supported if known else [] for kind, known in formats}


def explained(reason: Unrecognised, kind: str, artefact: Artefact) -> Unreadable:
    """Return why a file is not evidence of a kind: what it is instead, or else the reason that was found."""
    named = [file for file in artefact.files if reason.file in (None, file.name)]
    if len(named) != 1:
        return reason
    part = Artefact(artefact.path, (named[0],))
    try:
        found = identify(part)
    except BrokenPlugin:
        # The plugin is of another kind.
        return reason
    if any(match.kind == kind for match in found):
        return reason
    if found:
        format_ = found[0].format.replace("_", " ")
        return Unreadable(f"{named[0].name}: recognised as {format_}, {of_kinds(found)}")
    tool = tool_of(part)
    return Unreadable(f"{named[0].name}: {tool.sentence}") if tool else reason


def of_kinds(found: list[Recognised]) -> str:
    """Return the kinds of matches as words."""
    kinds = " or ".join(f"`{kind}`" for kind in dict.fromkeys(match.kind for match in found))
    return f"evidence of the kind {kinds}"


def _matches_of(file: ArtefactFile) -> Iterator[Recognised]:
    for content in _contents(file):
        for kind, reader in _readers():
            if formats := getattr(reader, "FORMATS", None):
                yield from (Recognised(kind, name) for name in formats.names(content))
            elif _recognises(reader, content):
                yield Recognised(kind, kind)


def _recognises(reader: Any, content: Content) -> bool:
    with suppress(SyntaxProblem, Unreadable, AttributeError):
        return bool(reader.recognises(content))
    return False


def _readers() -> Iterator[tuple[str, Any]]:
    for kind in KINDS.names:
        yield kind, import_module(f"{__package__}.{kind}.read")
    yield from KINDS.plugins()


def _contents(file: ArtefactFile) -> list[Content]:
    """Return a file as content, or each of its YAML documents; none if it is empty or cannot be read."""
    with suppress(Absent, Unreadable), opened(file) as data:
        whole = Content(file.name, data)
        if whole.is_xml:
            return [whole]
        documents = _parsed(whole)
        if not any(isinstance(document.value, dict | list) for document in documents):
            return [Content.unparsed(file.name, data)]
        if len(documents) > 1 and not whole.is_json:
            return [Content.of(document) for document in documents]
        return [] if documents[0].value in ({}, []) else [whole]
    return []


def _parsed(content: Content) -> list[Structured]:
    with suppress(SyntaxProblem):
        return content.documents
    with suppress(SyntaxProblem):
        return content.lines
    return []
