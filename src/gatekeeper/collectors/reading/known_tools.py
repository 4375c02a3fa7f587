"""Tools whose formats no reader supports, as `known_tools.yaml` lists them with the export that works."""

from functools import cache
from importlib.resources import files
from typing import NamedTuple

from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.figures import first_text, mapping, objects
from gatekeeper.model.evidence import Unreadable
from gatekeeper.syntax import SyntaxProblem, yaml
from gatekeeper.syntax.json import Json

_BEGINNING = 2000
"""So many bytes are searched for texts."""


class Tool(NamedTuple):
    """A format of a tool."""

    name: str
    marks: tuple[str, ...]
    kind: str | None
    """The kind of evidence that the tool gives; None for other files."""
    instead: str
    """What to do instead."""

    @property
    def sentence(self) -> str:
        """What the file is, and what to do."""
        of = f", for evidence of the kind `{self.kind}`" if self.kind else ""
        return f"recognised as {self.name}{of}, and not supported: {self.instead}"


def find(content: Content) -> Tool | None:
    """Return the tool that wrote a file; None if no mark is found."""
    return next((tool for tool in every() if any(_has_mark(content, mark) for mark in tool.marks)), None)


@cache
def every() -> tuple[Tool, ...]:
    """Return all tools, in the order in which their marks are tried."""
    groups = yaml.load(files(__package__).joinpath("known_tools.yaml").read_bytes()).value
    return tuple(
        Tool(
            name,
            tuple(marks) if isinstance(marks, list) else (str(marks),),  # type: ignore[arg-type]
            first_text(group, "kind"),
            str(group["instead"]),
        )
        for group in objects(groups, "known tools")
        for name, marks in mapping(group["tools"], "tools").items()
    )


def _has_mark(content: Content, mark: str) -> bool:
    return all(_has_one(content, one) for one in mark.split(" & "))


def _has_one(content: Content, mark: str) -> bool:
    words = mark[1:].split()
    try:
        match mark[0]:
            case "<":
                return content.xml_root in words
            case "{":
                return all(_has(content.fields, key) for key in words)
            case "[":
                first = content.first if content.is_lines else next(iter(content.rows), None)
                return all(_has(first, key) for key in words)
            case "/":
                return mark[1:] in f"/{content.name}"
            case "@":
                return f"{content.fields.get('apiVersion')}/{content.fields.get('kind')}".startswith(words[0])
            case _:
                beginning = content.head[:_BEGINNING].lstrip(b"\xef\xbb\xbf \r\n")
                text = mark[1:].encode("latin-1")
                return beginning.startswith(text) if mark[0] == "=" else text in beginning
    except (SyntaxProblem, Unreadable):
        return False


def _has(value: Json, path: str) -> bool:
    for key in path.split("."):
        if not isinstance(value, dict) or key not in value:
            return False
        value = value[key]
    return True
