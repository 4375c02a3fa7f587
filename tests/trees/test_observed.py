"""What was observed in a tree: any change of it is found, and nothing is read again without need."""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest.mock import patch

import pytest

from builders.times import Times
from gatekeeper.trees import EntryKind, TooLarge
from gatekeeper.trees.disk import DiskTree
from gatekeeper.trees.observations import Differs, Holds, Observations, Recheck, still_holds
from gatekeeper.trees.observed import ObservedTree
from gatekeeper.trees.observed_scope import ObservedScope

LARGE = b"a line\n" * 150_000


class Observer:
    """A tree that is observed, and whose files have the times of a coarse file system."""

    def __init__(self, root: Path, times: Times) -> None:
        self.root = root
        self.times = times
        self.tree = ObservedTree(DiskTree(str(root)), times.clock)

    def path(self, name: str) -> str:
        return str(self.root / name)

    def write(self, name: str, content: bytes) -> None:
        """Write a file in place."""
        path = self.root / name
        new = [one for one in (path, *path.parents) if not one.exists()]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        self.times.changed(path, *(one.parent for one in new))

    def read(self, *names: str) -> Observations:
        """Return what reading files shows of them."""
        with self.tree.observing() as scope:
            for name in names:
                self.tree.open(self.path(name)).read()
        return found(scope)

    def now(self, seen: Observations) -> Holds | Differs:
        """Return whether observations still hold, once they were stored."""
        stored = Observations.from_json(json.loads(json.dumps(seen.as_json())))
        return still_holds(str(self.root), stored, self.times.clock)


@pytest.fixture
def seen(tmp_path: Path) -> Iterator[Observer]:
    root = (tmp_path / "root").resolve()
    times = Times()
    observer = Observer(root, times)
    with times.reported():
        observer.write("a/one", b"one")
        observer.write("a/two", b"two")
        observer.write("b/three", b"three")
        times.wait()
        yield Observer(root, times)


def found(scope: ObservedScope) -> Observations:
    observations = scope.observations()
    assert observations is not None, scope.why_not()
    return observations


def test_an_old_file_is_not_read_again(seen: Observer) -> None:
    observations = seen.read("a/one", "b/three")
    with patch("gatekeeper.trees.observations.open_file", side_effect=AssertionError):
        assert seen.now(observations) == Holds()


def test_a_change_in_the_same_tick_is_found(seen: Observer) -> None:
    seen.write("a/one", b"ONE")
    observations = seen.read("a/one")
    assert seen.now(observations) == Holds()
    seen.write("a/one", b"EIN")
    assert seen.now(observations) == Differs("a/one")


def test_a_file_that_was_new_is_trusted_once_it_is_old(seen: Observer) -> None:
    seen.write("a/one", b"ONE")
    observations = seen.read("a/one")
    seen.times.wait()
    refreshed = seen.now(observations)
    assert isinstance(refreshed, Holds)
    assert refreshed.refreshed
    with patch("gatekeeper.trees.observations.open_file", side_effect=AssertionError):
        assert seen.now(refreshed.refreshed) == Holds()
    seen.write("a/one", b"EIN")
    assert seen.now(refreshed.refreshed) == Differs("a/one")


def replace(seen: Observer) -> None:
    """Put another file of the same size and time of modification in the place of one."""
    before = seen.times.modified(seen.path("a/one"))
    seen.write("b/new", b"ONE")
    (seen.root / "b/new").replace(seen.root / "a/one")
    seen.times.changed(seen.path("a"), seen.path("b"))
    seen.times.touched(seen.path("a/one"), before)


def link(seen: Observer) -> None:
    """Put a link to the same content in the place of a file."""
    (seen.root / "a/one").rename(seen.root / "b/one")
    (seen.root / "a/one").symlink_to("../b/one")
    seen.times.changed(seen.path("a/one"), seen.path("a"), seen.path("b"))


def link_folder(seen: Observer) -> None:
    """Put a link to the same folder, moved outside, in the place of a folder."""
    outside = seen.root.parent / "outside"
    (seen.root / "a").rename(outside)
    (seen.root / "a").symlink_to(outside)
    seen.times.changed(seen.root)


def make_folder(seen: Observer) -> None:
    (seen.root / "a/one").unlink()
    (seen.root / "a/one").mkdir()
    seen.times.changed(seen.path("a/one"), seen.path("a"))


def change_by_other_name(seen: Observer) -> None:
    os.link(seen.path("a/one"), seen.root.parent / "other")
    (seen.root.parent / "other").write_bytes(b"ONE")
    seen.times.changed(seen.path("a/one"))


def set_time_back(seen: Observer) -> None:
    before = seen.times.modified(seen.path("a/one"))
    seen.write("a/one", b"ONE")
    seen.times.touched(seen.path("a/one"), before)


def set_clock_back(seen: Observer) -> None:
    seen.times.wait(-10_000_000_000)
    seen.write("a/one", b"ONE")


def swap(seen: Observer) -> None:
    (seen.root / "a/one").rename(seen.root / "a/tmp")
    (seen.root / "a/two").rename(seen.root / "a/one")
    (seen.root / "a/tmp").rename(seen.root / "a/two")
    seen.times.changed(seen.path("a"))


def remove(seen: Observer) -> None:
    (seen.root / "a/one").unlink()
    seen.times.changed(seen.path("a"))


def rename_folder(seen: Observer) -> None:
    (seen.root / "a").rename(seen.root / "c")
    seen.times.changed(seen.root)


@pytest.mark.parametrize(
    "change",
    [
        replace,
        link,
        link_folder,
        make_folder,
        change_by_other_name,
        set_time_back,
        set_clock_back,
        swap,
        remove,
        rename_folder,
        lambda seen: seen.write("a/one", b"longer"),
        lambda seen: seen.write("a/one", b"ONE"),
    ],
)
def test_each_change_of_a_file_is_found(seen: Observer, change: Callable[[Observer], None]) -> None:
    observations = seen.read("a/one")
    change(seen)
    assert isinstance(seen.now(observations), Differs)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="everything may be read")
def test_a_file_that_may_no_longer_be_read_is_found(seen: Observer) -> None:
    observations = seen.read("a/one")
    (seen.root / "a/one").chmod(0)
    seen.times.changed(seen.path("a/one"))
    assert seen.now(observations) == Differs("a/one")


def test_another_user_reads_again_what_one_has_seen(seen: Observer) -> None:
    observations = seen.read("a/one")._replace(reader="another")
    refreshed = seen.now(observations)
    assert isinstance(refreshed, Holds)
    assert refreshed.refreshed
    assert refreshed.refreshed.reader != "another"
    with patch("gatekeeper.trees.observations.open_file", side_effect=OSError):
        assert seen.now(observations) == Differs("a/one")


def test_a_fresh_clone_holds_the_same_and_is_trusted_once_it_is_old(seen: Observer, tmp_path: Path) -> None:
    with seen.tree.observing() as scope:
        seen.tree.open(seen.path("a/one")).read()
        seen.tree.names(seen.path("a"))
        seen.tree.exists(seen.path("a/absent"))
    observations = found(scope)
    seen.root.rename(tmp_path / "before")
    for name in ("a/one", "a/two", "b/three"):
        seen.write(name, (tmp_path / "before" / name).read_bytes())
    seen.times.changed(seen.root)
    assert seen.now(observations) is not None
    seen.times.wait()
    refreshed = seen.now(observations)
    assert isinstance(refreshed, Holds)
    assert refreshed.refreshed
    with patch("gatekeeper.trees.observations.open_file", side_effect=AssertionError):
        assert seen.now(refreshed.refreshed) == Holds()


@pytest.mark.parametrize("name", ["a/absent", "absent/one", "a/one/below", "a/absent/deeply/below"])
def test_what_was_absent_is_found_when_it_appears(seen: Observer, name: str) -> None:
    with seen.tree.observing() as scope:
        assert not seen.tree.exists(seen.path(name))
        assert seen.tree.entry(seen.path(name)) is None
        assert seen.tree.real(seen.path(name)) == seen.path(name)
        with pytest.raises(OSError, match=r"No such file|Not a directory"):
            seen.tree.open(seen.path(name)).read()
        with pytest.raises(OSError, match=r"No such file|Not a directory"):
            seen.tree.names(seen.path(name))
        assert list(seen.tree.walk(seen.path(name), frozenset())) == []
    observations = found(scope)
    assert seen.now(observations) == Holds()
    seen.write("a/unrelated", b"")
    assert isinstance(seen.now(observations), Holds)
    if name.startswith("a/one"):
        remove(seen)
    seen.write(name, b"")
    assert isinstance(seen.now(observations), Differs)


def test_a_listing_changes_with_its_names_and_their_kinds_only(seen: Observer) -> None:
    with seen.tree.observing() as scope:
        assert seen.tree.names(seen.path("a")) == ["one", "two"]
        assert list(seen.tree.walk(str(seen.root), frozenset({"b"}))) == [
            (str(seen.root), []),
            (seen.path("a"), ["one", "two"]),
        ]
    observations = found(scope)
    seen.write("a/one", b"ONE")
    seen.write("b/new", b"")
    assert seen.now(observations) == Holds()
    make_folder(seen)
    assert seen.now(observations) == Differs("a")


def test_a_name_that_appears_in_the_same_tick_is_found(seen: Observer) -> None:
    seen.write("a/new", b"")
    with seen.tree.observing() as scope:
        seen.tree.names(seen.path("a"))
    observations = found(scope)
    assert seen.now(observations) == Holds()
    seen.write("a/newer", b"")
    assert seen.now(observations) == Differs("a")


def test_a_kind_is_observed_without_the_content(seen: Observer) -> None:
    with seen.tree.observing() as scope:
        assert seen.tree.entry(seen.path("a/one")) is EntryKind.FILE
        assert seen.tree.entry(seen.path("a")) is EntryKind.FOLDER
        assert seen.tree.entry(str(seen.root)) is EntryKind.FOLDER
    observations = found(scope)
    seen.write("a/one", b"another")
    assert isinstance(seen.now(observations), Holds)
    make_folder(seen)
    assert seen.now(observations) == Differs("a/one")


def test_a_step_up_from_a_folder_is_followed_until_a_link_takes_its_place(seen: Observer) -> None:
    observations = seen.read("a/../b/three")
    assert seen.now(observations) == Holds()
    (seen.root / "a").rename(seen.root / "c")
    seen.times.changed(seen.root)
    assert isinstance(seen.now(observations), Differs)
    (seen.root / "a").symlink_to("c")
    seen.times.changed(seen.root)
    assert isinstance(seen.now(observations), Differs)


@pytest.mark.parametrize(
    "path", ["link", "folder/one", "folder", "../outside", "one/../b/three", "link/../b/three", "a\0b"]
)
def test_what_observations_cannot_say_is_not_reusable(seen: Observer, path: str) -> None:
    (seen.root / "link").symlink_to("a/one")
    (seen.root / "folder").symlink_to("a")
    plain = DiskTree(str(seen.root))
    path = f"{seen.root}/{path}"
    with seen.tree.observing() as scope:
        assert seen.tree.entry(path) == plain.entry(path)
    assert scope.observations() is None
    for ask in (seen.tree.exists, seen.tree.real):
        with seen.tree.observing() as scope:
            assert "\0" in path or ask(path) == getattr(plain, ask.__name__)(path)
        assert scope.observations() is None or "\0" in path


def test_links_in_a_folder_matter_to_a_walk_only(seen: Observer) -> None:
    (seen.root / "a/link").symlink_to("../b")
    with seen.tree.observing() as scope:
        assert seen.tree.names(seen.path("a")) == ["link", "one", "two"]
    assert scope.observations()
    with seen.tree.observing() as scope:
        assert list(seen.tree.walk(seen.path("a"), frozenset())) == [(seen.path("a"), ["one", "two"])]
    assert scope.observations() is None
    with seen.tree.observing() as scope:
        assert list(seen.tree.walk(seen.path("a/link"), frozenset())) == [(seen.path("a/link"), ["three"])]
        assert seen.tree.names(seen.path("a/link")) == ["three"]
        assert seen.tree.open(seen.path("a/link/three")).read() == b"three"
    assert scope.observations() is None


def test_a_root_that_links_lead_to_is_not_reusable(seen: Observer, tmp_path: Path) -> None:
    observations = seen.read("a/one")
    (tmp_path / "link").symlink_to(seen.root)
    tree = ObservedTree(DiskTree(str(tmp_path / "link")))
    with tree.observing() as scope:
        assert tree.open(str(tmp_path / "link/a/one")).read() == b"one"
    assert scope.observations() is None
    assert still_holds(str(tmp_path / "link"), observations, seen.times.clock) == Differs("a")
    assert still_holds(str(tmp_path / "gone"), observations, seen.times.clock) == Differs("a")


def test_a_file_that_is_too_large_is_not_reusable(seen: Observer) -> None:
    for ask in ("read", "stream", "digest"):
        with seen.tree.observing() as scope, pytest.raises(TooLarge):
            getattr(seen.tree.open(seen.path("a/one"), 1), ask)()
        assert scope.observations() is None


def test_the_digest_is_that_of_the_bytes_and_is_not_made_twice(seen: Observer) -> None:
    with seen.tree.observing() as scope:
        file = seen.tree.open(seen.path("a/one"))
        assert file.digest() == DiskTree(str(seen.root)).open(seen.path("a/one")).digest()
        seen.write("a/one", b"ONE")
        assert file.read() == b"one"
    assert seen.now(found(scope)) == Differs("a/one")


def test_a_large_file_is_observed_while_it_is_read_piece_by_piece(seen: Observer) -> None:
    seen.write("a/large", LARGE)
    seen.times.wait()
    with seen.tree.observing() as scope:
        file = seen.tree.open(seen.path("a/large"))
        assert file.digest()[1] == len(LARGE)
        with file.stream() as opened:
            assert opened.readline() == b"a line\n"
            assert scope.observations() is None
    assert scope.observations() is None
    with seen.tree.observing() as scope, seen.tree.open(seen.path("a/large")).stream() as opened:
        assert opened.read() == LARGE
    assert seen.now(found(scope)) == Holds()
    seen.write("a/large", LARGE.upper())
    assert seen.now(found(scope)) == Differs("a/large")


def test_a_large_file_that_changes_while_it_is_read_is_not_reusable(seen: Observer) -> None:
    seen.write("a/large", LARGE)
    with seen.tree.observing() as scope, seen.tree.open(seen.path("a/large")).stream():
        pass
    assert scope.observations() is None
    seen.times.wait()
    with seen.tree.observing() as scope, seen.tree.open(seen.path("a/large")).stream():
        seen.write("a/large", LARGE.upper())
    assert scope.observations() is None


def test_a_file_that_changes_between_two_answers_is_not_reusable(seen: Observer) -> None:
    with seen.tree.observing() as scope:
        seen.tree.open(seen.path("a/one")).read()
        seen.write("a/one", b"ONE")
        seen.tree.open(seen.path("a/one")).read()
    assert scope.observations() is None
    with seen.tree.observing() as scope:
        seen.tree.names(seen.path("a"))
        seen.write("a/new", b"ONE")
        seen.tree.names(seen.path("a"))
    assert scope.observations() is None


def test_a_scope_records_only_what_is_asked_in_it(seen: Observer) -> None:
    seen.tree.open(seen.path("a/two")).read()
    one, three = seen.read("a/one"), seen.read("b/three")
    seen.write("a/one", b"ONE")
    assert isinstance(seen.now(one), Differs)
    assert isinstance(seen.now(three), Holds)


def test_an_outer_scope_records_what_is_asked_in_an_inner_one(seen: Observer) -> None:
    with seen.tree.observing() as outer, seen.tree.observing() as inner:
        seen.tree.open(seen.path("a/one")).read()
    assert found(outer) == found(inner)


def test_a_scope_can_be_continued(seen: Observer) -> None:
    with seen.tree.observing() as scope:
        seen.tree.open(seen.path("a/one")).read()
    with seen.tree.observing(scope):
        seen.tree.open(seen.path("b/three")).read()
    seen.write("b/three", b"THREE")
    assert seen.now(found(scope)) == Differs("b/three")


def test_an_answer_that_is_kept_is_recorded_for_whoever_relies_on_it(seen: Observer) -> None:
    with seen.tree.observing() as kept:
        seen.tree.open(seen.path("a/one")).read()
        seen.tree.names(seen.path("b"))
        seen.tree.exists(seen.path("a/absent"))
    with seen.tree.observing() as scope:
        seen.tree.rely_on(kept)
    assert found(scope) == found(kept)
    kept.give_up("a test")
    with seen.tree.observing() as scope:
        seen.tree.rely_on(kept)
        seen.tree.rely_on(scope)
    assert scope.why_not() == "a test"


def test_a_content_that_is_kept_is_recorded_for_whoever_reads_it(seen: Observer) -> None:
    file = seen.tree.open(seen.path("a/one"))
    with seen.tree.observing() as first:
        file.read()
    with seen.tree.observing() as second:
        file.read()
    assert found(first) == found(second)
    unobserved = seen.tree.open(seen.path("a/one"))
    unobserved.read()
    with seen.tree.observing() as third:
        assert unobserved.digest() == file.digest()
    seen.write("a/one", b"ONE")
    for scope in (first, second, third):
        assert seen.now(found(scope)) == Differs("a/one")


def test_a_folder_is_looked_at_once_for_many_observations(seen: Observer) -> None:
    recheck = Recheck(str(seen.root), seen.times.clock)
    both = seen.read("a/one"), seen.read("a/two")
    assert [recheck.holds(one) for one in both] == [Holds(), Holds()]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_not_waited_for(seen: Observer) -> None:
    os.mkfifo(seen.path("a/pipe"))
    seen.times.changed(seen.path("a"))
    with seen.tree.observing() as scope, pytest.raises(OSError, match="not a regular file"):
        seen.tree.open(seen.path("a/pipe")).read()
    assert seen.now(found(scope)) == Holds()
    observations = seen.read("a/one")
    (seen.root / "a/one").unlink()
    os.mkfifo(seen.path("a/one"))
    assert seen.now(observations) == Differs("a/one")


@pytest.mark.parametrize(
    "value",
    [None, 1, [], [1, "", 5], [2, "", []], [1, "", [[]]], [1, "", [["/etc", None, None, [], [], []]]]],
)
def test_what_are_no_observations_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="form of observations"):
        Observations.from_json(value)


def test_a_tree_without_a_scope_is_the_working_tree(seen: Observer) -> None:
    plain = DiskTree(str(seen.root))
    seen.write("a/large", LARGE)
    for path in (seen.path("a"), seen.path("a/one"), seen.path("absent")):
        assert seen.tree.entry(path) == plain.entry(path)
        assert seen.tree.exists(path) == plain.exists(path)
        assert seen.tree.real(path) == plain.real(path)
    assert seen.tree.names(seen.path("a")) == plain.names(seen.path("a"))
    assert [*seen.tree.walk(str(seen.root), frozenset())] == [*plain.walk(str(seen.root), frozenset())]
    with seen.tree.open(seen.path("a/large")).stream() as opened:
        assert opened.read() == LARGE
    with pytest.raises(FileNotFoundError):
        seen.tree.open(seen.path("absent")).read()
