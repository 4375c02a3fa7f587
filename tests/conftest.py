"""What all tests share: the program run as a user runs it, and a workspace to run it on."""

import gc
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import Phase, settings

from builders.artefacts import SAMPLES
from builders.documents import SPEC, needs_spec, own_page, published_page
from builders.workspaces import Ran, Run, copy_of_reference
from gatekeeper.cli import main

COMMANDS = Path(__file__).parent / "cli"

# No test uses the cache of the user, and neither does a program that a test starts.
os.environ["GATEKEEPER_CACHE"] = "off"

# A run in the background ignores Ctrl-C, and so would the programs that tests start and interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Properties are the same in every run, so that a failure can be looked at again.
# To explain a failing example takes minutes where examples are whole workspaces.
settings.register_profile(
    "repeatable",
    derandomize=True,
    deadline=None,
    phases=[phase for phase in Phase if phase is not Phase.explain],
)
settings.load_profile("repeatable")
settings.register_profile("fast", settings.get_profile("repeatable"), max_examples=20)


def pytest_configure(config: pytest.Config) -> None:
    """Try few examples of each property in the fast suite."""
    if config.option.markexpr == "not long":
        settings.load_profile("fast")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out tests of files that are no part of the project, where these are absent.

    Tests of commands that run the program are long, except those that are marked as `quick`. With `-m long`, every
    property is tried on all its examples, too.
    """
    for item in items:
        is_of_a_command = item.path.parent == COMMANDS and "run" in getattr(item, "fixturenames", ())
        if is_of_a_command and not item.get_closest_marker("quick"):
            item.add_marker("long")
    if config.option.markexpr == "long":
        for item in items:
            if getattr(getattr(item, "obj", None), "is_hypothesis_test", False):
                item.add_marker("long")
    left_out = [item for item in items if _absent(item)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if not _absent(item)]


def _absent(item: pytest.Item) -> bool:
    return any(not mark.args[0].exists() for mark in item.iter_markers("published"))


def pytest_collection_finish() -> None:
    """Leave what collection has built to no garbage collector, which would go through it again and again."""
    gc.freeze()


def pytest_report_header() -> list[str]:
    """Say which tests are left out."""
    sources = {"GATEKEEPER_SPEC": SPEC, "GATEKEEPER_SAMPLES": SAMPLES}
    return [
        f"left out: tests of files that are no part of the project, absent at {path} (set {name})"
        for name, path in sources.items()
        if not path.exists()
    ]


@pytest.fixture(
    scope="session",
    params=[pytest.param(own_page, id="own"), pytest.param(published_page, id="published", marks=needs_spec)],
)
def page(request: pytest.FixtureRequest) -> bytes:
    """Return a readiness page that the reference plan says the same as."""
    read: Callable[[], bytes] = request.param
    return read()


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the program in this process: fast, and with the screen of a pipe of 80 columns."""
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("FORCE_HYPERLINK", "0")
    monkeypatch.delenv("NO_COLOR", raising=False)

    def run_program(*arguments: object) -> Ran:
        capsys.readouterr()
        code = main.run([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return Ran(code, said.out, said.err)

    return run_program


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """Return a copy of the reference workspace, in a repository of its own."""
    return copy_of_reference(tmp_path / "workspace")
