"""The words that a shell completes: fixed ones, and names from the workspace.

Manifests are searched for names, not loaded: they need not be valid, and completion must be fast. A name
that a shell would interpret is left out, because file names are untrusted.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import typer

from gatekeeper.errors import UsageError

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def among(*words: str) -> Callable[[], list[str]]:
    """Return a completion to one of these words."""
    return lambda: list(words)


def schemas() -> list[str]:
    """Return the names of the schemas of manifests."""
    from gatekeeper.manifests.schema import MODELS

    return list(MODELS)


def destinations() -> list[str]:
    """Return the destinations of a deployment."""
    from gatekeeper.model.rulebook import Destination

    return list(Destination)


def fail_on() -> list[str]:
    """Return the values of `--fail-on`."""
    from gatekeeper.model.status import FailOn

    return list(FailOn)


def levels() -> list[str]:
    """Return the levels that need signatures."""
    from gatekeeper.model.level import Level

    return [str(level) for level in Level if level is not Level.L0]


def kinds() -> list[str]:
    """Return the kinds of evidence that come with the program; none is imported."""
    from gatekeeper.collectors import KINDS

    return list(KINDS.names)


def reporters() -> list[str]:
    """Return the output formats of `check` that come with the program."""
    from gatekeeper.reporters import REPORTERS

    return list(REPORTERS.names)


def services(context: typer.Context) -> list[str]:
    """Return the services of the workspace."""
    return _words(context, lambda root: _names(root, "services"))


def milestones(context: typer.Context) -> list[str]:
    """Return the milestones of the workspace."""
    return _words(context, lambda root: _names(root, "milestones"))


def gates(context: typer.Context) -> list[str]:
    """Return the gates of the rulebook."""
    return _words(context, lambda root: (name for name in _names(root, "gates") if name[1:].isdigit()))


def owners(context: typer.Context) -> list[str]:
    """Return the owners of services."""
    return _words(
        context, lambda root: _found(root, "services", r"^owner:\s*[\"']?([^\s\"'#]+)[\"']?\s*(?:#|$)")
    )


def criteria(context: typer.Context) -> list[str]:
    """Return the criteria of gates and levels."""
    return _words(context, lambda root: _found(root, "gates", r"^\s*-\s*\{?\s*id:\s*[\"']?([^\s\"'#,}]+)"))


def exceptions(context: typer.Context) -> list[str]:
    """Return the ids of exceptions in the risk register."""
    return _words(context, lambda root: _names(root, "milestones", "risk-register"))


def roles(context: typer.Context) -> list[str]:
    """Return the roles in which people sign and attest."""
    return _words(context, lambda root: _keys(root, "roles"))


def people(context: typer.Context) -> list[str]:
    """Return the people of the roster."""
    return _words(context, lambda root: _keys(root, "roster"))


def _words(context: typer.Context, find: Callable[[Path], Iterable[str]]) -> list[str]:
    from gatekeeper.manifests.discovery import find_workspace

    # While a line is being completed, typer does not convert its values.
    start = Path(context.find_root().params.get("directory") or ".")
    try:
        found = set(find(find_workspace(start.expanduser())))
    except (OSError, ValueError, RuntimeError, UsageError):
        return []
    return sorted(word for word in found if _PLAIN.fullmatch(word))


def _names(root: Path, part: str, below: str = "") -> Iterator[str]:
    from gatekeeper.manifests.discovery import folder_of, manifests_in

    return (file.stem for file in manifests_in(folder_of(root, part) / below))


def _found(root: Path, part: str, pattern: str) -> Iterator[str]:
    from gatekeeper.manifests.discovery import folder_of, manifests_in

    for file in manifests_in(folder_of(root, part)):
        yield from re.findall(pattern, file.read_text("utf-8", "replace"), re.MULTILINE)


def _keys(root: Path, of: str) -> Iterator[str]:
    from gatekeeper.manifests.discovery import governance_file

    text = governance_file(root).read_text("utf-8", "replace")
    block = re.search(rf"^{of}:[^\n]*\n((?:[ \t#][^\n]*\n|\n)*)", text, re.MULTILINE)
    yield from re.findall(r"^ {1,4}([^\s:#]+):", block.group(1) if block else "", re.MULTILINE)
