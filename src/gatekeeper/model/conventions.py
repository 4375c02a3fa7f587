"""Conventions of a workspace: where services keep their artefacts, unless a manifest says otherwise."""

import re
from typing import Annotated

from pydantic import AfterValidator

from gatekeeper.errors import nearest
from gatekeeper.model.manifest import Manifest, Name, Number, Words
from gatekeeper.model.service import EvidenceEntry, EvidencePointer, Service, relative

PLACEHOLDERS = ("service", "repository")
"""The words in braces that stand for a part of a path: the service's name, and that of its repository."""
PLACEHOLDER = re.compile(r"\{(\w+)\}")
"""A single word in braces; a list with commas belongs to a glob."""


def _template(path: str) -> str:
    for word in PLACEHOLDER.findall(relative(path)):
        if word not in PLACEHOLDERS:
            raise ValueError(f"unknown placeholder {{{word}}} in {path!r}; {nearest(word, PLACEHOLDERS)}")
    return path


def _default(pointer: EvidencePointer) -> EvidencePointer:
    _template(pointer.path)
    return pointer


def _repository(written: str) -> str:
    if "{service}" not in written:
        raise ValueError("it names one repository for all services: write {service} where their names differ")
    return written


Folder = Annotated[Words, AfterValidator(_template)]
DefaultEntry = Annotated[EvidenceEntry, AfterValidator(_default)]


class Profile(Manifest):
    """The defaults of the services of one technology."""

    about: Words | None = None
    """For readers."""
    evidence: dict[Name, DefaultEntry] = {}
    """The artefacts by slot; paths may contain `{service}` and `{repository}`. `none` maps none."""
    targets: dict[Name, Number] = {}
    """Numbers that criteria compare with."""
    labels: tuple[Words, ...] = ()
    """Labels that the services have besides their own."""


class Conventions(Manifest):
    """The defaults of all services, and those of each technology."""

    repository: Annotated[Words, AfterValidator(_repository)] | None = None
    """The repository of each service, with `{service}` for its name."""
    folder: Folder | None = None
    """The folder of a service's artefacts, relative to this file; by default that beside its manifest.

    `{service}` stands for the service's name, `{repository}` for the last part of its repository's address.
    """
    evidence: dict[Name, DefaultEntry] = {}
    """The artefacts of every service by slot, with the same placeholders; a profile or manifest prevails."""
    profiles: dict[Name, Profile] = {}
    """The defaults of the services that name a profile: `profile: go-service`."""

    def repository_of(self, service: Service) -> str | None:
        """Return the address of a service's repository, stated or derived; None if it is unknown."""
        derived = self.repository.replace("{service}", service.service) if self.repository else None
        return service.identity.repository or derived
