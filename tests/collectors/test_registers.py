"""The registers that people write: entries under an unknown key, and words that stand for a missing value."""

import json
from types import ModuleType
from typing import Any

import pytest

from builders.artefacts import collect, facts, outcome, short
from gatekeeper.collectors.audit_events import read as audit_events
from gatekeeper.collectors.document import read as document
from gatekeeper.collectors.error_registry import read as error_registry
from gatekeeper.collectors.invariants import read as invariants
from gatekeeper.collectors.prompts import read as prompts
from gatekeeper.collectors.sync import read as sync
from gatekeeper.evidence.reader import without_touched
from gatekeeper.model.evidence import Collected, Subject, SubjectType

ROW = {"aggregate": "Note", "conflictPolicy": "server-wins"}
ENTRY = {"id": "a", "pins": {"acme": "1.0.0"}}
WHOLE: list[tuple[ModuleType, dict[str, Any]]] = [
    (audit_events, {"actions": {"delete": "user.deleted"}}),
    (invariants, {"aggregates": {"Order": {"is whole": "Order is whole"}}}),
    (prompts, {"tenants": ["acme"], "prompts": [ENTRY]}),
    (sync, {"aggregates": ["Note"], "registrations": [ROW]}),
]


def read(reader: ModuleType, value: Any) -> Collected:
    return collect(reader, json.dumps(value))


def places(collected: Collected) -> list[str]:
    return [one.place.message for origin in collected.origins for one in origin.not_understood]


@pytest.mark.parametrize(("reader", "register"), WHOLE, ids=short)
def test_entries_under_an_unknown_key_leave_nothing_known(reader: ModuleType, register: Any) -> None:
    assert places(read(reader, register)) == []
    collected = read(reader, register | {"more": [{"entry": 1}]})
    [told] = places(collected)
    assert told.startswith("the document has the key 'more', which is not known; known are ")
    assert set(without_touched(collected)) == {None}


@pytest.mark.parametrize("key", ["tags", "owners", "x-generated", "metadata"])
@pytest.mark.parametrize(("reader", "register"), WHOLE, ids=short)
def test_what_a_register_says_about_itself_is_no_entry(reader: ModuleType, register: Any, key: str) -> None:
    assert places(read(reader, register | {key: ["a"], "version": 3, "note": "by hand"})) == []


@pytest.mark.parametrize(("reader", "register"), WHOLE, ids=short)
def test_a_list_that_the_prefix_x_disables_is_not_understood(reader: ModuleType, register: Any) -> None:
    key = next(iter(register))
    disabled = {**{name: value for name, value in register.items() if name != key}, f"x-{key}": register[key]}
    told = outcome(reader, json.dumps(disabled))
    assert told.startswith(("unreadable", "absent")) or places(read(reader, disabled))


@pytest.mark.parametrize(("reader", "register"), WHOLE, ids=short)
def test_a_register_may_name_its_service(reader: ModuleType, register: Any) -> None:
    assert read(reader, register).origins[0].subjects == ()
    subjects = read(reader, register | {"service": "billing"}).origins[0].subjects
    assert subjects == (Subject(SubjectType.SERVICE, "billing"),)


def test_a_name_that_is_still_to_be_written_is_none() -> None:
    for name in ("TODO", "tbd: ask", "fixme"):
        assert outcome(prompts, json.dumps([{**ENTRY, "id": name}])).startswith(
            "unreadable: report-0: /0/id is"
        )
        assert outcome(sync, json.dumps([{**ROW, "aggregate": name}])).startswith(
            "unreadable: report-0: /0/aggr"
        )


@pytest.mark.parametrize("more", [{"fields": {"total": "none"}}, {"conflictPolicies": ["none"]}])
def test_a_list_in_a_row_may_say_more_about_its_policy(more: dict[str, Any]) -> None:
    assert set(without_touched(read(sync, {"aggregates": ["Note"], "registrations": [ROW | more]}))) == {None}


NOT_IN_FORCE = [
    {"enabled": False}, {"x-enabled": False}, {"active": False}, {"in_force": False}, {"disabled": True}, {"skip": True},
    {"retired": True}, {"isDeleted": True, "deleted": True}, {"status": "draft"}, {"state": "Retired"},
    {"status": "planned for M4"}, {"until": "2026-01-01"}, {"expiresAt": "2026-01-01"},
]  # fmt: skip


@pytest.mark.parametrize("more", NOT_IN_FORCE, ids=short)
def test_an_entry_that_is_not_in_force_leaves_nothing_known(more: dict[str, Any]) -> None:
    for reader, register in (
        (sync, {"aggregates": ["Note"], "registrations": [ROW | more]}),
        (sync, {"aggregates": [{"name": "Note", **more}], "registrations": [ROW]}),
        (prompts, {"tenants": ["acme"], "prompts": [ENTRY | more]}),
        (prompts, {"prompts": {"a": {"pins": {"acme": {"version": "1.0.0", **more}}}}}),
    ):
        [place] = places(read(reader, register))
        assert place.endswith("so it may not be in force; remove the entry or the field")


@pytest.mark.parametrize(
    "more",
    [
        {"enabled": True},
        {"disabled": False},
        {"status": "active"},
        {"state": 3},
        {"skip": "no"},
        {"deprecated": True},
        {"bidirectional": False},
    ],
    ids=short,
)
def test_what_an_entry_says_besides_is_a_note(more: dict[str, Any]) -> None:
    assert places(read(sync, {"aggregates": ["Note"], "registrations": [ROW | more]})) == []
    assert places(read(prompts, {"tenants": ["acme"], "prompts": [ENTRY | more]})) == []


@pytest.mark.parametrize("word", ["none", "N/A", "TODO", "tbd: ask security", "-", " ", "???"])
def test_a_placeholder_is_no_value(word: str) -> None:
    assert len(facts(audit_events, json.dumps({"actions": {"delete": word}})).without_event) == 1
    assert len(facts(invariants, json.dumps({"aggregates": {"Order": {"is whole": word}}})).untested) == 1
    rows = {"registrations": [{**ROW, "conflictPolicy": word}]}
    assert len(facts(sync, json.dumps(rows)).without_conflict_policy) == 1


@pytest.mark.parametrize(
    ("text", "is_filled"),
    [
        ("None.", True),
        ("Todos of users are restored from the backup.", True),
        ("TODO", False),
        ("*TBD*", False),
        ("TODO: ask the team", False),
        ("…", False),
        ("<div></div>", False),
        ("<img src='plan.png'>", True),
        ("\u200b", False),
    ],
)
def test_a_section_that_is_still_to_be_written_is_empty(text: str, is_filled: bool) -> None:
    found = document.collect(_markdown(f"# Rollback\n\n{text}\n"), {}).facts
    assert (found.sections, found.empty_sections) == (
        (("Rollback",), ()) if is_filled else ((), ("Rollback",))
    )


def _markdown(text: str) -> Any:
    from gatekeeper.testing import tree

    return tree({"plan.md": text}, "plan.md")


def test_both_lists_of_a_registry_of_error_codes_count() -> None:
    assert facts(error_registry, '{"codes": ["A"], "errors": ["B"]}').codes == ("A", "B")


def test_two_keys_that_mean_the_same_contradict_each_other() -> None:
    row = {**ROW, "conflict_policy": "none"}
    assert outcome(sync, json.dumps({"registrations": [row]})) == (
        "unreadable: report-0: /registrations/0 has conflictPolicy and conflict_policy, which mean the same; keep one"
    )


@pytest.mark.parametrize(
    ("registry", "told"),
    [
        (
            {"prompts": [ENTRY, {"id": "b", "pins": {"acme": "1.0.0", "globex": "2.0.0"}}]},
            "has no pin for globex",
        ),
        ({"prompts": [{**ENTRY, "tenant": ["globex"]}]}, "has the key 'tenant', which is not known"),
        ({"prompts": [ENTRY], "tenantz": ["globex"]}, "has the key 'tenantz', which is not known"),
    ],
    ids=short,
)
def test_tenants_that_a_registry_does_not_list_are_not_known(registry: Any, told: str) -> None:
    collected = read(prompts, registry)
    assert told in places(collected)[0]
    assert without_touched(collected).unpinned is None
