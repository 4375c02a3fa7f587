"""Every format that is described as data is right, and its example comes out."""

import pytest

from builders.artefacts import FIXTURES
from gatekeeper import collectors
from gatekeeper.collectors.examples import misses
from gatekeeper.collectors.reading import descriptions

DESCRIBED = {
    f"{kind}/{name}": text for kind in collectors.KINDS.names for name, text in descriptions.own(kind).items()
}


@pytest.mark.parametrize("name", DESCRIBED)
def test_a_description_has_no_flaw(name: str) -> None:
    description = descriptions.load(DESCRIBED[name])
    assert list(descriptions.flaws(description)) == []
    assert description.kind == name.partition("/")[0]
    assert description.format.replace("-", "_").replace(".", "_") == name.partition("/")[2]
    assert description.about


@pytest.mark.parametrize("name", DESCRIBED)
def test_the_example_of_a_format_comes_out(name: str) -> None:
    description = descriptions.load(DESCRIBED[name])
    example = description.example
    assert example, "a description needs an example"
    data = (FIXTURES / description.kind / example.in_).read_bytes()
    assert list(misses(description, example, data)) == []
