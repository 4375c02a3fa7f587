"""Attested criteria for the lines of a page that the reference rulebook does not cite."""

import re
import unicodedata
from collections.abc import Callable, Collection, Container, Iterator, Mapping, Sequence
from itertools import chain, count
from typing import Any

from gatekeeper.judging.plans.questions import SCOPE_CRITERION
from gatekeeper.model.document import DocumentCriterion


def attesting_role(governance: Mapping[str, Any]) -> str:
    """Return the role that attests the criteria of a page, which names none.

    It is the role that also approves weaker rules, else the first that signs levels, else the first.
    """
    roles = (governance.get("weakening_sign_off"), *governance["upgrade_sign_offs"], *governance["roles"])
    return next(str(role) for role in roles if role)


def attested(
    group: str,
    lines: Sequence[DocumentCriterion],
    taken: Collection[str],
    role: str,
    cites: Callable[[str, int], Any],
) -> Iterator[dict[str, Any]]:
    """Yield criteria that are decided by attestation; `cites` returns the citation of a line, or None."""
    scope = f"{group}.{SCOPE_CRITERION}"
    reserved = {scope, *taken, *(line.id for line in lines if line.id)}
    used: set[str] = {scope}
    for line in lines:
        is_named = line.id is not None and line.id.startswith(f"{group}.") and line.id not in used
        id_ = line.id if is_named and line.id else _free_id(group, line.text, {*reserved, *used})
        used.add(id_)
        cited = cites(group, line.line)
        yield {
            "id": id_,
            "question": _question(line),
            "why": "The readiness document asks for it.",
            **({"cites": cited} if cited else {}),
            "attested_by": role,
            "remedy": f"Have {role} attest it, or add to the rulebook which artefact decides it.",
            "effort": "medium",
        }


def _free_id(group: str, text: str, taken: Container[str]) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", plain)
    stem = f"{group}.{'-'.join(words[:5])[:40].strip('-') or 'criterion'}"
    numbered = (f"{stem}-{number}" for number in count(2))
    return next(id_ for id_ in chain([stem], numbered) if id_ not in taken)


def _question(line: DocumentCriterion) -> str:
    """Return the question of a line; with an id, leave out the condition after the question mark."""
    asked, mark, _ = line.text.partition("?")
    if mark:
        return asked + mark if line.id else line.text
    return f"Does this hold: {line.text.rstrip('. ')}?"
