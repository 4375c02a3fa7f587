"""`diff --format markdown`: the changes as a table, for a comment or a job summary."""

from collections.abc import Iterator

from gatekeeper.model.changes import Change, Comparison
from gatekeeper.reporters.text.markdown import row, table
from gatekeeper.reporters.text.markdown import text as escaped
from gatekeeper.reporters.text.screen import cut
from gatekeeper.reporters.wording import changes

MOST_ROWS = 100
"""A comment has at most 65,536 characters, and a row of this table a few hundred."""
_MOST_IN_A_CELL = 400


def as_markdown(comparison: Comparison) -> str:
    """Return the conclusion, a row for each change, and the verdicts by the change's own rules."""
    return "\n".join(_lines(comparison)) + "\n"


def _lines(comparison: Comparison) -> Iterator[str]:
    yield f"### {'❌' if comparison.blocking else '✅'} {escaped(changes.conclusion(comparison))}"
    yield ""
    yield escaped(changes.headline(comparison))
    yield from (f"\n{escaped(note)}" for note in comparison.notes)
    if comparison.changes:
        yield ""
        yield table("", "change", "service", "what", "cause", "to do").rstrip("\n")
        yield from (_row(change, comparison) for change in comparison.changes[:MOST_ROWS])
    if len(comparison.changes) > MOST_ROWS:
        yield ""
        yield f"and {len(comparison.changes) - MOST_ROWS:,} more"
    if own := changes.own_rules(comparison):
        yield ""
        yield "By the rules of the change itself (for information; the rules of the base apply):"
        yield ""
        yield from (f"- {escaped(line)}" for line in own[:MOST_ROWS])


def _row(change: Change, comparison: Comparison) -> str:
    at = f" ({', '.join(change.milestones)})" if change.milestones else ""
    what = " — ".join(filter(None, (change.message + at, changes.seen(change), changes.place(change))))
    to_do = changes.remedy(change, comparison) or changes.signature(change) or ""
    if change.blocks and change.needs_sign_off:
        to_do = f"{to_do} {change.id}"
    sign = "❌" if change.blocks else ""
    cells = (change.kind, change.service or "", what, change.cause, to_do)
    return row(sign, *(escaped(cut(text, _MOST_IN_A_CELL)) for text in cells)).rstrip("\n")
