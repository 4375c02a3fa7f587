"""`pull`: which records were written, and which were not."""

from typing import TYPE_CHECKING, Any

from gatekeeper.model.screen import Screen
from gatekeeper.model.status import Status
from gatekeeper.reporters.text.screen import Parts, item, shown, sign
from gatekeeper.reporters.wording.counts import counted, first_few

if TYPE_CHECKING:
    from gatekeeper.workspace.pulling import Pull, PulledRecord

_FEW = 3
_SIGNS = {"gone": Status.MISSING, "refused": Status.FAIL}


def data(pull: "Pull") -> dict[str, Any]:
    """Return what was pulled as plain data."""
    records = [
        {
            "service": one.service,
            "file": one.file,
            "change": str(one.change),
            "why": one.why,
            "sha256": one.sha256,
            "bytes": one.size,
            "digest_checked": one.is_checked,
        }
        for one in pull.records
    ]
    return {
        "location": pull.location,
        "written": pull.is_written,
        "pruned": pull.is_pruned,
        "records": records,
        "left_out": list(pull.left_out),
    }


def parts(pull: "Pull", screen: Screen) -> Parts:
    """Yield a line for each record that is not as it was, and the counts."""
    for one in pull.records:
        if one.change != "unchanged":
            status = _SIGNS.get(one.change, Status.PASS)
            yield item(sign(status, screen), f"[bold]{shown(one.service)}[/]  {shown(_said(pull, one))}", 0)
    if pull.left_out:
        few = first_few([*pull.left_out], _FEW)
        yield item("-", shown(f"not records of a service of the plan: {few}"), 0)
    counts = [f"{counted(len(pull.records), 'record')} of {pull.location}"]
    changes = dict.fromkeys(one.change for one in pull.records)
    counts += [f"{sum(one.change == change for one in pull.records):,} {change}" for change in changes]
    checked = sum(one.is_checked for one in pull.records)
    counts += (
        [f"{counted(checked, 'digest')} checked"] if checked else ["no SHA256SUMS there: no digest checked"]
    )
    yield shown("; ".join(counts))
    if not pull.is_written:
        yield "nothing was written"


def _said(pull: "Pull", one: "PulledRecord") -> str:
    if one.why:
        return f"{one.file} is not pulled: {one.why}"
    if one.change == "gone":
        what = "removed" if pull.is_pruned else "kept; --prune removes it"
        return f"{one.file} is not there any more: {what}"
    return f"{one.file} ({one.change}, {one.size:,} bytes)"
