"""The strict loader: YAML 1.2's core schema, limits, and positions."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from gatekeeper.syntax import SyntaxProblem
from gatekeeper.syntax.yaml import AliasProblem, load


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: no", {"a": "no"}),
        ("a: 22:30", {"a": "22:30"}),
        ("a: 1.4.0", {"a": "1.4.0"}),
        ("a: 2026-11-02", {"a": "2026-11-02"}),
        ("a: 012", {"a": 12}),
        ("a: 0x1f", {"a": 31}),
        ("a: 0o17", {"a": 15}),
        ("a: -3", {"a": -3}),
        ("a: [1., .5, 2e3, +1]", {"a": [1.0, 0.5, 2000.0, 1]}),
        ("a: [~, null, '', ]", {"a": [None, None, ""]}),
        ("a:", {"a": None}),
        ("a: [true, False, 'true', yes]", {"a": [True, False, "true", "yes"]}),
        ("a: '5'", {"a": "5"}),
        ("a: |\n  b\n  c\n", {"a": "b\nc\n"}),
        ("- a\n- {b: c}", ["a", {"b": "c"}]),
        ("\ufeffa: 1", {"a": 1}),
        ("<<: {a: 1}", {"<<": {"a": 1}}),
        ("a: [., -, +, 1_000, 0x, 1e]", {"a": [".", "-", "+", "1_000", "0x", "1e"]}),
    ],
)
def test_values_are_those_of_the_core_schema(text: str, value: object) -> None:
    assert load(text.encode()).value == value


@pytest.mark.parametrize(
    ("data", "line", "column", "message"),
    [
        (b"", 1, 1, "empty"),
        (b"# a comment\n", 1, 1, "empty"),
        (b"a: 1\nb: &x 2\nc: *x", 3, 4, "alias"),
        (b"a: !!python/object:os.system ls", 1, 4, "tag"),
        (b"a: ! 5", 1, 4, "tag"),
        (b"a: 1\n---\nb: 2", 2, 1, "multiple YAML documents"),
        (b"a: 1\nb: 2\na: 3", 3, 1, "duplicate key 'a'"),
        (b"a: {b: 1, b: 2}", 1, 11, "duplicate key 'b'"),
        (b"1: a", 1, 1, "not text"),
        (b"false: a", 1, 1, "not text"),
        (b"[a]: b", 1, 1, "a mapping or list as a key"),
        (b"a:\n\tb: 1", 2, 1, "not YAML"),
        (b"a: 'b", 1, 6, "not YAML"),
        (b"a: b: c", 1, 5, "not YAML"),
        (b"a: .inf", 1, 4, "finite"),
        (b"a: .NaN", 1, 4, "finite"),
        (b"a: 1e999", 1, 4, "finite"),
        (b"a: " + b"9" * 5000, 1, 4, "digits"),
        (b"a: 1\nb: \xff", 2, 4, "UTF-8"),
        (b"[" * 50_000, 1, None, "deep"),
        (b"{a: " * 50_000, 1, None, "deep"),
        (b"a: \x00", 1, 1, "not YAML"),
    ],
)
def test_what_is_unsafe_or_ambiguous_is_refused_where_it_stands(
    data: bytes, line: int, column: int | None, message: str
) -> None:
    with pytest.raises(SyntaxProblem) as refused:
        load(data)
    assert message in str(refused.value)
    assert refused.value.line == line
    assert column is None or refused.value.column == column


def test_text_that_looks_like_a_huge_number_is_told_to_be_quoted_as_it_stands() -> None:
    with pytest.raises(SyntaxProblem) as refused:
        load(b"commit: 12e4567")
    assert refused.value.hint == 'put text in quotes: "12e4567"'


def test_a_bomb_of_merge_keys_is_refused_at_its_first_alias() -> None:
    bomb = "a0: &a0 {x: 1}\n" + "".join(f"a{n}: &a{n} {{<<: [*a{n - 1}, *a{n - 1}]}}\n" for n in range(1, 40))
    with pytest.raises(SyntaxProblem, match="alias"):
        load(bomb.encode())


def test_every_alias_is_told_up_to_a_limit() -> None:
    problems: list[SyntaxProblem] = []
    with pytest.raises(AliasProblem) as last:
        load(b"a: &a 1\nb: *a\nc:\n  <<: *a\n*a : 3\n", problems.append)
    assert [(one.line, one.column) for one in (*problems, last.value)] == [(2, 4), (4, 7), (5, 1)]
    problems.clear()
    with pytest.raises(AliasProblem):
        load(b"a: &a 1\nb: [" + b"*a, " * 200_000 + b"]", problems.append)
    assert len(problems) < 100


def test_a_key_on_that_a_tool_wrote_as_true_is_read_as_on() -> None:
    document = load(b'a: [{True: 1, "true": 2}]\nb: {on: 3, yes: true}\ntrue: 4\n')
    assert document.value == {"a": [{"on": 1, "true": 2}], "b": {"on": 3, "yes": True}, "on": 4}
    assert list(document.rewritten_on()) == [("a", 0, "on"), ("on",)]
    assert document.position(["a", 0, "on"], of_key=True) == (1, 6)
    with pytest.raises(SyntaxProblem, match="duplicate key 'on', written as 'true'; line 1 has the same key"):
        load(b"on: 1\ntrue: 2\n")


def test_mistakes_that_hide_nothing_are_all_told() -> None:
    problems: list[SyntaxProblem] = []
    document = load(b"a: 1\na: 2\n5: x\nb: {c: 1, c: 2}", problems.append)
    assert [(problem.line, problem.column) for problem in problems] == [(2, 1), (3, 1), (4, 11)]
    assert document.value == {"a": 1, "5": "x", "b": {"c": 1}}


def test_positions_are_those_of_values_and_of_keys() -> None:
    document = load(b"plan:\n  M0:\n    gates: {G1: , G2: auth}\n  M1: [x, y]\n")
    assert document.position(["plan", "M0", "gates", "G2"]) == (3, 23)
    assert document.position(["plan", "M0", "gates", "G2"], of_key=True) == (3, 19)
    assert document.position(["plan", "M1", 1]) == (4, 11)
    assert document.position([]) == (1, 1)


def test_a_path_that_leads_nowhere_ends_at_the_nearest_place() -> None:
    document = load(b"plan:\n  M0: {level: L1}\n")
    assert document.position(["plan", "M0", "gates", "G1"]) == (2, 7)


# Without digits, because PyYAML quotes by YAML 1.1, to which `0E0` is text and to 1.2 it is a number.
TEXT = st.text(st.characters(categories=["L", "P", "S", "Zs"]), max_size=12)
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.long
@given(PLAIN)
def test_what_pyyaml_writes_is_read_back(value: object) -> None:
    written = yaml.safe_dump(value, allow_unicode=True).encode()
    try:
        read = load(written).value
    except SyntaxProblem as problem:
        # PyYAML writes aliases for a value that occurs twice; all else must be read.
        assert "alias" in str(problem)
    else:
        assert read == value


@given(st.binary(max_size=200))
def test_any_bytes_give_a_value_or_one_clean_refusal(data: bytes) -> None:
    try:
        load(data)
    except SyntaxProblem as problem:
        assert problem.line
        assert problem.column


PARTS = st.sampled_from(
    [
        *[
            "a",
            "b",
            "on",
            "true",
            "~",
            "1",
            "0x1F",
            "1e999",
            ".inf",
            "-.5",
            "1_0",
            "0o7",
            "é",
            '"a"',
            "'1'",
            "*a",
            "<<",
            ",",
            ":",
            "{",
            "}",
            "[",
            "]",
            "|",
            ">",
            "#",
        ],
        *("&a ", "!!str ", "! ", "? ", "- ", ": ", "---\n", "...\n", "%YAML 1.1\n"),
        *("\n", "\n  ", "\n- ", " ", "\t", "9" * 301, "[" * 40, "{a: " * 70),
    ]
)
FILES = [
    (Path(__file__).parents[2] / name).read_bytes()
    for name in ("gates/levels.yaml", "gates/G1.yaml", "services/sync-service.yaml")
]


def _is_the_same_with_positions(data: bytes) -> None:
    try:
        read = load(data)
    except SyntaxProblem:
        return  # the reading with positions is the only one that refuses
    assert repr(read.located.value) == repr(read.value)


@given(st.lists(PARTS, max_size=12).map("".join))
def test_a_value_is_that_of_the_reading_with_positions(text: str) -> None:
    _is_the_same_with_positions(text.encode())


@given(st.sampled_from(FILES), st.data())
def test_a_changed_file_is_that_of_the_reading_with_positions(data: bytes, drawn: st.DataObject) -> None:
    lines = data.splitlines(keepends=True)
    for _ in range(drawn.draw(st.integers(1, 3))):
        i = drawn.draw(st.integers(0, len(lines) - 1))
        column = drawn.draw(st.integers(0, len(lines[i])))
        kept = drawn.draw(st.sampled_from([lines[i][column:], lines[i][column + 1 :], b"\n"]))
        lines[i] = lines[i][:column] + drawn.draw(PARTS).encode() + kept
    _is_the_same_with_positions(b"".join(lines))
