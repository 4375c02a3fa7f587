"""`exit --list`: the records of exits, by milestone and day."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from gatekeeper.model.milestone import ExitRecord, Milestone
from gatekeeper.model.screen import Screen
from gatekeeper.reporters.text.screen import Parts, indented, item, shown, sign


def data(milestones: Mapping[str, Milestone]) -> dict[str, Any]:
    """Return every record; what it does not state is null."""
    rows = [
        {"milestone": name, "on": on, **record.model_dump(mode="json"), "counts": record.counts}
        for name, milestone in milestones.items()
        for on, record in sorted(milestone.exits.items())
    ]
    return {"exits": rows}


def parts(milestones: Mapping[str, Milestone], as_of: date, screen: Screen) -> Parts:
    """Yield a line for each milestone with its state on a day, and its records below it."""
    for milestone in milestones.values():
        last = milestone.last_record(as_of)
        mark = sign("pass" if milestone.exited_by(as_of) else "missing", screen)
        state = last.state if last else "has not exited"
        yield item(mark, f"[bold]{shown(milestone.title)}[/]  {state}", 0)
        for on, record in sorted(milestone.exits.items()):
            yield indented(shown(_record(on, record)), 2)


def _record(on: date, record: ExitRecord) -> str:
    said = [f"{on} by {record.by}"]
    said += [] if record.withdrawn else [record.verdict or "no verdict recorded"]
    said += [f"rulebook {record.rulebook[:19]}..."] if record.rulebook else []
    said += [f"evidence {record.evidence[:19]}..."] if record.evidence else []
    said += [f"overridden: {record.override}"] if record.override else []
    said += [f"withdrawn: {record.withdrawn}"] if record.withdrawn else []
    return "; ".join(said)
