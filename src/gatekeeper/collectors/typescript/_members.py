"""The methods and fields of a class, each by its name."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from gatekeeper.collectors.formats.grammar import first, line, text
from gatekeeper.collectors.formats.typescript.syntax import WRAPPERS, arguments

if TYPE_CHECKING:
    from tree_sitter import Node

CONSTRUCTOR = "constructor"
_FUNCTIONS = ("arrow_function", "function_expression")
_EXCUSE = re.compile(r"@no-?precondition\b([^@]*)", re.IGNORECASE)


class Method(NamedTuple):
    """A method, a constructor, or a field that holds a function."""

    name: str
    line: int
    function: "Node"
    """The node with parameters and body."""
    is_static: bool
    is_hidden: bool
    """Whether it is private or protected."""
    is_command: bool
    """Whether callers can call it, and it is not a getter."""
    decorators: tuple[str, ...]
    excuse: str | None = None
    """The reason why it needs no precondition; empty if it says so without a reason."""


class ClassField(NamedTuple):
    """A field, a property that a constructor declares, or a getter."""

    type: "Node | None"
    value: "Node | None"
    is_readonly: bool = False
    is_public: bool = True
    """Whether others can read it, of each object."""

    @property
    def is_function(self) -> bool:
        """Whether it holds a function."""
        return _function_of(self.value) is not None


def methods(of: "Node") -> Iterator[Method]:
    """Yield the methods of a class that have a body."""
    decorators: list[str] = []
    excuse = None
    body = of.child_by_field_name("body")
    for member in body.named_children if body is not None else ():
        if member.type in ("comment", "decorator"):
            if member.type == "decorator":
                decorators.append(text(member))
            elif (found := _EXCUSE.search(text(member))) is not None:
                excuse = re.sub(r"[\s*]+", " ", found[1]).strip(" /")
            continue
        function = _function_of(member.child_by_field_name("value")) or member
        if function.child_by_field_name("body") is not None and member.type != "class_static_block":
            inner = [text(child) for child in member.named_children if child.type == "decorator"]
            yield _method(member, function, (*decorators, *inner))._replace(excuse=excuse)
        decorators.clear()
        excuse = None


def _function_of(value: "Node | None") -> "Node | None":
    """Return the function that a field holds, also one that is given to another: `debounce(() => ...)`."""
    while value is not None and value.type in WRAPPERS:
        value = first(value)
    if value is not None and value.type == "call_expression":
        value = next((each for each in arguments(value) if each.type in _FUNCTIONS), None)
    return value if value is not None and value.type in _FUNCTIONS else None


def declared(of: "Node") -> set[str]:
    """Return the methods that a class of a declaration file has, without those that it leaves to others."""
    signatures = [each for each in _members(of) if each.type == "method_signature"]
    of_objects = [each for each in signatures if "static" not in {child.type for child in each.children}]
    return {text(each.child_by_field_name("name")) for each in of_objects}


def settings(of: "Node") -> Iterator[str]:
    """Yield the static fields of a class that hold more than a constant: `static hooks = { validate }`."""
    for each in _members(of):
        value = each.child_by_field_name("value")
        is_static = any(child.type == "static" for child in each.children)
        if (
            is_static
            and value is not None
            and value.type in ("array", "call_expression", "identifier", "object")
        ):
            yield text(each.child_by_field_name("name"))


def _members(of: "Node") -> "list[Node]":
    body = of.child_by_field_name("body")
    return [each for each in (body.named_children if body is not None else ()) if each.type != "comment"]


def _method(member: "Node", function: "Node", decorators: tuple[str, ...]) -> Method:
    name = re.sub(r"""^\[(["'])([\w$]+)\1\]$""", r"\2", text(member.child_by_field_name("name")))
    words = {text(child) for child in member.children if not child.is_named or "modifier" in child.type}
    is_hidden = _is_hidden(member)
    parameters = text(function.child_by_field_name("parameters"))
    return Method(
        # Accessors have `get` or `set` in their name.
        name=f"get {name}" if "get" in words else f"set {name}" if "set" in words else name,
        line=line(member),
        function=function,
        is_static="static" in words,
        is_hidden=is_hidden,
        is_command=not (
            is_hidden
            or words & {"static", "get"}
            or name == CONSTRUCTOR
            or _handles_an_event(name, parameters)
        ),
        decorators=decorators,
    )


def _is_hidden(member: "Node") -> bool:
    words = {text(child) for child in member.children if "modifier" in child.type}
    return bool(words & {"private", "protected"}) or _name(member).startswith("#")


def _is_public(member: "Node") -> bool:
    return not _is_hidden(member) and all(child.type != "static" for child in member.children)


def _handles_an_event(name: str, parameters: str) -> bool:
    """Return whether a method handles an event, which it must not refuse."""
    handles = re.fullmatch(r"(on|when|apply|handle|mutate)([A-Z]\w*)?", name)
    return bool(handles and re.search(r"[eE]vent\b", parameters))


def fields(of: "Node") -> dict[str, ClassField]:
    """Return the fields and getters of a class, or the properties of an interface or of a type."""
    found: dict[str, ClassField] = {}
    for member in _members(of) if of.type != "object_type" else of.named_children:
        name = text(member.child_by_field_name("name"))
        kind, value = member.child_by_field_name("type"), member.child_by_field_name("value")
        if name == CONSTRUCTOR:
            for parameter in parameters(member):
                if any(child.type in ("accessibility_modifier", "readonly") for child in parameter.children):
                    found[_name(parameter)] = ClassField(
                        parameter.child_by_field_name("type"), None, is_public=_is_public(parameter)
                    )
        elif member.type == "method_definition" and any(child.type == "get" for child in member.children):
            found.setdefault(
                name,
                ClassField(member.child_by_field_name("return_type"), None, is_public=_is_public(member)),
            )
        elif name and member.type in ("property_signature", "public_field_definition"):
            is_readonly = any(child.type == "readonly" for child in member.children)
            found[name] = ClassField(kind, value, is_readonly, _is_public(member))
    return found


def parameters(function: "Node") -> "list[Node]":
    """Return the parameters of a function, without a `this` that only has a type."""
    found = function.child_by_field_name("parameters")
    if found is None:
        single = function.child_by_field_name("parameter")
        return [single] if single is not None else []
    return [each for each in found.named_children
            if each.type != "comment" and text(each.child_by_field_name("pattern")) != "this"]  # fmt: skip


def _name(parameter: "Node") -> str:
    pattern = parameter.child_by_field_name("pattern") or parameter.child_by_field_name("name")
    if pattern is not None and pattern.type == "rest_pattern":
        pattern = first(pattern)
    return text(pattern if pattern is not None else parameter)


def parameter_types(function: "Node") -> "dict[str, Node | None]":
    """Return the types of the parameters by name; none where a pattern takes them apart."""
    return {_name(each): each.child_by_field_name("type") for each in parameters(function)}
