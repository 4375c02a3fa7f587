"""The picture of a trend: well-formed, self-contained, the same bytes again, and told in words too."""

import re
from datetime import date, timedelta
from xml.etree import ElementTree as ET

import pytest

from gatekeeper.model.screen import Screen
from gatekeeper.model.status import MilestoneVerdict
from gatekeeper.model.trend import MilestoneProgress, Point, Trend
from gatekeeper.reporters.views.trend import sparkline
from gatekeeper.reporters.views.trend_svg import chart, figure, table

START = date(2026, 11, 2)
HOSTILE = "<script>alert(1)</script> \"&' \u202e \x1b[31m"
NAMESPACE = "{http://www.w3.org/2000/svg}"


def point(day: int, green: int, due: int = 10, verdict: MilestoneVerdict = MilestoneVerdict.BLOCKED) -> Point:
    of = MilestoneProgress(verdict, 3, 1, 0, due, green, 0)
    return Point("abcdef0123456789", START + timedelta(days=day), {"M1": of})


def gap(day: int, why: str = "no workspace at plan") -> Point:
    return Point("0000000123456789", START + timedelta(days=day), {}, "plan", why)


def trend(*points: Point) -> Trend:
    return Trend(points, ("M1",))


def drawn(of: Trend) -> ET.Element:
    return ET.fromstring(chart(of, "M1"))  # noqa: S314 - we made it


GROWN = trend(
    point(0, 2),
    gap(3),
    point(7, 6, 12),
    point(14, 12, 12, MilestoneVerdict.READY),
    point(21, 11, 12, MilestoneVerdict.READY_WITH_EXCEPTIONS),
)


@pytest.mark.parametrize(
    "of",
    [GROWN, trend(), trend(gap(0)), trend(point(0, 0, 0)), trend(point(0, 3), point(0, 4)), trend(point(9, 1), point(0, 2))],
    ids=["grown", "empty", "gaps alone", "nothing due", "one day", "clocks that disagree"],
)  # fmt: skip
def test_a_chart_is_whole_within_its_edges_and_needs_nothing_else(of: Trend) -> None:
    root = drawn(of)
    text = chart(of, "M1")
    assert text == chart(of, "M1")
    assert "http" not in text.replace("http://www.w3.org/2000/svg", "")
    assert "<script" not in text
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-label"].startswith("Burn-up of M1. ")
    for polygon in root.iter(f"{NAMESPACE}polygon"):
        for place in polygon.attrib["points"].split():
            x, y = map(float, place.split(","))
            assert 0 <= x <= 720
            assert 0 <= y <= 280


def test_the_style_is_about_the_picture_alone() -> None:
    """In a page, a rule of a picture is a rule of the page."""
    [style] = [found.text or "" for found in drawn(GROWN).iter(f"{NAMESPACE}style")]
    selectors = re.findall(r"(?:^|[{}])([^{}@]+)\{", style.replace("@media(prefers-color-scheme:dark){", "}"))
    assert len(selectors) == 10
    assert all(selector.startswith(".burn-up ") for selector in selectors)
    assert drawn(GROWN).attrib["class"] == "burn-up"


def test_a_chart_says_in_words_what_it_shows() -> None:
    [words] = [found.text for found in drawn(GROWN).iter(f"{NAMESPACE}desc")]
    assert words == (
        "From 2 of 10 criteria green on 2026-11-02 to 11 of 12 on 2026-11-23; 1 of 3 services ready; "
        "ready with exceptions."
    )


def test_each_verdict_has_a_shape_of_its_own_where_it_changes() -> None:
    """Of the second blocked point nothing is told that the first does not tell."""
    marks = [found for found in drawn(GROWN).iter() if found.attrib.get("class") == "mark"]
    assert [mark.tag.removeprefix(NAMESPACE) for mark in marks] == ["path", "circle", "path"]
    assert marks[0].attrib["d"] != marks[2].attrib["d"]
    assert "m0,-6" in marks[0].attrib["d"]
    assert marks[1][0].text == "2026-11-16 abcdef0: 12 of 12 green, ready"


def test_more_green_is_drawn_higher() -> None:
    [_, green] = drawn(GROWN).iter(f"{NAMESPACE}polygon")
    heights = [float(place.split(",")[1]) for place in green.attrib["points"].split()[1:-1]]
    assert heights == [round(224 - 208 * count / 12, 1) for count in (2, 6, 12, 11)]


def test_the_table_says_the_same_and_why_there_is_a_gap() -> None:
    root = ET.fromstring(table(GROWN, "M1"))  # noqa: S314
    rows = [["".join(cell.itertext()) for cell in row] for row in root.iter("tr")]
    assert rows[0][:3] == ["Date", "Commit", "Verdict"]
    assert rows[1] == ["2026-11-02", "abcdef0", "blocked", "2", "10", "1", "3"]
    assert rows[2] == ["2026-11-05", "0000000", "no workspace at plan"]
    assert len(rows) == 1 + len(GROWN.points)
    assert root.find("caption") is not None
    assert {cell.attrib["scope"] for cell in root.iter("th")} == {"col", "row"}


def test_hostile_text_stays_text() -> None:
    found = figure(trend(point(0, 1), gap(1, HOSTILE)), "M1")
    assert "<script" not in found
    assert "\x1b" not in found
    assert "\u202e" not in found
    assert "&lt;script&gt;" in found
    ET.fromstring(found)  # noqa: S314


@pytest.mark.parametrize(
    ("shares", "width", "unicode", "line"),
    [
        ([0, 0.01, 0.5, 0.99, 1], 9, True, "▁▂▄▇█"),
        ([0, 0.01, 0.5, 0.99, 1], 9, False, "01489"),
        ([None, 1, None], 9, True, "·█·"),
        ([0, 0, 0, 1], 2, True, "▁█"),
        ([1, 0, 1, 0, 0.5], 2, True, "▁▄"),
        ([], 9, True, ""),
    ],
)
def test_a_sparkline_never_shows_nearly_as_done(
    shares: list[float | None], width: int, unicode: bool, line: str
) -> None:
    assert sparkline(shares, width, Screen(unicode=unicode)) == line
