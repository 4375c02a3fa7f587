"""A file that a new workspace should have: a new one is written, an existing one is completed by hand."""

import os
from pathlib import Path
from typing import NamedTuple

from gatekeeper.errors import UsageError
from gatekeeper.trees.disk import read_file


class ProposedFile(NamedTuple):
    """A text for a file which may exist already, and then belongs to somebody else."""

    file: str
    """Relative to the workspace."""
    text: str
    exists: bool
    is_there: bool = False
    """Whether the file exists and has the text."""

    @property
    def new_texts(self) -> dict[str, str]:
        """The file to write, by its name; nothing if it exists."""
        return {} if self.exists else {self.file: self.text}


def proposed(workspace: Path, file: Path, text: str) -> ProposedFile:
    """Return the proposal of a text for a file.

    Raises:
        UsageError: It exists and cannot be read.
    """
    name = os.path.relpath(file, workspace.resolve()).replace(os.sep, "/")
    if not file.exists():
        return ProposedFile(name, text, exists=False)
    try:
        written = read_file(file).decode("utf-8", "replace")
    except OSError as error:
        raise UsageError(f"{name} cannot be read: {error.strerror}") from None
    return ProposedFile(name, text, exists=True, is_there=text.strip() in written)
