"""Counts that XML and line formats write as text."""

import re
from collections.abc import Mapping
from typing import NoReturn

from gatekeeper.model.evidence import Unreadable

_COUNT = re.compile(r"[0-9]{1,18}")


class Numbers(dict[str, int]):
    """The counts that texts stand for, each parsed once: a report repeats them many times.

    A text that is not a count is `Unreadable`.
    """

    def __init__(self, what: str) -> None:
        super().__init__()
        self._what = what
        """What has the counts, for the message."""

    def __missing__(self, text: str) -> int:
        """Parse a text."""
        if not _COUNT.fullmatch(text):
            self.refuse(text)
        number = self[text] = int(text)
        return number

    def refuse(self, text: str) -> NoReturn:
        """Raise `Unreadable`."""
        raise Unreadable(f"{self._what} has {text[:40]!r}, not a count")

    def of(self, attributes: Mapping[str, str], name: str) -> int:
        """Return the count under a name."""
        text = attributes.get(name)
        if text is None:
            raise Unreadable(f"{self._what} has no {name}")
        return self[text]
