"""The classes that are aggregates and value objects, and their bases within the tree.

A class declares a role by extending a class of that name, through any number of classes and files, by
implementing such an interface, or by a tag in the doc comment of the class or of one that it extends. A class
that is abstract, or has the name of the role itself, is a base and does not count.
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from gatekeeper.collectors.formats.typescript.source import Class
from gatekeeper.collectors.formats.typescript.tree import SourceTree
from gatekeeper.model.evidence import Unreadable


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


class Roles:
    """The roles of the classes of a tree."""

    def __init__(self, tree: SourceTree) -> None:
        self.tree = tree
        self._bases: dict[tuple[str, int], list[Class]] = {}

    def having(self, role: Role, files: Iterable[str]) -> Iterator[Class]:
        """Yield the classes of the given files that have a role."""
        for file in files:
            for each in self.tree.source(file).classes:
                if self.has(role, each):
                    yield each

    def has(self, role: Role, of: Class) -> bool:
        """Return whether a class has a role.

        Raises:
            Unreadable: It has, and the class or one of its bases cannot be parsed.
        """
        if of.is_abstract or of.name in role.names or not self._declares(role, of):
            return False
        for each in self.bases(of):
            if each.node.has_error:
                raise Unreadable(f"{each.file}: line {each.line}: the class {each.name} cannot be parsed")
        return True

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
