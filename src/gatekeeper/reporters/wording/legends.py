"""The names of milestones and levels, for below a table that has their ids only, and exits of milestones."""

from collections.abc import Iterable, Mapping
from datetime import date

from gatekeeper.model.level import Level
from gatekeeper.model.milestone import Milestone
from gatekeeper.model.naming import titled
from gatekeeper.model.rule import GateRules
from gatekeeper.reporters.wording.actions import exit_words


def names_of_milestones(milestones: Iterable[Milestone]) -> str | None:
    """Return ids and names, `milestones: 2026Q3 The lab; 2026Q4 Pilot customers`; None if none has a name."""
    return names("milestones", {of.milestone: of.name for of in milestones})


def names_of_levels(levels: Iterable[Level]) -> str | None:
    """Return ids and names, `levels: L0 Not started; L1 Skeleton`; None if none has another name."""
    return names("levels", {of.id: of.name for of in levels})


def names_of_gates(gates: Iterable[GateRules]) -> str | None:
    """Return ids and names, `gates: G1 Domain; G2 API`; None if none has another name."""
    return names("gates", {of.gate: of.name for of in gates})


def exit_of(milestone: Milestone, as_of: date) -> str | None:
    """Return when a milestone exited, or its exit date in words; None if neither is stated."""
    if last := milestone.last_record(as_of):
        return f"{last.state} on {last.on}"
    return exit_words(milestone.exit_date, as_of) if milestone.exit_date else None


def names(what: str, by_id: Mapping[str, str | None]) -> str | None:
    """Return those ids that have a name, with their names; None if there are none."""
    titles = [title for id_, name in by_id.items() if (title := titled(id_, name)) != id_]
    return f"{what}: {'; '.join(titles)}" if titles else None
