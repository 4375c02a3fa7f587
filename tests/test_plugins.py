"""Plugins: kinds of evidence and formats that other distributions bring."""

import json
import sys
import tomllib
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from builders.workspaces import ROOT, Run, edit, write
from gatekeeper import collectors
from gatekeeper.collectors.reading.recognition import Formats
from gatekeeper.collectors.tests import read

EXAMPLE = ROOT / "examples/plugin"
LIST = '{"a@1": {"licenses": "MIT"}, "b@2": {"licenses": "UNKNOWN"}}'
SLOT = "  licences: {kind: licences}\n"
CRITERION = """\
  - id: G8.licences
    question: q
    why: w
    requires:
      licences.unknown: {empty: true}
    remedy: Fix it.
    effort: small
"""


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give a folder that looks like site-packages, with the example's entry point; nothing is built."""
    folder = tmp_path / "site-packages"
    points = tomllib.loads((EXAMPLE / "pyproject.toml").read_text(encoding="utf-8"))["project"][
        "entry-points"
    ]
    kinds = "".join(f"{name} = {module}\n" for name, module in points["gatekeeper.collectors"].items())
    formats = "".join(f"{name} = {module}\n" for name, module in points["gatekeeper.formats"].items())
    write(folder / "a.dist-info/METADATA", "Metadata-Version: 2.1\nName: a\nVersion: 1\n")
    write(
        folder / "a.dist-info/entry_points.txt",
        f"[gatekeeper.formats]\n{formats}[gatekeeper.collectors]\n{kinds}broken = no_such_module\nodd = odd_kind\nplace = place_kind\n"
        "[gatekeeper.reporters]\nhaiku = haiku\nsilent = silent\nbroken = no_such_module\n",
    )
    write(
        folder / "odd_kind.py",
        "from typing import NamedTuple\nclass F(NamedTuple):\n    a: set\nFACTS = F\ncollect = None\n",
    )
    write(
        folder / "place_kind.py",
        "from typing import NamedTuple\nclass F(NamedTuple):\n    a: int | None = None\nFACTS = F\ncollect = None\n"
        "PLACES = {'query': frozenset({'a', 'b'})}\n",
    )
    write(folder / "haiku.py", "def render(report, screen):\n    return f'{report.result.verdict}\\n'\n")
    write(folder / "silent.py", "import sys\ndef render(report, screen):\n    sys.exit(0)\n")
    monkeypatch.syspath_prepend(str(EXAMPLE / "src"))
    monkeypatch.syspath_prepend(str(folder))
    for name in ("gatekeeper_licences", "gatekeeper_trs", "odd_kind", "place_kind", "haiku"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    collectors.find.cache_clear()
    monkeypatch.setattr(read, "FORMATS", Formats[read.TestReport]("tests"))
    yield folder
    collectors.find.cache_clear()


def test_a_plugin_s_kind_is_recognised(run: Run, installed: Path, tmp_path: Path) -> None:
    write(tmp_path / "licences.json", LIST)
    ran = run("-C", tmp_path, "facts", "licences.json")
    assert (ran.code, "the plugin 'no_such_module' for the kind 'broken' cannot be loaded" in ran.err) == (
        2,
        True,
    )
    points = installed / "a.dist-info/entry_points.txt"
    write(points, points.read_text().replace("broken = no_such_module\nodd", "odd"))
    ran = run("-C", tmp_path, "facts", "licences.json")
    assert ran.out.startswith("licences from licences.json\n  license-checker; ")
    refused = " ".join(run("-C", tmp_path, "facts", "tests", "licences.json").out.split())
    assert "unreadable recognised as licences, evidence of the kind `licences`" in refused


@pytest.mark.usefixtures("installed")
def test_a_plugin_s_kind_is_read_like_any_other(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "licences.json", LIST)
    ran = run("-C", tmp_path, "facts", "licences", "licences.json", "-f", "json")
    assert ran.code == 0, ran.err
    assert json.loads(ran.out)["facts"] == {
        "packages": 2,
        "licences": ["MIT"],
        "unknown": [
            {"message": "b@2 has no known licence", "file": "licences.json", "line": None, "pointer": None}
        ],
    }


@pytest.mark.usefixtures("installed")
def test_a_plugin_s_kind_is_judged_and_recorded(run: Run, workspace: Path) -> None:
    edit(workspace / "gates/G8.yaml", "slots:\n", f"slots:\n{SLOT}")
    edit(workspace / "gates/G8.yaml", "criteria:\n", f"criteria:\n{CRITERION}")
    edit(workspace / "services/identity-service.yaml", "level: L0", "level: L0\nevidence: {licences: l.json}")
    artefact = write(workspace / "services/identity-service/l.json", LIST)
    command = ("-C", workspace, "explain", "G8.licences", "-m", "M0", "-s", "identity-service", "-f", "json")
    [result] = json.loads(run(*command).out)["services"]
    assert (result["status"], result["distance"]) == ("fail", 1)
    assert run("-C", workspace, "collect", "identity-service").code == 0
    artefact.unlink()
    [recorded] = json.loads(run(*command).out)["services"]
    assert recorded["findings"] == result["findings"]


@pytest.mark.usefixtures("installed")
def test_a_plugin_s_kind_is_read_in_every_run(
    run: Run, workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a plugin reads may depend on more than the artefact, so a cache keeps nothing of it."""
    edit(workspace / "gates/G8.yaml", "slots:\n", f"slots:\n{SLOT}")
    edit(workspace / "gates/G8.yaml", "criteria:\n", f"criteria:\n{CRITERION}")
    edit(workspace / "services/identity-service.yaml", "level: L0", "level: L0\nevidence: {licences: l.json}")
    write(workspace / "services/identity-service/l.json", LIST)
    plugin, asked = import_module("gatekeeper_licences"), list[object]()
    collect = plugin.collect

    def noted(*given: object) -> object:
        asked.append(given)
        return collect(*given)

    monkeypatch.setattr(plugin, "collect", noted)
    command = ("--cache", tmp_path / "cache", "-C", workspace, "check", "-m", "M0")
    for number in range(1, 4):
        assert run(*command).code == 1
        assert len(asked) == number


def test_a_kind_that_is_not_installed_is_a_mistake_in_the_rulebook(run: Run, workspace: Path) -> None:
    edit(workspace / "gates/G8.yaml", "slots:\n", f"slots:\n{SLOT}")
    ran = run("-C", workspace, "validate")
    assert ran.code == 3
    assert "unknown kind of evidence 'licences'" in ran.err


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(
    ("kind", "why"),
    [
        ("broken", "ModuleNotFoundError: No module named 'no_such_module'"),
        ("odd", "KeyError: <class 'set'>"),
        ("place", "ValueError: PLACES names what is not a fact: b"),
    ],
)
def test_a_broken_plugin_is_told_as_that(run: Run, kind: str, why: str) -> None:
    ran = run("facts", kind, "a.json")
    assert ran.code == 2
    assert f"for the kind '{kind}' cannot be loaded: {why}; fix or uninstall it" in ran.err


@pytest.mark.usefixtures("installed")
def test_a_plugin_s_format_is_used_like_any_other(run: Run) -> None:
    ran = run("-C", ROOT, "check", "-m", "M0", "-f", "haiku")
    assert (ran.code, ran.out) == (1, "blocked\n")
    broken = run("-C", ROOT, "check", "-m", "M0", "-f", "broken")
    assert broken.code == 2
    assert "for the format 'broken' cannot be loaded: ModuleNotFoundError" in broken.err


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            ":test-result: PASS adds\n:test-result: FAIL pays\n",
            {"total": 2, "passed": ["adds"], "skipped": 0},
        ),
        (":test-result: SKIP\n", {"total": 1, "passed": [], "skipped": 1}),
    ],
)
def test_a_plugin_s_format_of_a_kind_is_read(
    run: Run, tmp_path: Path, text: str, expected: dict[str, object]
) -> None:
    write(tmp_path / "r.trs", text)
    ran = run("-C", tmp_path, "facts", "tests", "r.trs", "-f", "json")
    assert ran.code == 0, ran.err
    found = json.loads(ran.out)
    assert found["format"] == "trs"
    assert {name: found["facts"][name] for name in expected} == expected


def test_without_the_plugin_its_format_is_unreadable(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "r.trs", ":test-result: PASS\n")
    ran = run("-C", tmp_path, "facts", "tests", "r.trs")
    assert ran.code == 1
    assert ran.out.startswith("tests from r.trs: unreadable\n")


@pytest.mark.usefixtures("installed")
def test_an_output_format_that_ends_the_process_is_no_ready_milestone(run: Run) -> None:
    ran = run("-C", ROOT, "check", "-m", "M0", "-f", "silent")
    assert (ran.code, ran.out) == (2, "")
    assert "the plugin format 'silent' crashed: SystemExit: 0; fix or uninstall it" in ran.err
