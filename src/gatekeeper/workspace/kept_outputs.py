"""What a command wrote, kept for the next run with the same arguments that reads the same."""

import json
from datetime import date
from typing import NamedTuple

from gatekeeper.trees.observations import Observations
from gatekeeper.workspace.kept_parts import SHARED, SeenParts, content_of_all, name_of, parts_of

_TABLE = "outputs"


class Written(NamedTuple):
    """What a command wrote, and its exit code."""

    out: str
    err: str
    code: int


class KeptOutput:
    """The output of a command, if it is kept.

    Args:
        parts: What earlier runs have read.
        asked: All on which the output depends besides files: arguments, screen, day.
        milestone: The milestone, by default the first that has not exited.
        as_of: The day.
    """

    def __init__(self, parts: SeenParts, asked: str, milestone: str | None, as_of: date) -> None:
        self.parts = parts
        self._asked = asked
        self._milestone = milestone
        self.as_of = as_of

    def of_services(self) -> Written | None:
        """Return what was written when everything was read shard by shard as it is now; None if unknown."""
        shared = self.parts.unchanged([SHARED]).get(SHARED)
        milestone = shared and (self._milestone or self._first(shared.content))
        if shared is None or milestone is None:
            return None
        names = [name_of(milestone, part) for part in sorted(parts_of(shared.also))]
        found = self.parts.unchanged(names)
        contents = (found[name].content if name in found else None for name in names)
        return self._written(content_of_all(shared.content, contents))

    def keep_of_services(self, output: Written, shared: str, milestone: str, read: str) -> None:
        """Keep what was written for services.

        Args:
            output: What was written.
            shared: The digest of what all services share.
            milestone: The one that was judged.
            read: The digest of all that was read.
        """
        store = self.parts.store
        store.put(_TABLE, {self._key(read): json.dumps(output).encode()})
        if self._milestone is None:
            store.put(_TABLE, {self._key_of_first(shared): milestone.encode()})

    def of_a_run(self) -> Written | None:
        """Return what was written when everything was read at once as it is now; None if unknown."""
        name = self.parts.key("run", self._asked)
        part = self.parts.unchanged([name]).get(name)
        return Written(*part.also) if part else None

    def keep_of_a_run(self, output: Written, seen: Observations) -> None:
        """Keep what was written after everything was read at once."""
        self.parts.keep(self.parts.key("run", self._asked), seen, output)

    def _written(self, read: str | None) -> Written | None:
        key = self._key(read) if read else ""
        value = self.parts.store.get(_TABLE, [key]).get(key) if read else None
        return Written(*json.loads(value)) if value else None

    def _first(self, shared: str) -> str | None:
        """Return the first milestone that has not exited on the day; None if unknown."""
        key = self._key_of_first(shared)
        value = self.parts.store.get(_TABLE, [key]).get(key)
        return value.decode() if value else None

    def _key(self, read: str) -> str:
        return self.parts.key("output", self._asked, read)

    def _key_of_first(self, shared: str) -> str:
        return self.parts.key("first milestone", self.as_of.isoformat(), shared)
