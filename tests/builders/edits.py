"""Edits of a workspace, honest and dishonest: what a change gives, takes, or asks otherwise.

An edit looks at the files of a workspace and returns small changes of them; none if there is nothing that it
could edit. The modules `edits_of_*` hold the edits; `ALL` has them by name.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import Enum
from random import Random
from typing import Any, NamedTuple

from builders.in_memory import GONE, Files, Op, changed

Edit = Callable[[Files, Random], Iterable[Op]]


class Nature(Enum):
    """What an edit does."""

    GIVES = "gives"
    """New artefacts, signatures, statements, register entries, recorded exits: each a cause of a closing."""
    REPLACES = "replaces"
    """Replaces an artefact by a worse one, or maps one a second time: that may close something, and may need an approval."""
    TAKES = "takes"
    """Takes such a thing away: that never closes anything without a weakening."""
    ASKS = "asks"
    """Changes what is asked, of whom, or what counts: likewise."""


class Known(NamedTuple):
    """An edit of the grammar."""

    name: str
    nature: Nature
    edit: Edit


ALL: dict[str, Known] = {}


def _register(nature: Nature) -> Callable[[Edit], Edit]:
    def known(edit: Edit) -> Edit:
        name = edit.__name__.replace("_", " ")
        assert name not in ALL
        ALL[name] = Known(name, nature, edit)
        return edit

    return known


gives, replaces, takes, asks = map(_register, Nature)


class Made(NamedTuple):
    """An edit that was made."""

    known: Known
    ops: tuple[Op, ...]

    def __str__(self) -> str:
        return f"{self.known.name} ({self.known.nature.value}): " + "; ".join(map(str, self.ops))


def make(name: str, files: Files, of: Random) -> Made | None:
    """Make an edit of these files; None if there is nothing that it could edit."""
    known = ALL[name]
    ops = tuple(known.edit(files, of))
    return Made(known, (*ops, *_dangling(changed(files, ops)))) if ops else None


# What the edits look at


def one_of(of: Random, found: Iterable[Any]) -> Iterator[Any]:
    """Yield one of these things; nothing if there is none."""
    things = list(found)
    if things:
        yield of.choice(things)


def services(files: Files) -> list[tuple[str, Any]]:
    """Return the manifests of the services, with their files."""
    return [(name, files[name]) for name in files if name.startswith("services/") and name.endswith(".yaml")]


def milestones(files: Files) -> list[str]:
    """Return the milestones in order."""
    return list(files["gatekeeper.yaml"]["roadmap"])


def entries(files: Files) -> list[tuple[str, Any]]:
    """Return the entries of the register, with their files."""
    return [(name, files[name]) for name in files if name.startswith("milestones/risk-register/")]


def cells(files: Files) -> list[tuple[str, str, Any]]:
    """Return the cells of all plans: file, milestone, cell."""
    return [(file, at, cell) for file, service in services(files) for at, cell in service["plan"].items()]


def scopes(files: Files) -> list[tuple[str, str, str, Any]]:
    """Return the gates that cells list: file, milestone, gate, scope."""
    return [
        (file, at, gate, scope)
        for file, at, cell in cells(files)
        for gate, scope in (cell.get("gates") or {}).items()
    ]


def added(files: Files) -> list[tuple[str, str, int, Any]]:
    """Return the capabilities that cells add: file, milestone, place, capability."""
    return [
        (file, at, place, capability)
        for file, at, cell in cells(files)
        for place, capability in enumerate(cell.get("adds", ()))
    ]


def mapped(files: Files) -> list[tuple[str, str, Any]]:
    """Return the slots that services map: file, slot, pointer."""
    return [
        (file, slot, pointer)
        for file, service in services(files)
        for slot, pointer in service.get("evidence", {}).items()
    ]


def artefact_of(files: Files, file: str, slot: str) -> str:
    """Return the file that a slot of a service maps."""
    return f"{folder_of(files, file)}/{files[file]['evidence'][slot]['path']}"


def folder_of(files: Files, file: str) -> str:
    """Return the folder of a service's artefacts."""
    default = files["gatekeeper.yaml"].get("folder", "").replace("{service}", files[file]["service"])
    folder: str = files[file].get("folder") or default or file.removesuffix(".yaml")
    return folder


def profiles(files: Files) -> Mapping[str, Any]:
    """Return the profiles by name."""
    found: Mapping[str, Any] = files["gatekeeper.yaml"].get("profiles", {})
    return found


def gates(files: Files) -> list[str]:
    """Return the files of the gates."""
    apart = ("gates/levels.yaml", "gates/governance.yaml", "gates/evidence.yaml")
    return [name for name in files if name.startswith("gates/") and name not in apart]


def level_ids(files: Files) -> list[str]:
    """Return the levels, lowest first."""
    return [level["level"] for level in files["gates/levels.yaml"]["levels"]]


def criteria(files: Files) -> list[tuple[str, tuple[Any, ...], Any]]:
    """Return all criteria of the rulebook: file, path, criterion."""
    of_gates = [
        (file, ("criteria", place), one)
        for file in gates(files)
        for place, one in enumerate(files[file]["criteria"])
    ]
    of_levels = [
        ("gates/levels.yaml", ("levels", rank, "criteria", place), one)
        for rank, level in enumerate(files["gates/levels.yaml"]["levels"])
        for place, one in enumerate(level["criteria"])
    ]
    return of_gates + of_levels


def people_of(files: Files, role: str) -> list[str]:
    """Return who holds a role."""
    roster = files["gates/governance.yaml"]["roster"]
    return [name for name, person in roster.items() if role in person.get("roles", ())]


def exits(milestone: Any) -> dict[str, Any]:
    """Return the records of a milestone's exit."""
    return milestone.get("exited") or {}


def exited(files: Files) -> list[str]:
    """Return the milestones that have exited."""
    found = {name: exits(files[f"milestones/{name}.yaml"]) for name in milestones(files)}
    last = {name: records[max(records)] for name, records in found.items() if records}
    return [name for name, record in last.items() if "withdrawn" not in record]


def other(of: Random, values: Sequence[Any], than: Any) -> Iterator[Any]:
    """Yield another one of these values."""
    yield from one_of(of, [value for value in values if value != than])


def moved(files: Files, old: str, new: str) -> Iterator[Op]:
    """Yield the changes that rename a file, or a folder with all that is in it."""
    for name in files:
        if name == old or name.startswith(f"{old}/"):
            yield Op(name, (), GONE)
            yield Op(new + name.removeprefix(old), (), files[name])


def owed(files: Files, file: str) -> list[str]:
    """Return what an exception of a service may name."""
    rule = files["gates/governance.yaml"].get("exceptions") or dict(
        zip(("ship_at", "excuse"), level_ids(files)[-2:], strict=True)
    )
    levels = level_ids(files)
    if not {*rule.values()} <= {*levels}:
        return []
    covered = levels[levels.index(rule["ship_at"]) + 1 : levels.index(rule["excuse"]) + 1]
    own = [
        one["id"]
        for where, path, one in criteria(files)
        if (levels[path[1]] if where == "gates/levels.yaml" else one.get("from")) in covered
    ]
    return own + [
        capability_id(one)
        for at, milestone, _, one in added(files)
        if at == file and files[file]["plan"][milestone]["level"] in covered
    ]


def capability_id(capability: Any) -> str:
    """Return the id of a capability."""
    return f"capability:{capability['capability'].replace(' ', '-')}"


def demanded(files: Files) -> list[tuple[str, str, str, Any]]:
    """Return the demands of plans: file, milestone, gate, scope."""
    return [one for one in scopes(files) if one[3] and one[3].get("effect") == "demands"]


# What an edit leaves without meaning


def _dangling(files: Files) -> Iterator[Op]:
    """Yield the deletion of everything that names something that is not there any more."""
    levels = files["gates/levels.yaml"]
    stanzas = {one["id"]: one for _, _, one in criteria(files)}
    slots = {*levels["slots"], *(slot for gate in gates(files) for slot in files[gate]["slots"])}
    gate_ids = {files[gate]["gate"] for gate in gates(files)}
    for where, path, one in criteria(files):
        yield from _dangling_in_criterion(files, where, path, one, gate_ids)
    for where, at, gate, scope in scopes(files):
        if gate not in gate_ids:
            yield Op(where, ("plan", at, "gates", gate), GONE)
        elif not {*(scope or {}).get("only", ())} <= stanzas.keys():
            left = [name for name in scope["only"] if name in stanzas]
            yield Op(where, ("plan", at, "gates", gate, "only"), left)
    known = [service["service"] for _, service in services(files)]
    for where, service in services(files):
        if kept := [name for name in service.get("depends_on", ()) if name in known]:
            yield Op(where, ("depends_on",), kept)
        elif "depends_on" in service:
            yield Op(where, ("depends_on",), GONE)
        yield from _dangling_of(files, where, service, stanzas, slots)
    for where, one in entries(files):
        names = {*owed(files, f"services/{one['service']}.yaml"), f"sign-off:{_excused(files)}"}
        left = [name for name in one["delta"] if name in names]
        gone = one["opened_in"] not in milestones(files)[:-1]
        if gone or len(left) < len(one["delta"]):
            yield Op(where, ("delta",) if left and not gone else (), left if left and not gone else GONE)


def _dangling_in_criterion(
    files: Files, where: str, path: tuple[Any, ...], one: Any, gate_ids: set[str]
) -> Iterator[Op]:
    if "same_as" in one and one["same_as"] not in [other["id"] for _, _, other in criteria(files)]:
        yield Op(where, (*path, "same_as"), GONE)
        yield Op(where, (*path, "attested_by"), "owner")
    time = one.get("effective", "2")
    if not time.startswith("2") and time not in milestones(files):
        yield Op(where, (*path, "effective"), GONE)
    when = one.get("applies_when") or {}
    if not {*when.get("any_gate", ()), *([when["gate"]] if "gate" in when else ())} <= gate_ids:
        yield Op(where, (*path, "applies_when"), GONE)


def _dangling_of(
    files: Files, where: str, service: Any, stanzas: dict[str, Any], slots: set[str]
) -> Iterator[Op]:
    own = {f"{gate}.scope" for at, _, gate, _ in demanded(files) if at == where}
    own |= {capability_id(one) for at, _, _, one in added(files) if at == where}
    ways = {"attested_by", "or_attested_by", "decidable_in"}
    attestable = {name for name, one in stanzas.items() if ways & one.keys()}
    waived = {name: one["waivable_by"] for name, one in stanzas.items() if "waivable_by" in one}
    asks_p95 = any(
        {"target": "p95_ms"} in what.values()
        for one in stanzas.values()
        for what in one.get("requires", {}).values()
    )
    signers = files["gates/governance.yaml"]["upgrade_sign_offs"]
    for name, given in service.get("attestations", {}).items():
        if name not in attestable | own:
            yield Op(where, ("attestations", name), GONE)
        elif given.get("milestone", milestones(files)[0]) not in milestones(files):
            yield Op(where, ("attestations", name, "milestone"), GONE)
    for name, given in service.get("not_applicable", {}).items():
        if waived.get(name) != given["role"]:
            yield Op(where, ("not_applicable", name), GONE)
    yield from _dangling_of_profile(files, service.get("profile"), slots, asks_p95=asks_p95)
    for slot in service.get("evidence", {}).keys() - slots:
        yield Op(where, ("evidence", slot), GONE)
    for level, given in service.get("sign_offs", {}).items():
        for role in given.keys() - set(signers):
            yield Op(where, ("sign_offs", level, role), GONE)
    if not asks_p95 and service.get("targets"):
        yield Op(where, ("targets", "p95_ms"), GONE)


def _dangling_of_profile(files: Files, name: str | None, slots: set[str], *, asks_p95: bool) -> Iterator[Op]:
    profile = profiles(files).get(name or "", {})
    for slot in profile.get("evidence", {}).keys() - slots:
        yield Op("gatekeeper.yaml", ("profiles", name or "", "evidence", slot), GONE)
    if not asks_p95 and profile.get("targets"):
        yield Op("gatekeeper.yaml", ("profiles", name or "", "targets"), GONE)


def _excused(files: Files) -> str:
    rule = files["gates/governance.yaml"].get("exceptions")
    return rule["excuse"] if rule else level_ids(files)[-1]
