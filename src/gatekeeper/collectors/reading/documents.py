"""The documents of files that people write, and the place of a flaw in them."""

from collections.abc import Iterator
from contextlib import contextmanager

from gatekeeper.collectors.reading.structured import Structured, read_all
from gatekeeper.model.evidence import Absent, Artefact, Unreadable
from gatekeeper.syntax.yaml import Step


def documents(artefact: Artefact) -> Iterator[list[Structured]]:
    """Read the files of an artefact, each with its JSON or YAML documents."""
    for file in artefact.files:
        try:
            yield read_all(file)
        except Absent as nothing:
            if len(artefact.files) == 1:
                raise
            # Among others, an empty file was cut short: what it held would go unseen.
            raise Unreadable(str(nothing)) from None


class _Placed(Unreadable):
    """A flaw whose message begins with its place."""


@contextmanager
def about(document: Structured, *path: Step) -> Iterator[None]:
    """Put file and line before the message of a flaw at `path`; of nested places the innermost is shown."""
    try:
        yield
    except _Placed:
        raise
    except Unreadable as flaw:
        line = document.line(path)
        place = f"{document.file}: line {line}" if line else document.file
        raise _Placed(f"{place}: {flaw}") from None


def is_kubernetes_object(value: object) -> bool:
    """Return whether a value is an object of Kubernetes; a file may hold several, of different kinds."""
    return isinstance(value, dict) and isinstance(value.get("apiVersion"), str) and "kind" in value
