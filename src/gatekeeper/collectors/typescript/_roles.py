"""The classes that are aggregates and value objects, and their bases within the tree.

A class declares a role by extending a class of that name, through any number of classes and files, by
implementing such an interface, or by a tag in the doc comment of the class or of one that it extends. A class
that is abstract, or has the name of the role itself, is a base and does not count.
"""

import re
from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from gatekeeper.collectors.formats.grammar import line, text
from gatekeeper.collectors.formats.typescript.source import Class
from gatekeeper.collectors.formats.typescript.syntax import captures
from gatekeeper.collectors.formats.typescript.tree import SourceTree
from gatekeeper.collectors.typescript._members import CONSTRUCTOR, fields, methods


class Role(NamedTuple):
    """A role, and how classes declare it."""

    names: frozenset[str]
    base: re.Pattern[str]
    """The names of bases, with common prefixes and suffixes."""
    tags: frozenset[str]


AGGREGATE = Role(
    frozenset({"AggregateRoot", "Aggregate"}),
    re.compile(r"\w*AggregateRoot(Base)?|I?Aggregate|AggregateBase|(Base|Abstract)Aggregate"),
    frozenset({"aggregate", "aggregateroot"}),
)
VALUE_OBJECT = Role(
    frozenset({"ValueObject"}), re.compile(r"\w*ValueObject(Base)?"), frozenset({"valueobject"})
)

_PROTOTYPE = re.compile(rb"\.\s*prototype\b|\[\s*[\"'`]prototype")
_OF_PROTOTYPE = """
(member_expression object: (_) @of property: (property_identifier) @_name (#eq? @_name "prototype"))
(subscript_expression object: (_) @of index: (string) @_index (#match? @_index "prototype"))
"""
_NAMELESS = "it holds values that never change, and no base class, `@valueobject` or `@entity` names its role"
_NO_VALUE = re.compile(
    r"\w*(Command|Config|DTO|Dto|Entity|Error|Event|Exception|Factory|Handler|Message|Options|Policy|Port|Props"
    r"|Query|Repository|Request|Response|Service|Snapshot|Specification|State)"
)
_IDENTITY = frozenset({"id", "_id", "#id", "uuid", "_uuid"})
_CHANGES = re.compile(r"\bthis(\.[\w$#]+)+\s*([-+*/%&|?^]*=(?!=)|\+\+|--|\.push\()|(\+\+|--)this\b")
_ROLE = re.compile(rb"Aggregate|ValueObject|@valueobject", re.IGNORECASE)


class Roles:
    """The roles of the classes of a tree."""

    def __init__(self, tree: SourceTree) -> None:
        self.tree = tree
        self._bases: dict[tuple[str, int], list[Class]] = {}

    def has(self, role: Role, of: Class) -> bool:
        """Return whether a class has a role."""
        return not of.is_abstract and of.name not in role.names and self._declares(role, of)

    def doubts(self, of: Class) -> Iterator[tuple[str, str, Class]]:
        """Yield what is not known of a class: the kind of the place, what it is, and where."""
        is_ours = self.has(AGGREGATE, of) or self.has(VALUE_OBJECT, of)
        for each in self.bases(of):
            body = each.node.child_by_field_name("body")
            if each.node.has_error and (is_ours or body is None or not body.has_error):
                yield "class", f"the class {each.name} cannot be parsed", each
            missing = next((".".join(name) for name in each.extends if self._is_missing(each, name)), None)
            if missing and not is_ours:
                yield "base class", f"{each.name} extends {missing}, whose file is not in the tree", each
            if each.is_computed and (is_ours or self._may_be_ours(each)):
                yield "base class", f"what {each.name} extends is computed", each
            if is_ours and each.key in self._patched:
                yield "class", f"what {self._patched[each.key]} gives {each.name}.prototype", each
        if not is_ours and looks_like_a_value(of):
            yield "role", f"whether {of.name} is a value object: {_NAMELESS}", of

    @cached_property
    def _patched(self) -> dict[tuple[str, int], str]:
        """Where something outside of a class names its prototype, by the class."""
        found: dict[tuple[str, int], str] = {}
        for source in self.tree.containing(_PROTOTYPE):
            for node in captures(_OF_PROTOTYPE, source.root, with_jsx=source.with_jsx).get("of", ()):
                if (of := self.tree.find(source.name, tuple(text(node).split(".")))) is not None:
                    found.setdefault(of.key, f"{source.name}:{line(node)}")
        return found

    def _is_missing(self, of: Class, reference: tuple[str, ...]) -> bool:
        specifier, _ = self.tree.source(of.file).bindings.get(reference[0], ("", ""))
        return specifier.startswith(".") and self.tree.module(of.file, specifier) is None

    def _may_be_ours(self, of: Class) -> bool:
        """Return whether a base that is computed may have a role, by the files that compute it."""
        declared = [self.tree.declared(of.file, reference) for reference in of.extends]
        files = {found[0] for found in declared if found is not None} or {of.file}
        return any(_ROLE.search(self.tree.source(file).data) for file in files)

    def _declares(self, role: Role, of: Class) -> bool:
        return bool(of.tags & role.tags) or any(
            any(map(role.base.fullmatch, ancestor.names))
            or (ancestor.found is not None and bool(ancestor.found.tags & role.tags))
            for ancestor in self.tree.ancestors(of)
        )

    def bases(self, of: Class) -> list[Class]:
        """Return a class and the classes of the tree that it extends, the nearest first."""
        if of.key not in self._bases:
            above = [each.found for each in self.tree.ancestors(of) if each.found and each.is_extended]
            self._bases[of.key] = list({each.key: each for each in [of, *above]}.values())
        return self._bases[of.key]

    def own_bases(self, of: Class) -> int:
        """Return the number of bases, the class itself included, below the one that gives the role."""
        bases = self.bases(of)
        giving = (
            at
            for at, each in enumerate(bases)
            if at and any(role.base.fullmatch(each.name) for role in (AGGREGATE, VALUE_OBJECT))
        )
        return next(giving, len(bases))


def looks_like_a_value(of: Class) -> bool:
    """Return whether a class holds values that never change, and nothing names its role.

    It has public data, no identity and no `equals()`, no base, and no method that sets a field.
    """
    says = of.is_abstract or of.is_computed or of.extends or of.implements or of.tags
    if says or _NO_VALUE.fullmatch(of.name):
        return False
    held = fields(of.node)
    own = [method for method in methods(of.node) if not method.is_static and method.name != CONSTRUCTOR]
    if not any(each.is_public and not each.is_function for each in held.values()) or _IDENTITY & held.keys():
        return False
    return not any(
        method.name in ("equals", "isEqual")
        or method.name.startswith("set ")
        or _CHANGES.search(text(method.function))
        for method in own
    )
