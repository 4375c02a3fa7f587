"""The parts of a workspace as an earlier run read them, and whether their files are still the same."""

import json
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from hashlib import blake2b, sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from gatekeeper.trees.observations import Clock, Holds, Observations, Recheck

if TYPE_CHECKING:
    from gatekeeper.cache.store import Store
    from gatekeeper.model.rule import Rulebook
    from gatekeeper.trees import Tree
    from gatekeeper.trees.observed_scope import ObservedScope

SHARED = "shared"
"""The name of the part that all services share; it has the names of all services beside it."""
_OF_A_PART = 4
"""About how many services a part has at most."""
_TABLE = "services"


class SeenPart(NamedTuple):
    """What was read for a part of a workspace."""

    content: str
    """A digest of all that was read: equal only if every answer of the tree was the same."""
    also: Any = None
    """What was made of it, as a value of JSON."""


class SeenParts:
    """The parts that earlier runs have read, by name; the files of each are compared once."""

    def __init__(
        self, store: "Store", workspace: Path, repository: Path, clock: Clock = time.time_ns
    ) -> None:
        self.store = store
        self._places = str(repository), str(workspace)
        self._recheck = Recheck(str(repository), clock)
        self._known: dict[str, SeenPart | None] = {}

    def unchanged(self, names: Iterable[str]) -> dict[str, SeenPart]:
        """Return those parts whose files would be read as they were; the others have to be read again."""
        names = tuple(names)
        keys = {self.key("part", name): name for name in names if name not in self._known}
        values, newer = self.store.get(_TABLE, keys), dict[str, bytes]()
        for key, name in keys.items():
            value = values.get(key)
            self._known[name] = None if value is None else self._compared(key, value, newer)
        self.store.put(_TABLE, newer)
        found = ((name, self._known[name]) for name in names)
        return {name: part for name, part in found if part is not None}

    def _compared(self, key: str, value: bytes, newer: dict[str, bytes]) -> SeenPart | None:
        content, also, seen = json.loads(value)
        found = self._recheck.holds(Observations.from_json(seen))
        if not isinstance(found, Holds):
            return None
        if found.refreshed is not None:
            newer[key] = _encoded(content, also, found.refreshed)
        return SeenPart(content, also)

    def keep(self, name: str, seen: Observations, also: Any = None) -> None:
        """Keep what was read for a part."""
        self.store.put(_TABLE, {self.key("part", name): _encoded(content_of(seen), also, seen)})

    def key(self, *words: str) -> str:
        """Return the key of a value of this workspace in the store."""
        return "\0".join((*words, *self._places))


class Observing:
    """What is asked of a tree while something is read, if the tree can record that."""

    def __init__(self, scope: "ObservedScope | None") -> None:
        self._scope = scope
        self._asked = _plugins_asked() if scope else 0

    def seen(self, rulebook: "Rulebook | None") -> Observations | None:
        """Return what was read; None if that is unknown, or what was made of it depends on more.

        What a plugin answers may depend on anything.
        """
        from gatekeeper.collectors import KINDS

        slots = rulebook.slots.values() if rulebook else ()
        has_plugins = any(slot.kind not in KINDS.names for slot in slots)
        if self._scope is None or has_plugins or self._asked != _plugins_asked():
            return None
        return self._scope.observations()


@contextmanager
def observed(tree: "Tree") -> Iterator[Observing]:
    """Record what is asked of a tree, if it can record it."""
    from gatekeeper.trees.observed import ObservedTree

    with tree.observing() if isinstance(tree, ObservedTree) else nullcontext() as scope:
        yield Observing(scope)


def _plugins_asked() -> int:
    from gatekeeper.collectors.reading.recognition import PluginFormat

    return PluginFormat.asked


def content_of(seen: Observations) -> str:
    """Return a digest of what was read, without the times of files."""
    folders = [
        (path, listing, [file[:3] for file in files], kinds, absent)
        for path, _, listing, files, kinds, absent in seen.folders
    ]
    return sha256(json.dumps([seen.reader, folders]).encode()).hexdigest()


def _encoded(content: str, also: Any, seen: Observations) -> bytes:
    return json.dumps([content, also, seen.as_json()], separators=(",", ":")).encode()


def parts_of(names: Sequence[str]) -> list[tuple[str, ...]]:
    """Return the parts of a workspace: services, so few together that the change of one costs little."""
    number = 1 << (len(names) // _OF_A_PART).bit_length()
    found: list[list[str]] = [[] for _ in range(number)]
    for name in names:
        digest = blake2b(name.encode("utf-8", "surrogateescape"), digest_size=4).digest()
        found[int.from_bytes(digest, "big") % number].append(name)
    return [tuple(part) for part in found if part]


def name_of(milestone: str, services: Sequence[str]) -> str:
    """Return the name of a part of which the services are judged at a milestone."""
    return f"{milestone}\0{services[0]}\0{len(services)}"


def content_of_all(shared: str | None, contents: Iterable[str | None]) -> str | None:
    """Return a digest of the content of all parts; None if one is unknown."""
    found = [shared, *contents]
    return None if None in found else sha256("".join(map(str, found)).encode()).hexdigest()
