"""What a signature is put under: the service as it stands, and the rulebook it is judged by."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from gatekeeper.model.report import Screen
from gatekeeper.model.service import Service
from gatekeeper.model.sign_off_preview import SignOffPreview
from gatekeeper.model.status import Status
from gatekeeper.model.verdict import MilestoneResult, ServiceResult
from gatekeeper.reporters.text.screen import draw, indented, item, shown, sign

if TYPE_CHECKING:
    from rich.console import RenderableType

_FEW = 3
_DIGEST_SHOWN = len("sha256:") + 12


def as_table(
    service: Service, signing: SignOffPreview, results: Sequence[MilestoneResult], digest: str, screen: Screen
) -> str:
    """Return the levels, the verdict of each milestone, the rulebook, and loudly what is not verified."""
    return draw(_parts(service, signing, results, digest, screen), screen)


def _parts(
    service: Service, signing: SignOffPreview, results: Sequence[MilestoneResult], digest: str, screen: Screen
) -> Iterator["RenderableType"]:
    yield f"[bold]{shown(service.service)}[/]  {shown(service.owner)}"
    yield indented(f"verified {signing.verified}, signed off {signing.signed}, claims {service.level}", 2)
    for result in results:
        [of_service] = result.services
        target = f"{result.milestone}  target {of_service.cell.level}"
        line = f"{target}  [bold]{of_service.verdict}[/]{shown(_open(of_service))}"
        yield item(sign(of_service.verdict, screen), line, 2)
    yield indented(f"rulebook {digest[:_DIGEST_SHOWN]}..., as of {results[0].as_of}", 2)
    if not signing.is_verified:
        open_ones = [result.rule.id for result in signing.open]
        dead = [f"nothing of {gate} applies" for gate in signing.dead_gates]
        yield item(
            sign(Status.UNREADABLE, screen),
            f"[bold]The evidence does not reach {signing.level}[/]: {shown(_some([*open_ones, *dead]))}. "
            "A signature does not change that: with all signatures it is a regression, which blocks every "
            "milestone.",
            0,
        )
    elif signing.signed > signing.level:
        yield indented(f"{signing.signed} is signed off: {signing.level} needs no signature of its own.", 0)


def _open(result: ServiceResult) -> str:
    ids = [criterion.rule.id for criterion in result.open_criteria]
    if ids:
        return f"  {len(ids)} open: {_some(ids)}"
    codes = ", ".join(reason.code for reason in result.reasons)
    return f"  {codes}" if codes else ""


def _some(words: Sequence[str]) -> str:
    return ", ".join(words[:_FEW]) + (f" and {len(words) - _FEW} more" if len(words) > _FEW else "")
