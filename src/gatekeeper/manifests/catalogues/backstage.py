"""Backstage: `catalog-info.yaml`, with an entity a YAML document.

Source: https://backstage.io/docs/features/software-catalog/descriptor-format, -/references and
-/well-known-annotations. A component is a service if its type says so (`service`, `grpc-service`, `worker`).
A `Location` leads to more files; only those in the repository are read.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from gatekeeper.manifests.catalogues.entry import (
    CatalogueEntry,
    CodePlace,
    mapping,
    place,
    reference,
    text,
    texts,
)
from gatekeeper.syntax import SyntaxProblem
from gatekeeper.syntax.yaml import YamlDocument, load_all

FILES = ("catalog-info.yaml", "catalog-info.yml")

_TYPES = frozenset({"api", "backend", "worker"})
_HOSTS = ("github.com", "gitlab.com")
_SOURCE = "backstage.io/source-location"


class LocationTarget(NamedTuple):
    """A file that a `Location` leads to."""

    path: str
    """Relative to the file of the location."""
    line: int


def entries(data: bytes) -> Iterator[CatalogueEntry]:
    """Yield the components of a file, and other entities as what they are.

    Raises:
        SyntaxProblem: The file is not YAML, or has aliases or tags.
    """
    for document in load_all(data):
        entity = mapping(document.value)
        kind = text(entity.get("kind"))
        if kind and str(entity.get("apiVersion", "")).startswith("backstage.io/") and kind != "Location":
            yield _entry(entity, kind, document)


def targets(data: bytes) -> Iterator[LocationTarget]:
    """Yield the files that the locations of a valid file name; addresses are left out."""
    for document in load_all(data):
        spec = mapping(document.value, "spec")
        if mapping(document.value).get("kind") == "Location":
            for path in [*texts([spec.get("target")]), *texts(spec.get("targets"))]:
                if "://" not in path:
                    yield LocationTarget(path, document.position(["spec"])[0])


def _entry(entity: Mapping[str, Any], kind: str, document: YamlDocument) -> CatalogueEntry:
    metadata, spec = mapping(entity, "metadata"), mapping(entity, "spec")
    line, column = document.position(["metadata", "name"])
    name = text(metadata.get("name"))
    if name is None:
        raise SyntaxProblem(f"the {kind} has no `metadata.name`", line, column)
    type_ = (text(spec.get("type")) or "").casefold()
    other = None
    if "{{" in name:
        other = "it is a template"
    elif kind.casefold() != "component":
        other = f"kind {kind}"
    elif "service" not in type_ and type_ not in _TYPES:
        other = f"type {type_ or 'unknown'}"
    elif text(spec.get("lifecycle")) == "deprecated":
        other = "lifecycle deprecated"
    owner = text(spec.get("owner"))
    components = [
        named
        for of_kind, named in map(reference, texts(spec.get("dependsOn")))
        if of_kind in ("component", "")
    ]
    return CatalogueEntry(
        name,
        line,
        other,
        reference(owner)[1] if owner else None,
        _code_place(mapping(metadata, "annotations")),
        tuple(components),
        provides=_apis(spec, "providesApis"),
        consumes=_apis(spec, "consumesApis"),
    )


def _apis(spec: Mapping[str, Any], key: str) -> tuple[str, ...]:
    return tuple(reference(api)[1] for api in texts(spec.get(key)))


def _code_place(annotations: Mapping[str, Any]) -> CodePlace | None:
    source = text(annotations.get(_SOURCE))
    if source and (found := place(source.removeprefix("url:"))):
        return found
    slugs = ((host, text(annotations.get(f"{host}/project-slug"))) for host in _HOSTS)
    return next((CodePlace(f"{host}/{slug}") for host, slug in slugs if slug), None)
