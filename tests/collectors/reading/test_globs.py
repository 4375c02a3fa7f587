"""Globs: the same paths as a regular expression selects, in a time that no glob can make long."""

import random
import re
from typing import Any

import pytest

from gatekeeper.collectors.reading import globs
from gatekeeper.collectors.reading.globs import GlobMatcher, chooser, name_chooser

PARTS = re.compile(r"\*\*/|\*\*|\*|\?|\{[^{}]*\}|.", re.DOTALL)
WILDCARDS = {"**/": "(?:[^/]*/)*", "**": ".*", "*": "[^/]*", "?": "[^/]"}


def as_expression(glob: str) -> str:
    def translated(part: str) -> str:
        if part.startswith("{") and len(part) > 1:
            return f"(?:{'|'.join(map(as_expression, part[1:-1].split(',')))})"
        return WILDCARDS.get(part) or re.escape(part)

    return "".join(map(translated, PARTS.findall(glob)))


def by_expression(glob: str, path: str) -> bool:
    """Return what a regular expression says, which is slow for some globs."""
    start = "" if glob.startswith("/") else r"(?:(?:/|[A-Za-z]:/)(?:[^/]*/)*)?"
    return re.fullmatch(start + as_expression(glob), path, re.DOTALL) is not None


@pytest.mark.long
@pytest.mark.parametrize(
    "seed", [*range(10), *(pytest.param(seed, marks=pytest.mark.long) for seed in range(10, 40))]
)
def test_a_glob_selects_what_its_regular_expression_selects(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - the same choices in every run
    words = ["a", "b", "/", "*", "**", "**/", "?", "{a,b/}", "{*,}", "{a**,?b}", "C:/", "[x]", "{", "}", "é"]
    selected = 0
    for _ in range(200):
        glob = "".join(chance.choices(words, k=chance.randint(1, 6)))
        chosen = chooser(glob)
        for _ in range(5):
            path = "".join(chance.choices([*"ab//é\n{}", "C:", "[x]"], k=chance.randint(0, 8)))
            expected = by_expression(glob.removeprefix("./"), path)
            assert chosen(path) is expected, (glob, path)
            selected += expected
    assert selected


HOSTILE = [
    "**/" * 40 + "zzz",
    "**/*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b",
    "*" * 60 + "b",
    "**a" * 60 + "b",
    "{a,aa,aaa,*a,**}" * 30 + "b",
    "?" * 40 + "*a" * 30 + "b",
    "{,}" * 200 + "*b",
]
"""Globs for which a regular expression tries more ways than there are atoms."""
PATHS = ("a/" * 40 + "a" * 100, "a" * 2000)


@pytest.mark.parametrize("glob", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("path", PATHS, ids=["deep", "long"])
def test_no_glob_takes_long(glob: str, path: str) -> None:
    assert chooser(glob)(path) is False
    assert name_chooser([glob])(path) is False


@pytest.mark.parametrize("glob", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_globs_match_too(glob: str) -> None:
    assert chooser(glob)("a" * 2000 + glob[-1]) is not glob.endswith("zzz")
    assert chooser(glob)("a/b/zzz") is glob.endswith("zzz")


@pytest.mark.parametrize("glob", HOSTILE, ids=range(len(HOSTILE)))
def test_each_character_is_looked_at_once(glob: str, monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[str] = []
    compute = GlobMatcher._next

    def counted(self: GlobMatcher, state: Any, character: str) -> Any:
        steps.append(character)
        return compute(self, state, character)

    monkeypatch.setattr(GlobMatcher, "_next", counted)
    matcher = GlobMatcher(glob, at_any_root=True)
    assert not matcher.matches(PATHS[0])
    assert 0 < len(steps) <= len(PATHS[0])
    steps.clear()
    assert not matcher.matches(PATHS[0])
    assert steps == []


def test_what_is_forgotten_is_computed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(globs, "_MOST_KNOWN", 3)
    matcher = GlobMatcher("src/**/*.{ts,tsx}", at_any_root=True)
    for _ in range(2):
        assert [matcher.matches(path) for path in ("src/a/b.ts", "/x/src/c.tsx", "src/d.tsy", "lib/e.ts")] == [
            True, True, False, False,
        ]  # fmt: skip


def test_names_are_matched_as_a_whole() -> None:
    chosen = name_chooser(["@scope/?*", "express"])
    assert chosen("@scope/a")
    assert chosen("express")
    assert not chosen("@scope/")
    assert not chosen("@scope/a/b")
    assert not chosen("/x/express")
    assert not name_chooser([])("express")
