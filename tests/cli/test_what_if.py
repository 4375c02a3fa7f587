"""`what-if`: what it says is what judging a copy of the workspace with the edited files gives."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from syrupy.assertion import SnapshotAssertion

import gatekeeper
from builders.program import AS_OF, PILOT, Kept
from builders.workspaces import QUARTERS, ROOT, Run, copy_of_quarters, copy_of_whole_pilot, edit, write
from gatekeeper.judging.rules.editing import as_written, manifest_of
from gatekeeper.model.rulebook import Gate, Governance, Levels
from gatekeeper.workspace.loading import open_workspace
from gatekeeper.workspace.rule_additions import NewRules
from gatekeeper.workspace.rule_changes import RuleChanges, changed

NEW = """
slots:
  more_tests: {kind: tests}
criteria:
  - id: G6.more
    question: Do more tests pass?
    why: More is better.
    requires: {more_tests.passed: {empty: false}, domain_tests.failed: {empty: true}}
    or_attested_by: owner
    remedy: Run more tests.
    effort: small
"""
PENDING = ("M1", "M2", "M3", "M4")


def told(run: Run, *more: object, folder: Path = PILOT) -> dict[str, Any]:
    """Return what `what-if` says in JSON; it never fails for what it finds."""
    ran = run("-C", folder, "what-if", *AS_OF, "-f", "json", *more)
    assert (ran.code, ran.err) == (0, "")
    document: dict[str, Any] = json.loads(ran.out)
    return document


class Edit(NamedTuple):
    """A change, and whether any verdict of the pilot flips by it."""

    set: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    add: bool = False
    effective: str | None = None
    flips: bool = True

    @property
    def options(self) -> Iterator[str]:
        for option, texts in (("--set", self.set), ("--drop", self.drop)):
            for text in texts:
                yield from (option, text)
        if self.effective:
            yield from ("--effective", self.effective)


EDITS = {
    "a threshold that one service misses": Edit(set=("G1.coverage=101",)),
    "a threshold from a milestone on": Edit(set=("G1.coverage=101",), effective="M2"),
    "a lower threshold": Edit(set=("G1.coverage=50",), flips=False),
    "an age": Edit(set=("G7.peak-load.max_age_days=1",)),
    "an advisory criterion": Edit(set=("G1.coverage.advisory=true", "L2.use-cases.advisory=true")),
    "no age, and no criterion": Edit(
        drop=("G7.peak-load.max_age_days", "G1.coverage.files", "G1.coverage.decidable_in"), flips=False
    ),
    "a slot that reads nothing": Edit(set=("G1.slots.domain_coverage.include=nowhere/**",)),
    "a role that signs": Edit(
        set=(
            "governance.roles.legal=Lawyers.",
            "governance.upgrade_sign_offs=[owner, architecture, security, legal]",
        )
    ),
    "another twin": Edit(set=("L3.pen-test.same_as=G8.audit-events",)),
    "a new criterion": Edit(add=True),
    "a new criterion from a milestone on": Edit(add=True, effective="M3", flips=False),
}


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_of_whole_pilot(tmp_path_factory.mktemp("before"))


def rewritten(folder: Path, by: Edit, sources: list[NewRules]) -> None:
    """Write the files of a rulebook with an edit; JSON is YAML."""
    loaded = open_workspace(folder)
    after = changed(loaded, RuleChanges(by.set, by.drop, sources, by.effective)).workspace.manifests
    for key, file in after.files.items():
        if key[0] in (Gate, Levels, Governance):
            text = json.dumps(as_written(manifest_of(after, key)))
            (folder / file).write_text(text, encoding="utf-8")


class Seen(NamedTuple):
    """What is judged of a service at a milestone."""

    verdict: str
    level: str
    open: frozenset[str]


def seen(folder: Path) -> dict[tuple[str, str], Seen]:
    workspace = gatekeeper.open(folder)
    return {
        (name, milestone): Seen(
            str(result.verdict),
            str(result.effective_level),
            frozenset(one.rule.id for one in result.open_criteria),
        )
        for milestone in PENDING
        for name, result in workspace.judge(milestone, as_of="2026-11-20").services.items()
    }


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.long] if i % 4 else []) for i, name in enumerate(EDITS)]
)
def test_it_says_what_the_edited_files_give(name: str, run: Run, before: Path, tmp_path: Path) -> None:
    by = EDITS[name]
    after = copy_of_whole_pilot(tmp_path)
    sources = [NewRules("new.yaml", NEW.encode())] if by.add else []
    rewritten(after, by, sources)
    added = ["--add", write(tmp_path / "new.yaml", NEW)] if by.add else []
    document = told(run, *by.options, *added, folder=before)

    was, now = seen(before), seen(after)
    assert was.keys() == now.keys()
    flips = {(one["service"], one["milestone"]): (one["before"], one["after"]) for one in document["flips"]}
    assert flips == {
        at: (of.verdict, now[at].verdict) for at, of in was.items() if of.verdict != now[at].verdict
    }
    assert bool(flips) is by.flips
    levels = {one["service"]: (one["before"], one["after"]) for one in document["levels"] if not one["once"]}
    assert levels == {at[0]: (of.level, now[at].level) for at, of in was.items() if of.level != now[at].level}
    criteria = {
        (one["service"], milestone, one["criterion"], one["blocks"])
        for one in document["criteria"]
        for milestone in one["milestones"]
    }
    assert criteria == {
        (*at, criterion, criterion in now[at].open)
        for at, of in was.items()
        for criterion in of.open ^ now[at].open
    }
    compared = run("diff", before, after, *AS_OF, "-f", "json")
    assert {
        (one["service"], one["milestone"]): (one["before"], one["after"])
        for one in json.loads(compared.out)["own_rules"]
        if one["milestone"] in PENDING
    } == flips


def test_no_change_flips_nothing(run: Run) -> None:
    document = told(run, "--set", "G1.coverage=95")
    for key in ("flips", "levels", "criteria", "verdicts", "work", "freed", "today"):
        assert document[key] == [], key
    [change] = document["changes"]
    assert (change["before"], change["after"]) == ("95", "95")
    assert "Nothing flips" in run("-C", PILOT, "what-if", *AS_OF, "--set", "G1.coverage=95").out


def test_it_has_exactly_the_keys_of_the_contract(run: Run) -> None:
    document = told(run, "--set", "G1.coverage=101")
    assert set(document) == {
        "schema_version", "as_of", "effective", "rulebook_digest", "filter", "milestones", "cells", "changes",
        "flips", "levels", "criteria", "verdicts", "work", "freed", "today", "notes",
    }  # fmt: skip
    keys = {
        "changes": {"rule", "before", "after", "file", "line", "edit"},
        "flips": {"service", "owner", "milestone", "before", "after", "because"},
        "levels": {"service", "owner", "before", "after", "signed", "once"},
        "criteria": {"criterion", "service", "owner", "milestones", "before", "after", "blocks"},
        "verdicts": {
            "milestone", "services", "ready_before", "ready_after", "before", "after",
        },
        "work": {"owners", "text", "effort", "criteria", "services", "milestones"},
        "today": {"criterion", "asked", "passing", "missing", "nearest"},
    }  # fmt: skip
    for key, expected in keys.items():
        assert document[key], key
        assert {frozenset(one) for one in document[key]} == {frozenset(expected)}, key
    assert set(document["criteria"][0]["after"]) == {
        "status", "reason_code", "binding", "reason", "expected", "actual", "distance",
    }  # fmt: skip
    assert document["today"][0]["nearest"] == {
        "service": "ledger-service",
        "actual": 100.0,
        "expected": "lines_pct at least 101",
    }


def test_whom_it_costs_and_how_to_make_the_change(run: Run) -> None:
    document = told(run, "--set", "G1.coverage=101")
    [work] = document["work"]
    assert (work["owners"], work["services"], work["milestones"]) == (
        ["team-ledger"],
        ["ledger-service"],
        ["M2"],
    )
    [change] = document["changes"]
    line = (ROOT / change["file"]).read_text("utf-8").splitlines()[change["line"] - 1]
    assert (line.strip(), change["edit"]) == ("domain_coverage.lines_pct: {at_least: 95}", "at_least: 101")


def test_a_citation_that_no_longer_fits_is_to_be_edited_too(run: Run, tmp_path: Path) -> None:
    folder = copy_of_quarters(tmp_path)
    gate = folder / "gates/build.yaml"
    line = "  - id: build.coverage\n"
    assert line in gate.read_text("utf-8")
    edit(gate, line, f'{line}    cites: "At least 80 % of the lines."\n')
    [note] = told(run, "--set", "build.coverage=90", folder=folder)["notes"]
    assert note.startswith("build.coverage cites '80', which is not among its operands")
    assert note in " ".join(run("-C", folder, "what-if", *AS_OF, "--set", "build.coverage=90").out.split())
    assert told(run, "--set", "build.coverage.effort=large", folder=folder)["notes"] == []


def test_what_is_tightened_already_cannot_be_tightened_once_more(run: Run, tmp_path: Path) -> None:
    folder = copy_of_quarters(tmp_path)
    line = "    requires:\n      coverage.lines_pct: {at_least: 80}\n"
    upcoming = "    upcoming: {effective: 2027Q1, requires: {coverage.lines_pct: {at_least: 85}}}\n"
    edit(folder / "gates/build.yaml", line, line + upcoming)
    ran = run("-C", folder, "what-if", *AS_OF, "--set", "build.coverage=90", "--effective", "2027Q2")
    assert (ran.code, ran.out) == (2, "")
    assert "build.coverage is tightened from 2027Q1 on already" in ran.err


def test_levels_count_without_a_pending_milestone(run: Run, tmp_path: Path) -> None:
    """A signed level must hold after the last target of a service, too: `can-ship` depends on it."""
    after = copy_of_whole_pilot(tmp_path)
    with (after / "milestones/M2.yaml").open("a", encoding="utf-8") as file:
        file.write("exited: {on: 2026-11-01, by: dana}\n")
    document = told(run, "--set", "G1.coverage=101", folder=after)
    assert document["flips"] == []
    assert [(one["service"], one["signed"]) for one in document["levels"]] == [("ledger-service", "L4")]


def test_what_it_frees(run: Run) -> None:
    document = told(run, "--set", "G1.coverage=50")
    assert document["work"] == []
    assert [(work["owners"], work["criteria"]) for work in document["freed"]] == [
        (["team-basket"], ["G1.coverage"])
    ]


def test_from_a_milestone_on_nothing_earlier_flips(run: Run) -> None:
    options = ("--set", "G7.peak-load.rps=9999")
    at_once, later = told(run, *options), told(run, *options, "--effective", "M3")
    assert {flip["milestone"] for flip in at_once["flips"]} > {flip["milestone"] for flip in later["flips"]}
    assert {flip["milestone"] for flip in later["flips"]} <= {"M3", "M4"}
    assert later["changes"][0]["edit"].startswith("upcoming: {effective: M3, requires: {load_test.p95_ms: ")
    once = [one for one in later["levels"] if one["once"]]
    assert {one["once"] for one in once} == {"M3"}, "a level that does not hold once the milestone has exited"


def test_from_a_day_on_it_is_judged_as_of_that_day(run: Run) -> None:
    document = told(run, "--set", "G1.coverage=101", "--effective", "2026-11-25")
    assert document["as_of"] == "2026-11-25"
    assert [(flip["service"], flip["milestone"]) for flip in document["flips"]] == [("ledger-service", "M2")]


def test_a_service_an_owner_or_a_milestone_narrows_what_is_judged(run: Run) -> None:
    options = ("--set", "G7.peak-load.rps=9999")
    whole = told(run, *options)
    narrowed = told(run, *options, "--service", "payments-service")
    assert (
        narrowed["flips"] == [flip for flip in whole["flips"] if flip["service"] == "payments-service"] != []
    )
    assert whole["verdicts"]
    assert narrowed["verdicts"] == [], "a milestone is judged by all its services"
    assert told(run, *options, "--owner", "team-payments")["flips"] == narrowed["flips"]
    at = told(run, *options, "-m", "M2")
    assert at["milestones"] == ["M2"]
    assert at["flips"] == [flip for flip in whole["flips"] if flip["milestone"] == "M2"]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ("", "name a change of rules; each option may be repeated:\n  --set G1.coverage=97  "),
        ("--effective M3", "  --drop G1.no-any         a criterion, a condition"),
        (
            "--set G1.coverage=97 --service payments-service --owner team-orders",
            "no service is selected: none of these owners owns any of these services",
        ),
        ("--set G1.covrage=97", "did you mean 'G1.coverage'?"),
        ("--set G1.coverage=high", "at_least takes a number, not 'high'"),
        ("--set G1.coverage=97 --effective M9", "--effective M9: neither a milestone nor a date"),
        (
            "--drop G1.no-any --effective M3",
            "G1.no-any: only requirements and new criteria can take effect later",
        ),
        ("--set G1.coverage=97 -m M9", "unknown milestone 'M9'"),
        ("--set G1.coverage=97 --service order-service", "did you mean 'orders-service'?"),
        ("--set G1.coverage=97 --owner team-order", "did you mean 'team-orders'?"),
        ("--add nowhere.yaml", "nowhere.yaml cannot be read"),
    ],
)
def test_what_cannot_be_answered_is_wrong_usage(run: Run, options: str, says: str) -> None:
    ran = run("-C", PILOT, "what-if", *AS_OF, *options.split())
    assert (ran.code, ran.out) == (2, "")
    assert says in ran.err


STANZA = "question: q\n{indent}why: w\n{indent}remedy: r\n{indent}effort: small\n"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (f"id: G1.new\n{STANZA.format(indent='')}", "1:1: G1.new must be decided in one way"),
        (
            f"- id: G9.new\n  attested_by: owner\n  {STANZA.format(indent='  ')}",
            "1:7: there is no gate or level 'G9'",
        ),
        (
            f"- id: G1.new\n  requires: {{nothing.here: {{empty: true}}}}\n  {STANZA.format(indent='  ')}",
            "2:14: unknown slot 'nothing'",
        ),
        (
            f"- id: G1.new\n  attested_by: owner\n  advisory: true\n  {STANZA.format(indent='  ')}",
            "3:13: it says itself when it binds",
        ),
        ("slots: {a: {kind: tests}}\n", "`criteria` is missing"),
        ("criteria: [}\n", "not YAML"),
        ("[]\n", "1:1: the list is empty: write a criterion"),
    ],
)
def test_a_mistake_in_an_added_file_has_its_position_there(
    run: Run, tmp_path: Path, text: str, says: str
) -> None:
    file = write(tmp_path / "new.yaml", text)
    ran = run("-C", PILOT, "what-if", *AS_OF, "--add", file, "--effective", "M3")
    assert (ran.code, ran.out) == (2, "")
    assert f"{file}:" in ran.err
    assert says in ran.err


def test_the_markdown_escapes_names_and_ends_with_the_command(run: Run, tmp_path: Path) -> None:
    folder = copy_of_quarters(tmp_path)
    service = next((folder / "services").glob("*.yaml"))
    text = service.read_text("utf-8")
    owner = next(line for line in text.splitlines() if line.startswith("owner:"))
    service.write_text(text.replace(owner, 'owner: "@all <b>|x|"'), encoding="utf-8")
    ran = run(
        "-C",
        folder,
        "what-if",
        *AS_OF,
        "--drop",
        "build.coverage",
        "--set",
        "run.load.advisory=true",
        "-f",
        "markdown",
    )
    assert (ran.code, ran.err) == (0, "")
    assert "<b>" not in ran.out
    assert "@all" not in ran.out
    last = ran.out.splitlines()[-1]
    assert last.endswith("what-if --set run.load.advisory=true --drop build.coverage --as-of 2026-11-20")


SCREENS = {
    "one-flip": f"-C {PILOT} what-if --set G1.coverage=101",
    "many-flips": f"-C {PILOT} what-if --set G7.peak-load.rps=9999 --set L2.use-cases.advisory=true",
    "later": f"-C {PILOT} what-if --set G7.peak-load.rps=9999 --effective M3",
    "nothing-flips": f"-C {ROOT} what-if --set G1.coverage=97 --effective M3",
    "quarters": f"-C {QUARTERS} what-if --set build.coverage=90 --drop api.pages",
    "markdown": f"-C {PILOT} what-if --set G1.coverage=101 -f markdown",
    "help": "what-if --help",
}


@pytest.mark.parametrize("name", SCREENS)
def test_screen(name: str, run: Run, snapshot: SnapshotAssertion) -> None:
    """It is the one that is kept, fits 80 columns and has no codes."""
    words = SCREENS[name].split()
    ran = run(*words, *(() if name == "help" else AS_OF))
    assert (ran.code, ran.err) == (0, "")
    assert snapshot(extension_class=Kept) == re.sub(
        r"\.yaml:\d+", ".yaml:LINE", ran.out.replace(str(PILOT), "PILOT")
    )
    assert "\x1b" not in ran.out
    if name != "markdown":
        assert [line for line in ran.out.splitlines() if len(line) > 80 or line != line.rstrip()] == []


@pytest.mark.parametrize("name", ["one-flip", "later"])
def test_other_widths_say_the_same(name: str, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = run(*SCREENS[name].split(), *AS_OF).out
    for columns in (60, 120):
        monkeypatch.setenv("COLUMNS", str(columns))
        out = run(*SCREENS[name].split(), *AS_OF).out
        assert max(map(len, out.splitlines())) <= columns
        assert out.split() == usual.split()
