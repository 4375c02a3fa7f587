"""Edits of keys, signatures and withdrawals by somebody who has no key of the people on the roster."""

from collections.abc import Iterator
from random import Random
from typing import Any

from builders.edits import artefact_of, asks, criteria, level_ids, one_of, other, replaces, services, takes
from builders.in_memory import GONE, Files, Op, changed
from builders.keyed_workspaces import (
    CI,
    ELSEWHERE,
    GOVERNANCE,
    HERE,
    MALLORY,
    Entry,
    lost_key,
    signed_record,
    stated,
)
from builders.small_workspaces import GOOD
from builders.whats_open import record

# Who signs


def _roster(files: Files) -> dict[str, Any]:
    found: dict[str, Any] = files[GOVERNANCE]["roster"]
    return found


def _workspace(files: Files) -> str:
    return str(files["gatekeeper.yaml"].get("workspace", HERE))


@asks
def let_a_role_sign_or_not(files: Files, of: Random) -> Iterator[Op]:
    signatures = files[GOVERNANCE].get("signatures", {})
    role = of.choice((*files[GOVERNANCE]["roles"], "ci"))
    for how in other(of, (GONE, "optional", "required"), signatures.get(role, GONE)):
        yield Op(GOVERNANCE, ("signatures", role), how)


@asks
def let_nobody_have_to_sign(files: Files, of: Random) -> Iterator[Op]:
    if files[GOVERNANCE].get("signatures"):
        yield Op(GOVERNANCE, ("signatures",), of.choice((GONE, {})))


@asks
def count_a_statement_unsigned(files: Files, of: Random) -> Iterator[Op]:
    for one in one_of(of, stated(files)):
        digest = one.statement.digest(_workspace(files))
        levels = level_ids(files)
        for level in other(of, levels, files[GOVERNANCE].get("grandfathered", {}).get(digest)):
            yield Op(GOVERNANCE, ("grandfathered", digest), level)


@asks
def let_a_sign_off_outlive_changes(files: Files, of: Random) -> Iterator[Op]:
    for level in one_of(of, level_ids(files)[1:]):
        asked = files[GOVERNANCE].get("resign_on", {}).get(level, GONE)
        for what in other(of, (GONE, ["evidence"], ["rulebook"], ["evidence", "rulebook"]), asked):
            yield Op(GOVERNANCE, ("resign_on", level), what)


@asks
def change_the_id_of_the_workspace(files: Files, of: Random) -> Iterator[Op]:
    for id_ in other(of, (GONE, HERE, ELSEWHERE), files["gatekeeper.yaml"].get("workspace", GONE)):
        yield Op("gatekeeper.yaml", ("workspace",), id_)


# Keys


def _keys(files: Files) -> list[tuple[str, int, Any]]:
    return [
        (name, place, key if isinstance(key, dict) else {"key": key})
        for name, person in _roster(files).items()
        for place, key in enumerate(person.get("keys", ()))
    ]


@asks
def add_a_key(files: Files, of: Random) -> Iterator[Op]:
    if MALLORY.public not in str(files[GOVERNANCE]):
        for name in one_of(of, _roster(files)):
            keys = _roster(files)[name].get("keys", [])
            yield Op(GOVERNANCE, ("roster", name, "keys"), [*keys, MALLORY.public])


@asks
def join_the_roster_with_a_key(files: Files, of: Random) -> Iterator[Op]:
    if MALLORY.public not in str(files[GOVERNANCE]):
        roles = of.sample(list(files[GOVERNANCE]["roles"]), 2)
        person = {"roles": roles, "teams": ["team-shop", "team-pay"], "keys": [MALLORY.public]}
        yield Op(GOVERNANCE, ("roster", "mallory"), person)


@asks
def let_a_key_count_otherwise(files: Files, of: Random) -> Iterator[Op]:
    limited = [one for one in _keys(files) if len(one[2]) > 1]
    for name, place, key in one_of(of, limited if of.random() < 0.7 else _keys(files)):
        field, values = of.choice(
            (
                ("revoked", (GONE, True)),
                ("until", (GONE, "2026-10-31", "2026-12-31")),
                ("from", (GONE, "2026-01-01", "2026-11-03")),
            )
        )
        for value in other(of, values, key.get(field, GONE)):
            edited = {name: of for name, of in {**key, field: value}.items() if of is not GONE}
            yield Op(GOVERNANCE, ("roster", name, "keys", place), edited)


@replaces
def sign_with_a_key_that_is_newly_allowed(files: Files, of: Random) -> Iterator[Op]:
    """By a key of one's own that is given to the person, or by the revoked one, which is revoked no longer."""
    people = {name.casefold(): name for name in _roster(files)}
    for one in one_of(of, [one for one in stated(files) if one.statement.by.casefold() in people]):
        name = people[one.statement.by.casefold()]
        lost, keys = lost_key(name.casefold()), _roster(files)[name].get("keys", [])
        if MALLORY.public in str(files[GOVERNANCE]):
            return
        pair = of.choice((MALLORY, lost))
        others = [key for key in keys if lost.public not in str(key)]
        yield Op(GOVERNANCE, ("roster", name, "keys"), [*(others if pair == lost else keys), pair.public])
        yield Op(one.file, (*one.path, "signature"), pair.sign(one.statement.message(_workspace(files))))


@asks
def remove_a_key(files: Files, of: Random) -> Iterator[Op]:
    for name, place, _ in one_of(of, _keys(files)):
        yield Op(GOVERNANCE, ("roster", name, "keys", place), GONE)


@asks
def replace_a_key(files: Files, of: Random) -> Iterator[Op]:
    if MALLORY.public not in str(files[GOVERNANCE]):
        for name, place, _ in one_of(of, _keys(files)):
            yield Op(GOVERNANCE, ("roster", name, "keys", place), MALLORY.public)


@asks
def move_a_key_to_another_person(files: Files, of: Random) -> Iterator[Op]:
    for name, place, key in one_of(of, _keys(files)):
        for to in other(of, list(_roster(files)), name):
            yield Op(GOVERNANCE, ("roster", name, "keys", place), GONE)
            yield Op(GOVERNANCE, ("roster", to, "keys"), [*_roster(files)[to].get("keys", ()), key])


@asks
def swap_two_people(files: Files, of: Random) -> Iterator[Op]:
    one, two = of.sample(list(_roster(files)), 2) if len(_roster(files)) > 1 else ("", "")
    if one:
        yield Op(GOVERNANCE, ("roster", one), _roster(files)[two])
        yield Op(GOVERNANCE, ("roster", two), _roster(files)[one])


@asks
def write_a_name_in_other_case(files: Files, of: Random) -> Iterator[Op]:
    for name in one_of(of, [name for name in _roster(files) if name.upper() not in _roster(files)]):
        yield Op(GOVERNANCE, ("roster", name), GONE)
        yield Op(GOVERNANCE, ("roster", name.upper()), _roster(files)[name])


# Pipelines


@asks
def let_another_pipeline_record(files: Files, of: Random) -> Iterator[Op]:
    if "other" not in files[GOVERNANCE].get("recorders", {}):
        if CI.public not in str(files[GOVERNANCE]):
            yield Op(GOVERNANCE, ("recorders", "other"), {"keys": [CI.public], "services": ["shop"]})
        elif of.random() < 0.5:
            yield Op(GOVERNANCE, ("recorders", "other"), {"identity": WORKFLOW, "services": ["shop"]})
        elif MALLORY.public not in str(files[GOVERNANCE]):
            yield Op(GOVERNANCE, ("recorders", "other"), {"keys": [MALLORY.public], "services": ["shop"]})


WORKFLOW = {"issuer": "https://ci.example", "subject": "https://forge.example/acme/shop/ci.yml@main"}


@asks
def let_a_pipeline_record_more(files: Files, of: Random) -> Iterator[Op]:
    for name in one_of(of, files[GOVERNANCE].get("recorders", {})):
        recorder = files[GOVERNANCE]["recorders"][name]
        field, values = of.choice(
            (
                ("services", (["shop"], ["pay"], ["shop", "pay"])),
                ("repository", (GONE, "forge.example/acme/shop", "forge.example/eve/shop")),
            )
        )
        for value in other(of, values, recorder.get(field, GONE)):
            yield Op(GOVERNANCE, ("recorders", name, field), value)


@replaces
def write_an_old_signed_record_back(files: Files, of: Random) -> Iterator[Op]:
    """A run of good evidence, which the pipeline signed in October."""
    signed = [name for name in files if name.endswith("/evidence.json") and b'"signature"' in files[name]]
    for path in one_of(of, signed):
        file = f"{path.removesuffix('/evidence.json')}.yaml"
        slots = files.get(file, {}).get("evidence", {})
        good = changed(files, [Op(artefact_of(files, file, slot), (), GOOD[slot]) for slot in slots])
        written = record(good, path.split("/")[1])
        if written:
            yield Op(path, (), signed_record(written.replace(b"2026-11-18", b"2026-10-01"), path))


# Statements


def _signed(files: Files) -> list[Entry]:
    return [one for one in stated(files) if "signature" in one.data]


@replaces
def copy_a_signature(files: Files, of: Random) -> Iterator[Op]:
    for one in one_of(of, _signed(files)):
        for to in other(of, list(stated(files)), one):
            yield Op(to.file, (*to.path, "signature"), one.data["signature"])


@replaces
def remove_a_signature(files: Files, of: Random) -> Iterator[Op]:
    for one in one_of(of, _signed(files)):
        yield Op(one.file, (*one.path, "signature"), GONE)


@replaces
def forge_a_signature(files: Files, of: Random) -> Iterator[Op]:
    """By a key of one's own, or by one that was revoked because anybody may have it."""
    for one in one_of(of, stated(files)):
        pair = of.choice((MALLORY, lost_key(one.statement.by)))
        yield Op(one.file, (*one.path, "signature"), pair.sign(one.statement.message(_workspace(files))))


@replaces
def copy_a_statement(files: Files, of: Random) -> Iterator[Op]:
    """To another service, criterion, level or role."""
    for one in one_of(of, _of_services(files)):
        for file, _ in one_of(of, services(files)):
            for path in one_of(of, _places(files, one.path[0])):
                yield Op(file, path, one.data)


def _of_services(files: Files) -> list[Entry]:
    return [one for one in stated(files) if one.file.startswith("services/")]


def _places(files: Files, field: str) -> list[tuple[str, ...]]:
    """Return the places of sign-offs, attestations or waivers in a manifest."""
    if field == "sign_offs":
        roles = files[GOVERNANCE]["upgrade_sign_offs"]
        return [(field, level, role) for level in level_ids(files)[1:] for role in roles]
    allows = (
        {"waivable_by"} if field == "not_applicable" else {"attested_by", "or_attested_by", "decidable_in"}
    )
    return [(field, rule["id"]) for _, _, rule in criteria(files) if allows & rule.keys()]


@replaces
def state_otherwise(files: Files, of: Random) -> Iterator[Op]:
    for act in one_of(of, sorted({one.statement.act for one in stated(files)})):
        for one in one_of(of, [one for one in stated(files) if one.statement.act == act]):
            field = of.choice(_STATED[act])
            for value in other(of, _VALUES[field], one.data.get(field, GONE)):
                yield Op(one.file, (*one.path, field), value)


_STATED: dict[str, tuple[str, ...]] = {
    "sign-off": ("by", "on", "link", "obligations", "evidence"),
    "attestation": ("by", "on", "link", "obligations", "until", "role"),
    "not-applicable": ("by", "on", "reason", "until"),
    "exception": ("approved_by", "risk", "owner", "link"),
    "exit": ("by", "report_sha256", "override"),
}
_VALUES: dict[str, tuple[Any, ...]] = {
    "by": ("ada", "bo", "cy", "di", "ro", "BO", "mallory"),
    "approved_by": ("ada", "bo", "BO", "mallory"),
    "on": ("2026-10-15", "2026-11-01", "2026-11-18"),
    "until": ("2026-11-30", "2027-06-01", GONE),
    "link": ("l", "another"),
    "role": ("owner", "architecture", "security"),
    "reason": ("r", "another"),
    "risk": ("r", "none"),
    "owner": ("r", "somebody"),
    "obligations": (f"sha256:{'1' * 64}", GONE),
    "evidence": ({}, {"coverage": "1" * 64}, GONE),
    "report_sha256": ("1" * 64, GONE),
    "override": ("in a hurry", GONE),
}


# Withdrawals


@takes
def withdraw_a_statement(files: Files, of: Random) -> Iterator[Op]:
    for one in one_of(of, _of_services(files)):
        withdrawn = {"digest": one.statement.digest(_workspace(files)), "by": "bo", "on": "2026-11-18"}
        yield Op(one.file, ("withdrawn",), [*files[one.file].get("withdrawn", ()), withdrawn])


@asks
def undo_a_withdrawal(files: Files, of: Random) -> Iterator[Op]:
    for file, service in one_of(of, [(file, one) for file, one in services(files) if one.get("withdrawn")]):
        place = of.randrange(len(service["withdrawn"]))
        step = of.choice(("", "digest", "by", "on"))
        value = {"digest": f"sha256:{'2' * 64}", "by": "mallory", "on": "2026-11-19"}.get(step, GONE)
        yield Op(file, ("withdrawn", place, *([step] if step else [])), value)


@asks
def copy_an_approval(files: Files, of: Random) -> Iterator[Op]:
    """Of any weakening: with a signature of another entry, or a forged one."""
    for one in one_of(of, _signed(files)):
        what = of.choice(("governance.signatures.owner:sha256:0", "workspace:sha256:0"))
        given = {
            "what": what,
            "by": "bo",
            "on": "2026-11-20",
            "link": "l",
            "signature": one.data["signature"],
        }
        yield Op(GOVERNANCE, ("weakenings",), [*files[GOVERNANCE].get("weakenings", ()), given])
