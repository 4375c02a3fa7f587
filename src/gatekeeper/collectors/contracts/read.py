"""Read evidence of the kind `contracts`."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from gatekeeper.collectors.contracts._parts import Contract, Interaction, Pact, Verification
from gatekeeper.collectors.contracts.facts import ContractsFacts
from gatekeeper.collectors.reading.merging import collected, sum_known
from gatekeeper.collectors.reading.recognition import Formats
from gatekeeper.collectors.reading.subjects import services
from gatekeeper.model.evidence import Absent, Artefact, Collected, Finding, Options, Origin

__all__ = ["FORMATS", "Contract", "Interaction", "Pact", "Verification", "collect"]

FORMATS = Formats[Pact | Verification]("contracts")


def collect(artefact: Artefact, options: Options) -> Collected[ContractsFacts]:
    """Read every file of the artefact and merge pacts and verifications."""
    read = FORMATS.read_each(artefact, options)
    pacts = [part for part in read if isinstance(part, Pact)]
    verifications = [part for part in read if isinstance(part, Verification)]
    facts = _verified(verifications, pacts) if verifications else _expected(pacts)
    if facts.interactions == 0 and not facts.unverified:
        raise Absent(f"{artefact.path} lists no {'verified ' if verifications else ''}interaction")
    return collected([part._replace(origin=_about_providers(part)) for part in read], facts)


def _about_providers(part: Pact | Verification) -> Origin:
    providers = [part.provider] if isinstance(part, Pact) else [one.provider for one in part.contracts]
    return part.origin._replace(subjects=services(*providers))


def _expected(pacts: Sequence[Pact]) -> ContractsFacts:
    return ContractsFacts(
        consumers=_names(pact.consumer for pact in pacts),
        interactions=sum(len(pact.interactions) for pact in pacts),
        providers=_names(pact.provider for pact in pacts),
        message_consumers=_message_consumers(pacts),
    )


def _message_consumers(pacts: Iterable[Pact]) -> tuple[str, ...]:
    with_messages = (pact for pact in pacts if any(one.is_message for one in pact.interactions))
    return tuple(sorted({pact.consumer for pact in with_messages}))


def _verified(verifications: Sequence[Verification], pacts: Sequence[Pact]) -> ContractsFacts:
    contracts = [contract for verification in verifications for contract in verification.contracts]
    ran = _ran(contracts)
    not_run = [(pact.consumer, finding) for pact in pacts for finding in _not_run(pact, ran)]
    failed = {contract.consumer for contract in contracts if contract.verified is False}
    verified = {contract.consumer for contract in contracts if contract.verified}
    verified -= failed.union(consumer for consumer, _ in not_run)
    receiving = _message_consumers(pacts)
    requesting = {pact.consumer for pact in pacts} - set(receiving)
    return ContractsFacts(
        consumers=_names([*(one.consumer for one in contracts), *(pact.consumer for pact in pacts)]),
        verified_consumers=tuple(sorted(verified)) if contracts else None,
        verified_event_consumers=tuple(sorted(verified - requesting)) if contracts else None,
        message_consumers=receiving,
        unverified=(
            *(finding for verification in verifications for finding in verification.unverified),
            *(finding for _, finding in not_run),
        ),
        interactions=sum_known(verification.interactions for verification in verifications),
        providers=_names([*(one.provider for one in contracts), *(pact.provider for pact in pacts)]),
    )


_Ran = Mapping[tuple[str, str | None], Counter[str] | None]
"""How often each interaction of each pact ran; None if the whole pact ran without a list."""


def _ran(contracts: Iterable[Contract]) -> _Ran:
    ran: dict[tuple[str, str | None], Counter[str] | None] = {}
    for contract in contracts:
        parties = (contract.consumer, contract.provider)
        if contract.verified is None:
            continue
        if contract.interactions is None:
            ran[parties] = None
        elif (counter := ran.setdefault(parties, Counter())) is not None:
            counter.update(contract.interactions)
    return ran


def _not_run(pact: Pact, ran: _Ran) -> Iterator[Finding]:
    """Yield the interactions of a Pact file without a result."""
    parties = ((pact.consumer, pact.provider), (pact.consumer, None))
    results = [ran[key] for key in parties if key in ran]
    if not results:
        yield pact.document.finding(
            f"{pact.consumer}: its pact with {pact.provider} has no verification result"
        )
    if not results or None in results:
        return
    expected: Counter[str] = Counter()
    for interaction in pact.interactions:
        expected[interaction.description] += 1
        if expected[interaction.description] > sum(
            counter[interaction.description] for counter in results if counter
        ):
            yield pact.document.finding(
                f"{pact.consumer}: {interaction.description}: was not verified", *interaction.path
            )


def _names(names: Iterable[str | None]) -> tuple[str, ...] | None:
    return tuple(sorted({name for name in names if name is not None})) or None
