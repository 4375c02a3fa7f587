"""Read the facts of an artefact that need not belong to a service."""

import logging
from collections.abc import Mapping
from pathlib import Path

from gatekeeper.collectors import KINDS, find
from gatekeeper.errors import UsageError, nearest
from gatekeeper.evidence.artefacts import Bounds, open_artefact
from gatekeeper.evidence.locating import Locator
from gatekeeper.evidence.reader import collect
from gatekeeper.model.artefact_facts import ArtefactFacts
from gatekeeper.model.evidence import Absent, Options, Unreadable
from gatekeeper.trees import Tree
from gatekeeper.trees.disk import DiskTree

logger = logging.getLogger(__name__)


def read_facts(
    kind: str, path: str, options: Options, folder: Path, tree: Tree | None = None
) -> ArtefactFacts:
    """Return the facts of an artefact.

    Args:
        kind: The kind of evidence to read it as.
        path: A file, a folder or a glob; relative to the folder, and it may be outside of it.
        options: The options of a slot of this kind.
        folder: Where relative paths start.
        tree: The files to read from; by default those on disk.

    Raises:
        UsageError: The kind is unknown, or does not take an option.
    """
    found = find(kind)
    if found is None:
        raise UsageError(f"unknown kind {kind!r}; {nearest(kind, KINDS.names)}")
    for option in options:
        if option not in found.options:
            raise UsageError(f"kind {kind!r} takes no --{option}")
    _check_options(options)
    tree = tree or DiskTree(str(folder))
    try:
        artefact = open_artefact(str(folder), path, Bounds(tree, contained=False))
        collected = collect(kind, artefact, options)
    except Absent as error:
        return ArtefactFacts(kind, path, "missing", None, str(error), None)
    except Unreadable as error:
        return ArtefactFacts(kind, path, "unreadable", None, str(error), None)
    logger.info("read %s as %s: %s", artefact.path, kind, collected.format)
    facts = Locator(tree).located(collected.facts, artefact.path)
    return ArtefactFacts(kind, path, "ok", collected.format, None, facts)


def _check_options(options: Options) -> None:
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
