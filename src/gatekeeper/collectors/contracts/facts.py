"""Pact: results of the verifiers, a broker's matrix, Pact files; one file, or a folder or glob of them.

The format is recognised from the content. A Pact file says what a consumer expects and proves nothing: only
a verification result or a matrix verifies. Where Pact files stand beside one, each of their interactions
must have been verified, so that a filtered run shows. Pending failures are failures here: `pending` spares a
provider's build, it does not make the contract hold.
"""

from typing import NamedTuple

from gatekeeper.model.evidence import Finding


class ContractsFacts(NamedTuple):
    """What Pact verification results, a broker's matrix, or Pact files say; null where they do not."""

    consumers: tuple[str, ...] | None = None
    """Names, sorted; null where none can be read."""
    verified_consumers: tuple[str, ...] | None = None
    """Consumers of which something was verified and nothing is unverified. Null where nothing but Pact files
    is at hand, or where the results name no consumer."""
    unverified: tuple[Finding, ...] | None = None
    """Interactions that failed, pending ones included; pacts that could not be loaded; the latest row of a
    pact in a matrix without a successful result; a matrix that does not say `deployable: true`; interactions
    of Pact files without a result beside them. Null where nothing but Pact files is at hand."""
    interactions: int | None = None
    """Interactions that a verification ran, passed or not; of Pact files alone, those that they hold. A
    matrix lists none: there each pact with a result counts as one, for a pact without an interaction gets no
    result. Null where a result of the Ruby verifier counts checks only."""
    providers: tuple[str, ...] | None = None
    """Names, sorted; null where none can be read."""


FACTS = ContractsFacts
