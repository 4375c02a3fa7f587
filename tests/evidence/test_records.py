"""Recorded evidence: written alike, read back whole, and believed only where it is whole."""

import json
from datetime import UTC, datetime
from time import process_time
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
from gatekeeper.evidence.plain import MOST_PLACES, as_plain_part, part_from_plain
from gatekeeper.evidence.records import DEFAULT, Record, Stamp, run_of
from gatekeeper.model.evidence import (
    Evidence,
    EvidenceStatus,
    Finding,
    Narrowing,
    NotUnderstood,
    Part,
    Recorded,
    Request,
    Subject,
    SubjectType,
    Unreadable,
)
from gatekeeper.model.moment import UNSTATED, is_zoned
from gatekeeper.model.service import EvidencePointer
from gatekeeper.model.status import Basis
from gatekeeper.syntax import SyntaxProblem

AT = datetime(2026, 11, 18, 10, 0, tzinfo=UTC)
PRODUCED = datetime(2026, 11, 17, 9, 30, tzinfo=UTC)
STAMP = Stamp(AT, "5b1c7e9")
POINTER = EvidencePointer(path="a.xml")


def request(kind: str = "tests", narrowing: Narrowing = (), **options: Any) -> Request:
    return Request("shop", "slot", narrowing, kind, options | dict(narrowing), POINTER)


def evidence(facts: Any, status: EvidenceStatus = EvidenceStatus.OK, reason: str | None = None) -> Evidence:
    part = Part("reports/a.xml", "0" * 64, None, "junit", None, PRODUCED, Basis.ARTEFACT)
    return Evidence("slot", status, reason, "reports/a.xml", facts, "0" * 64, (part,))


def written(facts: Any, of: Request | None = None, **more: Any) -> bytes:
    recorded = Recorded(of or request(), evidence(facts, **more), 748)
    return written_by([recorded])


def written_by(recorded: list[Recorded], stamp: Stamp = STAMP) -> bytes:
    return Record(DEFAULT, (run_of(recorded, stamp),)).as_json("shop")


def read_back(data: bytes, of: Request | None = None) -> Evidence | None:
    asked = of or request()
    run = records.read(data, "shop").run_of((asked.slot, asked.narrowing))
    return run and run.evidence(asked)


def only_run(document: Any) -> Any:
    """Return the one run of a written record, as version 2 has it at the top."""
    [run] = document["runs"]
    return run


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


BASES = st.sampled_from([Basis.ARTEFACT, Basis.RECORD, Basis.TYPED])
TIMES = st.datetimes(timezones=st.sampled_from([UTC, UNSTATED]))
SUBJECTS = st.builds(Subject, st.sampled_from(SubjectType), st.text())
PLACES = st.builds(
    Finding, st.text(), st.none() | st.text(), st.none() | st.integers(0, 10**6), st.none() | st.text()
)


@st.composite
def parts(draw: st.DrawFn) -> Part:
    """Draw a part in which each field may be stated."""
    produced_at, commit = draw(st.none() | TIMES), draw(st.none() | st.text("abc0123456789", min_size=7))
    subjects = draw(st.lists(SUBJECTS).map(tuple))
    return Part(
        path=draw(st.none() | st.text()),
        sha256=draw(st.none() | st.text("abc123", min_size=64, max_size=64)),
        size=draw(st.none() | st.integers(0, 2**40)),
        format=draw(st.none() | st.text()),
        producer=draw(st.none() | st.text()),
        produced_at=produced_at,
        produced_at_basis=draw(BASES) if produced_at else None,
        commit=commit,
        commit_basis=draw(BASES) if commit else None,
        committed_at=draw(st.none() | TIMES),
        subjects=subjects,
        subjects_basis=draw(BASES) if subjects else None,
        partial=draw(st.lists(st.text()).map(tuple)),
        not_understood=draw(st.lists(st.builds(NotUnderstood, PLACES, st.frozensets(st.text()))).map(tuple)),
        items=draw(st.none() | st.integers(0, 2**40)),
    )


@given(parts())
def test_a_part_is_read_back_as_it_was(part: Part) -> None:
    back = part_from_plain(json.loads(json.dumps(as_plain_part(part))), "here")
    assert back == part
    for one, other in ((back.produced_at, part.produced_at), (back.committed_at, part.committed_at)):
        assert one is other is None or (one and other and is_zoned(one) is is_zoned(other))


def recorded_part(part: Part, stamp: Stamp = STAMP) -> Part:
    of = evidence(results.TestsFacts(total=1))._replace(parts=(part,))
    back = read_back(written_by([Recorded(request(), of, 1)], stamp))
    assert back is not None
    [read] = back.parts
    return read


@given(parts())
def test_nothing_of_a_recorded_part_rests_on_more_than_the_record(part: Part) -> None:
    back = recorded_part(part)
    assert Basis.ARTEFACT not in (back.produced_at_basis, back.commit_basis, back.subjects_basis)
    assert back.produced_at is not None
    assert back.commit is not None


def test_what_an_artefact_states_comes_before_the_record_and_that_before_what_is_typed() -> None:
    own = Part(
        produced_at=PRODUCED, produced_at_basis=Basis.ARTEFACT, commit="aaaaaaa", commit_basis=Basis.ARTEFACT
    )
    assert recorded_part(own)[5:9] == (PRODUCED, Basis.RECORD, "aaaaaaa", Basis.RECORD)
    typed = own._replace(produced_at_basis=Basis.TYPED, commit_basis=Basis.TYPED)
    assert recorded_part(typed)[5:9] == (PRODUCED, Basis.TYPED, "5b1c7e9", Basis.RECORD)
    assert recorded_part(typed, Stamp(AT))[5:9] == (PRODUCED, Basis.TYPED, None, None)


def test_a_typed_time_is_not_later_than_the_record() -> None:
    typed = Part(produced_at=datetime(2026, 11, 19, tzinfo=UTC), produced_at_basis=Basis.TYPED)
    assert recorded_part(typed)[5:7] == (AT, Basis.RECORD)


def test_the_repository_of_a_record_is_a_subject_of_what_names_no_repository() -> None:
    stamp = STAMP._replace(repository="forge.example/acme/shop")
    ours = Subject(SubjectType.REPOSITORY, "forge.example/acme/shop")
    service, other = (
        Subject(SubjectType.SERVICE, "shop"),
        Subject(SubjectType.REPOSITORY, "forge.example/acme/cart"),
    )
    assert recorded_part(Part(), stamp).subjects == (ours,)
    assert recorded_part(Part(subjects=(service,), subjects_basis=Basis.ARTEFACT), stamp).subjects == (
        service,
        ours,
    )
    assert recorded_part(Part(subjects=(other,), subjects_basis=Basis.ARTEFACT), stamp).subjects == (other,)
    assert recorded_part(Part()).subjects == ()


def test_the_time_of_the_commit_is_that_of_its_own_commit() -> None:
    stamp, dated = (
        STAMP._replace(committed_at=AT),
        Part(produced_at=PRODUCED, produced_at_basis=Basis.ARTEFACT),
    )
    assert recorded_part(dated, stamp).committed_at == AT
    own = dated._replace(commit="aaaaaaa", commit_basis=Basis.ARTEFACT, committed_at=PRODUCED)
    assert recorded_part(own, stamp).committed_at == PRODUCED
    assert recorded_part(own._replace(committed_at=None), stamp).committed_at is None


@pytest.mark.parametrize(
    ("basis", "is_older"), [(Basis.ARTEFACT, True), (Basis.TYPED, True), (Basis.RECORD, False)]
)
def test_a_date_that_was_kept_does_not_show_that_a_report_is_older_than_its_commit(
    basis: Basis, *, is_older: bool
) -> None:
    """The first record of these bytes says when they were collected, not when they were made again."""
    part = Part(produced_at=PRODUCED, produced_at_basis=basis)
    assert recorded_part(part, STAMP._replace(committed_at=AT)).is_older_than_commit is is_older


def test_of_facts_that_depend_on_what_was_not_understood_what_was_found_is_kept() -> None:
    document = json.loads(written(results.TestsFacts(total=1, skipped=0, passed=("a",), failed=())))
    [part] = only_run(document)["evidence"][0]["parts"]
    part["not_understood"] = [
        {"place": {"message": "outcome `odd`"}, "touches": ["skipped", "passed", "failed", "unknown"]}
    ]
    back = read_back(json.dumps(document).encode())
    assert back is not None
    assert (back.facts.total, back.facts.skipped, back.facts.passed, back.facts.failed) == (
        1,
        None,
        ("a",),
        None,
    )


def test_a_record_of_schema_1_is_read() -> None:
    run = only_run(json.loads(written(results.TestsFacts(total=1))))
    for name in ("repository", "run", "committed_at", "rulebook"):
        del run[name]
    document = {"schema_version": 1, "service": "shop", **run}
    [entry] = run["evidence"]
    del entry["parts"]
    entry |= {"format": "junit", "size": 748, "produced_at": "2026-11-17T09:30:00Z"}
    back = read_back(json.dumps(document).encode())
    assert back is not None
    [part] = back.parts
    assert part == Part(
        "reports/a.xml", "0" * 64, 748, "junit", None, PRODUCED, Basis.RECORD, "5b1c7e9", Basis.RECORD
    )
    del entry["produced_at"]
    undated = read_back(json.dumps(document).encode())
    assert undated is not None
    assert undated.produced_at == AT


def test_a_record_of_schema_2_is_a_record_with_one_run() -> None:
    document = json.loads(written(results.TestsFacts(total=1)))
    before = {"schema_version": 2, "service": "shop", "pipeline": "build-test", **only_run(document)}
    assert read_back(json.dumps(before).encode()) == read_back(json.dumps(document).encode())
    assert records.read(json.dumps(before).encode(), "shop").as_json("shop") == written(
        results.TestsFacts(total=1)
    )


def test_picked_facts_are_read_back_as_they_were() -> None:
    facts = {"bugs": 3, "names": ("a", "b"), "deep": {"list": [1, {"a": None}]}, "none": None}
    of = request("json", select={"bugs": "metrics.bugs"})
    back = read_back(written(facts, of), of)
    assert back is not None
    assert back.facts == facts


def test_what_a_run_states_besides_its_entries_is_carried_forward_unchanged() -> None:
    document = json.loads(written(results.TestsFacts(total=1)))
    more = {"signature": "ssh:AAAA", "bundle": {"a": [1]}, "commit": "5B1C7E9", "more": 1}
    document["runs"][0] |= more | {"collected_at": "2026-11-18T11:00:00+01:00"}
    data = json.dumps(document).encode()
    other = request()._replace(slot="other")
    new = run_of([Recorded(other, evidence(results.TestsFacts(total=1)), 1)], STAMP)
    updated = json.loads(records.read(data, "shop").updated(new).as_json("shop"))
    assert updated["runs"][0] == document["runs"][0]
    assert [entry["slot"] for entry in updated["runs"][1]["evidence"]] == ["other"]


def test_the_name_of_an_entry_says_its_narrowing() -> None:
    narrowing = (("aggregates", ("A,B", "C")), ("paths", ("/a?b&c=d",)))
    run = run_of(
        [Recorded(request("openapi", narrowing), evidence(None), 1), Recorded(request(), evidence(None), 1)],
        STAMP,
    )
    assert [name for name, _ in run.contents()] == ["slot?aggregates=A%2CB,C&paths=%2Fa%3Fb%26c%3Dd", "slot"]


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
    back = read_back(written_by([recorded], Stamp(AT)))
    assert back is not None
    assert (back.produced_at, back.commit) == (AT, None)


def test_long_lists_of_findings_keep_every_message_and_the_first_places() -> None:
    failed = tuple(Finding(f"test {n}", "a.ts", n + 1) for n in range(1234))
    back = read_back(written(results.TestsFacts(total=1234, failed=failed, passed=())))
    assert back is not None
    assert back.facts.failed[:MOST_PLACES] == failed[:MOST_PLACES]
    assert back.facts.failed[MOST_PLACES:] == tuple(Finding(f"test {n}") for n in range(MOST_PLACES, 1234))


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
    [entry] = only_run(document)["evidence"]
    entry["narrowing"] = dict(reversed(entry["narrowing"].items()))
    back = read_back(json.dumps(document).encode(), narrow)
    assert back is not None
    assert back.facts.total == 1


def test_a_fact_that_a_record_does_not_know_is_null_and_one_that_we_do_not_know_is_passed_over() -> None:
    document = json.loads(written(results.TestsFacts(total=1, passed=("a",))))
    facts = only_run(document)["evidence"][0]["facts"]
    del facts["counted_from"], facts["skipped"]
    facts["slowest"] = 3
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
        ({"schema_version": 4}, "schema version 4; this program reads versions up to 3"),
        ({"schema_version": 0}, "schema version 0"),
        ({"schema_version": "1"}, "schema_version is '1', not a count"),
        ({"schema_version": None}, "schema_version is missing"),
        ({"service": "stock"}, "the record is of the service 'stock', not of 'shop'"),
        ({"pipeline": "load"}, "the record is of the pipeline 'load', not of 'default'"),
        ({"runs": None}, "runs is missing"),
        ({"runs": [3]}, "runs[0] is 3, not an object"),
        ({"collected_at": "yesterday"}, "the record: collected_at: Input should be a valid datetime"),
        ({"collected_at": None}, "the record: collected_at: Input should be a valid datetime"),
        ({"commit": 7}, "the record: commit: Input should be a valid string"),
        ({"committed_at": 7}, "the record: committed_at: Input should be a valid datetime"),
        ({"repository": ["a"]}, "the record: repository: Input should be a valid string"),
        ({"run": 7}, "the record: run: Input should be a valid string"),
        ({"evidence": [{"slot": "a", "narrowing": {}}] * 2}, "`a` is recorded twice"),
        ({"evidence": {}}, "evidence is an object, not a list"),
        ({"evidence": [3]}, "an entry of evidence is 3, not an object"),
        ({"evidence": [{"slot": 3}]}, "slot is 3, not text"),
        ({"evidence": [{"slot": "slot"}]}, "narrowing is missing"),
        ({"evidence": [{"slot": "slot", "narrowing": {"paths": [3]}}]}, "paths is 3, not text"),
    ],
)
def test_a_broken_record_is_refused(change: dict[str, Any], expected: str) -> None:
    document = json.loads(written(results.TestsFacts(total=1)))
    of = document if change.keys() & document.keys() else only_run(document)
    of |= change
    with pytest.raises(Unreadable) as caught:
        read_back(json.dumps(document).encode())
    assert expected in str(caught.value)


def test_an_entry_is_in_one_run_only() -> None:
    document = json.loads(written(results.TestsFacts(total=1)))
    document["runs"] *= 2
    with pytest.raises(Unreadable, match="`slot` is recorded twice"):
        read_back(json.dumps(document).encode())


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
        ({"sha256": "A" * 64}, "sha256 is not a digest of 64 hexadecimal digits"),
        ({"parts": None}, "`slot`: parts is missing"),
        ({"parts": []}, "`slot`: parts is empty"),
        ({"parts": [3]}, "`slot`: parts[0] is 3, not an object"),
        *(
            ({"parts": [{}, part]}, f"`slot`: parts[1]: {expected}")
            for part, expected in (
                (
                    {"produced_at": "soon", "produced_at_basis": "typed"},
                    "produced_at: Input should be a valid datetime",
                ),
                ({"produced_at": "2026-11-18T10:00:00Z"}, "produced_at_basis says neither"),
                (
                    {"produced_at": "2026-11-18T10:00:00Z", "produced_at_basis": "attestation"},
                    "produced_at_basis says neither",
                ),
                ({"commit": "5b1c7e9"}, "commit_basis says neither"),
                ({"committed_at": 3}, "committed_at: Input should be a valid datetime"),
                ({"sha256": "abc"}, "sha256 is not a digest of 64 hexadecimal digits"),
                ({"size": -1}, "size is below 0"),
                ({"items": True}, "items: Input should be a valid integer"),
                ({"subjects": "shop", "subjects_basis": "record"}, "subjects: Input should be a valid"),
                ({"subjects": [3], "subjects_basis": "record"}, "subjects.0: Input should be"),
                ({"subjects": [{"type": "team", "name": "a"}]}, "subjects.0.type: Input should be 'service'"),
                ({"subjects": [{"type": "service"}]}, "subjects.0.name: Field required"),
                ({"partial": "no"}, "partial: Input should be a valid"),
                ({"partial": [3]}, "partial.0: Input should be a valid string"),
                ({"not_understood": ["a"]}, "not_understood.0: Input should be"),
                ({"not_understood": [{}]}, "not_understood.0.place: Field required"),
                (
                    {"not_understood": [{"place": {"message": "m"}, "touches": [3]}]},
                    "not_understood.0.touches.0: Input should be a valid string",
                ),
            )
        ),
    ],
)
def test_an_entry_that_was_tampered_with_is_not_believed(change: dict[str, Any], expected: str) -> None:
    document = json.loads(written(results.TestsFacts(total=1)))
    only_run(document)["evidence"][0] |= change
    with pytest.raises(Unreadable) as caught:
        read_back(json.dumps(document).encode())
    assert expected in str(caught.value)


def test_flags_and_mappings_are_held_to_their_shape() -> None:
    for kind, facts in (("migrations", {"has_outbox": "yes"}), ("document", {"front_matter": []})):
        document = json.loads(written(None, request(kind)))
        only_run(document)["evidence"][0] |= {"facts": facts}
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


@pytest.mark.long
def test_a_record_with_very_many_entries_is_read_in_a_moment() -> None:
    document = json.loads(written(results.TestsFacts(total=1)))
    [entry] = document["runs"][0]["evidence"]
    document["runs"][0]["evidence"] = [{**entry, "slot": f"s{number}"} for number in range(30_000)]
    data, started = json.dumps(document).encode(), process_time()
    records.read(data, "shop")
    assert process_time() - started < 5  # a comparison of each with each takes a minute
