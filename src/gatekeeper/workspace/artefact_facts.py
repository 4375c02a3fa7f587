"""Read the facts of an artefact that need not belong to a service."""

import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from os.path import relpath, sep
from pathlib import Path

from gatekeeper.collectors import KINDS, find
from gatekeeper.collectors.catalogue import Listed, formats
from gatekeeper.collectors.identify import Recognised, identify, tool_of
from gatekeeper.collectors.reading import descriptions
from gatekeeper.collectors.reading.files import beginning_of
from gatekeeper.errors import UsageError, nearest
from gatekeeper.evidence.artefacts import Bounds, open_artefact
from gatekeeper.evidence.locating import Locator
from gatekeeper.evidence.reader import collect, parts_of, stats_of
from gatekeeper.manifests.discovery import FOLDERS, FORMATS, find_workspace, folder_of
from gatekeeper.manifests.own_formats import OwnFormats, load_formats
from gatekeeper.model.artefact_facts import ArtefactFacts, KnownFormat
from gatekeeper.model.evidence import FORMATS_OPTION, Absent, Artefact, Options, Unreadable, known
from gatekeeper.model.service import EvidencePointer
from gatekeeper.trees import Tree
from gatekeeper.trees.disk import DiskTree

_BEGINNING = 65_536
logger = logging.getLogger(__name__)


def read_facts(
    kind: str | None,
    path: str,
    options: Options,
    folder: Path,
    tree: Tree | None = None,
    *,
    prove: bool = False,
    contained: bool = False,
) -> ArtefactFacts:
    """Return the facts of an artefact.

    Args:
        kind: The kind of evidence to read it as. None: the kind whose marks it has.
        path: A file, a folder or a glob; relative to the folder, and it may be outside of it.
        options: The options of a slot of this kind.
        folder: Where relative paths start.
        tree: The files to read from; by default those on disk.
        prove: Whether migrations are run in a throw-away PostgreSQL.
        contained: Whether a path that leads out of the tree, once its links are followed, is refused.

    Raises:
        UsageError: The kind is unknown, or does not take an option.
    """
    tree = tree or DiskTree(str(folder))
    described = _own_formats(folder, tree)
    formats = described.formats
    kinds: tuple[str, ...] = (kind,) if kind else ()
    if kind:
        _check_options(kind, options)
    try:
        artefact = open_artefact(str(folder), path, Bounds(tree, contained))
        if kind is None:
            matches = identify(artefact, formats)
            kinds = tuple(dict.fromkeys(match.kind for match in matches))
            if len(kinds) != 1:
                return _unread(artefact, path, matches, described)
            kind = kinds[0]
            _check_options(kind, options)
        if prove and not ((of := find(kind)) and of.proves):
            raise UsageError(f"--prove runs migrations; {path} is read as {kind}")
        own = {FORMATS_OPTION: formats[kind]} if formats.get(kind) else {}
        collected = collect(kind, artefact, {**options, **own}, prove=prove)
    except Absent as error:
        return ArtefactFacts(kind, path, "missing", reason=str(error), kinds=kinds)
    except Unreadable as error:
        return ArtefactFacts(kind, path, "unreadable", reason=str(error), kinds=kinds)
    logger.info("read %s as %s: %s", artefact.path, kind, collected.format)
    facts = Locator(tree).located(known(collected.facts, collected.origins), artefact.path)
    parts = parts_of(artefact.path, stats_of(artefact), collected.origins, EvidencePointer(path=path))
    return ArtefactFacts(kind, path, "ok", collected.format, None, facts, kinds, parts)


def known_formats(kind: str | None, folder: Path) -> list[KnownFormat]:
    """Return the formats that are read, of one kind or of all, with those of the workspace around a folder.

    Raises:
        UsageError: The kind is unknown.
    """
    if kind and kind not in KINDS.names:
        word = kind.replace(" ", "_").replace("-", "_")
        if of := ", ".join(one.kind for one in formats() if one.name == word):
            raise UsageError(f"{kind!r} is a format of {of}; name a kind")
        raise UsageError(f"unknown kind {kind!r}; {nearest(kind, KINDS.names)}")
    own = [
        Listed(of, name, descriptions.about(descriptions.load(text)))
        for of, texts in _own_formats(folder, DiskTree(str(folder))).formats.items()
        for name, text in texts.items()
    ]
    return [
        KnownFormat(one.kind, one.name, about.tool, about.seen, about.command, about.source)
        for one in sorted([*formats(), *own], key=lambda one: KINDS.names.index(one.kind))
        if kind in (None, one.kind) and (about := one.about)
    ]


def _own_formats(folder: Path, tree: Tree) -> OwnFormats:
    """Return the formats that the workspace around a folder describes."""
    with suppress(UsageError):
        workspace = find_workspace(folder)
        gates = relpath(folder_of(workspace, FOLDERS[0]), workspace).replace(sep, "/")
        return load_formats(lambda path: str(workspace / path), tree, f"{gates}/{FORMATS}")
    return OwnFormats({}, {}, ())


def _unread(
    artefact: Artefact, path: str, matches: Sequence[Recognised], described: OwnFormats
) -> ArtefactFacts:
    """Return what an artefact is that is evidence of several kinds, or of none."""
    if matches:
        kinds = tuple(sorted({match.kind for match in matches}))
        formats = ", ".join(sorted({match.format for match in matches}))
        reason = (
            f"it is evidence of the kinds {', '.join(kinds)}; name one: `gatekeeper facts {kinds[-1]} {path}`"
        )
        return ArtefactFacts(None, path, "several", formats, reason, kinds=kinds)
    if tool := tool_of(artefact):
        return ArtefactFacts(None, path, "unreadable", reason=f"{artefact.path}: {tool.sentence}")
    if not any(beginning_of(file, _BEGINNING).strip() for file in artefact.files):
        return ArtefactFacts(None, path, "missing", reason=f"{artefact.path}: the file is empty")
    reason = (
        f"{artefact.path}: no format is recognised; `gatekeeper facts --formats` lists those that are read"
    )
    if described.problems:
        wrong = ", ".join(dict.fromkeys(problem.file for problem in described.problems))
        reason = f"{reason}; {wrong} has a mistake: `gatekeeper validate` shows it"
    return ArtefactFacts(None, path, "unreadable", reason=reason)


def _check_options(kind: str, options: Options) -> None:
    found = find(kind)
    if found is None:
        raise UsageError(
            f"unknown kind {kind!r}; {nearest(kind, KINDS.names)}; without a kind, it is recognised"
        )
    for option in options:
        if option not in found.options:
            raise UsageError(f"kind {kind!r} takes no --{option}")
    for option, value in options.items():
        if option == "select":
            fits = isinstance(value, Mapping) and all(isinstance(part, str) for part in value.values())
        else:
            fits = isinstance(value, str) or (
                isinstance(value, list | tuple) and all(isinstance(part, str) for part in value)
            )
        if not fits:
            expected = "a mapping of names to texts" if option == "select" else "text or a list of texts"
            raise UsageError(f"{option}={value!r}: write {expected}")
