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


def outputs_named(files: Iterable[str]) -> Iterator[Output]:
    """Yield the outputs that are written as FORMAT=PATH.

    Raises:
        UsageError: One of them is not.
    """
    for written in files:
        name, equals, path = written.partition("=")
        if not (equals and path):
            raise UsageError(f"--output {written}: write FORMAT=PATH, json=verdict.json for instance")
        yield Output(name, Path(path))


def signing_key(key: Path, outputs: Iterable[Output]) -> Path:
    """Return a key that can sign, before anything is judged; warn if others can read it.

    Raises:
        UsageError: It cannot sign, or no output is signed.
    """
    from gatekeeper.attested.keys import signer

    if all(one.format != ATTESTED for one in outputs):
        raise UsageError("--sign is for an attested result: add --output intoto=PATH")
    signer(key)
    if os.name == "posix" and key.stat().st_mode & 0o077:
        typer.echo(f"warning: others can read or write {key}: run `chmod 600 {key}`", err=True)
    return key
