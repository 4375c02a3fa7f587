"""`gatekeeper schema`."""

from pathlib import Path
from typing import Annotated

import typer

from gatekeeper.cli import _words
from gatekeeper.cli._run import known, say, start_folder, write_file
from gatekeeper.errors import UsageError


def command(
    context: typer.Context,
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="NAME",
            help="service, milestone, exception, gate, levels, governance or gatekeeper.",
            autocompletion=_words.among(*_words.SCHEMAS),
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Write all schemas, as NAME.schema.json.")
    ] = None,
) -> None:
    """Print the JSON Schema of a manifest.

    For editors and other validators; with --out, all of them.

    Example: gatekeeper schema service
    """
    import json

    from gatekeeper.manifests.schema import MODELS, schema

    def text(of: str) -> str:
        return json.dumps(schema(of), indent=2) + "\n"

    if name is not None:
        say(text(known(name, MODELS, "schema")))
    elif out is not None:
        for of in MODELS:
            write_file(start_folder(context) / out / f"{of}.schema.json", text(of))
        say(f"wrote {len(MODELS)} schemas to {out}\n")
    else:
        raise UsageError(f"name a schema ({', '.join(MODELS)}), or a folder for all of them with --out")
