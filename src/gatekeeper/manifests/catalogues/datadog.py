"""Datadog: `service.datadog.yaml` (schemas v2, v2.1, v2.2) and `entity.datadog.yaml` (v3), several documents.

Source: https://docs.datadoghq.com/internal_developer_portal/software_catalog/entity_model and the schemas at
https://github.com/DataDog/schema/tree/main/service-catalog.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from gatekeeper.manifests.catalogues.entry import (
    CatalogueEntry,
    CodePlace,
    mapping,
    place,
    reference,
    text,
    texts,
)
from gatekeeper.syntax.yaml import YamlDocument, load_all

FILES = tuple(f"{name}.datadog.{ending}" for name in ("service", "entity") for ending in ("yaml", "yml"))


def entries(data: bytes) -> Iterator[CatalogueEntry]:
    """Yield the services of a file, and other entities as what they are.

    Raises:
        SyntaxProblem: The file is not YAML, or has aliases or tags.
    """
    for document in load_all(data):
        about = mapping(document.value)
        if name := text(about.get("dd-service")):
            yield _of_2(name, about, document)
        elif str(about.get("apiVersion", "")).startswith("v3") and text(
            mapping(about, "metadata").get("name")
        ):
            yield _of_3(about, document)


def _of_2(name: str, about: Mapping[str, Any], document: YamlDocument) -> CatalogueEntry:
    owner = text(about.get("team")) or text(about.get("dd-team"))
    urls = [*texts(about.get("repos"), "url"), *_of_type_repo(about.get("links"))]
    return CatalogueEntry(name, document.position(["dd-service"])[0], owner=owner, at=_code_place(urls))


def _of_3(about: Mapping[str, Any], document: YamlDocument) -> CatalogueEntry:
    metadata, kind = mapping(about, "metadata"), text(about.get("kind")) or "unknown"
    needed = [reference(written) for written in texts(mapping(about, "spec").get("dependsOn"))]
    return CatalogueEntry(
        str(text(metadata.get("name"))),
        document.position(["metadata", "name"])[0],
        None if kind == "service" else f"kind {kind}",
        text(metadata.get("owner")),
        next(_code(mapping(about, "datadog").get("codeLocations")), None)
        or _code_place(_of_type_repo(metadata.get("links"))),
        tuple(named for of_kind, named in needed if of_kind in ("service", "")),
    )


def _code(locations: object) -> Iterator[CodePlace]:
    """Yield the places of code; a folder is the part of its first pattern before a wildcard."""
    for one in locations if isinstance(locations, list) else ():
        pattern = next(texts(mapping(one).get("paths")), "")
        folder = pattern.partition("*")[0].rpartition("/")[0]
        if found := place(text(mapping(one).get("repositoryURL")) or "", folder):
            yield found


def _of_type_repo(links: object) -> list[str]:
    return list(
        texts(
            [
                link
                for link in (links if isinstance(links, list) else ())
                if mapping(link).get("type") == "repo"
            ],
            "url",
        )
    )


def _code_place(urls: list[str]) -> CodePlace | None:
    return next(filter(None, map(place, urls)), None)
