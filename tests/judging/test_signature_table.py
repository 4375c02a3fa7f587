"""Whether a signature counts, as a table: every combination of signature, date, demand, withdrawal and level."""

from itertools import product

import pytest

from builders.judging import GOVERNANCE, RULEBOOK, parsed, service
from builders.keyed_workspaces import FLAWS, HERE, flawed, lost_key, old_key
from builders.signing import key_pair
from gatekeeper.judging.verdicts.signatures import signature_of
from gatekeeper.model.rulebook import Governance
from gatekeeper.model.statement import of_service

OCTOBER, NOVEMBER = "2026-10-15", "2026-11-01"
HIGHER = {role: {"by": by, "on": NOVEMBER, "signature": "ssh:x"} for role, by in
          (("owner", "ada"), ("architecture", "bo"), ("security", "cy"))}  # fmt: skip


def _fits(signature: str, on: str) -> bool:
    """Whether a signature is by a key of the person that counts on the day, over the very statement."""
    return signature == "good" or (signature == "old" and on == OCTOBER)


@pytest.mark.parametrize(
    ("signature", "on", "is_required", "is_withdrawn", "is_kept", "is_signed_higher"),
    list(product(("good", *FLAWS), (OCTOBER, NOVEMBER), *[(False, True)] * 4)),
)
def test_a_statement_counts_by_its_signature_or_without_one_where_none_is_needed(
    signature: str,
    on: str,
    *,
    is_required: bool,
    is_withdrawn: bool,
    is_kept: bool,
    is_signed_higher: bool,
) -> None:
    of = service(attestations=f"{{G8.review: {{by: cy, role: security, on: {on}, link: l}}}}")
    [statement] = of_service(of)
    digest = statement.digest(HERE)
    of = service(
        withdrawn=f"[{{digest: '{digest}', by: cy, on: 2026-11-05}}]" if is_withdrawn else "[]",
        sign_offs=str({"L2": HIGHER} if is_signed_higher else {}),
    )
    if signature == "good":
        statement = statement._replace(signature=key_pair("cy").sign(statement.message(HERE)))
    elif signature != "unsigned":
        statement = statement._replace(signature=flawed(statement, signature))
    governance = parsed(GOVERNANCE) | {
        "signatures": {"security": "required" if is_required else "optional"},
        "grandfathered": {digest: "L1"} if is_kept else {},
    }
    governance["roster"]["cy"]["keys"] = [
        key_pair("cy").public,
        {"key": old_key("cy").public, "until": "2026-10-31"},
        {"key": lost_key("cy").public, "revoked": True},
    ]
    rulebook = RULEBOOK._replace(governance=Governance.model_validate(governance), workspace=HERE)
    counts = signature_of(statement, rulebook, of).why is None
    may_be_unsigned = not is_required or (is_kept and not is_signed_higher)
    fits = may_be_unsigned if signature == "unsigned" else _fits(signature, on)
    assert counts == (fits and not is_withdrawn)
