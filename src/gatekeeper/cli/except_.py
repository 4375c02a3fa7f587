"""`gatekeeper except`: the risk register, a command a file."""

import typer

from gatekeeper.cli import except_close, except_list, except_open

app = typer.Typer(
    help="Keep the risk register: what ships at L3 instead of L4.\n\n"
    "Example: gatekeeper except list --milestone M4",
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
)

for _module in (except_open, except_close, except_list):
    app.command(_module.__name__.rpartition("_")[2])(_module.command)
