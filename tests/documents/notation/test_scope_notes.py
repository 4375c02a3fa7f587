"""What a document says of a scope note beyond its words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatekeeper.documents.notation.ids import GateIds
from gatekeeper.documents.notation.quoting import Unclear
from gatekeeper.documents.notation.scope_notes import NARROWINGS, Note, read_note, write_note

KNOWN = GateIds(("G1", "G2", "G8"))


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("M0 G8: demands", Note("M0", "G8", True, {})),
        ("M1 G5: only G5.evals,  G5.budget", Note("M1", "G5", False, {"only": ("G5.evals", "G5.budget")})),
        ('M1 G2: only G2.x; paths "a, b", c', Note("M1", "G2", False, {"only": ("G2.x",), "paths": ("a, b", "c")})),
        ("Owned by team-a.", None),
        ("M0 G8 demands", None),
    ],
)  # fmt: skip
def test_a_note_reads_as_it_is_meant(text: str, note: Note | None) -> None:
    assert read_note(text, KNOWN) == note


@pytest.mark.parametrize("text", ["M0 G8: asks more", "M0 G8: only", "M0 G8: demands, only G8.x"])
def test_what_explains_nothing_is_told(text: str) -> None:
    with pytest.raises(Unclear, match="does not explain a scope note"):
        read_note(text, KNOWN)


WORDS = st.lists(st.text(min_size=1).filter(lambda word: word.strip() != ""), min_size=1).map(tuple)


@given(st.booleans(), st.dictionaries(st.sampled_from(NARROWINGS), WORDS, min_size=1))
def test_what_is_written_is_read_back(demands: bool, narrowings: dict[str, tuple[str, ...]]) -> None:
    note = Note("M12", "G9", demands, narrowings)
    assert write_note(note).isprintable()
    assert read_note(write_note(note), KNOWN) == note
