"""A platform's registry of error codes: the list that every service takes its codes from.

JSON or YAML, written by people. The key `codes` or `errors` has a list of codes, a list of objects with a
`code`, or an object that maps codes to descriptions. Several files are parts of one registry. A code has no
blanks: a sentence is not one.
"""

from typing import NamedTuple

from gatekeeper.model.evidence import Finding


class ErrorRegistryFacts(NamedTuple):
    """Facts about a registry of error codes."""

    codes: tuple[str, ...] | None = None
    """The codes, each once, in the order of the registry; a number is read as text.

    Retired ones are left out.
    """
    duplicates: tuple[Finding, ...] | None = None
    """Codes that are listed twice, so that they have two meanings. A duplicate key in YAML is unreadable."""


FACTS = ErrorRegistryFacts
PLACES = {"key": frozenset(ErrorRegistryFacts._fields)}
