"""`gatekeeper verify-signatures`: every statement, problems first."""

import json
from pathlib import Path
from typing import Any

import pytest

from builders.program import AS_OF
from builders.signed_workspaces import require, sign, splice, with_keys
from builders.workspaces import Run, copy_of_pilot, edit

ORDERS = "services/orders-service.yaml"


@pytest.fixture
def pilot(tmp_path: Path) -> Path:
    return with_keys(copy_of_pilot(tmp_path / "repository"))


def verify(run: Run, root: Path, *arguments: object) -> Any:
    return run("-C", root, "verify-signatures", *AS_OF, *arguments)


def rows(run: Run, root: Path, *arguments: object) -> list[dict[str, Any]]:
    return list(json.loads(verify(run, root, "-f", "json", *arguments).out)["statements"])


def problems(run: Run, root: Path) -> list[dict[str, Any]]:
    return [row for row in rows(run, root) if row["problem"]]


def test_without_signatures_everything_is_typed_and_nothing_is_wrong(run: Run, pilot: Path) -> None:
    ran = verify(run, pilot)
    assert ran.code == 0
    assert "no role needs signatures" in ran.out
    assert {row["signature"]["state"] for row in rows(run, pilot)} == {"typed"}


def test_signed_statements_are_grouped_by_person_and_key(run: Run, pilot: Path) -> None:
    sign(pilot)
    require(pilot, "owner", "security", "architecture")
    ran = verify(run, pilot)
    assert ran.code == 0
    assert {row["signature"]["state"] for row in rows(run, pilot)} == {"signed"}
    assert len(ran.out.splitlines()) < 20
    assert "✓ bo  2 attestations, 2 sign-offs in 1 service\n  with SHA256:" in ran.out
    each = " ".join(verify(run, pilot, "--all").out.split())
    assert "sign-off of L1 of orders-service as owner by ada, 2026-10-06: signed with SHA256:" in each
    assert f"{ORDERS}:32" in each


def test_the_statements_of_one_service(run: Run, pilot: Path) -> None:
    found = rows(run, pilot, "payments-service")
    assert {row["service"] for row in found} == {"payments-service"}
    assert {row["act"] for row in found} == {"sign-off", "attestation", "not-applicable", "exception"}
    assert verify(run, pilot, "payment-service").code == 2


def test_an_entry_that_was_changed_after_it_was_signed_is_reported_first(run: Run, pilot: Path) -> None:
    sign(pilot)
    edit(pilot / ORDERS, "on: 2026-10-06", "on: 2026-10-05")
    ran = verify(run, pilot)
    assert ran.code == 1
    assert ran.out.startswith("✗ sign-off of L1 of orders-service as owner by ada, 2026-10-05\n")
    assert "what was signed has changed since" in " ".join(ran.out.split())
    [row] = problems(run, pilot)
    assert (row["signature"]["state"], row["place"]) == ("invalid", f"{ORDERS}:32")
    assert "~ RR-1" not in ran.out


def test_a_signature_that_was_copied_names_where_it_is_from(run: Run, pilot: Path) -> None:
    sign(pilot, lambda of: of.by == "ada" and of.act == "sign-off")
    signature = next(line for line in (pilot / ORDERS).read_text("utf-8").splitlines() if "ssh:" in line)
    copied = signature.partition("signature: ")[2].rstrip("}").strip("'\"")
    splice(pilot / "services/payments-service.yaml", ["sign_offs", "L3", "owner", "signature"], copied)
    [row] = problems(run, pilot)
    assert row["service"] == "payments-service"
    assert row["also_at"] == [f"{ORDERS}:32"]
    assert f"the same signature is at {ORDERS}:32" in verify(run, pilot).out


def test_what_must_be_signed_is_listed_by_person_with_the_command(run: Run, pilot: Path) -> None:
    sign(pilot, lambda of: of.by != "cy")
    require(pilot, "owner", "security", "architecture")
    ran = verify(run, pilot)
    assert ran.code == 1
    said = " ".join(ran.out.split())
    assert "? cy must sign 3 attestations, 3 sign-offs in 2 services" in said
    assert f"  → gatekeeper -C {pilot} sign --by cy --key FILE\n" in ran.out
    assert {row["by"] for row in problems(run, pilot)} == {"cy"}
    assert "must sign" not in verify(run, pilot, "payments-service").out


def test_what_nothing_depends_on_any_more_need_not_be_signed(run: Run, pilot: Path) -> None:
    require(pilot, "owner", "security", "architecture")
    acts = {row["act"] for row in problems(run, pilot)}
    assert acts == {"sign-off", "attestation", "not-applicable", "exception"}  # an exit is history
    register = pilot / "milestones/risk-register/RR-1.yaml"
    splice(register, ["closed"], "2026-11-19")
    for row in ("L1.scaffold", "G8.isolation"):
        splice(pilot / ORDERS, ["attestations", row, "until"], "2026-11-19")
    left = problems(run, pilot)
    assert "exception" not in {row["act"] for row in left}
    orders = [
        row["about"]["criterion"]
        for row in left
        if row["service"] == "orders-service" and row["act"] == "attestation"
    ]
    assert orders == ["L1.no-customer-endpoints"]


def test_a_sign_off_below_a_signed_one_of_the_same_role_need_not_be_signed(run: Run, pilot: Path) -> None:
    sign(pilot, lambda of: of.about.get("level") == "L3")
    require(pilot, "owner", "security", "architecture")
    levels = [row["about"] for row in problems(run, pilot) if row["act"] == "sign-off"]
    assert levels
    assert all(about["service"] != "payments-service" for about in levels)


def test_a_withdrawn_statement_that_was_written_back_is_reported(run: Run, pilot: Path) -> None:
    row = next(row for row in rows(run, pilot, "orders-service") if row["act"] == "sign-off")
    manifest = pilot / ORDERS
    tombstone = f"withdrawn:\n  - {{digest: '{row['digest']}', by: ada, on: 2026-11-02}}\n"
    manifest.write_text(manifest.read_text("utf-8") + tombstone, encoding="utf-8")
    [found] = problems(run, pilot)
    assert (found["signature"]["state"], found["signature"]["why"]) == (
        "withdrawn",
        "ada withdrew it on 2026-11-02",
    )


@pytest.mark.parametrize("columns", [60, 80, 200])
def test_no_line_is_wider_than_the_screen(
    run: Run, pilot: Path, columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign(pilot, lambda of: of.by != "cy")
    require(pilot, "owner")
    edit(pilot / ORDERS, "on: 2026-10-06", "on: 2026-10-05")
    monkeypatch.setenv("COLUMNS", str(columns))
    for arguments in ((), ("--all",)):
        lines = verify(run, pilot, *arguments).out.splitlines()
        assert all(len(line) <= columns for line in lines if "gatekeeper -C" not in line)
