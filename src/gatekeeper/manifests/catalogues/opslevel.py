"""OpsLevel: `opslevel.yml`, with one service or component.

Source: https://docs.opslevel.com/docs/opslevel-yml. `service` is the older word for a `component` of the type
service. Dependencies are named by their aliases.
"""

from collections.abc import Iterator

from gatekeeper.manifests.catalogues.entry import CatalogueEntry, CodePlace, mapping, text, texts
from gatekeeper.syntax.yaml import load_all

FILES = ("opslevel.yml",)

_HOSTS = {"github": "github.com", "gitlab": "gitlab.com", "bitbucket": "bitbucket.org"}


def entries(data: bytes) -> Iterator[CatalogueEntry]:
    """Yield the service of a file; nothing if the file is only about the repository.

    Raises:
        SyntaxProblem: The file is not YAML, or has aliases or tags.
    """
    for document in load_all(data):
        for key in ("service", "component"):
            about = mapping(document.value, key)
            name, type_ = text(about.get("name")), text(about.get("type")) or "service"
            if not name:
                continue
            yield CatalogueEntry(
                name,
                document.position([key, "name"])[0],
                None if "service" in type_.casefold() else f"type {type_}",
                text(about.get("owner")),
                next(_places(about.get("repositories")), None),
                tuple(texts(about.get("dependencies"), "alias")),
                tuple(texts(about.get("aliases"))),
            )


def _places(repositories: object) -> Iterator[CodePlace]:
    for one in repositories if isinstance(repositories, list) else ():
        name, host = text(mapping(one).get("name")), _HOSTS.get(str(mapping(one).get("provider")))
        if name and host:
            yield CodePlace(f"{host}/{name}", (text(mapping(one).get("path")) or "").strip("/"))
