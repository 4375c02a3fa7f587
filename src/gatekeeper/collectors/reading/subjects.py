"""The subjects of an artefact, by the machine identifiers that its tool writes."""

import re

from gatekeeper.model.evidence import Subject, SubjectType

_FILE = re.compile(r"[./\\]|.*(://|\.(tar|tgz|tar\.gz|sif)$)", re.IGNORECASE)


def images(*names: object) -> tuple[Subject, ...]:
    """Return the images with these names, or lists of names; empty names and paths of archives name none."""
    texts = [one for name in names for one in (name if isinstance(name, list) else [name])]
    found = (one.strip() for one in texts if isinstance(one, str))
    return tuple(
        Subject(SubjectType.IMAGE, one) for one in dict.fromkeys(found) if one and not _FILE.match(one)
    )


def services(*names: object) -> tuple[Subject, ...]:
    """Return the services with these names, each once; a blank name, and what is not text, names none."""
    texts = dict.fromkeys(name.strip() for name in names if isinstance(name, str))
    return tuple(Subject(SubjectType.SERVICE, name) for name in texts if name)
