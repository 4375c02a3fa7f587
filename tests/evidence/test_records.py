"""Recorded evidence: written alike, read back whole, and believed only where it is whole."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.judging import redated
from gatekeeper.collectors.coverage.facts import CoverageFacts
from gatekeeper.collectors.document.facts import DocumentFacts
from gatekeeper.collectors.migrations.facts import MigrationsFacts
from gatekeeper.collectors.tests import facts as results
from gatekeeper.evidence import records
from gatekeeper.evidence.plain_facts import MOST_FINDINGS
from gatekeeper.model.evidence import (
    Evidence,
    EvidenceStatus,
    Finding,
    Narrowing,
    Part,
    Recorded,
    Request,
    Unreadable,
)
from gatekeeper.model.service import EvidencePointer
from gatekeeper.model.status import Basis
from gatekeeper.syntax import SyntaxProblem

AT = datetime(2026, 11, 18, 10, 0, tzinfo=UTC)
PRODUCED = datetime(2026, 11, 17, 9, 30, tzinfo=UTC)
POINTER = EvidencePointer(path="a.xml")


def request(kind: str = "tests", narrowing: Narrowing = (), **options: Any) -> Request:
    return Request("shop", "slot", narrowing, kind, options | dict(narrowing), POINTER)


def evidence(facts: Any, status: EvidenceStatus = EvidenceStatus.OK, reason: str | None = None) -> Evidence:
    part = Part("reports/a.xml", "0" * 64, None, "junit", None, PRODUCED)
    return Evidence("slot", status, reason, "reports/a.xml", facts, "0" * 64, (part,))


def written(facts: Any, of: Request | None = None, **more: Any) -> bytes:
    recorded = Recorded(of or request(), evidence(facts, **more), 748)
    return records.write("shop", [recorded], AT, "5b1c7e9", "0.1.0")


def read_back(data: bytes, of: Request | None = None) -> Evidence | None:
    return records.read(data, "shop").evidence(of or request())


@pytest.mark.parametrize(
    ("kind", "facts"),
    [
        (
            "tests",
            results.TestsFacts(3, ("a", "b > ü"), (Finding("c: no", "a.ts", 3), Finding("d", pointer="/a/0")), 0, 1.5),
        ),
        ("tests", results.TestsFacts(total=0, passed=(), failed=())),
        ("coverage", CoverageFacts(lines_pct=96.2, paths=("a.ts",), provider="v8")),
        ("document", DocumentFacts(front_matter={"milestone": "M3", "reviewers": ("a", "b"), "n": [1, None]})),
        ("migrations", MigrationsFacts(tables=("a",), has_outbox=True, has_inbox=False)),
    ],
)  # fmt: skip
def test_facts_are_read_back_as_they_were(kind: str, facts: Any) -> None:
    back = read_back(written(facts, request(kind)), request(kind))
    [part] = evidence(facts).parts
    part = part._replace(commit="5b1c7e9", produced_at_basis=Basis.RECORD, commit_basis=Basis.RECORD)
    assert back == evidence(facts)._replace(parts=(part,), basis=Basis.RECORD)
    assert type(back.facts) is type(facts)


def test_picked_facts_are_read_back_as_they_were() -> None:
    facts = {"bugs": 3, "names": ("a", "b"), "deep": {"list": [1, {"a": None}]}, "none": None}
    of = request("json", select={"bugs": "metrics.bugs"})
    back = read_back(written(facts, of), of)
    assert back is not None
    assert back.facts == facts


def test_the_same_evidence_and_clock_give_the_same_bytes() -> None:
    assert written(results.TestsFacts(total=1)) == written(results.TestsFacts(total=1))
    assert written(results.TestsFacts(total=1)).endswith(b"\n")


@pytest.mark.parametrize("status", ["missing", "unreadable"])
def test_what_could_not_be_read_is_recorded_as_that(status: str) -> None:
    back = read_back(written(None, status=EvidenceStatus(status), reason="a.xml: line 3: not XML"))
    assert back is not None
    assert (back.status, back.reason, back.facts) == (status, "a.xml: line 3: not XML", None)


def test_undated_evidence_is_as_old_as_its_record() -> None:
    recorded = Recorded(request(), redated(evidence(results.TestsFacts(total=1)), None), 1)
    back = read_back(records.write("shop", [recorded], AT, None, "0.1.0"))
    assert back is not None
    assert (back.produced_at, back.commit) == (AT, None)


def test_long_lists_of_findings_are_cut_and_say_so() -> None:
    failed = tuple(Finding(f"test {n}") for n in range(1234))
    back = read_back(written(results.TestsFacts(total=1234, failed=failed, passed=())))
    assert back is not None
    assert len(back.facts.failed) == MOST_FINDINGS + 1
    assert back.facts.failed[-1].message == "and 1,034 more"


def test_names_are_never_cut() -> None:
    passed = tuple(f"test {n}" for n in range(1234))
    back = read_back(written(results.TestsFacts(total=1234, passed=passed)))
    assert back is not None
    assert back.facts.passed == passed


def test_narrowings_are_kept_apart() -> None:
    narrow = request("openapi", (("paths", ("/auth/**",)),))
    data = written(results.TestsFacts(total=1), narrow)
    assert read_back(data, request("openapi")) is None


def test_a_list_that_holds_more_than_text_stays_a_list() -> None:
    facts = {"names": ("a", "b"), "mixed": ["a", 1]}
    back = read_back(
        written(facts, request("json", select={"names": "n", "mixed": "m"})),
        request("json", select={"names": "n", "mixed": "m"}),
    )
    assert back is not None
    assert back.facts == facts


def test_the_order_of_narrowings_in_a_record_does_not_matter() -> None:
    narrow = request("tests", (("aggregates", ("Order",)), ("paths", ("/auth/**",))))
    document = json.loads(written(results.TestsFacts(total=1), narrow))
    [entry] = document["evidence"]
    entry["narrowing"] = dict(reversed(entry["narrowing"].items()))
    back = read_back(json.dumps(document).encode(), narrow)
    assert back is not None
    assert back.facts.total == 1


def test_a_fact_that_a_record_does_not_know_is_null_and_one_that_we_do_not_know_is_passed_over() -> None:
    document = json.loads(written(results.TestsFacts(total=1, passed=("a",))))
    facts = document["evidence"][0]["facts"]
    del facts["counted_from"], facts["skipped"]
    facts["flaky"] = 3
    back = read_back(json.dumps(document).encode())
    assert back is not None
    assert back.facts == results.TestsFacts(total=1, passed=("a",))


def test_a_slot_that_was_defined_otherwise_must_be_collected_again() -> None:
    data = written(CoverageFacts(lines_pct=99.0), request("coverage", include="**/domain/**"))
    with pytest.raises(Unreadable, match="with another definition of the slot: collect it again"):
        read_back(data, request("coverage", include="**"))
    with pytest.raises(Unreadable, match="with another definition"):
        read_back(data, request("tests", include="**/domain/**"))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"schema_version": 2}, "schema version 2; this program reads versions up to 1"),
        ({"schema_version": 0}, "schema version 0"),
        ({"schema_version": "1"}, "schema_version is '1', not a count"),
        ({"schema_version": None}, "schema_version is missing"),
        ({"service": "stock"}, "the record is of the service 'stock', not of 'shop'"),
        ({"collected_at": "yesterday"}, "collected_at: 'yesterday' is not a time"),
        ({"collected_at": None}, "collected_at: its time is missing"),
        ({"commit": 7}, "the record: commit is 7, not text"),
        ({"evidence": {}}, "evidence is an object, not a list"),
        ({"evidence": [3]}, "an entry of evidence is 3, not an object"),
        ({"evidence": [{"slot": 3}]}, "slot is 3, not text"),
        ({"evidence": [{"slot": "slot"}]}, "narrowing is missing"),
        ({"evidence": [{"slot": "slot", "narrowing": {"paths": [3]}}]}, "paths is 3, not text"),
    ],
)
def test_a_broken_record_is_refused(change: dict[str, Any], expected: str) -> None:
    document = json.loads(written(results.TestsFacts(total=1))) | change
    with pytest.raises(Unreadable) as caught:
        read_back(json.dumps(document).encode())
    assert expected in str(caught.value)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"status": "fine"}, "unknown status 'fine'"),
        ({"status": None}, "`slot`: status is missing"),
        ({"facts": None}, "`slot`: facts is missing"),
        ({"facts": {"total": "3"}}, "`slot`: total is not a number"),
        ({"facts": {"total": True}}, "`slot`: total is not a number"),
        ({"facts": {"passed": "abc"}}, "`slot`: passed is 'abc', not a list"),
        ({"facts": {"passed": [3]}}, "`slot`: passed is 3, not text"),
        ({"facts": {"failed": ["abc"]}}, "`slot`: failed is 'abc', not an object"),
        ({"facts": {"failed": [{}]}}, "`slot`: failed: message is missing"),
        ({"facts": {"failed": [{"message": "m", "line": "3"}]}}, "line is '3', not a count"),
        ({"facts": {"counted_from": 3}}, "`slot`: counted_from is 3, not text"),
        ({"sha256": 3}, "`slot`: sha256 is 3, not text"),
        ({"produced_at": "soon"}, "`slot`: 'soon' is not a time"),
    ],
)
def test_an_entry_that_was_tampered_with_is_not_believed(change: dict[str, Any], expected: str) -> None:
    document = json.loads(written(results.TestsFacts(total=1)))
    document["evidence"][0] |= change
    with pytest.raises(Unreadable) as caught:
        read_back(json.dumps(document).encode())
    assert expected in str(caught.value)


def test_flags_and_mappings_are_held_to_their_shape() -> None:
    for kind, facts in (("migrations", {"has_outbox": "yes"}), ("document", {"front_matter": []})):
        document = json.loads(written(None, request(kind)))
        document["evidence"][0] |= {"facts": facts}
        with pytest.raises(Unreadable):
            read_back(json.dumps(document).encode(), request(kind))


@given(st.binary(max_size=100) | st.text(max_size=50).map(str.encode))
def test_any_bytes_are_a_record_or_a_sentence(data: bytes) -> None:
    with pytest.raises((Unreadable, SyntaxProblem)):
        records.read(data, "shop")


@given(st.data())
def test_a_damaged_record_is_read_or_a_sentence(data: st.DataObject) -> None:
    whole = written(results.TestsFacts(3, ("a",), (Finding("c", "a.ts", 3),), 0, 1.5))
    at = data.draw(st.integers(0, len(whole) - 1))
    damaged = whole[:at] + data.draw(st.binary(max_size=3)) + whole[at + data.draw(st.integers(0, 9)) :]
    try:
        read_back(damaged)
    except (Unreadable, SyntaxProblem) as reason:
        assert "\n" not in str(reason)
