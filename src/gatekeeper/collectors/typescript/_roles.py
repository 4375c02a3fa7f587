"""The classes that are aggregates and value objects, and their bases within the tree.

A class declares a role by extending a class of that name, through any number of classes and files, by
implementing such an interface, or by a tag in the doc comment of the class or of one that it extends. A class
that is abstract, or has the name of the role itself, is a base and does not count.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from gatekeeper.collectors.formats.typescript.source import Class
from gatekeeper.collectors.formats.typescript.tree import SourceTree


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
