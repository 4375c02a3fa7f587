"""Changes of rules as text: which rule a text names, and what is said of a text that names none."""

from typing import Any

import pytest

from builders.workspaces import ROOT
from gatekeeper.judging.rules.editing import REMOVED, RuleEdit, edited
from gatekeeper.judging.rules.notation import read_changes, spelled
from gatekeeper.model.rulebook import Gate, Governance, Levels
from gatekeeper.model.workspace import Manifests
from gatekeeper.syntax.yaml import load
from gatekeeper.workspace.loading import open_workspace

LINES = ("criteria", 2, "requires", "domain_coverage.lines_pct", "at_least")


@pytest.fixture(scope="module")
def manifests() -> Manifests:
    return open_workspace(ROOT).manifests


def read_value(text: str) -> Any:
    return load(text.encode()).value


def the_edit(manifests: Manifests, *, set_: str | None = None, drop: str | None = None) -> RuleEdit:
    edits, mistakes = read_changes(manifests, [set_] if set_ else [], [drop] if drop else [], read_value)
    assert not mistakes
    (edit,) = edits
    return edit


def the_mistake(manifests: Manifests, *, set_: str | None = None, drop: str | None = None) -> str:
    edits, mistakes = read_changes(manifests, [set_] if set_ else [], [drop] if drop else [], read_value)
    assert not edits
    (mistake,) = mistakes
    return mistake


@pytest.mark.parametrize(
    "address",
    [
        "G1.coverage",
        "G1.coverage.at_least",
        "G1.coverage.lines_pct",
        "G1.coverage.lines_pct.at_least",
        "G1.coverage.domain_coverage.lines_pct.at_least",
        "G1.coverage.requires.domain_coverage.lines_pct.at_least",
        " G1.coverage ",
    ],
)
def test_a_threshold_is_named_in_short_or_in_full(manifests: Manifests, address: str) -> None:
    assert the_edit(manifests, set_=f"{address}=97.5") == RuleEdit((Gate, "G1"), LINES, 97.5)


@pytest.mark.parametrize(
    ("text", "edit"),
    [
        ("G7.peak-load.max_age_days=14", RuleEdit((Gate, "G7"), ("criteria", 0, "max_age_days"), 14)),
        ("G8.isolation.from=L1", RuleEdit((Gate, "G8"), ("criteria", 0, "from"), "L1")),
        ("G1.role=security", RuleEdit((Gate, "G1"), ("role",), "security")),
        (
            "G1.slots.domain_coverage.include=src/**",
            RuleEdit((Gate, "G1"), ("slots", "domain_coverage", "include"), "src/**"),
        ),
        ("L2.ships_to=[staging]", RuleEdit((Levels, ""), ("levels", 2, "ships_to"), ["staging"])),
        (
            "governance.upgrade_sign_offs=[owner, security]",
            RuleEdit((Governance, ""), ("upgrade_sign_offs",), ["owner", "security"]),
        ),
        (
            "governance.exceptions.excuse=L3",
            RuleEdit((Governance, ""), ("exceptions", "excuse"), "L3"),
        ),
        (
            "governance.roster.dana.roles=[security]",
            RuleEdit((Governance, ""), ("roster", "dana", "roles"), ["security"]),
        ),
        (
            "G1.coverage.domain_tests.total.at_least=1",
            RuleEdit((Gate, "G1"), ("criteria", 2, "requires", "domain_tests.total", "at_least"), 1),
        ),
        (
            "G1.coverage.lines_pct.at_most=99",
            RuleEdit((Gate, "G1"), ("criteria", 2, "requires", "domain_coverage.lines_pct", "at_most"), 99),
        ),
        (
            "G1.coverage.lines_pct={at_most: 97}",
            RuleEdit((Gate, "G1"), ("criteria", 2, "requires", "domain_coverage.lines_pct"), {"at_most": 97}),
        ),
    ],
)
def test_a_value_is_set_where_the_text_names_it(manifests: Manifests, text: str, edit: RuleEdit) -> None:
    assert the_edit(manifests, set_=text) == edit


@pytest.mark.parametrize(
    ("text", "key", "path"),
    [
        ("G1.no-any", (Gate, "G1"), ("criteria", 3)),
        ("L1.scaffold", (Levels, ""), ("levels", 1, "criteria", 0)),
        ("G1.coverage.files", (Gate, "G1"), ("criteria", 2, "requires", "domain_source.files")),
        ("G1.coverage.domain_source.files", (Gate, "G1"), ("criteria", 2, "requires", "domain_source.files")),
        ("G1.coverage.at_least", (Gate, "G1"), LINES),
        ("G7.peak-load.max_age_days", (Gate, "G7"), ("criteria", 0, "max_age_days")),
        ("governance.upgrade_sign_offs.security", (Governance, ""), ("upgrade_sign_offs", 2)),
        (
            "L1.scaffold.folders.includes.ports",
            (Levels, ""),
            ("levels", 1, "criteria", 0, "requires", "domain_source.folders", "includes", 1),
        ),
    ],
)
def test_a_criterion_a_condition_a_field_or_an_item_is_dropped(
    manifests: Manifests, text: str, key: Any, path: tuple[str | int, ...]
) -> None:
    assert the_edit(manifests, drop=text) == RuleEdit(key, path, REMOVED)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("G1.covrage=97", "G1 has no 'covrage'; did you mean 'G1.coverage'?"),
        ("G1.coverage.line_pct=97", "did you mean 'G1.coverage.lines_pct'?"),
        ("governace.exit_role=owner", "did you mean 'governance'?"),
        ("G1.gate=G2", "the id of a gate is the name of its file"),
        ("governance.upgrade_sign_offs.7=owner", "governance does not state 'upgrade_sign_offs.7'"),
        ("G1.coverage", "it sets no value; write G1.coverage=97"),
        ("G1.no-any=1", "G1.no-any compares with no number; name what is set: G1.no-any.domain_source.files"),
        ("L2.contracts=1", "L2.contracts is decided like G3.pact; change G3.pact"),
        (
            "G7.peak-load.at_most=500",
            "it may mean each of G7.peak-load.load_test.p95_ms.at_most, G7.peak-load.load_test.p99_ms.at_most",
        ),
        ("G7.cold-and-warm.requests=5", "G7.cold-and-warm.warm_cache_test.requests.at_least; name one"),
    ],
)
def test_a_text_that_names_no_one_value_says_what_to_write(
    manifests: Manifests, text: str, says: str
) -> None:
    mistake = the_mistake(manifests, set_=text)
    assert mistake.startswith(f"{text}: ")
    assert says in mistake


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("G1.coverage.max_age_days", "G1.coverage does not state 'max_age_days', so it cannot be dropped"),
        ("G1.coverage.fields", "did you mean 'G1.coverage.files'?"),
        (
            "governance.upgrade_sign_offs.owners",
            "governance does not state 'upgrade_sign_offs.owners', so it cannot be dropped",
        ),
        ("G1", "G1 is not one rule; known: G1.pure, "),
        ("G1.nothing", "G1 has no 'nothing'"),
    ],
)
def test_what_is_not_written_cannot_be_dropped(manifests: Manifests, text: str, says: str) -> None:
    assert says in the_mistake(manifests, drop=text)


def test_every_mistake_is_reported_and_every_other_text_is_read(manifests: Manifests) -> None:
    texts = ["G1.x=1", "G1.coverage=97", "G1.coverage.lines_pct=98", "G9.y=2"]
    edits, mistakes = read_changes(manifests, texts, ["G1.z"], read_value)
    assert edits == (RuleEdit((Gate, "G1"), LINES, 97),)
    assert [mistake.partition(": ")[0] for mistake in mistakes] == ["G1.x=1", texts[2], "G9.y=2", "G1.z"]
    assert "another change names the same" in mistakes[1]


def test_what_is_dropped_does_not_move_what_else_is_changed(manifests: Manifests) -> None:
    edits, _ = read_changes(manifests, ["G1.coverage=97"], ["G1.pure", "G1.no-any"], read_value)
    criteria = edited(manifests, *edits).gates["G1"].criteria
    assert [criterion.id for criterion in criteria] == ["G1.invariants", "G1.coverage", "G1.value-objects"]
    assert criteria[1].requires["domain_coverage.lines_pct"].at_least == 97


def test_a_place_is_spelled_as_a_change_names_it(manifests: Manifests) -> None:
    for text in (
        "G1.coverage.domain_coverage.lines_pct.at_least",
        "G1.role",
        "L2.ships_to",
        "L1.scaffold.why",
    ):
        edit = the_edit(manifests, set_=f"{text}=1")
        assert spelled(manifests, edit.manifest, edit.path) == text
    assert spelled(manifests, (Governance, ""), ("roster", "dana", "roles")) == "governance.roster.dana.roles"
