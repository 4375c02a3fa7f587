"""What became of the exceptions."""

import pytest

from builders.judging import ENTRY, excepted, parsed, workspace
from gatekeeper.judging.changes.register_weakenings import compare_registers
from gatekeeper.model.milestone import RegisteredException

CLOSED = ENTRY + "closed: 2026-11-10\n"


def changes(before: str | None, after: str | None) -> list[tuple[str, bool]]:
    base = {} if before is None else {"RR-1": RegisteredException.model_validate(parsed(before))}
    head = workspace(excepted().service, exceptions=[] if after is None else [after])
    found = list(compare_registers(base, head, {}))
    assert all(change.service for change in found)
    return [(change.id.partition(":")[2].partition(":")[0], change.blocks) for change in found]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (None, ENTRY, [("opened", False)]),
        (ENTRY, CLOSED, [("closed", False)]),
        (ENTRY, None, [("removed", True)]),
        (ENTRY, ENTRY.replace("L4.chaos, ", "L4.chaos, L4.more, "), [("extended", True)]),
        (ENTRY, ENTRY.replace("opened_in: M0", "opened_in: M1"), [("extended", True)]),
        (ENTRY, ENTRY.replace("service: excepted", "service: other"), [("extended", True)]),
        (ENTRY, ENTRY.replace("opened_on: 2026-1", "opened_on: 2027-1"), [("extended", True)]),
        (CLOSED, ENTRY, [("extended", True)]),
        (CLOSED, CLOSED.replace("-10", "-12"), [("extended", True)]),
        (ENTRY, ENTRY.replace("L4.chaos, ", ""), []),
        (CLOSED, CLOSED.replace("-10", "-09"), []),
        (CLOSED, CLOSED.replace("risk: r", "risk: other"), [("edited", False)]),
        (ENTRY, ENTRY, []),
        (None, None, []),
    ],
)
def test_entries_are_opened_closed_and_made_longer(
    before: str | None, after: str | None, expected: list[tuple[str, bool]]
) -> None:
    assert changes(before, after) == expected


def test_an_entry_of_a_service_that_was_renamed_is_the_same_entry() -> None:
    base = {
        "RR-1": RegisteredException.model_validate(parsed(ENTRY.replace("service: excepted", "service: old")))
    }
    head = workspace(excepted().service, exceptions=[ENTRY])
    assert list(compare_registers(base, head, {"excepted": "old"})) == []
    [change] = compare_registers(base, head, {})
    assert change.message == "RR-1 was extended: for excepted instead of old"
