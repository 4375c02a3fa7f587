"""Maps from sensitive actions to event subjects, in their shapes."""

from typing import Any

import pytest

from builders.artefacts import chosen, collect, facts, fixture, outcome, short, tree
from gatekeeper.collectors.audit_events import read as audit_events
from gatekeeper.collectors.audit_events.facts import AuditEventsFacts
from gatekeeper.model.evidence import Finding, Unreadable


def test_yaml_map() -> None:
    collected = collect(audit_events, fixture("audit_events", "audit-map.yaml"))
    assert (collected.format, collected.produced_at) == ("yaml", None)
    assert collected.facts == AuditEventsFacts(
        actions=("lamp.price.change", "lamp.withdraw", "supplier.bank.change", "supplier.export"),
        without_event=(
            Finding("supplier.bank.change emits no event", "report-0", 5, "/actions/supplier.bank.change"),
        ),
        subjects=("audit.lamp.price-changed", "audit.lamp.withdrawn", "audit.supplier.exported"),
    )


def test_json_list() -> None:
    collected = collect(audit_events, fixture("audit_events", "audit-map.json"))
    assert collected.format == "json"
    assert collected.facts == AuditEventsFacts(
        actions=("lamp.price.change", "lamp.withdraw"),
        without_event=(Finding("lamp.withdraw emits no event", "report-0", 3, "/1"),),
        subjects=("audit.lamp.price-changed",),
    )


DELETE = {"actions": ("user.delete",), "without_event": (), "subjects": ("audit.user.deleted",)}


def silent(line: int, pointer: str) -> dict[str, Any]:
    finding = Finding("user.delete emits no event", "report-0", line, pointer)
    return {"actions": ("user.delete",), "without_event": (finding,), "subjects": ()}


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ("actions: {user.delete: audit.user.deleted}", DELETE),
        ("version: 3\nactions:\n  user.delete: audit.user.deleted\n", DELETE),
        ("actions: {user.delete: audit.user.deleted }", DELETE),
        ("actions: {user.delete: {event: audit.user.deleted}}", DELETE),
        ("actions: {user.delete: {event: null, subject: audit.user.deleted}}", DELETE),
        ("- {action: user.delete, event: audit.user.deleted}", DELETE),
        ("- {action: user.delete, subject: ' audit.user.deleted '}", DELETE),
        ("actions: [{action: user.delete, event: audit.user.deleted}]", DELETE),
        ("# nothing here\n---\nactions: {user.delete: audit.user.deleted}\n---\n", DELETE),
        (
            "- {action: user.delete, event: audit.user.deleted}\n---\nactions: {user.delete: audit.user.deleted}\n",
            DELETE,
        ),
        ("actions: {200: audit.ok}", {"actions": ("200",)}),
        ("actions:\n  user.delete:", silent(2, "/actions/user.delete")),
        ("\nactions: {user.delete: ''}", silent(2, "/actions/user.delete")),
        ("actions: {user.delete: '  '}", silent(1, "/actions/user.delete")),
        ("actions: {user.delete: {}}", silent(1, "/actions/user.delete")),
        ("actions: {user.delete: {event: '', subject: null}}", silent(1, "/actions/user.delete")),
        ("actions:\n  - action: user.delete\n", silent(2, "/actions/0")),
        ('{"actions": {\n"user.delete": null}}', silent(2, "/actions/user.delete")),
        (
            "- {action: user.delete, event: audit.user.deleted}\n- {action: user.delete}\n",
            silent(2, "/1") | {"subjects": ("audit.user.deleted",)},
        ),
    ],
)
def test_shapes(document: str, expected: dict[str, Any]) -> None:
    assert chosen(facts(audit_events, document), expected) == expected


def test_several_files() -> None:
    collected = audit_events.collect(
        tree({"a.yaml": "actions: {b.c: e.f}", "b.json": '{"actions": {"c.d": null}}'}, "audit"), {}
    )
    assert collected.format == "json, yaml"
    assert collected.facts == AuditEventsFacts(
        ("b.c", "c.d"), (Finding("c.d emits no event", "b.json", 1, "/actions/c.d"),), ("e.f",)
    )


def test_all_files_must_be_readable() -> None:
    with pytest.raises(Unreadable, match=r"^b\.yaml: line 1: alias"):
        audit_events.collect(tree({"a.yaml": "actions: {b.c: e.f}", "b.yaml": "c: *d"}), {})


NO_ACTION = "absent: reports lists no action"
UNMARKED = "unreadable: report-0: not a map of audit events: expected `actions`, or a list of entries"


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (" ", "absent: report-0: the file is empty"),
        ("{}", NO_ACTION),
        ("[]", NO_ACTION),
        ("null", NO_ACTION),
        ("# only a comment", NO_ACTION),
        ("actions: {}", NO_ACTION),
        ("actions: []", NO_ACTION),
        ("actions:", NO_ACTION),
        ("actions: text", UNMARKED),
        ("text", UNMARKED),
        ("7", UNMARKED),
        ("user.delete: audit.user.deleted", UNMARKED),
        ('{"name": "cart", "version": "1.2.0"}', UNMARKED),
        ("- user.delete", UNMARKED),
        ("- {event: audit.user.deleted}", UNMARKED),
        ("actions: [{event: a}]", "unreadable: report-0: entry 1 of the list names no action"),
        ("- {action: null, event: a}", "unreadable: report-0: an action is missing, not text"),
        ("- {action: 7, event: a}", "unreadable: report-0: an action is 7, not text"),
        ("- {action: ' ', event: a}", "unreadable: report-0: an action has no name"),
        ("actions: {'': a}", "unreadable: report-0: an action has no name"),
        (
            "actions: {user.delete: true}",
            "unreadable: report-0: the event of 'user.delete' is True, not text",
        ),
        ("actions: {user.delete: 0}", "unreadable: report-0: the event of 'user.delete' is 0, not text"),
        (
            "actions: {user.delete: [a]}",
            "unreadable: report-0: the event of 'user.delete' is a list, not text",
        ),
        (
            "actions: {user.delete: {event: {name: a}}}",
            "unreadable: report-0: the event of 'user.delete' is an object",
        ),
        ("user.delete: .nan", "unreadable: report-0: line 1: .nan is not a finite number"),
        ("a: b\na: c", "unreadable: report-0: line 2: duplicate key 'a'"),
        ('{"actions": {"a": "b"', "unreadable: report-0: line 1: not JSON"),
        ("a: b\n".encode("utf-16-le"), "unreadable: report-0: "),
        (b"a: \xff", "unreadable: report-0: "),
        ("[" * 50_000, "unreadable: report-0: "),
        ("a: " + "[" * 100 + "]" * 100, "unreadable: report-0: line 1: nested more than 64 deep"),
    ],
    ids=short,
)
def test_what_is_no_evidence(document: str | bytes, expected: str) -> None:
    assert outcome(audit_events, document).startswith(expected)
