"""What is open in a workspace in memory: at every milestone, at every level, and on the way to every destination."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, NamedTuple
from unittest.mock import patch

from builders.in_memory import Files, state
from builders.small_workspaces import AS_OF, DESTINATIONS
from gatekeeper.errors import GatekeeperError
from gatekeeper.evidence import reader, records
from gatekeeper.evidence.artefacts import Bounds
from gatekeeper.judging.outlook.deploy_gate import may_ship
from gatekeeper.judging.plans.cells import resolve
from gatekeeper.judging.plans.requests import requests
from gatekeeper.judging.verdicts.case import Case
from gatekeeper.judging.verdicts.gates import ServiceJudge, SharedResults
from gatekeeper.judging.verdicts.levels import verify
from gatekeeper.judging.verdicts.services import judge_everywhere
from gatekeeper.judging.verdicts.sign_offs import signed_level
from gatekeeper.manifests import load
from gatekeeper.manifests.validation import parse
from gatekeeper.model.evidence import Absent, Unreadable
from gatekeeper.model.milestone import RegisteredException
from gatekeeper.model.status import GateStatus, ServiceVerdict
from gatekeeper.model.verdict import CriterionResult, ServiceResult
from gatekeeper.workspace import exiting
from gatekeeper.workspace.judging import cases_of
from gatekeeper.workspace.loading import LoadedWorkspace, validate

DAY = date.fromisoformat(AS_OF)
NO_SERVICE = "no service is in scope"
OVERDUE = "overdue-exception"
"""A debt that a register entry states; without the entry nobody would know of it."""


class Open(NamedTuple):
    """Something that is open."""

    service: str
    """The service, by what it is about, so that it may be renamed; empty for a milestone as a whole."""
    at: str
    """A milestone, a level, or a destination."""
    what: str

    def __str__(self) -> str:
        return f"{self.service or 'all services'}, {self.at}: {self.what}"


@contextmanager
def memoised() -> Iterator[None]:
    """Parse every manifest and read every artefact once: both depend on nothing but the bytes."""

    @lru_cache(maxsize=4096)
    def read(kind: str, names: tuple[str, ...], data: tuple[bytes, ...], options: str) -> Any:
        try:
            return collect(*artefacts[kind, names, data, options])
        except (Absent, Unreadable) as reason:
            return reason

    def collected(kind: str, artefact: Any, options: Any) -> Any:
        data = tuple(file.read() for file in artefact.files)
        key = kind, tuple(file.name for file in artefact.files), data, repr(sorted(options.items()))
        artefacts[key] = kind, artefact, options
        found = read(*key)
        if isinstance(found, Exception):
            raise found
        return found

    artefacts: dict[Any, Any] = {}
    collect = reader.collect
    with ExitStack() as patched:
        patched.enter_context(patch.object(load, "parse", lru_cache(maxsize=4096)(parse)))
        patched.enter_context(patch.object(reader, "collect", collected))
        yield


def load_files(files: Files) -> LoadedWorkspace | None:
    """Return a workspace; None if it is invalid."""
    of = state("", files)
    return validate(of.root, of.tree).loaded


def whats_open(loaded: LoadedWorkspace) -> frozenset[Open]:
    """Return everything that is open in a workspace, by its own rules."""
    return frozenset(_whats_open(loaded))


def _whats_open(loaded: LoadedWorkspace) -> Iterator[Open]:
    verdicts: dict[str, set[ServiceVerdict]] = {name: set() for name in loaded.manifests.milestones}
    for name, case in all_cases(loaded).items():
        entries = [entry for entry in loaded.manifests.exceptions.values() if entry.service == name]
        about = case.service.about or name
        for at, result in judge_everywhere(case, entries).items():
            verdicts[at].add(result.verdict)
            yield from _at_milestone(about, f"milestone {at}", result)
        yield from _at_levels(about, case)
        yield from _on_the_way(about, case, entries)
    for at, found in verdicts.items():
        if not found or ServiceVerdict.BLOCKED in found:
            yield Open("", f"milestone {at}", "the verdict" if found else NO_SERVICE)


def all_cases(loaded: LoadedWorkspace) -> dict[str, Case]:
    """Return what judging each service needs."""
    return cases_of(loaded, list(loaded.manifests.services.values()), DAY)


def _at_milestone(about: str, at: str, result: ServiceResult) -> Iterator[Open]:
    yield from _criteria(about, at, [one for one in result.criteria if one.blocks])
    for gate in result.gates:
        if gate.status is GateStatus.RED:
            yield Open(about, at, f"gate {gate.gate}")
    for reason in result.reasons:
        if reason.is_regression:
            yield Open(about, at, OVERDUE if reason.code == OVERDUE else "regression")
    if result.verdict is ServiceVerdict.BLOCKED:
        yield Open(about, at, "the verdict")


def _at_levels(about: str, case: Case) -> Iterator[Open]:
    judge = ServiceJudge(case, resolve(case.service, case.rulebook.scale), SharedResults())
    highest = tuple(case.rulebook.scale.values())[-1]
    verified = verify(judge, signed_level(case), highest)
    for check in verified.checks:
        at = f"level {check.level}"
        yield from _criteria(about, at, check.open)
        for gate in {*check.dead, *(one.rule.gate for one in check.open if one.rule.gate)}:
            yield Open(about, at, f"gate {gate}")
        if check.level > verified.level:
            yield Open(about, at, "the level")


def _criteria(about: str, at: str, found: Sequence[CriterionResult]) -> Iterator[Open]:
    for one in found:  # a twin counts as its original, which a gate may ask in its place
        yield Open(about, at, one.rule.twin or one.rule.id)


def _on_the_way(about: str, case: Case, entries: Sequence[RegisteredException]) -> Iterator[Open]:
    for place in DESTINATIONS:
        is_known = place in case.rulebook.destinations
        if not is_known or not may_ship(case, place, entries).may_ship:
            yield Open(about, f"to {place}", "may not ship")


def exit_record(files: Files, milestone: str, by: str) -> Any:
    """Return the record that `gatekeeper exit` would write; None if it would refuse."""
    loaded = load_files(files)
    if loaded is None:
        return None
    try:
        _, edit = exiting.prepare_exit(loaded, exiting.ExitRequest(milestone, by, DAY))
    except GatekeeperError:
        return None
    return {AS_OF: edit.value}


def record(files: Files, service: str) -> bytes | None:
    """Return the record that `gatekeeper collect` would write of a service; None if the workspace is invalid."""
    loaded = load_files(files)
    if loaded is None:
        return None
    asked = requests(loaded.manifests.services[service], loaded.rulebook)
    folder = str(loaded.services_folder / service)
    found = [reader.record(request, folder, Bounds(loaded.tree)) for request in asked]
    run = records.run_of(found, records.Stamp(datetime(2026, 11, 18, tzinfo=UTC), "c0ffee1"))
    return records.Record(records.DEFAULT, (run,)).as_json(service)
