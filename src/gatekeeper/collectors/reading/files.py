"""Opening a file of an artefact: what is empty is absent, what does not parse is unreadable."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from gatekeeper.model.evidence import Absent, Artefact, ArtefactFile, Unreadable
from gatekeeper.syntax import SyntaxProblem, json
from gatekeeper.syntax.json import Object

T = TypeVar("T")

_BEFORE_CONTENT = b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n"
"""Byte order marks, white space, and the zero bytes that UTF-16 puts between."""


def only_file(artefact: Artefact) -> ArtefactFile:
    """Return the one file of an artefact whose kind reads no more than one."""
    match artefact.files:
        case (file,):
            return file
        case ():
            raise Absent(f"{artefact.path} names no file")
        case files:
            raise Unreadable(f"{artefact.path} names {len(files)} files where one is read")


def each(artefact: Artefact, read: Callable[[ArtefactFile], T]) -> list[T]:
    """Read every file of an artefact.

    One that is empty is absent evidence where it stands alone. Among others it is a report that was cut
    short, so that its failures would go unseen: then it is unreadable.
    """
    if len(artefact.files) == 1:
        return [read(artefact.files[0])]
    return [_of_several(file, read) for file in artefact.files]


def _of_several(file: ArtefactFile, read: Callable[[ArtefactFile], T]) -> T:
    try:
        return read(file)
    except Absent as nothing:
        raise Unreadable(str(nothing)) from None


@contextmanager
def opened(file: ArtefactFile) -> Iterator[bytes]:
    """Give the file's content, which must be more than white space; put its name before what is wrong."""
    try:
        yield _filled(file.read())
    except Absent as reason:
        raise Absent(f"{file.name}: {reason}") from None
    except (Unreadable, SyntaxProblem) as reason:
        raise Unreadable(f"{file.name}: {reason}") from None


def _filled(data: bytes) -> bytes:
    if not data.strip(_BEFORE_CONTENT):
        raise Absent("the file is empty")
    return data


def looks_like_xml(data: bytes) -> bool:
    """Tell whether the first character is that of an XML document."""
    return data.lstrip(_BEFORE_CONTENT).startswith(b"<")


def looks_like_json(data: bytes) -> bool:
    """Tell whether the first character is that of a JSON object or array."""
    return data.lstrip(_BEFORE_CONTENT).startswith((b"{", b"["))


def json_object(data: bytes) -> Object:
    """Parse a JSON document that must be an object."""
    document = json.load(data)
    if not isinstance(document, dict):
        raise Unreadable("the document is not a JSON object")
    return document
