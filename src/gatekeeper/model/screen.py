"""What the output can show; light, because a run whose output is known imports little else."""

from typing import NamedTuple

from gatekeeper.model.listing import Listing


class Screen(NamedTuple):
    """The capabilities of the output, width in columns, colour, Unicode and links, and what it lists."""

    width: int = 80
    colour: bool = False
    unicode: bool = True
    links: bool = False
    """Whether links to files work."""
    listing: Listing = Listing()
