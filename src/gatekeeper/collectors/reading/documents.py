"""The documents of files that people write, and errors that tell where in them they lie."""

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


@contextmanager
def about(document: Structured, *path: Step) -> Iterator[None]:
    """Put file and line before what is wrong at `path`."""
    try:
        yield
    except Unreadable as flaw:
        line = document.line(path)
        place = f"{document.file}: line {line}" if line else document.file
        raise Unreadable(f"{place}: {flaw}") from None


def is_kubernetes_object(value: object) -> bool:
    """Tell whether this is some object of Kubernetes, which may stand between others in one file."""
    return isinstance(value, dict) and isinstance(value.get("apiVersion"), str) and "kind" in value
