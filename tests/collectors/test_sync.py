"""SyncRegistration rows against the replicable aggregates."""

from typing import Any

import pytest

from builders.artefacts import chosen, collect, facts, fixture, outcome, short
from gatekeeper.collectors.sync import read as sync
from gatekeeper.collectors.sync.facts import SyncFacts
from gatekeeper.model.evidence import Finding


def test_aggregates_and_registrations() -> None:
    collected = collect(sync, fixture("sync", "registrations.yaml"))
    assert (collected.format, collected.produced_at) == ("yaml", None)
    assert collected.facts == SyncFacts(
        aggregates=("Note", "Attachment", "Enrolment"),
        classified=("Note", "Attachment", "Enrolment", "AuditTrail"),
        unregistered=(Finding("Enrolment has no SyncRegistration row", "report-0", 1, "/aggregates/2"),),
        without_conflict_policy=(),
    )


def test_an_inventory() -> None:
    collected = collect(sync, fixture("sync", "rows.json"))
    assert (collected.format, collected.produced_at) == ("json", None)
    assert collected.facts == SyncFacts(
        aggregates=("Note", "Attachment"),
        classified=("Note", "Attachment", "AuditTrail"),
        unregistered=(),
        without_conflict_policy=(Finding("Attachment declares no conflict policy", "report-0", 3, "/1"),),
    )


A = "{aggregate: A, conflictPolicy: merge}"
B = "{aggregate: B, conflictPolicy: lww}"


@pytest.mark.parametrize(
    ("registry", "options", "expected"),
    [
        pytest.param(
            f"[{A}, {B}]",
            {},
            {"aggregates": ("A", "B"), "unregistered": None, "without_conflict_policy": ()},
            id="a bare list does not say what is missing from it",
        ),
        pytest.param(f"registrations: [{A}]", {}, {"unregistered": None}, id="nor does a list without aggregates"),
        pytest.param(
            f"aggregates:\nregistrations: [{A}]", {}, {"unregistered": None}, id="nor does an empty key"
        ),
        pytest.param(
            f"registrations: [{A}]\naggregates: [A]", {}, {"aggregates": ("A",), "unregistered": ()}, id="all there"
        ),
        pytest.param(
            f"aggregates: []\nregistrations: [{A}]", {}, {"aggregates": ("A",), "unregistered": ()}, id="a row more"
        ),
        pytest.param(
            "aggregates: [A]\nregistrations: []",
            {},
            {
                "aggregates": ("A",),
                "unregistered": (Finding("A has no SyncRegistration row", "report-0", 1, "/aggregates/0"),),
            },
            id="no row",
        ),
        pytest.param(
            f"aggregates: [{{name: A}}, {{name: X, replicable: false, reason: online only}}]\nregistrations: [{A}]",
            {},
            {"aggregates": ("A",), "unregistered": (), "classified": ("A", "X")},
            id="aggregates as objects",
        ),
        pytest.param(
            "registrations:\n  A: {conflictPolicy: merge}\n  B:\n",
            {},
            {
                "aggregates": ("A", "B"),
                "without_conflict_policy": (
                    Finding("B declares no conflict policy", "report-0", 3, "/registrations/B"),
                ),
            },
            id="rows by aggregate",
        ),
        pytest.param(
            "aggregate: A\nconflictPolicy: merge\n---\naggregate: B\nconflictPolicy: lww\n",
            {},
            {"aggregates": ("A", "B"), "without_conflict_policy": ()},
            id="a document for each row",
        ),
        pytest.param(
            f"[{A}, {{aggregate: X, replicable: true, conflictPolicy: lww}}]",
            {},
            {"unregistered": None},
            id="an inventory only where every row says so",
        ),
        pytest.param(
            "[{aggregate: A, conflictPolicy: TBD}, {aggregate: B, conflictPolicy: ' '}, {aggregate: C}, {aggregate: D, conflictPolicy: 'merge?'}]",
            {},
            {
                "without_conflict_policy": (
                    Finding("A declares no conflict policy", "report-0", 1, "/0"),
                    Finding("B declares no conflict policy", "report-0", 1, "/1"),
                    Finding("C declares no conflict policy", "report-0", 1, "/2"),
                    Finding("D declares no conflict policy", "report-0", 1, "/3"),
                )
            },
            id="no policy",
        ),
        pytest.param(
            f"[{A}, {B}]",
            {"policies": ["merge", "server-wins"]},
            {
                "without_conflict_policy": (
                    Finding("B declares lww, which is not one of merge, server-wins", "report-0", 1, "/1"),
                )
            },
            id="a policy that is none of the platform's",
        ),
        pytest.param(
            f"aggregates: [A, B, X]\nregistrations: [{A}, {{aggregate: B}}]",
            {"aggregates": ["A"]},
            {"aggregates": ("A",), "unregistered": (), "without_conflict_policy": ()},
            id="narrowed",
        ),
        pytest.param(
            f"aggregates: [Ab, Ac, X]\nregistrations: [{A}]",
            {"aggregates": "A*"},
            {"aggregates": ("Ab", "Ac", "A")},
            id="narrowed by a glob",
        ),
        pytest.param(
            f"[{A}, {B}]",
            {"aggregates": ["A", "C"]},
            {"aggregates": ("A",), "unregistered": (Finding("C has no SyncRegistration row", "reports"),)},
            id="what the plan names must be there",
        ),
        pytest.param(f"[{A}]", {"aggregates": ["A"]}, {"unregistered": ()}, id="and is all that matters"),
        pytest.param(f"[{A}]", {"aggregates": ["A", "B*"]}, {"unregistered": None}, id="a glob names nothing"),
    ],
)  # fmt: skip
def test_shapes(registry: str, options: dict[str, Any], expected: dict[str, Any]) -> None:
    assert chosen(facts(sync, registry, **options), expected) == expected


@pytest.mark.parametrize(
    ("exempt", "told"),
    [
        ("{X: looked up online only}", []),
        ("[{aggregate: X, reason: looked up online only}]", []),
        ("[X]", ["X is not replicable, and no reason of two words or more is given"]),
        ("{X: }", ["X is not replicable, and no reason of two words or more is given"]),
        ("{X: TODO}", ["X is not replicable, and no reason of two words or more is given"]),
        ("{X: {reason: n/a}}", ["X is not replicable, and no reason of two words or more is given"]),
        ("[]", []),
    ],
)
@pytest.mark.parametrize("key", ["not_replicable", "notReplicable"])
def test_what_is_not_replicable_needs_a_reason(exempt: str, told: list[str], key: str) -> None:
    found = facts(sync, f"registrations: [{A}]\n{key}: {exempt}")
    assert [finding.message for finding in found.unregistered] == told
    assert (found.aggregates, found.classified) == (("A",), ("A", "X") if "X" in exempt else ("A",))


def test_a_row_of_another_kind_of_aggregate_needs_a_reason_too() -> None:
    row = "{aggregate: X, replicable: false%s}"
    assert len(facts(sync, f"aggregates: [A]\nregistrations: [{A}, {row % ''}]").unregistered) == 1
    assert (
        facts(sync, f"aggregates: [A]\nregistrations: [{A}, {row % ', reason: read online'}]").unregistered
        == ()
    )


def test_what_is_listed_as_replicable_cannot_be_exempt() -> None:
    found = facts(sync, f"aggregates: [A, B]\nnot_replicable: {{B: later}}\nregistrations: [{A}]")
    assert [finding.message for finding in found.unregistered] == ["B has no SyncRegistration row"]


@pytest.mark.parametrize(
    "policy", ["Last-Writer-Wins", "lastWriterWins", "last_writer_wins", "LAST WRITER WINS"]
)
def test_a_policy_may_be_spelt_as_code_spells_it(policy: str) -> None:
    rows = f"[{{aggregate: A, conflictPolicy: {policy}}}]"
    assert facts(sync, rows, policies=["last-writer-wins"]).without_conflict_policy == ()


def test_two_rows_cannot_declare_two_policies() -> None:
    [told] = facts(sync, f"[{A}, {A}, {A.replace('merge', 'lww')}]").without_conflict_policy
    assert told == Finding("A declares lww, and merge in another row", "report-0", 1, "/2")


def test_files_are_merged() -> None:
    found = facts(sync, "aggregates: [A, B]\nregistrations: []", f"[{A}]")
    assert found.aggregates == ("A", "B")
    assert found.unregistered == (Finding("B has no SyncRegistration row", "report-0", 1, "/aggregates/1"),)


@pytest.mark.parametrize(
    ("registry", "expected"),
    [
        ("", "absent: report-0: the file is empty"),
        ("# none yet\n", "absent: reports names no replicable aggregate"),
        ("[]", "absent: reports names no replicable aggregate"),
        ("aggregates: []\nregistrations: []", "absent: reports names no replicable aggregate"),
        ("[{aggregate: A, replicable: false}]", "absent: reports names no replicable aggregate"),
        ("aggregates: [A]", "unreadable: report-0: neither `registrations` nor rows"),
        ("{}", "absent: reports names no replicable aggregate"),
        ("just text", "unreadable: report-0: neither `registrations` nor rows of SyncRegistration"),
        ("registrations: 3", "unreadable: report-0: neither `registrations` nor rows"),
        ("registrations: [3]", "unreadable: report-0: /registrations/0 is 3, not an object"),
        ("registrations: [{}]", "unreadable: report-0: /registrations/0 has no aggregate"),
        ("registrations: [{aggregate: ' '}]", "unreadable: report-0: /registrations/0/aggregate is ' ', not a name"),
        ("registrations: {A: 3}", "unreadable: report-0: /registrations/A is 3, not an object"),
        ("aggregates: A\nregistrations: []", "unreadable: report-0: /aggregates is 'A', neither a list nor an object"),
        ("aggregates: [3]\nregistrations: []", "unreadable: report-0: /aggregates/0 is 3, not an object"),
        ("[{aggregate: A, replicable: 'yes'}]", "unreadable: report-0: /0/replicable is 'yes', neither true"),
        ("[{aggregate: A, conflictPolicy: 3}]", "unreadable: report-0: /0/conflictPolicy is 3, not the name"),
        ('[{"aggregate": "A"}', "unreadable: report-0: line 1: not JSON"),
        ('[{"aggregate": "A", "replicable": NaN}]', "unreadable: report-0: /0/replicable is 'NaN', neither true"),
        ("[" * 50_000, "unreadable: report-0: line 1: not JSON: nested too deep"),
        (b"[{aggregate: \xff}]", "unreadable: report-0: line 1:"),
        ("[]".encode("utf-16-le"), "unreadable: report-0: line 1: not JSON"),
    ],
    ids=short,
)  # fmt: skip
def test_what_is_no_evidence(registry: str | bytes, expected: str) -> None:
    assert outcome(sync, registry).startswith(expected)


def test_nothing_is_left_of_it() -> None:
    assert outcome(sync, f"[{A}]", aggregates=["X"]) == (
        "absent: reports names no replicable aggregate that matches X"
    )
