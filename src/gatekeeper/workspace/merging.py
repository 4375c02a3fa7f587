"""Parts of a run: write the artefacts of one job to a part file, and read those of all jobs as one."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from gatekeeper.collectors import find
from gatekeeper.errors import UsageError
from gatekeeper.evidence import part_files
from gatekeeper.evidence.artefacts import Bounds, open_artefact
from gatekeeper.evidence.part_files import OpenedPart, RunPart, SlotOfPart
from gatekeeper.evidence.reader import record_of
from gatekeeper.model.evidence import Absent, Artefact, ArtefactFile, Recorded, Request, Unreadable
from gatekeeper.model.service import Service
from gatekeeper.reporters.wording.counts import counted
from gatekeeper.trees.disk import DiskTree
from gatekeeper.version import __version__
from gatekeeper.workspace.collecting import (
    ReadRun,
    RecordOptions,
    SourceOfRun,
    asked,
    check_repository,
    folder_of,
    mapped_service,
)
from gatekeeper.workspace.loading import LoadedWorkspace


class NewPart(NamedTuple):
    """A part file that has not been written yet."""

    about: RunPart
    data: bytes
    file: Path
    notes: tuple[str, ...]
    """What the user has to know, a sentence each."""


def part_of_run(
    loaded: LoadedWorkspace,
    service: str,
    place: tuple[int, int],
    options: RecordOptions,
    variables: Mapping[str, str],
) -> NewPart:
    """Return the part file of a job with the artefacts that it has.

    Args:
        loaded: The workspace.
        service: The name of the service.
        place: Which part it is, and of how many.
        options: What is known of the artefacts; `out` is the folder or file, by default the current folder.
        variables: The environment, in which a CI names its pipeline and run.

    Raises:
        UsageError: As `folder_of` does; or the file would be too large, or in the folder of the services.
    """
    of = mapped_service(loaded, service)
    source = folder_of(loaded, of, options, variables)
    slots, contents = dict[str, SlotOfPart](), dict[str, bytes]()
    for request in asked(loaded, of, options.slots):
        if request.slot not in slots:
            slots[request.slot], files = _slot(request, source)
            contents |= files
    about = RunPart(service, source.pipeline, *place, source.stamp, slots, options.slots)
    name = f"{service}.{source.pipeline}.part-{place[0]}-of-{place[1]}{part_files.SUFFIX}"
    out = options.out or Path.cwd()
    file = out / name if out.is_dir() else out
    if file.resolve().is_relative_to(loaded.services_folder.resolve()):
        raise UsageError(f"{file} is in the folder of the services: name another place with --out")
    try:
        return NewPart(about, part_files.write(about, contents), file, source.notes)
    except Unreadable as flaw:
        raise UsageError(f"the part file cannot be written: {flaw}") from None


def _slot(request: Request, source: SourceOfRun) -> tuple[SlotOfPart, dict[str, bytes]]:
    try:
        artefact = open_artefact(str(source.folder), request.pointer.path, source.bounds)
        files = {one.name: one.read() for one in artefact.files}
    except Absent:
        return SlotOfPart(), {}
    except Unreadable as flaw:
        return SlotOfPart(unreadable=str(flaw)), {}
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    return SlotOfPart(digests), {digests[name]: data for name, data in files.items()}


def from_parts(loaded: LoadedWorkspace, service: Service, options: RecordOptions) -> ReadRun:
    """Read the artefacts of all parts of a run, each slot as one artefact.

    Raises:
        UsageError: A file is not a part file, or the parts are not of one run of this service.
    """
    opened = _opened(options.parts)
    _check_one_run(service.service, opened)
    parts = {one.about.part: one for one in opened}
    first, stamp = opened[0].about, opened[0].about.stamp  # what all of them state
    named = tuple(sorted({*options.slots, *(slot for one in opened for slot in one.about.named)}))
    # A part that names no slot has whatever its job found.
    only = () if not options.slots and any(not one.about.named for one in opened) else named
    notes = [*check_repository(service, stamp.repository, loaded.manifests.repository)]
    if stamp.run is None:
        notes.append("the parts state no run: it is not checked that they are of one (--run)")
    folder = opened[0].file.parent
    bounds = Bounds(DiskTree(str(folder)))
    read = [
        _merged(request, parts, first.of, bounds, prove=options.prove)
        for request in asked(loaded, service, only)
    ]
    if lacking := _lacking(parts, first.of):
        notes.append(f"{lacking}; what is recorded is partial")
    merged = stamp._replace(
        collected_at=min(one.about.stamp.collected_at for one in opened),
        rulebook=loaded.rulebook.digest,
        tool_version=__version__,
    )
    time_of = {stamp.commit: stamp.committed_at}.get
    return ReadRun(read, named, SourceOfRun(folder, bounds, merged, first.pipeline, time_of, tuple(notes)))


def _opened(paths: Iterable[Path]) -> list[OpenedPart]:
    """Return the part files at some paths by number; all files that cannot be used are reported at once."""
    opened, flaws = list[OpenedPart](), list[str]()
    budget = part_files.MAX_BYTES
    for file in _files(paths):
        try:
            part = part_files.read(file, budget)
        except Unreadable as flaw:
            flaws.append(f"{file}: {flaw}")
            continue
        budget -= part.size
        opened.append(part)
    if flaws:
        raise UsageError("\n".join(["these are not part files; nothing was written:", *flaws]))
    return sorted(opened, key=lambda one: one.about.part)


def _files(paths: Iterable[Path]) -> list[Path]:
    found = list[Path]()
    for path in paths:
        below = sorted(path.rglob(f"*{part_files.SUFFIX}")) if path.is_dir() else [path]
        if not below:
            raise UsageError(f"--merge {path}: there is no part file (`*{part_files.SUFFIX}`)")
        found += below
    if len(found) > part_files.MOST_PARTS:
        raise UsageError(f"--merge: {len(found):,} files; at most {part_files.MOST_PARTS:,} parts are merged")
    return list(dict.fromkeys(file.resolve() for file in found))


def _of_run(about: RunPart) -> dict[str, str | int | None]:
    """Return what all parts of a run have in common."""
    stamp = about.stamp
    of = {"run": stamp.run, "commit": stamp.commit, "repository": stamp.repository}
    return {"service": about.service, "pipeline": about.pipeline, **of, "of": about.of}


def _check_one_run(service: str, opened: Sequence[OpenedPart]) -> None:
    """Check that all parts are of one run of the service, and that parts of one number are the same."""
    stated = [_of_run(one.about) for one in opened]
    names = [name for name in stated[0] if len({of[name] for of in stated}) > 1]
    if any(one.about.service != service for one in opened):
        raise UsageError(f"these are not all parts of {service}:\n{_listed(opened, ['service'])}")
    if names:
        raise UsageError(f"these parts are not of one run:\n{_listed(opened, names)}")
    by_part: dict[int, OpenedPart] = {}
    for one in opened:
        other = by_part.setdefault(one.about.part, one)
        if other.about._replace(stamp=one.about.stamp) != one.about:
            files = _listed([other, one], [])
            raise UsageError(f"part {one.about.part} is there twice, with other artefacts:\n{files}")


def _listed(opened: Sequence[OpenedPart], names: Sequence[str]) -> str:
    """Return a line for each part, with those of its statements that differ."""
    lines = []
    for one in opened:
        told, of = [f"part {one.about.part} of {one.about.of}"], _of_run(one.about)
        told += [f"{name} {of[name] or 'unknown'}" for name in names if name != "of"]
        lines.append(f"  {one.file}: {', '.join(told)}")
    return "\n".join([*lines, "nothing was written"])


_NO_SHARE = "; a job that has no share of it names its own slots (--slot)"


def _merged(
    request: Request, parts: Mapping[int, OpenedPart], of: int, bounds: Bounds, *, prove: bool
) -> Recorded:
    """Read the files that all parts have of a slot as one artefact."""
    slot, path = request.slot, request.pointer.path
    having = {number: one.about.slots.get(slot, SlotOfPart()) for number, one in parts.items()}
    flaws = [f"part {number}: {one.unreadable}" for number, one in having.items() if one.unreadable]
    if flaws:
        return record_of(request, Unreadable("; ".join(flaws)), bounds)
    files = sorted(_files_of(having, parts), key=lambda file: file.name)
    if not files:
        return record_of(request, Absent(f"no part has a file at {path}"), bounds)
    recorded = record_of(request, Artefact(path, tuple(files)), bounds, prove=prove)
    asked_for = [number for number, one in parts.items() if not one.about.named or slot in one.about.named]
    lacks = [f"part {number}" for number in asked_for if not having[number].files]
    said = [_lacking(parts, of), f"{', '.join(lacks)} of {of} has no file of it{_NO_SHARE}" if lacks else ""]
    kind, holders = find(request.kind), _holders(having)
    evidence, marked = recorded.evidence, []
    for part in evidence.parts:
        why = tuple(filter(None, said))
        numbers = holders.get(part.sha256 or "", [])
        if kind and kind.measures and part.items and len(numbers) > 1:
            why += (f"parts {', '.join(map(str, numbers))} have the same report",)
        marked.append(part._replace(partial=(*part.partial, *why)))
    return recorded._replace(evidence=evidence._replace(parts=tuple(marked)))


def _holders(having: Mapping[int, SlotOfPart]) -> dict[str, list[int]]:
    """Return by digest the parts that have this content."""
    found: dict[str, list[int]] = {}
    for number, slot in having.items():
        for digest in set(slot.files.values()):
            found.setdefault(digest, []).append(number)
    return found


def _files_of(having: Mapping[int, SlotOfPart], parts: Mapping[int, OpenedPart]) -> Iterator[ArtefactFile]:
    """Yield the files of a slot: equal ones of one name once, different ones below `part-<number>/`."""
    digests: dict[str, dict[str, int]] = {}
    for number, slot in having.items():
        for name, digest in slot.files.items():
            digests.setdefault(name, {}).setdefault(digest, number)
    for name, by_digest in digests.items():
        for digest, number in by_digest.items():
            shown = name if len(by_digest) == 1 else f"part-{number}/{name}"
            yield ArtefactFile(shown, partial(parts[number].contents.__getitem__, digest))


def _lacking(parts: Mapping[int, OpenedPart], of: int) -> str:
    """Return which parts are missing, as a sentence; empty if all are there."""
    missing = [number for number in range(1, of + 1) if number not in parts]
    if not missing:
        return ""
    which = ", ".join(map(str, missing[:10])) + (" and more" if len(missing) > 10 else "")
    verb = "part {} is" if len(missing) == 1 else "parts {} are"
    return f"{len(parts)} of {counted(of, 'part')} were collected: {verb.format(which)} missing"
