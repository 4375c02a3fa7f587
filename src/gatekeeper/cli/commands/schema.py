"""`gatekeeper schema`: Print the JSON Schema of a manifest.

Editors and other validators can use it. With --out, write the schemas of all manifests.

Example: gatekeeper schema service

Heading: Set up
"""

from typing import Annotated

import typer

from gatekeeper.cli import completion_words as words
from gatekeeper.cli.arguments import File, Text, argument, in_words, option, start_folder
from gatekeeper.cli.output import write, write_data, write_to
from gatekeeper.errors import UsageError, known


def command(
    context: typer.Context,
    name: Annotated[Text, argument("NAME", f"{in_words(words.schemas())}.", words.schemas)] = None,
    out: Annotated[File, option("--out", "DIR", "Write all schemas, as NAME.schema.json.")] = None,
) -> None:
    """Write one schema, or all schemas to a folder."""
    from gatekeeper.manifests.schema import schema_text

    schemas = words.schemas()
    if name is not None:
        write_data(schema_text(known(name, schemas, "schema")))
    elif out is not None:
        for of in schemas:
            write_to(out / f"{of}.schema.json", schema_text(of), start_folder(context))
        write(f"wrote {len(schemas)} schemas to {out}\n")
    else:
        raise UsageError(f"name a schema ({', '.join(schemas)}), or a folder for all of them with --out")
