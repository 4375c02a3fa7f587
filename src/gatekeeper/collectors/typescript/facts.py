"""A TypeScript source tree: a folder, a glob or a file, read with tree-sitter.

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

OPTIONS = frozenset({"include", "frameworks", "llm_sdks", "ai_port", "aggregates"})


class TypescriptFacts(NamedTuple):
    """Facts about a TypeScript source tree; null if the slot does not name what they are about."""

    files: tuple[str, ...] | None = None
    """The files that a coverage report must list, relative to the repository: those with code at run time.

    Null if there are none. Coverage tools leave out files with types, imports and exports only; all other
    facts include them.
    """
    folders: tuple[str, ...] | None = None
    """The names of all folders of the tree, whatever `include` selects; Git keeps no empty folders."""
    framework_imports: tuple[Finding, ...] | None = None
    """Imports of the packages that the slot's `frameworks` lists; null if it lists none.

    An import of types only counts, and the finding says so: without the framework the domain does not
    compile.
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
    llm_sdk_imports: tuple[Finding, ...] | None = None
    """Imports of the packages that `llm_sdks` lists, types included; null if the slot lists none."""
    ai_calls: int | None = None
    """The number of calls of a language model, through the port or not.

    Null if the slot has neither `llm_sdks` nor `ai_port`. Values of the port or of an SDK are followed by
    name; every call on them counts, except of JavaScript's own methods.
    """
    ai_calls_outside_port: tuple[Finding, ...] | None = None
    """Calls of an SDK that bypass the slot's `ai_port`; null without `llm_sdks`.

    Calls within a class that implements the port do not count.
    """
    files_without_code: tuple[str, ...] | None = None
    """The files that are read and not among `files`."""


FACTS = TypescriptFacts
