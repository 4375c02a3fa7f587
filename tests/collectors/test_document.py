"""Markdown documents: front matter, outline, links."""

from typing import Any

import pytest

from builders.artefacts import chosen, collect, facts, fixture, outcome, short
from gatekeeper.collectors.document import read
from gatekeeper.collectors.document.facts import DocumentFacts
from gatekeeper.model.evidence import Artefact, Collected, Options


class document:  # noqa: N801 - a reader, which is a module elsewhere
    """The reader, for files that are named as Markdown."""

    @staticmethod
    def collect(artefact: Artefact, options: Options) -> Collected[DocumentFacts]:
        files = tuple(file._replace(name=f"{file.name}.md") for file in artefact.files)
        return read.collect(artefact._replace(files=files), options)


def test_runbook() -> None:
    collected = collect(document, fixture("document", "runbook.md"))
    assert (collected.format, collected.produced_at) == ("markdown", None)
    assert collected.facts == DocumentFacts(
        front_matter={
            "title": "Order service",
            "owner": "team-orders",
            "alerts": ["OrdersSlow", "OrdersDown"],
        },
        sections=("Order service", "Impact", "Diagnosis", "Logs", "Escalation"),
        empty_sections=("Traces", "Mitigation"),
        links=(
            "https://grafana.example/d/orders",
            "https://logs.example/orders",
            "https://traces.example/orders?service=orders",
        ),
        words=10,
        dashboards=("orders",),
    )


@pytest.mark.parametrize(
    ("front_matter", "produced_at"),
    [
        ("date: 2026-11-12", "2026-11-12T00:00:00+00:00"),
        ("date: 2026-11-12T16:00:00+02:00", "2026-11-12T14:00:00+00:00"),
        ("date: last spring", None),
        ("date: 2026", None),
        ("date: [2026-11-12]", None),
        ("reviewed_on: 2026-11-12", None),
    ],
)
def test_the_date_of_the_front_matter_is_the_age(front_matter: str, produced_at: str | None) -> None:
    collected = collect(document, f"---\n{front_matter}\n---\ntext\n")
    assert (collected.produced_at and collected.produced_at.isoformat()) == produced_at


@pytest.mark.parametrize(
    ("text", "front_matter"),
    [
        ("# A\n\ntext\n", None),
        ("text\n\n---\na: b\n---\n", None),
        ("---\n---\n# A\n", {}),
        ("---\n# nothing but a comment\n---\n# A\n", {}),
        ("---\na: {b: [1, 2.5, yes]}\n---\n", {"a": {"b": [1, 2.5, "yes"]}}),
        ("---\r\na: 1\r\n---\r\ntext\r\n", {"a": 1}),
        ("\ufeff---\na: 1\n...\ntext\n", {"a": 1}),
        ("----\na: 1\n----\n", None),
    ],
)
def test_front_matter_is_optional(text: str, front_matter: dict[str, Any] | None) -> None:
    assert facts(document, text).front_matter == front_matter


@pytest.mark.parametrize(
    ("text", "sections", "empty_sections"),
    [
        pytest.param("text\n", (), (), id="no heading"),
        pytest.param("# A\n## B\n### C\ntext\n## D\n", ("A", "B", "C"), ("D",), id="text below a subsection"),
        pytest.param("## A\n# B\ntext\n", ("B",), ("A",), id="text below a higher heading is not its own"),
        pytest.param("A\n=\n\nB\n-\ntext\n", ("A", "B"), (), id="underlined headings"),
        pytest.param("# `A` *b* [c](d)\n\ntext\n", ("A b c",), (), id="markup in a heading"),
        pytest.param("# A\n\n```\n# no heading\n```\n", ("A",), (), id="code"),
        pytest.param("# A\n\n```\n```\n", (), ("A",), id="empty code"),
        pytest.param("# A\n\n- one\n- two\n", ("A",), (), id="list"),
        pytest.param("# A\n\n-\n-\n", (), ("A",), id="empty list"),
        pytest.param("# A\n\n> # quoted\n", ("A",), (), id="a quoted heading is text"),
        pytest.param("# A\n\n<div>x</div>\n", ("A",), (), id="HTML"),
        pytest.param("# A\n\n<!-- to be\nwritten -->\n", (), ("A",), id="comment"),
        pytest.param("# A\n\n---\n", (), ("A",), id="rule"),
        pytest.param("# A\n\n[b]: https://c.example\n", (), ("A",), id="link definition"),
        pytest.param("# A\n\n[b](c)\n", ("A",), (), id="a link is text"),
        pytest.param("#\n\ntext\n\n# A\n\ntext\n", ("A",), (), id="a heading without a name is none"),
        pytest.param("# A\ntext\n# A\n", ("A",), ("A",), id="headings may repeat"),
    ],
)
def test_outline(text: str, sections: tuple[str, ...], empty_sections: tuple[str, ...]) -> None:
    expected = {"sections": sections, "empty_sections": empty_sections}
    assert chosen(facts(document, text), expected) == expected


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("[a](https://a.example/x)", ("https://a.example/x",)),
        ("[a](../plan.md#load 'title')", ("../plan.md#load",)),
        ("[a][b]\n\n[b]: https://b.example", ("https://b.example",)),
        ("<https://a.example> and <mail@a.example>", ("https://a.example", "mailto:mail@a.example")),
        (
            "see https://a.example/b_c(1), or http://d.example.",
            ("https://a.example/b_c(1", "http://d.example"),
        ),
        ("[https://a.example](https://a.example)", ("https://a.example",)),
        ("https://a.example https://a.example", ("https://a.example",)),
        ("`https://a.example`", ()),
        ("```\nhttps://a.example\n```", ()),
        ("![a](https://a.example/a.png)", ()),
        ("# [a](b)", ("b",)),
        ("[a](<javascript:alert(1)>)", ()),
    ],
)
def test_links(text: str, links: tuple[str, ...]) -> None:
    assert facts(document, text).links == links


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "absent: report-0.md: the file is empty"),
        ("\ufeff \r\n", "absent: report-0.md: the file is empty"),
        ("---\na: [1\n---\n", "unreadable: report-0.md: line 3: front matter: not YAML"),
        ("---\nb: 1\na: 1\na: 2\n---\n", "unreadable: report-0.md: line 4: front matter: duplicate key 'a'"),
        ("---\na: &x 1\nb: *x\n---\n", "unreadable: report-0.md: line 3: front matter: alias *x"),
        ("---\n- a\n---\n", "unreadable: report-0.md: line 2: the front matter is not a mapping"),
        ("---\na: 1\n\ntext", "unreadable: report-0.md: line 1: the front matter has no end"),
        (
            "---\n" + "[" * 50_000 + "\n---\n",
            "unreadable: report-0.md: line 2: front matter: nested more than",
        ),
        ("a\x00b", "unreadable: report-0.md: binary, not text"),
        (b"caf\xe9", "unreadable: report-0.md: line 1: byte 0xe9 is not UTF-8"),
        ("# A".encode("utf-16-le"), "unreadable: report-0.md: binary, not text"),
        (
            "x" * 5_000_001,
            "unreadable: report-0.md: the file has 5,000,001 bytes; at most 5,000,000 are read",
        ),
    ],
    ids=short,
)
def test_what_is_no_evidence(text: str | bytes, expected: str) -> None:
    assert outcome(document, text).startswith(expected)


@pytest.mark.long
@pytest.mark.parametrize("text", ["> " * 50_000, "- " * 50_000, "[" * 50_000, "*" * 50_000], ids=short)
def test_deep_nesting_is_read_as_text(text: str) -> None:
    assert outcome(document, text) == "collected"


@pytest.mark.parametrize(
    "text", ["---\ntitle: A\n---\n\n# A\n\ntext\n", "A\n=\n\ntext\n", "# A\n\n- one\n\ntext\n"]
)
def test_a_name_that_says_nothing_leaves_it_to_the_headings(text: str) -> None:
    assert facts(read, text).sections == ("A",)


@pytest.mark.parametrize(
    "text",
    [
        "text without a heading\n",
        "#!/bin/sh\n# A\necho\n",
        "# A\nservice: x\n",
        "# A\n- x\n",
        '{"a": 1}\n',
        "<a>\n# A\n</a>\n",
    ],
)
def test_a_nameless_file_of_another_language_is_no_markdown(text: str) -> None:
    assert "not Markdown" in outcome(read, text)


@pytest.mark.parametrize(
    "text",
    [
        "To be written.",
        "*to be defined*",
        "This is yet to be decided.",
        "The rate is still to be measured in June.",
        "WIP",
        "Coming soon",
        "TBC",
        "Not yet measured",
        "TODO: who sheds what",
    ],
)
def test_what_is_to_be_written_is_no_text(text: str) -> None:
    found = facts(document, f"# Plan\n\n{text}\n")
    assert (found.sections, found.empty_sections, found.words) == ((), ("Plan",), 0)


@pytest.mark.parametrize(
    "text",
    [
        "Exports are to be stopped first.",
        "What the night's job is to write waits.",
        "Nothing is known to be faster than the cache; the rest was measured.",
        "Not planned downtime is answered by the team.",
    ],
)
def test_a_sentence_with_such_words_is_text(text: str) -> None:
    found = facts(document, f"# Plan\n\n{text}\n")
    assert (found.sections, found.words) == (("Plan",), len(text.replace("'", " ").split()))


def test_words_are_counted_without_headings_comments_and_addresses() -> None:
    found = facts(
        document,
        "---\na: b c\n---\n# One two\n\nthree https://a.org/b <!-- c d -->\n\n- four\n\n```\nfive\n```\n",
    )
    assert found.words == 3


def test_values_of_the_front_matter_that_are_to_be_written_are_left_out() -> None:
    found = facts(
        document,
        "---\na: TBD\nb: [x, todo, '', to be decided]\nc: 1\nd: n/a\ne: passed\nf: not yet measured\n---\n",
    )
    assert found.front_matter == {"b": ["x"], "c": 1, "e": "passed"}


@pytest.mark.parametrize(
    ("link", "uids"),
    [
        ("https://grafana.example.org/d/orders-7/orders?from=now-6h", ("orders-7",)),
        ("https://example.org/grafana/d/orders-7", ("orders-7",)),
        ("/d-solo/orders-7/orders?panelId=2", ("orders-7",)),
        ("https://wiki.example.org/orders-7", ()),
        ("https://wiki.example.org/find/orders-7", ()),
        ("https://grafana.example.org/d/", ()),
        ("https://grafana.example.org/dashboards", ()),
    ],
)
def test_the_dashboards_that_links_lead_to(link: str, uids: tuple[str, ...]) -> None:
    assert facts(document, f"[board]({link})\n").dashboards == uids
