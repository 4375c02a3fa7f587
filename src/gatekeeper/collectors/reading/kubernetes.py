"""The objects of Kubernetes that a document holds: the items of a List, and the documents in a ConfigMap."""

from collections.abc import Callable, Iterable, Iterator

from gatekeeper.collectors.reading.embedded import InnerObject, documents_in
from gatekeeper.collectors.reading.figures import section
from gatekeeper.collectors.reading.structured import Structured, about
from gatekeeper.model.evidence import Unreadable
from gatekeeper.syntax import SyntaxProblem
from gatekeeper.syntax.json import Json, Object
from gatekeeper.syntax.yaml import Step

_STRUCTURED = (".json", ".yaml", ".yml", ".rules")
"""A text of a ConfigMap under such a name must be JSON or YAML; others may be."""


def unwrapped(
    documents: Iterable[Structured], is_known: Callable[[Structured], bool]
) -> Iterator[Structured]:
    """Yield documents; a List as its items, a ConfigMap as the documents in its texts.

    Args:
        documents: The documents of a file.
        is_known: Whether a document is what the caller looks for. A ConfigMap with no such document in it is
            yielded as it is: it configures something else.

    Raises:
        Unreadable: A List is not whole, or a ConfigMap has what is looked for beside a text that is broken.
    """
    for document in documents:
        if (items := _items(document.value)) is not None:
            yield from unwrapped(_of_list(document, *items), is_known)
        elif _is_object(document.value, "ConfigMap"):
            yield from _of_config_map(document, is_known)
        else:
            yield document


def is_object(value: Json) -> bool:
    """Return whether a value has the marks of every object of Kubernetes."""
    return isinstance(value, dict) and isinstance(value.get("apiVersion"), str) and "kind" in value


def _is_object(value: Json, kind: str) -> bool:
    return isinstance(value, dict) and is_object(value) and value["kind"] == kind


def _items(value: Json) -> tuple[list[Json], tuple[Step, ...]] | None:
    """Return the items of a List, or a plain list of objects, with their path; None for anything else."""
    if isinstance(value, list):
        return (value, ()) if value and all(map(is_object, value)) else None
    if not isinstance(value, dict) or not is_object(value):
        return None
    kind, items = value["kind"], value.get("items")
    return (items, ("items",)) if str(kind).endswith("List") and isinstance(items, list) else None


def _of_list(document: Structured, items: list[Json], path: tuple[Step, ...]) -> Iterator[Structured]:
    outer: Object = document.value if isinstance(document.value, dict) else {}
    with about(document):
        if section(outer, "metadata").get("continue"):
            raise Unreadable("the list has further pages: `metadata.continue`")
    kind = str(outer.get("kind", "")).removesuffix("List")
    # The items of a list of one kind may leave out what they share.
    shared: Object = {"apiVersion": outer["apiVersion"], "kind": kind} if kind else {}
    for index, item in enumerate(items):
        with about(document, *path, index):
            if not isinstance(item, dict):
                raise Unreadable(f"an item of the {outer.get('kind')} is not an object")
            yield InnerObject(document, (*path, index), {**shared, **item})


def _of_config_map(document: Structured, is_known: Callable[[Structured], bool]) -> Iterator[Structured]:
    texts = section(document.object, "data")
    found: list[Structured] = []
    problem: tuple[str, SyntaxProblem] | None = None
    for name, text in texts.items():
        try:
            inner = documents_in(document, text, "data", name) if isinstance(text, str) else []
        except SyntaxProblem as error:
            problem = (name, error) if name.endswith(_STRUCTURED) else problem
            continue
        found += [each for each in inner if isinstance(each.value, dict | list) and each.value]
    if not any(map(is_known, found)):
        yield document
        return
    with about(document, "data"):
        if problem:
            raise Unreadable(f"{problem[0]} of the ConfigMap: {problem[1]}")
        if document.object.get("binaryData"):
            raise Unreadable("the binaryData of the ConfigMap is not read")
    yield from found
