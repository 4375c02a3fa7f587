"""Part files: read back as written, refused when damaged, and bounded before they are unpacked."""

import hashlib
import tracemalloc
import zipfile
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatekeeper.evidence import part_files
from gatekeeper.evidence.part_files import RunPart, SlotOfPart
from gatekeeper.evidence.records import Stamp
from gatekeeper.model.evidence import Unreadable

CONTENTS = [b"<testsuite/>", b"", b"a" * 5000]
BY_DIGEST = {hashlib.sha256(content).hexdigest(): content for content in CONTENTS}
SLOTS = {
    "unit_tests": SlotOfPart({f"reports/{at}.xml": digest for at, digest in enumerate(BY_DIGEST)}),
    "load_test": SlotOfPart(),
    "slos": SlotOfPart(unreadable="slos.yaml is outside the repository"),
}
STAMP = Stamp(datetime(2026, 11, 18, 10, tzinfo=UTC), "5b1c7e9", run="7-1")
ABOUT = RunPart("shop", "ci", 2, 3, STAMP, SLOTS, ("unit_tests",))
DATA = part_files.write(ABOUT, BY_DIGEST)
BUDGET = 1_000_000


def read(data: bytes, budget: int = BUDGET) -> part_files.OpenedPart:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "a.zip"
        file.write_bytes(data)
        return part_files.read(file, budget)


def test_a_part_file_is_read_back_as_it_was() -> None:
    opened = read(DATA)
    assert (opened.about, opened.contents) == (ABOUT, BY_DIGEST)
    assert part_files.write(ABOUT, BY_DIGEST) == DATA


@given(st.lists(st.tuples(st.integers(0, len(DATA) - 1), st.binary(max_size=6), st.booleans()), min_size=1))
def test_a_damaged_part_file_is_refused_or_says_the_same(edits: list[tuple[int, bytes, bool]]) -> None:
    data = bytearray(DATA)
    for at, new, is_inserted in edits:
        data[at : at if is_inserted else at + len(new)] = new
    try:
        opened = read(bytes(data))
    except Unreadable:
        return
    assert set(opened.contents) <= set(BY_DIGEST), "a content has the digest that is its name"


@pytest.mark.long
def test_no_more_is_unpacked_than_a_member_says_that_it_has() -> None:
    data = BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr("part.json", b"\0" * 100_000_000)
    bomb, size = data.getvalue(), (100_000_000).to_bytes(4, "little")
    assert bomb.count(size) == 2
    tracemalloc.start()
    with pytest.raises(Unreadable):
        read(bomb.replace(size, (10).to_bytes(4, "little")))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 5_000_000


def test_what_would_not_be_read_is_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(part_files, "MAX_BYTES", 5000)
    with pytest.raises(Unreadable, match="at most 5,000 bytes"):
        part_files.write(ABOUT, BY_DIGEST)


def test_the_budget_is_that_of_all_members() -> None:
    size = read(DATA).size
    assert read(DATA, size).size == size
    with pytest.raises(Unreadable, match="unpacked"):
        read(DATA, size - 1)
