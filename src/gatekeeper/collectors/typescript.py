"""A TypeScript source tree."""

from typing import NamedTuple

from gatekeeper.model.evidence import Finding

OPTIONS = frozenset({"include", "frameworks", "llm_sdks", "ai_port", "aggregates"})


class TypescriptFacts(NamedTuple):
    """What a TypeScript source tree says; null where it does not."""

    files: tuple[str, ...] | None = None
    """Source files read, relative to the repository."""
    folders: tuple[str, ...] | None = None
    """Folder names that occur in the tree."""
    framework_imports: tuple[Finding, ...] | None = None
    """Imports of what the slot's `frameworks` lists."""
    any_types: tuple[Finding, ...] | None = None
    aggregates: tuple[str, ...] | None = None
    """Aggregate root classes."""
    aggregates_without_invariants: tuple[Finding, ...] | None = None
    value_objects: tuple[str, ...] | None = None
    """Value object classes."""
    value_objects_without_equals: tuple[Finding, ...] | None = None
    """Inherited `equals()` counts."""
    llm_sdk_imports: tuple[Finding, ...] | None = None
    """Imports of what the slot's `llm_sdks` lists."""
    ai_calls: int | None = None
    """Calls of a language model, through the port or not."""
    ai_calls_outside_port: tuple[Finding, ...] | None = None
    """Those that do not go through the slot's `ai_port`."""


FACTS = TypescriptFacts
