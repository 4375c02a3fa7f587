"""Cortex: `cortex.yaml`, an OpenAPI description with `x-cortex-` keys below `info`.

Source: https://docs.cortex.io/ingesting-data-into-cortex/entities/yaml and -/entities-overview/dependencies.
Without `x-cortex-type` an entity is a service. Other programs use the name of the file, too: without
`x-cortex-tag` it is not a catalogue.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from gatekeeper.manifests.catalogues.entry import CatalogueEntry, CodePlace, mapping, text, texts
from gatekeeper.syntax.yaml import load_all

FILES = ("cortex.yaml", "cortex.yml")

_HOSTS = {"github": "github.com", "gitlab": "gitlab.com", "bitbucket": "bitbucket.org"}


def entries(data: bytes) -> Iterator[CatalogueEntry]:
    """Yield the entity of a file.

    Raises:
        SyntaxProblem: The file is not YAML, or has aliases or tags.
    """
    for document in load_all(data):
        info = mapping(document.value, "info")
        tag, type_ = text(info.get("x-cortex-tag")), text(info.get("x-cortex-type")) or "service"
        if tag is None:
            continue
        needed = [
            *texts(info.get("x-cortex-dependency"), "tag"),
            *texts(info.get("x-cortex-dependencies"), "tag"),
        ]
        yield CatalogueEntry(
            tag,
            document.position(["info", "x-cortex-tag"])[0],
            None if type_.casefold() == "service" else f"type {type_}",
            _owner(info.get("x-cortex-owners")),
            next(_places(mapping(info, "x-cortex-git")), None),
            tuple(needed),
            tuple(texts([info.get("title")])),
        )


def _owner(owners: object) -> str | None:
    groups = (
        text(mapping(one).get("name"))
        for one in (owners if isinstance(owners, list) else ())
        if str(mapping(one).get("type")).casefold() == "group"
    )
    return next(filter(None, groups), None)


def _places(git: Mapping[str, Any]) -> Iterator[CodePlace]:
    for provider, host in _HOSTS.items():
        about = mapping(git, provider)
        if repository := text(about.get("repository")):
            yield CodePlace(f"{host}/{repository}", (text(about.get("basepath")) or "").strip("/"))
