"""The licences of npm packages."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))

import gatekeeper_licences as plugin

from gatekeeper.model.evidence import Absent, Artefact, ArtefactFile, Finding, Unreadable


def collect(text: str) -> plugin.LicencesFacts:
    artefact = Artefact("licences.json", (ArtefactFile("licences.json", text.encode),))
    facts = plugin.collect(artefact, {}).facts
    assert isinstance(facts, plugin.LicencesFacts)
    return facts


def test_licences_are_listed_and_unknown_ones_found() -> None:
    text = '{"a@1": {"licenses": "MIT"}, "b@2": {"licenses": ["ISC", "MIT"]}, "c@3": {"licenses": "UNKNOWN"}}'
    assert collect(text) == plugin.LicencesFacts(
        packages=3,
        licences=("ISC", "MIT"),
        unknown=(Finding("c@3 has no known licence", "licences.json"),),
    )


@pytest.mark.parametrize("text", ["", "[", "[]", '{"a": "MIT"}', "null"])
def test_what_is_no_such_list_is_unreadable(text: str) -> None:
    with pytest.raises(Unreadable, match=r"licences\.json: "):
        collect(text)


def test_an_empty_list_is_no_evidence() -> None:
    with pytest.raises(Absent, match="lists no package"):
        collect("{}")
