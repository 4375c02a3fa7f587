"""Sparklines: the progress of a service over time, in a picture with a name."""

import re
import xml.etree.ElementTree as ET
from datetime import date, timedelta

import pytest

from gatekeeper.model.status import ServiceVerdict
from gatekeeper.model.trend import Point, Tally, Trend
from gatekeeper.reporters.pages.sparkline import HEIGHT, MOST_POINTS, WIDTH, sparkline

MONDAY = date(2026, 11, 2)


def tally(met: int, due: int, excepted: int = 0) -> Tally:
    return Tally(ServiceVerdict.BLOCKED, due, met - excepted, excepted)


def history(*counts: tuple[int, int]) -> list[tuple[date, Tally]]:
    return [(MONDAY + timedelta(weeks=week), tally(*of)) for week, of in enumerate(counts)]


def drawn(*counts: tuple[int, int]) -> tuple[str, list[tuple[float, float]]]:
    """Return the name of a sparkline and its points."""
    root = ET.fromstring(sparkline("a <b> at M1", history(*counts)))  # noqa: S314 - our own text
    points = [tuple(map(float, point.split(","))) for point in root[0].attrib["points"].split()]
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in points)
    return root.attrib["aria-label"], points  # type: ignore[return-value]


def test_its_name_says_what_it_draws() -> None:
    name, points = drawn((0, 12), (3, 12), (12, 12))
    assert name == "a <b> at M1: 0 of 12 criteria met on 2026-11-02, 12 of 12 criteria met on 2026-11-16"
    assert [x for x, _ in points] == sorted(x for x, _ in points)
    assert [y for _, y in points] == sorted((y for _, y in points), reverse=True), "more is higher"


@pytest.mark.parametrize("counts", [(), ((3, 12),)])
def test_without_history_there_is_nothing(counts: tuple[tuple[int, int], ...]) -> None:
    assert sparkline("shop", history(*counts)) == ""
    assert sparkline("shop", [*history(*counts), *history(*counts)]) == "", "one day is no history"


def test_nothing_due_is_everything_met() -> None:
    assert drawn((0, 0), (0, 0))[1][0][1] == drawn((1, 1), (1, 1))[1][0][1]


def test_a_long_history_is_thinned_out_and_ends_today() -> None:
    counts = [(n, 100) for n in range(101)]
    _, points = drawn(*counts)
    assert len(points) <= MOST_POINTS
    assert points[-1] == drawn((0, 100), (100, 100))[1][-1]


def test_a_clock_that_goes_back_draws_nothing_outside() -> None:
    jumped = [
        *history((1, 2), (1, 2)),
        (MONDAY - timedelta(days=90), tally(1, 2)),
        *history((1, 2), (2, 2))[1:],
    ]
    found = re.findall(r"(-?[\d.]+),(-?[\d.]+)", sparkline("shop", jumped))
    assert all(0 <= float(x) <= WIDTH for x, _ in found)


def test_a_service_keeps_its_history_over_a_rename() -> None:
    points = [
        Point("a", MONDAY, {}, tallies={"M1": {"old": tally(1, 2)}}),
        Point("b", MONDAY, {}, gap="invalid"),
        Point("c", MONDAY, {}, tallies={"M1": {"new": tally(2, 2, excepted=1), "old": tally(0, 9)}}),
    ]
    found = Trend(tuple(points), ("M1",)).of_service(("new", "old"), "M1")
    assert [(of.met, of.due) for _, of in found] == [(1, 2), (1, 2)]
