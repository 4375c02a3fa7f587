"""`gatekeeper what-if`: Show what a change of rules would do to the services as they are.

Judges every milestone that has not exited by the rules of today and by the changed ones: which verdicts,
levels and criteria flip, and which work that costs whom. It changes no file; it shows the lines to edit.

Example: gatekeeper what-if --set G1.coverage=97 --effective M3

Heading: Judge
"""

import shlex
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from gatekeeper.cli import completion_words as words
from gatekeeper.cli.arguments import AsOf, Text, Texts, format_option, open_here, option, start_folder


def command(
    context: typer.Context,
    set_: Annotated[
        Texts, option("--set", "RULE=VALUE", "Set a value: G1.coverage=97; repeatable.", words.criteria)
    ] = None,
    drop: Annotated[
        Texts,
        option("--drop", "RULE", "Drop a criterion, a condition or a field; repeatable.", words.criteria),
    ] = None,
    add: Annotated[
        list[Path] | None, option("--add", "FILE", "Add the criteria and slots of a file; repeatable.")
    ] = None,
    effective: Annotated[
        Text, option("--effective", "M|DATE", "Let the change bind from then on.", words.milestones)
    ] = None,
    milestone: Annotated[
        Text, option("--milestone", "M", "By default all that have not exited.", words.milestones, "-m")
    ] = None,
    service: Annotated[
        Texts, option("--service", "NAME", "Judge this service only; repeatable.", words.services, "-s")
    ] = None,
    owner: Annotated[
        Texts, option("--owner", "TEAM", "Judge the services of this owner only; repeatable.", words.owners)
    ] = None,
    as_of: AsOf = None,
    format_: Annotated[str, format_option("table", "json", "markdown")] = "table",
) -> None:
    """Judge by both rulebooks and write what differs."""
    from gatekeeper.cli.output import read_bytes, show, write_data
    from gatekeeper.errors import UsageError
    from gatekeeper.model.report import Filter
    from gatekeeper.reporters.views import what_if as view
    from gatekeeper.workspace.clock import today
    from gatekeeper.workspace.rule_additions import NewRules
    from gatekeeper.workspace.rule_changes import RuleChanges
    from gatekeeper.workspace.what_if import judge_change

    if not (set_ or drop or add):
        raise UsageError("""name a change of rules; each option may be repeated:
  --set G1.coverage=97     a criterion's threshold, or any other value of the rulebook
  --drop G1.no-any         a criterion, a condition, a field or an item of a list
  --add new-criteria.yaml  the criteria and slots of a file
`--effective M3` lets the change bind from a milestone or a date on""")
    new = [NewRules(str(file), read_bytes(file, start_folder(context))) for file in add or ()]
    changes = RuleChanges(set_ or (), drop or (), new, effective)
    shown = Filter(tuple(service or ()), tuple(owner or ()))
    found = judge_change(open_here(context).loaded, changes, milestone, as_of or today(), shown)
    if format_ == "markdown":
        write_data(view.as_markdown(found, _command(context, found.as_of)))
    else:
        show(format_, lambda: view.data(found), lambda on: view.parts(found, on))


def _command(context: typer.Context, as_of: date) -> str:
    """Return the command that reproduces a result."""
    given: dict[str, Any] = {**context.params, "as_of": as_of, "format_": None}
    options = {option.opts[0]: given.get(option.name or "") for option in context.command.params}
    words = [
        (name, value)
        for name, of in options.items()
        for value in (of if isinstance(of, list | tuple) else [of])
    ]
    where = [] if context.obj == Path() else ["-C", str(context.obj)]
    told = (word for name, value in words if value is not None for word in (name, str(value)))
    return shlex.join(["gatekeeper", *where, "what-if", *told])
