"""`verify-report`: whether an attested result verifies, and what it states."""

from collections import Counter
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from gatekeeper.model.attested import PASSED, VerifiedReport
from gatekeeper.model.naming import labelled
from gatekeeper.model.screen import Screen
from gatekeeper.model.status import GateStatus
from gatekeeper.reporters.text.screen import Parts, indented, item, shown, sign
from gatekeeper.reporters.wording.counts import counted, first_few
from gatekeeper.reporters.wording.verdict import spaced

MOST_BLOCKERS = 10


def data(found: VerifiedReport, file: str) -> dict[str, Any]:
    """Return the outcome, with the statement if it verifies."""
    return {
        "file": file,
        "verified": found.problem is None,
        "problem": found.problem,
        "unmet": found.unmet,
        "keyid": found.keyid,
        "statement": found.statement,
        "exit_code": int(found.exit_code),
    }


def parts(found: VerifiedReport, file: str, screen: Screen) -> Parts:
    """Yield whether it verifies, what it states, and which demands it does not meet."""
    if found.problem is not None:
        yield item(sign(GateStatus.RED, screen), f"[bold]{shown(file)}[/]  does not verify", 0)
        yield indented(shown(found.problem), 2)
        yield indented(f"checked with the key {found.keyid}; do not trust its content", 2)
        return
    yield item(sign(GateStatus.GREEN, screen), f"[bold]{shown(file)}[/]  is signed by this key", 0)
    for name, words in _stated(found).items():
        yield indented(f"{name:<9} {shown(words)}", 2)
    yield from _blockers(found)
    if not found.demands.passed:
        about = "--to, --service and --subject" if found.shipping else "--milestone and --commit"
        yield indented(f"It was not asked whether this is enough: add --passed, {about}.", 2)
    for demand in found.unmet:
        yield item(sign(GateStatus.RED, screen), shown(demand), 0)


def _stated(found: VerifiedReport) -> Mapping[str, str]:
    """Return the main fields of a statement by their labels."""
    predicate = found.predicate
    versions = predicate["verifier"].get("version")
    by = versions.get("readiness-gatekeeper") if isinstance(versions, dict) else None
    digest = predicate["policy"].get("digest")
    stated = {
        "states": f"{predicate['verificationResult']}: {_answer(found)}",
        "about": ", ".join(f"{algorithm} {value}" for algorithm, value in found.digests),
        "as of": str(predicate["timeVerified"]).partition("T")[0],
        "policy": str(predicate["policy"]["uri"])
        + (f", {', '.join(f'{name} {value[:16]}' for name, value in digest.items())}" if digest else ""),
        "inputs": f"{counted(len(predicate.get('inputAttestations', ())), 'file')}, by digest",
        "by": f"gatekeeper {by or 'of an unknown version'}",
        "key": found.keyid,
    }
    if found.shipping:
        doubt = "" if found.is_checked else " (unchecked)"
        stated["resource"] = f"{found.resource}{doubt}"
    if found.narrowed:
        stated["only"] = unquote(found.narrowed)
    return stated


def _answer(found: VerifiedReport) -> str:
    passed = found.predicate["verificationResult"] == PASSED
    if found.shipping:
        may = "may ship" if passed else "may not ship"
        return f"{found.shipping['service']} {may} to {found.shipping['destination']}"
    name = found.verdict.get("milestone_name")
    milestone = labelled(unquote(found.about), name if isinstance(name, str) else None)
    named = spaced(str(found.verdict.get("verdict", "")))
    return f"{milestone} {'may exit' if passed else 'may not exit'}" + (f" ({named})" if named else "")


def _blockers(found: VerifiedReport) -> Parts:
    services = found.verdict.get("services")
    if not isinstance(services, dict):
        return
    verdicts = Counter(str(of.get("verdict")) for of in services.values() if isinstance(of, dict))
    listed = ", ".join(f"{count} {verdict}" for verdict, count in sorted(verdicts.items()))
    yield indented(f"{'services':<9} {shown(listed) or 'none'}", 2)
    blocked = found.verdict.get("blocked_by")
    if isinstance(blocked, list) and blocked:
        names = first_few([shown(str(name)) for name in blocked], MOST_BLOCKERS)
        yield indented(f"{'blocked':<9} {names}", 2)
