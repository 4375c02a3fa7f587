"""The licences of npm packages."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))

import gatekeeper_licences as plugin

from gatekeeper.model.evidence import Finding
from gatekeeper.testing import Flawed, check_damage, collect, fuzz_reader, outcome

LIST = '{"a@1": {"licenses": "MIT"}, "b@2": {"licenses": ["ISC", "MIT"]}, "c@3": {"licenses": "UNKNOWN"}}'


def test_licences_are_listed_and_unknown_ones_found() -> None:
    assert collect(plugin, LIST).facts == plugin.LicencesFacts(
        packages=3,
        licences=("ISC", "MIT"),
        unknown=(Finding("c@3 has no known licence", "report-0"),),
    )


@pytest.mark.parametrize("text", ["", "[", "[]", '{"a": "MIT"}', "null"])
def test_a_file_of_another_form_is_unreadable(text: str) -> None:
    assert outcome(plugin, text).startswith("unreadable: report-0: ")


def test_an_empty_list_is_no_evidence() -> None:
    assert outcome(plugin, "{}") == "absent: report-0 lists no package"


def test_any_damage_gives_facts_or_a_reason() -> None:
    fuzz_reader(plugin, LIST, law=lambda facts: facts.packages >= len(facts.unknown))


def test_a_licence_in_another_form_is_not_understood() -> None:
    [origin] = collect(plugin, '{"a@1": {"licenses": {"type": "MIT"}}}').origins
    [one] = origin.not_understood
    assert one.touches == {"licences", "unknown"}


def test_no_damage_makes_an_unknown_licence_known() -> None:
    flawed = Flawed(
        plugin,
        LIST,
        "/c@3",
        is_green=lambda facts: facts.unknown == (),
        repaired=LIST.replace("UNKNOWN", "ISC"),
        allowed=dict.fromkeys(("put *UNK*", "put unknown: *", "put *other*"), "another name of a licence"),
    )
    assert check_damage(flawed) > 10
    assert check_damage(flawed, most=300, seed=1) > 15
