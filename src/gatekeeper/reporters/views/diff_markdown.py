"""`diff --format markdown`: the changes as a table, for a comment or a job summary."""

from collections.abc import Iterator

from gatekeeper.model.changes import Comparison
from gatekeeper.reporters.text.markdown import row, table
from gatekeeper.reporters.text.markdown import text as escaped
from gatekeeper.reporters.text.screen import cut
from gatekeeper.reporters.wording import changes
from gatekeeper.reporters.wording.counts import first_few

MOST_ROWS = 100
"""A comment has at most 65,536 characters, and a row of this table a few hundred."""
_MOST_IN_A_CELL = 400
_MOST_SERVICES, _MOST_PLACES = 4, 3


def as_markdown(comparison: Comparison) -> str:
    """Return the conclusion, a row for each change, and the verdicts by the change's own rules."""
    parts = [f"#{head(comparison)}"]
    table_rows = list(rows(comparison))
    if table_rows:
        parts += ["\n", ROWS, *table_rows[:MOST_ROWS]]
    if len(table_rows) > MOST_ROWS:
        parts.append(f"\nand {len(table_rows) - MOST_ROWS:,} more\n")
    return "".join([*parts, own_rules(comparison)])


def head(comparison: Comparison) -> str:
    """Return whether the change may be merged as a heading, the two states, and the notes."""
    sign = "❌" if comparison.blocking else "✅"
    states = "".join(f"\n{escaped(line)}\n" for line in (changes.headline(comparison), *comparison.notes))
    return f"## {sign} {escaped(changes.conclusion(comparison))}\n{states}"


ROWS = table("", "change", "service", "what", "cause", "to do")
"""The head of the table of changes."""


def rows(comparison: Comparison) -> Iterator[str]:
    """Yield a row of the table for each change, the most urgent first; services with the same share one."""
    for effect, found in changes.by_effect(comparison).items():
        for one in found:
            cells = _cells(one, comparison)
            told = (effect, first_few(one.services, _MOST_SERVICES), *cells)
            sign = "❌" if one.first.blocks else ""
            yield row(sign, *(escaped(cut(text, _MOST_IN_A_CELL)) for text in told))


def own_rules(comparison: Comparison) -> str:
    """Return the verdicts that the change's own rules would give, as a list; empty if there are none."""
    lines = "".join(f"- {escaped(line)}\n" for line in changes.own_rules(comparison)[:MOST_ROWS])
    title = "By the rules of the change itself (for information; the rules of the base apply):"
    return f"\n{title}\n\n{lines}" if lines else ""


def _cells(one: changes.SameChange, comparison: Comparison) -> tuple[str, ...]:
    """Return the cells of a row that follow that of the services."""
    change, places = one.first, first_few(one.places, _MOST_PLACES)
    what = " — ".join(filter(None, (changes.message(change), changes.seen(change), places)))
    to_do = changes.remedy(change, comparison) or changes.signature(change) or ""
    if change.blocks and change.needs_sign_off:
        to_do = f"{to_do} {first_few([of.id for of in one.changes], _MOST_PLACES)}"
    return what, change.cause, to_do
