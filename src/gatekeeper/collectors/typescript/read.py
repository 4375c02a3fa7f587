"""Read evidence of the kind `typescript`."""

from collections.abc import Iterator, Sequence

from gatekeeper.collectors.formats.typescript.source import Class, Source
from gatekeeper.collectors.formats.typescript.syntax import may_hide_calls
from gatekeeper.collectors.formats.typescript.tree import SourceTree, is_source
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.globs import chooser, texts
from gatekeeper.collectors.reading.ledger import Ledger
from gatekeeper.collectors.typescript._any_types import any_types
from gatekeeper.collectors.typescript._equality import compares_values
from gatekeeper.collectors.typescript._guards import Guards
from gatekeeper.collectors.typescript._roles import AGGREGATE, VALUE_OBJECT, Roles
from gatekeeper.collectors.typescript.facts import PLACES, TypescriptFacts
from gatekeeper.model.evidence import Absent, Artefact, Collected, Finding, Options, Origin

ABOUT = About(
    tool="TypeScript and JavaScript, which people write",
    seen="what tree-sitter-typescript 0.23 parses",
    source="https://github.com/tree-sitter/tree-sitter-typescript",
    command=None,
    recognised="the endings `.ts`, `.tsx`, `.mts`, `.cts`, `.js`, `.jsx`, `.mjs`, `.cjs`",
    models=(
        "types `any`, aggregates with their invariants, value objects, base classes across files and packages"
    ),
    not_modelled="decorators, base classes and functions outside of the tree, which are not understood",
)


def recognises(content: Content) -> bool:
    """Return whether the name is that of a TypeScript or JavaScript source."""
    return is_source(content.name)


def collect(artefact: Artefact, options: Options) -> Collected[TypescriptFacts]:
    """Read the files that the slot selects."""
    tree = SourceTree(artefact.files, is_source)
    chosen = chooser(options.get("include"))
    files = [name for name in tree if chosen(name)]
    if not files:
        which = f" that matches {options['include']}" if options.get("include") else ""
        raise Absent(f"{artefact.path} has no TypeScript or JavaScript source{which}")
    sources = tree.parsed(files)
    ledger = Ledger(PLACES)
    facts = TypescriptFacts(
        files=tuple(source.name for source in sources if source.runs) or None,
        any_types=tuple(flaw for source in sources for flaw in any_types(source)),
    )
    facts = _with_classes(facts, Roles(tree), sources, texts(options.get("aggregates")), ledger)
    for source in sources:
        if may_hide_calls(source.root):
            ledger.note(
                "statement", "a statement that cannot be parsed may have the type any", file=source.name
            )
    for name, reason in tree.unparsed.items():
        ledger.note("file" if name in files else "other file", reason, file=name)
    return Collected(facts, (Origin("typescript", not_understood=ledger.places(), items=len(files)),))


def _with_classes(
    facts: TypescriptFacts, roles: Roles, sources: Sequence[Source], only: tuple[str, ...], ledger: Ledger
) -> TypescriptFacts:
    classes = [each for source in sources for each in source.classes]
    aggregates = [each for each in classes if roles.has(AGGREGATE, each) and (not only or each.name in only)]
    values = [each for each in classes if roles.has(VALUE_OBJECT, each)]
    guards = Guards(roles, ledger)
    for each in classes:
        for kind, message, at in roles.doubts(each):
            ledger.note(kind, message, file=at.file, line=at.line, touches=_touched(each, aggregates, values))
    # Aggregates that inherit a command without a check share the flaw.
    flaws = dict.fromkeys(flaw for each in aggregates for flaw in guards.flaws(each))
    return facts._replace(
        aggregates=_named(aggregates),
        aggregates_without_invariants=tuple(flaws),
        commands_without_precondition=tuple(guards.excused),
        value_objects=_named(values),
        value_objects_without_equals=tuple(
            flaw for each in values for flaw in _without_equals(each, roles, guards, ledger)
        ),
    )


def _touched(of: Class, aggregates: Sequence[Class], values: Sequence[Class]) -> frozenset[str]:
    """Return the facts that what is not known of a class touches."""
    found = {name for name, role in (("aggregates_without_invariants", aggregates),
                                     ("value_objects_without_equals", values)) if of in role}  # fmt: skip
    return frozenset(found) or PLACES["class"]


def _named(classes: Sequence[Class]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.name for each in classes))


def _without_equals(value: Class, roles: Roles, guards: Guards, ledger: Ledger) -> Iterator[Finding]:
    if guards.has_method(value, "equals"):
        own = guards.resolve(value, "equals")
        if own is not None and not compares_values(own, guards):
            at = own.function.start_point.row + 1
            yield Finding(f"{value.name}: equals() compares no value of what it is given", own.file, at)
        return
    unseen = next((ancestor for ancestor in roles.tree.ancestors(value)
                   if ancestor.is_extended and ancestor.found is None), None)  # fmt: skip
    if unseen is None:
        yield Finding(f"{value.name} has no equals()", value.file, value.line)
        return
    message = (
        f"whether {value.name} inherits equals(): its base {'.'.join(unseen.reference)} is not in the tree"
    )
    ledger.note(
        "base class", message, file=value.file, line=value.line, touches={"value_objects_without_equals"}
    )
