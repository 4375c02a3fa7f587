"""The settings of a workspace, `gatekeeper.yaml`: roadmap, folders, and the defaults of services."""

import re
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator

from gatekeeper.model import forge_address
from gatekeeper.model.conventions import Conventions
from gatekeeper.model.manifest import MilestoneId, Words
from gatekeeper.trees.remote import check_location
from gatekeeper.version import __version__


def _folder(written: object) -> object:
    is_order = isinstance(written, list)
    if is_order:
        raise ValueError("`milestones` is a folder: write the order of milestones as `roadmap: [...]`")
    return written


def _specifier(written: str) -> str:
    if _excludes(written) is None:
        raise ValueError(f'{written!r} is not a version specifier; write it as ">=0.2"')
    return written


def _uuid(written: str) -> str:
    # RFC 9562: read in either case, written in lower case. `uuidgen` of macOS writes upper case.
    if re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", written.lower()):
        return written.lower()
    raise ValueError(f"{written!r} is not a UUID: write what `uuidgen` prints")


def excludes_this_version(requires: object) -> bool:
    """Return whether `requires` excludes this version of the program; False if it is not a specifier."""
    return isinstance(requires, str) and bool(_excludes(requires))


def _excludes(specifier: str) -> bool | None:
    """Return whether a version specifier excludes this version; None if it is not one."""
    # `===` compares any text, which the message with the command to run would show.
    if "===" in specifier:
        return None
    # Imported late: few workspaces state it.
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    try:
        return not SpecifierSet(specifier).contains(__version__, prereleases=True)
    except InvalidSpecifier:
        return None


class Settings(Conventions):
    """`gatekeeper.yaml`: the order of milestones, folders, and the defaults of services."""

    requires: Annotated[Words, AfterValidator(_specifier)] | None = None
    """The versions of the program that can read this workspace, such as `>=0.2` (PEP 440)."""
    roadmap: tuple[MilestoneId, ...] | None = None
    """The milestones in order; not needed if their ids are one prefix with numbers, such as `M0`, `M1`."""
    gates: Words = "gates"
    """The rulebook, which may be one that several repositories share."""
    services: Words = "services"
    """The plan, and beside each manifest a folder for its artefacts."""
    milestones: Annotated[Words, BeforeValidator(_folder)] = "milestones"
    """Milestones, and the risk register."""
    workspace: Annotated[Words, AfterValidator(_uuid)] | None = None
    """A UUID that no other workspace has, so that what is signed here does not count elsewhere."""
    governance: Words | None = None
    """A roster of its own if the rulebook is shared; by default `governance.yaml` of the rulebook."""
    links: Annotated[Words, AfterValidator(forge_address.check)] | None = None
    """The address of a line of a file on the forge, for the findings of reports.

    `{commit}`, `{path}` and `{line}` stand for those of the finding, `{repository}` for the path of the
    service's repository. Without `{repository}` it is the repository of this workspace.
    """
    records: Annotated[Words, AfterValidator(check_location)] | None = None
    """Where `gatekeeper pull` finds records: `s3://bucket/prefix`, or another of file, http, https and sftp.

    The folder there has a folder for each service, as the plan has: `<service>/evidence/<pipeline>.json`.
    """
