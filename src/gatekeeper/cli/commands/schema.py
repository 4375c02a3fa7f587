"""`gatekeeper schema`: Print the JSON Schema of a manifest.

Editors and other validators can use it. With --out, write the schemas of all manifests. With --workspace,
they have the names that this workspace uses, each with its meaning: milestones, levels, gates, slots,
criteria, targets, profiles, roles, services, people, owners and labels.

Example: gatekeeper schema --workspace --out schemas

Heading: Set up
"""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from gatekeeper.cli import completion_words as words
from gatekeeper.cli.arguments import (
    File,
    Text,
    argument,
    flag,
    in_words,
    option,
    start_folder,
    workspace_root,
)
from gatekeeper.cli.output import write, write_data, write_to
from gatekeeper.errors import UsageError, known

if TYPE_CHECKING:
    from collections.abc import Callable


def command(
    context: typer.Context,
    name: Annotated[Text, argument("NAME", f"{in_words(words.schemas())}.", words.schemas)] = None,
    out: Annotated[File, option("--out", "DIR", "Write all schemas, as NAME.schema.json.")] = None,
    workspace: Annotated[bool, flag("--workspace", "With the names of this workspace.")] = False,
) -> None:
    """Write one schema, or all schemas to a folder."""
    from gatekeeper.manifests.schema import schema, schema_text

    schemas = words.schemas()
    if name is not None and out is not None:
        raise UsageError("--out writes all schemas: leave NAME or --out out")
    if name is not None:
        known(name, schemas, "schema")
    elif out is None:
        raise UsageError(f"name a schema ({', '.join(schemas)}), or a folder for all of them with --out")
    described = _of_workspace(context) if workspace else schema
    if out is None:
        write_data(schema_text(described(str(name))))
        return
    for of in schemas:
        write_to(out / f"{of}.schema.json", schema_text(described(of)), start_folder(context))
    write(f"wrote {len(schemas)} schemas to {out}\n")


def _of_workspace(context: typer.Context) -> "Callable[[str], dict[str, Any]]":
    from gatekeeper.manifests.words import open_words
    from gatekeeper.manifests.workspace_schema import workspace_schema
    from gatekeeper.workspace.loading import disk_tree

    root = workspace_root(context)
    found = open_words(root, disk_tree(root))
    return lambda name: workspace_schema(name, found)
