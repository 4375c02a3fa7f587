"""Edits of the register, and of milestones and their exits."""

from collections.abc import Iterator
from random import Random
from typing import Any

from builders.edits import (
    asks,
    cells,
    entries,
    exits,
    gives,
    milestones,
    one_of,
    other,
    owed,
    people_of,
    services,
    takes,
)
from builders.in_memory import GONE, Files, Op
from builders.small_workspaces import (
    entry,
)
from builders.whats_open import exit_record

# The register


@gives
def register_an_exception(files: Files, of: Random) -> Iterator[Op]:
    for file, service in one_of(of, services(files)):
        name = f"RR-{len(entries(files)) + 1}"
        path = f"milestones/risk-register/{name}.yaml"
        used = {
            what for _, one in entries(files) if one["service"] == service["service"] for what in one["delta"]
        }
        delta = [what for what in owed(files, file) if what not in used and of.random() < 0.8]
        if path not in files and delta and len(milestones(files)) > 1:
            opened = of.choice(milestones(files)[:-1])
            yield Op(path, (), entry(name, service["service"], delta, opened))


@asks
def extend_an_exception(files: Files, of: Random) -> Iterator[Op]:
    for file, one in one_of(of, entries(files)):
        for at in other(of, milestones(files)[:-1], one["opened_in"]):
            yield Op(file, ("opened_in",), at)


@takes
def delete_an_exception(files: Files, of: Random) -> Iterator[Op]:
    for file, _ in one_of(of, entries(files)):
        yield Op(file, (), GONE)


@takes
def close_an_exception(files: Files, of: Random) -> Iterator[Op]:
    for file, one in one_of(of, entries(files)):
        yield Op(file, ("closed",), GONE if one.get("closed") else "2026-11-19")


@asks
def cover_more_by_an_exception(files: Files, of: Random) -> Iterator[Op]:
    for file, one in one_of(of, entries(files)):
        used = {what for _, each in entries(files) for what in each["delta"]}
        for what in one_of(of, set(owed(files, f"services/{one['service']}.yaml")) - used):
            yield Op(file, ("delta",), [*one["delta"], what])


@takes
def cover_less_by_an_exception(files: Files, of: Random) -> Iterator[Op]:
    for file, one in one_of(of, [one for one in entries(files) if len(one[1]["delta"]) > 1]):
        yield Op(file, ("delta",), one["delta"][1:])


@asks
def date_an_exception_otherwise(files: Files, of: Random) -> Iterator[Op]:
    for file, one in one_of(of, entries(files)):
        for on in other(of, ("2026-10-01", "2026-11-19", "2026-12-01"), one["opened_on"]):
            yield Op(file, ("opened_on",), on)


# Milestones


@asks
def add_a_milestone(files: Files, of: Random) -> Iterator[Op]:
    order = milestones(files)
    if "extra" not in order:
        place = of.randrange(len(order) + 1)
        yield Op("milestones/extra.yaml", (), {"milestone": "extra"})
        yield Op("gatekeeper.yaml", ("roadmap",), [*order[:place], "extra", *order[place:]])


@asks
def remove_a_milestone(files: Files, of: Random) -> Iterator[Op]:
    order = milestones(files)
    for name in one_of(of, order if len(order) > 2 else ()):
        yield Op(f"milestones/{name}.yaml", (), GONE)
        yield Op("gatekeeper.yaml", ("roadmap",), [one for one in order if one != name])
        for file, at, _ in cells(files):
            if at == name:
                yield Op(file, ("plan", name), GONE)


@asks
def change_the_order_of_milestones(files: Files, of: Random) -> Iterator[Op]:
    order = milestones(files)
    place = of.randrange(len(order) - 1)
    order[place : place + 2] = reversed(order[place : place + 2])
    yield Op("gatekeeper.yaml", ("roadmap",), order)


@asks
def type_an_exit(files: Files, of: Random) -> Iterator[Op]:
    pending = [name for name in milestones(files) if not exits(files[f"milestones/{name}.yaml"])]
    for name in one_of(of, pending):
        record: dict[str, Any] = {"by": of.choice(("ro", "ada", "mallory"))}
        if of.random() < 0.3:
            record |= {"verdict": "ready", "rulebook": "sha256:" + "0" * 64, "evidence": "sha256:" + "0" * 64}
        yield Op(f"milestones/{name}.yaml", ("exited",), {of.choice(("2026-11-14", "2026-11-19")): record})


@gives
def record_an_exit(files: Files, of: Random) -> Iterator[Op]:
    pending = [name for name in milestones(files) if not exits(files[f"milestones/{name}.yaml"])]
    role = files["gates/governance.yaml"].get("exit_role")
    signers = people_of(files, role) if role else list(files["gates/governance.yaml"]["roster"])
    records = [(name, exit_record(files, name, signers[0])) for name in pending if signers]
    for name, record in one_of(of, [one for one in records if one[1]]):
        yield Op(f"milestones/{name}.yaml", ("exited",), record)


def _exited(files: Files) -> list[tuple[str, Any]]:
    found = [(f"milestones/{name}.yaml", files[f"milestones/{name}.yaml"]) for name in milestones(files)]
    return [(file, one) for file, one in found if exits(one)]


@asks
def withdraw_an_exit(files: Files, of: Random) -> Iterator[Op]:
    for file, _ in one_of(of, _exited(files)):
        yield Op(file, ("exited", "2026-11-20"), {"by": "ro", "withdrawn": "a mistake"})


@asks
def remove_an_exit(files: Files, of: Random) -> Iterator[Op]:
    for file, _ in one_of(of, _exited(files)):
        yield Op(file, ("exited",), GONE)


@asks
def date_an_exit_otherwise(files: Files, of: Random) -> Iterator[Op]:
    for file, one in one_of(of, _exited(files)):
        [(on, record), *_] = exits(one).items()
        yield Op(file, ("exited",), {of.choice(("2026-11-01", "2026-12-24")): record} if on else {})


@asks
def plan_an_exit_for_another_day(files: Files, of: Random) -> Iterator[Op]:
    for name in one_of(of, milestones(files)):
        yield Op(f"milestones/{name}.yaml", ("exit_date",), of.choice(("2026-11-25", "2027-03-01")))
