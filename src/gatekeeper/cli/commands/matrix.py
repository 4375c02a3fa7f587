"""`gatekeeper matrix`: Show the plan: service x milestone x level.

A `*` marks targets that are reached; `earned` is the level that evidence and signatures prove today.

Example: gatekeeper matrix --format json

Heading: Plan
"""

from typing import Annotated

import typer

from gatekeeper.cli.arguments import AsOf, format_option, open_here
from gatekeeper.cli.output import show, write_data


def command(
    context: typer.Context,
    as_of: AsOf = None,
    format_: Annotated[str, format_option("table", "json", "markdown")] = "table",
) -> None:
    """Write the plan, and the level that each service has earned."""
    from gatekeeper.judging.plans.matrix import matrix
    from gatekeeper.reporters.views import matrix as view
    from gatekeeper.workspace.clock import today
    from gatekeeper.workspace.judging import earned_levels

    loaded = open_here(context).loaded
    manifests, rulebook = loaded.manifests, loaded.rulebook
    rows = matrix(manifests.services.values(), rulebook.scale)
    day = as_of or today()
    shown = view.Matrix(rows, earned_levels(loaded, day), manifests.milestones, rulebook, day)
    if format_ == "markdown":
        write_data(view.as_markdown(shown))
    else:
        show(format_, lambda: view.data(shown), lambda on: view.parts(shown, on))
