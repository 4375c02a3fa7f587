"""Edits of evidence, statements and signatures."""

import json
import posixpath
import re
from collections.abc import Iterator
from hashlib import sha256
from random import Random
from typing import Any

from builders.edits import (
    added,
    artefact_of,
    asks,
    capability_id,
    demanded,
    folder_of,
    gives,
    level_ids,
    mapped,
    milestones,
    one_of,
    other,
    replaces,
    services,
    takes,
)
from builders.in_memory import GONE, Files, Op, changed
from builders.small_workspaces import (
    ATTESTED,
    GOOD,
    OTHER,
    PEOPLE,
    attestation,
    file_name,
    sign_offs,
    waiver,
)
from builders.whats_open import record

# Evidence


@gives
def deliver_a_good_artefact(files: Files, of: Random) -> Iterator[Op]:
    for file, slot, _ in one_of(of, mapped(files)):
        yield Op(artefact_of(files, file, slot), (), _new(files, slot))


def _new(files: Files, slot: str) -> bytes:
    """Return a good artefact whose bytes are nowhere yet."""
    content = GOOD[slot]
    while content in files.values():
        content += b"\n"
    return content


@replaces
def deliver_another_artefact(files: Files, of: Random) -> Iterator[Op]:
    for file, slot, _ in one_of(of, mapped(files)):
        path = artefact_of(files, file, slot)
        for content in other(of, OTHER[slot], files.get(path)):
            yield Op(path, (), content)


@gives
def map_a_slot_to_a_new_artefact(files: Files, of: Random) -> Iterator[Op]:
    for file, service in one_of(of, services(files)):
        for slot in one_of(of, GOOD.keys() - service.get("evidence", {}).keys()):
            name = file_name(slot, service["service"])
            yield Op(file, ("evidence", slot), {"path": f"new/{name}"})
            yield Op(f"{folder_of(files, file)}/new/{name}", (), _new(files, slot))


@gives
def repoint_a_slot_to_a_new_artefact(files: Files, of: Random) -> Iterator[Op]:
    for file, slot, pointer in one_of(of, mapped(files)):
        path = f"again/{pointer['path']}"
        yield Op(file, ("evidence", slot, "path"), path)
        yield Op(f"{folder_of(files, file)}/{path}", (), _new(files, slot))


@replaces
def write_the_source_in_another_language(files: Files, of: Random) -> Iterator[Op]:
    for file, _, pointer in one_of(of, [one for one in mapped(files) if one[1] == "tree"]):
        path = f"again/{pointer['path']}"
        for ending in other(of, ("ts", "rb", "js"), path.rpartition(".")[2]):
            path = f"{path.rpartition('.')[0]}.{ending}"
        yield Op(file, ("evidence", "tree", "path"), path)
        yield Op(f"{folder_of(files, file)}/{path}", (), _new(files, "tree"))


@replaces
def map_a_slot_to_a_present_artefact(files: Files, of: Random) -> Iterator[Op]:
    for file, service in one_of(of, services(files)):
        for slot in one_of(of, GOOD.keys() - service.get("evidence", {}).keys()):
            for path in one_of(of, _present(files, file, None)):
                yield Op(file, ("evidence", slot), {"path": path})


@asks
def repoint_a_slot_to_a_present_artefact(files: Files, of: Random) -> Iterator[Op]:
    for file, slot, pointer in one_of(of, mapped(files)):
        for path in one_of(of, _present(files, file, pointer["path"])):
            yield Op(file, ("evidence", slot, "path"), path)


def _present(files: Files, file: str, but: str | None) -> list[str]:
    """Return paths of artefacts of all services, relative to the folder of one."""
    found = [
        path for path in files if path.startswith(("services/", "built/")) and not path.endswith(".yaml")
    ]
    relative = [posixpath.relpath(path, folder_of(files, file)) for path in found]
    return [path for path in relative if path != but]


@asks
def move_an_artefact(files: Files, of: Random) -> Iterator[Op]:
    for file, slot, _ in one_of(of, mapped(files)):
        path = artefact_of(files, file, slot)
        if path in files:
            yield Op(path, (), GONE)
            name = path.rpartition("/")[2]
            yield Op(f"{folder_of(files, file)}/moved/{name}", (), files[path])
            yield Op(file, ("evidence", slot, "path"), f"moved/{name}")


@takes
def unmap_a_slot(files: Files, of: Random) -> Iterator[Op]:
    for file, slot, _ in one_of(of, mapped(files)):
        yield Op(file, ("evidence", slot), GONE)


@takes
def delete_an_artefact(files: Files, of: Random) -> Iterator[Op]:
    for file, slot, _ in one_of(of, mapped(files)):
        path = artefact_of(files, file, slot)
        if path in files:
            yield Op(path, (), GONE)


@asks
def date_evidence_otherwise(files: Files, of: Random) -> Iterator[Op]:
    for file, slot, pointer in one_of(of, mapped(files)):
        days = (GONE, "2026-08-01T08:00:00Z", "2026-11-19T08:00:00Z")
        for day in other(of, days, pointer.get("collected_at", GONE)):
            yield Op(file, ("evidence", slot, "collected_at"), day)


@asks
def name_another_commit_of_evidence(files: Files, of: Random) -> Iterator[Op]:
    for file, slot, pointer in one_of(of, mapped(files)):
        for commit in other(of, (GONE, "c0ffee1", "badcafe"), pointer.get("commit", GONE)):
            yield Op(file, ("evidence", slot, "commit"), commit)


@asks
def change_a_pin(files: Files, of: Random) -> Iterator[Op]:
    for file, slot, pointer in one_of(of, mapped(files)):
        content = files.get(artefact_of(files, file, slot), b"")
        pins = (GONE, sha256(content).hexdigest(), sha256(GOOD[slot]).hexdigest(), "0" * 64)
        for pin in other(of, pins, pointer.get("sha256", GONE)):
            yield Op(file, ("evidence", slot, "sha256"), pin)


@replaces
def say_more_of_a_mapping(files: Files, of: Random) -> Iterator[Op]:
    for file, slot, pointer in one_of(of, mapped(files)):
        field, values = of.choice((("whole", (True, GONE)), ("parts", (1, 2, GONE))))
        for value in other(of, values, pointer.get(field, GONE)):
            if field == "parts" or slot.endswith("tests"):
                yield Op(file, ("evidence", slot, field), value)


# Records


@replaces
def replace_artefacts_by_a_record(files: Files, of: Random) -> Iterator[Op]:
    for file, service in one_of(of, services(files)):
        yield from _recorded(files, file, service, files)


@gives
def type_a_record_of_good_evidence(files: Files, of: Random) -> Iterator[Op]:
    for file, service in one_of(of, services(files)):
        paths = {slot: artefact_of(files, file, slot) for slot in service.get("evidence", {})}
        good = changed(files, [Op(path, (), GOOD[slot]) for slot, path in paths.items()])
        yield from _recorded(files, file, service, good)


def _recorded(files: Files, file: str, service: Any, with_artefacts: Files) -> Iterator[Op]:
    """Yield the record of a service as if it had these artefacts, and the deletion of its own."""
    artefacts = {artefact_of(files, file, slot) for slot in service.get("evidence", {})} & files.keys()
    written = record(with_artefacts, service["service"]) if artefacts else None
    if written:
        yield Op(f"{file.removesuffix('.yaml')}/evidence.json", (), written)
        yield from (Op(path, (), GONE) for path in sorted(artefacts))


@asks
def date_a_record_otherwise(files: Files, of: Random) -> Iterator[Op]:
    for path in one_of(of, [name for name in files if name.endswith("/evidence.json")]):
        yield Op(
            path,
            (),
            re.sub(rb'_at":"2026-\d\d-\d\d', b'_at":"2026-11-19', files[path].replace(b'": "', b'":"')),
        )


@asks
def edit_a_record_by_hand(files: Files, of: Random) -> Iterator[Op]:
    """Take the findings out of an entry; its digests stay."""
    for path in one_of(of, [name for name in files if name.endswith("/evidence.json")]):
        document = json.loads(files[path])
        for entry in one_of(of, [one for run in document["runs"] for one in run["evidence"] if one["facts"]]):
            lists = [name for name, value in entry["facts"].items() if value and isinstance(value, list)]
            entry["facts"] |= {name: [] for name in lists if isinstance(entry["facts"][name][0], dict)}
            yield Op(path, (), json.dumps(document).encode())


@takes
def delete_a_record(files: Files, of: Random) -> Iterator[Op]:
    for path in one_of(of, [name for name in files if name.endswith("/evidence.json")]):
        yield Op(path, (), GONE)


# Statements


@gives
def attest(files: Files, of: Random) -> Iterator[Op]:
    for file, service in one_of(of, services(files)):
        names = [capability_id(one) for at, _, _, one in added(files) if at == file]
        names += [f"{gate}.scope" for at, _, gate, _ in demanded(files) if at == file]
        known = [*ATTESTED, *names]
        for name in one_of(of, known):
            milestone = of.choice((None, *milestones(files)))
            given = attestation(name, of.choice(("2026-11-18", "2026-11-19")), milestone)
            before = service.get("attestations", {}).get(name, {})
            if (
                given != before and "signature" not in before
            ):  # a typed one in its place takes a signature away
                yield Op(file, ("attestations", name), given)


@takes
def withdraw_an_attestation(files: Files, of: Random) -> Iterator[Op]:
    given = [(file, name) for file, service in services(files) for name in service.get("attestations", ())]
    for file, name in one_of(of, given):
        yield Op(file, ("attestations", name), GONE)


@asks
def let_an_attestation_end_on_another_day(files: Files, of: Random) -> Iterator[Op]:
    given = [
        (file, name, one)
        for file, service in services(files)
        for name, one in service.get("attestations", {}).items()
    ]
    for file, name, one in one_of(of, given):
        for day in other(of, (GONE, "2026-11-10", "2026-12-31"), one.get("until", GONE)):
            yield Op(file, ("attestations", name, "until"), day)


@asks
def let_a_waiver_end_on_another_day(files: Files, of: Random) -> Iterator[Op]:
    given = [
        (file, name, one)
        for file, service in services(files)
        for name, one in service.get("not_applicable", {}).items()
    ]
    for file, name, one in one_of(of, given):
        for day in other(of, (GONE, "2026-11-10", "2026-12-31"), one.get("until", GONE)):
            yield Op(file, ("not_applicable", name, "until"), day)


@gives
def declare_not_applicable(files: Files, of: Random) -> Iterator[Op]:
    for file, service in one_of(of, services(files)):
        if "api.limits" not in service.get("not_applicable", {}):
            yield Op(file, ("not_applicable", "api.limits"), waiver())


@takes
def declare_not_applicable_no_longer(files: Files, of: Random) -> Iterator[Op]:
    for file, _ in one_of(of, [one for one in services(files) if one[1].get("not_applicable")]):
        yield Op(file, ("not_applicable",), GONE)


@gives
def sign_a_level(files: Files, of: Random) -> Iterator[Op]:
    signers = files["gates/governance.yaml"]["upgrade_sign_offs"]
    for file, service in one_of(of, services(files) if signers else ()):
        level = of.choice(level_ids(files)[1:])
        new = sign_offs(level, signers)
        if service.get("sign_offs", {}).get(level) != new[level]:
            yield Op(file, ("sign_offs", level), new[level])
            claimed = level_ids(files).index(service.get("level", level_ids(files)[0]))
            if level_ids(files).index(level) > claimed and of.random() < 0.7:
                yield Op(file, ("level",), level)


@takes
def sign_a_level_in_part(files: Files, of: Random) -> Iterator[Op]:
    for file, _ in one_of(of, services(files)):
        for role in one_of(of, files["gates/governance.yaml"]["upgrade_sign_offs"][1:]):
            yield Op(
                file, ("sign_offs", level_ids(files)[-1]), {role: {"by": PEOPLE[role], "on": "2026-11-18"}}
            )


@gives
def complete_a_signature(files: Files, of: Random) -> Iterator[Op]:
    signers = files["gates/governance.yaml"]["upgrade_sign_offs"]
    found = [
        (file, level, role)
        for file, service in services(files)
        for level, given in service.get("sign_offs", {}).items()
        for role in signers
        if role not in given
    ]
    for file, level, role in one_of(of, found):
        yield Op(file, ("sign_offs", level, role), {"by": PEOPLE[role], "on": "2026-11-18"})


@takes
def withdraw_a_signature(files: Files, of: Random) -> Iterator[Op]:
    found = [
        (file, level, role)
        for file, service in services(files)
        for level, given in service.get("sign_offs", {}).items()
        for role in given
    ]
    for file, level, role in one_of(of, found):
        yield Op(file, ("sign_offs", level, role), GONE)


@takes
def withdraw_all_signatures(files: Files, of: Random) -> Iterator[Op]:
    for file, _ in one_of(of, [one for one in services(files) if one[1].get("sign_offs")]):
        yield Op(file, ("sign_offs",), GONE)
        yield Op(file, ("level",), GONE)
