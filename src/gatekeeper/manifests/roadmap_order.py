"""Put milestones and gates in order: by the list of the workspace, or by the numbers in their ids."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from gatekeeper.errors import nearest
from gatekeeper.manifests.discovery import SETTINGS_FILE
from gatekeeper.model.milestone import Milestone
from gatekeeper.model.roadmap import Roadmap
from gatekeeper.model.service import Service
from gatekeeper.model.workspace import Mistake

_NUMBERED = re.compile(r"(.*?)(\d+)", re.ASCII)


def natural_order(id_: str) -> list[tuple[int, str]]:
    """Return a key that sorts ids as people do: `G2` before `G10`."""
    return [(int(part), "") if part.isdecimal() else (0, part) for part in re.split(r"(\d+)", id_)]


def in_order(milestones: Mapping[str, Milestone], listed: Sequence[str] | None) -> Roadmap:
    """Return milestones in the listed order, else by number; those that are not listed come last."""
    places = {name: place for place, name in enumerate(listed or ())}
    names = sorted(milestones, key=lambda name: (places.get(name, len(places)), natural_order(name)))
    return Roadmap((name, milestones[name]) for name in names)


def plan_in_order(service: Service, roadmap: Roadmap) -> Service:
    """Return a service whose plan is in the order of the roadmap; unknown milestones come last."""
    order = sorted(service.plan, key=roadmap.position)
    if order == list(service.plan):
        return service
    return service.model_copy(update={"plan": {milestone: service.plan[milestone] for milestone in order}})


def mistakes(milestones: Mapping[str, str], listed: Sequence[str] | None, folder: str) -> Iterator[Mistake]:
    """Yield why milestones have no order; `milestones` maps their ids to their files."""
    yield from _same_but_for_case(milestones)
    if listed is None:
        if not _are_numbered(milestones):
            order = ", ".join(sorted(milestones, key=natural_order))
            hint = f"write it in {SETTINGS_FILE}, first to last: `roadmap: [{order}]`"
            yield Mistake(
                next(iter(milestones.values())), ("milestone",), "the milestones have no order", hint
            )
        return
    for i, name in enumerate(listed):
        if name in listed[:i]:
            yield Mistake(
                SETTINGS_FILE, ("roadmap", i), f"milestone {name!r} is listed twice", "list it once"
            )
        elif name not in milestones:
            hint = f"add {folder}/{name}.yaml ({nearest(name, milestones)})"
            yield Mistake(SETTINGS_FILE, ("roadmap", i), f"there is no milestone {name!r}", hint)
    for name, file in milestones.items():
        if name not in listed:
            hint = f"add it to `roadmap` in {SETTINGS_FILE}"
            yield Mistake(file, ("milestone",), f"the roadmap does not list {name!r}", hint)


def _are_numbered(names: Iterable[str]) -> bool:
    """Return whether ids are one prefix with numbers, each number once."""
    found = [_NUMBERED.fullmatch(name) for name in names]
    parts = [(match[1], int(match[2])) for match in found if match]
    return len(parts) == len(found) == len(set(parts)) and len({prefix for prefix, _ in parts}) <= 1


def _same_but_for_case(milestones: Mapping[str, str]) -> Iterator[Mistake]:
    seen: dict[str, str] = {}
    for name, file in milestones.items():
        if other := seen.get(name.casefold()):
            message = f"{name!r} differs from {other!r} only in upper and lower case"
            yield Mistake(file, ("milestone",), message, "give it an id of its own")
        seen.setdefault(name.casefold(), name)
