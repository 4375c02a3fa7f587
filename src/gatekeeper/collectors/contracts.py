"""Pact verification results, a broker's matrix, or Pact files."""

from typing import NamedTuple

from gatekeeper.model.evidence import Finding


class ContractsFacts(NamedTuple):
    """What Pact verification results, a broker's matrix, or Pact files says; null where it does not."""

    consumers: tuple[str, ...] | None = None
    verified_consumers: tuple[str, ...] | None = None
    unverified: tuple[Finding, ...] | None = None
    interactions: int | None = None


FACTS = ContractsFacts
