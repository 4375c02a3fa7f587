"""`pull`: records mirrored from a folder, HTTP, SFTP and S3, and what is refused."""

import hashlib
import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from builders.locations import BUCKET, http_server, needs_sshd, s3_server, sftp_server
from builders.program import AS_OF, environment, process
from builders.workspaces import Ran, Run, copy_of_pilot, edit, write

SERVICE = "payments-service"
RECORDS = (f"{SERVICE}/evidence/load.json", f"{SERVICE}/evidence.json")


@pytest.fixture(scope="session")
def _recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with two records of a service."""
    plan = copy_of_pilot(tmp_path_factory.mktemp("recorded"))
    own = plan / "services" / SERVICE
    for pipeline in ("load", "default"):
        more = ("--at", "2026-11-18T10:00:00Z", "--commit", "5b1c7e9", "--pipeline", pipeline)
        assert process("-C", plan, "collect", SERVICE, *more).returncode == 0
    there = tmp_path_factory.mktemp("there")
    for name in RECORDS:
        write(there / name, (own.parent / name).read_bytes())
    return there


@pytest.fixture
def there(_recorded: Path, tmp_path: Path) -> Path:
    """Return a location of records, a copy that a test may change."""
    return Path(shutil.copytree(_recorded, tmp_path / "there"))


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    return copy_of_pilot(tmp_path / "repository")


def summed(there: Path) -> None:
    """Write the digests as `sha256sum` does."""
    sums = {name: hashlib.sha256((there / name).read_bytes()).hexdigest() for name in RECORDS}
    write(there / "SHA256SUMS", "".join(f"{digest}  {name}\n" for name, digest in sums.items()))


def is_mirrored(there: Path, plan: Path) -> bool:
    return all((plan / "services" / name).read_bytes() == (there / name).read_bytes() for name in RECORDS)


def pulled(ran: Ran) -> dict[str, Any]:
    assert ran.code in (0, 2), ran.err
    found: dict[str, Any] = json.loads(ran.out)
    return found


def changes(ran: Ran) -> dict[str, str]:
    return {f"{one['service']}/{one['file']}": one["change"] for one in pulled(ran)["records"]}


@pytest.mark.parametrize("has_sums", [True, False])
def test_records_are_mirrored_from_a_folder_and_a_second_run_writes_nothing(
    run: Run, plan: Path, there: Path, *, has_sums: bool
) -> None:
    if has_sums:
        summed(there)
    edit(plan / "gatekeeper.yaml", "gates:", f"records: {there.as_uri()}/\ngates:")
    first = run("-C", plan, "pull", "--format", "json")
    assert changes(first) == dict.fromkeys(RECORDS, "new")
    assert {one["digest_checked"] for one in pulled(first)["records"]} == {has_sums}
    assert is_mirrored(there, plan)
    times = [(plan / "services" / name).stat().st_mtime_ns for name in RECORDS]
    assert changes(run("-C", plan, "pull", "--format", "json")) == dict.fromkeys(RECORDS, "unchanged")
    assert times == [(plan / "services" / name).stat().st_mtime_ns for name in RECORDS]


def test_records_count_once_they_are_pulled(run: Run, plan: Path, there: Path) -> None:
    check = ("-C", plan, "check", "-m", "M2", "-s", SERVICE, *AS_OF, "--format", "json")
    before = run(*check).out
    shutil.rmtree(plan / "services" / SERVICE)
    assert run(*check).out != before
    assert run("-C", plan, "pull", "--from", there.as_uri()).code == 0
    assert '"basis":"record"' in run(*check).out


def test_the_screen_says_what_was_done(run: Run, plan: Path, there: Path) -> None:
    location = there.as_uri()
    write(there / "notes.txt", "")
    write(plan / f"services/{SERVICE}/evidence/old.json", (there / RECORDS[0]).read_bytes())
    ran = run("-C", plan, "pull", "--from", location, "--dry-run")
    said = " ".join(ran.out.replace(location, "LOCATION").split())
    assert f"{SERVICE} evidence/load.json (new, " in said
    assert f"{SERVICE} evidence/old.json is not there any more: kept; --prune removes it" in said
    assert "not records of a service of the plan: notes.txt" in said
    assert "2 new; 1 gone; no SHA256SUMS there: no digest checked" in said
    assert said.endswith("nothing was written")
    assert not (plan / "services" / RECORDS[0]).exists()


def test_what_is_gone_is_removed_only_if_asked(run: Run, plan: Path, there: Path) -> None:
    location = there.as_uri()
    old = write(plan / f"services/{SERVICE}/evidence/old.json", (there / RECORDS[0]).read_bytes())
    assert run("-C", plan, "pull", "--from", location).code == 0
    assert run("-C", plan, "pull", "--from", location, "--prune", "--dry-run").code == 0
    assert old.exists()
    assert "removed" in run("-C", plan, "pull", "--from", location, "--prune").out
    assert not old.exists()
    assert is_mirrored(there, plan)


def test_an_empty_location_removes_nothing(run: Run, plan: Path, tmp_path: Path) -> None:
    old = write(plan / f"services/{SERVICE}/evidence/old.json", "{}")
    nothing = (tmp_path / "nothing").as_uri()
    assert f"there is no folder {nothing}" in run("-C", plan, "pull", "--from", nothing).err
    (tmp_path / "nothing").mkdir()
    ran = run("-C", plan, "pull", "--from", nothing, "--prune")
    assert ran.code == 2
    assert "has no record of these services; nothing was removed" in ran.err
    assert old.exists()


def test_a_record_that_is_damaged_is_refused_and_the_others_are_written(
    run: Run, plan: Path, there: Path
) -> None:
    summed(there)
    edit(there / RECORDS[0], "5b1c7e9", "5b1c7e8")
    ran = run("-C", plan, "pull", "--from", there.as_uri(), "--format", "json")
    assert ran.code == 2
    assert changes(ran) == {RECORDS[0]: "refused", RECORDS[1]: "new"}
    assert not (plan / "services" / RECORDS[0]).exists()
    assert f"not pulled: {RECORDS[0]}" in ran.err


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"{", "JSON"),
        (b'{"schema_version": 3, "service": "other", "runs": []}', "not of 'payments-service'"),
        (b" " * 20_000_001, "more than 20,000,000 bytes"),
    ],
)
def test_what_is_not_a_record_of_this_service_is_refused(
    run: Run, plan: Path, there: Path, content: bytes, why: str
) -> None:
    write(there / RECORDS[0], content)
    ran = run("-C", plan, "pull", SERVICE, "--from", there.as_uri(), "--format", "json")
    [refused] = [one for one in pulled(ran)["records"] if one["change"] == "refused"]
    assert why in refused["why"]


@pytest.mark.parametrize("target", ["gates/G1.yaml", "../outside.json", "services/payments-service.yaml"])
def test_nothing_is_written_through_a_link(run: Run, plan: Path, there: Path, target: str) -> None:
    elsewhere = plan / target
    if not elsewhere.exists():
        write(elsewhere, "{}")
    before = elsewhere.read_bytes()
    link = plan / "services" / RECORDS[0]
    link.parent.mkdir()
    link.symlink_to(elsewhere)
    ran = run("-C", plan, "pull", "--from", there.as_uri(), "--format", "json")
    assert changes(ran)[RECORDS[0]] == "refused"
    assert elsewhere.read_bytes() == before


def test_a_mapped_artefact_is_not_replaced(run: Run, plan: Path, there: Path) -> None:
    artefact = plan / "services" / RECORDS[0]
    write(artefact, (plan / "services" / SERVICE / "reports/k6-peak.json").read_bytes())
    edit(plan / f"services/{SERVICE}.yaml", "reports/k6-peak.json", "evidence/load.json")
    before = artefact.read_bytes()
    ran = run("-C", plan, "pull", "--from", there.as_uri(), "--format", "json")
    assert changes(ran)[RECORDS[0]] == "refused"
    assert artefact.read_bytes() == before


@pytest.mark.parametrize("name", ["../../escape.json", "a/evidence/../x.json", "unknown/evidence.json"])
def test_names_of_other_places_are_not_records(run: Run, plan: Path, there: Path, name: str) -> None:
    write(there / "SHA256SUMS", f"{'0' * 64}  {name}\n")
    assert pulled(run("-C", plan, "pull", "--from", there.as_uri(), "--format", "json"))["left_out"] == [name]


@pytest.mark.parametrize(
    ("location", "why"),
    [
        ("ftp://host/x", "is not a location"),
        ("records", "is not a location"),
        ("simplecache::file:///x", "is not a location"),
        ("s3://", "is not whole"),
        ("file://x/y", "is not whole"),
        ("sftp://me:secret@host/x", "no password"),
        ("https://host/x?token=1", "leave out what follows"),
    ],
)
def test_a_location_is_one_of_five_schemes_without_secrets(
    run: Run, plan: Path, location: str, why: str
) -> None:
    ran = run("-C", plan, "pull", "--from", location)
    assert (ran.code, why in ran.err) == (2, True), ran.err
    edit(plan / "gatekeeper.yaml", "gates:", f"records: {location}\ngates:")
    ran = run("-C", plan, "validate")
    assert (ran.code, why in ran.out + ran.err) == (3, True), ran.out


def test_without_a_location_the_message_says_where_to_write_it(run: Run, plan: Path) -> None:
    ran = run("-C", plan, "pull")
    assert (ran.code, "write `records: s3://bucket/prefix` in gatekeeper.yaml" in ran.err) == (2, True)


def test_sums_that_are_none_are_not_quoted(run: Run, plan: Path, there: Path) -> None:
    write(there / "SHA256SUMS", "root:x:0:0\n")
    ran = run("-C", plan, "pull", "--from", there.as_uri())
    assert ran.code == 2
    assert "SHA256SUMS:1 is not a line of sha256sum" in ran.err
    assert "root" not in ran.err.replace(str(there), "")


def _by_process(plan: Path, location: str, **env: str) -> Ran:
    """Pull in a process of its own: libraries of some protocols leave threads and warnings behind."""
    done = process("-C", plan, "pull", "--from", location, "--format", "json", env=environment(**env))
    return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())


@pytest.mark.long
def test_over_http(plan: Path, there: Path) -> None:
    with http_server(there) as address:
        without = _by_process(plan, address)
        assert (without.code, "sha256sum */evidence.json" in without.err) == (2, True), without.err
        summed(there)
        assert changes(_by_process(plan, address)) == dict.fromkeys(RECORDS, "new")
    assert is_mirrored(there, plan)
    gone = _by_process(plan, address)
    assert (gone.code, address in gone.err) == (2, True), gone.err


@pytest.mark.long
@needs_sshd
def test_over_sftp(plan: Path, there: Path, tmp_path: Path) -> None:
    with sftp_server(there, tmp_path / "home") as address:
        ran = _by_process(plan, address, HOME=str(tmp_path / "home"))
        assert changes(ran) == dict.fromkeys(RECORDS, "new")
    assert is_mirrored(there, plan)


@pytest.mark.long
@needs_sshd
def test_an_sftp_host_that_is_not_known_is_refused(plan: Path, there: Path, tmp_path: Path) -> None:
    with sftp_server(there, tmp_path / "home", is_known=False) as address:
        ran = _by_process(plan, address, HOME=str(tmp_path / "home"))
    assert (ran.code, "not found in known_hosts" in ran.err) == (2, True), ran.err


@pytest.mark.long
@pytest.mark.parametrize("has_sums", [True, False])
def test_from_s3(plan: Path, there: Path, *, has_sums: bool) -> None:
    if has_sums:
        summed(there)
    with s3_server(there) as env:
        ran = _by_process(plan, f"s3://{BUCKET}/plan", **env)
        assert changes(ran) == dict.fromkeys(RECORDS, "new")
    assert is_mirrored(there, plan)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may read every folder")
def test_a_folder_that_cannot_be_listed_is_not_an_empty_one(run: Run, plan: Path, there: Path) -> None:
    (there / SERVICE / "evidence").chmod(0)
    ran = run("-C", plan, "pull", "--from", there.as_uri(), "--prune")
    (there / SERVICE / "evidence").chmod(0o755)
    assert ran.code == 2
