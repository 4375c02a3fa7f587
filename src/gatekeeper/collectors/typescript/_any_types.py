"""The types `any` of a file: those that are written, and those of what has no type.

A parameter, field or property without a type has the type `any`, unless its place gives it one: a callback
gets its types from the function that it is given to. Comments that silence the compiler hide what it knows.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gatekeeper.collectors.formats.grammar import line, text
from gatekeeper.collectors.formats.typescript.source import Source
from gatekeeper.collectors.formats.typescript.syntax import WRAPPERS, captures
from gatekeeper.collectors.typescript._names import path
from gatekeeper.model.evidence import Finding

if TYPE_CHECKING:
    from tree_sitter import Node

_LOOKED_FOR = """
(predefined_type "any") @any
(required_parameter !type !value) @parameter
(optional_parameter !type !value) @parameter
(arrow_function parameter: (identifier) @parameter)
(property_signature !type) @field
(public_field_definition !type !value) @field
(call_expression function: (member_expression object: (identifier) @_json) (#eq? @_json "JSON")) @json
(comment) @comment
"""
_SILENCES = re.compile(r"(?://+|/\*+)[\s*]*(@ts-(?:ignore|expect-error|nocheck))\b")
_CHECKS = re.compile(
    r"(safe)?[pP]arse(Async)?|(decode|validate|assert|check|ensure|is)([A-Z]\w*)?|create|mask"
)
"""Functions that take a value of any type to find out what it is."""
_UNTYPED = frozenset({"export_statement", "program", "public_field_definition", "variable_declarator"})
_FUNCTIONS = frozenset({"arrow_function", "function_expression", "method_definition"})


def any_types(source: Source) -> Iterator[Finding]:
    """Yield the types `any` of a file, and JavaScript that has code, in which everything is `any`."""
    if source.name.endswith(("js", "jsx")):
        if source.runs:
            yield Finding("JavaScript, in which everything has the type any", source.name, 1)
        return
    found = captures(_LOOKED_FOR, source.root, with_jsx=source.with_jsx)
    said = [(node, "the type any") for node in found.get("any", ())]
    open_ = [each for each in found.get("parameter", ()) if _is_open(each)]
    open_ += [each for each in found.get("field", ()) if not _is_set(each)]
    said += [
        (each, f"{source.data[each.start_byte : each.end_byte][:80].decode(errors='replace')} has no type")
        for each in open_
    ]
    said += [(node, "JSON.parse() returns the type any")
             for node in found.get("json", ()) if path(node.child_by_field_name("function"))[1:] == ("parse",)
             and not _is_unknown(node)]  # fmt: skip
    said += [(node, f"{silences[1]} hides what the compiler reports")
             for node in found.get("comment", ()) if (silences := _SILENCES.match(text(node)))]  # fmt: skip
    for node, message in sorted(said, key=lambda each: each[0].start_byte):
        yield Finding(message, source.name, line(node))


def _is_open(parameter: "Node") -> bool:
    """Return whether nothing gives a parameter without a type one."""
    if text(parameter.child_by_field_name("pattern")) == "this":
        return False
    function = parameter.parent
    while function is not None and function.type == "formal_parameters":
        function = function.parent
    if function is None or function.type not in _FUNCTIONS:
        return True
    if function.parent is not None and function.parent.type == "class_body":
        return not _is_setter_of_getter(function)
    return _has_no_context(function)


def _is_setter_of_getter(method: "Node") -> bool:
    if not any(child.type == "set" for child in method.children) or method.parent is None:
        return False
    name = text(method.child_by_field_name("name"))
    same = [each for each in method.parent.named_children if text(each.child_by_field_name("name")) == name]
    return any(child.type == "get" for each in same for child in each.children)


def _has_no_context(node: "Node") -> bool:
    """Return whether nothing around a function gives it a type."""
    around = node.parent
    while around is not None and (
        around.type in ("object", "pair", "parenthesized_expression")
        or (around.type == "as_expression" and text(around).endswith("as const"))
    ):
        around = around.parent
    return around is not None and around.type in _UNTYPED and around.child_by_field_name("type") is None


def _is_set(field: "Node") -> bool:
    """Return whether a field without a type is set in its class, where the compiler finds its type."""
    of = field.parent if field.type == "public_field_definition" else None
    name = re.escape(text(field.child_by_field_name("name")))
    return of is not None and bool(re.search(rf"\bthis\.{name}\s*=(?!=)", (of.text or b"").decode()))


def _is_unknown(call: "Node") -> bool:
    """Return whether what `JSON.parse` returns is `unknown`, or given to a function that checks it."""
    around = call.parent
    while around is not None and (around.type in WRAPPERS - {"as_expression"} or around.type == "pair"):
        around = around.parent
    if around is None or around.type == "expression_statement":
        return True
    if around.type == "as_expression":
        return text(around).endswith("as unknown") or "as unknown as" in text(around.parent)
    if around.type == "arguments":
        checked = path(around.parent.child_by_field_name("function")) if around.parent is not None else ()
        return bool(checked) and bool(_CHECKS.fullmatch(checked[-1]))
    if around.type == "return_statement":
        while around is not None and "function" not in around.type and around.type != "method_definition":
            around = around.parent
    kind = around and (around.child_by_field_name("type") or around.child_by_field_name("return_type"))
    return text(kind).lstrip(": ") == "unknown"
