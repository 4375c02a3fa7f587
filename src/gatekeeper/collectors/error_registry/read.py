"""Read evidence of the kind `error_registry`."""

from collections.abc import Iterator

from gatekeeper.collectors.error_registry.facts import ErrorRegistryFacts
from gatekeeper.collectors.formats import error_codes
from gatekeeper.collectors.formats.error_codes import Code
from gatekeeper.collectors.reading.node import Node
from gatekeeper.collectors.reading.structured import read
from gatekeeper.model.evidence import Absent, Artefact, ArtefactFile, Collected, Options, Origin

_WRAPPERS = ("codes", "errors")


def collect(artefact: Artefact, options: Options) -> Collected[ErrorRegistryFacts]:  # noqa: ARG001 - this kind has no options
    """Read every file of the registry."""
    first: dict[str, Code] = {}
    duplicates = []
    for code in [code for file in artefact.files for code in _codes(file)]:
        if (earlier := first.setdefault(code.text, code)) is not code:
            shown = code.text if code.text.isprintable() else repr(code.text)
            where = earlier.place.place()
            duplicates.append(code.place.finding(f"{shown} is listed before, at {where}"))
    if not first:
        raise Absent(f"{artefact.path} lists no code")
    return Collected(ErrorRegistryFacts(tuple(first), tuple(duplicates)), (Origin("error-registry"),))


def _codes(file: ArtefactFile) -> Iterator[Code]:
    root = Node.of(read(file))
    if not isinstance(root.value, dict | list):
        raise root.flaw("is not a list of error codes")
    return error_codes.read(_unwrapped(root))


def _unwrapped(root: Node) -> Node:
    """Return the value of `codes` or `errors`; a text there is the description of a code of that name."""
    for key in _WRAPPERS:
        if isinstance(root.value, dict) and key in root.value:
            value = root.value[key]
            if value is None or isinstance(value, list | dict):
                return Node(root.document, (key,), value or [])
    return root
