"""Compare the prose of a readiness page with what rules cite, or with what the workspace writes."""

from collections.abc import Iterator, Sequence

from gatekeeper.documents._quotes import Found, Quote, bare, find_quotes, similar
from gatekeeper.documents.parse import read_document
from gatekeeper.documents.render import Flavour, as_markdown
from gatekeeper.judging.plans.matrix import summary
from gatekeeper.model.document import Disagreement, DocumentPart, PageIds, ReadinessDocument
from gatekeeper.model.rulebook import Gate, LevelDefinition
from gatekeeper.model.workspace import Manifests


def prose_disagreements(document: ReadinessDocument, workspace: Manifests) -> Sequence[Disagreement]:
    """Return the differences from the words that rules cite, or from the page that `docs` writes.

    A page is one or the other: the fewer differences count.
    """
    quotes, pages = list(quotes_of(workspace)), _page_of(document, workspace)
    cited = find_quotes(document.units, quotes, (*workspace.gates, *workspace.levels.scale))
    groups = {quote.group for quote in pages} | {unit.group for unit in document.units}
    written = find_quotes(document.units, pages, groups, shared=False)
    silent = list(_silent(document, workspace))
    if len(written.lost) + len(written.rests) < len(cited.lost) + len(cited.rests) + len(silent):
        return list(_differences(document, pages, written, "the workspace does not write"))
    return [*_differences(document, quotes, cited, "no rule cites"), *silent]


def quotes_of(workspace: Manifests) -> Iterator[Quote]:
    """Yield everything that the rulebook cites."""
    groups: dict[str, Gate | LevelDefinition] = {**workspace.gates}
    for name, group in (groups | {level.level: level for level in workspace.levels.levels}).items():
        yield from (Quote(citation.text, name, name) for citation in group.cites)
        for criterion in group.criteria:
            yield from (Quote(citation.text, name, criterion.id) for citation in criterion.cites)
    yield from (Quote(text, "", "prose of the governance") for text in workspace.governance.prose)
    for name, policy in workspace.governance.policy.items():
        yield from (Quote(citation.text, "", f"policy {name}") for citation in policy.cites)


def _silent(document: ReadinessDocument, workspace: Manifests) -> Iterator[Disagreement]:
    """Yield the criteria that cite nothing of a list that the page has."""
    levels = {level.level: level for level in workspace.levels.levels}
    for name, listed in document.criteria.items():
        group = workspace.gates.get(name) or levels.get(name)
        for criterion in group.criteria if group and listed.criteria else ():
            if not criterion.cites:
                message = f"{criterion.id} cites nothing of this list: {criterion.question}"
                yield Disagreement(listed.line, DocumentPart.PROSE, message)


def _page_of(document: ReadinessDocument, workspace: Manifests) -> list[Quote]:
    """Return what `docs` would write, for the kind of site that the page is for."""
    is_docusaurus = any(unit.text.startswith(":::") for unit in document.units)
    derived = summary(workspace.services.values(), workspace.levels.scale, workspace.milestones)
    text = as_markdown(workspace, derived, Flavour.DOCUSAURUS if is_docusaurus else Flavour.PLAIN)
    units = read_document(text.encode(), "", PageIds.of(workspace)).units
    return [Quote(unit.text, unit.group, "") for unit in units]


def _differences(
    document: ReadinessDocument, quotes: Sequence[Quote], found: Found, beyond: str
) -> Iterator[Disagreement]:
    pairs = similar(found.lost, found.rests)
    texts = [(unit, bare(unit.text)) for unit in (document.units if found.lost else ())]
    for quote in found.lost:
        said = f"{quote.rule} cites {quote.text!r}" if quote.rule else f"the workspace writes {quote.text!r}"
        if rest := pairs.get(quote):
            yield Disagreement(rest.unit.line, DocumentPart.PROSE, f"{said}; the page says {rest.text!r}")
            continue
        words = bare(quote.text)
        elsewhere = next((unit for unit, text in texts if words in text and unit.group != quote.group), None)
        if elsewhere:
            where = f" under {elsewhere.group}" if elsewhere.group else ""
            message = f"{said}, which is in line {elsewhere.line}{where}"
        else:
            message = f"{said}, which is not on the page"
        yield Disagreement(_place_of(quote, quotes, found, document), DocumentPart.PROSE, message)
    taken = list(pairs.values())
    for rest in found.rests:
        if rest not in taken:
            whole = "" if bare(rest.text) == bare(rest.unit.text) else f" of {rest.unit.text!r}"
            yield Disagreement(rest.unit.line, DocumentPart.PROSE, f"{beyond} {rest.text!r}{whole}")


def _place_of(quote: Quote, quotes: Sequence[Quote], found: Found, document: ReadinessDocument) -> int:
    """Return the line after which a quote belongs: that of the quote before it, else of one after it."""
    group = [one for one in quotes if one.group == quote.group]
    here = group.index(quote)
    near = [found.lines[one] for one in (*group[here::-1], *group[here:]) if one in found.lines]
    heading = [document.criteria[quote.group].line] if quote.group in document.criteria else []
    return next(iter([*near, *heading]), 1)
