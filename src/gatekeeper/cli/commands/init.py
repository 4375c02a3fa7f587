"""`gatekeeper init`: Start a workspace, or add a service.

--minimal starts with levels, milestones and gates under your own names, --empty with a skeleton, and
--reference with the reference rulebook and plan. On a terminal the command asks for what is missing.
Elsewhere, and with --yes, it takes the defaults, and --reference if no start is named. --hooks and --editor
also work in a workspace that exists. --update compares the rulebook and the profiles of a workspace with
those of this program's reference.

Example: gatekeeper init readiness --minimal

Heading: Set up
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from gatekeeper.cli import completion_words as words
from gatekeeper.cli.arguments import File, Text, argument, flag, open_here, option, start_folder
from gatekeeper.cli.output import is_terminal, write
from gatekeeper.cli.statements import next_command, next_command_in, owners_to_name
from gatekeeper.cli.workspace_additions import Wanted, additions
from gatekeeper.errors import UsageError, known
from gatekeeper.manifests.discovery import SETTINGS_FILE, find_repository

if TYPE_CHECKING:
    from gatekeeper.manifests.starter import Starter
    from gatekeeper.manifests.words import WorkspaceWords

T = TypeVar("T")


class _Start(StrEnum):
    MINIMAL = "minimal"
    EMPTY = "empty"
    REFERENCE = "reference"


_CONTENT = {
    _Start.MINIMAL: "levels, milestones, gates and a service",
    _Start.EMPTY: "a skeleton without gates and services (see gates/README.md)",
    _Start.REFERENCE: "the reference rulebook, plan and milestones",
}
_MENU = """\
What do you want to start with?
  1  minimal: levels, milestones and gates under your own names, and a service
  2  empty: a skeleton without gates and services
  3  reference: the reference rulebook, with a plan of 19 services
"""
_SMALLER = "a smaller start, in an empty folder: gatekeeper init --minimal, or gatekeeper init --empty\n"


def command(
    context: typer.Context,
    folder: Annotated[
        File, argument("[DIR]", "The folder of the workspace; by default the current one.")
    ] = None,
    minimal: Annotated[bool, flag("--minimal", "Start with a few levels, milestones and gates.")] = False,
    empty: Annotated[bool, flag("--empty", "Start without gates and services.")] = False,
    reference: Annotated[bool, flag("--reference", "Start with the reference rulebook and plan.")] = False,
    levels: Annotated[
        Text, option("--levels", "A,B,C", "The levels of --minimal; the first requires nothing.")
    ] = None,
    milestones: Annotated[Text, option("--milestones", "A,B", "The milestones of --minimal.")] = None,
    gates: Annotated[Text, option("--gates", "A,B,C", "The gates of --minimal.")] = None,
    sign_off: Annotated[
        Text, option("--sign-off", "ROLE", "The role that signs levels of --minimal; none: nobody signs.")
    ] = None,
    service: Annotated[
        Text,
        option(
            "--service", "NAME", "Add a service to this workspace; or the first one of --minimal, or none."
        ),
    ] = None,
    owner: Annotated[Text, option("--owner", "TEAM", "The owner of the service.", words.owners)] = None,
    hooks: Annotated[bool, flag("--hooks", "Add Git hooks that check before a commit and a push.")] = False,
    editor: Annotated[
        bool, flag("--editor", "Add schemas and settings with which editors check manifests.")
    ] = False,
    update: Annotated[
        bool, flag("--update", "Show what the reference would change in a workspace; nothing is written.")
    ] = False,
    yes: Annotated[bool, flag("--yes", "Do not ask, even on a terminal.")] = False,
) -> None:
    """Write the manifests of a new workspace or of a new service."""
    if update:
        _refuse_with_update(context.params)
        _show_update(start_folder(context) / (folder or ""))
        return
    given = {"--levels": levels, "--milestones": milestones, "--gates": gates, "--sign-off": sign_off}
    of_service = {"--service": service, "--owner": owner}
    start = _start({_Start.MINIMAL: minimal, _Start.EMPTY: empty, _Start.REFERENCE: reference})
    if start is not _Start.MINIMAL:
        _refuse(given, "is for --minimal: add it")
    if start is None and service is not None:
        if folder is not None:
            raise UsageError("a service is added to an existing workspace: leave DIR out, or use -C DIR")
        _add_service(context, service, owner)
        return
    if start is not _Start.MINIMAL:
        _refuse(of_service, "is for --minimal, or for --service without a start: leave it out")
    root = start_folder(context) / (folder or "")
    wanted = Wanted(hooks, editor)
    if start is None and any(wanted) and (root / SETTINGS_FILE).exists():
        _add(root, wanted)
        return
    _start_workspace(root, start, given | of_service, wanted, asks=not yes and is_terminal())


def _refuse_with_update(others: Mapping[str, object]) -> None:
    if others["yes"]:
        why = "which differences are on purpose is not known; copy what you want from a new folder"
        raise UsageError(f"--update writes nothing, also with --yes: {why}")
    for name, value in others.items():
        if value and name not in ("folder", "update"):
            raise UsageError(f"--update and --{name.replace('_', '-')} exclude each other: choose one")


def _show_update(start: Path) -> None:
    from gatekeeper.manifests.discovery import find_workspace
    from gatekeeper.reporters.views import reference_update as view
    from gatekeeper.workspace.loading import disk_tree
    from gatekeeper.workspace.reference_update import compare_with_reference

    root = find_workspace(start)
    write(view.text(compare_with_reference(root, disk_tree(root))))


def _start(wanted: Mapping[_Start, bool]) -> _Start | None:
    starts = [start for start, is_wanted in wanted.items() if is_wanted]
    if len(starts) > 1:
        raise UsageError(f"--{starts[0]} and --{starts[1]} exclude each other: choose one")
    return starts[0] if starts else None


def _refuse(given: Mapping[str, str | None], why: str) -> None:
    for name, value in given.items():
        if value is not None:
            raise UsageError(f"{name} {why}")


def _add(root: Path, wanted: Wanted) -> None:
    """Add hooks and settings to a workspace that exists."""
    from gatekeeper.manifests import scaffold
    from gatekeeper.manifests.discovery import manifests

    def words() -> "WorkspaceWords":
        from gatekeeper.manifests.words import open_words
        from gatekeeper.workspace.loading import disk_tree

        return open_words(root, disk_tree(root))

    files = [file.relative_to(root).as_posix() for file in manifests(root)]
    added = additions(root, files, wanted, words)
    scaffold.write_new(root, dict(added.texts), find_repository(root))
    write(added.schemas + added.said)


def _start_workspace(
    root: Path,
    named: _Start | None,
    given: Mapping[str, str | None],
    wanted: Wanted,
    *,
    asks: bool,
) -> None:
    from gatekeeper.manifests import scaffold, starter
    from gatekeeper.manifests.code_owners import propose_owners
    from gatekeeper.reporters.wording.counts import counted

    if asks:
        scaffold.refuse_existing(root, scaffold.ALWAYS)
    start, remark = named or (_asked_start() if asks else _Start.REFERENCE), ""
    match start:
        case _Start.MINIMAL:
            words = _minimal(root, given, asks=asks)
            texts, remark = starter.workspace(words), _of_own_gates(words)
        case _Start.EMPTY:
            texts = starter.workspace(starter.EMPTY)
        case _Start.REFERENCE:
            texts = scaffold.reference()
    if asks and named is None:
        wanted = _asked_additions(wanted)
    owners, texts = propose_owners(root), scaffold.with_id(texts)
    added = additions(root, texts, wanted, partial(_words_of, texts))
    if wanted.editor:
        from gatekeeper.manifests.editor_settings import with_modelines

        texts = with_modelines(texts, root)
    scaffold.write_new(root, {**texts, **owners.new_texts, **added.texts})
    where = "" if root == Path() else f" in {root}"
    smaller = "" if named or asks else _SMALLER
    wrote = f"wrote {counted(len(texts), 'file')}{where}: {_CONTENT[start]}"
    write(f"{wrote}\n{remark}{smaller}{added.schemas}{owners_to_name(owners, root)}{added.said}")
    write(next_command_in(root, "validate" if start is _Start.EMPTY else "check") + "\n")


def _words_of(texts: Mapping[str, str]) -> "WorkspaceWords":
    from gatekeeper.manifests.words import words_of_texts

    return words_of_texts(texts)


def _of_own_gates(words: "Starter") -> str:
    """Return what the gates begin with for whose names there is no template."""
    from gatekeeper.manifests.starter import attested_gates

    if not (own := attested_gates(words)):
        return ""
    gates = f"the gate {own[0]} begins" if len(own) == 1 else f"each of the gates {', '.join(own)} begins"
    files = ", ".join(f"gates/{gate}.yaml" for gate in own)
    return f"{gates} with one question, which {words.role} attests:\nwrite your own criteria in {files}\n"


def _asked_start() -> _Start:
    write(_MENU)
    starts = {str(place): start for place, start in enumerate(_Start, 1)}

    def parse(written: str) -> _Start:
        return starts.get(written) or _Start(known(written, [*starts, *_Start], "start"))

    return _answer("", None, "Start with", "1", parse, asks=True)


def _asked_additions(given: Wanted) -> Wanted:
    hooks = given.hooks or typer.confirm("Git hooks that check before a commit and a push?")
    editor = given.editor or typer.confirm("Schemas and settings for editors?")
    return Wanted(hooks, editor)


def _minimal(root: Path, given: Mapping[str, str | None], *, asks: bool) -> "Starter":
    from gatekeeper.manifests.starter import MINIMAL, Starter
    from gatekeeper.workspace import starting

    def ask(name: str, question: str, default: str, parse: Callable[[str], T]) -> T:
        return _answer(name, given[name], question, default, parse, asks=asks)

    def ids(noun: str, at_least: int = 1, taken: tuple[str, ...] = ()) -> Callable[[str], tuple[str, ...]]:
        return partial(starting.parse_ids, noun=noun, at_least=at_least, taken=taken)

    levels = ask(
        "--levels",
        "Levels, lowest first (the first requires nothing)",
        ", ".join(MINIMAL.levels),
        ids("level", at_least=2),
    )
    milestones = ask("--milestones", "Milestones in order", ", ".join(MINIMAL.milestones), ids("milestone"))
    gates = ask("--gates", "Gates", ", ".join(MINIMAL.gates), ids("gate", taken=levels))
    sign_off = ask("--sign-off", "Role that signs levels, or none", MINIMAL.role, starting.parse_role)
    around = starting.service_around(root)
    default = around.service if around else str(MINIMAL.service)
    service = ask("--service", "First service, or none", default, starting.parse_service)
    if service is None:
        _refuse({"--owner": given["--owner"]}, "is for a service: leave it out")
        return Starter(levels, milestones, gates, sign_off, None, MINIMAL.owner)
    owner = ask("--owner", "Its owner", starting.team_of(service), starting.parse_owner)
    folder = around.folder if around and around.service == service else None
    return Starter(levels, milestones, gates, sign_off, service, owner, folder)


def _answer(
    name: str, given: str | None, question: str, default: str, parse: Callable[[str], T], *, asks: bool
) -> T:
    """Return the value of an option, or the answer to its question; an invalid answer is asked for again."""

    def of_answer(written: str) -> T:
        try:
            return parse(written)
        except UsageError as error:
            raise typer.BadParameter(str(error)) from None

    if given is None and asks:
        answer: T = typer.prompt(question, default=default, value_proc=of_answer)
        return answer
    try:
        return parse(default if given is None else given)
    except UsageError as error:
        raise UsageError(f"{name}: {error}") from None


def _add_service(context: typer.Context, written: str, owner: str | None) -> None:
    from gatekeeper.manifests import scaffold, starter
    from gatekeeper.manifests.editor_settings import modeline
    from gatekeeper.workspace import starting
    from gatekeeper.workspace.clock import today

    name = starting.parse_name(written, "service")
    team = starting.team_of(name) if owner is None else starting.parse_owner(owner)
    loaded = open_here(context).loaded
    lowest, level, *_ = loaded.manifests.levels.scale
    roadmap = loaded.manifests.milestones
    cells = [(roadmap.current(today()) or next(reversed(roadmap)), level)]
    gates = list(loaded.manifests.gates.values())[:1]
    text = starter.service(name, team, lowest, cells, gates)
    folder = loaded.services_folder
    text = modeline(loaded.root, folder / f"{name}.yaml") + text
    scaffold.write_new(folder, {f"{name}.yaml": text}, loaded.repository)
    write(f"wrote {folder.name}/{name}.yaml: fill in its plan\n{next_command(context, 'validate')}\n")
