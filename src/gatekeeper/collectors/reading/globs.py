"""Select paths by glob."""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

_PARTS = re.compile(r"\*\*/|\*\*|\*|\?|\{[^{}]*\}|.", re.DOTALL)
_ANY, _IN_FOLDER, _LETTER = "**", "*", "a-z"
"""What a step accepts besides one character: any, any but a slash, a letter of ASCII."""
_MOST_GLOBS = 2_000
"""The globs that were used last are kept compiled: the slots of all services use the same ones."""
_MOST_KNOWN = 20_000
"""More transitions than this are forgotten and computed again, so that memory is bounded."""


def chooser(include: str | Sequence[str] | None) -> Callable[[str], bool]:
    """Return a predicate for paths that match one of the globs; without globs, all paths match.

    `*` and `?` stay within a folder, `**` spans folders, `{a,b}` are alternatives; brackets are
    literal, because there are folders named `[id]`. The folder of the repository on the build machine is
    unknown, so a relative glob may match the end of an absolute path.
    """
    if include is None:
        return lambda _: True
    globs = [include] if isinstance(include, str) else include
    matchers = [_of_path(glob.replace("\\", "/").removeprefix("./")) for glob in globs]
    return lambda path: any(matcher.matches(path) for matcher in matchers)


def name_chooser(globs: Iterable[str]) -> Callable[[str], bool]:
    """Return a predicate for texts that match one of the globs from their first character to their last."""
    matchers = [_matcher(glob) for glob in globs]
    return lambda name: any(matcher.matches(name) for matcher in matchers)


def _of_path(glob: str) -> "GlobMatcher":
    return _matcher(glob, at_any_root=not glob.startswith("/"))


@lru_cache(maxsize=_MOST_GLOBS)
def _matcher(glob: str, *, at_any_root: bool = False) -> "GlobMatcher":
    return GlobMatcher(glob, at_any_root=at_any_root)


class _State:
    """Positions in a glob after some characters, and the state after one more."""

    __slots__ = ("following", "positions")

    def __init__(self, positions: frozenset[int]) -> None:
        self.positions = positions
        self.following: dict[str, _State] = {}


class GlobMatcher:
    """A finite automaton for a glob. It looks at each character once, so the time is linear for every glob.

    A regular expression would try all ways to divide a path among the wildcards of `**/**/*a*a*b`.
    """

    def __init__(self, glob: str, *, at_any_root: bool = False) -> None:
        self._steps: list[list[tuple[str, int]]] = [[]]
        """For each position: what a step to another position accepts."""
        self._jumps: list[list[int]] = [[]]
        """For each position: positions that are reached without a character."""
        start = self._roots() if at_any_root else 0
        self._end = self._add(glob, start)
        self._first = _State(self._reached({0}))
        self._states: dict[frozenset[int], _State] = {}
        self._known = 0

    def matches(self, path: str) -> bool:
        """Return whether the glob matches the whole path."""
        state = self._first
        for character in path:
            state = state.following.get(character) or self._next(state, character)
            if not state.positions:
                return False
        return self._end in state.positions

    def _next(self, state: _State, character: str) -> _State:
        if self._known >= _MOST_KNOWN:
            self._states, self._known = {}, 0
            self._first.following.clear()
        steps = (step for position in state.positions for step in self._steps[position])
        positions = self._reached({target for accepted, target in steps if _accepts(accepted, character)})
        following = self._states.setdefault(positions, _State(positions))
        state.following[character] = following
        self._known += 1
        return following

    def _reached(self, positions: set[int]) -> frozenset[int]:
        pending = list(positions)
        while pending:
            new = [target for target in self._jumps[pending.pop()] if target not in positions]
            positions.update(new)
            pending += new
        return frozenset(positions)

    def _position(self) -> int:
        self._steps.append([])
        self._jumps.append([])
        return len(self._steps) - 1

    def _roots(self) -> int:
        """Add an optional absolute folder, `/a/b/` or `C:/a/b/`; return the position after it."""
        root, drive, colon = self._position(), self._position(), self._position()
        self._steps[0] += [("/", root), (_LETTER, drive)]
        self._steps[drive].append((":", colon))
        self._steps[colon].append(("/", root))
        end = self._add("**/", root)
        self._jumps[0].append(end)
        return end

    def _add(self, glob: str, start: int) -> int:
        """Add the parts of a glob after a position; return the position after them."""
        for part in _PARTS.findall(glob):
            start = self._add_part(part, start)
        return start

    def _add_part(self, part: str, start: int) -> int:
        if part in (_ANY, _IN_FOLDER):
            loop = self._position()
            self._steps[loop].append((part, loop))
            self._jumps[start].append(loop)
            return loop
        end = self._position()
        if part == "**/":
            folder = self._add_part(_ANY, start)
            self._steps[folder].append(("/", end))
            self._jumps[start].append(end)
        elif part.startswith("{") and len(part) > 1:
            for choice in part[1:-1].split(","):
                self._jumps[self._add(choice, start)].append(end)
        else:
            self._steps[start].append((_IN_FOLDER if part == "?" else part, end))
        return end


def _accepts(accepted: str, character: str) -> bool:
    if accepted == _IN_FOLDER:
        return character != "/"
    if accepted == _LETTER:
        return character.isascii() and character.isalpha()
    return accepted in (_ANY, character)


def texts(option: object) -> tuple[str, ...]:
    """Return the texts of an option that is one text or a list of texts; empty if it is not given."""
    listed = option if isinstance(option, Sequence) and not isinstance(option, str) else (option,)
    return tuple(text for text in listed if isinstance(text, str))
