"""Addresses of files on a forge: only ours decides where a link leads, and every value is encoded."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatekeeper.model.forge_address import Spot, address, check

TEMPLATE = "https://forge.example/{repository}/blob/{commit}/{path}#L{line}"


@pytest.mark.parametrize(
    "repository",
    [
        "acme/shop",
        "forge.example/acme/shop",
        "https://forge.example/acme/shop.git",
        "https://dana:secret@forge.example:8443/acme/shop",
        "git@forge.example:acme/shop.git",
        "ssh://git@forge.example:22/acme/shop",
    ],
)
def test_every_way_to_write_a_repository_gives_its_path(repository: str) -> None:
    found = address(TEMPLATE, Spot("src/a b.ts", 12, "abcdef1", repository))
    assert found == "https://forge.example/acme/shop/blob/abcdef1/src/a%20b.ts#L12"


@given(st.text(max_size=30), st.text(max_size=30), st.integers(1, 9) | st.none())
def test_no_value_leaves_its_place(path: str, repository: str, line: int | None) -> None:
    found = address(TEMPLATE, Spot(path, line, "abcdef1", repository))
    safe = r"https://forge\.example/[\w.~/%-]+/blob/abcdef1/[\w.~/%-]+#L\d"
    assert found is None or (re.fullmatch(safe, found, re.ASCII) and "/../" not in found)


@pytest.mark.parametrize("path", ["../a", "/etc/passwd", "C:/a", "a//b", "a/../b", "a\\b", ""])
def test_what_is_not_below_the_repository_has_no_address(path: str) -> None:
    assert address(TEMPLATE, Spot(path, 1, "abcdef1", "acme/shop")) is None


@pytest.mark.parametrize(
    ("spot", "found"),
    [
        (Spot("a", None, "abcdef1", "acme/shop"), "https://forge.example/acme/shop/blob/abcdef1/a#L1"),
        (Spot("a", 1, None, "acme/shop"), None),
        (Spot("a", 1, "main", "acme/shop"), None),
        (Spot("a", 1, "abcdef1", None), None),
    ],
)
def test_what_is_unknown_is_not_guessed(spot: Spot, found: str | None) -> None:
    assert address(TEMPLATE, spot) == found


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("https://forge.example/{pth}", r"unknown placeholder \{pth\}; did you mean 'path'\?"),
        ("javascript:alert({path})", "https:// or http://"),
        ("https://{repository}/{path}", "a host without placeholders"),
        ("https://forge.example/src", r"no \{path\}"),
        ('https://forge.example/{path}"', "characters that an address cannot have"),
        ("https://forge.example/{path}/{", "characters that an address cannot have"),
    ],
)
def test_a_template_that_is_no_address_is_refused(template: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        check(template)
