"""The text of a plan cell: what people write is read as they mean it, and what is written is read back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatekeeper.documents.notation.cells import Added, CellText, read_cell, write_cell
from gatekeeper.documents.notation.ids import GateIds
from gatekeeper.documents.notation.published_lists import PublishedTarget, read_targets, write_targets
from gatekeeper.documents.notation.quoting import Unclear, split

NOTHING = CellText(None)
KNOWN = GateIds(("G1", "G2", "G8"))


def adds(*words: str | Added) -> CellText:
    return CellText(None, tuple(Added(word) if isinstance(word, str) else word for word in words))


READ = [
    ("", NOTHING),
    ("—", NOTHING),
    (" - ", NOTHING),
    ("+", NOTHING),
    ("+ device binding; cert  reuse", adds("device binding", "cert reuse")),
    ("+ a (b + c; d) + e; f-g", adds("a (b + c; d)", "e", "f-g")),
    ("+ a; ; b;", adds("a", "b")),
    ("rate limits + bot signals", adds("rate limits", "bot signals")),
    ("+ SCORM 1.2 export (ADL conformance)", adds("SCORM 1.2 export (ADL conformance)")),
    ("+ 360° optional + x", adds(Added("360° optional", optional=True), "x")),
    ("+ Optional extras", adds(Added("Optional extras", optional=True))),
    ("+ a) b; c", adds("a) b", "c")),
    ("+ a (b; c", adds("a (b; c")),
    ("+ optionality", adds("optionality")),
    ("+ stars [optional]", adds(Added("stars", optional=True))),
    ('+ "optional extras"; "a; b" [optional]', adds("optional extras", Added("a; b", optional=True))),
    ('+ 15" screens; 17" screens', adds('15" screens', '17" screens')),
    ("G1", CellText({"G1": None})),
    ("G1, G2 (x, y), G6; z", CellText({"G1": None, "G2": "x, y", "G6": None}, (Added("z"),))),
    ("G1 some words (more)", CellText({"G1": "some words (more)"})),
    ("G1 (a) (b)", CellText({"G1": "(a) (b)"})),
    ("G1 (a)(b)", CellText({"G1": "(a)(b)"})),
    ("G1 + x", CellText({"G1": None}, (Added("x"),))),
    ('G1 ("a) b")', CellText({"G1": "a) b"})),
    ("G1\u2013G3 full; w", CellText({"G1": None, "G2": None, "G3": None}, (Added("w"),))),
    ("G2-G3", CellText({"G2": None, "G3": None})),
    ("no gates", CellText({})),
    ("no gates; a", CellText({}, (Added("a"),))),
]  # fmt: skip


@pytest.mark.parametrize(("text", "cell"), READ, ids=[text for text, _ in READ])
def test_a_cell_reads_as_a_person_reads_it(text: str, cell: CellText) -> None:
    assert read_cell(text, KNOWN) == cell
    assert read_cell(write_cell(cell), KNOWN) == cell


WORDS_AS_GATES = GateIds(("build", "api", "api-v2", "run"))


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("build, api (orders, users), run", CellText({"build": None, "api": "orders, users", "run": None})),
        ("run drills only", CellText({"run": "drills only"})),
        ("+ run in two regions; api docs", adds("run in two regions", "api docs")),
        ("running total + apiary", adds("running total", "apiary")),
        ("api-v2", CellText({"api-v2": None})),
        ("api-run full; x", CellText({"api": None, "api-v2": None, "run": None}, (Added("x"),))),
        ("build \u2013 api", CellText({"build": None, "api": None})),
        ("api-v2\u2014run", CellText({"api-v2": None, "run": None})),
    ],
)
def test_gates_are_found_by_their_ids(text: str, cell: CellText) -> None:
    assert read_cell(text, WORDS_AS_GATES) == cell
    assert read_cell(write_cell(cell), WORDS_AS_GATES) == cell


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("build, G1", "'G1' is not a gate"),
        ("biuld, api", "'biuld' is not a gate"),
        ("build, Api", "'Api' is not a gate"),
        ("run-build", "'run-build' is in descending order"),
    ],
)
def test_a_list_with_a_gate_in_it_names_gates_alone(text: str, why: str) -> None:
    with pytest.raises(Unclear, match=r".") as problem:
        read_cell(text, WORDS_AS_GATES)
    assert why in str(problem.value)


def test_gates_of_a_series_need_not_be_known() -> None:
    assert read_cell("x2, x9", GateIds(("x1", "x10"))) == CellText({"x2": None, "x9": None})
    assert read_cell("x2, x9", GateIds(("x1", "y1"))) == adds("x2, x9")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("G1, foo", "'foo' is not a gate"),
        ("G1, G1", "G1 is listed twice"),
        ("G8-G1", "'G8-G1' is in descending order"),
        ("G0", "'G0' is not a gate"),
        ("G100", "'G100' is not a gate"),
        ("G1x", "'G1x' is not a gate"),
        ('+ "\\x"', "is quoted, but not as a JSON string"),
        (f"G1, {'y' * 99}", "yyyyy…' is not a gate"),
    ],
)
def test_what_is_no_cell_is_told(text: str, why: str) -> None:
    with pytest.raises(Unclear, match=r".") as problem:
        read_cell(text, KNOWN)
    assert why in str(problem.value)


def test_plain_words_stay_plain() -> None:
    cell = CellText(
        {"G8": "SPF/DKIM/DMARC", "G1": None}, (Added("multi-channel (email + in-app)"), Added("x"))
    )
    assert write_cell(cell) == "G8 (SPF/DKIM/DMARC), G1; multi-channel (email + in-app); x"
    assert write_cell(adds("a; b", 'say "no" [optional]')) == '+ "a; b"; "say \\"no\\" [optional]"'
    assert (
        write_cell(adds("a\u202eb", "c\u00a0d", "e  f ")) == '+ "a\\u202eb"; "c\\u00a0d"; "e\\u0020 f\\u0020"'
    )


WORDS = st.one_of(
    st.text(alphabet=';+,()"\\ [optional]GL1—x\n\u202e\u00a0', min_size=1, max_size=12),
    st.text(min_size=1, max_size=12),
    st.sampled_from(
        ["optional", "no gates", "G1", "—", "+", "a + b", "L1", "x L2", '"', "(", ")", "[optional]"]
    ),
).filter(lambda words: words.strip() != "")
GATES = (
    st.sampled_from(["G1", "G2", "G9", "G10", "G99"]),
    st.sampled_from(["x", "y", "no", "optional", "x-y", "1"]),
)
CELLS = st.builds(
    CellText,
    st.none() | st.dictionaries(GATES[0], st.none() | WORDS) | st.dictionaries(GATES[1], st.none() | WORDS),
    st.lists(st.builds(Added, WORDS, st.booleans())).map(tuple),
)


@given(CELLS)
def test_what_is_written_is_read_back(cell: CellText) -> None:
    text = write_cell(cell)
    assert text.isprintable()
    assert read_cell(text, GateIds((*(cell.gates or ()), "no", "x"))) == cell


@given(
    st.lists(
        st.builds(PublishedTarget, WORDS, st.sampled_from(["L0", "gold", "1", "label"]), st.none() | WORDS)
    ).map(tuple)
)
def test_a_published_list_is_read_back(targets: tuple[PublishedTarget, ...]) -> None:
    text = write_targets(targets)
    assert text.isprintable()
    assert read_targets(text) == targets


@given(st.text())
def test_any_text_is_a_cell_or_a_problem(text: str) -> None:
    for read in (lambda text: read_cell(text, KNOWN), read_targets):
        try:
            read(text)
        except Unclear as problem:
            assert str(problem)


def test_a_published_list_reads_as_a_person_reads_it() -> None:
    assert read_targets("identity L2, content L3 (bundle+HTML), residency-capable services L4") == (
        PublishedTarget("identity", "L2"),
        PublishedTarget("content", "L3", "bundle+HTML"),
        PublishedTarget("residency-capable services", "L4"),
    )
    assert read_targets("shop (old) gold (new (er)), label eu 2") == (
        PublishedTarget("shop (old)", "gold", "new (er)"),
        PublishedTarget("label eu", "2"),
    )
    assert read_targets("—") == ()
    with pytest.raises(Unclear, match="'identity' names no service with a level"):
        read_targets("identity")


def test_a_long_text_takes_time_in_proportion() -> None:
    assert len(split("(" * 100_000 + '"' * 100_000, ";")) == 1
