"""`collect`: what was recorded of a service's artefacts."""

from collections.abc import Sequence

from gatekeeper.model.evidence import EvidenceStatus, Recorded
from gatekeeper.model.report import Screen
from gatekeeper.model.status import Status
from gatekeeper.reporters.text.screen import Parts, item, shown, sign

_SIGNS = {
    EvidenceStatus.OK: Status.PASS,
    EvidenceStatus.MISSING: Status.MISSING,
    EvidenceStatus.UNREADABLE: Status.UNREADABLE,
}


def parts(
    service: str,
    recorded: Sequence[Recorded],
    commit: str | None,
    folder: str,
    written: str,
    screen: Screen,
) -> Parts:
    """Yield a line for each artefact, and where the record was written."""
    yield f"[bold]{shown(service)}[/]  commit {shown(commit or 'unknown: give it with --commit')}"
    for one in recorded:
        evidence = one.evidence
        narrowed = " ".join(f"{name}={','.join(words)}" for name, words in one.request.narrowing)
        slot = f"{one.request.slot} ({narrowed})" if narrowed else one.request.slot
        said = evidence.reason or f"{evidence.path} ({evidence.format}, {one.size:,} bytes)"
        yield item(sign(_SIGNS[evidence.status], screen), f"[bold]{shown(slot)}[/]  {shown(said)}", 2)
    if all(one.evidence.status is EvidenceStatus.MISSING for one in recorded):
        # The folder is relative to `-C`, which is easily forgotten.
        yield shown(f"{folder} has none of these artefacts; check --from")
    yield shown(written)
