"""The settings of a workspace, `gatekeeper.yaml`: where it keeps its parts, and its roadmap."""

import re
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator

from gatekeeper.model.manifest import Manifest, MilestoneId, Words


def _folder(written: object) -> object:
    is_order = isinstance(written, list)
    if is_order:
        raise ValueError("`milestones` is a folder: write the order of milestones as `roadmap: [...]`")
    return written


def _template(written: str) -> str:
    if "{service}" not in written:
        raise ValueError("it names one repository for all services: write {service} where their names differ")
    return written


def _uuid(written: str) -> str:
    # RFC 9562: read in either case, written in lower case. `uuidgen` of macOS writes upper case.
    if re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", written.lower()):
        return written.lower()
    raise ValueError(f"{written!r} is not a UUID: write what `uuidgen` prints")


class Settings(Manifest):
    """`gatekeeper.yaml`: the order of milestones, and other folders than the usual ones."""

    roadmap: tuple[MilestoneId, ...] | None = None
    """The milestones in order; not needed if their ids are one prefix with numbers, such as `M0`, `M1`."""
    gates: Words = "gates"
    """The rulebook, which may be one that several repositories share."""
    services: Words = "services"
    """The plan, and beside each manifest a folder for its artefacts."""
    milestones: Annotated[Words, BeforeValidator(_folder)] = "milestones"
    """Milestones, and the risk register."""
    repository: Annotated[Words, AfterValidator(_template)] | None = None
    """The repository of each service, with `{service}` for its name."""
    workspace: Annotated[Words, AfterValidator(_uuid)] | None = None
    """A UUID that no other workspace has, so that what is signed here does not count elsewhere."""
    governance: Words | None = None
    """A roster of its own if the rulebook is shared; by default `governance.yaml` of the rulebook."""
