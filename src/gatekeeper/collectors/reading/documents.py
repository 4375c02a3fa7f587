"""The documents of an artefact whose files refer to each other."""

import posixpath
from collections.abc import Sequence
from urllib.parse import unquote

from gatekeeper.collectors.reading.structured import Structured, read
from gatekeeper.model.evidence import Absent, ArtefactFile

_STRUCTURED = (".json", ".yaml", ".yml")


class Files:
    """The files of an artefact, each parsed once."""

    def __init__(self, files: Sequence[ArtefactFile]) -> None:
        self._files = {posixpath.normpath(file.name): file for file in files}
        self._read: dict[str, Structured] = {}
        named = [name for name in self._files if name.lower().endswith(_STRUCTURED)]
        self.named = named or list(self._files)
        """Those named as JSON or YAML, because a folder may have a README; if there are none, all files."""

    def documents(self) -> list[Structured]:
        """Return the documents of `named` that are not empty."""
        documents = []
        for name in self.named:
            try:
                documents.append(self.read(name))
            except Absent:
                if len(self.named) == 1:
                    raise
        return documents

    def __contains__(self, name: str) -> bool:
        return name in self._files

    def read(self, name: str) -> Structured:
        """Return the parsed content of a file."""
        if name not in self._read:
            self._read[name] = read(self._files[name])
        return self._read[name]

    def beside(self, document: Structured, name: str) -> str:
        """Return the path of a file that a document names, relative to itself and percent-encoded."""
        return posixpath.normpath(posixpath.join(posixpath.dirname(document.file), unquote(name)))
