"""A TypeScript source tree: a folder, a glob or a file, read with tree-sitter.

The slot's `include`, a glob or a list of them, selects the files that count; the rest of the tree is only
looked into to follow what they inherit. Declaration files and tests are not read: see `_ts_files`. A file
that does not parse is unreadable, unless what the grammar cannot read hides nothing: see `_ts_syntax`.
What makes an aggregate, and when it keeps its invariants, is said in `_ts_roles` and `_ts_guards`.
"""

from typing import NamedTuple

from gatekeeper.model.evidence import Finding

OPTIONS = frozenset({"include", "frameworks", "llm_sdks", "ai_port", "aggregates"})


class TypescriptFacts(NamedTuple):
    """What a TypeScript source tree says; null where it does not."""

    files: tuple[str, ...] | None = None
    """The files that a coverage report must list, relative to the repository: those of which something is
    left at run time. Null where there is none. Files of types, or of imports and exports only, are read for
    all other facts; coverage tools leave them out."""
    folders: tuple[str, ...] | None = None
    """Folder names that occur in the tree, whatever `include` selects: empty folders are in no repository."""
    framework_imports: tuple[Finding, ...] | None = None
    """Imports of what the slot's `frameworks` lists; null where it lists none. An import of types only
    counts, and says so: it is gone at run time, but without the framework the domain does not compile."""
    any_types: tuple[Finding, ...] | None = None
    """Each `any` that is a type; comments, texts and names do not count."""
    aggregates: tuple[str, ...] | None = None
    """Aggregate root classes; the slot's `aggregates` narrows them to these names."""
    aggregates_without_invariants: tuple[Finding, ...] | None = None
    """One for an aggregate that is made without a check, and one for each command that checks nothing."""
    value_objects: tuple[str, ...] | None = None
    """Value object classes."""
    value_objects_without_equals: tuple[Finding, ...] | None = None
    """Inherited `equals()` counts, where the tree shows it."""
    llm_sdk_imports: tuple[Finding, ...] | None = None
    """Imports of what the slot's `llm_sdks` lists; null where it lists none. Types count, and say so."""
    ai_calls: int | None = None
    """Calls of a language model, through the port or not; null without `llm_sdks` and `ai_port`."""
    ai_calls_outside_port: tuple[Finding, ...] | None = None
    """Those that do not go through the slot's `ai_port`; null without `llm_sdks`. What a class that
    implements the port calls is the other side of it, and no flaw."""
    files_without_code: tuple[str, ...] | None = None
    """Files read that are not among `files`."""


FACTS = TypescriptFacts
