"""Which service of one state is which of another, renamed ones included."""

from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple

from gatekeeper.model.service import Service


class ServiceMatching(NamedTuple):
    """Names of services: by their name now what they were called before, and those without a counterpart."""

    before: Mapping[str, str]
    added: tuple[str, ...]
    removed: tuple[str, ...]


def match_services(base: Mapping[str, Service], head: Mapping[str, Service]) -> ServiceMatching:
    """Pair services by name; one that is gone is renamed where exactly one new one promises the same."""
    before = {name: name for name in head if name in base}
    added = [name for name in head if name not in base]
    removed = [name for name in base if name not in head]
    gone, new = _by_promise(base, removed), _by_promise(head, added)
    for promise, names in new.items():
        if len(names) == 1 and len(gone[promise]) == 1:
            before[names[0]] = gone[promise][0]
    return ServiceMatching(
        before,
        tuple(name for name in added if name not in before),
        tuple(name for name in removed if name not in before.values()),
    )


def _by_promise(services: Mapping[str, Service], names: list[str]) -> dict[str, list[str]]:
    """Group services by what they promise: owner, plan, targets and labels."""
    grouped: dict[str, list[str]] = defaultdict(list)
    for name in names:
        promise = services[name].model_dump_json(include={"owner", "plan", "targets", "labels"})
        grouped[promise].append(name)
    return grouped
