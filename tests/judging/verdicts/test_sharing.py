"""A measurement serves one slot of a group that must differ, and one service."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from builders.ageing import result_of
from builders.judging import Known, case, load_test, milestone_of, report, rulebook, service
from gatekeeper.judging.verdicts.sharing import _spelled, measured
from gatekeeper.model.evidence import Subject, SubjectType
from gatekeeper.model.rule import Rulebook
from gatekeeper.model.service import Service
from gatekeeper.model.status import Basis

PLAN = "{M0: {level: L2, gates: {G1: , G7: , G8: }}}"
DISTINCT = "{distinct: [{slots: [unit_tests, isolation]}]}"


def of_bytes(known: Known, sha256: str, items: int | None = 1, **more: Any) -> Known:
    """Return evidence of a file with this digest."""
    return {
        key: seen._replace(
            parts=tuple(part._replace(sha256=sha256, items=items, **more) for part in seen.parts)
        )
        for key, seen in known.items()
    }


def shop(name: str = "shop", **more: str) -> Service:
    return service(service=name, plan=PLAN, targets="{p95_ms: 250}", **more)


def code(
    *known: Known, book: Rulebook | None = None, name: str = "G1.tests", model: Service | None = None
) -> str | None:
    found = result_of(case(model or shop(), *known, book=book or rulebook(evidence_rules=DISTINCT)), name)
    assert (found.status == "unproven") == (found.reason_code is not None)
    return found.reason_code


def test_one_report_does_not_fill_two_slots_that_must_differ() -> None:
    one, other = of_bytes(report("unit_tests", "a", "b"), "1"), of_bytes(report("isolation", "b"), "1")
    assert code(one, other) == code(one, other, name="G8.isolation") == "shared"
    assert code(one, other, book=rulebook()) is None


def test_disjoint_selections_of_one_report_differ() -> None:
    assert code(of_bytes(report("unit_tests", "a"), "1"), of_bytes(report("isolation", "b"), "1")) is None


def test_a_trailing_blank_makes_no_other_report() -> None:
    one, other = of_bytes(report("unit_tests", "a"), "1"), of_bytes(report("isolation", "a"), "2")
    assert code(one, other) == "shared"
    assert code(one, of_bytes(report("isolation", "a", "b"), "2")) is None


@pytest.mark.parametrize(
    ("names", "minute", "expected"), [("ab", 0, "shared"), ("ab", 1, None), ("bc", 0, None)]
)
def test_a_selection_from_a_copy_with_a_trailing_blank_is_of_the_same_run(
    names: str, minute: int, expected: str | None
) -> None:
    def at(minute: int) -> dict[str, Any]:
        made = datetime(2026, 11, 20, 10, minute, tzinfo=UTC)
        return {"produced_at": made, "produced_at_basis": Basis.ARTEFACT}

    one = of_bytes(report("unit_tests", "a"), "1", **at(0))
    assert code(one, of_bytes(report("isolation", *names), "2", **at(minute))) == expected


def test_what_measured_nothing_is_shared_by_nobody() -> None:
    one, other = of_bytes(report("unit_tests", "a"), "1", 0), of_bytes(report("isolation", "a"), "1", 0)
    assert code(one, other) is None


def test_a_failed_test_of_a_shared_report_is_not_seen_either() -> None:
    """It supplies no facts at all: whose failure it is is not known."""
    one, other = (
        of_bytes(report("unit_tests", "a", failed=["c"]), "1"),
        of_bytes(report("isolation", "a"), "1"),
    )
    assert code(one, other) == "shared"


@pytest.mark.parametrize(
    ("subject", "expected"), [("shop", None), ("Shop-Service", None), ("pay", "other-subject")]
)
def test_evidence_about_something_else_proves_nothing(subject: str, expected: str | None) -> None:
    known = of_bytes(report("unit_tests", "a"), "1", subjects=(Subject(SubjectType.SERVICE, subject),))
    assert code(known) == expected


def test_an_attestation_does_not_replace_evidence_about_something_else() -> None:
    known = of_bytes(report("isolation", "a"), "1", subjects=(Subject(SubjectType.SERVICE, "pay"),))
    words = "{G8.isolation: {by: cy, role: security, on: 2026-11-01, link: l}}"
    assert code(known, name="G8.isolation", model=shop(attestations=words)) == "other-subject"


def statuses(book: Rulebook, *known: Known) -> dict[str, str]:
    """Return by service the status of the load test."""
    cases = [case(shop(name), one, book=book) for name, one in zip(("shop", "pay"), known, strict=True)]
    result = milestone_of(*cases)
    return {
        one.service.service: str(next(of.status for of in one.criteria if of.rule.id == "G7.load"))
        for one in result.services
    }


SLOT = "load: {kind: load_test"


def test_a_measurement_of_two_services_proves_neither() -> None:
    one, other = of_bytes(load_test(200), "1"), of_bytes(load_test(210), "2")
    assert statuses(rulebook(), one, one) == {"shop": "unproven", "pay": "unproven"}
    assert statuses(rulebook(), one, other) == {"shop": "pass", "pay": "pass"}
    assert statuses(rulebook(), one, of_bytes(load_test(200), "2")) == {"shop": "unproven", "pay": "unproven"}
    assert statuses(rulebook(), *[of_bytes(load_test(200), "1", 0)] * 2) == {"shop": "pass", "pay": "pass"}


def test_a_slot_may_be_shared() -> None:
    from builders.judging import GATES

    text = GATES["G7"].replace(SLOT, f"{SLOT}, shared: true")
    assert text != GATES["G7"]
    shared = rulebook(gates={**GATES, "G7": text})
    assert statuses(shared, *[of_bytes(load_test(200), "1")] * 2) == {"shop": "pass", "pay": "pass"}


def test_services_that_share_a_measurement_are_known_by_something_in_common() -> None:
    one, same, other = (
        of_bytes(load_test(200), "1"),
        of_bytes(load_test(200), "2"),
        of_bytes(load_test(210), "3"),
    )
    known = measured({"shop": one, "pay": same, "mail": other, "none": {}}, rulebook())
    assert known["shop"] & known["pay"]
    assert not known["mail"] & (known["shop"] | known["pay"])
    assert "none" not in known


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, 1.0),
        (True, 1),
        (("a", None, 2), ("a", None, 2.0)),
        (datetime(2026, 1, 1, 12, tzinfo=UTC), datetime(2026, 1, 1, 13, tzinfo=timezone(timedelta(hours=1)))),
        (datetime(2026, 1, 1), datetime(2026, 1, 1)),  # noqa: DTZ001 - as an artefact without a zone states it
    ],
)
def test_equal_values_are_spelled_alike(one: object, other: object) -> None:
    assert one == other
    assert _spelled(one) == _spelled(other)


def test_other_values_are_spelled_differently() -> None:
    values = [None, "", "-", 1, 2, "1", (), ("",), ("", ""), ("a", "b"), ("ab",), b"a", ["x"]]
    assert len({_spelled(value) for value in values}) == len(values)
