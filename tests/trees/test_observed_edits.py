"""Random edits between random questions: whatever still holds, a fresh reading gives the same answers."""

import json
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from builders.times import START, Times
from gatekeeper.trees import TooLarge, Tree, refusal
from gatekeeper.trees.disk import DiskTree
from gatekeeper.trees.observations import Holds, Observations, still_holds
from gatekeeper.trees.observed import ObservedTree

NAMES = ("x", "y", "a", "b", "a/x", "a/y", "b/x", "a/c", "a/c/x", "../outside", "a/../x", "../outside/x")
SAME = "the last one"
"""Half of all questions and edits are about the place of the last one."""
CONTENTS = (b"one", b"two", b"six", b"other", b"1\n" * 600_000, b"2\n" * 600_000)
MOST_KEPT = 6
TARGETS = (".", "..", "a", "x", "../x", "../b", "../outside", "gone")

Question = tuple[str, str]


def real(path: Path) -> Path:
    """Follow links; those in a circle lead nowhere."""
    return Path(os.path.realpath(path))


def read(tree: Tree, path: str) -> object:
    return tree.open(path, 1_100_000).read()


def stream(tree: Tree, path: str) -> object:
    with tree.open(path, 2_000_000).stream() as opened:
        return opened.read()


QUESTIONS: dict[str, Callable[[Tree, str], object]] = {
    "entry": lambda tree, path: tree.entry(path),
    "exists": lambda tree, path: tree.exists(path),
    "names": lambda tree, path: tree.names(path),
    "walk": lambda tree, path: list(tree.walk(path, frozenset("b"))),
    "real": lambda tree, path: tree.real(path),
    "refusal": refusal,
    "read": read,
    "digest": lambda tree, path: tree.open(path).digest(),
    "identity": lambda tree, path: tree.open(path).identity(),
    "stream": stream,
}


def answer(tree: Tree, question: Question) -> object:
    kind, name = question
    try:
        return QUESTIONS[kind](tree, f"{tree.root}/{name}")
    except TooLarge as found:
        return found.size
    except OSError as error:
        return type(error), error.strerror


class Answered(NamedTuple):
    """Questions that were asked in one scope."""

    answers: dict[Question, object]
    seen: Observations


names = st.sampled_from([*NAMES, *[SAME] * len(NAMES)])
questions = st.lists(st.tuples(st.sampled_from(list(QUESTIONS)), names), min_size=1, max_size=4, unique=True)


class Edits(RuleBasedStateMachine):
    """A folder that is edited, and what was once read of it."""

    def __init__(self) -> None:
        super().__init__()
        self.above = Path(tempfile.mkdtemp()).resolve()
        self.root = self.above / "root"
        self.times = Times()
        self.reported = self.times.reported()
        self.reported.__enter__()
        for folder in ("root/a/c", "root/b", "outside"):
            (self.above / folder).mkdir(parents=True)
        for file in ("root/x", "root/a/x", "root/a/y", "root/a/c/x", "outside/x"):
            (self.above / file).write_bytes(b"one")
        self.times.wait()
        self.kept: list[Answered] = []
        self.tree = self._new_tree()
        self.last = NAMES[0]

    def teardown(self) -> None:
        self.reported.__exit__(None, None, None)
        shutil.rmtree(self.above)

    def _new_tree(self) -> ObservedTree:
        return ObservedTree(DiskTree(str(self.root)), self.times.clock)

    def _at(self, name: str) -> str:
        self.last = self.last if name == SAME else name
        return self.last

    def _path(self, name: str) -> Path:
        return self.root / self._at(name)

    def _edit(self, edit: Callable[[], Any], *paths: Path) -> None:
        """Edit files if that is possible; the times of what changed, and of the folders of it, are now."""
        try:
            edit()
        except (OSError, shutil.Error):
            return
        self.times.changed(*paths, *(real(path.parent) for path in paths))

    @rule(name=names, content=st.sampled_from(CONTENTS))
    def write(self, name: str, content: bytes) -> None:
        path = real(self._path(name))
        is_new = not path.exists()
        try:
            path.write_bytes(content)
        except OSError:
            return
        self.times.changed(path, *([path.parent] if is_new else []))

    @rule(name=names, content=st.sampled_from(CONTENTS))
    def replace(self, name: str, content: bytes) -> None:
        path, new = self._path(name), self.above / "new"
        new.write_bytes(content)
        self._edit(lambda: new.replace(path), path)

    @rule(name=names)
    def remove(self, name: str) -> None:
        path = self._path(name)
        is_folder = path.is_dir() and not path.is_symlink()
        self._edit(lambda: shutil.rmtree(path) if is_folder else path.unlink(), path)

    @rule(name=names)
    def make_folder(self, name: str) -> None:
        path = self._path(name)
        self._edit(path.mkdir, path)

    @rule(one=names, other=names)
    def rename(self, one: str, other: str) -> None:
        old, new = self._path(one), self._path(other)
        self._edit(lambda: old.rename(new), old, new)

    @rule(one=names, other=names)
    def swap(self, one: str, other: str) -> None:
        first, second, between = self._path(one), self._path(other), self.above / "between"

        def edit() -> None:
            first.rename(between)
            try:
                second.rename(first)
            except OSError:
                between.rename(first)
            else:
                between.rename(second)

        self._edit(edit, first, second)

    @rule(name=names, to=st.sampled_from(TARGETS))
    def link(self, name: str, to: str) -> None:
        path = self._path(name)
        self._edit(lambda: path.symlink_to(to), path)

    @rule(name=names)
    def move_out(self, name: str) -> None:
        """Put a link to a file or folder in its place, and the thing itself outside."""
        path, moved = self._path(name), self.above / "outside/moved"

        def edit() -> None:
            path.rename(moved)
            path.symlink_to(moved)

        self._edit(edit, path, moved)

    @rule(one=names, other=names)
    def link_hard(self, one: str, other: str) -> None:
        old, new = self._path(one), self._path(other)
        self._edit(lambda: os.link(old, new, follow_symlinks=False), old, new)

    @rule(name=names, mode=st.sampled_from([0o000, 0o444, 0o644, 0o755]))
    def permit(self, name: str, mode: int) -> None:
        path = real(self._path(name))
        if path.is_file() and path.is_relative_to(self.above):
            path.chmod(mode)
            self.times.changed(path)

    @rule(name=names, ago=st.sampled_from([-100, 0, 10_000_000_000]))
    def touch(self, name: str, ago: int) -> None:
        path = real(self._path(name))
        if path.exists():
            self.times.touched(path, self.times.now - ago if ago else START)

    @rule(nanoseconds=st.sampled_from([1, 1_000_000_000, 2_500_000_000, 10_000_000_000]))
    def wait(self, nanoseconds: int) -> None:
        self.times.wait(nanoseconds)

    @rule()
    def set_clock_back(self) -> None:
        self.times.wait(-10_000_000_000)

    @rule(asked=questions, is_new=st.booleans(), at=st.integers(0, 3), name=names, data=st.data())
    def ask(self, asked: list[Question], at: int, name: str, data: st.DataObject, *, is_new: bool) -> None:
        """Ask questions in one scope, perhaps with an edit between them."""
        tree = self.tree = self._new_tree() if is_new else self.tree
        answers = {}
        with tree.observing() as scope:
            for number, (kind, place) in enumerate(asked):
                if number and number == at:
                    self.write(name, data.draw(st.sampled_from(CONTENTS)))
                question = kind, self._at(place)
                answers[question] = answer(tree, question)
        if seen := scope.observations():
            self.kept.append(Answered(answers, seen))
            if at == 0 and is_new:
                assert isinstance(still_holds(str(self.root), seen, self.times.clock), Holds)

    @invariant()
    def compare(self) -> None:
        """Drop what no longer holds; everything else is what a fresh reading gives."""
        kept, self.kept = self.kept[-MOST_KEPT:], []
        for one in kept:
            stored = Observations.from_json(json.loads(json.dumps(one.seen.as_json())))
            found = still_holds(str(self.root), stored, self.times.clock)
            if isinstance(found, Holds):
                fresh = DiskTree(str(self.root))
                assert {question: answer(fresh, question) for question in one.answers} == one.answers
                self.kept.append(one._replace(seen=found.refreshed or stored))


def run(examples: int) -> None:
    run_state_machine_as_test(
        Edits,
        settings=settings(
            max_examples=examples,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.long
def test_what_still_holds_is_what_a_fresh_reading_gives() -> None:
    run(20)


@pytest.mark.long
def test_what_still_holds_is_what_a_fresh_reading_gives_over_many_edits() -> None:
    run(500)
