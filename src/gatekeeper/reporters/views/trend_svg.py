"""The burn-up of a milestone as a picture, and as a table for those who cannot see it.

Self-contained SVG 1.1 without script or font; the same trend gives the same bytes. Colours follow the
reader's theme and only repeat other signs: areas differ by label and shade, verdicts by shape.
"""

from collections.abc import Iterator, Mapping
from html import escape
from typing import NamedTuple

from gatekeeper.model.status import MilestoneVerdict
from gatekeeper.model.trend import MilestoneProgress, Point, Trend
from gatekeeper.reporters.text.screen import visible
from gatekeeper.reporters.wording.verdict import spaced

WIDTH, HEIGHT = 720, 280
_LEFT, _RIGHT, _TOP, _BOTTOM = 48, 128, 16, 56
_LIGHT = {
    "text": "font:13px system-ui,sans-serif;fill:#24292f",
    ".axis": "stroke:#6e7781;fill:none",
    ".due": "fill:#d0d7de;stroke:#57606a",
    ".green": "fill:#4ac26b;stroke:#116329",
    ".mark": "fill:#fff;stroke:#24292f;stroke-width:1.5",
}
_DARK = {
    "text": "fill:#e6edf3",
    ".axis": "stroke:#8b949e",
    ".due": "fill:#30363d;stroke:#8b949e",
    ".green": "fill:#196c2e;stroke:#56d364",
    ".mark": "fill:#0d1117;stroke:#e6edf3",
}
_NOTHING = f'<text x="{WIDTH // 2}" y="{HEIGHT // 2}" text-anchor="middle">No commit could be judged.</text>'
Seen = tuple[Point, MilestoneProgress]


def _rules(theme: Mapping[str, str]) -> str:
    """Return a theme's CSS rules, which apply to this picture only."""
    return "".join(f".burn-up {what}{{{how}}}" for what, how in theme.items())


_STYLE = f"{_rules(_LIGHT)}@media(prefers-color-scheme:dark){{{_rules(_DARK)}}}"


def figure(trend: Trend, milestone: str) -> str:
    """Return chart and table as one HTML figure; the page has the style."""
    caption = f"Burn-up of {escape(visible(trend.title(milestone)))}: criteria green of due, commit by commit"
    return (
        f'<figure class="trend">\n<figcaption>{caption}</figcaption>\n{_svg(trend, milestone)}'
        f"<details>\n<summary>The same as a table</summary>\n{table(trend, milestone)}</details>\n</figure>\n"
    )


def chart(trend: Trend, milestone: str) -> str:
    """Return a picture of a milestone: criteria due and green over time, and the verdict at each point."""
    return _svg(trend, milestone, f"<style>{_STYLE}</style>")


def _svg(trend: Trend, milestone: str, *style: str) -> str:
    title = f"Burn-up of {visible(trend.title(milestone))}"
    seen = [(point, point.milestones[milestone]) for point in trend.points if milestone in point.milestones]
    label = escape(f"{title}. {_description(seen)}")
    size = f'viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="burn-up" {size} role="img" aria-label="{label}">',
        f"<title>{escape(title)}</title>",
        f"<desc>{escape(_description(seen))}</desc>",
        *style,
        *(_Drawing.of(seen).parts() if seen else [_NOTHING]),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def table(trend: Trend, milestone: str) -> str:
    """Return the figures of a milestone as an HTML table; a commit that was not judged shows why."""
    heads = ("Date", "Commit", "Verdict", "Criteria green", "Criteria due", "Services ready", "Services")
    rows = [_row(point, point.milestones.get(milestone), len(heads)) for point in trend.points]
    head = "".join(f'<th scope="col">{word}</th>' for word in heads)
    caption = (
        f"The progress of {escape(visible(trend.title(milestone)))}, from the oldest commit to the newest"
    )
    return (
        f"<table>\n<caption>{caption}</caption>\n<thead><tr>{head}</tr></thead>\n<tbody>\n"
        + "".join(f"{row}\n" for row in rows)
        + "</tbody>\n</table>\n"
    )


def _row(point: Point, of: MilestoneProgress | None, columns: int) -> str:
    start = f'<tr><th scope="row">{point.as_of}</th><td><code>{escape(point.commit[:7])}</code></td>'
    if of is None:
        why = point.gap or "the milestone was not in the plan"
        return f'{start}<td colspan="{columns - 2}">{escape(visible(why))}</td></tr>'
    cells = (spaced(of.verdict), of.green, of.due, of.ready, of.services)
    return start + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def _description(seen: list[Seen]) -> str:
    """Return what the picture shows, in a sentence."""
    if not seen:
        return "No commit could be judged."
    (start, first), (end, last) = seen[0], seen[-1]
    return (
        f"From {first.green} of {first.due} criteria green on {start.as_of} to {last.green} of {last.due} on "
        f"{end.as_of}; {last.ready} of {last.services} services ready; {spaced(last.verdict)}."
    )


class _Drawing(NamedTuple):
    """The points of a trend and their coordinates: x is the time, y the number of criteria."""

    seen: list[Seen]
    most: int
    """The number of criteria at the upper edge."""

    @classmethod
    def of(cls, seen: list[Seen]) -> "_Drawing":
        return cls(seen, max(1, *(progress.due for _, progress in seen)))

    def parts(self) -> Iterator[str]:
        """Yield areas, axes, marks and labels, from the back to the front."""
        due = [progress.due for _, progress in self.seen]
        green = [progress.green for _, progress in self.seen]
        yield self._area("due", due)
        yield self._area("green", green)
        yield from self._axes()
        for place in self._changes():
            yield self._mark(place, *self.seen[place])
        yield from self._words(due[-1], green[-1])

    def _x(self, place: int) -> float:
        room = WIDTH - _LEFT - _RIGHT
        start, end = self.seen[0][0].as_of.toordinal(), self.seen[-1][0].as_of.toordinal()
        if end > start:
            day = self.seen[place][0].as_of.toordinal()
            # Clocks of committers differ: dates outside the range are drawn at the edge.
            return _LEFT + room * min(1.0, max(0.0, (day - start) / (end - start)))
        return _LEFT + room * (place / (len(self.seen) - 1) if len(self.seen) > 1 else 1.0)

    def _y(self, count: int) -> float:
        return HEIGHT - _BOTTOM - (HEIGHT - _TOP - _BOTTOM) * count / self.most

    def _area(self, name: str, counts: list[int]) -> str:
        top = " ".join(f"{self._x(place):.1f},{self._y(count):.1f}" for place, count in enumerate(counts))
        ground = f"{HEIGHT - _BOTTOM:.1f}"
        first, last = f"{self._x(0):.1f}", f"{self._x(len(counts) - 1):.1f}"
        return f'<polygon class="{name}" points="{first},{ground} {top} {last},{ground}"/>'

    def _axes(self) -> Iterator[str]:
        bottom, right = HEIGHT - _BOTTOM, WIDTH - _RIGHT
        yield f'<path class="axis" d="M{_LEFT},{_TOP}V{bottom}H{right}"/>'
        for count in dict.fromkeys((0, self.most)):
            yield f'<text x="{_LEFT - 6}" y="{self._y(count) + 4:.1f}" text-anchor="end">{count}</text>'
        first, last = self.seen[0][0].as_of, self.seen[-1][0].as_of
        if last != first:
            yield f'<text x="{_LEFT}" y="{bottom + 20}">{first}</text>'
        yield f'<text x="{right}" y="{bottom + 20}" text-anchor="end">{last}</text>'

    def _changes(self) -> Iterator[int]:
        """Yield the indexes at which the verdict changed, and the first and last."""
        verdicts = [progress.verdict for _, progress in self.seen]
        for place, verdict in enumerate(verdicts):
            if place in (0, len(verdicts) - 1) or verdict is not verdicts[place - 1]:
                yield place

    def _mark(self, place: int, point: Point, of: MilestoneProgress) -> str:
        """Return the verdict's mark: a circle if ready, a diamond with exceptions, a cross if blocked."""
        x, y = self._x(place), self._y(of.green)
        label = f"{point.as_of} {point.commit[:7]}: {of.green} of {of.due} green, {spaced(of.verdict)}"
        title = f"<title>{escape(label)}</title>"
        match of.verdict:
            case MilestoneVerdict.READY:
                return f'<circle class="mark" cx="{x:.1f}" cy="{y:.1f}" r="4">{title}</circle>'
            case MilestoneVerdict.READY_WITH_EXCEPTIONS:
                shape = f"M{x:.1f},{y - 5:.1f}l5,5l-5,5l-5,-5z"
                return f'<path class="mark" d="{shape}">{title}</path>'
            case MilestoneVerdict.BLOCKED:
                shape = f"M{x - 3:.1f},{y - 3:.1f}l6,6m0,-6l-6,6"
                return f'<path class="mark" d="{shape}">{title}</path>'

    def _words(self, due: int, green: int) -> Iterator[str]:
        x = WIDTH - _RIGHT + 10
        # Keep the labels apart where the lines meet.
        y_due, y_green = self._y(due) + 4, self._y(green) + 4
        y_green = max(y_green, y_due + 18)
        yield f'<text x="{x}" y="{y_due:.1f}">{due} due</text>'
        yield f'<text x="{x}" y="{y_green:.1f}">{green} green</text>'
        legend = "circle: ready · diamond: ready with exceptions · cross: blocked"
        yield f'<text x="{_LEFT}" y="{HEIGHT - 10}">{legend}</text>'
