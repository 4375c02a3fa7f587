"""What is recognised in public repositories, compared with labels.

    python benchmarks/public_repositories.py FOLDER [--only OWNER/NAME] [--read]

FOLDER has one checkout a repository, named `OWNER+NAME`, of the commit in `public_repositories.yaml` beside this
script; a repository without a checkout is left out:

    git clone https://github.com/OWNER/NAME FOLDER/OWNER+NAME && git -C FOLDER/OWNER+NAME checkout COMMIT

The labels say the kinds of files, by path or glob; the first that matches counts. `none` is not evidence.
Code and Markdown are left out, because their names alone decide, and so are empty files. For each repository the script prints how many
files were asked, recognised, right (of a kind that the label has), wrong, without a label, and missed: labelled
and not recognised. `--read` also reads each recognised file and reports a reader that crashes or needs longer
than five seconds of computing time. The exit code is 1 if a file is recognised as a wrong kind, or a reader crashes.
"""

import argparse
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from time import perf_counter, process_time
from typing import NamedTuple

from gatekeeper.collectors.identify import identify
from gatekeeper.collectors.reading.globs import name_chooser
from gatekeeper.evidence.reader import collect
from gatekeeper.model.evidence import Absent, Artefact, ArtefactFile, Unreadable
from gatekeeper.syntax import yaml

LABELS = Path(__file__).with_suffix(".yaml")
SKIPPED = frozenset({".git", "node_modules", "vendor"})
BY_NAME = ("source", "typescript", "document")
"""The kinds of code and Markdown."""
SLOW = 5.0
COLUMNS = ("files", "recognised", "right", "wrong", "unlabelled", "missed")


class Label(NamedTuple):
    """The kinds of the files that a glob matches; none if they are not evidence."""

    matches: Callable[[str], bool]
    kinds: frozenset[str]


def labels_of(files: Mapping[str, str]) -> list[Label]:
    """Return the labels of a repository: globs, each with kinds that commas divide."""
    return [
        Label(name_chooser([glob]), frozenset(kinds.split(", ")) - {"none"}) for glob, kinds in files.items()
    ]


def paths(folder: Path) -> Iterator[str]:
    """Yield the files of a checkout, relative to it."""
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(set(folders) - SKIPPED)
        for name in sorted(names):
            path = Path(parent, name)
            if path.is_file() and not path.is_symlink():
                yield path.relative_to(folder).as_posix()


def kinds_of(artefact: Artefact) -> frozenset[str] | None:
    """Return the kinds whose marks a file has; None if its name decides."""
    kinds = frozenset(match.kind for match in identify(artefact))
    return None if kinds.intersection(BY_NAME) else kinds


def compare(folder: Path, labels: list[Label], *, read: bool = False) -> tuple[Counter[str], list[str]]:
    """Return how many files of a checkout are right, wrong and so on, and a line for each that is not right."""
    counts, lines = Counter[str](), list[str]()
    for path in paths(folder):
        artefact = Artefact(path, (ArtefactFile(path, (folder / path).read_bytes),))
        found = kinds_of(artefact)
        if found is None or not (found or (folder / path).read_bytes().strip()):
            continue
        label = next((label.kinds for label in labels if label.matches(path)), None)
        status = _status(found, label)
        counts.update(["files"] + ["recognised"] * bool(found) + [status] * (status != "files"))
        if status in ("wrong", "unlabelled", "missed"):
            lines.append(f"{status}: {path}: {', '.join(sorted(found)) or 'not recognised'}")
        for kind in sorted(found) if read else ():
            if flaw := _read(kind, artefact):
                counts["crashed" if "crashed" in flaw else "slow"] += 1
                lines.append(f"{path}: {flaw}")
    return counts, lines


def _status(found: frozenset[str], label: frozenset[str] | None) -> str:
    if not found:
        return "missed" if label else "files"
    if label is None:
        return "unlabelled"
    return "right" if found <= label else "wrong"


def _read(kind: str, artefact: Artefact) -> str | None:
    """Return what is wrong with the reader of a kind, not with the file."""
    start, said = process_time(), ""
    try:
        collect(kind, artefact, {})
    except (Absent, Unreadable) as refused:
        said = str(refused)
    seconds = process_time() - start
    if "which is a bug" in said:
        return said
    return f"reading it as {kind} took {seconds:.1f} s" if seconds > SLOW else None


def main() -> None:
    """Print the table, and what is not right."""
    arguments = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    arguments.add_argument("folder", type=Path, metavar="FOLDER")
    arguments.add_argument("--only", metavar="OWNER/NAME")
    arguments.add_argument("--read", action="store_true")
    given = arguments.parse_args()
    repositories = yaml.load(LABELS.read_bytes()).value["repositories"]
    total, start = Counter[str](), perf_counter()
    print(f"{'repository':<52}" + "".join(f"{name:>11}" for name in COLUMNS))
    for name, repository in repositories.items():
        folder = given.folder / name.replace("/", "+")
        if given.only not in (None, name) or not folder.is_dir():
            continue
        counts, lines = compare(folder, labels_of(repository.get("files") or {}), read=given.read)
        total.update(counts)
        print(f"{name:<52}" + "".join(f"{counts[column]:>11,}" for column in COLUMNS), *lines, sep="\n  ")
    print(f"{'total':<52}" + "".join(f"{total[column]:>11,}" for column in COLUMNS))
    print(f"{perf_counter() - start:.0f} s; {total['crashed']} readers crashed, {total['slow']} were slow")
    sys.exit(bool(total["wrong"] or total["crashed"]))


if __name__ == "__main__":
    main()
