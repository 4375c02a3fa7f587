"""The changes between two versions of an API."""

from typing import NamedTuple

from gatekeeper.model.evidence import Finding


class ApiDiffFacts(NamedTuple):
    """What the changes between two versions of an API says; null where it does not."""

    changes: int | None = None
    breaking: tuple[Finding, ...] | None = None


FACTS = ApiDiffFacts
