"""Any JSON or YAML, with facts picked by JMESPath."""

from json import loads
from typing import Any

import jmespath
import pytest

from builders.artefacts import collect, facts, fixture, outcome, short
from gatekeeper.collectors.json import read as json
from gatekeeper.collectors.reading.expressions import TooMuchWork, evaluate

SELECT = {
    "bugs": "metrics.bugs",
    "ratio": "metrics.ratio",
    "gate": "metrics.gate",
    "passed": "metrics.passed",
    "names": "modules[].name",
    "sizes": "modules[].length(owners)",
    "unowned": "modules[?length(owners) == `0`].name",
    "owners": "modules[0]",
    "nothing": "modules[9].name",
    "no_list": "modules[?name == 'x'].name",
}


@pytest.mark.parametrize("format_", ["json", "yaml"])
def test_select_names_facts(format_: str) -> None:
    collected = collect(json, fixture("json", f"sonar.{format_}"), select=SELECT)
    assert collected.format == format_
    assert collected.facts == {
        "bugs": 0,
        "ratio": 1.5,
        "gate": "OK",
        "passed": True,
        "names": ("orders", "billing"),
        "sizes": [2, 0],
        "unowned": ("billing",),
        "owners": {"name": "orders", "owners": ("a", "b")},
        "nothing": None,
        "no_list": (),
    }


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("[1, 2]", [1, 2]),
        ("\ufeff[1]", [1]),
        ("- 1\n- a", [1, "a"]),
        ("- a\n- b", ("a", "b")),
        ("3", 3),
        ("false", False),
        ("text", "text"),
    ],
)
def test_any_root(text: str, value: Any) -> None:
    assert facts(json, text, select={"all": "@"}) == {"all": value}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "absent: report-0: the file is empty"),
        ("{}", "absent: report-0: the document is empty"),
        ("[]", "absent: report-0: the document is empty"),
        ("null", "absent: report-0: the document is empty"),
        ("~", "absent: report-0: the document is empty"),
        ('{"a": 1', "unreadable: report-0: line 1: not JSON: EOF while parsing"),
        ('{"a": NaN}', "unreadable: report-0: line 1: not JSON"),
        ('{"a": -1e999}', "unreadable: report-0: not JSON: a number out of range"),
        ("a: .nan", "unreadable: report-0: line 1: .nan is not a finite number"),
        ("a: 1\na: 2", "unreadable: report-0: line 2: duplicate key 'a'"),
        ("---\n---\n", "absent: report-0: the document is empty"),
        ('{"a": 1} {"a": ', "unreadable: report-0: line 1: not JSON: trailing characters"),
        ('{"a": 1}\n{"a": NaN}', "unreadable: report-0: line 2: not JSON: trailing characters"),
        ("a: !!python/object:os.system x", "unreadable: report-0: line 1: tag"),
        (b"a: \xff", "unreadable: report-0: line 1: byte 0xff is not UTF-8"),
        ("[" * 50_000, "unreadable: report-0: line 1: not JSON: nested too deep"),
        ("- " * 50_000, "unreadable: report-0: line 1: nested more than"),
    ],
    ids=short,
)
def test_what_is_no_evidence(text: str | bytes, expected: str) -> None:
    assert outcome(json, text, select={"a": "a"}).startswith(expected)


@pytest.mark.parametrize("options", [{}, {"select": {}}, {"select": None}])
def test_without_select_there_is_no_fact(options: dict[str, Any]) -> None:
    assert outcome(json, '{"a": 1}', **options) == "absent: report-0: select names nothing"


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("a[", "unreadable: report-0: select.f, 'a[': Invalid jmespath expression"),
        ("", "unreadable: report-0: select.f, '': Invalid JMESPath expression"),
        ("nosuch(a)", "unreadable: report-0: select.f, 'nosuch(a)': Unknown function"),
        ("sum(words)", "unreadable: report-0: select.f, 'sum(words)': In function sum(), invalid type"),
        ("words[::0]", "unreadable: report-0: select.f, 'words[::0]': slice step cannot be zero"),
        ("to_number('nan')", "unreadable: report-0: select.f gives nan, not a finite number"),
        ("[to_number('inf')]", "unreadable: report-0: select.f gives inf, not a finite number"),
        ("sum(huge)", "unreadable: report-0: select.f gives inf, not a finite number"),
        ("&words", "unreadable: report-0: select.f gives an expression, not a value"),
    ],
)
def test_an_expression_that_does_not_fit_is_named(expression: str, expected: str) -> None:
    document = '{"words": ["a"], "huge": [1e308, 1e308]}'
    assert outcome(json, document, select={"f": expression}).startswith(expected)


# Expressions have a budget.

DOUBLED = {
    "list": "[@,@][]|" * 40 + "@",
    "nested list": "[@,@]|" * 60 + "@",
    "dict": "{a:@,b:@}|" * 38 + "@",
    "text": "join('x',[to_string(@),to_string(@)])|" * 10 + "@",
    "written out": "[@,@]|" * 60 + "to_string(@)",
    "in each item": "items[].[@,@]|" + "[@,@][]|" * 40 + "@",
    "mapped": "map(&[@,@],@)|" * 26 + "@",
    "product": "join(text, items)",
}


@pytest.mark.parametrize("expression", DOUBLED.values(), ids=DOUBLED)
def test_an_expression_that_grows_without_end_is_refused(expression: str) -> None:
    """Each would need more memory than there is: it doubles a value, or multiplies two sizes."""
    document: Any = {"items": ["x"] * 3_000, "text": "y" * 3_000}
    if expression.startswith("[@,@][]"):
        document = [1, 2]
    if expression.startswith("map("):
        expression = f"items|{expression}"
    with pytest.raises(TooMuchWork, match="it needs more than 100,000 steps and values; select less"):
        evaluate(expression, document, budget=100_000)


def test_an_evaluation_has_a_budget() -> None:
    content = b'{"items": [%s"x"], "text": "%s"}' % (b'"x", ' * 30_000, b"y" * 3_000)
    told = outcome(json, content, select={"a": DOUBLED["product"]})
    assert "it needs more than 5,000,000 steps and values; select less" in told


def test_a_long_expression_is_refused() -> None:
    told = outcome(json, b'{"a": 1}', select={"a": "a" * 401})
    assert "it has 401 characters; at most 400 are evaluated" in told
    assert facts(json, b'{"a": 1}', select={"a": "a" * 400}) == {"a": None}


EXPRESSIONS = [
    *SELECT.values(),
    "modules[*].owners[]",
    "modules[].{n: name, o: owners[0]}",
    "sort_by(modules, &name)[].name",
    "map(&length(@), modules[].owners)",
    "join(', ', modules[].name)",
    "max_by(modules, &length(owners)).name",
    "metrics.*",
    "modules[::-1].name",
    "keys(@) | sort(@)",
    "to_string(metrics)",
    "modules[?contains(owners, 'a')] | [0]",
]


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_within_the_budget_an_expression_means_what_it_means(expression: str) -> None:
    document = loads(fixture("json", "sonar.json"))
    assert evaluate(expression, document) == jmespath.search(expression, document)


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_every_step_and_value_counts(expression: str) -> None:
    document = loads(fixture("json", "sonar.json"))
    with pytest.raises(TooMuchWork):
        evaluate(expression, document, budget=1)
    assert evaluate(expression, document, budget=1_000) == jmespath.search(expression, document)


@pytest.mark.parametrize(
    "text",
    [
        "kind: A\nowner: x\n---\nkind: B\nowner: y\n",
        "# only a comment\n---\nkind: A\nowner: x\n---\n---\nkind: B\nowner: y\n",
        '{"kind": "A", "owner": "x"}\n{"kind": "B", "owner": "y"}\n',
        '\ufeff{\n  "kind": "A",\n  "owner": "x"\n}\n{\n  "kind": "B",\n  "owner": "y"\n}\n',
        '{"kind": "A", "owner": "x"}{"kind": "B", "owner": "y"}',
    ],
    ids=["yaml", "yaml with empty documents", "json lines", "go", "without a space"],
)
def test_an_expression_is_evaluated_over_the_list_of_several_documents(text: str) -> None:
    select = {"owners": "[].owner", "b": "[?kind=='B'].owner | [0]", "owner": "owner"}
    assert facts(json, text, select=select) == {"owners": ("x", "y"), "b": "y", "owner": None}


def test_one_document_is_not_a_list() -> None:
    assert facts(json, "---\nowner: x\n---\n", select={"owner": "owner"}) == {"owner": "x"}
