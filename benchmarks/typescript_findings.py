"""How many findings of the kind `typescript` are of use to a reviewer: draw a sample, and score its labels.

    python benchmarks/typescript_findings.py draw FOLDER --seed 1 --number 200 > sample.tsv
    python benchmarks/typescript_findings.py score sample.tsv first.tsv second.tsv

FOLDER holds one checkout a codebase; nothing is fetched. A label file has a line `number <tab> yes|no` for
each finding of the sample, by one reader. `yes`: what the finding says is so, of code of the product, and a
reviewer of the criterion would want to know it.
"""

import argparse
import random
from collections.abc import Iterator
from pathlib import Path

from gatekeeper.collectors.typescript.read import collect
from gatekeeper.model.evidence import Absent, Artefact, ArtefactFile, Finding

_FACTS = ("aggregates_without_invariants", "value_objects_without_equals", "any_types")
_INCLUDE = "**/domain/**"
"""As in the reference rulebook."""


def main() -> None:
    """Draw a sample, or score its labels."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(required=True)
    draw = commands.add_parser("draw")
    draw.add_argument("folder", type=Path)
    draw.add_argument("--seed", type=int, default=1)
    draw.add_argument("--number", type=int, default=200)
    draw.set_defaults(run=lambda given: _draw(given.folder, given.seed, given.number))
    score = commands.add_parser("score")
    score.add_argument("sample", type=Path)
    score.add_argument("labels", type=Path, nargs=2)
    score.set_defaults(run=lambda given: _score(given.sample, *given.labels))
    given = parser.parse_args()
    given.run(given)


def _draw(folder: Path, seed: int, number: int) -> None:
    """Print the sample: all that is said of classes before `any`, of which there is far more."""
    chance = random.Random(seed)
    of_fact: dict[str, list[tuple[str, Finding]]] = {fact: [] for fact in _FACTS}
    for checkout in sorted(path for path in folder.iterdir() if path.is_dir()):
        for fact, finding in _findings(checkout):
            of_fact[fact].append((checkout.name, finding))
    drawn: list[tuple[str, str, Finding]] = []
    for at, fact in enumerate(_FACTS):
        share = (number - len(drawn)) // (len(_FACTS) - at)
        wanted = number - len(drawn) if fact == "any_types" else max(share, number // 2 - len(drawn))
        chance.shuffle(of_fact[fact])
        drawn += [(fact, name, finding) for name, finding in of_fact[fact][:wanted]]
    chance.shuffle(drawn)
    for row, (fact, name, finding) in enumerate(drawn, 1):
        print(row, fact, name, f"{finding.file}:{finding.line}", finding.message, sep="\t")


def _findings(checkout: Path) -> Iterator[tuple[str, Finding]]:
    paths = sorted(path for path in checkout.rglob("*") if path.is_file() and not path.is_symlink())
    files = tuple(ArtefactFile(path.relative_to(checkout).as_posix(), path.read_bytes) for path in paths)
    try:
        facts = collect(Artefact(".", files), {"include": _INCLUDE}).facts
    except Absent:
        return  # it has no such folder
    for fact in _FACTS:
        yield from ((fact, finding) for finding in getattr(facts, fact))


def _score(sample: Path, *labels: Path) -> None:
    """Print the share of useful findings by fact and reader, and how often the readers agree."""
    facts = {row.split("\t")[0]: row.split("\t")[1] for row in sample.read_text().splitlines()}
    read = [dict(row.split("\t")[:2] for row in path.read_text().splitlines()) for path in labels]
    for fact in (*_FACTS, "all"):
        rows = [row for row in facts if fact in ("all", facts[row])]
        useful = [sum(each[row] == "yes" for row in rows) for each in read]
        shares = ", ".join(f"{100 * each / len(rows):.1f} %" for each in useful) if rows else "none"
        print(f"{fact}: {len(rows)} findings, useful to each reader: {shares}")
    agreed = sum(read[0][row] == read[1][row] for row in facts) / len(facts)
    yes = [sum(each[row] == "yes" for row in facts) / len(facts) for each in read]
    by_chance = yes[0] * yes[1] + (1 - yes[0]) * (1 - yes[1])
    kappa = (agreed - by_chance) / (1 - by_chance) if by_chance < 1 else 1.0
    print(f"the readers agree on {100 * agreed:.1f} %; Cohen's kappa {kappa:.2f}")


if __name__ == "__main__":
    main()
