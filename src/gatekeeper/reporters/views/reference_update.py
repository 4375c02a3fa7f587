"""`init --update`: what the reference of this program would change in a workspace."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from gatekeeper.reporters.text.screen import visible
from gatekeeper.reporters.wording.counts import counted
from gatekeeper.version import __version__

if TYPE_CHECKING:
    from gatekeeper.workspace.reference_update import ReferenceUpdate


def text(update: "ReferenceUpdate") -> str:
    """Return the differences of each file, a line each, and what to do about them."""
    return "".join(f"{line}\n" for line in _lines(update))


def _lines(update: "ReferenceUpdate") -> Iterator[str]:
    yield f"compared with the reference of gatekeeper {__version__} (+ only there, - only here, ~ different)"
    for one in update.files:
        yield f"{one.file}{' is not here' if one.is_new else ''}"
        yield from (f"  {visible(change)}" for change in one.changes)
    yield from (f"{visible(f'gates/{name}')} is yours alone" for name in update.own)
    yield f"{counted(update.same, 'file')} without a difference; nothing was written"
    if update.files:
        yield "next: gatekeeper init --reference NEW_FOLDER, and copy from it what you want"
