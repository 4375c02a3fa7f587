"""`obligations`: what a milestone or a level asks of services, and everything that decides it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from gatekeeper.model.obligation import Obligation
from gatekeeper.model.values import describe_value
from gatekeeper.reporters.text.screen import Parts, indented, item, shown
from gatekeeper.reporters.wording import guards
from gatekeeper.reporters.wording.counts import counted, first_few

_FEW = 4


def data(obligations: Iterable[Obligation]) -> dict[str, Any]:
    """Return every obligation with its terms and their digest."""
    rows = [
        {"service": one.service, "family": one.family, "id": one.id, "digest": one.digest, "terms": one.terms}
        for one in obligations
    ]
    return {"obligations": rows}


def parts(title: str, obligations: Sequence[Obligation]) -> Parts:
    """Yield the obligations of a family; services with equal terms share an entry."""
    services = {one.service for one in obligations}
    ids = {one.id for one in obligations}
    of_services = f"{counted(len(ids), 'obligation')} of {counted(len(services), 'service')}"
    yield indented(f"[bold]{shown(title)}[/]  {of_services}", 0)
    sharing: dict[tuple[str, str], list[Obligation]] = defaultdict(list)
    for one in obligations:
        sharing[one.id, one.digest].append(one)
    for (name, _), shared in sharing.items():
        yield ""
        who = [one.service for one in shared]
        all_of_them = f"all {len(who)} services" if len(who) == len(services) > 1 else None
        yield indented(f"[bold]{shown(name)}[/]  {shown(all_of_them or first_few(who, _FEW))}", 2)
        terms = dict(shared[0].terms)
        if question := terms.pop("question", None):
            yield indented(shown(question), 4)
        for line in describe(terms):
            yield item("-", shown(line), 4)


def describe(terms: Mapping[str, Any]) -> Iterator[str]:
    """Yield the terms of an obligation as text, one a line."""
    for name, value in terms.items():
        if name == "requires":
            yield from map(_condition, value)
        elif name == "slots":
            yield from (f"`{slot}`: {_slot(of)}" for slot, of in value.items())
        elif name == "validity":
            since = f", from {value['effective']} on" if "effective" in value else ""
            yield f"an attestation counts for {value['days']} days{since}"
        elif name == "decidable_in":
            languages = describe_value(value["languages"], None)
            yield f"if all source is in {languages}; else an attestation by {value['else_attested_by']}"
        elif name == "dependencies":
            yield f"{', '.join(value['on'])} signed off for at least {value['at_least']}"
        elif name == "effective":
            yield f"binds from {value}"
        elif name == "upcoming":
            yield f"tightened from {value['effective']}, to {'; '.join(map(_condition, value['requires']))}"
        elif value is True:
            yield name.replace("_", " ")
        else:
            yield f"{name.replace('_', ' ')}: {describe_value(value, None)}"


def _condition(condition: Mapping[str, Any]) -> str:
    operator, operand = condition["operator"].replace("_", " "), condition["operand"]
    if operator == "empty":
        return f"{condition['fact']} {'is' if operand else 'is not'} empty"
    if isinstance(operand, dict):
        operand = ", ".join(f"{key} {value}" for key, value in operand.items())
    return f"{condition['fact']} {operator} {describe_value(operand, None)}"


def _slot(slot: Mapping[str, Any]) -> str:
    options = [*slot.get("options", {}).items(), *slot.get("only", {}).items()]
    listed = [f"{name} {describe_value(value, None)}" for name, value in options]
    pinned = [f"sha256 {slot['sha256']}"] if "sha256" in slot else []
    return "; ".join([slot["kind"], *listed, *pinned, *guards.of_terms(slot)])
