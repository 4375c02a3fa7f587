"""Read evidence of the kind `error_registry`."""

from collections.abc import Iterator

from gatekeeper.collectors.error_registry.facts import ErrorRegistryFacts
from gatekeeper.collectors.formats import error_codes
from gatekeeper.collectors.formats.error_codes import Code
from gatekeeper.collectors.reading.node import Node
from gatekeeper.collectors.reading.structured import read
from gatekeeper.model.evidence import Absent, Artefact, ArtefactFile, Collected, Options

_WRAPPERS = ("codes", "errors")


def collect(artefact: Artefact, options: Options) -> Collected[ErrorRegistryFacts]:  # noqa: ARG001 - this kind has no options
    """Read every file of the registry."""
    codes = [code for file in artefact.files for code in _codes(file)]
    if not codes:
        raise Absent(f"{artefact.path} lists no code")
    return Collected("error-registry", _facts(codes))


def _codes(file: ArtefactFile) -> Iterator[Code]:
    document = read(file)
    root = Node.of(document)
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


def _facts(codes: list[Code]) -> ErrorRegistryFacts:
    first: dict[str, Code] = {}
    duplicates = []
    for code in codes:
        if code.text in first:
            duplicates.append(
                code.place.finding(f"{_shown(code)} is listed before, at {_where(first, code)}")
            )
        else:
            first[code.text] = code
    return ErrorRegistryFacts(tuple(first), tuple(duplicates))


def _shown(code: Code) -> str:
    return code.text if code.text.isprintable() else repr(code.text)


def _where(first: dict[str, Code], code: Code) -> str:
    return first[code.text].place.place()
