"""`gatekeeper summary`: Show which services must be green when.

Lists, for each milestone, every service in scope with its target level. The source is the matrix.

Example: gatekeeper summary

Heading: Plan
"""

import typer

from gatekeeper.cli.arguments import FormatOption, open_here
from gatekeeper.cli.output import show


def command(context: typer.Context, format_: FormatOption = "table") -> None:
    """Write the targets of every milestone."""
    from gatekeeper.judging.plans.matrix import summary
    from gatekeeper.reporters.views import summary as view

    manifests = open_here(context).loaded.manifests
    derived = summary(manifests.services.values(), manifests.levels.scale, manifests.milestones)
    roadmap = manifests.milestones
    show(format_, lambda: view.data(derived, roadmap), lambda on: view.parts(derived, roadmap, on))
