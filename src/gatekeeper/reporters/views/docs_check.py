"""`docs --check`: where a published readiness document and the workspace disagree."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from pydantic_core import to_json

from gatekeeper.model.document import Disagreement, ReadinessDocument
from gatekeeper.model.report import Screen
from gatekeeper.model.status import Status
from gatekeeper.reporters.text.screen import draw, indented, item, shown, sign
from gatekeeper.reporters.wording.counts import counted

if TYPE_CHECKING:
    from rich.console import RenderableType


def as_json(file: str, found: Sequence[Disagreement], exit_code: int) -> str:
    """Return every disagreement with its line."""
    listed: list[dict[str, Any]] = [one._asdict() for one in found]
    document = {"schema_version": 1, "file": file, "exit_code": exit_code, "disagreements": listed}
    return to_json(document, indent=2).decode() + "\n"


def as_table(file: str, document: ReadinessDocument, found: Sequence[Disagreement], screen: Screen) -> str:
    """Return every disagreement in the order of lines, and what to do about them."""
    return draw(_parts(file, document, found, screen), screen)


def _parts(
    file: str, document: ReadinessDocument, found: Sequence[Disagreement], screen: Screen
) -> Iterator["RenderableType"]:
    for one in found:
        where = " ".join(shown(word) for word in (one.service, one.milestone) if word)
        yield item(f"line {one.line}", f"{f'{where}: ' if where else ''}{shown(one.message)}", 0)
    if found:
        count = counted(len(found), "disagreement")
        yield f"\n{sign(Status.FAIL, screen)} [bold]{shown(file)}[/]: {count} with the workspace, by line."
        yield indented(
            "Fix the manifests if the document is right; otherwise write the document again: gatekeeper docs",
            2,
        )
        return
    cells = sum(len(service.cells) for service in document.services.values())
    yield (
        f"{sign(Status.PASS, screen)} [bold]{shown(file)}[/] agrees with the workspace: "
        f"{len(document.services):,} services, {cells:,} cells, {len(document.gates):,} gates."
    )
