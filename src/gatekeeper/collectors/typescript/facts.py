"""What takes types and classes to be said about a source tree; the kind `source` says the rest.

The slot's `include`, a glob or a list of them, selects the files that count; other files of the tree are read
only for what those inherit or use. TypeScript and JavaScript are read, with tree-sitter. Declaration files
are read only where packages are installed in the tree (`node_modules`), for what classes inherit from them.
Tests are not read; they are known by their names (`a.test.ts`, `a.e2e.ts`, `__tests__/`).

A class is an aggregate or a value object if it extends a class of that name (`AggregateRoot`, `ValueObject`),
through any number of classes and files, implements such an interface, or has a tag such as `@aggregate` in
its doc comment or in that of a class that it extends. Abstract classes do not count.

Not modelled, and so not understood where a fact depends on it: a file that does not parse, unless what the
grammar cannot read contains nothing that a fact depends on; a base class whose file is missing, or that an
expression computes; the base of a package that is not installed, for `equals()`; a function that is not in
the tree and is given the object, or may change a part of it; a decorator of a command that checks nothing
itself. Beside a flaw that was seen they touch nothing: the flaw is certain.

Limits: a value that is replaced instead of refused (`Math.max(0, n)`), a warning, and a normalised value are
no check. What a check asks is not compared with what is written. A function of a package counts as a guard
by what its package is known to do (zod, valibot, io-ts, class-validator, joi, yup, superstruct, effect, ajv),
else by its name.
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
    """Each `any` that is a type, written or not, and each JavaScript file with code.

    Not written are those of parameters, fields and properties without a type, where their place gives them
    none, and of `JSON.parse()`, unless its result is `unknown` or given to a function that checks it.
    `@ts-ignore`, `@ts-expect-error` and `@ts-nocheck` count, too. An `any` of a library's declarations and of
    a variable that `catch` sets does not.
    """
    aggregates: tuple[str, ...] | None = None
    """The aggregate root classes; the slot's `aggregates` narrows them to these names."""
    aggregates_without_invariants: tuple[Finding, ...] | None = None
    """Aggregates whose creation checks nothing, and their commands that change state and check nothing.

    A check can fail and comes before the change on every path to it: a condition that varies and whose other
    branch throws, returns or skips the change; a call of a function that throws on some arguments, by its
    body if it is in the tree; or a result that shows a failure, if a condition heeds it. What `catch`
    swallows does not count. A parameter needs no check if only code that checks can make a value of its
    type: a class whose constructor or only factories check, or a branded type. The constructor or a static
    factory must check. A command is a public method or setter that changes the object's state; handlers of
    events (`onPlaced(event)`) are none.
    """
    commands_without_precondition: tuple[Finding, ...] | None = None
    """Commands that check nothing and say why: `@no-precondition REASON` in the comment before them.

    With a reason of two words or more they are no flaw of `aggregates_without_invariants`.
    """
    value_objects: tuple[str, ...] | None = None
    """The value object classes."""
    value_objects_without_equals: tuple[Finding, ...] | None = None
    """Value objects without `equals()`, their own or one inherited from a class of the tree or a package.

    An `equals()` of the tree counts if its result depends on a part of what it is given: `this === other`
    does not. A class that holds public values which no method changes, and of which neither a base class nor
    a tag says what it is, may be a value object: that is not understood. `@entity` says that it is not one.
    """


_OF_CLASSES = frozenset({
    "aggregates", "aggregates_without_invariants", "commands_without_precondition", "value_objects",
    "value_objects_without_equals",
})  # fmt: skip
PLACES = {
    "file": _OF_CLASSES | {"files", "any_types"},
    "other file": _OF_CLASSES,
    "statement": frozenset({"any_types"}),
    "class": _OF_CLASSES,
    "base class": _OF_CLASSES,
    "role": frozenset({"value_objects_without_equals"}),
    "call": frozenset({"aggregates_without_invariants"}),
    "decorator": frozenset({"aggregates_without_invariants"}),
}
FACTS = TypescriptFacts
