"""A file of a described format becomes rows, figures and an origin, and refuses what it cannot know."""

import json
from datetime import UTC, datetime
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest

from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.described import Described, DescribedFormat, Field
from gatekeeper.collectors.reading.descriptions import flaws
from gatekeeper.collectors.reading.expression_compiler import Compiler
from gatekeeper.model.evidence import Absent, Origin, Unreadable
from gatekeeper.model.format import FormatDescription
from gatekeeper.syntax import SyntaxProblem, yaml

FIELDS = {
    "name": Field.TEXT,
    "tags": Field.TEXTS,
    "status": Field.WORD,
    "seconds": Field.SECONDS,
    "ms": Field.MILLISECONDS,
    "share": Field.SHARE,
    "count": Field.COUNT,
    "amount": Field.AMOUNT,
    "at": Field.TIME,
    "line": Field.LINE,
    "flag": Field.FLAG,
    "hits": Field.COUNTS,
    "raw": Field.ANY,
}


class Report:
    def __init__(self, described: Described) -> None:
        self.rows = list(described.rows)
        self.values = [row.values for row in self.rows]
        self.figures = dict(described.figures)
        self.origin: Origin = described.origin(len(self.rows))


ADAPTER: Any = SimpleNamespace(
    FIELDS=FIELDS, REQUIRED=frozenset(), FIGURES=FIELDS, DOUBTS=frozenset({"findings"}), WORDS={}, part=Report
)


def described(text: str) -> DescribedFormat[Report]:
    head = "format: odd\nkind: vulnerabilities\n"
    written = yaml.load(f"{head}{text}".encode()).value
    written.setdefault("reads", "json")
    written.setdefault("recognise", {"all": ["@"]})
    return DescribedFormat(FormatDescription.model_validate(written), ADAPTER)


def read(text: str, data: str) -> Report:
    return described(text).read(Content("report", data.encode()))


ITEMS = "items: {item: items}\n"


@pytest.mark.parametrize(
    ("field", "stated", "expected"),
    [
        ("name: item.v", '"a"', "a"),
        ("tags: item.v", '["a", null, "b"]', ("a", "b")),
        ("tags: item.v", '"a"', ("a",)),
        ("status: item.v", '"PASSED"', "passed"),
        ("status: {path: item.v, map: {Ok: passed}}", '"OK"', "passed"),
        ("status: {path: item.v, map: {'true': passed}}", "true", "passed"),
        ("seconds: item.v", "1.5", 1.5),
        ("seconds: {path: item.v, unit: ms}", "1500", 1.5),
        ("seconds: {path: item.v, unit: ns}", "1500000000", 1.5),
        ("seconds: {path: item.v, unit: ms, from: text}", '"1500"', 1.5),
        ("ms: {path: item.v, unit: us}", "1500", 1.5),
        ("share: item.v", "40", 40.0),
        ("share: {path: item.v, unit: ratio}", "0.25", 25.0),
        ("count: item.v", "3", 3),
        ("count: {path: item.v, from: text}", '"3"', 3),
        ("amount: item.v", "2.5", 2.5),
        ("at: item.v", '"2026-03-02T10:00:00Z"', datetime(2026, 3, 2, 10, tzinfo=UTC)),
        ("at: {path: item.v, unit: s}", "1772445600", datetime(2026, 3, 2, 10, tzinfo=UTC)),
        ("at: {path: item.v, unit: ms}", "1772445600000", datetime(2026, 3, 2, 10, tzinfo=UTC)),
        ("line: item.v", "7", 7),
        ("line: item.v", "0", None),
        ("flag: item.v", "true", True),
        ("hits: item.v", "[1, null, 0]", [1, None, 0]),
        ("raw: item.v", '{"a": [1]}', {"a": [1]}),
        ("name: item.v", "null", None),
    ],
)
def test_a_field_has_the_type_and_the_unit_of_the_kind(field: str, stated: str, expected: object) -> None:
    name = field.partition(":")[0]
    [row] = read(f"{ITEMS}fields: {{{field}}}", f'{{"items": [{{"v": {stated}}}]}}').rows
    assert row.get(name) == (pytest.approx(expected) if isinstance(expected, float) else expected)


@pytest.mark.parametrize(
    ("field", "stated", "why"),
    [
        ("name: item.v", "3", "name is 3, not text"),
        ("count: item.v", '"3"', "count is '3', not a count"),
        ("count: item.v", "-1", "count is -1, not a count"),
        ("count: {path: item.v, from: text}", '"many"', "count is 'many', not a number"),
        ("count: {path: item.v, from: text}", "3", "count is 3, not text"),
        ("seconds: item.v", '"1"', "seconds is '1', not an amount"),
        ("share: item.v", "140", "share is 140, more than the whole"),
        ("at: item.v", '"yesterday"', "at is 'yesterday', not a time"),
        ("flag: item.v", '"yes"', "flag is 'yes', neither true nor false"),
        ("hits: item.v", "[-1]", "hits is -1, not a count"),
    ],
)
def test_a_value_of_another_type_makes_the_file_unreadable_with_its_place(
    field: str, stated: str, why: str
) -> None:
    with pytest.raises(Unreadable) as refused:
        read(f"{ITEMS}fields: {{{field}}}", f'{{"items": [{{"v": {stated}}}]}}')
    assert str(refused.value) == f"/items/0: {why}"


def test_a_word_that_is_not_translated_is_no_value_and_is_told() -> None:
    [row] = read(
        f"{ITEMS}fields: {{status: {{path: item.v, map: {{ok: passed}}}}}}", '{"items": [{"v": "odd"}]}'
    ).rows
    assert (row.get("status"), row.unmapped) == (None, {"status": "'odd'"})


NESTED = """
items:
  suite: {in: suites, nested: suites, chain: suites}
  test: {in: suite.tests, optional: true}
fields: {name: test.name, tags: "suites[].title"}
beside: {suite: [suites]}
"""


def test_nested_items_have_the_titles_around_them() -> None:
    found = read(
        NESTED,
        """{"suites": [{"title": "a", "tests": [{"name": "1"}], "suites": [{"title": "b", "tests": [{"name": "2"}]}]},
                       {"title": "c"}]}""",
    )
    assert found.values == [{"name": "1", "tags": ("a",)}, {"name": "2", "tags": ("a", "b")}]
    assert [row.finding("x").pointer for row in found.rows] == [
        "/suites/0/tests/0",
        "/suites/0/suites/0/tests/0",
    ]


def test_items_of_an_object_have_their_keys() -> None:
    found = read(
        "items: {file: {in: files, key: path}}\nfields: {name: path, count: file.n}",
        '{"files": {"a": {"n": 1}}}',
    )
    assert found.values == [{"name": "a", "count": 1}]
    assert found.rows[0].finding("x").pointer == "/files/a"


@pytest.mark.parametrize(
    ("items", "data", "why"),
    [
        ("item: items", "{}", "there is no list `items` of items 'item'"),
        ("item: a.items", '{"a": {"item": []}}', "/a/items: there is no list `a.items`"),
        ("item: items", '{"items": "x"}', "/items: items is 'x', not a list"),
        ("item: items", '{"items": [3]}', "/items/0: item is 3, not an object"),
        (
            "item: items\n  part: item.parts",
            '{"items": [{"part": []}]}',
            "/items/0/parts: there is no list `item.parts`",
        ),
    ],
)
def test_a_list_that_is_missing_makes_the_file_unreadable(items: str, data: str, why: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read(f"items:\n  {items}\nfields: {{raw: item}}", data)
    assert why in str(refused.value)


def test_an_optional_list_may_be_missing_and_items_may_be_values() -> None:
    text = "items: {item: {in: items, of: values, optional: true}}\nfields: {raw: item}"
    assert read(text, "{}").values == []
    assert read(text, '{"items": [1, "a"]}').values == [{"raw": 1}, {"raw": "a"}]


@pytest.mark.parametrize(
    "data",
    [
        '{"items": [], "others": [{"id": 1}]}',
        '{"items": [], "others": {"a": {"id": 1}}}',
        '{"items": [{"hidden": [{"id": 1}]}]}',
        '{"items": [], "by_file": {"a.py": [{"id": 1}]}}',
        '{"items": [], "groups": [[{"id": 1}]]}',
    ],
)
def test_a_list_that_the_description_does_not_know_is_not_understood(data: str) -> None:
    [place] = read(f"{ITEMS}fields: {{name: item.name}}", data).origin.not_understood
    assert "is not known: it may list what is looked for" in place.place.message
    assert place.touches == {"findings"}


def test_a_document_that_is_an_item_has_the_keys_of_one() -> None:
    text = "items: {report: '@', item: report.results.failed}\nfields: {name: item.name}"
    one = '{"results": {"failed": [{"name": "a"}]}}'
    assert read(text, one).origin.not_understood == ()
    assert len(read(text, f"[{one}, {one}]").values) == 2


def test_lists_that_the_description_names_or_that_hold_no_objects_are_understood() -> None:
    text = f"{ITEMS}fields: {{name: item.name}}\nbeside: {{document: [others, a.b], item: [more]}}"
    data = '{"items": [{"more": [{}], "tags": ["x"]}], "others": [{}], "names": ["x"], "a": {"b": [{}]}}'
    assert read(text, data).origin.not_understood == ()


ORIGIN = """
about: {tool: Odd, seen: "1", source: "https://odd.example", models: all}
figures: {count: total}
produced_at: {path: at, unit: iso}
version: v
commit: git.commit
subject: {repository: git.url, service: services}
partial: {if: {"some were skipped": skipped}, unless: {"the run did not end": ended}}
"""


def test_the_origin_has_what_the_document_states() -> None:
    found = read(
        ORIGIN,
        """{"total": 3, "at": "2026-03-02T10:00:00Z", "v": "2.1", "ended": true, "skipped": ["a", "b"],
            "git": {"commit": "5b1c7e9", "url": "https://git.example/shop"}, "services": ["shop", "cart"]}""",
    )
    assert found.figures == {"count": 3}
    origin = found.origin
    assert (origin.format, origin.producer, origin.commit) == ("odd", "Odd 2.1", "5b1c7e9")
    assert origin.produced_at == datetime(2026, 3, 2, 10, tzinfo=UTC)
    assert [subject.name for subject in origin.subjects] == ["shop", "cart", "https://git.example/shop"] or [
        subject.name for subject in origin.subjects
    ] == ["https://git.example/shop", "shop", "cart"]
    assert origin.partial == ("some were skipped: a, b",)


def test_what_a_document_does_not_state_is_unknown() -> None:
    found = read(ORIGIN, "{}")
    assert (found.figures, found.origin.produced_at, found.origin.commit) == ({}, None, None)
    assert (found.origin.producer, found.origin.partial) == ("Odd", ("the run did not end",))


@pytest.mark.parametrize(
    ("conditions", "data", "error"),
    [
        ('absent: {if: {"it did not run": error}}', '{"error": "x"}', Absent),
        ('absent: {unless: {"nothing was scanned": scanned}}', '{"scanned": []}', Absent),
        ('unreadable: {unless: {"schema 1 is expected": "schema == `1`"}}', '{"schema": 2}', Unreadable),
        ('unreadable: {if: {"it is a template": "length(x) > `0`"}}', '{"x": "y"}', Unreadable),
    ],
)
def test_a_condition_says_why_a_file_cannot_be_taken(
    conditions: str, data: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        read(f"{conditions}\nfigures: {{count: total}}", data)


LINES = """
reads: jsonl
items: {item: {in: "type == 'row' && data", optional: true}}
fields: {name: item.name}
figures: {count: total}
produced_at: at
partial: {unless: {"there is no summary": total}, if: {"it warns": warning}}
"""


@pytest.mark.parametrize("line", ["[]", '"a text"', "null", "7"])
def test_a_line_of_another_type_than_the_first_makes_the_file_unreadable(line: str) -> None:
    text = "reads: jsonl\nitems: {item: {in: items, optional: true}}\nfields: {name: item.name}"
    with pytest.raises(Unreadable, match=r"line 2: it is .+, and the first line is an object"):
        read(text, f'{{"items": []}}\n{line}\n')


def test_items_that_contain_themselves_make_the_file_unreadable() -> None:
    with pytest.raises(Unreadable, match="item is nested more than 200 levels deep"):
        read('items: {item: {in: items, nested: "@"}}\nfields: {name: item.name}', '{"items": [{}]}')


@pytest.mark.parametrize(
    "text",
    [
        "items: {a: items, b: document.items, c: document.items, d: document.items}\nfields: {name: d.name}",
        "items: {item: items}\nfields: {tags: document.names}",
        f"items: {{item: items}}\nfields: {{name: item.name}}\npartial: {{if: {{{', '.join(f'x{n}: y{n}' for n in range(3000))}}}}}",
    ],
    ids=["items of items", "a list for each item", "conditions"],
)
def test_work_that_multiplies_exceeds_the_budget(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gatekeeper.collectors.reading.described.Compiler", partial(Compiler, 2000))
    data = json.dumps({"items": [{"name": "a"}] * 60, "names": ["b"] * 60})
    with pytest.raises(Unreadable, match="needs more than 2,000 steps and values"):
        read(text, data)


def test_json_lines_are_read_line_by_line() -> None:
    found = read(
        LINES,
        """{"type": "row", "data": {"name": "a"}, "at": "2026-03-03T10:00:00Z"}

{"type": "row", "data": {"name": "b"}, "at": "2026-03-02T10:00:00Z"}
{"type": "other", "warning": true}
{"total": 2}
""",
    )
    assert found.values == [{"name": "a"}, {"name": "b"}]
    assert [row.finding("x").line for row in found.rows] == [1, 3]
    assert (found.figures, found.origin.partial) == ({"count": 2}, ("it warns",))
    assert found.origin.produced_at == datetime(2026, 3, 2, 10, tzinfo=UTC)


def test_json_lines_that_are_cut_short_are_partial_or_unreadable() -> None:
    assert read(LINES, '{"type": "row", "data": {"name": "a"}}\n{"type": "x"}\n').origin.partial == (
        "there is no summary",
    )
    with pytest.raises(SyntaxProblem) as broken:
        read(LINES, '{"type": "x"}\n{"type": "row", "da')
    assert broken.value.line == 2


TABLE = """
reads: csv
recognise: {all: ["contains(keys(@), 'Name')"]}
items: {row: "@"}
fields: {name: row.Name, count: row.Count, seconds: {path: 'row."Time, s"', unit: s}}
"""


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_table_is_read_row_by_row(separator: str) -> None:
    rows = [["Name", "Count", '"Time, s"'], ["a", "3", "1.5"], ['"b\nb"', "", ""]]
    data = "\n".join(map(separator.join, rows)) + "\n"
    format_ = described(TABLE)
    content = Content("report", data.encode())
    assert format_.recognises(content)
    assert format_.read(content).values == [{"name": "a", "count": 3, "seconds": 1.5}, {"name": "b\nb"}]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ("Name,Count\na,1\nName,Count\nb,2\n", "the header is repeated: these are several tables"),
        ("Name,Count\na\n", "a row has 1 columns, the header 2"),
        ('Name,Count\n"a,1\n', "not CSV: unexpected end of data"),
        ("Name,Count\na,\xff\n", "not UTF-8: invalid start byte"),
    ],
)
def test_a_broken_table_is_unreadable(data: str, why: str) -> None:
    with pytest.raises(SyntaxProblem) as broken:
        described(TABLE).read(Content("report", data.encode("latin-1")))
    assert broken.value.message == why


@pytest.mark.parametrize(
    "data", [b"{}", b"<a/>", b"one column\n", b"Count,Other\n1,2\n", b"Name,Name\n", b"\xff\xfe\n"]
)
def test_what_is_another_table_or_none_is_not_recognised(data: bytes) -> None:
    assert not described(TABLE).recognises(Content("report", data))


def test_a_figure_that_a_table_states_twice_makes_it_unreadable() -> None:
    text = TABLE + "figures: {amount: \"[@][?Name == 'all'].Count | [0]\"}\n"
    assert described(text).read(Content("report", b"Name,Count\nall,3\nall,3\n")).figures == {"amount": 3}
    with pytest.raises(Unreadable, match=r"line 3: amount is stated twice: 3\.0 and 4\.0"):
        described(text).read(Content("report", b"Name,Count\nall,3\nall,4\n"))


def test_a_table_without_rows_is_recognised_by_its_header() -> None:
    assert described(TABLE).recognises(Content("report", b"Name,Count\n"))


@pytest.mark.parametrize(
    ("text", "where", "message"),
    [
        (
            "fields: {id: item.i, nam: item.x}",
            ("fields", "nam"),
            "the kind vulnerabilities has no field 'nam'",
        ),
        ("fields: {id: item.x.}", ("fields", "id"), "'item.x.' is not JMESPath"),
        ("fields: {id: it.x}", ("fields", "id"), "'it.x' begins with 'it'"),
        ("fields: {id: item.x}\nabsent: {if: {none: '!a.b'}}", ("absent", "if", "none"), "write `!(a.b)`"),
        ("fields: {title: item.x}", ("fields",), "the field 'id' is missing"),
        ("fields: {id: {path: item.x, unit: s}}", ("fields", "id", "unit"), "text has no unit 's'"),
        (
            "fields: {id: item.x, severity: {path: item.s, map: {High: high, HIGH: low}}}",
            ("fields", "severity", "map"),
            "are one word, because case does not count",
        ),
        ("fields: {id: item.x}\nfigures: {findngs: x}", ("figures", "findngs"), "has no figure 'findngs'"),
        ("fields: {id: item.x}\nbeside: {itm: [a]}", ("beside", "itm"), "there are no items 'itm'"),
        (
            "fields: {id: item.x}\nproduced_at: {path: at, unit: pct}",
            ("produced_at", "unit"),
            "has no unit 'pct'",
        ),
    ],
)
def test_a_flaw_of_a_description_is_found_with_its_place(
    text: str, where: tuple[str, ...], message: str
) -> None:
    found = list(flaws(described(f"{ITEMS}{text}").description))
    assert [flaw.path for flaw in found] == [where]
    assert message in found[0].message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "items: {item: items, item2: {in: item.a, key: item}}\nfields: {id: item.x}",
            "the name 'item' is used twice",
        ),
        ("fields: {id: document.x}", "there are fields, and no items"),
        ("version: v", "it has neither items nor figures, so it reads nothing"),
        (
            f"items: {{{', '.join(f'i{at}: document' for at in range(11))}}}\nfields: {{id: i0.x}}",
            "items are within items 11 times; at most 10 are read",
        ),
    ],
)
def test_a_description_that_reads_nothing_or_reuses_a_name_is_wrong(text: str, message: str) -> None:
    assert message in {flaw.message for flaw in flaws(described(text).description)}


def test_a_kind_whose_formats_cannot_be_described_is_told() -> None:
    wrong = described("version: v").description.model_copy(update={"kind": "typescript"})
    [flaw] = flaws(wrong)
    assert flaw.message == "formats of the kind 'typescript' cannot be described as data"


def test_an_object_whose_values_are_all_items_has_no_unknown_list() -> None:
    text = """
items:
  module: {in: "@", key: library}
  file: {in: module, key: path}
fields: {name: path, tags: "[library]"}
"""
    found = read(text, '{"a.dll": {"a.cs": {"n": {"m": 1}}, "b.cs": {}}}')
    assert found.values == [{"name": "a.cs", "tags": ("a.dll",)}, {"name": "b.cs", "tags": ("a.dll",)}]
