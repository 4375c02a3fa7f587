"""The laws of a reader: for any bytes it returns facts of the promised shapes, or one sentence why not."""

from collections.abc import Callable, Mapping
from math import isfinite
from typing import Any

from gatekeeper.collectors import shapes_of
from gatekeeper.model.evidence import (
    Absent,
    Artefact,
    Collected,
    Facts,
    Finding,
    Options,
    Shape,
    Unreadable,
    touched,
)
from gatekeeper.plugins import KindReader

Law = Callable[[Facts], object]
"""Returns something true if the facts are consistent."""


def check_reader(
    reader: KindReader, artefact: Artefact, options: Options | None = None, law: Law | None = None
) -> Collected | None:
    """Return what the reader collects, or None if it refuses the artefact as it may.

    Args:
        reader: A module with `collect`.
        artefact: Any artefact, whether the reader understands it or not.
        options: The options of the slot.
        law: What holds between the facts of this kind, if the reader understands everything.

    Raises:
        AssertionError: The reader breaks a law: the reason for refusing the artefact is not one line or names
            no file, a fact is not of the promised shape, a figure is not finite, or `law` fails.

    >>> from gatekeeper.collectors.tests import read
    >>> from gatekeeper.testing import artefact
    >>> check_reader(read, artefact("no test report"))
    """
    try:
        collected: object = reader.collect(artefact, options or {})
    except (Absent, Unreadable) as reason:
        _check_reason(str(reason), artefact)
        return None
    if not isinstance(collected, Collected) or not collected.format:
        raise AssertionError(f"the reader returns no facts with the name of a format: {collected!r}")
    _check_facts(collected.facts)
    if law is not None and not touched(collected.origins) and not law(collected.facts):
        raise AssertionError(f"the law of the kind fails: {collected.facts}")
    return collected


def _check_reason(reason: str, artefact: Artefact) -> None:
    names = (artefact.path, *(file.name for file in artefact.files))
    if not any(name in reason for name in names):
        raise AssertionError(f"the reason names none of {names}: {reason!r}")
    if "\n" in reason:
        raise AssertionError(f"the reason has several lines: {reason!r}")


def _check_facts(facts: Facts) -> None:
    if isinstance(facts, Mapping):  # of the kind `json`: a value of any shape
        fields, values = dict.fromkeys(facts, Shape.ANY), facts
    else:
        fields, values = dict(shapes_of(type(facts))), facts._asdict()
    for name, shape in fields.items():
        value = values[name]
        if value is not None and not _is_of(shape, value):
            raise AssertionError(f"{name} is not {shape}: {value!r}")
        if not _is_finite(value):
            raise AssertionError(f"{name} holds a figure that is not finite: {value!r}")


def _is_of(shape: Shape, value: object) -> bool:
    match shape:
        case Shape.NUMBER:
            return isinstance(value, int | float) and not isinstance(value, bool)
        case Shape.NAMES | Shape.FINDINGS:
            item = str if shape is Shape.NAMES else Finding
            return isinstance(value, tuple) and all(isinstance(each, item) for each in value)
        case _:
            types = {Shape.TEXT: str, Shape.FLAG: bool, Shape.MAPPING: Mapping}
            return isinstance(value, types.get(shape, object))


def _is_finite(value: object) -> bool:
    match value:
        case float():
            return isfinite(value)
        case Mapping():
            return all(_is_finite(inner) for inner in value.values())
        case list() | tuple():
            return all(_is_finite(inner) for inner in value)
        case _:
            return True


def fuzz_reader(
    reader: KindReader,
    *seeds: bytes | str,
    options: Options | None = None,
    name: str = "report-0",
    law: Law | None = None,
    examples: int = 100,
) -> None:
    """Check the laws of a reader on any bytes, and on its seeds damaged in many ways.

    Args:
        reader: A module with `collect`.
        seeds: Artefacts that the reader understands, each of one file.
        options: The options of the slot.
        name: The name of the file, for readers that decide by the name.
        law: What holds between the facts of this kind.
        examples: How many artefacts to try for each seed and each way to damage it.

    Raises:
        AssertionError: The reader breaks a law; the output shows the smallest artefact found.
        Exception: The reader fails on an artefact with this error.
        ImportError: The package hypothesis is not installed.

    >>> from gatekeeper.collectors.tests import read
    >>> fuzz_reader(read, '<testsuite><testcase name="a"/></testsuite>', examples=5)
    """
    from gatekeeper.testing.artefacts import tree
    from gatekeeper.testing.fuzzing import contents, run

    def check(data: bytes) -> Any:
        return check_reader(reader, tree({name: data}, name), options, law)

    for damaged in contents(*(seed.encode() if isinstance(seed, str) else seed for seed in seeds)):
        run(check, damaged, examples)
