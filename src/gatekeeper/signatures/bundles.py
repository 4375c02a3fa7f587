"""Sigstore bundles verified offline, by the library `sigstore` and a trusted root that is given.

A bundle has a DSSE envelope, the short-lived certificate of an identity of a CI, and the entry of a log that
shows when it was signed (https://docs.sigstore.dev/about/bundle/). Nothing is fetched.
"""

from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from gatekeeper.model.statement import canonical
from gatekeeper.signatures.verification import PAYLOAD_TYPE, BadSignature
from gatekeeper.syntax import json

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

EXTRA = "sigstore"
_ISSUER = "1.3.6.1.4.1.57264.1.8"
_REPOSITORY = "1.3.6.1.4.1.57264.1.12"
"""Extensions of certificates: https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md."""
_MAX_BYTES = 1_000_000
_REMEMBERED = 1_024


class NotInstalled(Exception):  # noqa: N818 - a result, not an error of the program
    """The library that verifies bundles is not installed."""


class WorkflowIdentity(NamedTuple):
    """Who signed, as the provider of the identity states it."""

    issuer: str
    """The provider: `https://token.actions.githubusercontent.com`."""
    subject: str
    """The workflow and its ref, as a URI."""
    repository: str | None
    """The URI of the repository that the workflow ran in, if the certificate states it."""


def identity_of(bundle: bytes, message: bytes, trusted_root: bytes) -> WorkflowIdentity:
    """Return the identity that signed a message in canonical JSON; whether it may sign is decided elsewhere.

    Args:
        bundle: The bundle in JSON.
        message: What must be signed.
        trusted_root: The certificates and keys of a Sigstore instance, in its JSON.

    Raises:
        BadSignature: It is not a bundle, not one of this instance, or not one of this message.
        NotInstalled: The library is not installed.
    """
    found = _result(bundle, message, trusted_root)
    if isinstance(found, str):
        raise BadSignature(found)
    return found


@lru_cache(_REMEMBERED)
def _result(bundle: bytes, message: bytes, trusted_root: bytes) -> WorkflowIdentity | str:
    """Return the identity, or the reason why there is not one; both are remembered."""
    if len(bundle) > _MAX_BYTES:
        return f"the bundle has more than {_MAX_BYTES:,} bytes"
    try:
        from sigstore.errors import Error
    except ImportError:
        raise NotInstalled from None
    try:
        return _verified(bundle, message, trusted_root)
    except (Error, BadSignature) as flaw:
        return str(flaw)
    except Exception as error:  # noqa: BLE001 - the library did not expect such a bundle
        return f"it is not a valid bundle: {type(error).__name__}: {error}"


def _verified(bundle: bytes, message: bytes, trusted_root: bytes) -> WorkflowIdentity:
    from sigstore.models import Bundle, TrustedRoot
    from sigstore.verify import Verifier
    from sigstore_models.trustroot.v1 import TrustedRoot as WrittenRoot

    verifier = Verifier(trusted_root=TrustedRoot(WrittenRoot.from_json(trusted_root)))
    seen = _Certificate()
    kind, payload = verifier.verify_dsse(Bundle.from_json(bundle), seen)
    if kind != PAYLOAD_TYPE:
        raise BadSignature(f"the bundle is of the type {kind}, not {PAYLOAD_TYPE}")
    if not _is_same(payload, message):
        raise BadSignature("the bundle signs another statement")
    return seen.identity()


class _Certificate:
    """Keeps the certificate that the library verified; a policy of the library."""

    def __init__(self) -> None:
        self._certificate: Certificate | None = None

    def verify(self, cert: "Certificate") -> None:
        """Accept any identity: who may sign is decided elsewhere."""
        self._certificate = cert

    def identity(self) -> WorkflowIdentity:
        from cryptography.x509 import SubjectAlternativeName, UniformResourceIdentifier

        if self._certificate is None:
            raise BadSignature("no certificate was verified")
        extensions = self._certificate.extensions
        names = extensions.get_extension_for_class(SubjectAlternativeName).value
        subjects = names.get_values_for_type(UniformResourceIdentifier)
        texts: dict[str, Any] = {one.oid.dotted_string: one.value for one in extensions}
        issuer, repository = (
            _text(texts[name].value) if name in texts else None for name in (_ISSUER, _REPOSITORY)
        )
        if len(subjects) != 1 or issuer is None:
            raise BadSignature("its certificate is not one of a CI: it names no workflow by a URI")
        return WorkflowIdentity(issuer, subjects[0], repository)


def _text(encoded: bytes) -> str:
    from cryptography.hazmat import asn1

    return asn1.decode_der(str, encoded)


def _is_same(payload: bytes, message: bytes) -> bool:
    """Return whether a payload is the message; a signer may have written the same JSON in another way."""
    if payload == message:
        return True
    document = json.load(payload)
    return isinstance(document, dict) and canonical(document) == message
