"""Changing one entry of a manifest: the change is made, and nothing else in the text moves."""

import difflib
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gatekeeper.errors import UsageError
from gatekeeper.manifests.files import changed
from gatekeeper.manifests.fragments import Layout, block_lines, scalar
from gatekeeper.manifests.text_edit import Step
from gatekeeper.syntax.yaml import load

MANIFEST = """\
# Orders, and all about it.
service: orders-service   # the name
about: >-
  Some words,
  folded.

owner: 'team-orders'
attestations:
  G1.pure: {by:  ada,
            on: 2026-01-01}   # by hand
  # the review is to come

sign_offs:
  # the first level
  L1:
    owner: {by: ada, on: 2026-08-01}  # ada
    security:
      by: "eli"
      on: 2026-08-02

  # the second level
  L3: {owner: {by: ada, on: 2026-09-01}}
# the end
"""


def steps(*path: str) -> list[Step]:
    return [Step(key) for key in path]


def diff(text: str, path: list[Step], value: Any) -> list[str]:
    """Return the lines that a change takes out and puts in."""
    after = changed(text.encode(), path, value).decode()
    lines = difflib.unified_diff(text.splitlines(), after.splitlines(), n=0, lineterm="")
    return [line for line in lines if not line.startswith(("---", "+++", "@@"))]


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        # a new entry behind the last one, before comments that belong to what follows
        (steps("attestations", "G8.review"), {"by": "eli"}, ["+  G8.review: {by: eli}"]),
        (steps("attestations", "capability:x"), {"by": "eli"}, ['+  "capability:x": {by: eli}']),
        # where entries of its kind are blocks, it is one
        (
            steps("sign_offs", "L1", "architecture"),
            {"by": "dana", "on": "2026-08-03"},
            ["+    architecture:", "+      by: dana", "+      on: 2026-08-03"],
        ),
        # in its place among its siblings
        (
            [Step("sign_offs"), Step("L1"), Step("architecture", behind=("owner",))],
            {"by": "dana"},
            ["+    architecture:", "+      by: dana"],
        ),
        ([Step("sign_offs"), Step("L0", behind=()), Step("owner")], {"by": "a"}, ["+  L0:", "+    owner: {by: a}"]),
        ([Step("sign_offs"), Step("L2", behind=("L0", "L1")), Step("owner")], {"by": "a"}, ["+  L2:", "+    owner: {by: a}"]),
        ([Step("level", behind=("service", "owner"))], "L1", ["+level: L1"]),
        ([Step("labels", behind=("service", "about"))], "x", ["+labels: x"]),
        # within braces
        (
            steps("sign_offs", "L3", "security"),
            {"by": "eli"},
            ["-  L3: {owner: {by: ada, on: 2026-09-01}}", "+  L3: {owner: {by: ada, on: 2026-09-01}, security: {by: eli}}"],
        ),
        (
            [Step("sign_offs"), Step("L3"), Step("a", behind=())],
            "b",
            ["-  L3: {owner: {by: ada, on: 2026-09-01}}", "+  L3: {a: b, owner: {by: ada, on: 2026-09-01}}"],
        ),
        (
            steps("attestations", "G1.pure", "link"),
            "x",
            ["-            on: 2026-01-01}   # by hand", "+            on: 2026-01-01,", "+            link: x}   # by hand"],
        ),
        # instead of what is there: only what differs, in the quotes that it had
        (
            steps("attestations", "G1.pure"),
            {"by": "ada", "on": "2026-02-02"},
            ["-            on: 2026-01-01}   # by hand", "+            on: 2026-02-02}   # by hand"],
        ),
        (
            steps("sign_offs", "L1", "security"),
            {"by": "fay", "link": "a: b"},
            ['-      by: "eli"', "-      on: 2026-08-02", '+      by: "fay"', '+      link: "a: b"'],
        ),
        (steps("owner"), "it's", ["-owner: 'team-orders'", "+owner: 'it''s'"]),
        (steps("about"), "x", ["-about: >-", "-  Some words,", "-  folded.", "+about: x"]),
        (steps("sign_offs", "L1", "owner"), {"by": "ada", "on": "2026-08-01"}, []),
        (steps("owner"), "team-orders", []),
        # taken out; comments on lines of their own stay
        (steps("sign_offs", "L1", "owner"), None, ["-    owner: {by: ada, on: 2026-08-01}  # ada"]),
        (steps("sign_offs", "L3", "owner"), None, ["-  L3: {owner: {by: ada, on: 2026-09-01}}"]),
        (
            steps("sign_offs", "L1"),
            None,
            [
                "-  L1:",
                "-    owner: {by: ada, on: 2026-08-01}  # ada",
                "-    security:",
                '-      by: "eli"',
                "-      on: 2026-08-02",
            ],
        ),
        (
            steps("attestations", "G1.pure"),
            None,
            ["-attestations:", "-  G1.pure: {by:  ada,", "-            on: 2026-01-01}   # by hand"],
        ),
        (steps("attestations", "G1.pure", "by"), None, ["-  G1.pure: {by:  ada,", "-            on: 2026-01-01}   # by hand", "+  G1.pure: {on: 2026-01-01}   # by hand"]),
        (steps("attestations", "G1.pure", "on"), None, ["-  G1.pure: {by:  ada,", "-            on: 2026-01-01}   # by hand", "+  G1.pure: {by:  ada}   # by hand"]),
    ],
)  # fmt: skip
def test_a_change_touches_its_own_lines_only(path: list[Step], value: Any, expected: list[str]) -> None:
    assert diff(MANIFEST, path, value) == expected


def test_the_order_of_siblings_is_kept_where_it_is_asked_for() -> None:
    path = [Step("sign_offs"), Step("L2", behind=("L0", "L1")), Step("owner")]
    after = changed(MANIFEST.encode(), path, {"by": "a"}).decode()
    assert list(load(after.encode()).value["sign_offs"]) == ["L1", "L2", "L3"]
    assert after.index("# the second level") > after.index("L2:")


@pytest.mark.parametrize(
    ("before", "path", "value", "after"),
    [
        ("a: &x\n  b: 1\n", "a k", "z", "a: &x\n  b: 1\n  k: z\n"),
        ("a: &x # c\n  b: {c: 1}\n", "a k", "z", "a: &x # c\n  b: {c: 1}\n  k: z\n"),
        ("a: &x\n  b: &y\n    c: 1\n", "a b k", "z", "a: &x\n  b: &y\n    c: 1\n    k: z\n"),
        ("a: &x {b: 1}\n", "a k", "z", "a: &x {b: 1, k: z}\n"),
        ("a: {}  # none\nb: 1\n", "a k", {"by": "z"}, "a:  # none\n  k: {by: z}\nb: 1\n"),
        ("a: {b: {}}\n", "a b k", "z", "a: {b: {k: z}}\n"),
        ("{a: 1}", "b", "z", "{a: 1, b: z}"),
        ("{a: 1, }", "b", "z", "{a: 1, b: z, }"),
        ("a: 1", "b", "z", "a: 1\nb: z"),
        ("a: 1\r\nb:\r\n  c: d\r\n", "b e", {"f": "g"}, "a: 1\r\nb:\r\n  c: d\r\n  e: {f: g}\r\n"),
        ("a: 1\r\nb: 2", "c", "d", "a: 1\r\nb: 2\r\nc: d"),
        ("a:\n    b:\n        c: d\n", "a e f", "g", "a:\n    b:\n        c: d\n    e:\n        f: g\n"),
        ("a:\n    b: c\n", "d e f", "g", "a:\n    b: c\nd:\n    e:\n        f: g\n"),
        ("a:\n    b: {c: 1}\n", "d e f", "g", "a:\n    b: {c: 1}\nd:\n    e: {f: g}\n"),
        ("---\na: |\n  x\n\n# c\n...\n", "b", "c", "---\na: |\n  x\nb: c\n\n# c\n...\n"),
        ("a: |+\n  x\n\n# c\n", "b", "c", "a: |+\n  x\n\nb: c\n# c\n"),
        ("? a\n: b\n? c\n: d\n", "e", "f", "? a\n: b\n? c\n: d\ne: f\n"),
        ("a: [1,\n  2]  # c\n", "b", "c", "a: [1,\n  2]  # c\nb: c\n"),
        ("a:\n- 1\n- b: 2\n  c: 3\n", "b", "c", "a:\n- 1\n- b: 2\n  c: 3\nb: c\n"),
        ("a:\n# c\nb: 1\n", "c", "d", "a:\n# c\nb: 1\nc: d\n"),
        ("\ufeffa: 1\n", "b", "c", "\ufeffa: 1\nb: c\n"),
        ("ä😀: 1 # é\nb: {c: d}\n", "b e", "f", "ä😀: 1 # é\nb: {c: d, e: f}\n"),
        ("a: 1\nb: {c: {d: e}, f: g}\n", "b c d", None, "a: 1\nb: {f: g}\n"),
        ("a: 1\nb: {c: {d: e}}\n", "b c d", None, "a: 1\n"),
        ("a: 1\nb:\n  c: {d: e}", "b c d", None, "a: 1\n"),
        ("b:\n  # why\n  c:\n    # how\n    d: e\na: 1\n", "b c d", None, "  # why\n    # how\na: 1\n"),
        ("a: {b: 1, # b\n    c: 2}\n", "a c", None, "a: {b: 1, # b\n    }\n"),
        ("a: {b: 1,\n    c: 2}\n", "a c", None, "a: {b: 1}\n"),
    ],
)
def test_any_layout_is_kept(before: str, path: str, value: Any, after: str) -> None:
    assert changed(before.encode(), steps(*path.split()), value).decode() == after


@pytest.mark.parametrize(
    ("text", "value"),
    [
        # The comment that stays would become a part of the text above it.
        ("about: >-\n  words\na:\n  b: c\n  # d\ne: f\n", None),
        # The new line would be left of the other keys: not YAML.
        ("a:\n &x\n  c: d\n", "e"),
    ],
)
def test_what_cannot_be_changed_alone_is_left_to_people(text: str, value: str | None) -> None:
    with pytest.raises(
        UsageError, match=r"`a\.b` cannot be changed without changing other entries: change it by hand"
    ):
        changed(text.encode(), steps("a", "b"), value)


# Laws


SCALARS = ["x", "team-a", "12", "2026-01-01", "''", '"a # b"', "'it''s'", "a b", "https://example.org/a#b", "", "~", "é😀"]  # fmt: skip
COMMENT = st.sampled_from(["", "  # why", "   # a: {b}"])
GAP = st.lists(st.sampled_from(["", "# on its own", "   # indented"]), max_size=2)
KEYS = st.lists(st.sampled_from([*"abcdefgh", "k.1", '"capability:x"', "é"]), min_size=1, max_size=4, unique=True)  # fmt: skip


@st.composite
def braces(draw: st.DrawFn, depth: int) -> str:
    entries = []
    for key in draw(KEYS):
        inner = draw(braces(depth - 1)) if depth and draw(st.booleans()) else draw(st.sampled_from(SCALARS))
        entries.append(f"{key}: {inner}")
    between = draw(st.sampled_from([", ", ",  ", ",\n      "]))
    return "{" + between.join(entries) + draw(st.sampled_from(["", " ", ","])) + "}"


@st.composite
def blocks(draw: st.DrawFn, depth: int, column: int = 0) -> list[str]:
    lines: list[str] = []
    indent = draw(st.integers(1, 4))
    for key in draw(KEYS):
        lines += draw(GAP)
        start = " " * column + f"{key}:"
        kind = draw(st.sampled_from(["scalar", "braces", "block", "list", "folded"] if depth else ["scalar"]))
        match kind:
            case "scalar":
                lines.append(f"{start} {draw(st.sampled_from(SCALARS))}".rstrip() + draw(COMMENT))
            case "braces":
                lines += f"{start} {draw(braces(depth - 1))}{draw(COMMENT)}".split("\n")
            case "block":
                lines.append(start + draw(COMMENT))
                lines += draw(blocks(depth - 1, column + indent))
            case "list":
                lines += [start, " " * (column + 1) + "- 1", " " * (column + 1) + "- 2" + draw(COMMENT)]
            case _:
                chomping = draw(st.sampled_from([">", "|-", "|+"]))
                lines += [f"{start} {chomping}", " " * (column + indent) + "some # text", ""]
    return lines


@st.composite
def texts(draw: st.DrawFn) -> str:
    eol = draw(st.sampled_from(["\n", "\r\n"]))
    lines = [*draw(blocks(2)), *draw(GAP)]
    return eol.join("\n".join(lines).split("\n")) + draw(st.sampled_from(["", eol]))


def mappings(value: Any, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Return the paths of all mappings of a document."""
    if not isinstance(value, dict):
        return []
    return [path, *(found for key, inner in value.items() for found in mappings(inner, (*path, key)))]


def own_comments(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.lstrip().startswith("#")]


@given(texts(), st.data())
def test_what_is_put_in_is_there_and_taken_out_again_leaves_the_very_text(
    text: str, data: st.DataObject
) -> None:
    document = load(text.encode()).value
    path = (*data.draw(st.sampled_from(mappings(document))), "new")
    values: list[Any] = ["x", {"by": "12", "on": "2026-01-01"}, {"a": {"b": "c: d"}}]
    value = data.draw(st.sampled_from(values))
    try:
        after = changed(text.encode(), steps(*path), value).decode()
    except UsageError:
        # Folded text at the end of a file without a last line end would get one.
        assert not text.endswith("\n")
        return
    old, put = text.splitlines(), after.splitlines()
    operations = difflib.SequenceMatcher(None, old, put, autojunk=False).get_opcodes()
    assert sum(tag != "equal" for tag, *_ in operations) == 1
    assert own_comments(after) == own_comments(text)
    assert changed(after.encode(), steps(*path), None).decode() == text


@given(texts(), st.data())
def test_taking_out_changes_one_line_at_most_and_moves_none(text: str, data: st.DataObject) -> None:
    document = load(text.encode()).value
    assume(len(document) > 1)  # a manifest is never emptied
    within = data.draw(st.sampled_from(mappings(document)))
    held: Any = document
    for key in within:
        held = held[key]
    path = (*within, data.draw(st.sampled_from(list(held))))
    try:
        after = changed(text.encode(), steps(*path), None).decode()
    except UsageError:
        assume(False)
    old, kept = text.splitlines(), after.splitlines()
    matcher = difflib.SequenceMatcher(None, old, kept, autojunk=False)
    touched = [kept[start:end] for tag, _, _, start, end in matcher.get_opcodes() if tag != "equal"]
    assert sum(map(len, touched)) <= 1
    assert set(own_comments(text)) >= set(own_comments(after))


# New text


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("ana", "ana"), ("2026-11-02", "2026-11-02"), ("https://example.org/a#b", "https://example.org/a#b"),
        ("no", "no"), ("12", '"12"'), ("1e3", '"1e3"'), ("true", '"true"'), ("null", '"null"'), ("", '""'),
        ("a: b", '"a: b"'), ("a #b", '"a #b"'), ("{a}", '"{a}"'), ("a, b", '"a, b"'), ("- a", '"- a"'),
        ("*a", '"*a"'), ("!a", '"!a"'), (' "a" \\ ', '" \\"a\\" \\\\ "'), ("a\nb\t\x1b\u2028😀\ufffe", '"a\\nb\\t\\u001b\\u2028😀\\ufffe"'),
        ("\U000e0001", '"\\U000e0001"'),
    ],
)  # fmt: skip
def test_text_is_quoted_where_the_loader_would_take_it_for_something_else(text: str, written: str) -> None:
    assert scalar(text) == written
    assert load(f"{{k: {written}}}".encode()).value == {"k": text}


@given(st.text(st.characters(exclude_categories=["Cs"])), st.sampled_from([None, "'", '"']))
def test_any_text_is_read_as_it_was_written(text: str, style: str | None) -> None:
    assert load(f"k: {scalar(text, style)}".encode()).value == {"k": text}


def test_what_no_file_can_hold_is_refused() -> None:
    with pytest.raises(UsageError, match="bytes that are not UTF-8"):
        scalar("\udc80")


def test_a_line_that_would_be_too_wide_becomes_a_block() -> None:
    value = {"by": "a" * 30, "link": "b" * 30}
    assert block_lines("k", value, 2, Layout(width=90)) == [f"  k: {{by: {'a' * 30}, link: {'b' * 30}}}"]
    assert block_lines("k", value, 2, Layout(width=60)) == [
        "  k:",
        f"    by: {'a' * 30}",
        f"    link: {'b' * 30}",
    ]


# Long lines and lists

LONG = f"ssh:{'A' * 300}="
SIGNED = """\
sign_offs:
  L1:
    # before
    owner: {by: ada, "on": 2026-08-01}  # ada
    security: {by: eli}
  L2: {owner: {by: ada}}
list:
  - {what: a, by: b} # one
  - what: c
    by: d

"""


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        # a mapping in braces that becomes too long for its line becomes a block
        (
            steps("sign_offs", "L1", "owner", "signature"),
            LONG,
            ['-    owner: {by: ada, "on": 2026-08-01}  # ada', "+    owner:  # ada", "+      by: ada",
             '+      "on": 2026-08-01', f"+      signature: {LONG}"],
        ),
        (
            steps("sign_offs", "L1", "security"),
            {"by": "eli", "evidence": {"a": "1" * 64, "b": "2" * 64}, "none": {}, "signature": LONG},
            ["-    security: {by: eli}", "+    security:", "+      by: eli", "+      evidence:",
             f'+        a: "{"1" * 64}"', f'+        b: "{"2" * 64}"', "+      none: {}", f"+      signature: {LONG}"],
        ),
        # a new one is a block, and what is short stays in braces beside it
        (
            steps("sign_offs", "L1", "new"),
            {"by": "x", "signature": LONG},
            ["+    new:", "+      by: x", f"+      signature: {LONG}"],
        ),
        # braces within braces stay braces
        (
            steps("sign_offs", "L2", "owner", "signature"),
            LONG,
            ["-  L2: {owner: {by: ada}}", f"+  L2: {{owner: {{by: ada, signature: {LONG}}}}}"],
        ),
        # items of lists
        ([*steps("list"), Step(0), Step("x")], "y", ["-  - {what: a, by: b} # one", "+  - {what: a, by: b, x: y} # one"]),
        ([*steps("list"), Step(1), Step("x")], LONG, [f"+    x: {LONG}"]),
        ([*steps("list"), Step(2)], {"what": "e"}, ["+  - {what: e}"]),
        ([Step("new"), Step(0)], {"what": "e"}, ["+new:", "+  - {what: e}"]),
    ],
)  # fmt: skip
def test_long_values_and_items_of_lists_are_written(
    path: list[Step], value: Any, expected: list[str]
) -> None:
    assert diff(SIGNED, path, value) == expected


@pytest.mark.parametrize(
    ("text", "after"),
    [("a: [x]  # c\n", "a: [x, {b: c}]  # c\n"), ("a: []\n", "a: [{b: c}]\n"), ("a:\n- x\n\nz: 1\n", "a:\n- x\n- {b: c}\n\nz: 1\n")],
)  # fmt: skip
def test_an_item_is_appended_in_the_layout_of_its_list(text: str, after: str) -> None:
    place = 0 if "[]" in text else 1
    assert changed(text.encode(), [Step("a"), Step(place)], {"b": "c"}).decode() == after


@pytest.mark.parametrize("length", [300, 3_000])
@pytest.mark.parametrize("text", ["s: {by: a}\n", "s: {o: {by: a}}\n", "s:\n  by: a\n", "{s: {by: a}}\n"])
def test_a_signature_of_any_length_is_read_back(text: str, length: int) -> None:
    path = steps("s", "o", "signature") if "o:" in text else steps("s", "signature")
    written = changed(text.encode(), path, f"ssh:{'A' * length}==")
    again = changed(written, path, "ssh:B")
    assert load(again).value == load(changed(text.encode(), path, "ssh:B")).value


def test_the_block_of_ssh_keygen_is_replaced_and_removed_as_a_whole() -> None:
    text = "s:\n  by: a\n  signature: |  # pasted\n    -----BEGIN\n    AAAA\n    -----END\n\n# z\nz: 1\n"
    assert changed(text.encode(), steps("s", "signature"), "ssh:B").decode() == (
        "s:\n  by: a\n  signature: ssh:B\n\n# z\nz: 1\n"
    )
    assert changed(text.encode(), steps("s", "signature"), None).decode() == "s:\n  by: a\n\n# z\nz: 1\n"


def test_a_long_signature_does_not_make_other_lines_longer() -> None:
    text = f"a:\n  x:\n    by: b\n    signature: {LONG}\nc:\n  y: {{by: d}}\n"
    after = changed(text.encode(), steps("c", "z"), {"by": "e" * 100, "link": "f" * 100}).decode()
    assert after.endswith(f"  z:\n    by: {'e' * 100}\n    link: {'f' * 100}\n")
