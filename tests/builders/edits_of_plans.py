"""Edits of plans: cells, gates and their scopes, capabilities, and the rest of a manifest."""

from collections.abc import Iterator
from random import Random
from typing import Any

from builders.edits import (
    added,
    asks,
    cells,
    demanded,
    entries,
    gives,
    level_ids,
    milestones,
    one_of,
    other,
    scopes,
    services,
)
from builders.in_memory import GONE, Files, Op
from builders.small_workspaces import (
    CAPABILITIES,
)

# Cells


def _relevel(files: Files, of: Random, *, up: bool) -> Iterator[Op]:
    levels = level_ids(files)
    for file, at, cell in one_of(of, cells(files)):
        rank = levels.index(cell["level"])
        for level in one_of(of, levels[rank + 1 :] if up else levels[:rank]):
            yield Op(file, ("plan", at, "level"), level)


@asks
def raise_a_target(files: Files, of: Random) -> Iterator[Op]:
    yield from _relevel(files, of, up=True)


@asks
def lower_a_target(files: Files, of: Random) -> Iterator[Op]:
    yield from _relevel(files, of, up=False)


@asks
def raise_the_first_target(files: Files, of: Random) -> Iterator[Op]:
    """The first cell that reaches a level decides what the level means."""
    for file, service in one_of(of, services(files)):
        first = next(iter(service["plan"]))
        yield Op(file, ("plan", first, "level"), level_ids(files)[-1])


@asks
def add_a_cell(files: Files, of: Random) -> Iterator[Op]:
    for file, service in one_of(of, services(files)):
        for at in one_of(of, [name for name in milestones(files) if name not in service["plan"]]):
            cell = {"level": of.choice(level_ids(files)), "gates": of.choice(({}, {"domain": None}))}
            yield Op(file, ("plan", at), cell)


@asks
def remove_a_cell(files: Files, of: Random) -> Iterator[Op]:
    for file, at, _ in one_of(of, [one for one in cells(files) if len(files[one[0]]["plan"]) > 1]):
        yield Op(file, ("plan", at), GONE)


@asks
def add_a_gate(files: Files, of: Random) -> Iterator[Op]:
    for file, at, cell in one_of(of, [one for one in cells(files) if "gates" in one[2]]):
        for gate in one_of(of, {"domain", "api", "speed", "safety"} - set(cell["gates"])):
            yield Op(file, ("plan", at, "gates", gate), None)


@asks
def drop_a_gate(files: Files, of: Random) -> Iterator[Op]:
    for file, at, gate, _ in one_of(of, scopes(files)):
        yield Op(file, ("plan", at, "gates", gate), GONE)


@asks
def list_the_gates_again(files: Files, of: Random) -> Iterator[Op]:
    for file, at, _ in one_of(of, [one for one in cells(files) if "gates" not in one[2]]):
        yield Op(
            file, ("plan", at, "gates"), of.choice(({}, {"domain": None}, {"api": None, "safety": None}))
        )


@asks
def list_no_gates_any_more(files: Files, of: Random) -> Iterator[Op]:
    later = [one for one in cells(files) if "gates" in one[2] and one[1] != next(iter(files[one[0]]["plan"]))]
    for file, at, _ in one_of(of, later):
        yield Op(file, ("plan", at, "gates"), GONE)


# Scopes

_SCOPES: dict[str, tuple[dict[str, Any], ...]] = {
    "domain": ({"only": ["domain.tests"]}, {"only": ["domain.tests", "domain.deep"]}),
    "api": ({"only": ["api.limits"]}, {"paths": ["/read"]}, {"paths": ["/w0", "/read"]}),
    "speed": ({"only": ["speed.load"]},),
    "safety": (
        {"only": ["safety.review"]},
        {"only": ["safety.isolation", "safety.review"]},
        {"only": ["safety.residency"]},
        {"only": []},
    ),
}


@asks
def narrow_a_gate(files: Files, of: Random) -> Iterator[Op]:
    for file, at, gate, _ in one_of(of, [one for one in scopes(files) if not one[3] and one[2] in _SCOPES]):
        yield Op(file, ("plan", at, "gates", gate), {"scope": "some", **of.choice(_SCOPES[gate])})


def _narrowed(files: Files) -> list[tuple[str, str, str, Any]]:
    return [one for one in scopes(files) if one[3] and one[3].get("effect") != "demands"]


@asks
def narrow_a_gate_otherwise(files: Files, of: Random) -> Iterator[Op]:
    for file, at, gate, scope in one_of(of, _narrowed(files)):
        for new in other(of, [{"scope": "some", **one} for one in _SCOPES.get(gate, ())], scope):
            yield Op(file, ("plan", at, "gates", gate), new)


@asks
def narrow_a_gate_no_longer(files: Files, of: Random) -> Iterator[Op]:
    for file, at, gate, _ in one_of(of, _narrowed(files)):
        yield Op(file, ("plan", at, "gates", gate), None)


@asks
def demand_more_of_a_gate(files: Files, of: Random) -> Iterator[Op]:
    for file, at, gate, _ in one_of(of, [one for one in scopes(files) if not one[3]]):
        yield Op(file, ("plan", at, "gates", gate), {"scope": "core", "effect": "demands"})


@asks
def drop_a_demand(files: Files, of: Random) -> Iterator[Op]:
    for file, at, gate, _ in one_of(of, demanded(files)):
        yield Op(file, ("plan", at, "gates", gate), of.choice((None, {"scope": "core"})))


@asks
def reword_a_demand(files: Files, of: Random) -> Iterator[Op]:
    for file, at, gate, _ in one_of(of, demanded(files)):
        yield Op(file, ("plan", at, "gates", gate, "scope"), of.choice(("x", "core parts")))


# Capabilities


@asks
def add_a_capability(files: Files, of: Random) -> Iterator[Op]:
    for file, at, cell in one_of(of, cells(files)):
        has = {one["capability"] for name, _, _, one in added(files) if name == file}
        for name in one_of(of, [name for name in CAPABILITIES if name not in has]):
            yield Op(file, ("plan", at, "adds"), [*cell.get("adds", ()), {"capability": name}])


@asks
def drop_a_capability(files: Files, of: Random) -> Iterator[Op]:
    for file, at, place, _ in one_of(of, added(files)):
        yield Op(file, ("plan", at, "adds", place), GONE)


@asks
def postpone_a_capability(files: Files, of: Random) -> Iterator[Op]:
    for file, at, place, capability in one_of(of, added(files)):
        plan = files[file]["plan"]
        for later in one_of(of, [name for name in plan if name != at]):
            yield Op(file, ("plan", at, "adds", place), GONE)
            yield Op(file, ("plan", later, "adds"), [*plan[later].get("adds", ()), capability])


@asks
def make_a_capability_optional(files: Files, of: Random) -> Iterator[Op]:
    for file, at, place, capability in one_of(of, added(files)):
        yield Op(file, ("plan", at, "adds", place, "optional"), not capability.get("optional", False))


# The rest of a manifest


@gives
def state_a_target_number(files: Files, of: Random) -> Iterator[Op]:
    for file, _ in one_of(of, [one for one in services(files) if "p95_ms" not in one[1].get("targets", {})]):
        yield Op(file, ("targets", "p95_ms"), 250)


@asks
def change_a_target_number(files: Files, of: Random) -> Iterator[Op]:
    for file, service in one_of(
        of, [one for one in services(files) if "p95_ms" in one[1].get("targets", {})]
    ):
        for number in other(of, (100, 250, 350, 500, GONE), service["targets"]["p95_ms"]):
            yield Op(file, ("targets", "p95_ms"), number)


@asks
def change_a_label(files: Files, of: Random) -> Iterator[Op]:
    for file, service in one_of(of, services(files)):
        yield Op(file, ("labels",), [] if service.get("labels") else ["residency"])


@asks
def change_a_claim(files: Files, of: Random) -> Iterator[Op]:
    if files["gates/governance.yaml"]["upgrade_sign_offs"]:
        yield from _claimed(files, of)


@gives
def change_a_claim_that_is_the_signature(files: Files, of: Random) -> Iterator[Op]:
    """Without sign-offs, the claimed level is the signed one; to lower it is a note."""
    if not files["gates/governance.yaml"]["upgrade_sign_offs"]:
        yield from _claimed(files, of)


def _claimed(files: Files, of: Random) -> Iterator[Op]:
    for file, service in one_of(of, services(files)):
        for level in other(of, [GONE, *level_ids(files)], service.get("level", GONE)):
            yield Op(file, ("level",), level)


@asks
def change_the_owner(files: Files, of: Random) -> Iterator[Op]:
    for file, service in one_of(of, services(files)):
        for owner in other(of, ("team-shop", "team-pay", "team-elsewhere"), service["owner"]):
            yield Op(file, ("owner",), owner)


@asks
def change_the_release(files: Files, of: Random) -> Iterator[Op]:
    releases = (
        GONE,
        {"version": "2"},
        {"version": "1", "commit": "c0ffee1"},
        {"version": "3", "commit": "badcafe"},
    )
    for file, service in one_of(of, services(files)):
        for release in other(of, releases, service.get("release", GONE)):
            yield Op(file, ("release",), release)


@asks
def rename_a_service(files: Files, of: Random) -> Iterator[Op]:
    for file, service in one_of(of, services(files)):
        yield from _renamed(files, file, service, of.choice(("store", "till")))


@asks
def rename_a_service_and_say_so(files: Files, of: Random) -> Iterator[Op]:
    for file, service in one_of(of, services(files)):
        name = of.choice(("store", "till"))
        yield from _renamed(files, file, service, name)
        formerly = [*service.get("identity", {}).get("formerly", ()), service["service"]]
        if f"services/{name}.yaml" not in files:
            yield Op(f"services/{name}.yaml", ("identity", "formerly"), formerly)


@asks
def state_a_former_name(files: Files, of: Random) -> Iterator[Op]:
    for file, service in one_of(of, services(files)):
        names = [one["service"] for path, one in services(files) if path != file]
        for formerly in other(
            of, (["archive"], ["archive", "old"], ["shop"], ["pay"], GONE), service.get("identity")
        ):
            if formerly is GONE or not {*formerly} & {*names}:
                yield Op(file, ("identity", "formerly"), formerly)


@asks
def rename_a_service_to_an_exempt_name(files: Files, of: Random) -> Iterator[Op]:
    for file, service in one_of(of, services(files)):
        yield from _renamed(files, file, service, "gateway")


def _renamed(files: Files, file: str, service: Any, name: str) -> Iterator[Op]:
    if f"services/{name}.yaml" in files:
        return
    yield Op(file, (), GONE)
    yield Op(f"services/{name}.yaml", (), {**service, "service": name})
    old = file.removesuffix(".yaml")
    for path in files:
        if path.startswith(f"{old}/"):
            yield Op(path, (), GONE)
            yield Op(f"services/{name}{path.removeprefix(old)}", (), files[path])
    for path, one in entries(files):
        if one["service"] == service["service"]:
            yield Op(path, ("service",), name)
    for path, one in services(files):
        if path != file and service["service"] in one.get("depends_on", ()):
            renamed = [name if of == service["service"] else of for of in one["depends_on"]]
            yield Op(path, ("depends_on",), renamed)


@asks
def change_what_a_service_depends_on(files: Files, of: Random) -> Iterator[Op]:
    for file, service in one_of(of, services(files)):
        others = [one["service"] for path, one in services(files) if path != file]
        chosen: tuple[Any, ...] = (GONE, [], others[:1], others[::-1])
        for depends_on in other(of, chosen, service.get("depends_on", GONE)):
            yield Op(file, ("depends_on",), depends_on)


@asks
def remove_a_service(files: Files, of: Random) -> Iterator[Op]:
    for file, service in one_of(of, services(files) if len(services(files)) > 1 else ()):
        yield Op(file, (), GONE)
        for path, one in entries(files):
            if one["service"] == service["service"]:
                yield Op(path, (), GONE)


@asks
def add_a_service(files: Files, of: Random) -> Iterator[Op]:
    if "services/new.yaml" not in files:
        plan = {of.choice(milestones(files)): {"level": level_ids(files)[1], "gates": {}}}
        new = {
            "service": "new",
            "owner": "team-shop",
            "about": "new",
            "plan": plan,
            "labels": [],
            "targets": {},
        }
        yield Op("services/new.yaml", (), new)
