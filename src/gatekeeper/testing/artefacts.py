"""Artefacts made of bytes or text, and what a reader returns for them."""

from collections.abc import Mapping
from typing import Any

from gatekeeper.model.evidence import Absent, Artefact, ArtefactFile, Collected, Unreadable
from gatekeeper.plugins import KindReader


def artefact(*contents: bytes | str) -> Artefact:
    """Return an artefact whose files are named `report-0`, `report-1` and so on.

    >>> [file.read() for file in artefact("1..0", b"ok").files]
    [b'1..0', b'ok']
    """
    names = (f"report-{number}" for number in range(len(contents)))
    return Artefact("reports", tuple(_file(*file) for file in zip(names, contents, strict=True)))


def tree(files: Mapping[str, bytes | str], path: str = "src") -> Artefact:
    """Return an artefact of named files, in the order of their names, as for a folder or a glob.

    >>> [file.name for file in tree({"src/b.ts": "", "src/a.ts": ""}).files]
    ['src/a.ts', 'src/b.ts']
    """
    return Artefact(path, tuple(_file(name, files[name]) for name in sorted(files)))


def _file(name: str, content: bytes | str) -> ArtefactFile:
    data = content.encode() if isinstance(content, str) else content
    return ArtefactFile(name, lambda: data)


def collect(reader: KindReader, *contents: bytes | str, **options: Any) -> Collected:
    """Return what a reader collects from an artefact of these contents.

    >>> from gatekeeper.collectors.tests import read
    >>> collect(read, '<testsuite><testcase name="a"/></testsuite>').facts.passed
    ('a',)

    Raises:
        Unreadable: The reader refuses the artefact.
        Absent: The artefact holds no evidence.
    """
    return reader.collect(artefact(*contents), options)


def outcome(reader: KindReader, *contents: bytes | str, **options: Any) -> str:
    """Return `collected`, `absent: reason` or `unreadable: reason`, for tables of tests.

    >>> from gatekeeper.collectors.tests import read
    >>> outcome(read, "")
    'absent: report-0: the file is empty'
    """
    try:
        collect(reader, *contents, **options)
    except Absent as reason:
        return f"absent: {reason}"
    except Unreadable as reason:
        return f"unreadable: {reason}"
    return "collected"
