"""Part files: the artefacts of one job of a run, in a zip, until a record is made of all parts.

A part file has `part.json` and a member `files/<sha256>` for each content. No name in it is used as a path,
nothing is unpacked to disk, and every other member is refused. What is read is bounded before it is read.
"""

import hashlib
import re
import stat
import zlib
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import NamedTuple
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from pydantic_core import to_json

from gatekeeper.collectors.reading.figures import mapping
from gatekeeper.evidence.artefacts import MAX_FILES
from gatekeeper.evidence.plain import as_plain, named_tuple
from gatekeeper.evidence.records import Stamp
from gatekeeper.model.evidence import Unreadable
from gatekeeper.syntax import SyntaxProblem, json
from gatekeeper.trees import TooLarge
from gatekeeper.trees.disk import read_file

SUFFIX = ".zip"
MAX_BYTES = 400_000_000
"""How many bytes a part file has at most, and all parts of a run together when they are unpacked."""
MOST_PARTS = 1000
_SCHEMA_VERSION = 1
_ABOUT = "part.json"
_CONTENT = re.compile(r"files/([0-9a-f]{64})")
_MAX_DIRECTORY = 4_000_000
_END = 22
"""The bytes of the end of a zip without a comment (APPNOTE 6.3.10, 4.3.16)."""
_LOCATOR = 20
"""The bytes of what points to another end, of a zip with more than 65,535 members (4.3.15)."""


class SlotOfPart(NamedTuple):
    """What a part has of one slot."""

    files: Mapping[str, str] = {}
    """The digest of each file by its name in the folder of the artefacts; empty if none was found."""
    unreadable: str | None = None
    """Why the artefact cannot be read, if it is there."""


class RunPart(NamedTuple):
    """What a part file states: which part of which run it is, and what it has of each slot."""

    service: str
    pipeline: str
    part: int
    of: int
    stamp: Stamp
    slots: Mapping[str, SlotOfPart]
    """The slots that were looked for."""
    named: tuple[str, ...] = ()
    """The slots that the job had to deliver; empty if it was to deliver what it finds."""


class OpenedPart(NamedTuple):
    """A part file as read."""

    file: Path
    about: RunPart
    contents: Mapping[str, bytes]
    """The contents of its files by their digest."""
    size: int
    """The bytes of all members, unpacked."""


def write(about: RunPart, contents: Mapping[str, bytes]) -> bytes:
    """Return a part file with the contents by digest; the same input gives the same bytes.

    Raises:
        Unreadable: It would be larger than what is read.
    """
    size = sum(map(len, contents.values()))
    if size > MAX_BYTES or len(contents) >= MAX_FILES:
        most = f"at most {MAX_BYTES:,} bytes in {MAX_FILES:,} files are read"
        raise Unreadable(f"the artefacts have {size:,} bytes in {len(contents):,} files; {most}")
    data = BytesIO()
    described = as_plain({"schema_version": _SCHEMA_VERSION, **about._asdict()})
    with ZipFile(data, "w", ZIP_DEFLATED) as file:
        file.writestr(_member(_ABOUT), to_json(described, indent=1))
        for digest in sorted(contents):
            file.writestr(_member(f"files/{digest}"), contents[digest])
    return data.getvalue()


def _member(name: str) -> ZipInfo:
    member = ZipInfo(name)  # of 1980: the bytes do not depend on the clock
    member.compress_type = ZIP_DEFLATED
    member.external_attr = (stat.S_IFREG | 0o644) << 16
    return member


def read(file: Path, budget: int) -> OpenedPart:
    """Read a part file.

    Args:
        file: The part file.
        budget: How many bytes its members may have, unpacked.

    Raises:
        Unreadable: It is not a part file, is damaged, or exceeds a limit.
    """
    try:
        data = read_file(file, MAX_BYTES)
        _check_end(data)
        with ZipFile(BytesIO(data)) as zipped:
            members = _members(zipped.infolist(), budget)
            found = {name: _content(zipped, member) for name, member in members.items()}
            size = sum(map(len, found.values()))
        about = _about(json.load(found.pop(_ABOUT)))
    except TooLarge as large:
        raise Unreadable(f"it has {large.size:,} bytes; at most {MAX_BYTES:,} are read") from None
    except SyntaxProblem as problem:
        raise Unreadable(f"{_ABOUT}: {problem.message}") from None
    except (BadZipFile, NotImplementedError, RuntimeError, EOFError, zlib.error, ValueError) as error:
        raise Unreadable(f"it is not a whole zip: {error}") from None
    except OSError as error:
        raise Unreadable(f"it cannot be read: {error.strerror or error}") from None
    contents = {name.removeprefix("files/"): content for name, content in found.items()}
    _check_contents(about, contents)
    return OpenedPart(file, about, contents, size)


def _check_end(data: bytes) -> None:
    """Check that the list of members is where it ends and small, before anything is made of it."""
    end = data[-_END:]
    if len(data) < _END or end[:4] != b"PK\x05\x06" or end[20:] != b"\0\0":
        raise Unreadable(
            "it does not end like a part file: it is truncated, or not written by `collect --part`"
        )
    size, start = (int.from_bytes(end[at : at + 4], "little") for at in (12, 16))
    count = int.from_bytes(end[10:12], "little")
    if size > _MAX_DIRECTORY or count > MAX_FILES:
        raise Unreadable(f"it has more than {MAX_FILES:,} members")
    if start + size + _END != len(data) or data[-_END - _LOCATOR :][:4] == b"PK\x06\x07":
        raise Unreadable("its list of members is not at its end")


def _members(listed: list[ZipInfo], budget: int) -> dict[str, ZipInfo]:
    members: dict[str, ZipInfo] = {}
    for member in listed:
        name, mode = member.filename, member.external_attr >> 16
        if name != _ABOUT and not _CONTENT.fullmatch(name):
            raise Unreadable(f"a part file has no member {name[:100]!r}")
        if member.flag_bits & 1 or member.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            raise Unreadable(f"{name} is encrypted, or compressed by another method than deflate")
        if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
            raise Unreadable(f"{name} is not a regular file")
        if name in members:
            raise Unreadable(f"{name} is there twice")
        members[name] = member
    if _ABOUT not in members:
        raise Unreadable(f"it has no {_ABOUT}")
    size = sum(member.file_size for member in members.values())
    if size > budget:
        raise Unreadable(
            f"it has {size:,} bytes, unpacked; {budget:,} are left of {MAX_BYTES:,} for all parts"
        )
    return members


def _content(zipped: ZipFile, member: ZipInfo) -> bytes:
    with zipped.open(member) as opened:
        return opened.read(member.file_size + 1)  # without a bound, all would be unpacked before it is cut


def _about(document: json.Json) -> RunPart:
    if not isinstance(document, dict) or document.get("schema_version") != _SCHEMA_VERSION:
        raise Unreadable(f"{_ABOUT} is not of schema version {_SCHEMA_VERSION}")
    about = named_tuple(RunPart, document, _ABOUT)
    about = about._replace(stamp=named_tuple(Stamp, mapping(document["stamp"], "stamp"), _ABOUT))
    if not 1 <= about.part <= about.of <= MOST_PARTS:
        raise Unreadable(f"{_ABOUT}: there is no part {about.part} of {about.of}")
    return about


def _check_contents(about: RunPart, contents: Mapping[str, bytes]) -> None:
    needed = {digest for slot in about.slots.values() for digest in slot.files.values()}
    if needed != contents.keys():
        raise Unreadable(f"{_ABOUT} does not list the contents that it has")
    for digest, content in contents.items():
        if hashlib.sha256(content).hexdigest() != digest:
            raise Unreadable(f"files/{digest} has another content")
    for name in (name for slot in about.slots.values() for name in slot.files):
        if not name.isprintable() or name.startswith("/") or ".." in name.split("/"):
            raise Unreadable(f"{_ABOUT}: {name[:100]!r} is not the name of a file in a folder")
