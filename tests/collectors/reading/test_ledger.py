"""A ledger of the places that a reader met and does not model."""

import pytest

from gatekeeper import collectors
from gatekeeper.collectors.reading.ledger import Ledger
from gatekeeper.model.evidence import Finding, NotUnderstood

PLACES = {"query": frozenset({"signals", "panels"}), "panel": frozenset({"panels"})}


def test_a_place_touches_the_facts_that_depend_on_its_kind() -> None:
    ledger = Ledger(PLACES)
    ledger.note("query", "a query in LogQL", file="a.json", pointer="/panels/0")
    expected = NotUnderstood(Finding("a query in LogQL", "a.json", None, "/panels/0"), PLACES["query"])
    assert ledger.places() == (expected,)


def test_a_place_may_touch_fewer_facts_and_never_others() -> None:
    ledger = Ledger(PLACES)
    ledger.note("query", "a query", touches=["signals", "title"])
    assert [place.touches for place in ledger.places()] == [frozenset({"signals"})]


def test_a_place_that_was_met_twice_is_listed_once() -> None:
    ledger = Ledger(PLACES)
    for _ in range(2):
        ledger.note("panel", "a panel", line=3)
    assert len(ledger.places()) == 1


def test_of_many_places_twenty_are_listed_and_all_touch_their_facts() -> None:
    ledger = Ledger(PLACES)
    for line in range(30):
        ledger.note("query", "a query", line=line, touches=["signals"] if line < 29 else ["panels"])
    places = ledger.places()
    assert [place.place.message for place in places[19:]] == ["a query", "and 10 more"]
    assert places[-1].touches == PLACES["query"]


def test_a_kind_of_place_that_is_not_declared_is_a_mistake_of_the_reader() -> None:
    with pytest.raises(KeyError):
        Ledger(PLACES).note("typo", "a place")


@pytest.mark.parametrize("name", collectors.KINDS.names)
def test_places_depend_only_on_facts_that_the_kind_has(name: str) -> None:
    kind = collectors.find(name)
    assert kind is not None
    depends = frozenset().union(*kind.places.values())
    assert not depends or kind.fields is None or depends <= kind.fields.keys()
