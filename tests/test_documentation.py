"""The documentation: its commands are run, its excerpts are true, and its reference is what the program says."""

import re
import runpy
import shlex
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from builders.polyglot import clones
from builders.repositories import commit_all, git
from builders.signing import ssh_key_file
from builders.workspaces import (
    PARTS,
    QUARTERS,
    ROOT,
    Run,
    copy_of_quarters,
    copy_of_whole_pilot,
    edit,
    unmap,
    write,
)

DOCS = ROOT / "docs"
TUTORIAL = "tutorial.md"

NOT_RUN = {
    "adopt-in-ten-minutes.md": "tests/test_adopt_in_ten_minutes.py runs all of it",
    "attested-result.md": "makes keys; tests/cli/test_verify_report.py runs the page",
    "ci.md": "its command is run below; tests/test_ci.py and tests/test_service_ci.py run its pipelines",
    "diff.md": "names revisions and folders of the reader's own; tests/cli/test_diff.py runs such",
    "evidence.md": "names artefacts of the reader's own; its formats are run by tests/collectors",
    "governance.md": "the last block names a service that the pilot does not have at L3; test_except.py opens one",
    "readiness-document.md": "names a page of the reader's own; tests/cli/test_readiness_page.py checks such a one",
    "report.md": "tests/test_report_page.py runs all of it",
    "shipping.md": "waits for evidence of the reader's own commit; tests/cli/test_can_ship.py does",
}
"""Pages with `sh` blocks that are not run here, and why. What is shown with its output, as `console`, is."""

RUN_ELSEWHERE = {
    "adopt-in-ten-minutes.md": "of a project that tests/test_adopt_in_ten_minutes.py copies",
    "trend.md": "of a history that tests/cli/test_trend.py makes, and holds the page against",
}
"""Pages whose outputs are compared by another test, and why."""

NOTE = re.compile(r"<!-- not run: (.+) -->\n\Z")


class Block(NamedTuple):
    """A fenced block of a page."""

    language: str
    title: str
    """The file that it is to be written to."""
    text: str
    not_run: str
    """The reason that the page itself gives."""


def _blocks(page: str) -> Iterator[Block]:
    text = (DOCS / page).read_text(encoding="utf-8")
    for found in re.finditer(
        r"^```(\w*)(?: title=\"([^\"]+)\")?\n(.*?)^```$", text, re.MULTILINE | re.DOTALL
    ):
        note = NOTE.search(text[: found.start()])
        yield Block(found[1], found[2] or "", found[3], note[1] if note else "")


PAGES = sorted(str(page.relative_to(DOCS)) for page in DOCS.rglob("*.md"))
SHOWN = [
    page
    for page in PAGES
    if page not in RUN_ELSEWHERE
    and any((block.language == "console" and not block.not_run) or block.title for block in _blocks(page))
]


def _repository(folder: Path) -> Path:
    """The repository with the reference plan and the pilot, as far as pages speak of it."""
    copy_of_whole_pilot(folder)
    for part in PARTS[1:]:
        shutil.copytree(ROOT / part, folder / part)
    return folder


def _committed(folder: Path) -> Path:
    commit_all(_repository(folder))
    return folder


def _this_repository(_: Path) -> Path:
    """Return the repository itself, with the cases of its rulebook: for a page that writes nothing."""
    return ROOT


def _with_quarters(folder: Path) -> Path:
    shutil.copytree(QUARTERS, _repository(folder) / "examples/quarters")
    return folder


def _pilot_and_a_key(folder: Path) -> Path:
    here = copy_of_whole_pilot(folder)
    ssh_key_file("eli", here / "eli-key")
    return here


def _without_mappings(folder: Path) -> Path:
    here = copy_of_whole_pilot(folder)
    for manifest in ("orders-service", "ledger-service"):
        unmap(here / f"services/{manifest}.yaml")
    return here


def _empty(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _with_clones(folder: Path) -> Path:
    clones(folder / "clones")
    return folder


def _after_the_tutorial(folder: Path) -> Path:
    _empty(folder)
    for block in _blocks(TUTORIAL):
        if block.title:
            write(folder / block.title, block.text)
    return folder


def _after_writing_a_criterion(folder: Path) -> Path:
    _after_the_tutorial(folder)
    for block in _blocks("write-a-criterion.md"):
        if block.title:
            write(folder / block.title, block.text)
    return folder


GROUNDS: dict[str, Callable[[Path], Path]] = {
    TUTORIAL: _empty,
    "adopt.md": _with_clones,
    "for-ci-engineers.md": _committed,
    "for-platform-leads.md": _this_repository,
    "trust-a-rule.md": copy_of_quarters,
    "write-a-criterion.md": _after_the_tutorial,
    "test-rules.md": _after_writing_a_criterion,
    "governance.md": _pilot_and_a_key,
    "what-if.md": _with_quarters,
    "readiness-document.md": copy_of_whole_pilot,
    "wire.md": _without_mappings,
}
"""Where a page's reader stands; of the others, in the repository."""


@pytest.mark.long
@pytest.mark.parametrize("page", SHOWN)
def test_what_a_page_shows_is_what_the_program_prints(
    page: str, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = GROUNDS.get(page, _repository)(tmp_path / "here")
    monkeypatch.chdir(here)
    for block in _blocks(page):
        if block.language == "diff":
            edit(here / block.title, *_sides(block.text))
        elif block.title:
            write(here / block.title, block.text)
        elif block.language == "console" and not block.not_run:
            for command, shown in _commands(block.text):
                ran = run(*shlex.split(command))
                pattern = ".*".join(re.escape(passage) for passage in f"\n{shown}".split("\n...\n"))
                printed = f"\n{ran.out}"
                assert ran.code in (0, 1), f"{command}:\n{ran.err}"
                assert re.fullmatch(pattern, printed, re.DOTALL), f"{command} prints:\n{printed}"


def _sides(diff: str) -> tuple[str, str]:
    """Return the passage that a diff replaces, and what it becomes."""
    lines = diff.splitlines(keepends=True)
    before, after = ("".join(line[1:] for line in lines if line[0] in (" ", side)) for side in "-+")
    return before, after


def _commands(text: str) -> list[tuple[str, str]]:
    found = re.findall(r"^\$ gatekeeper(.*)\n((?:(?!\$ ).*\n)*)", text, re.MULTILINE)
    assert "".join(f"$ gatekeeper{command}\n{shown}" for command, shown in found) == text
    return found


def test_every_block_of_commands_is_run_or_says_why_not() -> None:
    silent = {
        page
        for page in PAGES
        for block in _blocks(page)
        if block.language in ("sh", "bash") and not block.not_run and page not in NOT_RUN
    }
    assert silent == set()
    assert {page for page in NOT_RUN if not any(block.language == "sh" for block in _blocks(page))} == set()


def test_a_page_shows_output_as_console() -> None:
    """A command in another block than `console` or `sh` would be one that nobody runs."""
    stray = [
        (page, block.language)
        for page in PAGES
        for block in _blocks(page)
        if re.search(r"^\$ ", block.text, re.MULTILINE) and block.language != "console"
    ]
    assert stray == []


def test_the_first_command_of_a_pipeline_runs(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = _repository(tmp_path / "here")
    monkeypatch.chdir(here)
    for name in ("CI", "TF_BUILD", "GITHUB_BASE_REF", "GITHUB_EVENT_NAME"):
        monkeypatch.delenv(name, raising=False)
    commit_all(here)
    git(here, "update-ref", "refs/remotes/origin/HEAD", "HEAD")
    command = next(block.text for block in _blocks("ci.md") if block.language == "sh")
    assert run(*shlex.split(command)[1:]).code == 0
    assert Path("junit.xml").is_file()
    assert Path("verdict.json").is_file()


def test_an_excerpt_is_in_the_file_that_it_is_taken_from() -> None:
    excerpts = [block for block in _blocks("verdict.md") if "excerpt of" in block.not_run]
    assert len(excerpts) == 1
    for block in excerpts:
        file = block.not_run.partition("excerpt of ")[2].partition(",")[0]
        assert block.text in (ROOT / file).read_text(encoding="utf-8")


# The reference.


def test_the_reference_is_what_the_program_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    made = runpy.run_path(str(DOCS / "reference.py"))["pages"]()
    assert sorted(made) == sorted(page.name for page in (DOCS / "reference").glob("*.md"))
    for name, text in made.items():
        kept = (DOCS / "reference" / name).read_text(encoding="utf-8")
        assert kept == text, f"docs/reference/{name} is not current: python docs/reference.py"


# The site.


def test_every_page_has_a_place_on_the_site() -> None:
    nav = (ROOT / "mkdocs.yml").read_text(encoding="utf-8").partition("nav:\n")[2]
    listed = set(re.findall(r": (\S+\.md)$", nav, re.MULTILINE))
    pages = {page for page in PAGES if not page.startswith("decisions/")}
    assert listed == pages | {"decisions/README.md"}


@pytest.mark.parametrize(
    ("page", "written", "shown"),
    [
        ("ci.md", "[`ci/gitlab.yml`](../ci/gitlab.yml) is", "`ci/gitlab.yml` in the repository is"),
        (
            "a/b.md",
            "[the bench](../../benchmarks/README.md#x)",
            "the bench (`benchmarks/README.md` in the repository)",
        ),
        ("a/b.md", "[c](../c.md) [d](d.md) [e](https://x/y)", "[c](../c.md) [d](d.md) [e](https://x/y)"),
        ("a.md", "![x](../x.svg)\n```\n[a](../b)\n```\n", "![x](../x.svg)\n```\n[a](../b)\n```\n"),
        ("a.md", "[x](#there)", "[x](#there)"),
    ],
)
def test_links_out_of_the_site_become_words(page: str, written: str, shown: str) -> None:
    class File:
        src_uri = page

    class Page:
        file = File

    hook = runpy.run_path(str(DOCS / "site_hooks.py"))["on_page_markdown"]
    assert hook(written, page=Page, config=None, files=None) == shown
