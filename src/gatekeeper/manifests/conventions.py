"""Give a service the defaults of its profile and of the workspace."""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from gatekeeper.manifests.discovery import SETTINGS_FILE
from gatekeeper.model.conventions import PLACEHOLDER, Conventions, Profile
from gatekeeper.model.manifest import NAME
from gatekeeper.model.service import EvidencePointer, Service

_NO_PROFILE = Profile.model_construct()


class Resolved(NamedTuple):
    """A service with its defaults."""

    service: Service
    mapped_by: Mapping[str, str]
    """By slot, where a mapping comes from if it is not the manifest."""


def resolve(written: Service, conventions: Conventions) -> Resolved:
    """Return a service with its defaults; a profile that does not exist gives none.

    The manifest prevails over the profile, the profile over the workspace, each value as a whole. Labels are
    united.
    """
    profile = conventions.profiles.get(written.profile or "", _NO_PROFILE)
    if not (profile is not _NO_PROFILE or conventions.evidence or conventions.folder or _is_adapted(written)):
        return Resolved(written, {})
    words = {"service": written.service, "repository": repository_name(written, conventions)}
    evidence = dict(_defaults(conventions.evidence, words))
    mapped_by = dict.fromkeys(evidence, SETTINGS_FILE)
    of_profile = dict(_defaults(profile.evidence, words))
    evidence |= of_profile
    mapped_by |= dict.fromkeys(of_profile, f"profile {written.profile}")
    evidence |= written.evidence
    mapped = {slot: pointer for slot, pointer in evidence.items() if not pointer.unmaps}
    fields = {
        "folder": written.folder or _filled(conventions.folder or "", words) or None,
        "evidence": mapped,
        "targets": {**profile.targets, **written.targets},
        "labels": tuple(dict.fromkeys((*written.labels, *profile.labels))),
    }
    changed = {name: value for name, value in fields.items() if value != getattr(written, name)}
    by_default = {
        slot: by for slot, by in mapped_by.items() if slot in mapped and slot not in written.evidence
    }
    return Resolved(written.model_copy(update=changed) if changed else written, by_default)


def _is_adapted(written: Service) -> bool:
    """Return whether a manifest must be adapted even without defaults."""
    labels = written.labels
    return len(set(labels)) < len(labels) or any(pointer.unmaps for pointer in written.evidence.values())


def repository_name(service: Service, conventions: Conventions) -> str | None:
    """Return the last part of the address of a service's repository; None if the address is unknown."""
    address = (conventions.repository_of(service) or "").rstrip("/").removesuffix(".git")
    name = re.split(r"[/:]", address)[-1]
    return name if re.fullmatch(NAME, name) else None


def _defaults(
    evidence: Mapping[str, EvidencePointer], words: Mapping[str, str | None]
) -> Iterator[tuple[str, EvidencePointer]]:
    """Yield those default mappings whose placeholders are known, filled in."""
    for slot, pointer in evidence.items():
        path = _filled(pointer.path, words)
        if path == pointer.path:
            yield slot, pointer
        elif path:
            yield slot, pointer.model_copy(update={"path": path})


def _filled(path: str, words: Mapping[str, str | None]) -> str | None:
    """Return a path with its placeholders filled in; None if the value of one is unknown."""
    used = set(PLACEHOLDER.findall(path))
    if any(words[word] is None for word in used):
        return None
    return PLACEHOLDER.sub(lambda found: words[found[1]] or "", path)
