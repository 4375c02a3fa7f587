"""Requests -> evidence: open the artefact, call the reader of its kind, keep where the facts come from."""

import hashlib
import logging
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from typing import TYPE_CHECKING, Any, NamedTuple

from gatekeeper.cache import current
from gatekeeper.collectors import find
from gatekeeper.errors import BrokenPlugin
from gatekeeper.evidence import kept_facts, record_files
from gatekeeper.evidence.artefacts import Bounds, open_artefact
from gatekeeper.evidence.locating import Locator
from gatekeeper.evidence.record_files import OpenedRecord
from gatekeeper.evidence.records import RecordedRun
from gatekeeper.evidence.redaction import redacted
from gatekeeper.model.evidence import (
    Absent,
    Artefact,
    ArtefactFile,
    Collected,
    Evidence,
    EvidenceStatus,
    Facts,
    Kind,
    Options,
    Origin,
    Part,
    Recorded,
    Request,
    Unreadable,
    Unrecognised,
    known,
    touched,
)
from gatekeeper.model.service import EvidencePointer, Service, ServiceFolders
from gatekeeper.model.statement import RunStatement
from gatekeeper.model.status import Basis

if TYPE_CHECKING:
    from gatekeeper.cache.store import Store

logger = logging.getLogger(__name__)


class Reader:
    """Reads the artefacts that services map, or the records of the artefacts that are not in the tree."""

    def __init__(
        self,
        folders: Callable[[Service], ServiceFolders],
        bounds: Bounds,
        services: Mapping[str, Service],
        misfit: Callable[[str, RunStatement], str | None],
        mapped_by: Mapping[str, Mapping[str, str]],
    ) -> None:
        self._mapped_by = mapped_by
        self._folders = cache(lambda name: folders(services[name]))
        self._bounds = bounds
        # One for each service, so that a service's observations have everything that it depends on.
        self._locator_of = cache(lambda _service: Locator(bounds.tree))
        self._records_of = cache(
            lambda name: record_files.open_records(
                self._folders(name), services[name], bounds, partial(misfit, name)
            )
        )
        self._record_identity = cache(
            lambda name: record_files.identity(self._folders(name), services[name], bounds)
        )

    def read(self, request: Request) -> Evidence:
        """Return the evidence for a request. A flaw of the artefact becomes a status and a reason."""
        return redacted(self._read(request))

    def _read(self, request: Request) -> Evidence:
        folder = self._folders(request.service).artefacts
        try:
            artefact = open_artefact(folder, request.pointer.path, self._bounds)
        except Unreadable as flaw:
            return _without(request, flaw)
        except Absent as lack:
            return self._recorded(request) or _without(request, self._with_source(request, lack))
        return _evidence(request, artefact, self._locator_of(request.service), store=current.store)

    def identity(self, request: Request) -> object:
        """Return a value that changes when the artefact of a request, or the record of it, changes."""
        folder = self._folders(request.service).artefacts
        try:
            return _identities(open_artefact(folder, request.pointer.path, self._bounds))
        except Unreadable as flaw:
            return str(flaw)
        except Absent:
            return self._record_identity(request.service)

    def _with_source(self, request: Request, lack: Absent) -> Absent:
        """Return why there is no artefact, with the profile or the settings that map it."""
        source = self._mapped_by.get(request.service, {}).get(request.slot)
        return Absent(f"{lack}; mapped by {source}") if source else lack

    def _recorded(self, request: Request) -> Evidence | None:
        """Return the recorded evidence for a request, if a record of the service has it."""
        opened = self._records_of(request.service)
        for one in opened:
            if one.flaw:  # it may hold another answer
                return _without(request, Unreadable(f"{one.file}: {one.flaw}"))
        found = record_files.in_force(opened, (request.slot, request.narrowing))
        if not found:
            return None
        newest, *others = (self._by_record(request, one, run) for one, run in found)
        return newest._replace(others=tuple(others))

    def _by_record(self, request: Request, of: OpenedRecord, run: RecordedRun) -> Evidence:
        """Return what a run recorded for a request, or why that cannot be used."""
        try:
            evidence = run.evidence(request)
            if evidence.status is EvidenceStatus.OK:
                _must_be_as_pinned(evidence.path, evidence.sha256, request.pointer.sha256)
        except Unreadable as flaw:
            evidence = _without(request, Unreadable(f"{of.file}: {flaw}"))
        else:
            logger.info("%s: %s is taken from %s", _slot(request), evidence.path, of.file)
        return evidence._replace(
            pipeline=of.pipeline, age=record_files.age_of(run), recorded_in=(of.file, of.sha256)
        )


def record(request: Request, folder: str, bounds: Bounds, *, prove: bool = False) -> Recorded:
    """Read the artefact of a request below a folder, to record it; `prove` runs what its kind can run."""
    try:
        artefact = open_artefact(folder, request.pointer.path, bounds)
    except (Absent, Unreadable) as reason:
        return record_of(request, reason, bounds)
    return record_of(request, artefact, bounds, prove=prove)


def record_of(
    request: Request, artefact: Artefact | Absent | Unreadable, bounds: Bounds, *, prove: bool = False
) -> Recorded:
    """Read the artefact of a request, to record it; or record why it cannot be read."""
    if not isinstance(artefact, Artefact):
        evidence, is_found = _without(request, artefact), not isinstance(artefact, Absent)
        return Recorded(request, redacted(evidence), 0, is_found=is_found)
    try:
        size = sum(file.size for file in stats_of(artefact).values())
    except Unreadable as flaw:
        return Recorded(request, redacted(_without(request, flaw)), 0)
    evidence = _evidence(request, artefact, Locator(bounds.tree), prove=prove)
    return Recorded(request, redacted(evidence), size)


def _evidence(
    request: Request,
    artefact: Artefact,
    locator: Locator,
    *,
    prove: bool = False,
    store: "Callable[[], Store | None] | None" = None,
) -> Evidence:
    pointer = request.pointer
    try:
        files = stats_of(artefact)
        digest = digest_of(files)
        _must_be_as_pinned(artefact.path, digest, pointer.sha256)
        size = sum(file.size for file in files.values())
        collected = kept_facts.collected(
            store() if store and size >= kept_facts.SMALLEST else None,
            request.kind,
            artefact,
            {name: file.sha256 for name, file in files.items()},
            request.options,
            lambda: _collect(request.kind, artefact, request.options, prove=prove),
        )
    except (Absent, Unreadable) as reason:
        return _without(request, reason, artefact.path)
    if logger.isEnabledFor(logging.INFO):
        logger.info("%s: read %s as %s, %d bytes", _slot(request), artefact.path, collected.format, size)
    return Evidence(
        slot=request.slot,
        status=EvidenceStatus.OK,
        path=artefact.path,
        facts=locator.located(known(collected.facts, collected.origins), artefact.path),
        sha256=digest,
        parts=parts_of(artefact.path, files, collected.origins, pointer),
    )


class FileStats(NamedTuple):
    """What identifies the bytes of a file."""

    sha256: str
    size: int
    """In bytes."""


def stats_of(artefact: Artefact) -> dict[str, FileStats]:
    """Return what identifies the bytes of each file, by name."""
    return {file.name: _stats(file) for file in artefact.files}


def _stats(file: ArtefactFile) -> FileStats:
    if file.digest:
        return FileStats(*file.digest())
    data = file.read()
    return FileStats(hashlib.sha256(data).hexdigest(), len(data))


def parts_of(
    path: str, files: Mapping[str, FileStats], origins: Sequence[Origin], pointer: EvidencePointer
) -> tuple[Part, ...]:
    """Return the parts of an artefact: what they state about themselves, else what the manifest states."""
    whole = FileStats(digest_of(files), sum(file.size for file in files.values()))
    return tuple(_part(origin, path, files.get(origin.file or "", whole), pointer) for origin in origins)


def _part(origin: Origin, path: str, file: FileStats, pointer: EvidencePointer) -> Part:
    return Part(
        path=origin.file or path,
        sha256=file.sha256,
        size=file.size,
        format=origin.format,
        producer=origin.producer,
        subjects=origin.subjects,
        subjects_basis=Basis.ARTEFACT if origin.subjects else None,
        partial=origin.partial,
        not_understood=origin.not_understood,
        items=origin.items,
        **_stated(origin, pointer),
    )


def _stated(origin: Origin, pointer: EvidencePointer) -> dict[str, Any]:
    """Return time and commit with their basis: the artefact, or what is typed in the manifest."""
    produced_at, commit = origin.produced_at or pointer.collected_at, origin.commit or pointer.commit
    time_basis = Basis.ARTEFACT if origin.produced_at else Basis.TYPED
    commit_basis = Basis.ARTEFACT if origin.commit else Basis.TYPED
    return {
        "produced_at": produced_at,
        "produced_at_basis": time_basis if produced_at else None,
        "commit": commit,
        "commit_basis": commit_basis if commit else None,
    }


def without_touched(collected: Collected) -> Facts:
    """Return the facts that may pass: those that depend on a place that was not understood are null."""
    null = dict.fromkeys(touched(collected.origins))
    if not null:
        return collected.facts
    if isinstance(collected.facts, Mapping):
        return {**collected.facts, **{name: None for name in null if name in collected.facts}}
    return collected.facts._replace(**null)


def collect(kind_name: str, artefact: Artefact, options: Options, *, prove: bool = False) -> Collected:
    """Return what the reader of a kind collects from an artefact, without secrets.

    Args:
        kind_name: The kind.
        artefact: The artefact.
        options: The options of a slot of this kind.
        prove: Whether a kind that can run its artefacts does: migrations, in a throw-away PostgreSQL.

    Raises:
        Absent: There is no such kind, or the artefact holds no evidence.
        Unreadable: The artefact is not what it claims to be, or the reader crashed.
        BrokenPlugin: A plugin adds a format to the kind and cannot be used.
    """
    try:
        return redacted(_collect(kind_name, artefact, options, prove=prove))
    except (Absent, Unreadable) as reason:
        refused = Absent if isinstance(reason, Absent) else Unreadable
        raise refused(redacted(str(reason))) from None


def _collect(kind_name: str, artefact: Artefact, options: Options, *, prove: bool = False) -> Collected:
    kind = find(kind_name)
    if kind is None:
        raise Absent(f"unknown kind of evidence {kind_name!r}")
    if prove and kind.proves:
        options = {**options, "prove": True}  # no option of a slot: `check` runs nothing
    try:
        collected = kind.collect(artefact, options)
        _check_type(kind, collected)
    except Unrecognised as reason:
        # Imported late: many workspaces have nothing to read yet.
        from gatekeeper.collectors.identify import explained

        raise explained(reason, kind_name, artefact) from None
    except (Absent, Unreadable, BrokenPlugin):
        raise
    except (Exception, SystemExit) as error:
        raise Unreadable(
            f"{artefact.path}: the reader of the kind {kind_name!r} crashed, which is a bug: "
            f"{type(error).__name__}: {error}"
        ) from error
    return collected


def _check_type(kind: Kind, collected: object) -> None:
    expected = kind.facts if isinstance(kind.facts, type) else Mapping
    if not isinstance(collected, Collected) or not isinstance(collected.facts, expected):
        raise TypeError("it did not return the facts of its kind")


def _identities(artefact: Artefact) -> object:
    return tuple((file.name, file.identity() if file.identity else None) for file in artefact.files)


def _slot(request: Request) -> str:
    return f"{request.service} {request.slot}"


def _must_be_as_pinned(path: str | None, digest: str | None, pinned: str | None) -> None:
    if pinned and digest != pinned:
        raise Unreadable(f"{path} does not match its pin: its sha256 is {digest or 'not stated'}")


def digest_of(files: Mapping[str, FileStats]) -> str:
    """Return the sha256 of the one file, or of the list of the files' digests and names."""
    if len(files) == 1:
        return next(iter(files.values())).sha256
    listed = "".join(f"{file.sha256}  {name}\n" for name, file in files.items())
    return hashlib.sha256(listed.encode()).hexdigest()


def _without(request: Request, reason: Absent | Unreadable, path: str | None = None) -> Evidence:
    """Return evidence without facts; the path is the one in the manifest unless the artefact was found."""
    status = EvidenceStatus.MISSING if isinstance(reason, Absent) else EvidenceStatus.UNREADABLE
    logger.info("%s: %s: %s", _slot(request), status, redacted(str(reason)))
    pointer = request.pointer
    path = path or pointer.path
    part = Part(path, **_stated(Origin(""), pointer))
    return Evidence(request.slot, status, str(reason), path=path, parts=(part,))
