"""`check` and `next` with a cache write what they write without one, whatever has changed since the last run."""

import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest

from builders.drawn_changes import base
from builders.edits import ALL, make
from builders.in_memory import Files, Op, changed
from builders.small_workspaces import AS_OF, GOOD, MILESTONES, OTHER, file_name
from builders.whats_open import load_files
from builders.workspaces import Run
from gatekeeper.trees import observations
from gatekeeper.trees.observed import ObservedTree
from gatekeeper.workspace.kept_parts import SeenParts

TICK = 0.03
"""Seconds after which the files of this machine have other times."""
STEPS = 4
SEEDS = [*range(3), *(pytest.param(seed, marks=pytest.mark.long) for seed in range(3, 150))]
OPTIONS: tuple[tuple[str, ...], ...] = (
    (), (), (), ("--all",), ("--sort", "name"), ("--sort", "owner"), ("-q",), ("--strict",), ("--fail-on", "regression"),
)  # fmt: skip
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

    def __init__(self, root: Path, seed: int) -> None:
        self.of = Random(seed)  # noqa: S311
        self.root = root
        self.files: Files = {}
        root.mkdir()
        self.write(with_more_services(base(seed).files, self.of))
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
    commands: list[list[str]] = [
        ["check", "--as-of", AS_OF],
        ["next", "--as-of", AS_OF],
        command(of),
        command(of),
    ]
    for _ in range(STEPS):
        for _ in edited.step():
            wait()
            for words in (*of.sample(commands, 2), command(of)):
                monkeypatch.setenv("COLUMNS", of.choice(["80", "80", "120"]))
                where = ("-C", edited.root, *words)
                jobs = ("--jobs", "2") if words[0] == "check" and of.random() < 0.05 else ()
                expected = run("--no-cache", *where)
                for more in (jobs, ()):
                    assert run("--cache", tmp_path / "cache", *where, *more) == expected, (edited.said, words)


def test_what_is_kept_does_not_excuse_wrong_usage(run: Run, tmp_path: Path) -> None:
    edited = Edited(tmp_path / "workspace", 0)
    kept = ("--cache", tmp_path / "cache", "-C", edited.root, "check", "-m", MILESTONES[0], "--as-of", AS_OF)
    assert run(*kept).code in {0, 1}
    for wrong in (("--jobs", "0"), ("--changed",), ("--sort", "x"), ("--fail-on", "x"), ("-q", "-f", "json")):
        assert run(*kept, *wrong).code == 2
