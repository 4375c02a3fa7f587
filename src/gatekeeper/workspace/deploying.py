"""What is deployed, for `can-ship`: images or packages, and the manifests that decide about them."""

import hashlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from gatekeeper.errors import UsageError
from gatekeeper.judging.plans.identity import deployed_resource, is_own_image
from gatekeeper.manifests.revision import uncommitted
from gatekeeper.model.deployed import WRITE, parse_subject
from gatekeeper.model.evidence_rules import EvidenceRules
from gatekeeper.model.rulebook import Gate, Governance, Levels
from gatekeeper.model.service import Service
from gatekeeper.model.shipping import Deployed, ManifestFile, Shipping
from gatekeeper.workspace.loading import LoadedWorkspace
from gatekeeper.workspace.rendering import refuse_uncommitted, signed

_RULES = (Levels, Governance, EvidenceRules, Gate)


def deployed(
    loaded: LoadedWorkspace, service: str, subjects: Iterable[str], commit: str | None
) -> Deployed | None:
    """Return what is deployed, and the files that were read; None if no subject is given.

    Args:
        loaded: A workspace with this service.
        service: The name of the service.
        subjects: As they are written after `--subject`.
        commit: The commit of the workspace.

    Raises:
        UsageError: A subject has no digest, is of another service, or there are several images.
    """
    parsed = tuple(dict.fromkeys(map(parse_subject, subjects)))
    if not parsed:
        return None
    of = loaded.manifests.services[service]
    files = loaded.manifests.files
    others = [file for key, file in files.items() if key[0] is not Service]
    return Deployed(
        subjects=parsed,
        own=tuple(is_own_image(subject, of) for subject in parsed),
        resource=deployed_resource(parsed, of),
        manifests=tuple(sorted(_manifests(loaded))),
        workspace_commit=commit,
        uncommitted=tuple(
            uncommitted(loaded.root, loaded.tree, commit, others, [files[Service, service]]) if commit else ()
        ),
    )


def statement_on(shipping: Shipping, key: Path | None) -> str:
    """Return the answer of the deploy gate as an in-toto statement, in a signed envelope if a key is given.

    Raises:
        UsageError: Nobody said what is deployed, a manifest is not committed, or the key cannot be used.
    """
    from gatekeeper.reporters import intoto

    text = intoto.as_line(intoto.of_deployment(shipping, must_be_attestable(shipping)))
    return text if key is None else signed(text, key)


def must_be_attestable(shipping: Shipping) -> Deployed:
    """Return what is deployed, if a statement on it can be written.

    Raises:
        UsageError: Nobody said what is deployed, or a manifest is not committed.
    """
    what, images = shipping.deployed, shipping.service.identity.images
    if what is None:
        example = f"--subject {images[0]}@sha256:HEX, for instance" if images else WRITE
        raise UsageError(f"--output intoto: say with --subject which image or package is deployed; {example}")
    refuse_uncommitted(what.uncommitted, what.workspace_commit)
    return what


def _manifests(loaded: LoadedWorkspace) -> Iterator[ManifestFile]:
    for key, file in loaded.manifests.files.items():
        path = str(loaded.root / file)
        digest = hashlib.sha256(loaded.tree.open(path).read()).hexdigest()
        name = Path(os.path.relpath(path, loaded.repository)).as_posix()
        yield ManifestFile(name, digest, key[0] in _RULES)
