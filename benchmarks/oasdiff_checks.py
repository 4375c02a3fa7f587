"""Compare our verdicts on two OpenAPI descriptions with those that oasdiff's own tests expect.

    git clone https://github.com/oasdiff/oasdiff
    python benchmarks/oasdiff_checks.py oasdiff

A test of `checker/*_test.go` that compares two files of `data/` is a case: it names the files and the checks
that it expects, whose levels are in `checker/rules.go`. ERR and WARN are breaking. Tests that change a
description in Go, or that judge something else, are left out and counted. Nothing is fetched.
"""

import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from gatekeeper.collectors.api_diff.read import collect
from gatekeeper.model.evidence import Artefact, ArtefactFile, Unreadable

_TEST = re.compile(r"^func (Test\w+)\(t \*testing\.T\) \{\n(.*?)^\}", re.DOTALL | re.MULTILINE)
_OPENED = re.compile(
    r"^\t+(\w+)(?:, err)? :?= (?:open|load\w*|loader\.LoadFromFile)\((?:(\w+File)\()?\"([^\"]+)\"",
    re.MULTILINE,
)
_NUMBERED = re.compile(r"^\t+(\w+) :?= l\(t, (\d+)", re.MULTILINE)
_BOTH_NUMBERED = re.compile(r"= d\(t, [\w.()]+, (\d+), (\d+)")
_STABLE = re.compile(r"stabilityChanges\(t, \"([^\"]+)\", \"([^\"]+)\"")
_COMPARED = re.compile(
    r"GetWithOperationsSourcesMap\([\w.()]+(?:\.\w+\([^)]*\))*,\s*(?:&load\.SpecInfo\{Spec: )?(\w+)\}?,\s*(?:&load\.SpecInfo\{Spec: )?(\w+)\}?,?\s*\)"
)
_CHANGED = re.compile(r"\b{name}\.(?!Url|Version|GetVersion)\w|[(,]\s*{name}[,)]|&{name}\b")
_REFUSED = re.compile(r"requireNoChange|False\(|NotContains|NotEqual|!containsId|Nil\(")
_FOLDERS = {"deprecationFile": "deprecation", "paramDeprecationFile": "param-deprecation",
            "requiredPropertyFile": "required-properties", "stabilityFile": "stability"}  # fmt: skip
_BY_OPTION = re.compile(r"DeprecatedSunsetMissingId$")


class Case(NamedTuple):
    """A test of oasdiff on two files."""

    name: str
    base: Path
    head: Path
    breaking: frozenset[str]
    """The checks that it expects and that are ERR or WARN."""
    all_checks: bool


def cases(folder: Path, left_out: Counter[str]) -> Iterator[Case]:
    """Yield the tests that compare two files as they are."""
    levels = _levels(folder / "checker")
    for file in sorted((folder / "checker").glob("*_test.go")):
        for match in _TEST.finditer(file.read_text()):
            files = _files(match[2], folder)
            if isinstance(files, str):
                left_out[files] += 1
                continue
            lines = [line for line in match[2].splitlines() if not _REFUSED.search(line)]
            expected = {name for line in lines for name in re.findall(r"checker\.(\w+Id)\b", line)}
            breaking = frozenset(name for name in expected if levels.get(name) in ("ERR", "WARN"))
            yield Case(
                f"{file.name}: {match[1]}",
                *files,
                breaking,
                "allChecksConfig" in match[2] or "= d(t" in match[2],
            )


def _levels(checker: Path) -> dict[str, str]:
    rules = (checker / "rules.go").read_text()
    return dict(re.findall(r"newBackwardCompatibilityRule\((\w+), (\w+)", rules))


def _files(body: str, folder: Path) -> tuple[Path, Path] | str:
    if found := _STABLE.search(body):
        return folder / "data/stability" / found[1], folder / "data/stability" / found[2]
    if found := _BOTH_NUMBERED.search(body):
        return folder / f"data/openapi-test{found[1]}.yaml", folder / f"data/openapi-test{found[2]}.yaml"
    opened = {name: folder / f"data/openapi-test{number}.yaml" for name, number in _NUMBERED.findall(body)}
    for name, helper, file in _OPENED.findall(body):
        opened[name] = (
            folder / "data" / _FOLDERS[helper] / file if helper in _FOLDERS else folder / "checker" / file
        )
    pairs = set(_COMPARED.findall(body))
    if len(pairs) != 1:
        return "compares nothing, or more than once"
    names = pairs.pop()
    if not all(name in opened for name in names):
        return "builds its descriptions in Go"
    if any(re.search(_CHANGED.pattern.replace("{name}", name), _COMPARED.sub("", body)) for name in names):
        return "changes a description in Go"
    base, head = opened[names[0]], opened[names[1]]
    if base == head:
        return "changes a description in Go"
    return (base, head) if base.is_file() and head.is_file() else "builds its descriptions in Go"


def verdict(case: Case) -> tuple[str, list[str]]:
    """Return how our verdict relates to oasdiff's, and our breaking changes or places."""
    files = tuple(
        ArtefactFile(f"{name}{path.suffix}", path.resolve().read_bytes)
        for name, path in (("base", case.base), ("head", case.head))
    )
    try:
        found = collect(Artefact("oasdiff", files), {})
    except Unreadable as reason:
        return "unreadable", [str(reason)]
    places = [place.place.message for origin in found.origins for place in origin.not_understood]
    breaking = [finding.message for finding in found.facts.breaking or ()]
    if bool(breaking) == bool(case.breaking) and (breaking or not places):
        return "agreed", breaking
    if breaking:
        return ("stricter" if case.all_checks else "other checks were not asked"), breaking
    return ("not understood", places) if places else ("weaker", [])


def main() -> int:
    """Print how many verdicts agree, and each that is weaker; return 1 if one is."""
    folder, shown = Path(sys.argv[1]), {"weaker", "unreadable", *sys.argv[2:]}
    left_out: Counter[str] = Counter()
    counted: Counter[str] = Counter()
    for case in cases(folder, left_out):
        kind, texts = verdict(case)
        is_by_option = kind == "weaker" and all(_BY_OPTION.search(name) for name in case.breaking)
        kind = "breaking only by the option --deprecation-days of oasdiff" if is_by_option else kind
        counted[kind] += 1
        if kind in shown:
            print(
                f"{kind}: {case.name}\n  {case.base}\n  {case.head}\n  expected: {', '.join(sorted(case.breaking))}"
            )
            print("".join(f"  ours: {text}\n" for text in texts), end="")
    for name, number in (
        *counted.most_common(),
        *((f"left out: {why}", count) for why, count in left_out.items()),
    ):
        print(f"{number:5} {name}")
    return 1 if counted["weaker"] else 0


if __name__ == "__main__":
    sys.exit(main())
