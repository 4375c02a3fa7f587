"""Attribute changes to the defaults of `gatekeeper.yaml`: one edit there is one weakening of all services."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from gatekeeper.judging.changes.service_matching import ServicePair
from gatekeeper.judging.changes.weakening_approvals import weakening
from gatekeeper.judging.verdicts.services import some
from gatekeeper.model.changes import Change, ManifestPlace
from gatekeeper.model.conventions import Conventions, Profile
from gatekeeper.model.service import Service


class EditedDefaults(NamedTuple):
    """The services of which only defaults changed: their manifests are the same in both states."""

    file: str
    """`gatekeeper.yaml`, relative to the workspace."""
    pairs: Mapping[str, ServicePair]
    """By the name of the service."""
    conventions: tuple[Conventions, Conventions]
    """Those of either state."""


def by_default(changes: Iterable[Change], edited: EditedDefaults) -> Iterator[Change]:
    """Yield changes; of values that only a default changed, the place is the default.

    Weakenings of several services by one default become one, which one approval covers.
    """
    weakened: dict[ManifestPlace, list[Change]] = defaultdict(list)
    for change in changes:
        place = _place(change, edited)
        if place and change.needs_sign_off:
            weakened[place].append(change)
        else:
            yield change._replace(where=place or change.where)
    for place, of_default in weakened.items():
        yield _united(place, of_default) if len(of_default) > 1 else of_default[0]._replace(where=place)


def _place(change: Change, edited: EditedDefaults) -> ManifestPlace | None:
    """Return the default that a change of a service comes from; None if it comes from its manifest."""
    pair = edited.pairs.get(change.service or "")
    if pair is None or change.where is None or not change.where.path:
        return None
    field, *keys = map(str, change.where.path)
    was, now = (_value(side, field, keys) for side in (pair.base, pair.head))
    if was == now:
        return None
    name = pair.head.profile or ""
    profiles = [of.profiles[name] for of in edited.conventions if name in of.profiles]
    is_of_profile = any(_value(profile, field, keys) is not None for profile in profiles)
    return ManifestPlace(edited.file, (*(("profiles", name) if is_of_profile else ()), field, *keys))


def _value(of: Service | Profile, field: str, keys: Sequence[str]) -> object:
    value = getattr(of, field, None)
    return value.get(keys[0]) if keys and isinstance(value, dict) else value


def _united(place: ManifestPlace, changes: list[Change]) -> Change:
    """Return one weakening for those of several services."""
    first = changes[0]
    said: dict[str, list[str]] = defaultdict(list)
    for change in changes:
        said[change.message].append(change.service or "")
    message = "; ".join(f"{message} ({some(names)})" for message, names in said.items())
    name = f"{place.file}:{'.'.join(map(str, place.path))}"
    ids = sorted(change.id for change in changes)
    return weakening(first.kind, name, message, place, ids)._replace(cause=first.cause)
