"""Mistakes in a manifest: all of them, each where it stands, with the nearest right word."""

import pytest
import yaml
from pydantic import BaseModel

from builders.workspaces import ROOT
from gatekeeper.errors import Problem
from gatekeeper.manifests.settings import Settings
from gatekeeper.manifests.validation import locate, parse
from gatekeeper.model.milestone import Milestone, RegisteredException
from gatekeeper.model.rulebook import Gate, Levels
from gatekeeper.model.service import Service

SERVICE = """\
service: orders-service
owner: team-orders
plan:
  M0:
    level: L1
    gates:
      G1: core
"""


def told(text: str, model: type[BaseModel] = Service) -> list[tuple[int, int, str, str | None]]:
    return [(p.line, p.column, p.message, p.hint) for p in parse(text.encode(), "x.yaml", model).problems]


def test_a_right_manifest_has_no_problems() -> None:
    parsed = parse(SERVICE.encode(), "services/orders-service.yaml", Service)
    assert parsed.problems == ()
    assert parsed.model is not None
    assert parsed.model.plan["M0"].gates is not None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            SERVICE + "ovner: x\n",
            (8, 1, "unknown field 'ovner'", "did you mean 'owner'?"),
        ),
        (
            SERVICE.replace("level: L1", "level: L/9"),
            (
                5,
                12,
                "'L/9' does not match the pattern ^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$",
                "write at most 32 letters, digits, '-' and '_', a letter or digit first",
            ),
        ),
        (
            SERVICE.replace("gates:", "gate:"),
            (6, 5, "unknown field 'gate'", "did you mean 'gates'?"),
        ),
        (
            SERVICE.replace("G1: core", "G1: {scope: core, efect: narrows}"),
            (7, 25, "unknown field 'efect'", "did you mean 'effect'?"),
        ),
        (
            SERVICE.replace("G1: core", "G1: {scope: core, effect: narows}"),
            (7, 33, "'narows' is not one of 'narrows' or 'demands'", "did you mean 'narrows'?"),
        ),
        (
            SERVICE.replace("G1: core", "G1: {scope: core, effect: less}"),
            (7, 33, "'less' is not one of 'narrows' or 'demands'", None),
        ),
        (
            SERVICE.replace("owner: team-orders\n", ""),
            (1, 1, "`owner` is missing", None),
        ),
        (
            SERVICE.replace("owner: team-orders", "owner: 7"),
            (2, 8, "text is expected, not 7", 'put it in quotes: "7"'),
        ),
        (
            SERVICE.replace("owner: team-orders", "owner: [a]"),
            (2, 8, "text is expected, not a list", None),
        ),
        (
            SERVICE + "release: {version: 1.10}\n",
            (8, 20, "text is expected, not 1.10", 'put it in quotes: "1.10"'),
        ),
        (
            SERVICE + "targets: {p95_ms: fast}\n",
            (8, 19, "'fast' is not a number", None),
        ),
        (
            SERVICE + "targets: {p95_ms: true}\n",
            (8, 19, "true is not a number", None),
        ),
        (
            SERVICE + "attestations:\n  G1.pure: {by: ana, role: owner, on: 2.11.2026, link: x}\n",
            (9, 39, "'2.11.2026' is not a date; write it as 2026-11-02", None),
        ),
        (
            SERVICE + "attestations:\n  G1.pure: {by: ana, role: owner, on: 2026-02-30, link: x}\n",
            (9, 39, "'2026-02-30': day is out of range for month", None),
        ),
        (
            "[]",
            (1, 1, "a mapping is expected, not a list", None),
        ),
        (
            "just text",
            (1, 1, "a mapping is expected, not 'just text'", None),
        ),
    ],
)
def test_each_mistake_is_told_where_it_stands(text: str, expected: tuple[int, int, str, str | None]) -> None:
    assert told(text) == [expected]


def test_all_mistakes_of_a_file_are_told_at_once() -> None:
    text = SERVICE.replace("L1", "L/9") + "ovner: x\nowner: y\ntargets: {rps: many}\n"
    assert [(line, message.split(";")[0]) for line, _, message, _ in told(text)] == [
        (9, "duplicate key 'owner'"),
        (5, "'L/9' does not match the pattern ^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$"),
        (10, "'many' is not a number"),
        (8, "unknown field 'ovner'"),
    ]


@pytest.mark.parametrize("name", ["../x", "a b", "", "[red]x", "a\u001b[31m", "-C"])
def test_a_service_cannot_have_a_name_that_is_no_file_name(name: str) -> None:
    text = SERVICE.replace("orders-service", '"' + name.encode("unicode_escape").decode() + '"')
    [(line, column, message, _)] = told(text)
    assert (line, column) == (1, 10)
    assert "does not match the pattern" in message


CRITERION = """\
gate: G1
name: Domain
definition: x
artefact: x
role: owner
criteria:
  - {id: G1.pure, question: q?, why: w, remedy: r, effort: small, %s}
"""


@pytest.mark.parametrize(
    ("decided", "message"),
    [
        ("max_age_days: 3", "must be decided in one way"),
        ("attested_by: owner, same_as: G1.x", "must be decided in one way"),
        ("attested_by: owner, or_attested_by: owner", "has no artefact that an attestation could replace"),
        ("attested_by: owner, max_age_days: true", "not a number of days"),
        ("attested_by: owner, max_age_days: 0", "not a number of days"),
        ("attested_by: owner, same_commit: 1", "true or false is expected"),
        ("requires: {tests.failed: {at_last: 3}}", "unknown field 'at_last'"),
        ("requires: {tests: {at_least: 3}}", "does not match the pattern"),
    ],
)
def test_a_criterion_is_decided_in_one_way(decided: str, message: str) -> None:
    [(line, _, said, _)] = told(CRITERION % decided, Gate)
    assert message in said
    assert line == 7


def test_an_operator_misspelt_is_told_with_the_right_one() -> None:
    [(_, _, _, hint)] = told(CRITERION % "requires: {tests.failed: {at_last: 3}}", Gate)
    assert hint == "did you mean 'at_least'?"


def test_there_are_two_levels_at_least() -> None:
    text = "levels:\n  - {level: none, name: n, meaning: m, audience: a}\n"
    assert told(text, Levels) == [(2, 3, "`levels` has 1; it needs at least 2", None)]


def test_a_published_entry_names_a_service_or_a_label() -> None:
    [(line, _, message, _)] = told("milestone: M0\nmust_be_green:\n  - {level: L1}\n", Milestone)
    assert (line, message) == (3, "name either a `service` or a `label`")


def test_an_exception_covers_something() -> None:
    text = (
        "id: x\nservice: s\ndelta: []\nrisk: r\nowner: o\napproved_by: a\nlink: l\nopened_in: M3\n"
        "opened_on: 2026-11-02\n"
    )
    [(line, *_)] = told(text, RegisteredException)
    assert line == 3


def test_a_syntax_problem_hides_the_rest_of_its_file_only() -> None:
    parsed = parse(b"a: 'x", "x.yaml", Service)
    assert parsed.model is None
    assert parsed.problems[0][:3] == ("x.yaml", 1, 6)


def test_a_place_is_found_again_later() -> None:
    assert locate(SERVICE.encode(), ["plan", "M0", "gates", "G1"], of_key=True) == (7, 7)


def test_a_problem_reads_as_file_line_column_message_hint() -> None:
    problem = Problem("services/x.yaml", 12, 9, "unknown gate 'G9'", "known: G1, G2")
    assert str(problem) == "services/x.yaml:12:9: unknown gate 'G9'; known: G1, G2"


def test_a_long_text_is_cut_in_a_message() -> None:
    [(_, _, message, _)] = told(
        SERVICE
        + f"sign_offs: {{L1: {{owner: {{by: a, on: 2026-11-01, signature: 'ssh:{'A' * 25_000}'}}}}}}\n"
    )
    assert "'ssh:AAA" in message
    assert "at most 20000 characters" in message
    assert len(message) < 300


@pytest.mark.parametrize(
    "written", ["7A2D41C6-0b9f-4e35-8d17-c5f36e92b048", "7a2d41c6-0b9f-4e35-8d17-c5f36e92b048"]
)
def test_the_id_of_a_workspace_is_read_in_either_case(written: str) -> None:
    settings = parse(f"workspace: {written}\n".encode(), "gatekeeper.yaml", Settings).model
    assert settings is not None
    assert settings.workspace == "7a2d41c6-0b9f-4e35-8d17-c5f36e92b048"


def test_an_id_of_a_workspace_is_a_uuid() -> None:
    [(line, _, message, _)] = told("workspace: shop\n", Settings)
    assert (line, message) == (1, "'shop' is not a UUID: write what `uuidgen` prints")


ATTESTED = """\
attestations:
  G1.x: {by: ana, role: lead, true: 2026-01-02, link: x}
"""


def test_a_key_that_a_tool_for_yaml_1_1_rewrote_is_read_as_on_with_a_warning() -> None:
    parsed = parse((SERVICE + ATTESTED).encode(), "x.yaml", Service)
    assert parsed.model is not None
    assert str(parsed.model.attestations["G1.x"].on) == "2026-01-02"
    [warning] = parsed.warnings
    assert (warning.line, warning.column, warning.hint) == (
        9,
        31,
        'write `on`, or `"on"`, which they keep',
    )
    exited = parse(b"milestone: M0\nexited: {true: 2026-01-02, by: ana}\n", "x.yaml", Milestone)
    assert exited.model is not None
    assert [str(on) for on in exited.model.exits] == ["2026-01-02"]


@pytest.mark.parametrize("folder", ["examples/pilot/services", "examples/quarters/services"])
def test_a_manifest_that_pyyaml_wrote_back_says_the_same(folder: str) -> None:
    for file in (ROOT / folder).glob("*.yaml"):
        rewritten = yaml.safe_dump(yaml.safe_load(file.read_bytes())).encode()
        model = parse(file.read_bytes(), "x.yaml", Service).model
        assert model is not None
        assert parse(rewritten, "x.yaml", Service).model == model


def test_true_is_no_key_where_on_is_none() -> None:
    assert told(SERVICE + "true: 1\nevidence: {true: x}\n") == [
        (8, 1, "key 'true' is not text", 'write it as "true"'),
        (9, 12, "key 'true' is not text", 'write it as "true"'),
    ]


def test_an_alias_is_told_with_what_replaces_it() -> None:
    [(line, column, message, hint)] = told(SERVICE + "evidence: {a: &a x.xml, b: *a}\n")
    assert (line, column, message) == (8, 28, "alias *a")
    assert hint is not None
    assert "under `profiles` in gatekeeper.yaml and write `profile: NAME` here" in hint
    [(*_, hint)] = told("profiles:\n  a: &a {}\n  b: {<<: *a}\n", Settings)
    assert hint is not None
    assert "under `evidence`, beside `profiles`" in hint
    [(*_, hint)] = told("milestone: &a M0\nname: *a\n", Milestone)
    assert hint == "aliases are not supported: write the value out"
