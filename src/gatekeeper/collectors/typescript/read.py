"""Read evidence of the kind `typescript`."""

from collections.abc import Iterator, Sequence

from gatekeeper.collectors.formats.typescript.source import Class
from gatekeeper.collectors.formats.typescript.tree import SourceTree, is_typescript
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.globs import chooser, texts
from gatekeeper.collectors.reading.ledger import Ledger
from gatekeeper.collectors.typescript._guards import Guards
from gatekeeper.collectors.typescript._roles import AGGREGATE, VALUE_OBJECT, Roles
from gatekeeper.collectors.typescript.facts import PLACES, TypescriptFacts
from gatekeeper.model.evidence import Absent, Artefact, Collected, Finding, Options, Origin


def recognises(content: Content) -> bool:
    """Return whether the name is that of a TypeScript source."""
    return is_typescript(content.name)


def collect(artefact: Artefact, options: Options) -> Collected[TypescriptFacts]:
    """Read the files that the slot selects."""
    tree = SourceTree(artefact.files, is_typescript)
    chosen = chooser(options.get("include"))
    files = [name for name in tree if chosen(name)]
    if not files:
        which = f" that matches {options['include']}" if options.get("include") else ""
        raise Absent(f"{artefact.path} has no TypeScript source{which}")
    sources = [tree.source(name) for name in files]
    facts = TypescriptFacts(
        files=tuple(source.name for source in sources if source.runs) or None,
        any_types=tuple(Finding("the type any", each.name, at) for each in sources for at in each.any_lines),
    )
    facts = _with_classes(facts, Roles(tree), files, texts(options.get("aggregates")))
    return Collected(facts, (Origin("typescript", items=len(files)),))


def _with_classes(
    facts: TypescriptFacts, roles: Roles, files: Sequence[str], only: tuple[str, ...]
) -> TypescriptFacts:
    aggregates = [each for each in roles.having(AGGREGATE, files) if not only or each.name in only]
    values = list(roles.having(VALUE_OBJECT, files))
    ledger = Ledger(PLACES)
    guards = Guards(roles, ledger)
    # Aggregates that inherit a command without a check share the flaw.
    flaws = dict.fromkeys(flaw for each in aggregates for flaw in guards.flaws(each))
    return facts._replace(
        aggregates=_named(aggregates),
        aggregates_without_invariants=tuple(flaws),
        value_objects=_named(values),
        value_objects_without_equals=tuple(
            flaw for each in values for flaw in _without_equals(each, roles, guards)
        ),
    )


def _named(classes: Sequence[Class]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.name for each in classes))


def _without_equals(value: Class, roles: Roles, guards: Guards) -> Iterator[Finding]:
    if not guards.has_method(value, "equals"):
        unseen = next((ancestor for ancestor in roles.tree.ancestors(value)
                       if ancestor.is_extended and ancestor.found is None), None)  # fmt: skip
        base = f"; its base {'.'.join(unseen.reference)} is not in the tree" if unseen else ""
        yield Finding(f"{value.name} has no equals(){base}", value.file, value.line)
