"""Shards have the problems of the whole: of each service, of what all share, and of what two claim."""

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from builders.in_memory import ROOT, Files, MemoryTree
from builders.invalid_workspaces import draw, services_of
from gatekeeper.errors import InvalidWorkspace, Problem, UsageError
from gatekeeper.workspace.loading import LoadedWorkspace, Validation, open_for_services, validate
from gatekeeper.workspace.shards import Shard, SharedWorkspace, check_claims, open_shard, open_shared

FOLDER = Path(ROOT)
SEEDS = [*range(100), *(pytest.param(seed, marks=pytest.mark.long) for seed in range(100, 2000))]


def _whole(files: Files) -> Validation:
    return validate(FOLDER, MemoryTree(files))


def _shared(files: Files) -> SharedWorkspace:
    return open_shared(FOLDER, MemoryTree(files))


def _shards(of: SharedWorkspace, seed: int) -> Iterator[Shard]:
    """Yield shards of random services, each service in one."""
    drawn = Random(seed)  # noqa: S311
    names = drawn.sample(sorted(of.services), len(of.services))
    while names:
        size = drawn.choice((1, 2, 3))
        yield open_shard(of, names[:size])
        names = names[size:]


@pytest.mark.parametrize("seed", SEEDS)
def test_the_problems_of_shards_are_those_of_the_whole(seed: int) -> None:
    files = draw(seed)
    whole, shared = _whole(files), _shared(files)
    shards = list(_shards(shared, seed))
    problems: set[Problem] = set(shared.problems).union(*(shard.problems for shard in shards))
    problems |= set(check_claims(shared, {name: its for one in shards for name, its in one.claims.items()}))
    assert problems == set(whole.problems)
    assert set(shared.warnings).union(*(one.warnings for one in shards)) == set(whole.warnings)
    if not whole.loaded:
        return
    for shard in shards:
        assert shard.loaded
        _is_part_of(shard.loaded, whole.loaded)


def _is_part_of(shard: LoadedWorkspace, whole: LoadedWorkspace) -> None:
    part, all_ = shard.manifests, whole.manifests
    assert {*part.services, *part.unread} == set(all_.services)
    assert part.services == {name: all_.services[name] for name in part.services}
    assert list(part.services) == [name for name in all_.services if name in part.services]
    for name, service in part.services.items():
        assert part.mapped_by.get(name) == all_.mapped_by.get(name)
        assert shard.folders(service) == whole.folders(service)
    for name, entry in part.exceptions.items():
        assert all_.exceptions[name] == entry
    assert shard.rulebook == whole.rulebook
    for field in ("levels", "governance", "gates", "milestones", "rulebook_digest", "conventions", "formats"):
        assert getattr(part, field) == getattr(all_, field)


@pytest.mark.parametrize("seed", SEEDS[:60])
def test_some_services_have_their_problems_of_the_whole(seed: int) -> None:
    files = draw(seed)
    names = sorted(services_of(files))[: seed % 3 + 1]
    try:
        loaded = open_for_services(FOLDER, names, MemoryTree(files))
    except UsageError:
        assert not set(names) <= _shared(files).services
    except InvalidWorkspace as invalid:
        assert invalid.problems
        assert set(invalid.problems) <= set(_whole(files).problems)
    else:
        own = {f"services/{name}.yaml" for name in names}
        others = {problem.file for problem in _whole(files).problems}
        claimed = {p.file for p in _whole(files).problems if "is called too" in p.message}
        assert not own & (others - claimed)
        assert set(names) <= set(loaded.manifests.services)


def test_the_drawing_has_workspaces_of_all_sorts() -> None:
    found = [_whole(draw(seed)) for seed in range(200)]
    messages = " ".join(problem.message for one in found for problem in one.problems)
    assert sum(one.loaded is not None for one in found) > 15
    for words in (
        "is called too",
        "unknown service",
        "is listed twice",
        "was excepted in",
        "this workspace requires",
        "unknown profile",
        "the file is named",
        "is not read",
        "cannot be listed",
        "unknown slot",
        "there is no milestone",
        "not YAML",
        "unknown level",
    ):
        assert words in messages


def test_an_unknown_service_is_refused() -> None:
    with pytest.raises(UsageError, match="unknown service 'shopp'; did you mean 'shop'"):
        open_shard(_shared(draw(0)), ["shopp"])
