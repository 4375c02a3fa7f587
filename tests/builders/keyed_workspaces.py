"""Small workspaces whose people have keys: most of what they state is signed, some of it by a key that may not."""

from collections.abc import Iterator, Sequence
from random import Random
from typing import Any, NamedTuple

from builders.edits import entries, exits, level_ids, milestones, services
from builders.in_memory import Files, Op, changed
from builders.signing import KeyPair, key_pair
from builders.small_workspaces import SERVICES
from gatekeeper.evidence import records
from gatekeeper.model.milestone import Milestone, RegisteredException
from gatekeeper.model.service import Service
from gatekeeper.model.statement import Statement, of_exception, of_exit, of_service

GOVERNANCE = "gates/governance.yaml"
HERE = "0d3b4b4e-6c0f-4a55-9d3f-4f3f6b1f0a11"
ELSEWHERE = "9b0a7f9e-52a9-4f7c-8a2b-0a4f1d2c3e4f"
MALLORY = key_pair("mallory")
"""The key of somebody who is not on the roster."""
CI = key_pair("ci")


class Entry(NamedTuple):
    """An entry that a person made: its place, what it states, and its data."""

    file: str
    path: tuple[str, ...]
    statement: Statement
    data: Any


def stated(files: Files) -> Iterator[Entry]:
    """Yield what people stated: about services, in the register, and of exits."""
    for file, service in services(files):
        for one in of_service(Service.model_validate(service)):
            keys = list(one.about.values())[1:]
            path = ({2: "sign_offs"}.get(len(keys)) or _field(service, keys[0], one), *keys)
            yield Entry(file, path, one, _at(service, path))
    for file, entry in entries(files):
        yield Entry(file, (), of_exception(RegisteredException.model_validate(entry), None), entry)
    role = files[GOVERNANCE].get("exit_role")
    for name in milestones(files):
        file = f"milestones/{name}.yaml"
        for on, record in Milestone.model_validate(files[file]).exits.items():
            path = ("exited", on.isoformat())
            yield Entry(file, path, of_exit(name, on, record, role), exits(files[file])[path[1]])


def _field(service: Any, criterion: str, one: Statement) -> str:
    return "attestations" if one.act.value == "attestation" else "not_applicable"


def _at(data: Any, path: Sequence[str]) -> Any:
    for key in path:
        data = data[key]
    return data


def lost_key(name: str) -> KeyPair:
    """Return the revoked key of a person, which anybody may have."""
    return key_pair(f"{name} lost")


def old_key(name: str) -> KeyPair:
    """Return the key with which a person signed up to the end of October."""
    return key_pair(f"{name} old")


def with_keys(files: Files, of: Random, required: Sequence[str]) -> Files:
    """Return a workspace in which roles must be signed; most of what people stated is, and some of it withdrawn."""
    roster = {
        name: person | {"keys": _keys(name.casefold())}
        for name, person in files[GOVERNANCE]["roster"].items()
    }
    ops = [
        Op("gatekeeper.yaml", ("workspace",), HERE),
        Op(GOVERNANCE, ("roster",), roster),
        Op(GOVERNANCE, ("signatures",), dict.fromkeys(required, "required")),
        Op(GOVERNANCE, ("recorders",), {"build": {"keys": [CI.public], "services": list(SERVICES)}}),
        *(Op(name, (), signed_record(files[name], name)) for name in files if name.endswith("/evidence.json")),
        Op(GOVERNANCE, ("resign_on",), {level_ids(files)[1]: ["rulebook"]} if of.random() < 0.2 else {}),
        *(Op(file, ("approved_by",), "bo") for file, _ in entries(files)),
    ]  # fmt: skip
    files = changed(files, ops)
    ops, kept = [], {}
    share = of.choice((0.1, 0.2, 0.5))
    for one in stated(files):
        flaw = of.choice(FLAWS) if of.random() < share else None
        if flaw != "unsigned":
            signature = flawed(one.statement, flaw) if flaw else _good(one.statement)
            ops.append(Op(one.file, (*one.path, "signature"), signature))
        elif of.random() < 0.3:
            kept[one.statement.digest(HERE)] = "bronze"
    files = changed(files, [*ops, Op(GOVERNANCE, ("grandfathered",), kept)])
    return changed(files, list(_withdrawn(files, of, share / 3)))


FLAWS = ("lost", "old", "mallory", "elsewhere", "moved", "unsigned")
"""Why some of the statements of a workspace do not count."""


def signed_record(data: bytes, path: str) -> bytes:
    """Return the record of a service with its runs signed by the pipeline."""
    service = path.split("/")[1]
    record = records.read(data, service)
    runs = tuple(
        run.with_signature(CI.sign(run.states(service, records.DEFAULT).message(HERE))) for run in record.runs
    )
    return record._replace(runs=runs).as_json(service)


def _keys(name: str) -> list[Any]:
    return [
        key_pair(name).public,
        {"key": old_key(name).public, "until": "2026-10-31"},
        {"key": lost_key(name).public, "revoked": True},
    ]


def _good(statement: Statement) -> str:
    return key_pair(statement.by.casefold()).sign(statement.message(HERE))


def flawed(statement: Statement, flaw: str) -> str:
    """Return a signature that does not count: by a key that may not sign, or over something else."""
    by = statement.by.casefold()
    pairs = {"lost": lost_key(by), "old": old_key(by), "mallory": MALLORY}
    moved = statement._replace(about={**statement.about, "service": "elsewhere"})
    message = (moved if flaw == "moved" else statement).message(ELSEWHERE if flaw == "elsewhere" else HERE)
    return pairs.get(flaw, key_pair(by)).sign(message)


def _withdrawn(files: Files, of: Random, share: float) -> Iterator[Op]:
    """Withdraw some statements, which are still there."""
    for file, _ in services(files):
        found = [one for one in stated(files) if one.file == file and of.random() < share]
        digests = [one.statement.digest(HERE) for one in found]
        yield Op(
            file, ("withdrawn",), [{"digest": digest, "by": "bo", "on": "2026-11-05"} for digest in digests]
        )
