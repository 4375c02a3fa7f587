"""What a format says about itself for the page "What is read"."""

from typing import NamedTuple


class About(NamedTuple):
    """A format in words: who writes it, and what of it is read. Each is a phrase, not a sentence."""

    tool: str
    """The tool that writes it, or the standard."""
    seen: str
    """The versions whose output was read: `8.0 to 8.6`; or `by its source` if only the source was."""
    source: str
    """The address of the specification, or of the tool's code that writes it."""
    command: str | None
    """The command, or the setting, that makes the tool write it; None if people write it by hand."""
    recognised: str
    """By what it is recognised."""
    models: str
    """What of it becomes facts."""
    not_modelled: str = ""
    """What of it does not; empty if everything that matters to the facts is modelled."""
