"""Laws of every change, over random workspaces and random edits; `benchmarks/soak.py` tries more of them."""

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

import gatekeeper
from builders.drawn_changes import Drawn, base, draw
from builders.edits import ALL
from builders.in_memory import Files, changed, write_files
from builders.laws import LAWS, LAWS_OF_CAUSES, Law, counterexample, less_that_helps
from builders.repositories import commit, git
from builders.small_workspaces import AS_OF
from builders.whats_open import memoised
from gatekeeper.model.changes import Comparison

pytestmark = pytest.mark.long

BASES = 30
TRIES = 60
CHANGES = 5
"""How many changes begin with each edit, as far as it is possible so often: one of it alone, others of four edits."""
REMOVALS = 5


@pytest.fixture(autouse=True, scope="module")
def _fast() -> Iterator[None]:
    with memoised():
        yield


def _changes(name: str) -> Iterator[Drawn]:
    """Yield changes that begin with an edit; none if it is never possible."""
    of, found = Random(name), 0  # noqa: S311 - the same choices in every run
    for at in range(TRIES + BASES):  # in the end each base once: few hold what a rare edit looks for
        others = of.choices(list(ALL), k=3 if found else 0)
        change = draw(of.randrange(BASES) if at < TRIES else at - TRIES, [name, *others], of)
        if change and change.made[0].known.name == name:
            found += 1
            yield change
        if found == CHANGES:
            return


@pytest.mark.parametrize("name", ALL)
def test_nothing_closes_without_a_printed_cause(name: str) -> None:
    changes = list(_changes(name))
    assert changes, f"the edit {name!r} is never possible: it tests nothing"
    broken = [words for change in changes if (words := counterexample(change, _laws(change)))]
    assert not broken, "\n\n".join(broken)


def _laws(change: Drawn) -> tuple[Law, ...]:
    """Return the laws to hold a change against; the one that compares once more is for single edits."""
    return LAWS if len(change.made) == 1 else LAWS_OF_CAUSES


@pytest.mark.parametrize("seed", range(BASES))
def test_less_evidence_never_helps(seed: int) -> None:
    of = Random(seed)  # noqa: S311 - the same choices in every run
    found = list(less_that_helps(base(seed), of, REMOVALS))
    assert not found, "\n\n".join(found)


@pytest.mark.parametrize("name", ["rename a service", "move an artefact", "lower a target"])
def test_a_history_of_commits_is_compared_by_its_end_states(name: str, tmp_path: Path) -> None:
    change = next(one for one in _changes(name) if len(one.made) > 1)
    git(tmp_path, "init", "-q", "-b", "main")
    files: Files = change.base.files
    write_files(tmp_path, {}, files)
    commit(tmp_path, "base")
    git(tmp_path, "tag", "base")
    for made in change.made:
        before, files = files, changed(files, made.ops)
        write_files(tmp_path, before, files)
        commit(tmp_path, made.known.name)
    with gatekeeper.open(tmp_path, revision="HEAD") as head:
        in_git = head.compare("base", as_of=AS_OF)
    assert _printed(in_git) == _printed(change.comparison)


def _printed(of: Comparison) -> list[object]:
    return [(one.kind, one.id, one.message, one.blocks, one.file, one.line) for one in of.changes]
