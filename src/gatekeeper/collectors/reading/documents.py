"""Read the documents of files that people write, and add the place to an error in them."""

from collections.abc import Iterator
from contextlib import contextmanager

from gatekeeper.collectors.reading.structured import Structured, read_all
from gatekeeper.model.evidence import Absent, Artefact, Unreadable
from gatekeeper.syntax.yaml import Step


def documents(artefact: Artefact) -> Iterator[list[Structured]]:
    """Yield the JSON or YAML documents of each file of an artefact."""
    for file in artefact.files:
        try:
            yield read_all(file)
        except Absent as nothing:
            if len(artefact.files) == 1:
                raise
            # An empty file among others may have been cut short: what it held would go unseen.
            raise Unreadable(str(nothing)) from None


class _Placed(Unreadable):
    """A flaw whose message begins with its place."""


@contextmanager
def about(document: Structured, *path: Step) -> Iterator[None]:
    """Put file and line before the reason why the value at `path` is unreadable; the innermost place wins."""
    try:
        yield
    except _Placed:
        raise
    except Unreadable as flaw:
        line = document.line(path)
        place = f"{document.file}: line {line}" if line else document.file
        raise _Placed(f"{place}: {flaw}") from None


def is_kubernetes_object(value: object) -> bool:
    """Return whether this is an object of Kubernetes: a file may hold several of them."""
    return isinstance(value, dict) and isinstance(value.get("apiVersion"), str) and "kind" in value
