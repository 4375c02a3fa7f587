"""`check` and `next` with a cache write what they write without one, whatever has changed since the last run."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any, cast

import pytest

from builders.drawn_changes import base
from builders.edits import ALL, make
from builders.in_memory import Files, Op, changed
from builders.program import environment
from builders.small_workspaces import (
    AS_OF,
    GOOD,
    MILESTONES,
    OTHER,
    PEOPLE,
    attestation,
    entry,
    file_name,
    junit,
    sign_offs,
)
from builders.whats_open import load_files
from builders.workspaces import Ran, Run
from gatekeeper.cache import current
from gatekeeper.cache.store import Store
from gatekeeper.cli.commands import check
from gatekeeper.collectors.coverage import read as coverage
from gatekeeper.collectors.reading.recognition import Formats, PluginFormat
from gatekeeper.judging.judge import Facts, judge_services
from gatekeeper.trees import observations
from gatekeeper.trees.observed import ObservedTree
from gatekeeper.workspace import shard_judging, summary
from gatekeeper.workspace.kept_parts import SeenParts, parts_of
from gatekeeper.workspace.shard_rows import ShardRequest

TICK = 0.03
"""Seconds after which the files of this machine have other times."""
FAST, STEPS, NUMBER = 3, 2, 7
SEEDS = [*range(FAST), *(pytest.param(seed, marks=pytest.mark.long) for seed in range(FAST, 120))]
OPTIONS: tuple[tuple[str, ...], ...] = (
    (), (), (), ("--all",), ("--sort", "name"), ("--sort", "owner"), ("-q",), ("--strict",), ("--fail-on", "regression"),
)  # fmt: skip
BASE = 12
DAY = date.fromisoformat(AS_OF)


def with_more_services(files: Files, of: Random) -> Files:
    """Return files with copies of services, so that they are in several shards."""
    found = dict(files)
    names = [f"s{n}" for n in range(of.randrange(3, 12))]
    for name in names:
        original = of.choice(["shop", "pay"])
        manifest = files.get(f"services/{original}.yaml")
        if manifest is None:
            continue
        around = (
            {"depends_on": of.sample([one for one in names if one != name], 1)} if of.random() < 0.4 else {}
        )
        found[f"services/{name}.yaml"] = {**manifest, "service": name, **around}
        for path, content in files.items():
            if path.startswith(f"services/{original}/"):
                found[path.replace(f"/{original}/", f"/{name}/", 1)] = content
    return found if load_files(found) else files


class Edited:
    """A workspace on disk that is edited at random."""

    def __init__(self, root: Path, seed: int, files: Files | None = None) -> None:
        self.of = Random(seed)  # noqa: S311
        self.root = root
        self.files: Files = {}
        root.mkdir()
        self.write(files or with_more_services(base(seed).files, self.of))
        self.said = [f"seed {seed}"]

    def write(self, files: Files) -> None:
        """Write what is different."""
        for name in self.files.keys() - files.keys():
            (self.root / name).unlink(missing_ok=True)
        for name, content in files.items():
            if name not in self.files or self.files[name] != content:
                (self.root / name).parent.mkdir(parents=True, exist_ok=True)
                data = content if isinstance(content, bytes) else json.dumps(content).encode()
                (self.root / name).write_bytes(data)
        self.files = files

    def artefacts(self) -> list[Path]:
        """Return the artefacts that are on disk."""
        return sorted(
            path
            for path in (self.root / "services").rglob("*")
            if path.is_file() and path.parent.name == "reports"
        )

    def step(self) -> Iterator[None]:
        """Edit something; yield whenever the workspace is to be judged."""
        name, edit = self.of.choice(EDITS)
        self.said.append(name)
        yield from edit(self) or ()
        yield


def _any_edit(of: Edited) -> None:
    for name in of.of.choices(list(ALL), k=of.of.choice((1, 1, 3))):
        made = make(name, of.files, of.of)
        after = changed(of.files, made.ops if made else ())
        if load_files(after) or of.of.random() < 0.05:
            of.said.append(str(made))
            of.write(after)


def _other_artefact(of: Edited) -> None:
    slot = of.of.choice(list(GOOD))
    content = of.of.choice([GOOD[slot], *OTHER[slot]])
    for name in [
        path
        for path in of.files
        if path.startswith("services/") and path.endswith(f"/{file_name(slot, 'shop')}")
    ]:
        if of.of.random() < 0.4:
            of.write({**of.files, name: content})


def _same_size(of: Edited) -> None:
    """Replace an artefact by one of the same size and set its time back; so `make` and unpacked archives do."""
    for path in of.of.sample(of.artefacts(), min(3, len(of.artefacts()))):
        found, data = path.stat(), path.read_bytes()
        other = (
            data.replace(b'name="b"', b'name="c"').replace(b",1\n", b",0\n").replace(b'p95": 2', b'p95": 4')
        )
        other = other.replace(b"milestone: beta", b"milestone: beto")
        if of.of.random() < 0.5:
            path.write_bytes(other)
        else:
            (of.root / "new").write_bytes(other)
            (of.root / "new").replace(path)
        os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns))
    _as_on_disk(of)


def _swapped(of: Edited) -> None:
    """Swap two artefacts of the same slot: their times and sizes move with them."""
    one = of.of.choice(of.artefacts() or [of.root / "gatekeeper.yaml"])
    others = [path for path in of.artefacts() if path.name == one.name]
    other = of.of.choice(others or [one])
    if one != other:
        one.rename(of.root / "between")
        other.rename(one)
        (of.root / "between").rename(other)
    _as_on_disk(of)


def _as_on_disk(of: Edited) -> None:
    """Take over the artefacts that are on disk now."""
    kept = {
        name: content
        for name, content in of.files.items()
        if not isinstance(content, bytes) or "/reports/" not in name
    }
    of.files = kept | {path.relative_to(of.root).as_posix(): path.read_bytes() for path in of.artefacts()}


def _linked_folder(of: Edited) -> Iterator[None]:
    """Put a link in the place of a folder, then the folder again."""
    folders = sorted({path.parent for path in of.artefacts()})
    for folder in of.of.sample(folders, min(1, len(folders))):
        moved = of.root.parent / "moved" if of.of.random() < 0.5 else of.root / "moved"
        folder.rename(moved)
        yield
        folder.symlink_to(moved)
        yield
        if of.of.random() < 0.5:
            for file in moved.iterdir():
                file.write_bytes(b"<html/>")
            yield
        folder.unlink()
        moved.rename(folder)
    _as_on_disk(of)


def _linked_file(of: Edited) -> Iterator[None]:
    for path in of.of.sample(of.artefacts(), min(1, len(of.artefacts()))):
        moved = of.root / "moved"
        path.rename(moved)
        path.symlink_to(moved)
        yield
        moved.write_bytes(b"<html/>")
        yield
        path.unlink()
        moved.rename(path)
    _as_on_disk(of)


def _hard_link(of: Edited) -> Iterator[None]:
    """Change an artefact by another name of it."""
    for path in of.of.sample(of.artefacts(), min(1, len(of.artefacts()))):
        os.link(path, of.root / "other")
        yield
        (of.root / "other").write_bytes(of.of.choice([b"<html/>", *GOOD.values()]))
        yield
        (of.root / "other").unlink()
    _as_on_disk(of)


def _deleted(of: Edited) -> None:
    for path in of.of.sample(of.artefacts(), min(2, len(of.artefacts()))):
        path.unlink()
    _as_on_disk(of)


def _added(of: Edited) -> None:
    for folder in of.of.sample(sorted((of.root / "services").glob("*/reports")), 1):
        slot = of.of.choice(list(GOOD))
        (folder / file_name(slot, folder.parent.name)).write_bytes(of.of.choice([GOOD[slot], *OTHER[slot]]))
        (folder / "stray").write_bytes(b"nothing reads it")
    _as_on_disk(of)


def _no_permission(of: Edited) -> Iterator[None]:
    for path in of.of.sample(of.artefacts(), min(1, len(of.artefacts()))):
        path.chmod(0)
        yield
        path.chmod(0o644)


def _other_service(of: Edited) -> None:
    """Rename the manifest of a service, or copy it: other services get into other shards."""
    manifests = [name for name in of.files if name.startswith("services/") and name.endswith(".yaml")]
    for name in of.of.sample(manifests, 1):
        new = of.of.choice(["a", "b9", "z"])
        after = {**of.files, f"services/{new}.yaml": {**of.files[name], "service": new}}
        if of.of.random() < 0.5:
            del after[name]
        of.write(after if load_files(after) else of.files)


def _neighbour(of: Edited) -> None:
    """Change the signed level of a service on which others depend."""
    manifests = [name for name in of.files if name.startswith("services/") and name.endswith(".yaml")]
    needed = {name for file in manifests for name in of.files[file].get("depends_on", ())}
    for name in needed:
        file = f"services/{name}.yaml"
        after = changed(
            of.files,
            [Op(file, ("level",), of.of.choice(["none", "bronze", "silver"])), Op(file, ("sign_offs",), {})],
        )
        of.write(after if load_files(after) else of.files)


def _not_shared(of: Edited) -> None:
    """Change whether a measurement may serve several services: then they are judged together."""
    gates = [name for name in of.files if name.startswith("gates/") and of.files[name].get("slots")]
    for gate in of.of.sample(gates, 1):
        ops = [Op(gate, ("slots", slot, "shared"), of.of.random() < 0.5) for slot in of.files[gate]["slots"]]
        after = changed(of.files, ops)
        of.write(after if load_files(after) else of.files)


def _stray_files(of: Edited) -> None:
    """Write files that are warned of, or that make the workspace invalid."""
    which = of.of.choice(
        ["services/other.yml", "gatekeeper.yml", "milestones/notes.txt", "services/x.yaml/file"]
    )
    path = of.root / which
    if path.exists():
        shutil.rmtree(path.parent) if "yaml/" in which else path.unlink()
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"service: other\n")


def _dated(of: Edited) -> None:
    """Register an exception, or an exit, near the days that are judged."""
    entries = [name for name in of.files if name.startswith("milestones/") and not of.files[name].get("x")]
    for name in of.of.sample(entries, 1):
        day = str(DAY + timedelta(days=of.of.randrange(-9, 9)))
        field = "opened_on" if "risk-register" in name else "exit_date"
        after = changed(of.files, [Op(name, (field,), day)])
        of.write(after if load_files(after) else of.files)


EDITS: list[tuple[str, Callable[[Edited], Iterator[None] | None]]] = [
    (edit.__name__.strip("_").replace("_", " "), edit)
    for edit in (
        _any_edit, _any_edit, _any_edit, _other_artefact, _same_size, _same_size, _swapped, _linked_folder, _linked_file,
        _hard_link, _deleted, _added, _no_permission, _other_service, _neighbour, _not_shared, _stray_files, _dated,
    )
]  # fmt: skip


def command(of: Random) -> list[str]:
    """Return a command with some options."""
    days = of.choice((0, 0, 0, 1, -1, 5, 20, 60, -20))
    chosen = ["-m", of.choice(MILESTONES)] if of.random() < 0.6 else []
    day = ["--as-of", str(DAY + timedelta(days=days))]
    if of.random() < 0.6:
        return ["check", *chosen, *day, *of.choice(OPTIONS)]
    return ["next", *chosen, *day, *of.choice([(), (), ("--all",), ("--owner", "team-pay"), ("-s", "shop")])]


def clock(seed: int, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Return what waits between an edit and a run: files are fresh, or their times decide."""
    kind = ("old", "fresh", "set back")[seed % 3]
    if kind == "old":
        monkeypatch.setattr(observations, "MARGIN", int(TICK * 0.5e9))
        return lambda: time.sleep(TICK)
    if kind == "set back":
        drawn = Random(1)  # noqa: S311

        def now() -> int:
            return time.time_ns() - drawn.randrange(10) * 1_000_000_000

        monkeypatch.setattr(ObservedTree.__init__, "__defaults__", (now,))
        monkeypatch.setattr(SeenParts.__init__, "__defaults__", (now,))
    return lambda: None


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_kept_is_what_would_be_judged(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    edited = Edited(tmp_path / "workspace", seed)
    of, wait = edited.of, clock(seed, monkeypatch)
    if seed % 2:
        monkeypatch.setattr(summary, "_size", lambda *_: of.choice((1, 9, 1_000)))
    commands: list[list[str]] = [
        ["check", "--as-of", AS_OF],
        ["next", "--as-of", AS_OF],
        command(of),
        command(of),
    ]
    for _ in range(STEPS if seed < FAST else 3 * STEPS):
        for _ in edited.step():
            wait()
            for words in (*of.sample(commands, 2), command(of)):
                monkeypatch.setenv("COLUMNS", of.choice(["80", "80", "120"]))
                where = ("-C", edited.root, *words)
                jobs = ("--jobs", "2") if words[0] == "check" and of.random() < 0.05 else ()
                expected = run("--no-cache", *where)
                for more in (jobs, ()):
                    assert run("--cache", tmp_path / "cache", *where, *more) == expected, (edited.said, words)


Change = Callable[[Files], Files]


def _with(files: Files, *ops: tuple[str, tuple[str | int, ...], object]) -> Files:
    return changed(files, [Op(*one) for one in ops])


def _rules(files: Files) -> Files:
    return _with(
        files, ("gates/domain.yaml", ("criteria", 1, "requires"), {"coverage.lines_pct": {"at_least": 95}})
    )


def _register(files: Files) -> Files:
    delta = ["gold.hooks", "gold.capabilities"]
    return {**files, "milestones/risk-register/R-1.yaml": entry("R-1", "s1", delta, MILESTONES[0])}


def _level_of_a_neighbour(files: Files) -> Files:
    return _with(files, ("services/s0.yaml", ("level",), "none"), ("services/s0.yaml", ("sign_offs",), {}))


def _evidence_of_one(files: Files) -> Files:
    return {**files, "services/s3/reports/coverage": OTHER["coverage"][0]}


def _evidence_removed(files: Files) -> Files:
    return {name: content for name, content in files.items() if name != "services/s3/reports/coverage"}


def _service_added(files: Files) -> Files:
    more = {
        name.replace("/s3", "/t"): content
        for name, content in files.items()
        if name.startswith("services/s3")
    }
    return {**files, **more, "services/t.yaml": {**files["services/s3.yaml"], "service": "t"}}


def _service_removed(files: Files) -> Files:
    return {name: content for name, content in files.items() if not name.startswith("services/s3")}


def _file_that_is_not_read(files: Files) -> Files:
    return {**files, "services/other.yml": b"service: other\n"}


def _record_that_is_not_read(files: Files) -> Files:
    return {**files, "services/s3/evidence.json": b"{}"}


def _settings(files: Files) -> Files:
    return {name: content for name, content in files.items() if name != "milestones/alpha.yaml"} | {
        "milestones/alpha.yaml": {"milestone": "alpha", "name": "The first", "exit_date": "2027-02-01"}
    }


def _mistake(files: Files) -> Files:
    return _with(files, ("services/s3.yaml", ("owner",), 3))


CHANGES: tuple[Change, ...] = (
    _rules, _register, _level_of_a_neighbour, _evidence_of_one, _evidence_removed, _service_added, _service_removed,
    _file_that_is_not_read, _record_that_is_not_read, _settings, _mistake,
)  # fmt: skip


def platform() -> Files:
    """Return a workspace of services in several parts; what only the highest level asks is open."""
    files = dict(base(BASE).files)
    paths = {slot: f"reports/{file_name(slot, 'shop')}" for slot in GOOD}
    silver = {"level": "silver"}
    plan = {
        **dict.fromkeys(MILESTONES, silver),
        MILESTONES[0]: {"level": "gold", "gates": dict.fromkeys(("domain", "api", "speed"))},
    }
    for n in range(NUMBER):
        files[f"services/s{n}.yaml"] = {
            "service": f"s{n}",
            "owner": "team-pay",
            "plan": plan,
            "targets": {"p95_ms": 250},
            "evidence": {slot: {"path": path} for slot, path in paths.items()},
            "attestations": {name: attestation(name) for name in ("bronze.scaffold", "silver.contracts")},
            "level": "silver",
            "sign_offs": sign_offs("silver", list(PEOPLE)),
            "depends_on": ["s0"] if n > 1 else [],
        }
        files |= {f"services/s{n}/{paths[slot]}": content for slot, content in GOOD.items()}
    return files


def check_at(folder: Path, *more: object) -> list[object]:
    return ["-C", folder, "check", "-m", MILESTONES[0], "--as-of", AS_OF, "--all", *more]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__.strip("_"))
def test_a_change_is_seen(run: Run, tmp_path: Path, change: Change) -> None:
    edited, cache = Edited(tmp_path / "workspace", 0, platform()), ("--cache", tmp_path / "cache")
    words = check_at(edited.root)
    before = run("--no-cache", *words)
    assert run(*cache, *words) == before
    files = edited.files
    for after in (change(files), files):
        edited.write(after)
        expected = run("--no-cache", *words)
        assert (expected != before) == (after is not files)
        run(*cache, *words, "--sort", "name")  # what is kept for other arguments is not kept for these
        assert run(*cache, *words) == expected == run(*cache, *words)


class Kept:
    """A run without a cache, and two with one, which must do the same."""

    def __init__(self, run: Run, edited: Edited, cache: Path) -> None:
        self._run, self._where = run, edited.root
        self.cache = ("--cache", cache)

    def same(self, *more: object) -> Ran:
        words = check_at(self._where, *more)
        expected = self._run("--no-cache", *words)
        assert self._run(*self.cache, *words) == expected
        assert self._run(*self.cache, *words) == expected
        return expected


@pytest.fixture
def edited(tmp_path: Path) -> Edited:
    """Return a workspace of many services on disk."""
    return Edited(tmp_path / "workspace", 0, platform())


@pytest.fixture
def kept(run: Run, edited: Edited, tmp_path: Path) -> Kept:
    """Return what compares runs with a cache and without."""
    return Kept(run, edited, tmp_path / "cache")


@pytest.fixture
def judging(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the names of services that are judged from now on, by this process."""
    found: list[str] = []
    judge = judge_services

    def counted(rulebook: Any, facts: Facts, milestone: str) -> Any:
        found.extend(service.service for service in facts.services)
        return judge(rulebook, facts, milestone)

    monkeypatch.setattr(shard_judging, "judge_services", counted)
    return found


def test_only_what_has_changed_is_judged(run: Run, edited: Edited, kept: Kept, judging: list[str]) -> None:
    words = check_at(edited.root)
    run(*kept.cache, *words)
    assert set(judging) == {name for part in parts_of(_names(edited)) for name in part}
    judging.clear()
    edited.write(_evidence_of_one(edited.files))
    run(*kept.cache, *words)
    assert [tuple(sorted(judging))] == [part for part in parts_of(_names(edited)) if "s3" in part]
    judging.clear()
    run(*kept.cache, *words)
    run(*kept.cache, *words, "--strict")
    run(*kept.cache, *words, "--jobs", "2")
    assert judging == []


def test_what_is_written_is_kept_after_a_change(
    run: Run, edited: Edited, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = check_at(edited.root)
    run(*kept.cache, *words)
    edited.write(_evidence_of_one(edited.files))
    expected = run(*kept.cache, *words)
    monkeypatch.delattr(check, "summary_here")
    assert run(*kept.cache, *words) == expected


def _names(edited: Edited) -> list[str]:
    return sorted(
        file[len("services/") : -5]
        for file in edited.files
        if file.startswith("services/") and file.endswith(".yaml")
    )


def _own_tests(files: Files, several: dict[str, str]) -> Files:
    """Return files in which each service has tests of its own, except some that have those of another."""
    found = {
        name: junit(f"deep {name}", "b") if name.endswith("/unit_tests") else content
        for name, content in files.items()
    }
    found |= {
        f"services/{name}/reports/unit_tests": found[f"services/{other}/reports/unit_tests"]
        for name, other in several.items()
    }
    return _with(found, ("gates/domain.yaml", ("slots", "unit_tests", "shared"), False))


@pytest.fixture
def together(monkeypatch: pytest.MonkeyPatch) -> None:
    """Judge all parts of a workspace together, as those of a large one are."""
    monkeypatch.setattr(summary, "_size", lambda *_: 1_000)


@pytest.mark.usefixtures("together")
def test_what_services_share_depends_on_each_of_them(edited: Edited, kept: Kept) -> None:
    files = platform()
    parts = {name: part for part in parts_of(_names(edited)) for name in part}
    other = next(name for name in parts if name > "s4" and parts[name] != parts["s4"])
    shown = []
    for several in ({"s4": other}, {}, {"s4": other}, {"s4": other, "s3": other}, {other: "s1"}):
        edited.write(_own_tests(files, several))
        shown.append(kept.same().out)
    assert shown[0] == shown[2]
    assert len(set(shown)) == 4


def test_what_changes_while_services_are_judged_together_is_not_kept(
    run: Run, edited: Edited, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    edited.write(_own_tests(platform(), {"s4": "s3"}))
    path, sharing = edited.root / "services/s3/reports/coverage", summary._sharing
    before = path.read_bytes()

    def changes(*parts: Any) -> set[str]:
        path.write_bytes(OTHER["coverage"][0])
        return sharing(*parts)

    with monkeypatch.context() as patched:
        patched.setattr(summary, "_sharing", changes)
        run(*kept.cache, *check_at(edited.root))
    path.write_bytes(before)
    kept.same()


def test_what_a_worker_judges_by_other_rules_is_not_kept(tmp_path: Path, edited: Edited) -> None:
    current.use(lambda: tmp_path / "cache")
    try:
        request = ShardRequest(str(edited.root), "a run", MILESTONES[0], DAY, (("s1",), ("s2",)), "other")
        assert [rows.content for rows in shard_judging.judge_shard(request)] == [None, None]
        store = current.store()
        assert store
        assert store.entries()["services"].number == 0
    finally:
        current.use()


@pytest.fixture
def old(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Let times of files be trusted early; return what waits until they are."""
    monkeypatch.setattr(observations, "MARGIN", int(TICK * 0.5e9))
    return lambda: time.sleep(TICK)


def _written(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def _replaced(path: Path, content: bytes) -> None:
    (path.parent / "new").write_bytes(content)
    (path.parent / "new").replace(path)


def _swapped_folder(path: Path, content: bytes) -> None:
    """Put another folder in the place of that of a file."""
    shutil.copytree(path.parent, path.parent.parent / "new")
    path.parent.rename(path.parents[2] / "before")
    (path.parent.parent / "new").rename(path.parent)
    path.write_bytes(content)


def _linked(path: Path, content: bytes) -> None:
    moved = path.parents[3] / f"moved {path.parent.name}"
    path.parent.rename(moved)
    path.parent.symlink_to(moved)
    (moved / path.name).write_bytes(content)


def _linked_outside(path: Path, content: bytes) -> None:
    moved = path.parents[4] / "moved"
    path.parent.rename(moved)
    path.parent.symlink_to(moved)
    (moved / path.name).write_bytes(content)


def _moved_outside(path: Path, _: bytes) -> None:
    moved = path.parents[4] / "moved"
    path.parent.rename(moved)
    path.parent.symlink_to(moved)


@pytest.mark.parametrize(
    "way", [_moved_outside, _written, _replaced, _swapped_folder, _linked, _linked_outside]
)
def test_a_file_of_the_same_size_and_time_is_read(
    edited: Edited, kept: Kept, old: Callable[[], None], way: Callable[[Path, bytes], None]
) -> None:
    path = edited.root / "services/s3/reports/coverage"
    old()
    before, found = kept.same(), path.stat()
    content = path.read_bytes().replace(b",1\n", b",0\n")
    assert len(content) == found.st_size
    way(path, content)
    for one in (path, path.parent):
        os.utime(one, ns=(found.st_atime_ns, found.st_mtime_ns))
    old()
    assert kept.same() != before


def test_days_forwards_and_back(edited: Edited, kept: Kept) -> None:
    edited.write(
        _with(
            platform(),
            *((f"services/s{n}.yaml", ("evidence", "load", "path"), "reports/load") for n in range(NUMBER)),
        )
    )
    shown: dict[int, Ran] = {}
    for days in (0, 21, 60, -15, 21, 0):
        ran = kept.same("--as-of", DAY + timedelta(days=days))
        assert shown.setdefault(days, ran) == ran
    assert len(set(shown.values())) == len(shown)


def test_the_first_milestone_that_has_not_exited_depends_on_the_day(
    run: Run, edited: Edited, kept: Kept
) -> None:
    exit_ = {"2026-11-15": {"by": "ro"}}
    edited.write(_with(platform(), (f"milestones/{MILESTONES[0]}.yaml", ("exited",), exit_)))
    shown = []
    for day in ("2026-11-10", "2026-11-20", "2026-11-10"):
        words = ("-C", edited.root, "check", "--as-of", day)
        shown.append(run(*kept.cache, *words))
        assert run("--no-cache", *words) == shown[-1] == run(*kept.cache, *words)
    assert shown[0] == shown[2] != shown[1]


@pytest.mark.parametrize("damage", [b"", b"not a database", None])
def test_a_damaged_cache_is_no_cache(kept: Kept, damage: bytes | None) -> None:
    before = kept.same()
    (file,) = Path(kept.cache[1]).iterdir()
    data = file.read_bytes()
    file.write_bytes(damage if damage is not None else data[:4096] + bytes(len(data) - 8192) + data[-4096:])
    assert kept.same() == before == kept.same()


def test_values_that_are_swapped_are_not_found(kept: Kept) -> None:
    before = kept.same()
    (file,) = Path(kept.cache[1]).iterdir()
    with closing(sqlite3.connect(file)) as connection, connection:
        for table in ("services", "outputs"):
            rows = connection.execute(f"SELECT key, value FROM {table} ORDER BY key").fetchall()  # noqa: S608
            others = [value for _, value in (*rows[1:], rows[0])]
            for (key, _), value in zip(rows, others, strict=True):
                connection.execute(f"UPDATE {table} SET value = ? WHERE key = ?", (value, key))  # noqa: S608
    assert kept.same() == before


def test_a_cache_that_cannot_be_written_is_read(kept: Kept, edited: Edited) -> None:
    before = kept.same()
    (file,) = Path(kept.cache[1]).iterdir()
    file.chmod(0o400)
    file.parent.chmod(0o500)
    try:
        assert kept.same() == before
        edited.write(_evidence_of_one(edited.files))
        assert kept.same() != before
    finally:
        file.parent.chmod(0o700)


@pytest.mark.long
def test_two_runs_at_the_same_time(edited: Edited, kept: Kept) -> None:
    words = [str(word) for word in (*kept.cache, *check_at(edited.root))]
    commands = [[sys.executable, "-m", "gatekeeper", *words] for _ in range(3)]
    expected = kept.same()
    edited.write(_evidence_of_one(edited.files))
    running = [
        subprocess.Popen(one, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(COLUMNS="80"))
        for one in commands
    ]
    said = {(*(text.decode() for text in one.communicate(timeout=60)), one.returncode) for one in running}
    after = kept.same()
    assert said == {(after.out, after.err, after.code)}
    assert after != expected


HEAVY = ("pydantic", "pydantic_core", "rich", "yaml", "gatekeeper.judging.judge", "gatekeeper.manifests.load")


@pytest.mark.long
@pytest.mark.parametrize("command", ["check", "next"])
def test_what_is_kept_is_written_without_loading_what_judges(
    edited: Edited, tmp_path: Path, command: str
) -> None:
    words = ["--cache", str(tmp_path / "cache"), "-C", str(edited.root), command, "--as-of", AS_OF]
    code = (
        "import os, sys; from gatekeeper.cli import main; code = main.run(sys.argv[1:])\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )
    loaded = [
        subprocess.run(
            [sys.executable, "-c", code, *words],
            capture_output=True,
            check=True,
            env=environment(),
            timeout=60,
        )
        for _ in range(2)
    ]
    assert loaded[0].stdout == loaded[1].stdout != b""
    assert "pydantic" in loaded[0].stderr.decode()
    assert loaded[1].stderr.decode().splitlines()[-1] == "[]"


@pytest.fixture
def keeping(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Return the tables to which values are put from now on, with the number of values."""
    found: list[tuple[str, int]] = []
    put = Store.put

    def noted(store: Store, table: str, values: Mapping[str, bytes]) -> None:
        found.extend([(table, len(values))] if values and "identity" not in values else [])
        put(store, table, values)

    monkeypatch.setattr(Store, "put", noted)
    return found


@pytest.mark.parametrize("command", ["check", "next"])
def test_of_an_invalid_workspace_nothing_is_kept(
    run: Run, edited: Edited, kept: Kept, keeping: list[tuple[str, int]], command: str
) -> None:
    edited.write(
        _with(
            edited.files,
            *((f"services/s{n}.yaml", ("owner",), 3) for n in range(NUMBER)),
            ("services/shop.yaml", ("owner",), 3),
            ("services/pay.yaml", ("owner",), 3),
        )
    )
    for _ in range(2):
        assert run(*kept.cache, "-C", edited.root, command, "--as-of", AS_OF).code == 3
    assert [table for table, _ in keeping if table == "outputs"] == []


class Asked:
    """A format of a plugin that recognises nothing."""

    asked = 0

    @staticmethod
    def read(_: object) -> Any:
        """Read nothing."""
        raise AssertionError

    @classmethod
    def recognises(cls, _: object) -> bool:
        """Count that it is asked."""
        cls.asked += 1
        return False


@pytest.mark.parametrize("command", ["check", "next"])
def test_what_a_plugin_is_asked_about_is_not_kept(
    run: Run,
    edited: Edited,
    kept: Kept,
    monkeypatch: pytest.MonkeyPatch,
    keeping: list[tuple[str, int]],
    command: str,
) -> None:
    words = (*kept.cache, "-C", edited.root, command, "-m", MILESTONES[0], "--as-of", AS_OF)
    edited.write({**edited.files, "services/s3/reports/coverage": b"no coverage\n" * 9})
    formats = Formats[Any]("coverage")
    formats.__dict__["_plugins"] = [("p", PluginFormat("p", cast("Any", Asked)))]
    monkeypatch.setattr(coverage, "FORMATS", formats)
    for number in range(1, 3):
        run(*words)
        assert Asked.asked
        assert ("outputs", 1) not in keeping, number
        Asked.asked = 0


def test_a_workspace_in_another_repository_is_another(run: Run, tmp_path: Path) -> None:
    """The workspace above has the same files at the same paths; the one below changes."""
    above, cache = Edited(tmp_path / "workspace", 0, platform()), ("--cache", tmp_path / "cache")
    below = Edited(above.root / "below", 0, platform())
    (below.root / ".git").mkdir()
    (below.root / "below").mkdir()
    words = check_at(below.root)
    assert run(*cache, *words) == run("--no-cache", *words)
    (below.root / ".git").rmdir()
    (above.root / ".git").mkdir()
    below.write(_evidence_of_one(below.files))
    assert run(*cache, *words) == run("--no-cache", *words)


def test_what_is_kept_does_not_excuse_wrong_usage(run: Run, tmp_path: Path) -> None:
    edited = Edited(tmp_path / "workspace", 0)
    kept = ("--cache", tmp_path / "cache", "-C", edited.root, "check", "-m", MILESTONES[0], "--as-of", AS_OF)
    assert run(*kept).code in {0, 1}
    for wrong in (("--jobs", "0"), ("--changed",), ("--sort", "x"), ("--fail-on", "x"), ("-q", "-f", "json")):
        assert run(*kept, *wrong).code == 2
