"""The files of an artefact of OpenAPI descriptions, or of reports about them."""

import posixpath
from collections.abc import Sequence

from gatekeeper.collectors.reading.structured import Structured, read
from gatekeeper.model.evidence import Absent, ArtefactFile

_STRUCTURED = (".json", ".yaml", ".yml")


class Files:
    """The files of an artefact, each parsed once."""

    def __init__(self, files: Sequence[ArtefactFile]) -> None:
        self._files = {posixpath.normpath(file.name): file for file in files}
        self._read: dict[str, Structured] = {}

    def documents(self) -> list[Structured]:
        """Return the documents that are not empty.

        Of several files only those named as JSON or YAML are read, because a folder may have a README.
        """
        names = [name for name in self._files if name.lower().endswith(_STRUCTURED)] or list(self._files)
        if len(names) == 1:
            return [self.read(names[0])]
        return [document for name in names if (document := self._read_unless_empty(name))]

    def __contains__(self, name: str) -> bool:
        return name in self._files

    def read(self, name: str) -> Structured:
        """Return the parsed content of a file."""
        if name not in self._read:
            self._read[name] = read(self._files[name])
        return self._read[name]

    def _read_unless_empty(self, name: str) -> Structured | None:
        try:
            return self.read(name)
        except Absent:
            return None


def is_description(document: Structured) -> bool:
    """Return whether a document claims to be the root of an OpenAPI description, of any version."""
    return isinstance(document.value, dict) and ("openapi" in document.value or "swagger" in document.value)
