"""A platform's registry of error codes: the list that every service takes its codes from.

JSON or YAML, written by people: a list of codes, a list of objects with a `code`, an object that maps codes
to descriptions; or one of these under the key `codes` or `errors`. Several files are parts of one registry.
"""

from typing import NamedTuple

from gatekeeper.model.evidence import Finding


class ErrorRegistryFacts(NamedTuple):
    """What a list of error codes says; null where it does not."""

    codes: tuple[str, ...] | None = None
    """Each once, in the order of the registry; a code that is a number is told as text."""
    duplicates: tuple[Finding, ...] | None = None
    """Codes listed again: a code that stands twice has two meanings. A YAML key that does is unreadable."""


FACTS = ErrorRegistryFacts
