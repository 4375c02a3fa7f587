"""JSON and YAML alike, with the places of their values."""

import pytest

from gatekeeper.collectors.reading import structured
from gatekeeper.model.evidence import Absent, ArtefactFile, Finding, Unreadable


def file(text: str | bytes) -> ArtefactFile:
    data = text.encode() if isinstance(text, str) else text
    return ArtefactFile("a/b.yaml", lambda: data)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('{\n  "paths": {\n    "/a": {\n      "get": 1\n    }\n  }\n}\n', 4),
        ("paths:\n  /a:\n    get: 1\n", 3),
        ("paths: {/a: {get: 1}}\n", 1),
    ],
)
def test_a_finding_has_pointer_and_line(text: str, line: int) -> None:
    found = structured.read(file(text)).finding("no", "paths", "/a", "get")
    assert found == Finding("no", "a/b.yaml", line, "/paths/~1a/get")


def test_a_finding_in_a_large_json_file_has_a_pointer() -> None:
    text = '{"a": "' + "x" * 2_000_000 + '"}'
    assert structured.read(file(text)).finding("no", "a") == Finding("no", "a/b.yaml", None, "/a")


def test_a_line_is_not_worth_a_failure() -> None:
    # Valid JSON, but no YAML: there a key has at most 1,024 characters.
    key = "a" * 1_100
    found = structured.read(file(f'{{"{key}": 1}}'))
    assert (found.value, found.finding("no", key).line) == ({key: 1}, None)


def test_keys_count_as_they_are_written() -> None:
    assert structured.read(file("200: a\ntrue: b\nno: c\n")).value == {"200": "a", "true": "b", "no": "c"}


def test_several_documents_are_read_in_order_and_empty_ones_left_out() -> None:
    documents = structured.read_all(file("a: 1\n---\n---\nb: 2\n"))
    assert [(document.value, document.finding("", *document.object).line) for document in documents] == [
        ({"a": 1}, 1),
        ({"b": 2}, 4),
    ]


def test_flow_style_yaml_is_no_bad_json() -> None:
    assert structured.read(file("{a: 1}\n")).value == {"a": 1}


@pytest.mark.parametrize(
    ("text", "error", "reason"),
    [
        ("", Absent, "a/b.yaml: the file is empty"),
        ("a: 1\n---\nb: 2\n", Unreadable, "a/b.yaml: 2 YAML documents; expected one"),
        ('{"a": [', Unreadable, "a/b.yaml: line 1: not JSON"),
        ("a: *b\n", Unreadable, "a/b.yaml: line 1: alias"),
        ("a: 1\na: 2\n", Unreadable, "a/b.yaml: line 2: duplicate key 'a'"),
        ("[" * 50_000, Unreadable, "nested too deep"),
        (b"a: \xff", Unreadable, "is not UTF-8"),
    ],
)
def test_what_cannot_be_read_says_why(text: str | bytes, error: type[Exception], reason: str) -> None:
    with pytest.raises(error, match=r"^a/b\.yaml: ") as caught:
        structured.read(file(text))
    assert reason in str(caught.value)
