"""Signed records: what a signature of a run covers, who may sign, and what becomes of a record that was changed."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from builders.judging import GOVERNANCE, RULEBOOK, parsed
from builders.signing import KeyPair, key_pair
from builders.sigstore import GITHUB, WORKFLOW, Instance
from gatekeeper.collectors.tests import facts as results
from gatekeeper.evidence import records
from gatekeeper.evidence.records import Record, RecordedRun, Stamp, run_of
from gatekeeper.judging.verdicts.recorders import admitted, signature_of_record
from gatekeeper.model.evidence import Evidence, EvidenceStatus, Part, Recorded, Request, Unreadable
from gatekeeper.model.rule import Rulebook
from gatekeeper.model.rulebook import Governance
from gatekeeper.model.service import EvidencePointer
from gatekeeper.model.signature import SignatureState
from gatekeeper.model.statement import digest_of
from gatekeeper.model.status import Basis, ReasonCode

HERE, ELSEWHERE = "0d3b4b4e-6c0f-4a55-9d3f-4f3f6b1f0a11", "9b0a7f9e-52a9-4f7c-8a2b-0a4f1d2c3e4f"
CI = key_pair("ci")
STAMP = Stamp(
    datetime(2026, 11, 18, 10, 0, tzinfo=UTC),
    "5b1c7e9",
    datetime(2026, 11, 17, 10, 0, tzinfo=UTC),
    "forge.example/acme/shop",
    f"sha256:{'b' * 64}",
    "1.0",
    "17",
)
LATER = STAMP._replace(collected_at=datetime(2026, 11, 19, 10, 0, tzinfo=UTC), commit="6c2d8fa", run="18")
Change = Callable[[Any], None]


def request(slot: str = "unit_tests", service: str = "shop") -> Request:
    return Request(service, slot, (), "tests", {}, EvidencePointer(path="a.xml"))


def recorded(slot: str = "unit_tests", passed: int = 1) -> Recorded:
    part = Part("a.xml", f"{passed:064}", 100, "junit", items=passed)
    facts = results.TestsFacts(passed, tuple(f"test {at}" for at in range(passed)), (), 0)
    return Recorded(
        request(slot), Evidence(slot, EvidenceStatus.OK, None, "a.xml", facts, f"{passed:064}", (part,)), 9
    )


def signed(
    run: RecordedRun, key: KeyPair = CI, pipeline: str = "build", service: str = "shop"
) -> RecordedRun:
    return run.with_signature(key.sign(run.states(service, pipeline).message(HERE)))


def written(*runs: RecordedRun, pipeline: str = "build") -> Any:
    """Return the file of a record as plain data."""
    record = Record(pipeline, ())
    for run in runs:
        record = record.updated(run)
    return json.loads(record.as_json("shop"))


def book(workspace: str | None = HERE, required: bool = False, **recorder: Any) -> Rulebook:
    of = {
        "keys": [CI.public],
        "services": ["shop"],
        "repository": "https://forge.example/acme/Shop.git",
    } | recorder
    more = {"recorders": {"shop-build": of}, "signatures": {"ci": "required"} if required else {}}
    return RULEBOOK._replace(
        governance=Governance.model_validate(parsed(GOVERNANCE) | more), workspace=workspace
    )


def read(document: Any, slot: str = "unit_tests", service: str = "shop", pipeline: str = "build") -> Evidence:
    run = records.read(json.dumps(document).encode(), service, pipeline).run_of((slot, ()))
    assert run is not None
    return run.evidence(request(slot, service))


def judged(document: Any, rulebook: Rulebook | None = None, **of: str) -> Evidence:
    return admitted(read(document, **of), rulebook or book(), of.get("service", "shop"))


def run(*slots: str, stamp: Stamp = STAMP, passed: int = 1) -> RecordedRun:
    return run_of([recorded(slot, passed) for slot in slots or ("unit_tests",)], stamp)


def test_a_record_signed_by_a_recorder_of_the_service_is_a_signed_record() -> None:
    document = written(signed(run("unit_tests", "isolation")))
    one = judged(document)
    assert (one.status, one.basis, one.facts.total) == (EvidenceStatus.OK, Basis.SIGNED_RECORD, 1)
    assert one.is_recorded
    seen = signature_of_record(read(document), book(), "shop")
    assert seen is not None
    assert (seen.state, seen.why) == (SignatureState.SIGNED, None)
    assert seen.key is not None
    assert seen.key.startswith("SHA256:")


def test_an_artefact_needs_no_signature() -> None:
    on_disk = recorded().evidence
    assert admitted(on_disk, book(required=True), "shop") is on_disk
    assert signature_of_record(on_disk, book(required=True), "shop") is None


def test_an_unsigned_record_counts_as_a_record_unless_records_must_be_signed() -> None:
    document = written(run())
    assert judged(document).basis is Basis.RECORD
    one = judged(document, book(required=True))
    assert (one.status, one.code, one.facts) == (EvidenceStatus.MISSING, ReasonCode.UNSIGNED, None)
    assert one.reason == (
        "`unit_tests` is known from a record, and records must be signed: it is not signed; "
        "collect it again with `--key`"
    )


def test_records_of_earlier_versions_are_unsigned() -> None:
    [only] = written(run())["runs"]
    document = {"schema_version": 2, "service": "shop", **only, "signature": CI.sign(b"")}
    assert judged(document).basis is Basis.RECORD
    assert judged(document, book(required=True)).code is ReasonCode.UNSIGNED


def test_the_last_day_of_a_key_is_a_day_in_utc() -> None:
    late = STAMP._replace(collected_at=datetime.fromisoformat("2026-11-19T01:00:00+02:00"))
    document = written(signed(run(stamp=late)))
    until: Any = {"keys": [{"key": CI.public, "until": "2026-11-18"}]}
    assert judged(document, book(**until)).basis is Basis.SIGNED_RECORD


def entry(document: Any, at: int = 0) -> Any:
    return document["runs"][at]["evidence"][0]


def edit_facts(document: Any) -> None:
    entry(document)["facts"]["failed"] = []
    entry(document)["facts"]["total"] = 2


def copy_into_another_run(document: Any) -> None:
    first, second = document["runs"]
    second["evidence"].append(first["evidence"].pop())


def swap_signatures(document: Any) -> None:
    first, second = document["runs"]
    first["signature"], second["signature"] = second["signature"], first["signature"]


def of_run(**fields: Any) -> Change:
    return lambda document: document["runs"][0].update(fields)


def of_entry(**fields: Any) -> Change:
    return lambda document: entry(document).update(fields)


def drop(name: str) -> Change:
    return lambda document: document["runs"][0].pop(name)


CHANGES: dict[str, Change] = {
    "facts": edit_facts,
    "path of the entry": of_entry(path="b.xml"),
    "status of the entry": of_entry(reason="r"),
    "digest of the entry": lambda document: entry(document).update(
        sha256="9" * 64, parts=[{"sha256": "9" * 64}]
    ),
    "parts": lambda document: entry(document)["parts"][0].update(items=2),
    "a field that is added to the entry": of_entry(more=1),
    "commit": of_run(commit="0000000"),
    "time": of_run(collected_at="2026-11-19T10:00:00Z"),
    "time of the commit": of_run(committed_at="2026-11-18T09:00:00Z"),
    "repository": of_run(repository="forge.example/acme/till"),
    "rulebook": of_run(rulebook=f"sha256:{'c' * 64}"),
    "version of the tool": of_run(tool_version="2.0"),
    "run": of_run(run="19"),
    "a field that is taken away": drop("run"),
    "a field that is added": of_run(more="x"),
    "an entry moved between runs": copy_into_another_run,
    "signatures swapped between runs": swap_signatures,
    "another entry added to the run": lambda document: document["runs"][0]["evidence"].append(
        {**entry(document), "slot": "deep_tests"}
    ),
    "a replaced entry added": of_run(replaced={"isolation": "1" * 64}),
    "damaged signature": of_run(signature="ssh:AAAA"),
    "a signature that is none": of_run(signature=""),
}


@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.parametrize("required", [False, True])
def test_a_record_that_was_changed_after_signing_is_unreadable(name: str, required: bool) -> None:
    document = written(signed(run()), signed(run("isolation", stamp=LATER)))
    CHANGES[name](document)
    one = judged(document, book(required=required))
    assert (one.status, one.facts) == (EvidenceStatus.UNREADABLE, None)
    assert (one.reason or "").startswith("the record of `unit_tests` does not count: ")
    assert (one.reason or "").endswith("; collect it again with `--key`")


def test_an_entry_in_force_is_not_verified_by_the_digest_of_a_replaced_one() -> None:
    document = written(signed(run()), signed(run("isolation", stamp=LATER)))
    digest = dict(signed(run()).states("shop", "build").subjects)["unit_tests"]
    edit_facts(document)
    entry(document, 1)["narrowing"] = {"paths": ["/a"]}
    entry(document, 1)["slot"] = "unit_tests"
    document["runs"][0]["replaced"] = {"unit_tests": digest}
    one = judged(document)
    assert one.status is EvidenceStatus.UNREADABLE
    assert "both in force and replaced" in (one.reason or "")


def test_another_kind_or_other_options_are_another_definition_of_the_slot() -> None:
    for change in ({"kind": "coverage"}, {"options": {"include": ["x"]}}):
        document = written(signed(run()))
        entry(document).update(change)
        with pytest.raises(Unreadable, match="another definition"):
            judged(document)


def test_a_signed_record_copied_elsewhere_is_unreadable() -> None:
    document = written(signed(run()))
    till: Any = {"services": ["shop", "till"]}
    copied = document | {"service": "till"}
    assert judged(copied, book(**till), service="till").status is EvidenceStatus.UNREADABLE
    copied["runs"][0] |= {"service": "shop"}  # what the run itself says of that does not count
    assert judged(copied, book(**till), service="till").status is EvidenceStatus.UNREADABLE
    renamed = written(signed(run())) | {"pipeline": "nightly"}
    assert judged(renamed, pipeline="nightly").status is EvidenceStatus.UNREADABLE
    assert judged(written(signed(run())), book(ELSEWHERE)).status is EvidenceStatus.UNREADABLE
    nowhere = judged(written(signed(run())), book(None))
    assert "gatekeeper.yaml states no `workspace`" in (nowhere.reason or "")


def test_a_signature_over_another_act_does_not_fit_a_record() -> None:
    message = run().states("shop", "build").message(HERE).replace(b'"act":"record"', b'"act":"attestation"')
    assert judged(written(run().with_signature(CI.sign(message)))).status is EvidenceStatus.UNREADABLE


def test_what_a_later_run_replaces_leaves_its_digest_and_the_rest_stays_signed() -> None:
    document = written(
        signed(run("unit_tests", "isolation")), signed(run("unit_tests", stamp=LATER, passed=2))
    )
    assert list(document["runs"][0]["replaced"]) == ["unit_tests"]
    kept, new = judged(document, slot="isolation"), judged(document)
    assert (kept.basis, kept.commit) == (Basis.SIGNED_RECORD, "5b1c7e9")
    assert (new.basis, new.commit, new.facts.total) == (Basis.SIGNED_RECORD, "6c2d8fa", 2)
    for change in ({"unit_tests": "1" * 64}, {}, {"unit_tests?paths=a": "1" * 64}):
        document["runs"][0]["replaced"] = change
        assert judged(document, slot="isolation").status is EvidenceStatus.UNREADABLE


def test_a_run_that_replaced_an_entry_cannot_be_removed_unnoticed() -> None:
    document = written(signed(run("unit_tests", "isolation")), signed(run("unit_tests", stamp=LATER)))
    document["runs"].pop()
    with pytest.raises(Unreadable, match=r"`unit_tests` of the run .*is replaced, and no later run has it"):
        read(document, slot="isolation")


def test_an_entry_cannot_be_removed_as_if_a_later_run_had_replaced_it() -> None:
    document = written(signed(run("unit_tests", "isolation")))
    replaced = document["runs"][0]["evidence"].pop(0)
    document["runs"][0]["replaced"] = {"unit_tests": digest_of(replaced)}
    with pytest.raises(Unreadable, match="no later run has it"):
        read(document, slot="isolation")
    document["runs"].append({"collected_at": "2026-11-19T10:00:00Z", "evidence": [replaced]})
    assert judged(document, slot="isolation").basis is Basis.SIGNED_RECORD


def test_a_run_that_is_there_twice_makes_the_record_unreadable() -> None:
    document = written(signed(run()))
    document["runs"] *= 2
    with pytest.raises(Unreadable, match="recorded twice"):
        read(document)


def test_an_unsigned_run_keeps_no_digest_of_what_was_replaced() -> None:
    document = written(run("unit_tests", "isolation"), run("unit_tests", stamp=LATER))
    assert "replaced" not in document["runs"][0]


@pytest.mark.parametrize("value", [10**20, -(2**53), 10**299])
def test_a_value_that_canonical_json_cannot_state_is_said_plainly(value: int) -> None:
    document = written(signed(run()))
    entry(document)["facts"]["extra"] = value
    one = judged(document)
    assert one.status is EvidenceStatus.UNREADABLE
    assert "it has a value that cannot be signed" in (one.reason or "")
    del document["runs"][0]["signature"]
    assert judged(document).basis is Basis.RECORD


@pytest.mark.parametrize(
    "fields",
    [
        {"signature": 1},
        {"signature": ["ssh:AAAA"]},
        {"signature": "ssh:AAAA", "replaced": []},
        {"signature": "ssh:AAAA", "replaced": {"a": 1}},
        {"signature": "ssh:AAAA", "replaced": {"a": "1"}},
        {"bundle": "x"},
    ],
)
def test_signing_fields_of_the_wrong_type_make_the_record_unreadable(fields: Any) -> None:
    document = written(run())
    document["runs"][0] |= fields
    with pytest.raises(Unreadable):
        read(document)


def test_a_part_with_another_digest_than_the_whole_is_unreadable() -> None:
    document = written(run())
    entry(document)["sha256"] = "9" * 64
    with pytest.raises(Unreadable, match=r"not that of its part a\.xml"):
        read(document)


INSTANCE = Instance()
IDENTITY = {"issuer": GITHUB, "subject": WORKFLOW}
OURS = "github.com/acme/shop"
AT_GITHUB = STAMP._replace(repository=OURS)


def bundled(stamp: Stamp = AT_GITHUB, **of: Any) -> Any:
    """Return a record with a bundle of the workflow of the service."""
    made = run(stamp=stamp)
    return written(made.with_bundle(INSTANCE.bundle(made.states("shop", "build").message(HERE), **of)))


def by_identity(
    required: bool = False, root: bytes | None = INSTANCE.trusted_root, **recorder: Any
) -> Rulebook:
    of = {"keys": [], "identity": IDENTITY, "repository": OURS} | recorder
    return book(required=required, **of)._replace(trusted_root=root)


def seen_of(document: Any, rulebook: Rulebook) -> tuple[SignatureState, str]:
    seen = signature_of_record(read(document), rulebook, "shop")
    assert seen is not None
    return seen.state, seen.why or seen.key or ""


def test_a_record_with_a_bundle_of_a_recorders_identity_is_a_signed_record() -> None:
    assert judged(bundled(), by_identity(required=True)).basis is Basis.SIGNED_RECORD
    assert seen_of(bundled(), by_identity()) == (SignatureState.SIGNED, WORKFLOW)


def test_a_record_with_a_bundle_that_was_changed_or_copied_is_unreadable() -> None:
    for name, change in CHANGES.items():
        if name not in ("damaged signature", "a signature that is none", "signatures swapped between runs"):
            document = bundled()
            document["runs"].append(written(signed(run("isolation", stamp=LATER)))["runs"][0])
            change(document)
            assert judged(document, by_identity()).status is EvidenceStatus.UNREADABLE, name
    copied = bundled() | {"service": "till"}
    found = judged(copied, by_identity(services=["shop", "till"]), service="till")
    assert found.status is EvidenceStatus.UNREADABLE
    assert judged(bundled(), by_identity(root=Instance().trusted_root)).status is EvidenceStatus.UNREADABLE


def test_a_record_keeps_both_the_signature_and_the_bundle_of_a_run() -> None:
    made = signed(run(stamp=AT_GITHUB))
    good = INSTANCE.bundle(made.states("shop", "build").message(HERE))
    assert judged(written(made.with_bundle(good)), by_identity()).basis is Basis.SIGNED_RECORD
    for flawed in (made.with_bundle({}), made.with_bundle(good).with_signature("ssh:")):
        assert judged(written(flawed), by_identity()).status is EvidenceStatus.UNREADABLE


def test_a_recorder_has_keys_or_an_identity() -> None:
    with pytest.raises(ValueError, match="name its `keys`, or an `identity`"):
        book(keys=[])
