"""Which criteria of a service a person may attest, those that its own plan asks among them."""

from gatekeeper.judging.plans import questions
from gatekeeper.judging.plans.cells import resolve
from gatekeeper.model.rule import Rule, Rulebook
from gatekeeper.model.service import Service


def criteria_of(service: Service, rulebook: Rulebook) -> dict[str, Rule]:
    """Return every criterion that the rulebook or the service's plan may ask of it, by id."""
    rules = dict(rulebook.by_id)
    for cell in resolve(service).values():
        for added in cell.adds:
            rules[added.id] = questions.capability(rulebook, added, cell.level)
        for gate, words in cell.demands.items():
            demand = questions.demand(rulebook, rulebook.gates[gate], words)
            rules[demand.id] = demand
    return rules


def attested_as(rule: Rule, rulebook: Rulebook) -> Rule:
    """Return the criterion as which an attestation is written: of twins the original, as it is for both."""
    return rulebook.by_id[rule.twin] if rule.twin else rule


def attested_by(rule: Rule) -> str | None:
    """Return the role whose word a criterion takes, if it takes any."""
    return rule.attested_by or rule.stands_in
