"""Check the words that a team chooses for a new workspace."""

import os
import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from gatekeeper.errors import UsageError
from gatekeeper.judging.rules.binding import RESERVED
from gatekeeper.manifests.discovery import NOT_GATES, find_repository
from gatekeeper.model.manifest import ID, NAME


def parse_ids(written: str, noun: str, at_least: int = 1, taken: Iterable[str] = ()) -> tuple[str, ...]:
    """Return the ids of a list separated by commas.

    Args:
        written: The list.
        noun: What the ids are of, such as `gate`.
        at_least: The least number of ids.
        taken: Ids that are in use already.

    Raises:
        UsageError: An id is invalid, reserved or in use, or too few. The message says what to write.
    """
    ids = tuple(filter(None, (part.strip() for part in written.split(","))))
    if len(ids) < at_least:
        few = f"one {noun}" if at_least == 1 else f"{at_least} {noun}s, separated by commas"
        raise UsageError(f"write at least {few}")
    seen = {id_.casefold(): id_ for id_ in taken}
    for id_ in ids:
        _check(id_, noun)
        if other := seen.get(id_.casefold()):
            raise UsageError(f"{id_!r} is the same as {other!r}, ignoring case: write another {noun}")
        seen[id_.casefold()] = id_
    return ids


def parse_role(written: str) -> str | None:
    """Return the role that signs; None if nobody does."""
    return None if written.strip().casefold() in ("", "none") else parse_name(written, "role")


class ServiceAround(NamedTuple):
    """The service whose repository a workspace is in."""

    service: str
    folder: str
    """The folder of the repository, relative to the workspace."""


def service_around(workspace: Path) -> ServiceAround | None:
    """Return the service of the repository of a workspace, if it is in a folder of one; else None.

    Its name is that of the repository's folder.
    """
    root = workspace.resolve()
    repository = find_repository(root)
    if root == repository or not re.fullmatch(NAME, repository.name):
        return None
    return ServiceAround(repository.name, os.path.relpath(repository, root).replace(os.sep, "/"))


def parse_service(written: str) -> str | None:
    """Return the name of the first service; None for the word `none`."""
    return None if written.strip().casefold() == "none" else parse_name(written, "service")


def parse_name(written: str, noun: str) -> str:
    """Return the name of a service or role, which must be safe as a file name."""
    name = written.strip()
    if not re.fullmatch(NAME, name):
        raise UsageError(
            f"{name!r} is not a name for a {noun}: use letters, digits, '-', '_' and '.', "
            f"the first one a letter or digit{_instead(name)}"
        )
    return name


def parse_owner(written: str) -> str:
    """Return the name of a team, which may have spaces."""
    if not written.strip():
        raise UsageError("write the name of the team that owns the service")
    return written.strip()


def team_of(service: str) -> str:
    """Return the default owner of a service."""
    return f"team-{service.removesuffix('-service')}"


def _check(id_: str, noun: str) -> None:
    if not re.fullmatch(ID, id_):
        raise UsageError(
            f"{id_!r} is not an id for a {noun}: use up to 32 letters, digits, '-' and '_', "
            f"the first one a letter or digit{_instead(id_)}"
        )
    if id_.casefold() in RESERVED | NOT_GATES:
        raise UsageError(f"{id_!r} is reserved: write another {noun}, for example {id_}-1")


def _instead(written: str) -> str:
    """Return a similar id to write instead: `, for example in-review`; empty if nothing is similar."""
    ascii_ = unicodedata.normalize("NFKD", written).encode("ascii", "ignore").decode()
    id_ = re.sub(r"[^A-Za-z0-9_-]+", "-", ascii_).strip("-_")[:32]
    return f", for example {id_}" if id_ else ""
