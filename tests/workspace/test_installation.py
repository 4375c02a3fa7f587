"""The address of the program is where it was installed from, if a browser can open that."""

import json
from importlib import metadata
from types import SimpleNamespace

import pytest

from gatekeeper.workspace.installation import home


@pytest.fixture(autouse=True)
def no_action(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_ACTION_REPOSITORY", raising=False)


def installed_from(text: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    stated = SimpleNamespace(read_text=lambda _: text)
    monkeypatch.setattr(metadata, "distribution", lambda _: stated)


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://forge.example.org/team/gatekeeper", "https://forge.example.org/team/gatekeeper"),
        (
            "https://user:secret@forge.example.org/gatekeeper?token=a#b",
            "https://forge.example.org/gatekeeper",
        ),
        ("file:///home/someone/gatekeeper", None),
        ("ssh://git@forge.example.org/gatekeeper", None),
        ("https:///gatekeeper", None),
        ("https://[", None),
    ],
)
def test_an_address_that_a_browser_opens(
    url: str, address: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed_from(json.dumps({"url": url}), monkeypatch)
    assert home() == address


@pytest.mark.parametrize("written", [None, "", "{", "[]", "{}", '{"url": 7}'])
def test_an_installation_that_states_no_address(written: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    installed_from(written, monkeypatch)
    assert home() is None


def test_an_action_comes_from_its_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_SERVER_URL", "https://forge.example.org")
    monkeypatch.setenv("GITHUB_ACTION_REPOSITORY", "your-org/gatekeeper")
    assert home() == "https://forge.example.org/your-org/gatekeeper"
