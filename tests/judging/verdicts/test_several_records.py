"""A criterion whose evidence several pipelines recorded of one commit: the worst record counts."""

from collections.abc import Sequence
from typing import Any

import pytest

from builders.judging import Known, api, ask, case, report, service
from gatekeeper.judging.verdicts.several_records import MOST
from gatekeeper.model.evidence import Evidence
from gatekeeper.model.status import Basis, Status
from gatekeeper.model.verdict import CriterionResult

GOOD, BAD = report("unit_tests", "a"), report("unit_tests", "a", failed=["b"])


def record(known: Known, pipeline: str, **more: Any) -> Evidence:
    [one] = known.values()
    return one._replace(**{"basis": Basis.RECORD, "pipeline": pipeline, **more})


def result_by(*records: Evidence) -> CriterionResult:
    """Return the result of G1.tests by records, the newest first."""
    newest, *others = records
    return ask("G1.tests", case(service(), {("unit_tests", ()): newest._replace(others=tuple(others))}))


@pytest.mark.parametrize("known", [GOOD, BAD])
def test_records_that_say_the_same_count_like_the_newest_alone(known: Known) -> None:
    both, alone = result_by(record(known, "unit"), record(known, "nightly")), result_by(record(known, "unit"))
    assert (both.status, both.reason, both.reasons) == (alone.status, alone.reason, alone.reasons)
    assert both.evidence[0].pipeline == "unit"


@pytest.mark.parametrize("newest", ["unit", "nightly"])
def test_the_worst_record_counts_and_its_pipeline_is_named(newest: str) -> None:
    records = [record(GOOD, "unit"), record(BAD, "nightly")]
    result = result_by(*sorted(records, key=lambda one: one.pipeline != newest))
    told = "the worst record of the commit counts: `unit_tests` as the pipeline nightly recorded it"
    assert (result.status, result.reason) == (Status.FAIL, told)
    assert result.reasons[0].message.endswith(f"; {told}")


def test_records_that_differ_and_are_equally_bad_need_no_explanation() -> None:
    other = report("unit_tests", "a", failed=["c"])
    result = result_by(record(BAD, "unit"), record(other, "nightly"))
    assert (result.status, result.reason) == (Status.FAIL, None)


@pytest.mark.parametrize("bases", [(Basis.RECORD, Basis.ARTEFACT), (Basis.ARTEFACT, Basis.RECORD)])
def test_a_pass_has_the_weakest_basis(bases: Sequence[Basis]) -> None:
    result = result_by(*(record(GOOD, basis, basis=basis) for basis in bases))
    assert (result.status, result.basis) == (Status.PASS, Basis.RECORD)


@pytest.mark.parametrize(("count", "status"), [(MOST, Status.PASS), (MOST + 1, Status.UNREADABLE)])
def test_more_different_records_than_can_be_compared_are_open(count: int, status: Status) -> None:
    result = result_by(
        *(record(report("unit_tests", f"test {number}"), f"p{number}") for number in range(count))
    )
    assert result.status is status
    if status is Status.UNREADABLE:
        assert result.reason == (
            "too many pipelines recorded the same slots of one commit: `unit_tests` (65); "
            "record a slot by one pipeline"
        )


def test_a_criterion_that_does_not_apply_by_any_record_does_not_apply() -> None:
    [(key, one)] = api(writes=0).items()
    newest, other = (one._replace(basis=Basis.RECORD, pipeline=name) for name in ("unit", "nightly"))
    differing = other._replace(path="reports/other.yaml")
    result = ask("G2.writes", case(service(), {key: newest._replace(others=(differing,))}))
    assert result.status is Status.NOT_APPLICABLE
