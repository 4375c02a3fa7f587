"""Statements: what people and pipelines sign, as bytes that follow from an entry of a manifest.

A statement is an in-toto Statement v1 in canonical JSON (RFC 8785;
https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md). It is rebuilt from the entry and never
stored. The predicate has the fields of the entry under their own names, and what the entry is about: the
workspace, the service, the level, the criterion. So a signature fits one entry at one place of one workspace.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Any, NamedTuple

from pydantic_core import from_json, to_json

from gatekeeper.model.attested import STATEMENT_TYPE
from gatekeeper.model.manifest import Manifest
from gatekeeper.model.milestone import ExitRecord, RegisteredException
from gatekeeper.model.rulebook import WeakeningSignOff
from gatekeeper.model.service import Attestation, NotApplicable, Service, SignOff

PREDICATE_TYPE = "gatekeeper:statement/v1"
_REMEMBERED = 10_000


class Act(StrEnum):
    """What somebody does by a statement."""

    SIGN_OFF = "sign-off"
    ATTESTATION = "attestation"
    NOT_APPLICABLE = "not-applicable"
    EXCEPTION = "exception"
    EXIT = "exit"
    WEAKENING = "weakening"
    RECORD = "record"


class Statement(NamedTuple):
    """What an entry of a manifest states, and its signature."""

    act: Act
    about: Mapping[str, str]
    """The place of the entry, such as its service, level and role."""
    fields: Mapping[str, Any]
    """The fields of the entry as plain data, without its signature and what it leaves out."""
    by: str
    on: date
    role: str | None
    """The role in which it is made; None if it needs none."""
    signature: str | None

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys that lead to the entry in its manifest; those of an approved weakening are not known."""
        about = self.about
        match self.act:
            case Act.SIGN_OFF:
                return "sign_offs", about["level"], about["role"]
            case Act.ATTESTATION:
                return "attestations", about["criterion"]
            case Act.NOT_APPLICABLE:
                return "not_applicable", about["criterion"]
            case Act.EXIT:
                return "exited", about["on"]
            case _:
                return ()

    def message(self, workspace: str) -> bytes:
        """Return the bytes that are signed."""
        return _message(self.act, tuple(self.about.items()), to_json(self.fields), workspace)

    def digest(self, workspace: str) -> str:
        """Return `sha256:` and the digest of the bytes that are signed."""
        return f"sha256:{hashlib.sha256(self.message(workspace)).hexdigest()}"


@lru_cache(_REMEMBERED)
def _message(act: Act, about: tuple[tuple[str, str], ...], fields: bytes, workspace: str) -> bytes:
    """Return the bytes of a statement; canonical JSON is slow, and judging asks several times."""
    predicate = {"act": act.value, "workspace": workspace, **dict(about), **from_json(fields)}
    name = "/".join((f"gatekeeper:{act}", *(place for _, place in about)))
    return message({name: digest_of(predicate)}, predicate)


class RunStatement(NamedTuple):
    """What a run of a pipeline states by its record of evidence, and how it is signed."""

    predicate: bytes
    """In canonical JSON: the service, the pipeline, and the fields of the run; not yet the workspace."""
    subjects: tuple[tuple[str, str], ...]
    """The names of its entries, each with its SHA-256 digest, sorted."""
    on: date
    """The day on which it collected, in UTC."""
    repository: str | None = None
    """The repository of the artefacts."""
    signature: str | None = None
    bundle: bytes | None = None
    """A Sigstore bundle in canonical JSON."""
    problem: str | None = None
    """Why no signature of it can be verified."""

    def message(self, workspace: str) -> bytes:
        """Return the bytes that are signed."""
        return _of_run(self.predicate, self.subjects, workspace)


@lru_cache(_REMEMBERED)
def _of_run(predicate: bytes, subjects: tuple[tuple[str, str], ...], workspace: str) -> bytes:
    fields = {**from_json(predicate), "act": Act.RECORD.value, "workspace": workspace}
    return message({f"gatekeeper:evidence/{name}": digest for name, digest in subjects}, fields)


def message(subjects: Mapping[str, str], predicate: Mapping[str, Any]) -> bytes:
    """Return a statement about subjects, which are SHA-256 digests by name."""
    return canonical(
        {
            "_type": STATEMENT_TYPE,
            "predicateType": PREDICATE_TYPE,
            "subject": [{"name": name, "digest": {"sha256": digest}} for name, digest in subjects.items()],
            "predicate": predicate,
        }
    )


def digest_of(document: Mapping[str, Any]) -> str:
    """Return the SHA-256 digest of plain data in canonical JSON, in hexadecimal digits.

    Raises:
        ValueError: The data has a number that canonical JSON cannot state, or text that is not Unicode.
    """
    return hashlib.sha256(canonical(document)).hexdigest()


def of_sign_off(service: str, level: str, role: str, entry: SignOff) -> Statement:
    """Return what a sign-off states."""
    about = {"service": service, "level": level, "role": role}
    return _of(Act.SIGN_OFF, about, entry, entry.by, entry.on, role)


def of_attestation(service: str, criterion: str, entry: Attestation) -> Statement:
    """Return what an attestation states."""
    about = {"service": service, "criterion": criterion}
    return _of(Act.ATTESTATION, about, entry, entry.by, entry.on, entry.role)


def of_not_applicable(service: str, criterion: str, entry: NotApplicable) -> Statement:
    """Return what a declaration `not applicable` states."""
    about = {"service": service, "criterion": criterion}
    return _of(Act.NOT_APPLICABLE, about, entry, entry.by, entry.on, entry.role)


def of_exception(entry: RegisteredException, service: Service | None) -> Statement:
    """Return what the approval of an exception states; its closing is not part of that."""
    about = {"exception": entry.id}
    if service and service.signed_as != entry.service:
        entry = entry.model_copy(update={"service": service.signed_as})
    return _of(Act.EXCEPTION, about, entry, entry.approved_by, entry.opened_on, None, {"id", "closed"})


def of_exit(milestone: str, on: date, entry: ExitRecord, exit_role: str | None) -> Statement:
    """Return what the record of an exit states."""
    about = {"milestone": milestone, "on": on.isoformat()}
    return _of(Act.EXIT, about, entry, entry.by, on, exit_role)


def of_weakening(entry: WeakeningSignOff, role: str | None) -> Statement:
    """Return what the approval of a weakening states."""
    return _of(Act.WEAKENING, {}, entry, entry.by, entry.on, role)


def of_service(service: Service) -> Iterator[Statement]:
    """Yield what people state in the manifest of a service."""
    for criterion, attestation in service.attestations.items():
        yield of_attestation(service.signed_as, criterion, attestation)
    for criterion, declared in service.not_applicable.items():
        yield of_not_applicable(service.signed_as, criterion, declared)
    for level, roles in service.sign_offs.items():
        for role, sign_off in roles.items():
            yield of_sign_off(service.signed_as, level, role, sign_off)


def _of(
    act: Act,
    about: Mapping[str, str],
    entry: Manifest,
    by: str,
    on: date,
    role: str | None,
    without: Iterable[str] = (),
) -> Statement:
    fields = entry.model_dump(mode="json", exclude={"signature", *without}, exclude_defaults=True)
    return Statement(act, about, fields, by, on, role, getattr(entry, "signature", None))


def canonical(document: Mapping[str, Any]) -> bytes:
    """Return plain data in canonical JSON.

    Raises:
        ValueError: The data has a number that canonical JSON cannot state, or text that is not Unicode.
    """
    import rfc8785

    return rfc8785.dumps(dict(document))
