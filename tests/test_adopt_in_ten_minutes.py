"""The page "Adopt in ten minutes": its commands lead each of the example projects to a ready milestone."""

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from builders.program import environment
from builders.repositories import commit_all
from builders.workspaces import ROOT, Run, edit

PAGE = (ROOT / "docs/adopt-in-ten-minutes.md").read_text(encoding="utf-8")
BLOCKS = dict(re.findall(r"<!-- (\S+) -->\n```\w+\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))
PROJECTS = ROOT / "examples/adopt"
TOOLS = {"node-service": "node", "go-service": "go", "python-service": sys.executable}
"""What writes the reports, of the profiles whose tools are run if they are installed."""


def project(profile: str, folder: Path) -> Path:
    """Return a copy of a project as a repository, with its reports."""
    shutil.copytree(PROJECTS / profile, folder)
    shutil.copytree(PROJECTS / "shared", folder, dirs_exist_ok=True)
    commit_all(folder)
    if shutil.which(TOOLS.get(profile, "")):
        command = BLOCKS[profile].replace("python ", f"{shlex.quote(sys.executable)} -p no:cacheprovider ")
        command = command.replace("-p no:cacheprovider -m pytest", "-m pytest -p no:cacheprovider")
        ran = subprocess.run(
            ["bash", "-c", command],
            cwd=folder,
            env=environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
    else:
        shutil.copytree(PROJECTS / "kept" / profile, folder, dirs_exist_ok=True)
    return folder


def commands(block: str) -> list[list[str]]:
    return [shlex.split(line)[1:] for line in BLOCKS[block].splitlines()]


@pytest.mark.long
@pytest.mark.parametrize(
    "profile", ["node-service", "spring-boot", "go-service", "python-service", "dotnet-service"]
)
def test_the_commands_of_the_page_lead_to_a_ready_milestone(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, profile: str
) -> None:
    monkeypatch.chdir(project(profile, tmp_path / "shop"))
    first, adopt, check = (run(*words) for words in commands("adopt"))
    assert (first.code, adopt.code) == (0, 0), first.err + adopt.err
    manifest = Path("readiness/services/basket-service.yaml")
    assert f"profile: {profile}\n" in manifest.read_text("utf-8")
    assert check.code == 1
    assert "▲ basket-service none→basic   ✓     ✓   ✓    1" in check.out
    edit(manifest, "owner: unowned", "owner: team-basket")
    edit(Path("readiness/gates/governance.yaml"), "roster: {}", BLOCKS["roster"].strip())
    sign, ready = (run(*words) for words in commands("sign"))
    assert (sign.code, ready.code) == (0, 0), sign.err + ready.out


@pytest.mark.long
def test_the_page_shows_what_a_newcomer_sees(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project("go-service", tmp_path / "shop"))
    printed = {f"gatekeeper {shlex.join(words)}": run(*words).out for words in commands("adopt")}
    for shown in re.split(r"^\$ ", BLOCKS["shown"], flags=re.MULTILINE)[1:]:
        command, _, output = shown.partition("\n")
        passages = [part.strip("\n") for part in output.split("...\n") if part.strip()]
        assert passages
        assert all(passage in printed[command] for passage in passages), printed[command]
