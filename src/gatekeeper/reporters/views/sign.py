"""`sign`: what a signer signs, that is the service as it is and what the level asks of it."""

from collections.abc import Sequence
from datetime import date

from gatekeeper.model.screen import Screen
from gatekeeper.model.service import Service, SignOff
from gatekeeper.model.sign_off_preview import SignOffPreview
from gatekeeper.model.status import Status
from gatekeeper.model.verdict import MilestoneResult, ServiceResult
from gatekeeper.reporters.text.screen import Parts, draw, indented, item, shown, sign
from gatekeeper.reporters.wording.counts import counted, first_few, short_digest
from gatekeeper.reporters.wording.levels import Naming

_FEW = 3


def as_table(
    service: Service,
    signing: SignOffPreview,
    results: Sequence[MilestoneResult],
    sign_off: SignOff,
    screen: Screen,
) -> str:
    """Return levels, verdicts, what is signed of the obligations and artefacts, and a warning."""
    lines = _digests(sign_off, results[0].as_of)
    return draw((*_parts(service, signing, results, screen), *lines, *_warning(signing, screen)), screen)


def _parts(
    service: Service, signing: SignOffPreview, results: Sequence[MilestoneResult], screen: Screen
) -> Parts:
    yield indented(f"[bold]{shown(service.service)}[/]  {shown(service.owner)}", 0)
    named = Naming()
    levels = f"verified {named(signing.verified)}, signed off {named(signing.signed)}"
    yield indented(shown(f"{levels}, claims {named(signing.claimed)}, to sign {named(signing.level)}"), 2)
    for result in results:
        [of_service] = result.services
        target = f"{shown(result.title)}  target {shown(named(of_service.cell.level))}"
        line = f"{target}  [bold]{of_service.verdict}[/]{shown(_open(of_service))}"
        yield item(sign(of_service.verdict, screen), line, 2)


def _digests(sign_off: SignOff, as_of: date) -> Parts:
    yield indented(f"obligations {short_digest(sign_off.obligations or '')}, as of {as_of}", 2)
    if sign_off.evidence is not None:
        slots = f": {', '.join(sign_off.evidence)}" if sign_off.evidence else ""
        yield indented(shown(f"evidence {counted(len(sign_off.evidence), 'artefact')}{slots}"), 2)


def _warning(signing: SignOffPreview, screen: Screen) -> Parts:
    if not signing.is_verified:
        open_ones = [result.rule.id for result in signing.open]
        dead = [f"no criterion of {gate} applies" for gate in signing.dead_gates]
        missing = first_few([*open_ones, *dead], _FEW)
        yield item(
            sign(Status.UNREADABLE, screen),
            f"[bold]The evidence does not reach {signing.level}[/]; open: {shown(missing)}. "
            "Signing does not change that. If all roles sign a level that the evidence does not reach, "
            "that is a regression, which blocks every milestone.",
            0,
        )
    elif signing.signed > signing.level:
        yield indented(f"{signing.signed} is signed off: {signing.level} needs no signature of its own.", 0)


def _open(result: ServiceResult) -> str:
    ids = [criterion.rule.id for criterion in result.open_criteria]
    if ids:
        return f"  {len(ids)} open: {first_few(ids, _FEW)}"
    codes = ", ".join(reason.code for reason in result.reasons)
    return f"  {codes}" if codes else ""
