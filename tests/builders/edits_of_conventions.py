"""Edits of profiles, of the defaults of all services, and of the folders of artefacts."""

import posixpath
from collections.abc import Iterator
from random import Random
from typing import Any

from builders.edits import (
    artefact_of,
    asks,
    folder_of,
    gives,
    one_of,
    other,
    profiles,
    services,
    takes,
)
from builders.in_memory import GONE, Files, Op
from builders.small_workspaces import GOOD

SETTINGS = "gatekeeper.yaml"


@asks
def state_in_a_profile_what_a_manifest_says(files: Files, of: Random) -> Iterator[Op]:
    for file, service in one_of(of, [one for one in services(files) if "profile" not in one[1]]):
        fields = ("evidence", "targets", "labels")
        stated = {field: service[field] for field in fields if service.get(field)}
        yield Op(SETTINGS, ("profiles", f"like-{service['service']}"), stated)
        yield Op(file, ("profile",), f"like-{service['service']}")
        yield from (Op(file, (field,), GONE) for field in stated)


@gives
def map_a_slot_by_a_profile_to_a_new_artefact(files: Files, of: Random) -> Iterator[Op]:
    for file, service in one_of(
        of, [one for one in services(files) if one[1].get("profile") in profiles(files)]
    ):
        known = (
            service.get("evidence", {}).keys()
            | profiles(files)[service["profile"]].get("evidence", {}).keys()
        )
        for slot in one_of(of, GOOD.keys() - known):
            yield Op(SETTINGS, ("profiles", service["profile"], "evidence", slot), f"profiled/{slot}")
            yield Op(f"{folder_of(files, file)}/profiled/{slot}", (), _new(files, slot))


@gives
def map_a_slot_by_default_to_new_artefacts(files: Files, of: Random) -> Iterator[Op]:
    for slot in one_of(of, GOOD.keys() - files[SETTINGS].get("evidence", {}).keys()):
        yield Op(SETTINGS, ("evidence", slot), f"{{service}}/{slot}")
        for place, (file, service) in enumerate(services(files)):
            yield Op(
                f"{folder_of(files, file)}/{service['service']}/{slot}", (), _new(files, slot) + b"\n" * place
            )


def _new(files: Files, slot: str) -> bytes:
    content = GOOD[slot]
    while content in files.values():
        content += b"\n"
    return content


@asks
def set_a_target_of_a_profile(files: Files, of: Random) -> Iterator[Op]:
    for name in one_of(of, profiles(files)):
        now = profiles(files)[name].get("targets", {}).get("p95_ms", GONE)
        for value in other(of, (100, 250, 500, GONE), now):
            yield Op(SETTINGS, ("profiles", name, "targets", "p95_ms"), value)


@asks
def label_a_profile_otherwise(files: Files, of: Random) -> Iterator[Op]:
    for name in one_of(of, profiles(files)):
        labels = profiles(files)[name].get("labels")
        yield Op(SETTINGS, ("profiles", name, "labels"), GONE if labels else ["residency"])


def _slots(files: Files, profile: Any) -> set[str]:
    """Return the slots that a profile maps; none without one."""
    return set(profiles(files).get(profile, {}).get("evidence", ()))


@asks
def give_a_service_another_profile(files: Files, of: Random) -> Iterator[Op]:
    for file, service in one_of(of, services(files)):
        for name in other(of, (GONE, *profiles(files)), service.get("profile", GONE)):
            if (
                not _slots(files, name)
                - _slots(files, service.get("profile"))
                - set(service.get("evidence", ()))
            ):
                yield Op(file, ("profile",), name)  # one that maps more slots would give something


@takes
def unmap_a_slot_of_a_profile(files: Files, of: Random) -> Iterator[Op]:
    found = [one for one in services(files) if one[1].get("profile") in profiles(files)]
    for file, service in one_of(of, found):
        for slot in one_of(of, profiles(files)[service["profile"]].get("evidence", ())):
            place = of.choice(((file, ()), (SETTINGS, ("profiles", service["profile"]))))
            value = {"path": "none"} if place[0] == file else GONE
            yield Op(place[0], (*place[1], "evidence", slot), value)


@asks
def keep_artefacts_in_another_folder(files: Files, of: Random) -> Iterator[Op]:
    for file, service in one_of(of, services(files)):
        folder = "built/{service}" if of.random() < 0.3 else f"built/{service['service']}"
        where, new = (SETTINGS if "{" in folder else file), f"built/{service['service']}"
        if folder_of(files, file) == new or files[where].get("folder") == folder:
            continue
        yield Op(where, ("folder",), folder)
        for slot in service.get("evidence", {}):
            path = posixpath.normpath(artefact_of(files, file, slot))
            if path in files and path.startswith(f"{folder_of(files, file)}/"):
                yield Op(path, (), GONE)
                yield Op(new + path.removeprefix(folder_of(files, file)), (), files[path])


@asks
def read_the_artefacts_of_another_service(files: Files, of: Random) -> Iterator[Op]:
    for file, _ in one_of(of, services(files)):
        others = [folder_of(files, name) for name, _ in services(files) if name != file]
        for folder in one_of(of, others):
            yield Op(file, ("folder",), folder)


@asks
def link_findings_elsewhere(files: Files, of: Random) -> Iterator[Op]:
    template = f"https://forge-{of.randrange(9)}.example/{{path}}#L{{line}}"
    yield Op(SETTINGS, ("links",), GONE if "links" in files[SETTINGS] else template)


@asks
def keep_records_elsewhere(files: Files, of: Random) -> Iterator[Op]:
    location = f"s3://records-{of.randrange(9)}/plan"
    yield Op(SETTINGS, ("records",), GONE if "records" in files[SETTINGS] else location)
