"""docs/report.md: its commands do what it says, and its pictures are there and small."""

import re
from pathlib import Path

import pytest

from builders.repositories import commit, committed_pilot
from builders.workspaces import ROOT, Run, copy_of_pilot, edit

PAGE = (ROOT / "docs/report.md").read_text(encoding="utf-8")
COMMANDS = [
    command.split("#")[0].split()
    for block in re.findall(r"^```sh\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    for command in re.findall(r"^gatekeeper (.*)$", block, re.MULTILINE)
]


@pytest.mark.long
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_command_writes_what_it_names(command: list[str], run: Run, tmp_path: Path) -> None:
    pilot = committed_pilot(tmp_path / "repository", on="2026-11-13")
    edit(pilot / "services/orders-service.yaml", "level: L1", "level: L1  # as before")
    commit(tmp_path / "repository", "a week later", on="2026-11-20T12:00:00Z")
    ran = run("-C", pilot, *command, "--as-of", "2026-11-20")
    assert (ran.code, ran.err) == (0, "")
    assert (pilot / command[command.index("--out") + 1]).exists()


def test_every_way_is_shown() -> None:
    assert len(COMMANDS) == 6


def test_the_badges_are_where_the_page_says(run: Run, tmp_path: Path) -> None:
    run("-C", copy_of_pilot(tmp_path / "repository"), "site", "--out", tmp_path / "site")
    paths = re.findall(r"^\| `(badges/\S+)` \|", PAGE, re.MULTILINE)
    assert len(paths) == 3
    for path in paths:
        assert (tmp_path / "site" / path.replace("<service>", "orders-service")).is_file()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_picture_is_small(theme: str) -> None:
    picture = ROOT / f"docs/report-{theme}.png"
    assert 20_000 < picture.stat().st_size < 250_000
    assert f"]({picture.name})" in PAGE
