"""`rename`: what changes, and what mentions the old name and stays as it is."""

from typing import TYPE_CHECKING

from gatekeeper.reporters.text.screen import Parts, indented, item, shown

if TYPE_CHECKING:
    from gatekeeper.workspace.renaming import Rename


def parts(rename: "Rename") -> Parts:
    """Yield the files that change, then the places that do not."""
    yield from (item("-", shown(one), 2) for one in rename.changed)
    if rename.mentions:
        yield indented("it is also mentioned here, where nothing was changed:", 2)
        yield from (item("·", shown(one), 4) for one in rename.mentions)
