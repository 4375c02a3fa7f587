"""`gatekeeper keys`: the keys of the roster, and the day from which a role must sign."""

import json
from pathlib import Path
from typing import Any

import pytest

from builders.program import AS_OF, contents, loaded
from builders.signed_workspaces import WORKSPACE_ID, sign, with_keys
from builders.signing import key_pair
from builders.workspaces import Run, copy_of_pilot, edit, write
from gatekeeper.signatures.public_keys import parse_public_key

ADA, ELI, ZOE = (key_pair(name).public for name in ("ada", "eli", "zoe"))


@pytest.fixture
def pilot(tmp_path: Path) -> Path:
    return copy_of_pilot(tmp_path / "repository")


@pytest.fixture
def signers(tmp_path: Path) -> Path:
    """Return a list of allowed signers."""
    return write(
        tmp_path / "allowed_signers",
        f"# people\nADA {ADA} ada@laptop\n"
        f'eli,eli@acme.example valid-after="20260101",valid-before="20261231235959" {ELI}\n'
        f"zoe@acme.example {ZOE}\n",
    )


def keys(run: Run, root: Path, *arguments: object) -> Any:
    return run("-C", root, "keys", *arguments)


def roster(root: Path, name: str) -> list[tuple[str, str, str]]:
    person = loaded(root).governance.roster[name]
    return [(one.key, str(one.from_), str(one.until)) for one in person.keys]


def test_keys_are_added_to_the_people_of_the_roster(run: Run, pilot: Path, signers: Path) -> None:
    before = (pilot / "governance.yaml").read_text("utf-8")
    ran = keys(run, pilot, "import", signers)
    assert ran.code == 0
    assert "added 2 keys to governance.yaml" in ran.out
    assert roster(pilot, "ada") == [(" ".join(ADA.split()[:2]), "None", "None")]
    assert roster(pilot, "eli") == [(" ".join(ELI.split()[:2]), "2026-01-01", "2026-12-31")]
    after = (pilot / "governance.yaml").read_text("utf-8")
    kept = [line for line in before.splitlines() if "ada:" not in line and "eli:" not in line]
    assert [line for line in after.splitlines() if line in kept] == kept, "comments and other lines stay"
    assert run("-C", pilot, "validate").code == 0
    again = keys(run, pilot, "import", signers)
    assert "nothing to add" in again.out
    assert "2 keys there already" in " ".join(again.out.split())
    assert (pilot / "governance.yaml").read_text("utf-8") == after


def test_a_dry_run_writes_nothing(run: Run, pilot: Path, signers: Path) -> None:
    before = (pilot / "governance.yaml").read_bytes()
    ran = keys(run, pilot, "import", signers, "--dry-run")
    assert "would add 2 keys" in ran.out
    assert (pilot / "governance.yaml").read_bytes() == before


def test_somebody_who_is_not_on_the_roster_is_listed_with_the_line_to_add(
    run: Run, pilot: Path, signers: Path
) -> None:
    line = f"zoe: {{roles: [ROLE], keys: [{' '.join(ZOE.split()[:2])}]}}"
    assert f"  {line}\n" in keys(run, pilot, "import", signers).out
    edit(pilot / "governance.yaml", "roster:\n", f"roster:\n  {line.replace('ROLE', 'security')}\n")
    assert run("-C", pilot, "validate").code == 0


def test_a_key_has_one_owner_and_a_line_that_is_none_is_named(run: Run, pilot: Path, tmp_path: Path) -> None:
    file = write(tmp_path / "list", f"ada {ADA}\neli {ADA}\n*@acme.example {ELI}\nbo ssh-ed25519 AAAA\n")
    ran = keys(run, pilot, "import", file)
    told = " ".join(ran.out.split())
    assert "it is the key of ada; a key has one owner" in told
    assert "line 3: not imported: '*@acme.example' is not a name" in told
    assert "line 4: not imported" in told
    assert roster(pilot, "eli") == roster(pilot, "bo") == []


def test_an_address_is_not_taken_for_the_person_whose_name_it_begins_with(
    run: Run, pilot: Path, tmp_path: Path
) -> None:
    file, before = write(tmp_path / "list", f"Ada@acme.example {ADA}\n"), contents(pilot)
    ran = run("-C", pilot, "keys", "import", file)
    told = " ".join(ran.out.split())
    assert "the roster has ada: if they are the same, write ada instead in the list" in told
    assert contents(pilot) == before


@pytest.mark.parametrize("content", [b"", b"# nothing\n", b"\xff\xfe\x00", b"ada\n"])
def test_what_is_not_a_list_of_signers_is_refused(
    run: Run, pilot: Path, tmp_path: Path, content: bytes
) -> None:
    ran = keys(run, pilot, "import", write(tmp_path / "list", content))
    assert ran.code == 2
    assert "the list" in ran.err
    assert keys(run, pilot, "import", tmp_path / "absent").code == 2


def test_the_roster_is_exported_without_revoked_keys(run: Run, pilot: Path, signers: Path) -> None:
    keys(run, pilot, "import", signers)
    ran = keys(run, pilot, "export")
    assert ran.out == (
        f'ada namespaces="gatekeeper-v1" {" ".join(ADA.split()[:2])}\n'
        'eli namespaces="gatekeeper-v1",valid-after="20260101",valid-before="20261231235959" '
        f"{' '.join(ELI.split()[:2])}\n"
    )
    assert ran.err == ""
    edit(pilot / "governance.yaml", "until: 2026-12-31", "until: 2026-12-31, revoked: true")
    ran = keys(run, pilot, "export")
    assert ran.out.startswith("ada ")
    assert "eli" not in ran.out
    assert ran.err == f"left out: the revoked key of eli, {parse_public_key(ELI).fingerprint}\n"


def test_an_export_is_imported_again_without_a_change(
    run: Run, pilot: Path, signers: Path, tmp_path: Path
) -> None:
    keys(run, pilot, "import", signers)
    before = (pilot / "governance.yaml").read_bytes()
    exported = write(tmp_path / "exported", keys(run, pilot, "export").out)
    assert "nothing to add" in keys(run, pilot, "import", exported).out
    assert (pilot / "governance.yaml").read_bytes() == before


def verdict(run: Run, root: Path, milestone: str) -> Any:
    """Return a verdict without what it is judged by, and how each statement was made."""
    found = json.loads(run("-C", root, "check", "-m", milestone, *AS_OF, "-f", "json").out)
    for service in found["services"]:
        service.pop("statements", None)
        rows = [row for gate in service["gates"] for row in gate.get("criteria", ())]
        for row in [*service["level_criteria"], *rows]:
            row.pop("signature", None)
    return found["services"]


@pytest.mark.parametrize("role", ["owner", "architecture", "security"])
def test_what_counts_today_counts_after_signatures_are_required(run: Run, pilot: Path, role: str) -> None:
    with_keys(pilot)
    before = [verdict(run, pilot, milestone) for milestone in ("M1", "M3")]
    ran = keys(run, pilot, "require", role, *AS_OF)
    assert ran.code == 0
    assert loaded(pilot).governance.signatures == {role: "required"}
    assert [verdict(run, pilot, milestone) for milestone in ("M1", "M3")] == before
    assert run("-C", pilot, "verify-signatures", *AS_OF).code == 0


def test_each_ends_once_a_level_above_is_signed(run: Run, pilot: Path) -> None:
    with_keys(pilot)
    ran = keys(run, pilot, "require", "owner", *AS_OF)
    said = " ".join(ran.out.split())
    assert "valid without a signature until a level above this one is signed: L1 " in said
    assert "L3 2 attestations, 2 sign-offs, 1 approval of an exception in 1 service" in said
    assert f"→ gatekeeper -C {pilot} sign --by bo --key FILE" in ran.out
    levels = set(loaded(pilot).governance.grandfathered.values())
    assert levels == {"L1", "L2", "L3"}


def test_what_does_not_count_or_is_signed_is_not_kept(run: Run, pilot: Path) -> None:
    with_keys(pilot)
    sign(pilot, lambda of: of.by == "bo")
    edit(pilot / "services/orders-service.yaml", "on: 2026-10-06", "on: 2027-01-06")  # in the future
    edit(pilot / "services/orders-service.yaml", "scaffold}", "scaffold, until: 2026-11-19}")  # over
    said = " ".join(keys(run, pilot, "require", "owner", *AS_OF).out.split())
    assert "payments-service" not in said
    kept = loaded(pilot).governance.grandfathered
    # catalogue and notifications: cy's three attestations and three sign-offs; orders: one of two attestations;
    # the approval of the exception, which needs a signature as soon as one role does.
    assert len(kept) == 6 + 1 + 1


def test_a_second_run_and_a_dry_run_write_nothing(run: Run, pilot: Path) -> None:
    with_keys(pilot, "eli")
    before = (pilot / "governance.yaml").read_bytes()
    dry = keys(run, pilot, "require", "security", *AS_OF, "--dry-run")
    assert "nothing was written" in dry.out
    assert "eli has no key, and cannot sign" in " ".join(dry.out.split())
    assert (pilot / "governance.yaml").read_bytes() == before
    keys(run, pilot, "require", "security", *AS_OF)
    after = (pilot / "governance.yaml").read_text("utf-8")
    assert after.startswith(before.decode().partition("upgrade_sign_offs")[0]), "comments stay"
    again = keys(run, pilot, "require", "security", *AS_OF)
    assert "must be signed already: governance.yaml:" in " ".join(again.out.split())
    assert (pilot / "governance.yaml").read_text("utf-8") == after
    assert "sign --by" not in again.out, "what counted without a signature is not asked for again"
    assert "verify-signatures" in again.out


def test_records_need_a_recorder_first(run: Run, pilot: Path) -> None:
    with_keys(pilot)
    ran = keys(run, pilot, "require", "ci")
    assert ran.code == 2
    assert "no pipeline may sign records" in ran.err
    governance = pilot / "governance.yaml"
    recorder = f"recorders:\n  build: {{keys: [{key_pair('ci').public}], services: [payments-service]}}\n"
    governance.write_text(governance.read_text("utf-8") + recorder, encoding="utf-8")
    ran = keys(run, pilot, "require", "ci")
    assert ran.code == 0
    assert "→ gatekeeper" in ran.out
    assert loaded(pilot).governance.signatures == {"ci": "required"}
    assert loaded(pilot).governance.grandfathered == {}


def test_a_wrong_role_and_a_workspace_without_an_id_are_refused(run: Run, pilot: Path) -> None:
    assert "did you mean 'security'?" in keys(run, pilot, "require", "securty").err
    settings = pilot / "gatekeeper.yaml"
    lines = [line for line in settings.read_text("utf-8").splitlines() if not line.startswith("workspace:")]
    settings.write_text("\n".join(lines), encoding="utf-8")
    ran = keys(run, pilot, "require", "security")
    assert ran.code == 2
    assert "the workspace has no id" in ran.err
    assert WORKSPACE_ID not in ran.err
