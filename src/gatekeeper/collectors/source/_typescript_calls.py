"""Calls of a language model, through the service's own port or directly through a provider's SDK.

Values of the port or an SDK are followed by name within a file: parameters, fields and variables whose type
is the port or an export of an SDK, or that are set from one (`new OpenAI()`, `inject(AIClient)`); a value
with the name of the port (`aiClient`); and values of an SDK that another file of the tree exports. Every call
on such a value counts, except of JavaScript's own methods (`text.trim()`).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from gatekeeper.collectors.formats.grammar import first, line, text
from gatekeeper.collectors.formats.typescript.source import Source
from gatekeeper.collectors.formats.typescript.syntax import (
    WRAPPERS,
    Spans,
    arguments,
    captures,
    may_hide_calls,
)
from gatekeeper.collectors.formats.typescript.tree import SourceTree
from gatekeeper.collectors.reading.files import in_file
from gatekeeper.collectors.source._language import ModelCalls, Selects
from gatekeeper.model.evidence import Finding, Unreadable

if TYPE_CHECKING:
    from tree_sitter import Node

_LOOKED_FOR = """
[(variable_declarator) (assignment_expression) (public_field_definition) (required_parameter)
 (optional_parameter) (property_signature)] @value
(call_expression) @call
"""
_BUILT_IN = frozenset({
    "at", "catch", "concat", "entries", "every", "filter", "finally", "find", "flat", "flatMap", "forEach",
    "includes", "indexOf", "join", "keys", "map", "match", "on", "push", "reduce", "replace", "slice", "some",
    "sort", "split", "startsWith", "then", "toLowerCase", "toString", "trim", "values",
})  # fmt: skip
_MADE = frozenset({"as_expression", "await_expression", "call_expression", "new_expression"})
_UTILITY = re.compile(r"(?:Omit|Partial|Pick|Readonly|Required)<([\w$.]+)[,<>].*", re.DOTALL)
_SDK = "(an SDK)"
"""The name of the value of `require("openai")` in a path."""
_PROMPT_KEYS = ("prompt", "promptId", "prompt_id", "promptKey", "prompt_key")
_LONGEST_PATH = 50
_HOPS = 5
"""The number of files through which a client of an SDK is followed."""


def find(tree: SourceTree, files: Sequence[str], is_sdk: Selects | None, port: str | None) -> ModelCalls:
    """Return the calls in the given files of a tree."""
    clients: dict[str, set[str]] = {}
    readers: dict[str, _Reader] = {}
    todo: Mapping[str, set[str]] = {
        file: set() for file in files if _matters(tree.source(file), is_sdk, port)
    }
    for _ in range(_HOPS):
        for file, names in todo.items():
            readers[file] = _Reader(tree.source(file), is_sdk, port, names | clients.get(file, set()))
        todo = _imported_clients(tree, files, readers)
        todo = {file: names for file, names in todo.items() if not names <= clients.get(file, set())}
        for file, names in todo.items():
            clients.setdefault(file, set()).update(names)
        if not todo:
            break
    found = [readers[file].calls(tree) for file in files if file in readers]
    outside = [flaw for each in found for flaw in each.outside_port]
    return ModelCalls(
        sum(each.total for each in found),
        outside,
        [prompt for each in found for prompt in each.prompts],
        [call for each in found for call in each.unnamed],
    )


def _matters(source: Source, is_sdk: Selects | None, port: str | None) -> bool:
    return bool(is_sdk and any(is_sdk(each.specifier) for each in source.imports)) or bool(
        port and port.lower().encode() in source.data.lower()
    )


def _imported_clients(
    tree: SourceTree, files: Sequence[str], readers: Mapping[str, "_Reader"]
) -> dict[str, set[str]]:
    """Return by file the names that it imports from another file and that are values of an SDK."""
    exporting = {file: reader.sdk.locals for file, reader in readers.items() if reader.sdk.locals}
    found: dict[str, set[str]] = {}
    for file in files if exporting else ():
        for local, (specifier, name) in tree.source(file).bindings.items():
            module = tree.module(file, specifier)
            if module in exporting and tree.source(module).local_name(name) in exporting[module]:
                found.setdefault(file, set()).add(local)
    return found


class _Values:
    """The names within a file that are values of the port, or of an SDK."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self.locals = set(names)
        self.members: set[str] = set()

    def include(self, path: Sequence[str]) -> bool:
        """Return whether a path leads to such a value or to a part of it."""
        return bool(path) and (path[0] in self.locals or not self.members.isdisjoint(path))

    def add(self, target: "Node") -> None:
        """Add the names that a declaration binds, or the target of an assignment."""
        match target.type:
            case "identifier" | "object_pattern" | "array_pattern":
                self.locals.update(re.findall(r"[\w$]+", text(target)))
            case "member_expression":
                self.members.add(text(target.child_by_field_name("property")))
            case "property_identifier" | "private_property_identifier":
                self.members.add(text(target))
            case _:
                pass


class _Reader:
    """Follows the values of one file."""

    def __init__(self, source: Source, is_sdk: Selects | None, port: str | None, clients: set[str]) -> None:
        if may_hide_calls(source.root):
            raise Unreadable(
                f"{source.name}: a part of it cannot be parsed, and may contain calls of a model"
            )
        self._source = source
        self._is_sdk = is_sdk or (lambda _: False)
        self._port_name = port or ""
        imported = [each for each in source.imports if self._is_sdk(each.specifier)]
        self.sdk = _Values([_SDK, *clients, *(local for each in imported for local, _ in each.names)])
        aliases = (local for each in source.imports for local, name in each.names if name == port)
        self._ports = frozenset({port, *aliases}) if port else frozenset[str]()
        self.port = _Values(self._ports)
        with in_file(source.name):
            found = captures(_LOOKED_FOR, source.root, with_jsx=source.with_jsx)
        self._calls = found.get("call", [])
        for value in found.get("value", ()):
            self._follow(value)
        self.sdk.locals.discard(_SDK)
        if not self.sdk.locals and not imported:
            self.sdk.members.clear()

    def _follow(self, node: "Node") -> None:
        fields = [node.child_by_field_name(name) for name in ("name", "left", "pattern")]
        target = next((field for field in fields if field is not None), None)
        value = node.child_by_field_name("value") or node.child_by_field_name("right")
        types = _types(text(node.child_by_field_name("type")))
        if target is None:
            return
        is_property = node.type.endswith("_parameter") and any(
            child.type in ("accessibility_modifier", "readonly") for child in node.children
        )
        for values, is_value in (
            (
                self.sdk,
                not types.isdisjoint(self.sdk.locals) or self.sdk.include(self._path(value, of_value=True)),
            ),
            (self.port, not types.isdisjoint(self._ports) or self._is_made_of_port(value)),
        ):
            if is_value:
                values.add(target)
                if is_property:
                    values.members.add(text(target))

    def _is_made_of_port(self, value: "Node | None") -> bool:
        """Return whether a value is a port: `new AIClient()`, `inject(AIClient)`, `given as AIClient`."""
        if value is None or not self._port_name:
            return False
        if (path := self._path(value)) and self._is_port((*path, "")):
            return True  # const {complete} = aiClient
        if value.type not in _MADE:
            return False
        made = first(value) if value.type == "await_expression" else value
        path = self._path(made.child_by_field_name("function")) if made is not None else ()
        if path and path[0] not in self._ports and self._is_port(path):
            return False  # the result of a call of the port is an answer, not a port
        return not self._ports.isdisjoint(re.findall(r"[\w$]+", text(value)))

    def _path(self, node: "Node | None", *, of_value: bool = False) -> tuple[str, ...]:
        """Return the names of `a.b.c` from the root on, through expressions whose value is a client."""
        names: list[str] = []
        while node is not None and len(names) < _LONGEST_PATH:
            if node.type in ("identifier", "this"):
                return (text(node), *reversed(names))
            if node.type == "call_expression" and self._loaded(node):
                return (_SDK, *reversed(names))
            if node.type == "member_expression":
                names.append(text(node.child_by_field_name("property")))
            node = self._towards_root(node, of_value=of_value)
        return ()

    def _towards_root(self, node: "Node", *, of_value: bool) -> "Node | None":
        """Return the next node towards the root of a path; None if the value is not a client.

        `new` or a plain function makes a client; an awaited value is an answer.
        """
        match node.type:
            case "member_expression" | "subscript_expression":
                return node.child_by_field_name("object")
            case "new_expression":
                return node.child_by_field_name("constructor")
            case "await_expression":
                inner = first(node)
                waits = inner is not None and inner.type == "call_expression" and not self._loaded(inner)
                return None if waits else inner
            case "call_expression" if of_value:
                function = node.child_by_field_name("function")
                return function if function is not None and function.type == "identifier" else None
            case kind if kind in WRAPPERS:
                return first(node)
            case _:
                return None

    def _loaded(self, call: "Node") -> bool:
        """Return whether a call is `require` or `import` of an SDK."""
        loads = text(call.child_by_field_name("function")) in ("require", "import")
        return loads and self._is_sdk(text(first(call.child_by_field_name("arguments")))[1:-1])

    def calls(self, tree: SourceTree) -> ModelCalls:
        """Return the calls on the followed values."""
        adapters = Spans(
            each.node.byte_range
            for each in self._source.classes
            if any(self._port_name in ancestor.names for ancestor in tree.ancestors(each))
        )
        total, outside, of_port = 0, [], []
        for call in self._calls:
            path = self._path(call.child_by_field_name("function"))
            if not path or path[-1] in _BUILT_IN:
                continue
            if path[0] == _SDK or self.sdk.include(path[: max(1, len(path) - 1)]):
                total += 1
                if call.start_byte not in adapters:
                    name = ".".join(path)
                    message = f"calls {name}() of an SDK instead of the port {self._port_name}".rstrip()
                    outside.append(Finding(message, self._source.name, line(call)))
            elif self._is_port(path):
                total += 1
                of_port.append(call)
        given = {call.start_byte: self._prompt_of(call) for call in of_port if arguments(call)}
        unnamed = [
            Finding("calls the port with a prompt that only a run of the program shows", self._source.name,
                    line(call))
            for call in of_port if given.get(call.start_byte, "") is None
        ]  # fmt: skip
        return ModelCalls(total, outside, [prompt for prompt in given.values() if prompt], unnamed)

    def _prompt_of(self, call: "Node") -> str | None:
        """Return the name of the prompt that a call of the port is given; None if it is computed."""
        given: Node | None = arguments(call)[0]
        if given is not None and given.type == "object":
            pairs = [(pair.child_by_field_name("key"), pair) for pair in given.named_children]
            named = (pair for key, pair in pairs if text(key).strip("\"'") in _PROMPT_KEYS)
            given = next((pair.child_by_field_name("value") for pair in named), None)
        if given is not None and given.type == "identifier":
            declared = self._source.declared.get(text(given))
            given = declared.child_by_field_name("value") if declared is not None else None
        while given is not None and given.type in WRAPPERS:
            given = first(given)
        is_plain = given is not None and given.type in ("string", "template_string")
        return text(given)[1:-1] if is_plain and "${" not in text(given) else None

    def _is_port(self, path: tuple[str, ...]) -> bool:
        if len(path) == 1:
            return path[0] not in self._ports and path[0] in self.port.locals
        name = self._port_name.lower()
        return self.port.include(path[:-1]) or bool(
            name and any(part.lstrip("_#$").lower() == name for part in path[:-1])
        )


def _types(annotation: str) -> set[str]:
    """Return the types of an annotation: a name, a union of names, or a utility type of a name."""
    found = set()
    for choice in annotation.removeprefix(":").split("|"):
        plain = choice.strip().removeprefix("readonly ")
        utility = _UTILITY.fullmatch(plain)
        found.add((utility[1] if utility else plain.partition("<")[0]).strip().rpartition(".")[2])
    return found
