"""Quoted words are found on a page as clauses, each place of the page once."""

import pytest

from gatekeeper.documents._quotes import Quote, find_quotes, similar
from gatekeeper.model.document import DocumentUnit


def unit(text: str, line: int = 1, group: str = "") -> DocumentUnit:
    return DocumentUnit(line, group, text)


def quote(text: str, group: str = "", rule: str = "r") -> Quote:
    return Quote(text, group, rule)


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("Tests pass; docs exist.", "Tests pass"),
        ("Tests pass; docs exist.", "docs exist."),
        ("Tests pass + docs exist", "docs exist"),
        ("It is (mostly) green.", "mostly"),
        ("Coverage ≥ 95 %.", "Coverage ≥95%"),
        ("\u201cReady\u201d is end\u2011to\u2011end", '"Ready" is end-to-end'),
    ],
)
def test_a_clause_is_found(page: str, words: str) -> None:
    assert find_quotes([unit(page, 7)], [quote(words)], ()).lines == {quote(words): 7}


@pytest.mark.parametrize("words", ["pass", "Tests", "docs", "ests pass", "Tests pass; docs exist. More"])
def test_a_part_of_a_clause_is_not_found(words: str) -> None:
    assert find_quotes([unit("Tests pass; docs exist.")], [quote(words)], ()).lost == (quote(words),)


def test_cells_that_run_together_are_found_if_both_are_quoted() -> None:
    found = find_quotes(
        [unit("degradation documentedk6 report")], [quote("k6 report"), quote("degradation documented")], ()
    )
    assert (found.lost, found.rests) == ((), ())
    assert len(find_quotes([unit("degradation documentedk6 report")], [quote("k6 report")], ()).lost) == 1


def test_what_is_not_quoted_is_left() -> None:
    [rest] = find_quotes(
        [unit("Tests pass; docs exist; it ships.")], [quote("docs exist"), quote("it ships")], ()
    ).rests
    assert rest.text == "Tests pass"


def test_a_sentence_that_the_page_holds_twice_is_quoted_twice() -> None:
    units = [unit("Tests pass.", 1), unit("Tests pass.", 2)]
    assert [rest.unit.line for rest in find_quotes(units, [quote("Tests pass")], ()).rests] == [2]
    assert find_quotes(units, [quote("Tests pass"), quote("Tests pass", rule="s")], ()).rests == ()


def test_rules_may_share_words_and_the_units_of_two_pages_may_not() -> None:
    twice = [quote("Tests pass"), quote("Tests pass", rule="s")]
    assert find_quotes([unit("Tests pass.")], twice, ()).lost == ()
    assert find_quotes([unit("Tests pass.")], twice, (), shared=False).lost == (twice[1],)


def test_a_whole_unit_goes_before_a_clause_of_another() -> None:
    units = [unit("Tests pass; docs exist.", 1), unit("Tests pass.", 2)]
    found = find_quotes(units, [quote("Tests pass"), quote("docs exist")], ())
    assert found.lines[quote("Tests pass")] == 2
    assert [(rest.unit.line, rest.text) for rest in found.rests] == [(1, "Tests pass")]


def test_a_group_quotes_its_own_units_and_those_of_none() -> None:
    units = [unit("Tests pass.", 1, "G1"), unit("Docs exist.", 2, "shop"), unit("It ships.", 3)]
    quotes = [quote("Tests pass", "G2"), quote("Docs exist", "G2"), quote("It ships", "G1")]
    assert find_quotes(units, quotes, ("G1", "G2")).lost == (quotes[0],)
    assert find_quotes(units, [quote("Tests pass")], ("G1", "G2")).lost == (quote("Tests pass"),)


def test_the_most_similar_texts_are_paired() -> None:
    units = [
        unit("Coverage is 90 %.", 1, "G1"),
        unit("We like cats.", 2, "G1"),
        unit("Coverage is 95 !", 3, "G2"),
    ]
    quotes = [quote("Coverage is 95 %.", "G1"), quote("Ships float.", "G1")]
    found = find_quotes(units, quotes, ("G1", "G2"))
    assert {one.text: rest.unit.line for one, rest in similar(found.lost, found.rests).items()} == {
        "Coverage is 95 %.": 1
    }
