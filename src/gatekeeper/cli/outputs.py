"""The options `--output FORMAT=PATH` and `--sign KEY`."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import typer

from gatekeeper.errors import UsageError
from gatekeeper.model.attested import ATTESTED


class Output(NamedTuple):
    """An output format, and the file to write; None: standard output."""

    format: str
    file: Path | None = None

    @property
    def is_screen(self) -> bool:
        """Whether people read it on standard output; other formats are the same there as in a file."""
        return self.file is None and self.format == "table"


def outputs_named(files: Iterable[str]) -> Iterator[Output]:
    """Yield the outputs that are written as FORMAT=PATH.

    Raises:
        UsageError: One of them is not.
    """
    seen = set[Path]()
    for written in files:
        name, equals, path = written.partition("=")
        if not (equals and path):
            raise UsageError(f"--output {written}: write FORMAT=PATH, json=verdict.json for instance")
        if Path(path) in seen and not path.startswith("/dev/"):
            raise UsageError(f"--output {written}: another output is written to this file; name another one")
        seen.add(Path(path))
        yield Output(name, Path(path))


def signing_key(folder: Path, sign: Path, outputs: Iterable[Output]) -> Path:
    """Return a key that can sign, before anything is judged; warn if others can read it.

    Raises:
        UsageError: It cannot sign, no output is signed, or an output would replace it.
    """
    from gatekeeper.attested.keys import signer

    if all(one.format != ATTESTED for one in outputs):
        raise UsageError("--sign is for an attested result: add --output intoto=PATH")
    key = folder / sign
    signer(key)
    for one in outputs:
        if one.file and os.path.realpath(folder / one.file) == os.path.realpath(key):
            raise UsageError(f"--output {one.format}={one.file} would replace the key: name another file")
    if os.name == "posix" and key.stat().st_mode & 0o077:
        typer.echo(f"warning: others can read or write {key}: run `chmod 600 {key}`", err=True)
    return key
