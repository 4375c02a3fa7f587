"""The options of a slot, as the rulebook writes them."""

from collections.abc import Sequence


def texts(option: object) -> tuple[str, ...]:
    """Return the texts of an option that is one text or a list of texts; empty if it is not given."""
    listed = option if isinstance(option, Sequence) and not isinstance(option, str) else (option,)
    return tuple(text for text in listed if isinstance(text, str))
