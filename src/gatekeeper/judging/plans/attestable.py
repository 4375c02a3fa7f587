"""List the criteria of a service that can be attested, including those of its own plan."""

from gatekeeper.judging.plans import questions
from gatekeeper.judging.plans.cells import resolve
from gatekeeper.model.rule import Rule, Rulebook
from gatekeeper.model.service import Service


def criteria_of(service: Service, rulebook: Rulebook) -> dict[str, Rule]:
    """Return every criterion of the rulebook and of the service's plan by id."""
    rules = dict(rulebook.by_id)
    for cell in resolve(service, rulebook.scale).values():
        for added in cell.adds:
            rules[added.id] = questions.capability(rulebook, added, cell.level)
        for gate, demands in cell.demands.items():
            demand = questions.demand(rulebook, rulebook.gates[gate], demands)
            rules[demand.id] = demand
    return rules


def attested_as(rule: Rule, rulebook: Rulebook) -> Rule:
    """Return the criterion under which an attestation is written: the original of twins."""
    return rulebook.by_id[rule.twin] if rule.twin else rule


def attesting_roles(rule: Rule) -> tuple[str, ...]:
    """Return the roles that may attest a criterion; the last one perhaps only what is not understood."""
    return (*lasting_roles(rule), *filter(None, [rule.doubts_attested_by]))


def lasting_roles(rule: Rule) -> tuple[str, ...]:
    """Return the roles whose attestation need not end soon; the last one perhaps only in other languages."""
    elsewhere = rule.decidable_in and rule.decidable_in.role
    return tuple(filter(None, (rule.attested_by or rule.or_attested_by, elsewhere)))
