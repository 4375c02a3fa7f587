"""Lists of allowed signers: read as `ssh-keygen` reads them, by whole days, and written so that it does."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.ssh import TYPES, armoured, raw_signature, ssh_key, sshsig, to_sign
from builders.ssh_keygen import OpenSsh, needs_ssh_keygen, ssh_keygen
from gatekeeper.errors import UsageError
from gatekeeper.signatures.allowed_signers import AllowedSigner, read_allowed_signers, written
from gatekeeper.signatures.public_keys import parse_public_key

TEXT = ssh_key().text
KEY = parse_public_key(TEXT)


def signers(text: str) -> tuple[AllowedSigner, ...]:
    found, problems = read_allowed_signers(text)
    assert problems == ()
    return found


def problem(line: str) -> str:
    """Return the only problem of a list with a good line on each side."""
    found, problems = read_allowed_signers(f"a {TEXT}\n{line}\nb {TEXT}\n")
    assert [one.principals for one in found] == [("a",), ("b",)]
    assert [one.line for one in problems] == [2]
    return problems[0].message


@pytest.mark.parametrize(
    ("line", "names"),
    [
        (f"dana {TEXT}", ("dana",)),
        (f"  dana\t {TEXT} dana@laptop \r", ("dana",)),
        (f"dana@example.com,dana {TEXT}", ("dana@example.com", "dana")),
        (f'"Dana Smith,dana" {TEXT}', ("Dana Smith", "dana")),
        (f'"dana" namespaces="gatekeeper-v1,git" {TEXT}', ("dana",)),
        (f'dana NameSpaces="gatekeeper-*" {TEXT}', ("dana",)),
        (f'dana namespaces="gatekeeper-v?" {TEXT}', ("dana",)),
    ],
)
def test_a_line_is_read(line: str, names: tuple[str, ...]) -> None:
    assert signers(line) == (AllowedSigner(names, KEY),)


def test_comments_and_empty_lines_are_left_out() -> None:
    text = f"# dana {TEXT}\n\n   \n  # more\ndana {TEXT}\n"
    assert len(signers(text)) == 1
    assert signers("") == ()


@pytest.mark.parametrize(
    ("options", "valid_from", "valid_until"),
    [
        ('valid-after="20260101"', date(2026, 1, 1), None),
        ('valid-after="20260101Z"', date(2026, 1, 1), None),
        ('valid-after="202601010000"', date(2026, 1, 1), None),
        ('valid-after="20260101000001"', date(2026, 1, 2), None),
        ('valid-before="20261231"', None, date(2026, 12, 30)),
        ('valid-before="202612312359"', None, date(2026, 12, 31)),
        ('valid-before="20261231235959Z"', None, date(2026, 12, 31)),
        ('valid-before="20261231120000"', None, date(2026, 12, 30)),
        ('VALID-after="20260101",valid-before="20260102"', date(2026, 1, 1), date(2026, 1, 1)),
    ],
)
def test_times_become_whole_days(options: str, valid_from: date | None, valid_until: date | None) -> None:
    assert signers(f"dana {options} {TEXT}") == (AllowedSigner(("dana",), KEY, valid_from, valid_until),)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("dana", "no key follows the names"),
        (f'"dana {TEXT}', "it must begin with names"),
        (f'"dana"x {TEXT}', "it must begin with names"),
        (f"*@example.com {TEXT}", "'*@example.com' is not a name: patterns are not imported"),
        (f"dana,!eve {TEXT}", "'!eve' is not a name"),
        (f"dana, {TEXT}", "'' is not a name"),
        (f'"" {TEXT}', "'' is not a name"),
        (f"dana cert-authority {TEXT}", "it trusts a certificate authority"),
        (f'dana CERT-AUTHORITY,namespaces="git" {TEXT}', "it trusts a certificate authority"),
        (f'dana namespaces="git" {TEXT}', "for the namespace 'git' only, not for gatekeeper-v1"),
        (f'dana namespaces="*,!gatekeeper-v1" {TEXT}', "only, not for gatekeeper-v1"),
        (f'dana namespaces="gatekeeper-v[1]" {TEXT}', "only, not for gatekeeper-v1"),
        (f'dana namespaces="" {TEXT}', "only, not for gatekeeper-v1"),
        (f"dana namespaces=gatekeeper-v1 {TEXT}", 'options are written name="value"'),
        (f'dana namespaces="gatekeeper-v1",namespaces="git" {TEXT}', "is there twice"),
        (f"dana namespaces {TEXT}", "lacks its"),
        (f'dana command="sh" {TEXT}', "is not an option that is supported"),
        (f'dana valid-after="20260101", {TEXT}', "is neither a key nor an option"),
        (f'dana valid-after="2026-01-01" {TEXT}', "is not a time as YYYYMMDD"),
        (f'dana valid-after="20261301" {TEXT}', "is not a time as YYYYMMDD"),
        (f'dana valid-before="٢٠٢٦٠١٠١" {TEXT}', "is not a time as YYYYMMDD"),
        (f'dana valid-after="20260102",valid-before="20260102" {TEXT}', "valid on no whole day"),
        ("dana ssh-ed25519 AAAA", "it is damaged"),
        ("dana ssh-dss AAAA", "DSA key"),
        ("dana ssh-ed25519-cert-v01@openssh.com AAAA", "it is a certificate"),
        (TEXT, "a name is missing before the key: ana ssh-ed25519 AAAA..."),
        ("-----BEGIN OPENSSH PRIVATE KEY-----", "it is a private key"),
    ],
)  # fmt: skip
def test_each_problem_has_its_line(line: str, message: str) -> None:
    assert message in problem(line)


SIGNERS = (
    AllowedSigner(("dana",), KEY),
    AllowedSigner(("dana@example.com", "Dana Smith"), KEY, date(2026, 1, 1), date(2026, 12, 31)),
    AllowedSigner(("#1",), KEY, date(2026, 1, 1)),
    AllowedSigner(("émile",), KEY, None, date(2026, 1, 1)),
    *(
        AllowedSigner((f"n{number}",), parse_public_key(ssh_key(kind).text))
        for number, kind in enumerate(TYPES)
    ),
)


def test_what_is_written_is_read_as_the_same() -> None:
    assert signers(written(SIGNERS)) == SIGNERS


NAMES = st.text(min_size=1, max_size=20)
DAYS = st.none() | st.dates(date(1970, 1, 2), date(2100, 1, 1))


@given(st.lists(NAMES, min_size=1, max_size=3), DAYS, DAYS)
def test_any_signer_is_written_and_read_or_refused(
    names: list[str], start: date | None, end: date | None
) -> None:
    start, end = (end, start) if start and end and end < start else (start, end)
    signer = AllowedSigner(tuple(names), KEY, start, end)
    try:
        text = written([signer])
    except UsageError:
        return
    assert signers(text) == (signer,)


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    found, problems = read_allowed_signers(text)
    assert found == ()
    assert len(problems) <= text.count("\n") + 1


@pytest.mark.parametrize("name", ["", "*", "a,b", 'a"b', "a\nb", "!a", "a?"])
def test_a_name_that_no_list_can_have_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="rename it in the roster"):
        written([AllowedSigner((name,), KEY)])


@pytest.fixture
def block() -> str:
    return armoured(sshsig(ssh_key().blob, raw_signature(ssh_key(), to_sign(b"hello"))))


@needs_ssh_keygen
@pytest.mark.parametrize("signer", SIGNERS[:4], ids=lambda signer: signer.principals[0])
def test_openssh_finds_the_same_names(signer: AllowedSigner, tmp_path: Path, block: str) -> None:
    allowed, signature = tmp_path / "allowed", tmp_path / "signature"
    allowed.write_text(written([signer]), encoding="utf-8")
    signature.write_text(block, encoding="ascii")
    day = signer.valid_from or signer.valid_until or date(2026, 6, 1)
    time = f"-Overify-time={day:%Y%m%d}"
    done = ssh_keygen("-Y", "find-principals", "-s", signature, "-f", allowed, time)
    assert tuple(done.stdout.decode().splitlines()) == signer.principals


@pytest.mark.long
@needs_ssh_keygen
@pytest.mark.parametrize(
    "options",
    [
        "",
        'valid-after="20260103"',
        'valid-after="20260103120000"',
        'valid-before="20260104"',
        'valid-before="20260104120000"',
        'valid-before="20260104235959"',
        'valid-after="20260102",valid-before="202601042359"',
        'namespaces="git"',
        'namespaces="gate*,!git"',
        'namespaces="*,!gatekeeper-v?"',
        'namespaces="git",',
        "namespaces=gatekeeper-v1",
        'valid-after="20261301"',
        'valid-after="20260104",valid-before="20260103"',
        'other="x"',
    ],
)
def test_a_key_is_valid_on_the_whole_days_of_openssh(options: str, tmp_path: Path, block: str) -> None:
    """On each day that we accept, OpenSSH accepts at every hour; on each other one, it refuses at some hour."""
    openssh = OpenSsh(tmp_path, [TEXT], options=options)
    found, _problems = read_allowed_signers(openssh.allowed.read_text(encoding="ascii"))
    for day in (date(2026, 1, 1) + timedelta(days) for days in range(6)):
        ours = any(
            (signer.valid_from or day) <= day <= (signer.valid_until or day) for signer in found
        )  # fmt: skip
        hours = [f"-Overify-time={day:%Y%m%d}{hour}" for hour in ("000000", "115959", "120001", "235900")]
        assert ours == all(openssh.signer_of(block, b"hello", hour) for hour in hours), (day, found)


@needs_ssh_keygen
def test_openssh_reads_what_is_written(tmp_path: Path, block: str) -> None:
    openssh = OpenSsh(tmp_path, [])
    day = date(2026, 6, 1)
    openssh.allowed.write_text(written([AllowedSigner(("dana",), KEY, day, day)]), encoding="utf-8")
    expected = {
        "20260531235959": None,
        "20260601": KEY.fingerprint,
        "20260601235959": KEY.fingerprint,
        "20260602": None,
    }
    found = {time: openssh.signer_of(block, b"hello", f"-Overify-time={time}") for time in expected}
    assert found == expected
