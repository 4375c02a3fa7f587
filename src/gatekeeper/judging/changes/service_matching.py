"""Match the services of two states of a workspace, including renamed ones."""

from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple

from gatekeeper.model.changes import ManifestPlace
from gatekeeper.model.service import Service


class ServicePair(NamedTuple):
    """A service before and after, and the path of its current manifest."""

    base: Service
    head: Service
    file: str

    @property
    def name(self) -> str:
        """The current name."""
        return self.head.service

    def where(self, *path: str) -> ManifestPlace:
        """Return a place in the manifest."""
        return ManifestPlace(self.file, path)


class ServiceMatching(NamedTuple):
    """The former name of each service by its current one, and the services without a counterpart."""

    before: Mapping[str, str]
    added: tuple[str, ...]
    removed: tuple[str, ...]


def match_services(base: Mapping[str, Service], head: Mapping[str, Service]) -> ServiceMatching:
    """Return services matched by name, then by the former name that a new one states.

    A removed service also matches the only new one with an equal plan.
    """
    before = {name: name for name in head if name in base}
    for name, service in head.items():
        former = [one for one in service.identity.formerly if one in base and one not in head]
        if name not in base and former:
            before[name] = former[-1]
    added = [name for name in head if name not in before]
    removed = [name for name in base if name not in head and name not in before.values()]
    gone, new = _by_plan(base, removed), _by_plan(head, added)
    for plan, names in new.items():
        if len(names) == 1 and len(gone[plan]) == 1:
            before[names[0]] = gone[plan][0]
    return ServiceMatching(
        before,
        tuple(name for name in added if name not in before),
        tuple(name for name in removed if name not in before.values()),
    )


def _by_plan(services: Mapping[str, Service], names: list[str]) -> dict[str, list[str]]:
    """Return names grouped by owner, plan, targets and labels, serialised as one key."""
    grouped: dict[str, list[str]] = defaultdict(list)
    for name in names:
        plan = services[name].model_dump_json(include={"owner", "plan", "targets", "labels"})
        grouped[plan].append(name)
    return grouped
