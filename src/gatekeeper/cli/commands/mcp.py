"""`gatekeeper mcp`: Serve the workspace to an assistant by the Model Context Protocol.

The server speaks on standard input and output. Its tools only read: check, explain, next, diff, facts,
validate, and the proposals of wire. It needs the extra `mcp`.

Example: gatekeeper -C platform mcp

Heading: Set up
"""

import gc

import typer

from gatekeeper.cli.arguments import start_folder
from gatekeeper.errors import UsageError


def command(context: typer.Context) -> None:
    """Serve until standard input ends."""
    try:
        from gatekeeper.cli.assistant_tools import server
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("mcp", "mcp_types"):
            raise
        message = "mcp: the SDK is not installed; run: pip install 'readiness-gatekeeper[mcp]'"
        raise UsageError(message) from None
    serving = server(start_folder(context))
    gc.enable()  # unlike other commands, it runs for long
    serving.run("stdio")
