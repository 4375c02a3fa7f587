"""Change one entry of a YAML text, and no other character.

libyaml, which also loads the text, gives the position of each entry; only the characters of the entry are
inserted, replaced or removed. Comments, quotes, blank lines, line ends and layout stay as they are; see
docs/decisions.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, cast

from yaml import CollectionNode, CSafeLoader, MappingNode, Node, ScalarNode, SequenceNode

from gatekeeper.manifests.fragments import Layout, Value, block_lines, flow, key, scalar

_EOL = re.compile(r"\r\n|\r|\n")


class Step(NamedTuple):
    """A key of the path to an entry, and its place among its siblings if it is new."""

    key: str | int
    """The place of an item in a list is a number; a new item follows the last one."""
    behind: tuple[str, ...] | None = None
    """The keys that come before it, if they exist; None: it comes last."""
    is_list_of_lines: bool = False
    """If it is a new mapping: whether each of its entries gets a line, however short they are."""


class _Held(NamedTuple):
    """An entry: its mapping, its key node and its value node; an item of a list is its own key."""

    within: CollectionNode
    key: Node
    value: Node


def put(text: str, path: Sequence[Step], value: Value) -> str:
    """Return the text with `value` at `path`; in an existing mapping, only differing entries change."""
    chain = _chain(text, path)
    if len(chain) < len(path):
        return _insert(text, chain, path, value)
    held = chain[-1].value
    if isinstance(value, Mapping) and isinstance(held, MappingNode) and held.value:
        return _update(text, path, value, held)
    if isinstance(value, str) and isinstance(held, ScalarNode) and held.value == value:
        return text
    start, end = held.start_mark.index, _end(held, text)
    style = held.style if isinstance(held, ScalarNode) else None
    written = scalar(value, style) if isinstance(value, str) else flow(value)
    return text[:start] + written + text[end:]


def remove(text: str, path: Sequence[Step]) -> str:
    """Return the text without the entry at `path`, and without mappings that become empty.

    Comments on lines of their own stay, even those above the entry.
    """
    chain = _chain(text, path)
    going = [chain.pop()]
    while len(going[0].within.value) == 1 and chain:
        going.insert(0, chain.pop())
    spans = []
    for entry in going:
        if entry.within.flow_style:
            spans.append(_span_in_braces(entry, text))
            break
        is_whole = entry is going[-1] or _is_in_braces(entry.value)
        spans.append(_lines(entry, text, is_whole=is_whole))
        if is_whole:
            break
    for start, end in reversed(spans):
        text = text[:start] + text[end:]
    return text


def _update(text: str, path: Sequence[Step], value: Mapping[str, Value], held: MappingNode) -> str:
    names = tuple(value)
    gone = [entry.value for entry, _ in held.value if entry.value not in value]
    for i, name in enumerate(names):
        text = put(text, [*path, Step(name, names[:i])], value[name])
    for name in gone:
        text = remove(text, [*path, Step(name)])
    return text


def _chain(text: str, path: Sequence[Step]) -> list[_Held]:
    """Return the existing entries along `path`."""
    node: Node = _root(text)
    chain: list[_Held] = []
    for step in path:
        found = _child(node, step.key)
        if found is None:
            break
        chain.append(found)
        node = found.value
    return chain


def _child(node: Node, key: str | int) -> _Held | None:
    if isinstance(node, SequenceNode) and isinstance(key, int):
        return next((_Held(node, item, item) for item in node.value[key : key + 1]), None)
    if not isinstance(node, MappingNode):
        return None
    return next((_Held(node, name, value) for name, value in node.value if name.value == key), None)


def _root(text: str) -> MappingNode:
    root: Any = CSafeLoader(text).get_single_node()
    return cast("MappingNode", root)


def _insert(text: str, chain: list[_Held], path: Sequence[Step], value: Value) -> str:
    """Insert the first missing key of the path, with everything below it."""
    step, *below = path[len(chain) :]
    for further in reversed(below):
        value = [value] if isinstance(further.key, int) else {further.key: value}
    parent: Any = chain[-1].value if chain else _root(text)
    if isinstance(step.key, int):
        return _append(text, parent, value)
    before = _sibling_before(parent, step)
    if not parent.value and not chain[-1].within.flow_style:
        return _unfold(text, chain[-1], step.key, value)
    if parent.flow_style:
        if chain and _outgrows_line(text, chain[-1], f"{key(step.key)}: {flow(value)}"):
            return put(_as_block(text, chain[-1]), [*path[: len(chain)], step], value)
        return _insert_in_braces(text, parent, before, step.key, value)
    # A mapping begins at its anchor, which may be right of its keys, or at a question mark left of them.
    column = min(node.start_mark.column for node in (parent, *(name for name, _ in parent.value)))
    layout = _layout(text, parent)
    lines = block_lines(step.key, value, column, layout)
    if step.is_list_of_lines and isinstance(value, Mapping):
        lines = [" " * column + f"{key(step.key)}:"]
        for name, inner in value.items():
            lines += block_lines(name, inner, column + layout.indent, layout)
    if before:
        position = _end_of_line(text, _end(before, text))
    else:
        position = _end_of_line(text, chain[-1].key.end_mark.index)
    return text[:position] + "".join(_eol(text) + line for line in lines) + text[position:]


def _unfold(text: str, entry: _Held, name: str, value: Value) -> str:
    """Turn `key: {}` into a block with one entry; a comment after the braces moves after the key."""
    start, end = entry.value.start_mark.index, entry.value.end_mark.index
    layout = _layout(text, entry.within)
    lines = block_lines(name, value, entry.key.start_mark.column + layout.indent, layout)
    position = _end_of_line(text, end)
    added = "".join(_eol(text) + line for line in lines)
    return text[:start].rstrip(" ") + text[end:position] + added + text[position:]


def _outgrows_line(text: str, entry: _Held, added: str) -> bool:
    """Return whether a mapping in braces on one line of a block becomes too long for its line."""
    within, value = entry.within, entry.value
    if not isinstance(within, MappingNode) or within.flow_style or not value.value:
        return False
    start, end = value.start_mark, value.end_mark
    width = _layout(text, within).width
    return bool(start.line == end.line and end.column + len(f", {added}") > width)


def _as_block(text: str, entry: _Held) -> str:
    """Return the text with a mapping in braces as a block; a comment after the braces moves after the key."""
    value: Any = entry.value
    column = entry.key.start_mark.column + _layout(text, value).indent
    lines = [" " * column + f"{_source(name, text)}: {_source(inner, text)}" for name, inner in value.value]
    start, end = value.start_mark.index, value.end_mark.index
    position = _end_of_line(text, end)
    block = "".join(_eol(text) + line for line in lines)
    return text[:start].rstrip(" ") + text[end:position] + block + text[position:]


def _source(node: Node, text: str) -> str:
    return text[node.start_mark.index : _end(node, text)]


def _append(text: str, items: SequenceNode, value: Value) -> str:
    """Append an item to a list."""
    if items.flow_style:
        position = _end(items.value[-1], text) if items.value else items.start_mark.index + 1
        return text[:position] + (", " if items.value else "") + flow(value) + text[position:]
    position = _end_of_line(text, _end(items.value[-1], text))
    line = " " * items.start_mark.column + f"- {flow(value)}"
    return text[:position] + _eol(text) + line + text[position:]


def _insert_in_braces(text: str, parent: MappingNode, before: Node | None, name: str, value: Value) -> str:
    entry = f"{key(name)}: {flow(value)}"
    if before is None:
        position = parent.start_mark.index + 1
        return text[:position] + entry + (", " if parent.value else "") + text[position:]
    position = _end(before, text)
    last = parent.value[-1][0].start_mark
    is_one_a_line = text[last.index - last.column : last.index].isspace()
    between = _eol(text) + " " * last.column if is_one_a_line else " "
    return text[:position] + "," + between + entry + text[position:]


def _sibling_before(parent: MappingNode, step: Step) -> Node | None:
    """Return the value after which a new entry goes; None: it becomes the first."""
    before = [value for name, value in parent.value if step.behind is None or name.value in step.behind]
    return before[-1] if before else None


def _layout(text: str, siblings: CollectionNode) -> Layout:
    root = _root(text)
    blocks = [value for _, value in root.value if isinstance(value, MappingNode) and not value.flow_style]
    indent = blocks[0].value[0][0].start_mark.column - root.start_mark.column if blocks else 2
    values = [value for _, value in siblings.value] if isinstance(siblings, MappingNode) else ()
    like = [value for value in values if isinstance(value, MappingNode) and value.value]
    is_block = bool(like) and not like[-1].flow_style
    is_flat = is_block and all(isinstance(value, ScalarNode) for _, value in like[-1].value)
    lengths = (len(line) for line in _EOL.split(text) if "signature:" not in line)
    return Layout(max(indent, 1), max(Layout().width, *lengths), braces=not is_flat)


def _is_in_braces(node: Node) -> bool:
    return isinstance(node, CollectionNode) and bool(node.flow_style)


def _eol(text: str) -> str:
    found = _EOL.search(text)
    return found.group() if found else "\n"


def _end_of_line(text: str, position: int) -> int:
    found = _EOL.search(text, position)
    return found.start() if found else len(text)


def _end(node: Node, text: str) -> int:
    """Return the end of a value's own characters; libyaml adds the space after a block."""
    if isinstance(node, ScalarNode):
        if node.style not in ("|", ">"):
            return int(node.end_mark.index)
        written = text[node.start_mark.index : node.end_mark.index]
        header = _EOL.split(written, maxsplit=1)[0].partition("#")[0]
        if "+" in header:  # its trailing blank lines are part of it
            return int(node.start_mark.index) + len(re.sub(r"(\r\n|\r|\n)\Z", "", written))
        return int(node.start_mark.index) + len(written.rstrip())
    if _is_in_braces(node):
        return int(node.end_mark.index)
    last = node.value[-1]
    return _end(last[1] if isinstance(node, MappingNode) else last, text)


def _lines(entry: _Held, text: str, *, is_whole: bool) -> tuple[int, int]:
    """Return the span of an entry's lines, or of its key's line only."""
    mark = entry.key.start_mark
    start = mark.index - mark.column
    end = _end_of_line(text, _end(entry.value, text) if is_whole else entry.key.end_mark.index)
    if newline := _EOL.match(text, end):
        return start, newline.end()
    before = max((found.start() for found in _EOL.finditer(text, 0, start)), default=start)
    return before, end


def _span_in_braces(entry: _Held, text: str) -> tuple[int, int]:
    """Return the span of an entry within braces, with the comma to remove."""
    entries = entry.within.value
    place = next(i for i, (name, _) in enumerate(entries) if name is entry.key)
    start, end = entry.key.start_mark.index, _end(entry.value, text)
    if place + 1 < len(entries):
        return start, entries[place + 1][0].start_mark.index
    if place == 0:
        return start, end
    comma = _end(entries[place - 1][1], text)
    return (start, end) if "#" in text[comma:start] else (comma, end)
