"""A service that is newly called something else may count other evidence: `diff` says so."""

import pytest

from builders.judging import RULEBOOK, service, signed
from gatekeeper.judging.changes.manifest_changes import compare_manifests
from gatekeeper.judging.changes.service_matching import ServicePair


def blocks(before: str, after: str, sign_offs: str, template: str | None = None) -> dict[str, bool]:
    """Return by the messages of the changes whether they block."""
    base, head = (service(identity=of, sign_offs=sign_offs) for of in (before, after))
    pair = ServicePair(base, head, "services/shop.yaml")
    found = compare_manifests(pair, RULEBOOK._replace(repository=template))
    return {change.message: change.blocks for change in found}


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("{}", "{names: [till]}", "it is also called till"),
        ("{names: [till]}", "{names: [till, Pay_Desk]}", "it is also called pay-desk"),
        ("{}", "{images: [a/b]}", "it is also called a/b"),
        ("{repository: h/a}", "{repository: 'https://h/b.git'}", "it is also called h/b"),
        (
            "{repository: h/a}",
            "{}",
            "it no longer states its repository, so evidence about any repository counts",
        ),
        ("{images: [a/b]}", "{}", "it no longer states its image, so evidence about any image counts"),
    ],
)
def test_a_new_name_is_a_weakening_once_a_level_is_signed(before: str, after: str, message: str) -> None:
    assert blocks(before, after, signed("L1")) == {message: True}
    assert blocks(before, after, "{}") == {message: False}


def test_a_repository_of_its_own_replaces_the_derived_one() -> None:
    found = blocks("{}", "{repository: h/other}", signed("L1"), template="https://h/{service}")
    assert found == {"it is also called h/other": True}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("{names: [till]}", "{}"),
        ("{}", "{names: [shop, Shop-Service]}"),
        ("{}", "{repository: h/a}"),
        ("{repository: h/a}", "{repository: 'ssh://git@h:22/A.git'}"),
    ],
)
def test_fewer_names_and_the_same_ones_are_nothing(before: str, after: str) -> None:
    assert blocks(before, after, signed("L1")) == {}
