"""CODEOWNERS files: who must review a change of a path, by the rules of GitHub and of GitLab.

Sources: https://docs.github.com/repositories/managing-your-repositorys-settings-and-features/
customizing-your-repository/about-code-owners and https://docs.gitlab.com/user/project/codeowners/reference.
Of the rules that match a path, the last one decides. Matching takes time in proportion to the lengths of
pattern and path.
"""

import re
from collections.abc import Callable, Sequence
from enum import Enum
from fnmatch import translate
from typing import NamedTuple


class Forge(Enum):
    """A forge that reads CODEOWNERS; its value is its name."""

    GITHUB = "GitHub"
    GITLAB = "GitLab"


class Ownership(NamedTuple):
    """Who owns a path, and the line that decides it."""

    owners: tuple[str, ...] = ()
    """The owners that must approve; empty if nobody must."""
    line: int | None = None
    """The line of the last rule that matches; None if no rule matches."""


class _Pattern(NamedTuple):
    """A pattern. If it has no wildcards, it is a path and perhaps all below; else it is a list of steps."""

    file: str | None = None
    folder: str | None = None
    steps: tuple["_Step", ...] = ()


class _Rule(NamedTuple):
    line: int
    pattern: _Pattern
    owners: tuple[str, ...]


_Step = Callable[[str], object] | None
"""Matches the name of one file or folder; None matches any number of folders."""
_HEADING = re.compile(r"(\^?)\[([^\]]+)\](?:\[\d*\])?(.*)")
_OWNER = re.compile(r"@\w[\w./-]*|[^\s@]+@[^\s@]+")
_ROLE = re.compile(r"@@(?:developer|maintainer|owner)s?")
_WORD = re.compile(r"(?:\\.|\S)+")
_WILD = re.compile(r"[*?\[]")


class CodeOwners:
    """The rules of a CODEOWNERS file, as one forge understands them."""

    def __init__(self, text: str, forge: Forge) -> None:
        self._forge = forge
        self._sections: dict[str, _Section] = {}
        read = self._read_github if forge is Forge.GITHUB else self._read_gitlab
        read(text.split("\n"))

    @property
    def owners(self) -> dict[str, int]:
        """Every owner of a rule, with the first line that names it."""
        named: dict[str, int] = {}
        for section in self._sections.values():
            for rule in section.rules:
                for owner in rule.owners:
                    named[owner] = min(rule.line, named.get(owner, rule.line))
        return named

    def of(self, path: str) -> Ownership:
        """Return the owners of a path relative to the repository, such as `gates/G1.yaml`."""
        lines: list[int] = []
        for section in self._sections.values():
            rule = section.deciding(path)
            if rule is None:
                continue
            if rule.owners and not section.is_optional:
                return Ownership(rule.owners, rule.line)
            lines.append(rule.line)
        return Ownership(line=max(lines, default=None))

    def _read_github(self, lines: Sequence[str]) -> None:
        section = self._sections[""] = _Section()
        for number, line in enumerate(lines, 1):
            # A word that begins with # begins a comment.
            words = _WORD.findall(re.split(r"(?:^|(?<=\s))#", line, maxsplit=1)[0])
            if not words:
                continue
            pattern, *owners = words
            is_valid = not pattern.startswith(("!", "\\#")) and not re.search(r"[\[\]]|\*\*\*", pattern)
            # GitHub skips a line that it does not understand.
            if is_valid and all(map(_OWNER.fullmatch, owners)):
                section.add(_Rule(number, _github_pattern(pattern), tuple(owners)))

    def _read_gitlab(self, lines: Sequence[str]) -> None:
        section = self._section("", is_optional=False)
        by_default: tuple[str, ...] = ()
        for number, written in enumerate(lines, 1):
            line = written.strip()
            if not line or line.startswith("#"):
                continue
            if heading := _HEADING.fullmatch(line):
                section = self._section(heading[2].strip().casefold(), is_optional=bool(heading[1]))
                by_default = _owners(_WORD.findall(heading[3]))
                continue
            pattern, *words = _WORD.findall(line)
            if pattern.startswith("!"):
                section.exclude(_Rule(number, _gitlab_pattern(pattern[1:]), ()))
            else:
                section.add(_Rule(number, _gitlab_pattern(pattern), _owners(words) or by_default))

    def _section(self, name: str, *, is_optional: bool) -> "_Section":
        """Return a section, which may be continued: it is optional only if all its headings say so."""
        section = self._sections.setdefault(name, _Section(is_optional=is_optional))
        section.is_optional = section.is_optional and is_optional
        return section


class _Section:
    """Rules of which the last one that matches decides; of a file without sections, all of them."""

    def __init__(self, *, is_optional: bool = False) -> None:
        self.is_optional = is_optional
        self.rules: list[_Rule] = []
        self._excluding: list[_Rule] = []
        self._files: dict[str, int] = {}
        self._folders: dict[str, int] = {}
        self._wild: list[int] = []

    def add(self, rule: _Rule) -> None:
        index, pattern = len(self.rules), rule.pattern
        self.rules.append(rule)
        if pattern.file is not None:
            self._files[pattern.file] = index
        if pattern.folder is not None:
            self._folders[pattern.folder] = index
        if pattern.steps:
            self._wild.append(index)

    def exclude(self, rule: _Rule) -> None:
        self._excluding.append(rule)

    def deciding(self, path: str) -> _Rule | None:
        """Return the last rule that matches, found without a look at every rule that has no wildcards."""
        names = path.split("/")
        for rule in self._excluding:
            if _matches(rule.pattern, path, names):
                return rule
        above = ["/".join(names[:count]) for count in range(len(names))]
        best = max([self._files.get(path, -1), *(self._folders.get(folder, -1) for folder in above)])
        for index in reversed(self._wild):
            if index < best:
                break
            if _fits(self.rules[index].pattern.steps, names):
                return self.rules[index]
        return self.rules[best] if best >= 0 else None


def _owners(words: Sequence[str]) -> tuple[str, ...]:
    return tuple(word for word in words if _OWNER.fullmatch(word) or _ROLE.fullmatch(word))


def _github_pattern(written: str) -> _Pattern:
    """Return a pattern as in `.gitignore`: a name matches at any depth, and a folder with all it contains."""
    path, is_folder = written.strip("/"), written.endswith("/")
    is_anywhere = "/" not in written.rstrip("/")
    if not path:
        return _Pattern()
    if not is_anywhere and not _WILD.search(path):
        return _Pattern(None if is_folder else _plain(path), _plain(path))
    steps = _steps(path.split("/"), is_anywhere=is_anywhere)
    if is_folder or steps[-1] is None:
        return _Pattern(steps=(*steps, None, _any))
    return _Pattern(steps=steps if path.endswith("/*") or path == "*" else (*steps, None))


def _gitlab_pattern(written: str) -> _Pattern:
    """Return a pattern of Ruby's `File.fnmatch`: it matches at any depth unless it begins with a slash."""
    path, is_folder = written.strip("/"), written.endswith("/")
    is_anywhere = not written.startswith("/")
    if not is_anywhere and not _WILD.search(path):
        return _Pattern(folder=_plain(path)) if is_folder else _Pattern(file=_plain(path))
    names = path.split("/")
    if is_folder:
        return _Pattern(steps=(*_steps(names, is_anywhere=is_anywhere), None, _any))
    # A last `**` means the same as `*`.
    return _Pattern(steps=(*_steps(names[:-1], is_anywhere=is_anywhere), _name(names[-1])))


def _steps(names: Sequence[str], *, is_anywhere: bool) -> tuple[_Step, ...]:
    steps = tuple(None if name == "**" else _name(name) for name in names)
    return (None, *steps) if is_anywhere else steps


def _name(pattern: str) -> Callable[[str], object]:
    """Return a predicate for one name of a path; only GitLab has patterns with sets of characters."""
    if not _WILD.search(pattern):
        return _plain(pattern).__eq__
    return re.compile(translate(re.sub(r"\\(.)", r"[\1]", pattern).replace("[^", "[!"))).match


def _any(name: str) -> bool:  # noqa: ARG001 - the name does not matter
    return True


def _plain(pattern: str) -> str:
    """Return a pattern without wildcards as the path that it means."""
    return re.sub(r"\\(.)", r"\1", pattern)


def _matches(pattern: _Pattern, path: str, names: Sequence[str]) -> bool:
    is_below = pattern.folder is not None and path.startswith(f"{pattern.folder}/".lstrip("/"))
    return is_below or path == pattern.file or (bool(pattern.steps) and _fits(pattern.steps, names))


def _fits(steps: Sequence[_Step], names: Sequence[str]) -> bool:
    """Return whether steps match all names; each `None` takes as few names as possible."""
    step = name = 0
    last, resumed = -1, 0
    while name < len(names):
        if step < len(steps) and (wanted := steps[step]) is None:
            last, resumed, step = step, name, step + 1
        elif step < len(steps) and wanted is not None and wanted(names[name]):
            step, name = step + 1, name + 1
        elif last >= 0:
            resumed += 1
            step, name = last + 1, resumed
        else:
            return False
    return all(wanted is None for wanted in steps[step:])
