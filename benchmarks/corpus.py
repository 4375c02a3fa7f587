"""Read every file of a folder as a user would map it, and count what becomes of them, by kind.

Usage: python benchmarks/corpus.py FOLDER [--kind KIND] [--list OUTCOME]

A file is tried in each kind whose marks it has; with `--kind` every file is tried in that kind. The folder may be any
checkout: nothing is fetched. The outcome is

- `read`: facts, and nothing states what they should be
- `right`, `wrong`: facts that are, or are not, those that an index states
- `not understood`: facts of which some are null, with the places
- `refused`: a sentence why; also counted as `right` if the index says that the file is not evidence
- `crashed`: any other exception

An index is `INDEX.tsv` with the columns `kind`, `file` and `expected_facts`, in which `name=number` states a fact.
`--list wrong` prints the files with an outcome. Files that no kind recognises are counted by the tool that wrote them.
"""

import argparse
import csv
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from gatekeeper.collectors.identify import identify, tool_of
from gatekeeper.evidence.reader import collect, without_touched
from gatekeeper.model.evidence import Absent, Unreadable, touched
from gatekeeper.testing import tree

LARGEST = 30_000_000
COLUMNS = ("tried", "read", "right", "wrong", "refused", "not understood", "crashed")
NAMES: Mapping[str, str] = {
    "tests": "total", "passed": "passed", "numTotalTests": "total",
    "files": "files", "records": "files", "classes": "files", "operations": "operations", "interactions": "interactions",
    "spans": "spans", "traces": "traces", "alerts": "alerts", "total": "items", "results": "items", "rows": "total",
}  # fmt: skip
"""What an index calls a fact -> the fact."""
NO_EVIDENCE = re.compile(
    r"unreadable|invalid|no evidence|did not run|not a pass|0 Prometheus|not a VEX", re.IGNORECASE
)


class Outcome(NamedTuple):
    """What became of a file."""

    file: str
    kind: str
    outcome: str
    said: str = ""


def outcomes(folder: Path, kind: str | None) -> Iterator[Outcome]:
    """Yield what becomes of every file of a folder."""
    stated = index(folder)
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.stat().st_size > LARGEST or ".git" in path.parts:
            continue
        name = path.relative_to(folder).as_posix()
        artefact = tree({name: path.read_bytes()}, name)
        kinds = [kind] if kind else list(dict.fromkeys(found.kind for found in identify(artefact)))
        for each in kinds:
            yield tried(each, artefact, name, stated.get(name))
        if not kinds:
            tool = tool_of(artefact)
            refusal = tool.name if tool else "(no marks)"
            fine = name in stated and NO_EVIDENCE.search(stated[name])
            yield Outcome(name, "(none)", "right" if fine else "refused", refusal)


def index(folder: Path) -> dict[str, str]:
    """Return what an index states about each file."""
    file = folder / "INDEX.tsv"
    if not file.is_file():
        return {}
    with file.open(encoding="utf-8") as opened:
        rows = csv.DictReader(opened, delimiter="\t", quoting=csv.QUOTE_NONE)
        return {row["file"]: row["expected_facts"] or "" for row in rows}


def tried(kind: str, artefact: Any, name: str, stated: str | None) -> Outcome:
    """Return what becomes of a file in a kind."""
    options = {"select": {"all": "@"}} if kind == "json" else {}
    try:
        collected = collect(kind, artefact, options)
    except (Absent, Unreadable) as reason:
        is_right = stated is not None and NO_EVIDENCE.search(stated)
        return Outcome(name, kind, "right" if is_right else "refused", str(reason))
    except Exception as error:
        return Outcome(name, kind, "crashed", f"{type(error).__name__}: {error}")
    if touched(collected.origins):
        [first, *_] = [one for origin in collected.origins for one in origin.not_understood if one.touches]
        return Outcome(name, kind, "not understood", first.place.message)
    if stated is None:
        return Outcome(name, kind, "read")
    facts, items = without_touched(collected), collected.origins[0].items
    differ = [each for each in _figures(stated, facts, items) if each]
    return Outcome(name, kind, "wrong" if differ else "right", "; ".join(differ))


def _figures(stated: str, facts: Any, items: int | None) -> Iterator[str]:
    for word, figure in re.findall(r"(?<![\w.])(\w+)=(\d+)(?=[;,]|$)", stated):
        fact = NAMES.get(word)
        value = items if fact == "items" else getattr(facts, fact, None) if fact else None
        found = len(value) if isinstance(value, tuple) else value
        if found is not None and found != int(figure):
            yield f"{fact} is {found}, the index states {word}={figure}"


def main() -> None:
    """Print a Markdown table by kind, and the files with the outcome that is asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--kind")
    parser.add_argument("--list", choices=COLUMNS[1:])
    given = parser.parse_args()
    found = list(outcomes(given.folder, given.kind))
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for one in found:
        counts[one.kind].update(["tried", one.outcome])
    print(f"| kind | {' | '.join(COLUMNS)} |")
    print("|---|" + "---:|" * len(COLUMNS))
    for kind, count in sorted(counts.items()):
        print(f"| {kind} | {' | '.join(str(count[column]) for column in COLUMNS)} |")
    for one in found:
        if one.outcome == given.list:
            print(f"{one.kind} {one.file}: {one.said[:300]}")
    sys.exit(any(one.outcome == "crashed" for one in found))


if __name__ == "__main__":
    main()
