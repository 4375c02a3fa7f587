"""Select paths by glob."""

import re
from collections.abc import Callable, Sequence
from functools import cache

_PARTS = re.compile(r"\*\*/|\*\*|\*|\?|\{[^{}]*\}|.", re.DOTALL)
_WILDCARDS = {"**/": "(?:[^/]*/)*", "**": ".*", "*": "[^/]*", "?": "[^/]"}


def chooser(include: str | Sequence[str] | None) -> Callable[[str], bool]:
    """Return a predicate for paths that match one of the globs; without globs, all paths match.

    `*` and `?` stay within a folder, `**` spans folders, `{a,b}` are alternatives; brackets are
    literal, because there are folders named `[id]`. The folder of the repository on the build machine is
    unknown, so a relative glob may match the end of an absolute path.
    """
    if include is None:
        return lambda _: True
    patterns = [_pattern(glob) for glob in ([include] if isinstance(include, str) else include)]
    return lambda path: any(pattern.fullmatch(path) for pattern in patterns)


@cache
def _pattern(glob: str) -> re.Pattern[str]:
    glob = glob.replace("\\", "/").removeprefix("./")
    start = "" if glob.startswith("/") else r"(?:(?:/|[A-Za-z]:/)(?:[^/]*/)*)?"
    return re.compile(start + _translated(glob), re.DOTALL)


def _translated(glob: str) -> str:
    return "".join(_translated_part(part) for part in _PARTS.findall(glob))


def _translated_part(part: str) -> str:
    if part.startswith("{") and len(part) > 1:
        return f"(?:{'|'.join(_translated(choice) for choice in part[1:-1].split(','))})"
    return _WILDCARDS.get(part) or re.escape(part)
