"""What only TypeScript can say about a source tree, read with tree-sitter; the kind `source` says the rest.

The slot's `include`, a glob or a list of them, selects the files that count; other files of the tree are read
only for what those inherit. Declaration files are not read, and neither are tests, which are known by their
names (`a.test.ts`, `a.e2e.ts`, `__tests__/`). A file that does not parse is unreadable, unless the statements
that the grammar cannot read contain nothing that a fact depends on.

A class is an aggregate or a value object if it extends a class of that name (`AggregateRoot`, `ValueObject`),
through any number of classes and files, implements such an interface, or has a tag such as `@aggregate` in
its doc comment or in that of a class that it extends. Abstract classes do not count.
"""

from typing import NamedTuple

from gatekeeper.model.evidence import Finding

OPTIONS = frozenset({"include", "aggregates"})


class TypescriptFacts(NamedTuple):
    """Facts about a TypeScript source tree; null if the slot does not name what they are about."""

    files: tuple[str, ...] | None = None
    """The files with code at run time, relative to the repository; null if there are none.

    All other facts include files with types, imports and exports only.
    """
    any_types: tuple[Finding, ...] | None = None
    """Each `any` that is a type, not one in a comment, string or name."""
    aggregates: tuple[str, ...] | None = None
    """The aggregate root classes; the slot's `aggregates` narrows them to these names."""
    aggregates_without_invariants: tuple[Finding, ...] | None = None
    """Aggregates whose creation checks nothing, and their commands that check nothing.

    A method checks if it throws, calls a guard (`Guard.`, `assert`, `ensure`, `check`, `validate` and the
    like), creates a failure to return (`Result.fail`, `err`, `left`), asks whether a result is one, creates a
    value object that checks, or calls a method of its class that checks. The constructor or a static factory
    must check. A command, which is a public method or setter that changes the object's state, must check, or
    change it only under a condition. Handlers of events (`onPlaced(event)`) are not commands.
    """
    value_objects: tuple[str, ...] | None = None
    """The value object classes."""
    value_objects_without_equals: tuple[Finding, ...] | None = None
    """Value objects without `equals()`, their own or one inherited from a class of the tree."""


PLACES = {
    "call": frozenset({"aggregates_without_invariants"}),
    "decorator": frozenset({"aggregates_without_invariants"}),
}
FACTS = TypescriptFacts
