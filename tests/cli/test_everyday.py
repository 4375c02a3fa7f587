"""Everyday use: where things stand, the verdict in a line, a watch, a bar, links, and help."""

import re
import shlex
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from builders.program import AS_OF, PILOT, Kept
from builders.workspaces import ROOT, Run, copy_of_pilot, edit, write
from gatekeeper.cli import command_list, output, watching
from gatekeeper.cli.watching import watch
from gatekeeper.errors import InvalidWorkspace, Problem, UsageError
from gatekeeper.model.service import Service
from gatekeeper.reporters.text import progress

pytestmark = pytest.mark.quick

BLOCKED = "✗ M1 (Internal preview) is blocked by 3 of 4 services.\n"


@pytest.fixture
def pilot(tmp_path: Path) -> Path:
    return copy_of_pilot(tmp_path / "repository")


def _on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)


# Where things stand.


def test_alone_in_a_workspace_it_tells_where_things_stand(
    run: Run, snapshot: SnapshotAssertion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gatekeeper.workspace.clock.today", lambda: date(2026, 11, 20))
    monkeypatch.chdir(PILOT)
    ran = run()
    assert (ran.code, ran.err) == (0, "")
    assert snapshot(extension_class=Kept) == ran.out
    assert ran.out.endswith("next: gatekeeper next --milestone M1\n")


def test_what_is_ready_is_to_be_checked_next(run: Run, pilot: Path) -> None:
    file = pilot / "milestones/M0.yaml"
    file.write_text(file.read_text().partition("exited:")[0])
    assert run("-C", pilot).out.endswith(f"next: gatekeeper -C {pilot} check --milestone M0\n")


def test_where_every_milestone_has_been_exited_the_plan_is_next(run: Run, workspace: Path) -> None:
    for file in (workspace / "milestones").glob("M*.yaml"):
        file.write_text(file.read_text() + "exited: {on: 2026-11-02, by: dana}\n")
    ran = run("-C", workspace)
    assert (ran.code, ran.out) == (
        0,
        f"every milestone has exited\nnext: gatekeeper -C {workspace} matrix\n",
    )


def test_alone_elsewhere_it_shows_its_help(run: Run, tmp_path: Path) -> None:
    ran = run("-C", tmp_path)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == run("--help").out


def test_alone_in_a_broken_workspace_it_tells_what_is_broken(run: Run, workspace: Path) -> None:
    write(workspace / "gates/G1.yaml", "gate: [")
    ran = run("-C", workspace)
    assert ran.code == 3
    assert ran.err.startswith("gates/G1.yaml:2:1: not YAML")


def test_alone_in_a_folder_that_is_not_there(run: Run) -> None:
    assert run("-C", "nowhere").code == 2


# The verdict in a line.


@pytest.mark.parametrize(
    ("more", "line", "code"),
    [
        ("-m M1", BLOCKED, 1),
        ("-m M1 --fail-on regression --service orders-service", None, 0),
        ("-m M0", "✓ M0 (Walking skeletons) may exit: 2 of 2 ready.\n", 0),
        (
            "-m M3",
            "~ M3 (General availability of payments) may exit, with exceptions: 0 of 1 ready, 1 by exception.\n",
            0,
        ),
        (
            "-m M3 --strict",
            (
                "~ M3 (General availability of payments) may exit, with exceptions: 0 of 1 ready, 1 by exception. "
                "--strict: exceptions are refused, exit 1.\n"
            ),
            1,
        ),
    ],
)
def test_quiet_is_one_line(more: str, line: str | None, code: int, run: Run) -> None:
    ran = run("-C", PILOT, "check", "--quiet", *more.split(), *AS_OF)
    assert (ran.code, ran.err) == (code, "")
    assert ran.out.count("\n") == 1
    assert line in (None, ran.out)


def test_quiet_writes_files_all_the_same(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "verdict.json"
    assert run("-C", PILOT, "check", "-q", "-m", "M1", "-o", f"json={file}", *AS_OF).out == BLOCKED
    assert '"verdict": "blocked"' in file.read_text()


def test_quiet_is_no_word_of_another_format(run: Run) -> None:
    ran = run("-C", PILOT, "check", "-q", "--format", "json")
    assert (ran.code, ran.out) == (2, "")
    assert "--quiet" in ran.err


# The watch.


class _Steps:
    """What happens while a watch sleeps; at the end, Ctrl-C."""

    def __init__(self, *steps: Callable[[], object]) -> None:
        self.steps = list(steps)

    def __call__(self, _: float) -> None:
        if not self.steps:
            raise KeyboardInterrupt
        self.steps.pop(0)()


def _nothing() -> None:
    pass


def test_a_watch_judges_again_when_a_file_changes(
    run: Run, pilot: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    services = pilot / "services"
    steps = _Steps(
        _nothing,
        (services / "orders-service/reports/lcov.info").unlink,
        _nothing,
        lambda: edit(services / "orders-service.yaml", "owner: team-orders", "owner: ["),
        lambda: edit(services / "orders-service.yaml", "owner: [", "owner: team-orders"),
        lambda: write(pilot / "milestones/risk-register/notes.yaml", "id: x\n"),
        (pilot / "milestones/risk-register/notes.yaml").unlink,
        _nothing,
    )
    monkeypatch.setattr(watching, "sleep", steps)
    ran = run("-C", pilot, "check", "--watch", "-m", "M1", "--service", "orders-service", *AS_OF)
    assert ran.code == 130
    assert ran.out.count("M1 (Internal preview) is blocked by 1 of 1 service.") == 4
    assert ran.out.count("fail  G1.coverage") == 1
    assert ran.out.count("missing  G1.coverage") == 3
    assert "services/orders-service.yaml:" in ran.err
    assert "risk-register/notes.yaml:" in ran.err


def test_a_watch_tests_the_rulebook_again_when_a_case_or_a_rule_changes(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quarters = Path(shutil.copytree(ROOT / "examples/quarters", tmp_path / "quarters"))
    gates = quarters / "gates"
    steps = _Steps(
        lambda: edit(gates / "build.yaml", "at_least: 80", "at_least: 90"),
        _nothing,
        lambda: edit(gates / "tests/build.yaml", "lines_pct: 80}", "lines_pct: 90}"),
        lambda: write(gates / "tests/files/lcov.info", ""),
    )
    monkeypatch.setattr(watching, "sleep", steps)
    ran = run("-C", quarters, "test", "--watch", "build.coverage")
    assert ran.code == 130
    assert [line for line in ran.out.splitlines() if "case" in line] == [
        "✓ 4 cases: all hold.",
        "✗ 2 of 4 cases differ.",
        "✗ 1 of 4 cases differs.",
        "✗ 1 of 4 cases differs.",
    ]


def test_a_watch_sees_what_changes_while_it_judges(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "sleep", _Steps(_nothing))
    file = write(tmp_path / "a", "1")
    shown: list[str] = []

    def show() -> None:
        shown.append(file.read_text())
        if len(shown) == 1:
            file.write_text("22")

    with pytest.raises(KeyboardInterrupt):
        watch(show, lambda: [str(file), "no\0file"])
    assert shown == ["1", "22"]


def test_a_watch_outlives_a_broken_workspace_and_no_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "sleep", lambda _: None)
    errors: list[Exception] = [
        InvalidWorkspace((Problem("a.yaml", 1, 1, "is \x1b broken"),)),
        UsageError("unknown milestone"),
        ZeroDivisionError(),
    ]
    states = iter(range(100))

    def show() -> None:
        raise errors.pop(0)

    with pytest.raises(ZeroDivisionError):
        watch(show, lambda: [__file__] * (next(states) % 2))


def test_on_a_terminal_a_watch_draws_anew(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    _on_a_terminal(monkeypatch)
    monkeypatch.setattr(watching, "sleep", _Steps())
    ran = run("-C", PILOT, "check", "--watch", "-q", "-m", "M1", *AS_OF)
    assert ran.out.startswith("\x1b[H\x1b[2J")


def test_a_mistake_on_the_command_line_ends_a_watch_before_it_starts(run: Run) -> None:
    assert run("-C", PILOT, "check", "--watch", "--as-of", "soon").code == 2
    assert run("-C", "/", "check", "--watch").code == 2


# The bar.


class _AtOnce:
    """A timer that does not wait, so that no test does."""

    def __init__(self, _: float, act: Callable[[], None]) -> None:
        self.start = act

    def cancel(self) -> None:
        pass


def _with_a_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "Timer", _AtOnce)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)


def test_a_bar_on_a_terminal_where_reading_takes_long(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = run("-C", PILOT, "check", "-m", "M1", *AS_OF)
    assert plain.err == ""
    _with_a_bar(monkeypatch)
    ran = run("-C", PILOT, "check", "-m", "M1", *AS_OF)
    assert ran.out == plain.out
    assert "reading evidence" in ran.err
    assert "/4" in ran.err


def test_a_pipe_gets_no_bar_however_long_it_takes(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "Timer", _AtOnce)
    assert run("-C", PILOT, "check", "-m", "M1", *AS_OF).err == ""


def test_no_bar_where_nobody_has_to_wait(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "PATIENCE", 600)
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    assert run("-C", PILOT, "check", "-m", "M1", *AS_OF).err == ""


def test_a_bar_goes_away_however_reading_ends(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _with_a_bar(monkeypatch)
    service = Service.model_construct(service="[red]a\x1b[31m", owner="b", plan={})

    def read() -> None:
        with progress.following([service, service]) as followed:
            for _ in followed:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        read()
    said = capsys.readouterr()
    assert said.out == ""
    assert "[red]a\\x1b[31m" in said.err
    assert said.err.endswith("\x1b[2K")


def test_a_bar_that_comes_too_late_is_not_drawn(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _with_a_bar(monkeypatch)
    bar = progress._Bar("reading", 1)
    bar.end()
    bar.show()
    assert capsys.readouterr() == ("", "")


# Links.

LINK = re.compile(r"\x1b\]8;[^;]*;([^\x1b]*)\x1b\\")


def test_findings_link_to_files_that_are_there(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    _on_a_terminal(monkeypatch)
    monkeypatch.setenv("FORCE_HYPERLINK", "1")
    command = ("-C", PILOT, "check", "-m", "M2", "--details", *AS_OF)
    addresses = set(filter(None, LINK.findall(run(*command).out)))
    assert addresses
    for address in addresses:
        assert address.startswith(PILOT.parents[1].as_uri())
        assert Path(address.removeprefix("file://")).is_file()
    of_one = ("explain", "G1.no-any", "-m", "M2", "--service", "basket-service", *AS_OF)
    assert LINK.search(run("-C", PILOT, *of_one).out)


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"FORCE_HYPERLINK": "1"}, True),
        ({"FORCE_HYPERLINK": "0", "TERM_PROGRAM": "WezTerm"}, False),
        ({"FORCE_HYPERLINK": "1", "NO_COLOR": "1"}, False),
        ({"FORCE_HYPERLINK": "1", "TERM": "dumb"}, False),
        ({"TERM_PROGRAM": "vscode"}, True),
        ({"TERM_PROGRAM": "Apple_Terminal"}, False),
        ({"VTE_VERSION": "7600"}, True),
        ({"VTE_VERSION": "4200"}, False),
        ({"TERM": "xterm-kitty"}, True),
        ({"WT_SESSION": "1"}, True),
        ({}, False),
    ],
)
def test_links_are_for_terminals_that_follow_them(
    environment: dict[str, str], expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    _on_a_terminal(monkeypatch)
    known = ("VTE_VERSION", "TERM_PROGRAM", "WT_SESSION", "KONSOLE_VERSION", "KITTY_WINDOW_ID", "NO_COLOR")
    for name in (*known, "FORCE_HYPERLINK"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert output.screen().links is expected


def test_a_pipe_gets_no_links(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = run("-C", PILOT, "check", "-m", "M1", "--details", *AS_OF).out
    monkeypatch.setenv("FORCE_HYPERLINK", "1")
    assert run("-C", PILOT, "check", "-m", "M1", "--details", *AS_OF).out == plain


def test_a_hostile_name_does_not_leave_its_link(
    run: Run, pilot: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _on_a_terminal(monkeypatch)
    monkeypatch.setenv("FORCE_HYPERLINK", "1")
    lcov = pilot / "services/orders-service/reports/lcov.info"
    name = "src/domain/[link=http:evil]x];\x1b]8;;é.ts"
    edit(lcov, "src/domain/order.ts", name)
    write(pilot / "services/orders-service" / name, "x")
    out = run("-C", pilot, "check", "-m", "M1", "--service", "orders-service", *AS_OF).out
    [address] = {found for found in LINK.findall(out) if "domain" in found}
    assert address.endswith("/src/domain/%5Blink%3Dhttp%3Aevil%5Dx%5D%3B%1B%5D8%3B%3B%C3%A9.ts")
    assert set(LINK.findall(out)) <= {address, ""}


# Help.

COMMANDS = [*command_list.commands(), "except open", "except close", "except list"]


def test_the_list_of_commands_says_what_their_own_help_says() -> None:
    for name, command in command_list.commands().items():
        assert command_list.load(name).help.split("\n\n")[0] == command.summary


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_an_example_that_is_a_command_and_fits(command: str, run: Run) -> None:
    shown = run(*command.split(), "--help").out
    assert max(map(len, shown.splitlines())) <= 80
    example = " ".join(shown.partition("Example: ")[2].partition("\n\n")[0].split())
    words = shlex.split(example.removeprefix("source <(").removesuffix(")"))
    assert words[0] == "gatekeeper"
    words = words[3:] if words[1] == "-C" else words[1:]
    assert " ".join(words).startswith(command if command != "except" else "except list")
    for option in [word for word in words if word.startswith("--")]:
        group, _, sub = " ".join(words).partition(" ")
        if command == "except":
            shown = run("except", "list", "--help").out
        assert option in shown, (group, sub)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_and_argument_is_explained(command: str) -> None:
    found = command_list.load(command.split(maxsplit=1)[0])
    if " " in command:
        found = found.commands[command.split()[1]]
    assert [one.name for one in found.params if not getattr(one, "help", None)] == []


@pytest.mark.parametrize(
    ("criterion", "once"),
    [
        ("G1.coverage", "54.55, 40.45 below the threshold"),
        ("G1.value-objects", "Price has no equals()"),
        ("G4.push-idempotency", "to have a length of 1 but got 2"),
    ],
)
def test_explain_says_once_what_decides(criterion: str, once: str, run: Run) -> None:
    of_one = ("explain", criterion, "-m", "M2", "--service", "basket-service", *AS_OF)
    out = " ".join(run("-C", PILOT, *of_one).out.split())
    assert out.count(once) == 1
    assert "not understood" not in out


def test_what_the_findings_show_is_only_counted_beside_them(run: Run) -> None:
    out = run("-C", PILOT, "check", "-m", "M2", "--service", "basket-service", *AS_OF).out
    assert out.count("Price has no equals()") == 1
    assert "value_objects_without_equals has 1 finding; required:" in out
