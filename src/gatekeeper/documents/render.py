"""Render the readiness page from the workspace; the same workspace gives the same bytes."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import StrEnum

from gatekeeper.documents._blocks import (
    APPROVED,
    DERIVED,
    GATES,
    LEVELS,
    MATRIX,
    OF_SERVICE,
    PUBLISHED,
    ROLES,
    SIGNED,
)
from gatekeeper.documents.notation.cells import Added, CellText, write_cell
from gatekeeper.documents.notation.published_lists import PublishedTarget, write_targets
from gatekeeper.documents.notation.quoting import kept
from gatekeeper.documents.notation.scope_notes import NARROWINGS, Note, write_note
from gatekeeper.model.milestone import Published
from gatekeeper.model.rulebook import AppliesWhen, Criterion, Governance
from gatekeeper.model.service import Effect, PlanCell, Scope, Service
from gatekeeper.model.workspace import Manifests
from gatekeeper.reporters.text import markdown, mdx
from gatekeeper.reporters.text.markdown import row, table

TITLE = "Service Readiness Gates"
_ABOUT = "What ready means for each service at each milestone."
_SOURCE = (
    "Written by `gatekeeper docs` from the workspace: change the manifests, not this page. "
    "`gatekeeper docs --check` shows where the two disagree."
)

_MOST_OF_A_HEADING = 30
"""In characters; a longer description of a service is below its heading."""

Escape = Callable[[str], str]
Targets = Mapping[str, Mapping[str, object]]
"""By milestone every service in scope with its target level."""


class Flavour(StrEnum):
    """What displays the page: any Markdown viewer, or a Docusaurus site, which reads MDX."""

    PLAIN = "plain"
    DOCUSAURUS = "docusaurus"


def as_markdown(workspace: Manifests, derived: Targets, flavour: Flavour) -> str:
    """Return the whole document."""
    text = mdx.text if flavour is Flavour.DOCUSAURUS else markdown.text
    parts = [
        *_head(flavour),
        *_levels(workspace, text),
        *_gates(workspace, text),
        *_matrix(workspace, text),
        *_details(workspace, text),
        *_summary(workspace, derived, text),
        *_governance(workspace.governance, text),
    ]
    return "".join(parts)


def _head(flavour: Flavour) -> Iterator[str]:
    if flavour is Flavour.DOCUSAURUS:
        # No edit link: people edit the manifests, not the page.
        yield f"---\ntitle: {TITLE}\ndescription: {_ABOUT}\ncustom_edit_url: null\n---\n\n"
        yield f":::info Source\n\n{_SOURCE}\n\n:::\n\n"
    else:
        yield f"# {TITLE}\n\n> **Source.** {_SOURCE}\n\n"
    yield (
        f"{_ABOUT} A service cannot exit a milestone unless all applicable gates are green for its target "
        "level.\n"
    )


def _id(id_: str) -> str:
    """Escape an id: nothing else in it could be markup."""
    return id_.replace("_", r"\_")


def _levels(workspace: Manifests, text: Escape) -> Iterator[str]:
    yield "\n## 1. Level Definitions\n\n" + table(*LEVELS)
    for level in workspace.levels.levels:
        yield row(_id(level.level), text(f"{level.name}: {level.meaning}"), text(level.audience))
    yield "\nEscalation: no service may run at a level without all levels below it being green.\n"


def _gates(workspace: Manifests, text: Escape) -> Iterator[str]:
    yield "\n## 2. Canonical Gates\n\nEvery service is measured against these at each milestone.\n\n"
    yield table(*GATES)
    for name, gate in workspace.gates.items():
        yield row(f"{_id(name)} {text(gate.name)}", text(gate.definition), text(gate.artefact))


# The matrix


def _matrix(workspace: Manifests, text: Escape) -> Iterator[str]:
    yield (
        "\n## 3. Service \u00d7 Milestone \u00d7 Level Matrix\n\n"
        "A row lists the gates that must be green at its level; unlisted gates do not apply. A row without "
        "gates carries over those of the row above it. What else a row names is delivered by then. A service "
        "is not in scope at a milestone without a row.\n"
    )
    for service in workspace.services.values():
        yield from _service(service, [name for name in workspace.milestones if name in service.plan], text)


def _service(service: Service, milestones: Sequence[str], text: Escape) -> Iterator[str]:
    about = service.about or ""
    is_short = 0 < len(about) <= _MOST_OF_A_HEADING
    heading = f"{service.service} ({kept(about)})" if is_short else service.service
    yield f"\n### {text(heading)}\n\n"
    yield f"About it: {text(about)} " if about and not is_short else ""
    yield f"Labels: {text(', '.join(service.labels))}. " if service.labels else ""
    # In plain text, the full stop distinguishes the paragraph from a heading.
    yield f"Owned by {text(service.owner)}.\n\n"
    yield table(*MATRIX)
    for milestone in milestones:
        cell = service.plan[milestone]
        yield row(_id(milestone), _id(cell.level), _in_cell(write_cell(_cell_text(cell)), text))
    notes = [
        note
        for name in milestones
        for gate, scope in (service.plan[name].gates or {}).items()
        if scope and (note := _note(name, gate, scope))
    ]
    if notes:
        yield "\nHow scope notes are meant:\n\n"
        yield from (f"- {text(write_note(note))}\n" for note in notes)


def _in_cell(written: str, text: Escape) -> str:
    """Escape a table cell, in which a leading plus does not start a list."""
    rest = written.removeprefix("+ ")
    return written[: len(written) - len(rest)] + (text(rest) if rest else "")


def _cell_text(cell: PlanCell) -> CellText:
    gates = cell.gates
    return CellText(
        None if gates is None else {gate: scope.scope if scope else None for gate, scope in gates.items()},
        tuple(Added(added.capability, added.optional) for added in cell.adds),
    )


def _note(milestone: str, gate: str, scope: Scope) -> Note | None:
    """Return the note that explains a scope; None if the scope is only a text."""
    narrowings = {key: words for key in NARROWINGS if (words := getattr(scope, key))}
    demands = scope.effect is Effect.DEMANDS
    return Note(milestone, gate, demands, narrowings) if demands or narrowings else None


# The criteria


def _details(workspace: Manifests, text: Escape) -> Iterator[str]:
    yield "\n## 4. Gate Details\n"
    for name, gate in workspace.gates.items():
        yield from _criteria(f"{_id(name)} {text(gate.name)} — acceptance criteria", gate.criteria, text)
    for level in workspace.levels.levels:
        if level.criteria:
            heading = f"{_id(level.level)} {text(level.name)} — level criteria"
            yield from _criteria(heading, level.criteria, text)


def _criteria(heading: str, criteria: Sequence[Criterion], text: Escape) -> Iterator[str]:
    yield f"\n### {heading}\n\n"
    for criterion in criteria:
        conditions = " ".join(_conditions(criterion))
        suffix = f" *{text(conditions)}*" if conditions else ""
        yield f"- `{criterion.id}` {text(criterion.question)}{suffix}\n"


def _conditions(criterion: Criterion) -> Iterator[str]:
    """Yield when a criterion applies, and who may attest it."""
    when = criterion.applies_when or AppliesWhen()
    sentences = {
        f"From {criterion.from_}.": criterion.from_,
        f"Only at {criterion.only_at}.": criterion.only_at,
        f"Where {when.gate} applies.": when.gate,
        f"Where {' or '.join(when.any_gate or ())} applies.": when.any_gate,
        f"For services with the label {when.label}.": when.label,
        f"Not for {', '.join(when.except_services or ())}.": when.except_services,
        f"No older than {criterion.max_age_days} days.": criterion.max_age_days,
        "Advisory: it never blocks.": criterion.advisory or None,
        "Of the very commit that ships.": criterion.same_commit or None,
        "Anew at each milestone.": criterion.per_milestone or None,
        f"Attested by {criterion.attested_by}.": criterion.attested_by,
        f"Without an artefact, {criterion.or_attested_by} may attest it.": criterion.or_attested_by,
        f"May be declared not applicable by {criterion.waivable_by}.": criterion.waivable_by,
        f"Limits: {criterion.limits}": criterion.limits,
    }
    yield from (sentence for sentence, given in sentences.items() if given is not None)


# The exit summary


def _summary(workspace: Manifests, derived: Targets, text: Escape) -> Iterator[str]:
    yield (
        "\n## 5. Milestone Exit Summary (derived)\n\n"
        "A milestone exits when every service in scope reaches its level with its gates green. Other "
        "services do not block the milestone.\n\n"
    )
    yield table(*DERIVED)
    for milestone, levels in derived.items():
        targets = [PublishedTarget(service, str(level)) for service, level in levels.items()]
        yield row(_id(milestone), text(write_targets(targets)))
    if any(milestone.must_be_green for milestone in workspace.milestones.values()):
        yield "\n### The list as it was published\n\nEach row adds to the rows above it.\n\n"
        yield table(*PUBLISHED)
        for number, (name, published) in enumerate(workspace.milestones.items()):
            written = write_targets(list(map(_target, published.must_be_green)))
            yield row(_id(name), _in_cell(f"+ {written}" if number else written, text))


def _target(entry: Published) -> PublishedTarget:
    if entry.service:
        return PublishedTarget(entry.service, str(entry.level), entry.note)
    short = f"{entry.label}-capable services"
    if entry.note == short and " " not in (entry.label or ""):
        return PublishedTarget(short, str(entry.level))
    return PublishedTarget(f"label {entry.label}", str(entry.level), entry.note)


def _governance(governance: Governance, text: Escape) -> Iterator[str]:
    yield "\n## 6. Governance\n"
    yield "\n" if governance.policy else ""
    for subject, policy in governance.policy.items():
        yield f"- **{text(subject)}**: {text(policy.text)}\n"
    yield "\n" + table(*ROLES)
    for role, who in governance.roles.items():
        yield row(text(role), text(who.about) + (OF_SERVICE if who.of_service else ""))
    if governance.upgrade_sign_offs:
        yield f"\n{SIGNED} {text(', '.join(governance.upgrade_sign_offs))}.\n"
    if governance.weakening_sign_off:
        yield f"\n{APPROVED} {text(governance.weakening_sign_off)}.\n"
