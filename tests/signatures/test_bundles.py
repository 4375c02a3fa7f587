"""Sigstore bundles: verified offline by the trusted root that is given, and by nothing else."""

import base64
import copy
import json
import socket
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import rfc8785

from builders.sigstore import AT, GITHUB, WORKFLOW, Instance
from gatekeeper.signatures import bundles
from gatekeeper.signatures.bundles import NotInstalled, WorkflowIdentity, identity_of
from gatekeeper.signatures.verification import BadSignature

PUBLIC = Path(__file__).with_name("sigstore")
MESSAGE = rfc8785.dumps({"_type": "statement", "subject": [{"name": "a"}, {"name": "b"}]})
INSTANCE = Instance()
ROOT = INSTANCE.trusted_root


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a network is opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def verified(bundle: Any, message: bytes = MESSAGE, root: bytes = ROOT) -> WorkflowIdentity:
    return identity_of(json.dumps(bundle).encode(), message, root)


def test_a_bundle_of_the_instance_over_the_message_names_who_signed() -> None:
    own = WorkflowIdentity(GITHUB, WORKFLOW, "https://github.com/acme/shop")
    assert verified(INSTANCE.bundle(MESSAGE)) == own
    assert verified(INSTANCE.bundle(MESSAGE, repository=None)) == own._replace(repository=None)
    subject = "https://gitlab.com/acme/shop//.gitlab-ci.yml@refs/heads/main"
    gitlab = INSTANCE.bundle(MESSAGE, subject, "https://gitlab.com", "https://gitlab.com/acme/shop")
    assert verified(gitlab) == WorkflowIdentity("https://gitlab.com", subject, "https://gitlab.com/acme/shop")


def public(name: str) -> bytes:
    return (PUBLIC / name).read_bytes()


def test_a_public_bundle_of_a_workflow_is_verified_by_the_root_of_its_instance_only() -> None:
    bundle = public("github_workflow.sigstore.json")
    payload = base64.b64decode(json.loads(bundle)["dsseEnvelope"]["payload"])
    message = rfc8785.dumps(json.loads(payload))
    seen = identity_of(bundle, message, public("staging_trusted_root.json"))
    project = "https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon"
    workflow = f"{project}/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main"
    assert seen == WorkflowIdentity(GITHUB, workflow, project)
    for root in (public("public_trusted_root.json"), ROOT):
        with pytest.raises(BadSignature):
            identity_of(bundle, message, root)
    with pytest.raises(BadSignature, match="another statement"):
        identity_of(bundle, MESSAGE, public("staging_trusted_root.json"))


def test_a_bundle_of_another_instance_does_not_count() -> None:
    with pytest.raises(BadSignature):
        verified(Instance().bundle(MESSAGE))


@pytest.mark.parametrize(
    "message", [b"{}", MESSAGE + b" ", MESSAGE.replace(b'"a"', b'"c"'), b'{"subject":[]}', b""]
)
def test_a_bundle_over_another_message_does_not_count(message: bytes) -> None:
    with pytest.raises(BadSignature, match="another statement"):
        verified(INSTANCE.bundle(MESSAGE), message)


def test_the_same_json_written_in_another_way_is_the_same_message() -> None:
    assert verified(INSTANCE.bundle(json.dumps(json.loads(MESSAGE), indent=1).encode())).subject == WORKFLOW
    first_wins = MESSAGE.replace(b'{"_type"', b'{"_type":"x","_type"')
    with pytest.raises(BadSignature):
        verified(INSTANCE.bundle(first_wins))


def test_another_type_of_payload_does_not_count() -> None:
    with pytest.raises(BadSignature, match="of the type text/plain"):
        verified(INSTANCE.bundle(MESSAGE, payload_type="text/plain"))


@pytest.mark.parametrize("minutes", [-1, 11])
def test_a_bundle_that_was_logged_while_its_certificate_did_not_count_is_refused(minutes: int) -> None:
    with pytest.raises(BadSignature):
        verified(INSTANCE.bundle(MESSAGE, signed_at=AT + timedelta(minutes=minutes)))


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of each text in JSON."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        yield from leaves(one, (*path, key))
    if isinstance(value, str):
        yield path


def damaged(bundle: Any, path: tuple[Any, ...], new: Any) -> Any:
    copied = copy.deepcopy(bundle)
    owner = copied
    for key in path[:-1]:
        owner = owner[key]
    owner[path[-1]] = new(owner[path[-1]])
    return copied


def other(text: str) -> str:
    """Return a text with another character in its middle."""
    at = len(text) // 2
    return text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :]


SIGNED = INSTANCE.bundle(MESSAGE)
HOW: dict[str, Callable[[Any], Any]] = {
    "changed": other,
    "empty": lambda _: "",
    "null": lambda _: None,
    "a number": lambda _: 1,
    "a list": lambda _: [],
}


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("path", list(leaves(SIGNED)), ids=lambda path: ".".join(map(str, path[1:])))
def test_no_text_of_a_bundle_can_be_changed(path: tuple[Any, ...], how: str) -> None:
    with pytest.raises(BadSignature):
        verified(damaged(SIGNED, path, HOW[how]))


@pytest.mark.parametrize(
    "bundle",
    [b"", b"{", b"[]", b"{}", b"null", b"\xff", b'{"mediaType": 1}', b"[" * 100_000, b" " * 1_000_001],
)
def test_what_is_not_a_bundle_is_refused_with_a_reason(bundle: bytes) -> None:
    with pytest.raises(BadSignature) as refused:
        identity_of(bundle, MESSAGE, ROOT)
    assert str(refused.value)


@pytest.mark.parametrize("name", ["tlogs", "certificateAuthorities", "ctlogs"])
def test_a_root_without_one_of_its_keys_verifies_nothing(name: str) -> None:
    root = json.dumps(json.loads(ROOT) | {name: []}).encode()
    with pytest.raises(BadSignature):
        verified(INSTANCE.bundle(MESSAGE), root=root)


def test_it_is_said_if_the_library_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    bundles._result.cache_clear()
    monkeypatch.setitem(sys.modules, "sigstore.errors", None)
    with pytest.raises(NotInstalled):
        verified(INSTANCE.bundle(MESSAGE))
