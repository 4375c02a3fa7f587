"""A list of error codes."""

from typing import NamedTuple


class ErrorRegistryFacts(NamedTuple):
    """What a list of error codes says; null where it does not."""

    codes: tuple[str, ...] | None = None


FACTS = ErrorRegistryFacts
