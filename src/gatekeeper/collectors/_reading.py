"""Requests -> evidence: opening artefacts, calling their collectors, and keeping where facts come from."""

import hashlib

from gatekeeper.collectors import find
from gatekeeper.collectors._artefacts import Bounds, open_artefact
from gatekeeper.model.evidence import (
    Absent,
    Artefact,
    Collected,
    Evidence,
    EvidenceStatus,
    Options,
    Request,
    Unreadable,
)


def read(request: Request, services_folder: str, bounds: Bounds) -> Evidence:
    """Return what the requested artefact says; whatever goes wrong becomes a reason, never an exception."""
    pointer = request.pointer
    try:
        artefact = open_artefact(f"{services_folder}/{request.service}", pointer.path, bounds)
        digest = _digest(artefact)
        _must_be_as_recorded(artefact, digest, pointer.sha256)
        collected = collect(request.kind, artefact, request.options)
    except Absent as lack:
        return _without(request, EvidenceStatus.MISSING, lack)
    except Unreadable as flaw:
        return _without(request, EvidenceStatus.UNREADABLE, flaw)
    return Evidence(
        slot=request.slot,
        status=EvidenceStatus.OK,
        path=artefact.path,
        format=collected.format,
        facts=collected.facts,
        sha256=digest,
        collected_at=collected.produced_at or pointer.collected_at,
        commit=pointer.commit,
    )


def collect(kind_name: str, artefact: Artefact, options: Options) -> Collected:
    """Run a kind's collector; a crash of it is reported as ours, and the run goes on."""
    kind = find(kind_name)
    if kind is None or kind.collect is None:
        raise Absent(f"nothing reads evidence of the kind {kind_name!r} yet")
    try:
        return kind.collect(artefact, options)
    except (Absent, Unreadable):
        raise
    except Exception as error:
        raise Unreadable(
            f"{artefact.path} made the collector {kind_name!r} fail, which is a bug: "
            f"{type(error).__name__}: {error}"
        ) from error


def _must_be_as_recorded(artefact: Artefact, digest: str, recorded: str | None) -> None:
    if recorded and digest != recorded:
        raise Unreadable(f"{artefact.path} has changed since it was recorded: its sha256 is {digest}")


def _digest(artefact: Artefact) -> str:
    """Of one file: its sha256; of several: that of the list of their names and digests."""
    digests = [(file.name, hashlib.sha256(file.read()).hexdigest()) for file in artefact.files]
    if len(digests) == 1:
        return digests[0][1]
    return hashlib.sha256("".join(f"{digest}  {name}\n" for name, digest in digests).encode()).hexdigest()


def _without(request: Request, status: EvidenceStatus, reason: Exception) -> Evidence:
    pointer = request.pointer
    return Evidence(
        request.slot,
        status,
        str(reason),
        path=pointer.path,
        collected_at=pointer.collected_at,
        commit=pointer.commit,
    )
