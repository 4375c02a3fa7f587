"""The subjects of an artefact, by the machine identifiers that its tool writes."""

import re
from collections.abc import Iterable

from gatekeeper.model.evidence import Subject, SubjectType

_FILE = re.compile(r"[./\\]|.*(://|\.(tar|tgz|tar\.gz|sif)$)", re.IGNORECASE)


def images(*names: object) -> tuple[Subject, ...]:
    """Return the images with these names, or lists of names; empty names and paths of archives name none."""
    listed = (one for name in names for one in (name if isinstance(name, list) else [name]))
    return tuple(image for image in _named(SubjectType.IMAGE, listed) if not _FILE.match(image.name))


def services(*names: object) -> tuple[Subject, ...]:
    """Return the services with these names, each once; a blank name, and what is not text, names none."""
    return _named(SubjectType.SERVICE, names)


def repositories(*urls: object) -> tuple[Subject, ...]:
    """Return the repositories with these URLs, likewise."""
    return _named(SubjectType.REPOSITORY, urls)


def packages(*purls: object) -> tuple[Subject, ...]:
    """Return the packages with these package URLs, likewise."""
    return _named(SubjectType.PACKAGE, purls)


def _named(type_: SubjectType, names: Iterable[object]) -> tuple[Subject, ...]:
    texts = dict.fromkeys(name.strip() for name in names if isinstance(name, str))
    return tuple(Subject(type_, name) for name in texts if name)
