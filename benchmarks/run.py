"""Measure gatekeeper against its peers and floors, side by side in one run, and print a Markdown table.

Usage: python benchmarks/run.py        (needs the `dev` extra, for check-jsonschema)

Every figure is a ratio of two commands that were run in turn, A B A B ..., as whole processes; the table
shows the median of the pairwise ratios and both medians.
"""

import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[1]
GENERATE = ROOT / "benchmarks" / "generate.py"
TELLING = {
    "service": "plan",
    "milestone": "milestone",
    "gate": "gate",
    "levels": "levels",
    "governance": "roster",
}
"""A key that occurs in manifests of this kind only."""
PARTS = ("gates", "services", "milestones")
GATEKEEPER = [sys.executable, "-m", "gatekeeper"]
Command = Sequence[str]


class Row(NamedTuple):
    """One comparison: what, against what, both medians in milliseconds, the ratio, and the goal."""

    what: str
    against: str
    ours_ms: float
    theirs_ms: float
    ratio: float
    goal: str


def main() -> None:
    """Run every comparison and print the table."""
    with tempfile.TemporaryDirectory() as scratch:
        rows = [*_start_up(), *_root_workspace(Path(scratch)), _yaml(), *_sizes(Path(scratch))]
        rows += [*_changes(Path(scratch)), _trend(Path(scratch)), _cases(Path(scratch))]
    print("| what | against | ours | theirs | ratio | goal |")
    print("|---|---|---:|---:|---:|---|")
    for row in rows:
        print(
            f"| {row.what} | {row.against} | {row.ours_ms:,.0f} ms | {row.theirs_ms:,.0f} ms "
            f"| {row.ratio:.2f} | {row.goal} |"
        )


def _start_up() -> list[Row]:
    nothing = [sys.executable, "-c", "pass"]
    return [
        _compare(f"`{option}`", "`python -c pass`", [*GATEKEEPER, option], nothing, "at most 6", runs=21)
        for option in ("--version", "--help")
    ]


def _root_workspace(scratch: Path) -> list[Row]:
    manifests = [str(file) for part in PARTS for file in sorted((ROOT / part).glob("*.yaml"))]
    schema = _schema_of_all(scratch)
    peer = [sys.executable, "-m", "check_jsonschema", "--schemafile", str(schema), *manifests]
    check = [*GATEKEEPER, "-C", str(ROOT), "check", "--milestone", "M2"]
    against = f"check-jsonschema, the same {len(manifests)} manifests, our schemas"
    as_json = [*check, "--format", "json"]
    report = [*GATEKEEPER, "-C", str(ROOT), "report", "--milestone", "M2", "--out", str(scratch / "M2.html")]
    what_if = [*GATEKEEPER, "-C", str(ROOT), "what-if", "--set", "G1.coverage=97"]
    return [
        _compare("`check --milestone M2 --format json`", against, as_json, peer, "at most 0.5"),
        _compare("`check --milestone M2` (table)", against, check, peer, "at most 0.75"),
        _compare(
            "`report --milestone M2`, root workspace", "one `check` of it", report, check, "at most 1.5"
        ),
        _compare(
            "`what-if` of one threshold, root workspace", "one `check` of it", what_if, check, "at most 1.5"
        ),
    ]


def _schema_of_all(scratch: Path) -> Path:
    """Return one schema for every manifest, because check-jsonschema takes one schema for each run.

    Each manifest is validated by the schema of its own kind only, which a key of that kind identifies.
    """
    _run([*GATEKEEPER, "schema", "--out", str(scratch / "schemas")])
    schemas = {
        file.name: json.loads(file.read_text(encoding="utf-8"))
        for file in sorted((scratch / "schemas").iterdir())
    }
    for name, schema in schemas.items():
        schema["$id"] = f"https://example.org/{name}"
    whole = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "allOf": [
            {"if": {"required": [key]}, "then": {"$ref": f"https://example.org/{name}.schema.json"}}
            for name, key in TELLING.items()
        ],
        "$defs": schemas,
    }
    file = scratch / "all.schema.json"
    file.write_text(json.dumps(whole), encoding="utf-8")
    return file


def _yaml() -> Row:
    """Measure loading alone, in this process: every manifest of the root, 20 times."""
    import yaml

    from gatekeeper.syntax.yaml import load

    texts = [file.read_bytes() for part in PARTS for file in (ROOT / part).glob("*.yaml")]

    def ours() -> None:
        for text in texts:
            load(text)

    def theirs() -> None:
        for text in texts:
            yaml.load(text, yaml.CSafeLoader)

    pairs = [(_clock(ours), _clock(theirs)) for _ in range(20)]
    ours_ms, theirs_ms = (statistics.median(column) for column in zip(*pairs, strict=True))
    ratio = statistics.median(theirs / ours for ours, theirs in pairs)
    return Row(
        f"YAML of {len(texts)} manifests, strict",
        "`yaml.CSafeLoader`",
        ours_ms,
        theirs_ms,
        ratio,
        "theirs / ours at least 1.5",
    )


def _sizes(scratch: Path) -> list[Row]:
    small, large = scratch / "small", scratch / "large"
    _run([sys.executable, str(GENERATE), "1000", str(small)])
    _run([sys.executable, str(GENERATE), "10000", str(large)])
    _run([sys.executable, str(GENERATE), "19", str(scratch / "tiny")])

    def check(folder: Path) -> list[str]:
        return [*GATEKEEPER, "-C", str(folder), "check", "-m", "M1", "--as-of", "2026-11-24"]

    def can_ship(folder: Path) -> list[str]:
        command = [*GATEKEEPER, "-C", str(folder), "can-ship", "service-00003"]
        return [*command, "--to", "staging", "--as-of", "2026-11-24"]

    def report(folder: Path) -> list[str]:
        file = str(scratch / "M1.html")
        return [*GATEKEEPER, "-C", str(folder), "report", "-m", "M1", "--as-of", "2026-11-24", "--out", file]

    return [
        _compare(
            "`report`, 1,000 services", "one `check` of it", report(small), check(small),
            "at most 5 s more", runs=5,
        ),
        _compare(
            "`can-ship` of 10,000 services", "`can-ship` of 19 services", can_ship(large),
            can_ship(scratch / "tiny"), "at most 1.5",
        ),
    ]  # fmt: skip


def _changes(scratch: Path) -> list[Row]:
    """Compare a commit with the one before it, against one check of the same workspace."""
    root = scratch / "root"
    for part in PARTS:
        shutil.copytree(ROOT / part, root / part)
    manifest = root / "services" / "identity-service.yaml"
    return [
        _change("`diff HEAD~1`, root workspace", root, manifest, "at most 1.3", runs=9),
        _change(
            "`diff HEAD~1`, 1,000 services", scratch / "small",
            scratch / "small/services/service-00003.yaml", "at most 1.0", runs=5,
        ),
        _change(
            "`diff HEAD~1`, 1,000 services, a rule changed", scratch / "small",
            scratch / "small/gates/G1.yaml", "at most 1.6", runs=5,
        ),
    ]  # fmt: skip


def _change(what: str, folder: Path, manifest: Path, goal: str, runs: int) -> Row:
    git = ["git", "-C", str(folder), "-c", "user.name=bench", "-c", "user.email=bench@example.org"]
    _run([*git, "init", "-q"])
    for text in (manifest.read_text(encoding="utf-8"), _changed(manifest.read_text(encoding="utf-8"))):
        manifest.write_text(text, encoding="utf-8")
        _run([*git, "add", "-A"])
        _run([*git, "commit", "-q", "--allow-empty", "-m", what])
    of = [*GATEKEEPER, "-C", str(folder)]
    diff = [*of, "diff", "HEAD~1", "--as-of", "2026-11-24"]
    check = [*of, "check", "-m", "M1", "--as-of", "2026-11-24"]
    return _compare(what, "one `check` of it", diff, check, goal, runs)


def _trend(scratch: Path) -> Row:
    """Judge 200 commits of 19 services; each changes an artefact of one, each tenth a manifest too."""
    folder = scratch / "grown"
    _run([sys.executable, str(GENERATE), "19", str(folder)])
    git = ["git", "-C", str(folder), "-c", "user.name=bench", "-c", "user.email=bench@example.org"]
    _run([*git, "init", "-q"])
    start = datetime(2026, 5, 1, 12, tzinfo=UTC)
    for n in range(200):
        service = folder / "services" / f"service-{n % 19:05}"
        report = service / "reports" / "junit.xml"
        report.write_text(report.read_text(encoding="utf-8").replace('time="0.', f'time="{n}.'), "utf-8")
        if n % 10 == 0:
            manifest = service.with_suffix(".yaml")
            text = manifest.read_text(encoding="utf-8")
            manifest.write_text(text.replace("p95_ms: 2", f"p95_ms: {n}2"), encoding="utf-8")
        _run([*git, "add", "-A"])
        dated = ["env", f"GIT_COMMITTER_DATE={(start + timedelta(days=n)).isoformat()}"]
        _run([*dated, *git, "commit", "-q", "--allow-empty", "-m", str(n)])
    of = [*GATEKEEPER, "-C", str(folder)]
    check = [*of, "check", "-m", "M1", "--as-of", "2026-11-24"]
    return _compare(
        "`trend --every 1`, 200 commits, 19 services", "one `check` of it",
        [*of, "trend", "--every", "1"], check, "at most 10 s", runs=3,
    )  # fmt: skip


def _cases(scratch: Path) -> Row:
    """Judge the cases of the reference rulebook, copied until there are 1,000."""
    root = scratch / "cases"
    for part in PARTS:
        shutil.copytree(ROOT / part, root / part)
    files = [file for file in sorted((root / "gates/tests").glob("*.yaml")) if b"case: " in file.read_bytes()]
    of = [*GATEKEEPER, "-C", str(root)]
    number = 0
    while (count := len(_output([*of, "test", "-f", "json"])["cases"])) < 1000:
        shutil.copy(files[number % len(files)], root / f"gates/tests/copy-{number}.yaml")
        number += 1
    check = [*of, "check", "-m", "M1", "--as-of", "2026-11-24"]
    return _compare(f"`test`, {count:,} cases", "one `check` of it", [*of, "test"], check, "at most 3 s")


def _output(command: Command) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(subprocess.run(command, capture_output=True, check=False).stdout)
    return found


def _changed(text: str) -> str:
    """Lower a threshold, or a target."""
    return text.replace("at_least: 95", "at_least: 70").replace("level: L2", "level: L1")


def _compare(what: str, against: str, ours: Command, theirs: Command, goal: str, runs: int = 9) -> Row:
    for command in (ours, theirs):  # a warm-up that does not count
        _run(command)
    pairs = [(_clock(lambda: _run(ours)), _clock(lambda: _run(theirs))) for _ in range(runs)]
    ours_ms, theirs_ms = (statistics.median(column) for column in zip(*pairs, strict=True))
    return Row(what, against, ours_ms, theirs_ms, statistics.median(a / b for a, b in pairs), goal)


def _run(command: Command) -> None:
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode not in (0, 1):
        raise SystemExit(f"{' '.join(command[:6])}: exit {done.returncode}\n{done.stderr.decode()}")


def _clock(work: Callable[[], None]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


if __name__ == "__main__":
    main()
