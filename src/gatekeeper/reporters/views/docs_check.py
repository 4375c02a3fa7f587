"""`docs --check`: where a published readiness document and the workspace disagree."""

from collections.abc import Sequence
from typing import Any

from gatekeeper.errors import ExitCode
from gatekeeper.model.document import Disagreement, ReadinessDocument
from gatekeeper.model.screen import Screen
from gatekeeper.model.status import Status
from gatekeeper.reporters.text.screen import Parts, indented, item, shown, sign
from gatekeeper.reporters.wording.counts import counted


def data(file: str, found: Sequence[Disagreement], exit_code: ExitCode) -> dict[str, Any]:
    """Return every disagreement with its line."""
    listed = [one._asdict() for one in found]
    return {"file": file, "exit_code": int(exit_code), "disagreements": listed}


def parts(file: str, document: ReadinessDocument, found: Sequence[Disagreement], screen: Screen) -> Parts:
    """Yield every disagreement in the order of lines, and what to do about them."""
    for one in found:
        where = " ".join(shown(word) for word in (one.service, one.milestone) if word)
        yield item(f"line {one.line}", f"{f'{where}: ' if where else ''}{shown(one.message)}", 0)
    if found:
        count = counted(len(found), "disagreement")
        yield f"\n{sign(Status.FAIL, screen)} [bold]{shown(file)}[/]: {count} with the workspace, by line."
        yield indented(
            "If the document is right, fix the manifests: the rule, then what it `cites`. Otherwise fix the "
            "document, or write it again: gatekeeper docs",
            2,
        )
        return
    cells = sum(len(service.cells) for service in document.services.values())
    yield (
        f"{sign(Status.PASS, screen)} [bold]{shown(file)}[/] agrees with the workspace: "
        f"{counted(len(document.services), 'service')}, {counted(cells, 'cell')}, "
        f"{counted(len(document.gates), 'gate')}."
    )
