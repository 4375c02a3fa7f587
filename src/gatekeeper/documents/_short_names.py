"""Short names of services: a page may write `identity` for `identity-service`."""

from collections import Counter
from collections.abc import Collection, Mapping


def short_names(services: Collection[str]) -> Mapping[str, str]:
    """Return the short name of each service that has one: its name without the last word.

    A short name belongs to one service alone, and is not the name of another.
    """
    stems = {service: service.rpartition("-")[0] for service in services}
    uses = Counter(stems.values())
    return {
        service: stem for service, stem in stems.items() if stem and uses[stem] == 1 and stem not in services
    }


def whole_names(services: Collection[str]) -> Mapping[str, str]:
    """Return the service of each short name."""
    return {stem: service for service, stem in short_names(services).items()}
