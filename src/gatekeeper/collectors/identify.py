"""What a file is: the kinds and formats whose marks it has, or the tool that wrote it in another format.

`recognises` of each format, or of the module `read` of a kind without formats, looks for its marks. They are
positive, and no two formats share one, except those that serve two kinds. Some have common words as their
keys: `is_distinct` asks for more if no slot says what the file is.
"""

import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cache, lru_cache
from importlib import import_module
from itertools import islice
from types import MappingProxyType
from typing import Any, NamedTuple

from gatekeeper.collectors import KINDS
from gatekeeper.collectors.reading import known_tools, kubernetes
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.files import opened
from gatekeeper.collectors.reading.recognition import PluginFormat, is_marked
from gatekeeper.errors import BrokenPlugin
from gatekeeper.model.evidence import FORMATS_OPTION, Absent, Artefact, ArtefactFile, Unreadable, Unrecognised
from gatekeeper.syntax import SyntaxProblem
from gatekeeper.syntax.json import Json

Own = Mapping[str, Mapping[str, str]]
"""The formats that a workspace describes: their descriptions by kind and name."""
NO_FORMATS: Own = MappingProxyType({})
_TEMPLATES = (".tmpl", ".tpl", ".gotmpl", ".j2", ".jinja", ".jinja2", ".erb", ".hbs", ".mustache")
_MOST_FILES = 200
"""So many files of a folder are identified."""


class Recognised(NamedTuple):
    """A kind of evidence whose marks a file has."""

    kind: str
    format: str
    """The name of the format; of a kind that has none, the name of the kind."""


def identify(artefact: Artefact, own: Own = NO_FORMATS) -> list[Recognised]:
    """Return the kinds and formats of an artefact's files, each once, in the order of the files.

    Args:
        artefact: The artefact.
        own: The formats that the workspace describes, by kind and name.
    """
    found = (match for file in islice(artefact.files, _MOST_FILES) for match in _matches_of(file, own))
    return list(dict.fromkeys(found))


def tool_of(artefact: Artefact) -> known_tools.Tool | None:
    """Return the tool whose unsupported format the first file has; None if no tool is known to write it."""
    contents = (content for file in artefact.files[:1] for content in _contents(file))
    return next(filter(None, map(known_tools.find, contents)), None)


def explained(reason: Unrecognised, kind: str, artefact: Artefact) -> Unreadable:
    """Return why a file is not evidence of a kind: what it is instead, or else the reason that was found."""
    named = [file for file in artefact.files if reason.file in (None, file.name)]
    if len(named) != 1:
        return reason
    part = artefact._replace(files=tuple(named))
    try:
        found = identify(part)
    except BrokenPlugin:
        # The plugin is of another kind.
        return reason
    kinds = list(dict.fromkeys(match.kind for match in found))
    if found and kind not in kinds:
        of = " or ".join(f"`{name}`" for name in kinds)
        what = found[0].format.replace("_", " ")
        return Unreadable(f"{named[0].name}: recognised as {what}, evidence of the kind {of}")
    tool = None if found else tool_of(part)
    return Unreadable(f"{named[0].name}: {tool.sentence}") if tool else reason


def _matches_of(file: ArtefactFile, own: Own) -> list[Recognised]:
    """Return what a file is: for the program, else for the workspace, else for plugins."""
    contents = _contents(file)
    return (
        list(_matches(contents, of_plugins=False))
        or list(_own_matches(contents, own))
        or list(_matches(contents, of_plugins=True))
    )


def _own_matches(contents: Iterable[Content], own: Own) -> Iterator[Recognised]:
    for content in contents:
        for kind, described in own.items():
            formats = import_module(f"{__package__}.{kind}.read").FORMATS
            for name in formats.own_names(content, {FORMATS_OPTION: described}):
                yield Recognised(kind, name)


def _matches(contents: Iterable[Content], *, of_plugins: bool) -> Iterator[Recognised]:
    for content in contents:
        for kind, reader in _readers(of_plugins=of_plugins):
            if formats := getattr(reader, "FORMATS", None):
                yield from (Recognised(kind, name) for name in formats.names(content, of_plugins=of_plugins))
            elif hasattr(reader, "recognises"):
                with suppress(SyntaxProblem, Unreadable):
                    yield from [Recognised(kind, kind)] if is_marked(reader, content) else []


def _readers(*, of_plugins: bool) -> tuple[tuple[str, Any], ...]:
    return (*_own_readers(), *_plugin_readers(tuple(sys.path))) if of_plugins else _own_readers()


@cache
def _own_readers() -> tuple[tuple[str, Any], ...]:
    return tuple((kind, import_module(f"{__package__}.{kind}.read")) for kind in KINDS.names)


@lru_cache(maxsize=8)
def _plugin_readers(path: tuple[str, ...]) -> tuple[tuple[str, Any], ...]:  # noqa: ARG001 - what is installed
    """Return the kinds of plugins. To look through all installed distributions takes longer than a file."""
    kinds: Iterator[tuple[str, Any]] = KINDS.plugins()
    return tuple(
        (kind, PluginFormat[Any](kind, module) if hasattr(module, "recognises") else module)
        for kind, module in kinds
    )


def _contents(file: ArtefactFile) -> list[Content]:
    """Return a file as content, or each of its YAML documents; none if it is empty or cannot be read.

    None for a template either: what it makes of it may be evidence.
    """
    if file.name.casefold().endswith(_TEMPLATES):
        return []
    with suppress(Unreadable):
        if large := Content.large(file):
            return [large]
    with suppress(Absent, Unreadable), opened(file) as data:
        whole = Content(file.name, data)
        if whole.is_xml:
            return [whole]
        for attribute in ("documents", "lines"):
            with suppress(SyntaxProblem):
                parsed = getattr(whole, attribute)
                break
        else:
            parsed = []
        if not any(isinstance(document.value, dict | list) for document in parsed):
            return [Content.unparsed(file.name, data)]
        inner = list(kubernetes.unwrapped(parsed, lambda _: True))
        if inner != parsed or (len(parsed) > 1 and not whole.is_json):
            # A format may also be of a List as a whole.
            return [*map(Content.of, inner), *([whole] if len(parsed) == 1 else [])]
        return [] if _is_empty(parsed[0].value) else [whole]
    return []


def _is_empty(value: Json) -> bool:
    """Return whether a document holds nothing, or nothing but one empty list, as many tools write it."""
    inner = list(value.values()) if isinstance(value, dict) else []
    return value in ({}, []) or (len(inner) == 1 and inner[0] in ([], None))
