"""Attested results through the program: written, signed, verified, and refused where they would mislead."""

import base64
import json
import os
import re
import shlex
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from syrupy.assertion import SnapshotAssertion

from builders.program import AS_OF, PILOT, Kept, environment
from builders.repositories import committed_pilot, git
from builders.workspaces import ROOT, Ran, Run, copy_of_pilot, edit, write
from gatekeeper import __version__

PAGE = (ROOT / "docs/attested-result.md").read_text(encoding="utf-8")
Signed = Callable[..., Path]


@pytest.fixture
def pilot(tmp_path: Path) -> Path:
    return committed_pilot(tmp_path / "repository")


def keys(folder: Path, seed: int = 7) -> tuple[Path, Path]:
    """Write a pair of keys and return the private and the public one."""
    key = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
    secret = write(
        folder / f"{seed}.key", key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    secret.chmod(0o600)
    half = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return secret, write(folder / f"{seed}.pub", half)


@pytest.fixture
def signed(run: Run, pilot: Path, tmp_path: Path) -> Signed:
    """Return the signed report on a milestone."""

    def write_one(milestone: str = "M1", *more: object) -> Path:
        file = tmp_path / f"{milestone}.json"
        secret, _ = keys(tmp_path)
        ran = run(
            "-C", pilot, "check", "-m", milestone, *AS_OF, "-o", f"intoto={file}", "--sign", secret, *more
        )
        assert ran.err == ""
        return file

    return write_one


def verify(run: Run, file: Path, *arguments: object, seed: int = 7) -> Ran:
    _, half = keys(file.parent, seed)
    return run("verify-report", file, "--key", half, *arguments)


def payload(file: Path) -> bytes:
    return base64.b64decode(json.loads(file.read_text(encoding="utf-8"))["payload"])


def with_payload(file: Path, old: bytes, new: bytes) -> Path:
    envelope = json.loads(file.read_text(encoding="utf-8"))
    changed = payload(file).replace(old, new)
    assert changed != payload(file)
    return write(file, json.dumps({**envelope, "payload": base64.b64encode(changed).decode()}))


# Round trip


def test_the_statement_of_the_pilot(run: Run, pilot: Path, snapshot: SnapshotAssertion) -> None:
    ran = run("-C", pilot, "check", "-m", "M1", *AS_OF, "-f", "intoto")
    assert (ran.code, ran.err) == (1, "")
    text = json.dumps(json.loads(ran.out), indent=2) + "\n"
    text = text.replace(git(pilot, "rev-parse", "HEAD"), "COMMIT").replace(f'"{__version__}"', '"VERSION"')
    text = re.sub(r'("policy": \{\s+"digest": \{\s+"sha256": )"[0-9a-f]{64}"', r'\1"RULEBOOK"', text)
    assert snapshot(extension_class=Kept) == text


def test_what_is_signed_is_the_statement_that_is_written(run: Run, pilot: Path, signed: Signed) -> None:
    assert payload(signed()).decode() == run("-C", pilot, "check", "-m", "M1", *AS_OF, "-f", "intoto").out


def test_the_same_verdict_is_the_same_file(signed: Signed) -> None:
    assert signed().read_bytes() == signed().read_bytes()


@pytest.mark.parametrize("milestone", ["M0", "M1", "M3"])
def test_a_signed_report_verifies(milestone: str, run: Run, pilot: Path, signed: Signed) -> None:
    file = signed(milestone)
    ran = verify(run, file)
    assert (ran.code, ran.err) == (0, "")
    assert "is signed by this key" in " ".join(ran.out.split())
    assert git(pilot, "rev-parse", "HEAD") in ran.out
    passed = verify(run, file, "--passed")
    assert passed.code == (1 if milestone == "M1" else 0)


def test_other_outputs_of_the_same_run_are_not_signed(run: Run, signed: Signed, tmp_path: Path) -> None:
    other = tmp_path / "verdict.json"
    signed("M1", "-o", f"json={other}")
    assert json.loads(other.read_text(encoding="utf-8"))["milestone"] == "M1"


def test_details_change_nothing(signed: Signed) -> None:
    assert signed("M1").read_bytes() == signed("M1", "--details").read_bytes()


# Demands


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--passed",), "it states FAILED, and --passed asks for PASSED"),
        (("-m", "M2"), "it is about M1, and --milestone asks for M2"),
        (("--commit", "ab" * 20), f"and --commit asks for {'ab' * 20}"),
        (("--since", "2026-11-21"), "and --since asks for 2026-11-21 or later"),
        (("--service", "payments-service"), "it is about M1, and --service asks for payments-service"),
    ],
)
def test_a_demand_that_is_not_met_exits_1(
    arguments: tuple[str, ...], told: str, run: Run, signed: Signed
) -> None:
    ran = verify(run, signed(), *arguments)
    assert ran.code == 1
    assert told in " ".join(ran.out.split())
    found = json.loads(verify(run, signed(), *arguments, "-f", "json").out)
    assert (found["verified"], found["exit_code"]) == (True, 1)
    assert told in found["unmet"][0]


def test_who_demands_nothing_is_told_so(run: Run, signed: Signed) -> None:
    told = "It was not asked whether this is enough: add --passed, --milestone and --commit."
    assert told in " ".join(verify(run, signed()).out.split())
    assert "not asked" not in verify(run, signed(), "--passed").out


def test_demands_that_are_met(run: Run, pilot: Path, signed: Signed) -> None:
    head = git(pilot, "rev-parse", "HEAD")
    assert verify(run, signed("M0"), "--passed", "-m", "M0", "--commit", head.upper()).code == 0


def test_a_part_does_not_pass_for_the_milestone(run: Run, signed: Signed) -> None:
    file = signed("M1", "--service", "payments-service")
    assert verify(run, file, "--passed").code == 0
    ran = verify(run, file, "--passed", "--milestone", "M1")
    assert ran.code == 1
    assert "it is about service=payments-service only" in " ".join(ran.out.split())


# What does not verify


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda file: with_payload(file, b'"FAILED"', b'"PASSED"'), "no signature in it is by this key"),
        (lambda file: write(file, file.read_bytes()[:-40]), "it is not JSON"),
        (lambda file: write(file, b""), "it is not JSON"),
        (lambda file: write(file, b"\xff\xfe"), "it is not JSON"),
        (lambda file: write(file, payload(file)), "it is an unsigned statement"),
        (
            lambda file: write(file, file.read_bytes().replace(b"vnd.in-toto+json", b"vnd.other+json")),
            "no signature in it is by this key",
        ),
    ],
    ids=["tampered", "truncated", "empty", "bytes", "unsigned", "payload-type"],
)
def test_what_does_not_verify_is_not_believed(
    change: Callable[[Path], Path], told: str, run: Run, signed: Signed
) -> None:
    file = change(signed())
    ran = verify(run, file)
    assert (ran.code, ran.err) == (1, "")
    assert told in " ".join(ran.out.split())
    assert "M1 may" not in ran.out
    found = json.loads(verify(run, file, "-f", "json").out)
    assert (found["verified"], found["statement"], found["exit_code"]) == (False, None, 1)


def test_another_key_does_not_verify(run: Run, signed: Signed) -> None:
    ran = verify(run, signed(), seed=8)
    assert ran.code == 1
    assert "another key signed it" in " ".join(ran.out.split())


# Wrong use


def test_a_key_without_anything_to_sign_is_a_mistake(run: Run, tmp_path: Path) -> None:
    secret, _ = keys(tmp_path)
    ran = run("-C", PILOT, "check", "-m", "M1", *AS_OF, "--sign", secret)
    assert (ran.code, ran.out) == (2, "")
    assert "add --output intoto=PATH" in ran.err


def test_a_key_that_others_can_read_is_told(run: Run, pilot: Path, tmp_path: Path) -> None:
    secret, _ = keys(tmp_path)
    secret.chmod(secret.stat().st_mode | stat.S_IRGRP)
    ran = run("-C", pilot, "check", "-m", "M1", *AS_OF, "-f", "intoto", "--sign", secret)
    assert ran.code == 1
    assert ran.err == f"warning: others can read or write {secret}: run `chmod 600 {secret}`\n"


@pytest.mark.parametrize("output", ["KEY", "link", "../{}/KEY"])
def test_an_output_never_replaces_the_key(output: str, run: Run, tmp_path: Path) -> None:
    secret, _ = keys(tmp_path)
    before = secret.read_bytes()
    (tmp_path / "link").symlink_to(secret)
    file = tmp_path / output.format(tmp_path.name).replace("KEY", secret.name)
    ran = run("-C", PILOT, "check", "-m", "M0", *AS_OF, "-o", f"intoto={file}", "--sign", secret)
    assert (ran.code, ran.out, secret.read_bytes()) == (2, "", before)
    assert "would replace the key: name another file" in ran.err


def test_two_outputs_in_one_file_are_refused(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "a"
    ran = run("-C", PILOT, "check", "-m", "M0", *AS_OF, "-o", f"intoto={file}", "-o", f"json={file}")
    assert (ran.code, ran.out, file.exists()) == (2, "", False)
    assert "another output is written to this file" in ran.err


def test_a_key_without_an_end_is_refused(run: Run, signed: Signed) -> None:
    ran = run("verify-report", signed(), "--key", "/dev/zero")
    assert ran.code == 2
    assert "is not a key: it has more than 65,536 bytes" in ran.err


def test_a_key_of_another_kind_is_refused_before_anything_is_judged(run: Run, tmp_path: Path) -> None:
    key = generate_private_key(65537, 2048)
    secret = write(tmp_path / "rsa", key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    out = tmp_path / "out.json"
    ran = run("-C", PILOT, "check", "-m", "M1", *AS_OF, "-o", f"intoto={out}", "--sign", secret)
    assert (ran.code, ran.out, out.exists()) == (2, "", False)
    assert "only Ed25519 is supported" in ran.err


def test_no_message_shows_the_key(run: Run, pilot: Path, tmp_path: Path, signed: Signed) -> None:
    secret, _ = keys(tmp_path)
    body = secret.read_text(encoding="ascii").splitlines()[1]
    for ran in (
        run("verify-report", signed(), "--key", secret),
        run("-C", pilot, "check", "-m", "M1", *AS_OF, "-f", "intoto", "--sign", secret),
        run("verify-report", secret, "--key", secret.with_suffix(".pub")),
    ):
        assert body not in ran.out + ran.err
        assert body[:16] not in ran.out + ran.err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("none.json", "--key", "7.pub"), "none.json cannot be read: No such file"),
        (("M1.json", "--key", "none.pub"), "cannot be read: No such file"),
        ((".", "--key", "7.pub"), ". cannot be read: Is a directory"),
        (("M1.json", "--key", "7.pub", "--commit", "c0ffee1"), "--commit c0ffee1: write the whole commit id"),
        (("M1.json", "--key", "7.pub", "--format", "xml"), "unknown format 'xml'"),
        (("M1.json",), "--key"),
    ],
)
def test_nonsense_is_told_in_a_sentence(
    arguments: tuple[str, ...], told: str, run: Run, signed: Signed, tmp_path: Path
) -> None:
    signed("M1")
    ran = run("-C", tmp_path, "verify-report", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert told in ran.err


# The commit


@pytest.mark.parametrize(
    "change",
    [
        lambda pilot: edit(pilot / "services/orders-service.yaml", "level: L1", "level: L2"),
        lambda pilot: (pilot / "services/orders-service.yaml").unlink(),
        lambda pilot: edit(pilot.parents[1] / "gates/G1.yaml", "at_least: 95", "at_least: 70"),
        lambda pilot: edit(pilot / "governance.yaml", "  fay:", "  fey:"),
        lambda pilot: (pilot / "milestones/risk-register/RR-1.yaml").unlink(),
        lambda pilot: write(pilot / "milestones/M9.yaml", "milestone: M9\n"),
    ],
    ids=["changed", "removed", "rule", "roster", "register", "new"],
)
def test_what_is_not_committed_is_not_attested(change: Callable[[Path], Any], run: Run, pilot: Path) -> None:
    change(pilot)
    ran = run("-C", pilot, "check", "-m", "M0", *AS_OF, "-f", "intoto")
    assert (ran.code, ran.out) == (2, "")
    assert "commit first" in ran.err
    assert run("-C", pilot, "check", "-m", "M0", *AS_OF).code in (0, 1), "judging asks for no commit"


def test_evidence_of_the_pipeline_need_not_be_committed(run: Run, pilot: Path) -> None:
    """It is named by its digest."""
    first = run("-C", pilot, "check", "-m", "M1", *AS_OF, "-f", "intoto").out
    report = pilot / "services/payments-service/reports/isolation.xml"
    write(report, report.read_bytes() + b"\n")
    second = run("-C", pilot, "check", "-m", "M1", *AS_OF, "-f", "intoto")
    assert second.err == ""
    assert second.out != first


def test_without_a_commit_it_says_what_it_is_about(run: Run, tmp_path: Path) -> None:
    pilot = copy_of_pilot(tmp_path / "elsewhere")
    ran = run("-C", pilot, "check", "-m", "M1", *AS_OF, "-f", "intoto")
    [subject] = json.loads(ran.out)["subject"]
    assert subject["name"] == "rulebook and evidence of M1"


# What people see, and what it costs those who do not ask for it


@pytest.mark.parametrize("case", ["passed", "failed", "tampered"])
def test_a_screen(case: str, run: Run, pilot: Path, signed: Signed, snapshot: SnapshotAssertion) -> None:
    file = signed("M3" if case == "passed" else "M1")
    if case == "tampered":
        with_payload(file, b'"FAILED"', b'"PASSED"')
    ran = run("-C", file.parent, "verify-report", file.name, "--key", "7.pub", "--passed")
    out = ran.out.replace(git(pilot, "rev-parse", "HEAD"), "COMMIT").replace(__version__, "VERSION")
    assert max(map(len, ran.out.splitlines())) <= 80
    assert snapshot(extension_class=Kept) == re.sub(r"rulebook, sha256 \w+", "rulebook, sha256 DIGEST", out)


def test_help_has_an_example(run: Run, snapshot: SnapshotAssertion) -> None:
    assert snapshot(extension_class=Kept) == run("verify-report", "--help").out


@pytest.mark.long
@pytest.mark.parametrize("format_", ["table", "intoto"])
def test_who_does_not_sign_needs_no_library(format_: str) -> None:
    script = (
        "import sys; from gatekeeper.cli import main; "
        f"main.run(['-C', {str(PILOT)!r}, 'check', '-m', 'M1', '--as-of', '2026-11-20', '-f', {format_!r}]); "
        "print(*sys.modules, file=sys.stderr)"
    )
    env = environment(PYTHONPATH=str(ROOT / "src"))
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, env=env)
    loaded = {name.partition(".")[0] for name in done.stderr.decode().split()}
    assert "gatekeeper" in loaded
    assert not loaded & {"securesystemslib", "cryptography"}


# The page


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_the_page_leads_from_a_key_to_a_verified_report(
    run: Run, pilot: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(pilot)
    commands = [
        line
        for block in re.findall(r"^<!-- run -->\n```sh\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
        for line in block.splitlines()
    ]
    assert len(commands) >= 4
    values = {"$COMMIT": git(pilot, "rev-parse", "HEAD"), "$IMAGE": f"registry.example/x@sha256:{'ab' * 32}"}
    codes = []
    for line in commands:
        if line.startswith("gatekeeper "):
            codes.append(run(*(values.get(word, word) for word in shlex.split(line)[1:])).code)
        else:
            subprocess.run(["sh", "-euc", line], check=True, capture_output=True, env=os.environ)
    assert codes == [0, 0, 0, 0]
    assert stat.S_IMODE((pilot / "gatekeeper.key").stat().st_mode) == 0o600


def test_a_refused_statement_leaves_no_other_output_behind(run: Run, pilot: Path, tmp_path: Path) -> None:
    edit(pilot / "services/orders-service.yaml", "level: L1", "level: L1 # changed")
    other = tmp_path / "verdict.json"
    ran = run(
        "-C", pilot, "check", "-m", "M1", *AS_OF, "-o", f"json={other}", "-o", f"intoto={tmp_path / 'a'}"
    )
    assert (ran.code, ran.out) == (2, "")
    assert not other.exists()
