"""`exit --list`: the records of exits, by milestone and day."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING

from pydantic_core import to_json

from gatekeeper.model.milestone import ExitRecord, Milestone
from gatekeeper.model.report import Screen
from gatekeeper.reporters.text.screen import draw, indented, item, shown, sign

if TYPE_CHECKING:
    from rich.console import RenderableType


def as_json(milestones: Mapping[str, Milestone]) -> str:
    """Return every record; what it does not state is null."""
    rows = [
        {"milestone": name, "on": on, **record.model_dump(mode="json"), "counts": record.counts}
        for name, milestone in milestones.items()
        for on, record in sorted(milestone.exits.items())
    ]
    return to_json({"schema_version": 1, "exits": rows}, indent=2).decode() + "\n"


def as_table(milestones: Mapping[str, Milestone], screen: Screen) -> str:
    """Return a line for each milestone, and its records below it."""
    return draw(_parts(milestones, screen), screen)


def _parts(milestones: Mapping[str, Milestone], screen: Screen) -> Iterator["RenderableType"]:
    for milestone in milestones.values():
        yield item(
            sign("pass" if milestone.exited else "missing", screen),
            f"[bold]{shown(milestone.title)}[/]  {_state(milestone)}",
            0,
        )
        for on, record in sorted(milestone.exits.items()):
            yield indented(shown(_record(on, record)), 2)


def _state(milestone: Milestone) -> str:
    last = milestone.last_record(date.max)
    if last is None:
        return "has not exited"
    return last.state


def _record(on: date, record: ExitRecord) -> str:
    said = [f"{on} by {record.by}"]
    said += [] if record.withdrawn else [record.verdict or "no verdict recorded"]
    said += [f"rulebook {record.rulebook[:19]}..."] if record.rulebook else []
    said += [f"evidence {record.evidence[:19]}..."] if record.evidence else []
    said += [f"overridden: {record.override}"] if record.override else []
    said += [f"withdrawn: {record.withdrawn}"] if record.withdrawn else []
    return "; ".join(said)
