"""Artefacts as plain lists and dicts that can be edited, and written again in their format.

An element of XML is a list `[tag, attributes, *children]`. Text that is neither XML, JSON nor YAML is a list
of lines, and each line is a list of words.
"""

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from yaml import safe_dump_all

from gatekeeper.syntax import SyntaxProblem, yaml
from gatekeeper.syntax import json as strict_json

Path = tuple[Any, ...]
COMMENT = "!--"
"""The tag of a comment of XML; what follows the attributes is its text."""


class Document(NamedTuple):
    """A parsed artefact."""

    value: Any
    write: Callable[[Any], str]
    """Returns the text of an edited value; raises an exception if the format cannot hold it."""
    place: Path
    """The path of the place that was asked for."""


def parse(text: str, place: str) -> Document:
    """Return an artefact and a place in it.

    Args:
        text: JSON, JSON Lines, YAML, XML or any text.
        place: In JSON and YAML a JSON pointer, which begins with the number of the document if there are
            several. In XML a path of ElementTree below the root, such as `suite/case[2]`. In other text a
            line or lines: `3-5`.
    """
    if re.fullmatch(r"\d+(-\d+)?", place):
        return _of_lines(text, place)
    if text.lstrip().startswith("<"):
        root = ET.fromstring(text)  # noqa: S314 - the caller's own fixture
        return Document(_listed(root), _in_xml, _found(root, place))
    value, write = _structured(text.strip())
    path: list[Any] = []
    owner = value
    for step in place.split("/")[1:]:
        path.append(int(step) if isinstance(owner, list) else step.replace("~1", "/").replace("~0", "~"))
        owner = owner[path[-1]]
    return Document(value, write, tuple(path))


def below(value: Any, path: Path = ()) -> Iterator[Path]:
    """Yield the paths of a value and of everything in it; `path` is its own."""
    yield path
    keys: Any = value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield from below(value[key], (*path, key))


def _structured(text: str) -> tuple[Any, Callable[[Any], str]]:
    def in_json(values: Any) -> str:
        return "\n".join(map(json.dumps, values))

    def in_yaml(values: Any) -> str:
        return safe_dump_all(values, sort_keys=False)

    try:
        values, write = strict_json.load_all(text.encode()), in_json
    except SyntaxProblem:
        values, write = [document.value for document in yaml.load_all(text.encode())], in_yaml
    return (values, write) if len(values) > 1 else (values[0], lambda value: write([value]))


def _of_lines(text: str, place: str) -> Document:
    first, _, last = place.partition("-")
    lines = [re.findall(r"\w+|\s+|[^\w\s]", line) for line in text.split("\n")]
    start, end = int(first) - 1, int(last or first)
    return Document([lines[:start], lines[start:end], lines[end:]], _in_lines, (1,))


def _in_lines(value: Any) -> str:
    parts = (part if isinstance(part, list) else [part] for part in value)
    return "\n".join(_joined(line) for part in parts for line in part)


def _joined(value: Any) -> str:
    if isinstance(value, list | dict):
        return "".join(map(_joined, value if isinstance(value, list) else value.values()))
    return value if isinstance(value, str) else json.dumps(value)


def _listed(element: ET.Element) -> list[Any]:
    parts = (_listed(part) if isinstance(part, ET.Element) else part for part in _parts(element))
    return [element.tag, dict(element.attrib), *parts]


def _parts(element: ET.Element) -> list[Any]:
    """Return children and texts in their order, without texts of white space only."""
    parts: list[Any] = [element.text]
    for child in element:
        parts += [child, child.tail]
    return [part for part in parts if isinstance(part, ET.Element) or (part or "").strip()]


def _found(root: ET.Element, place: str) -> Path:
    wanted = root.find(place) if place else root
    numbered = {id(child): number for owner in root.iter() for number, child in enumerate(_parts(owner), 2)}
    owners = {id(child): owner for owner in root.iter() for child in owner}
    path: Path = ()
    while wanted is not root:
        path = (numbered[id(wanted)], *path)
        wanted = owners[id(wanted)]
    return path


def _in_xml(value: Any) -> str:
    return ET.tostring(_element(value), "unicode")


def _element(value: Any) -> Any:
    tag, attributes, *parts = value
    if tag == COMMENT:
        texts = (_in_xml(part) if isinstance(part, list) else _joined(part) for part in parts)
        return ET.Comment("".join(texts).replace("--", "- -"))
    element = ET.Element(tag, {str(name): _joined(of) for name, of in attributes.items()})
    last = None
    for part in parts:
        if isinstance(part, list) and part:
            last = _element(part)
            element.append(last)
        elif last is None:
            element.text = (element.text or "") + _joined(part)
        else:
            last.tail = (last.tail or "") + _joined(part)
    return element
