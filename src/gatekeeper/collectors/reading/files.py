"""Read the files of an artefact: an empty file is absent evidence, one that does not parse is unreadable."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from gatekeeper.model.evidence import Absent, Artefact, ArtefactFile, Unreadable, Unrecognised
from gatekeeper.syntax import SyntaxProblem

T = TypeVar("T")

_BEFORE_CONTENT = b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n"
"""Byte order marks, whitespace, and the zero bytes of UTF-16."""


def only_file(artefact: Artefact) -> ArtefactFile:
    """Return the file of an artefact whose kind reads one file only."""
    match artefact.files:
        case (file,):
            return file
        case ():
            raise Absent(f"{artefact.path} names no file")
        case files:
            raise Unreadable(f"{artefact.path} names {len(files)} files; expected one")


def each(artefact: Artefact, read: Callable[[ArtefactFile], T]) -> Iterator[T]:
    """Read every file of an artefact.

    Raises:
        Absent: The only file is empty.
        Unreadable: A file cannot be read. An empty file among others is one too: it may be a report that
            was cut short, and its failures would go unseen.
    """
    for file in artefact.files:
        try:
            yield read(file)
        except Absent as nothing:
            if len(artefact.files) == 1:
                raise
            raise Unreadable(str(nothing)) from None


@contextmanager
def opened(file: ArtefactFile) -> Iterator[bytes]:
    """Provide the content of a file, and put its name before what is wrong with it.

    Raises:
        Absent: The file is empty, or the caller raises it.
        Unreadable: The caller raises it, or finds a problem of syntax.
    """
    with in_file(file.name):
        data = file.read()
        if not data.strip(_BEFORE_CONTENT):
            raise Absent("the file is empty")
        yield data if looks_like_xml(data) else _as_utf8(data)


def _as_utf8(data: bytes) -> bytes:
    """Return text in UTF-8. PowerShell writes UTF-16, with a byte order mark; XML states its own encoding."""
    if not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data
    try:
        return data.decode("utf-16").encode()
    except UnicodeError as error:
        raise Unreadable(f"not UTF-16: {error}") from None


def beginning_of(file: ArtefactFile, most: int) -> bytes:
    """Return the first bytes of a file; all of it if it cannot be read piece by piece."""
    if file.stream is None:
        return file.read()
    with file.stream() as stream:
        return stream.read(most)


@contextmanager
def in_file(name: str) -> Iterator[None]:
    """Put the name of a file before the reason why it is absent or unreadable."""
    try:
        yield
    except Absent as reason:
        raise Absent(f"{name}: {reason}") from None
    except (Unrecognised, SyntaxProblem) as reason:
        raise Unrecognised(f"{name}: {reason}", name) from None
    except Unreadable as reason:
        is_named = str(reason).startswith((f"{name}: ", f"{name} is "))  # by a node of the document
        raise Unreadable(str(reason) if is_named else f"{name}: {reason}") from None


def looks_like_xml(data: bytes) -> bool:
    """Return whether the first character is that of an XML document."""
    return data.lstrip(_BEFORE_CONTENT).startswith(b"<")


def looks_like_json(data: bytes) -> bool:
    """Return whether the first character is that of a JSON object or array."""
    return data.lstrip(_BEFORE_CONTENT).startswith((b"{", b"["))
