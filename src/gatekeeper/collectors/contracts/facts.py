"""Pact: results of the verifiers, a broker's matrix, Pact files; one file, or a folder or glob of them.

The format is recognised from the content. A Pact file states what a consumer expects and proves nothing: only
a verification result or a matrix verifies. If there are Pact files beside one, each of their interactions
must have been verified, which detects a filtered run. Pending failures are failures: `pending` keeps a
provider's build green, but the contract is broken.
"""

from typing import NamedTuple

from gatekeeper.model.evidence import Finding


class ContractsFacts(NamedTuple):
    """Verified contracts; a fact is null if the files do not state it."""

    consumers: tuple[str, ...] | None = None
    """Names, sorted; null if no name is known."""
    verified_consumers: tuple[str, ...] | None = None
    """Consumers with a verified contract and nothing unverified. Null if there are only Pact files, or if the
    results name no consumer."""
    verified_event_consumers: tuple[str, ...] | None = None
    """The verified consumers, but those whose Pact files hold requests only."""
    message_consumers: tuple[str, ...] | None = None
    """Consumers whose Pact files hold messages; results and matrices do not say what they are about."""
    unverified: tuple[Finding, ...] | None = None
    """Interactions that failed, including pending ones; pacts that could not be loaded; pacts without a
    successful result in the latest row of a matrix; a matrix without `deployable: true`; interactions of Pact
    files without a result. Null if there are only Pact files."""
    interactions: int | None = None
    """Interactions that a verification ran, passed or not; of Pact files alone, those they contain. A matrix
    lists none, so each pact with a result counts as one: a pact without an interaction has no result. Null if
    a result of the Ruby verifier counts checks only."""
    providers: tuple[str, ...] | None = None
    """Names, sorted; null if no name is known."""


FACTS = ContractsFacts
AMOUNTS = ("interactions",)
MEASURES = True
