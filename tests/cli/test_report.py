"""`gatekeeper report`: the exit report of a milestone, kept as Markdown and looked at as HTML."""

import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from builders.program import AS_OF, PILOT, Kept, criteria
from builders.repositories import commit_all, committed_pilot
from builders.workspaces import ROOT, Run, copy_of_pilot, copy_of_whole_pilot, edit
from gatekeeper import __version__

REPORT = ("report", "-m", "M1", *AS_OF)
MILESTONES = ("M0", "M1", "M2", "M3", "M4")


class Page(Kept):
    """One file a report."""

    file_extension = "md"


@pytest.fixture
def pilot(tmp_path: Path) -> Path:
    return copy_of_pilot(tmp_path / "repository")


@pytest.fixture(scope="module")
def whole_pilot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the whole pilot in a repository that has no commit yet, not to be written to."""
    return copy_of_whole_pilot(tmp_path_factory.mktemp("whole") / "repository")


@pytest.mark.parametrize("milestone", MILESTONES)
def test_the_report_on_the_pilot(
    milestone: str, run: Run, whole_pilot: Path, snapshot: SnapshotAssertion
) -> None:
    ran = run("-C", whole_pilot, "report", "-m", milestone, *AS_OF, "-f", "markdown")
    assert (ran.code, ran.err) == (0, "")
    text = re.sub(r"Rulebook \| sha256:\w+", "Rulebook | sha256:DIGEST", ran.out)
    assert snapshot(extension_class=Page) == text.replace(f"gatekeeper {__version__}", "gatekeeper VERSION")


class Document(HTMLParser):
    """A page, as far as the tests look at it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "br", "input", "wbr"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in ("style", "script"):
            self.text.append(data)

    def shown(self) -> str:
        return " ".join("".join(self.text).split())

    def ids(self) -> list[str]:
        return [value for _, attributes in self.tags if (value := attributes.get("id"))]


@pytest.mark.parametrize("milestone", MILESTONES)
def test_html_is_well_formed_and_every_place_is_named_once(milestone: str, run: Run) -> None:
    page = Document(run("-C", PILOT, "report", "-m", milestone, *AS_OF).out)
    assert page.open == []
    assert len(page.ids()) == len(set(page.ids()))
    links = [value for tag, attributes in page.tags if tag == "a" and (value := attributes["href"])]
    assert [link for link in links if link.startswith("#") and link[1:] not in page.ids()] == []
    labelled = [of for _, attributes in page.tags if (of := attributes.get("aria-labelledby"))]
    assert set(labelled) <= set(page.ids())


@pytest.mark.parametrize("format_", ["html", "markdown"])
def test_all_that_is_open_is_told_with_its_findings_and_remedy(format_: str, run: Run) -> None:
    out = run("-C", PILOT, *REPORT, "-f", format_).out
    shown = Document(out).shown() if format_ == "html" else out.replace("\\", "").replace("&#8203;", "")
    shown = shown.replace("`", "")
    verdict = json.loads(run("-C", PILOT, "check", *REPORT[1:], "-f", "json").out)
    blocked = [service for service in verdict["services"] if service["verdict"] == "blocked"]
    found = [
        of
        for service in blocked
        for of in criteria(service)
        if of["status"] not in ("pass", "not_applicable")
    ]
    assert len(found) >= 5
    for of in found:
        texts_of = verdict["rulebook"]["criteria"].get(of["criterion"], of)
        question = texts_of["question"]
        texts = (of["criterion"], question, *[one["message"] for one in of["findings"]])
        assert [text for text in texts if text not in shown] == []
        remedy = of.get("remedy", texts_of["remedy"]).replace("`", "")
        assert remedy in shown or f"Fix the artefact: {of['reason']}" in shown
    for seen in (service["evidence"].values() for service in verdict["services"]):
        assert [one["sha256"] for one in seen if one.get("sha256", "") not in shown] == []
    assert verdict["rulebook_digest"] in shown


def test_the_same_input_gives_the_same_bytes(run: Run, tmp_path: Path) -> None:
    for name in ("a.html", "b.html"):
        run("-C", PILOT, *REPORT, "--out", tmp_path / name)
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()
    assert run("-C", PILOT, *REPORT).out == (tmp_path / "a.html").read_text(encoding="utf-8")


def test_a_file_is_written_as_it_is_named_and_its_digest_told(run: Run, tmp_path: Path) -> None:
    ran = run("-C", PILOT, *REPORT, "--out", tmp_path / "deep" / "M1.md")
    file = tmp_path / "deep" / "M1.md"
    assert file.read_text(encoding="utf-8").startswith("# Exit report of M1 Internal preview\n")
    assert ran == (0, f"wrote {file}\nsha256 {hashlib.sha256(file.read_bytes()).hexdigest()}\n", "")
    run("-C", PILOT, *REPORT, "--out", tmp_path / "M1.html")
    assert (tmp_path / "M1.html").read_text(encoding="utf-8").startswith("<!doctype html>\n")
    run("-C", PILOT, *REPORT, "--out", tmp_path / "odd.md", "-f", "html")
    assert (tmp_path / "odd.md").read_text(encoding="utf-8").startswith("<!doctype html>\n")


def test_a_relative_file_lies_where_the_program_was_sent(run: Run, pilot: Path) -> None:
    run("-C", pilot, *REPORT, "--out", "M1.html")
    assert (pilot / "M1.html").is_file()


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ("-f pdf", "unknown format 'pdf'; known: html, markdown"),
        ("-m M9", "unknown milestone 'M9'"),
        ("--as-of soon", "write a date as 2026-11-02"),
        ("--out /dev/null/a.html", "cannot be written"),
    ],
)
def test_wrong_usage_is_told(options: str, told: str, run: Run) -> None:
    ran = run("-C", PILOT, "report", *options.split())
    assert ran.code == 2
    assert told in ran.err


def test_an_invalid_workspace_is_told(run: Run, pilot: Path) -> None:
    edit(pilot / "services" / "orders-service.yaml", "level: L1", "level: L9")
    assert run("-C", pilot, "report").code == 3


@pytest.mark.parametrize("format_", ["html", "markdown"])
def test_a_milestone_in_which_nobody_is_in_scope(format_: str, run: Run, pilot: Path) -> None:
    (pilot / "milestones" / "M5.yaml").write_text("milestone: M5\n", encoding="utf-8")
    ran = run("-C", pilot, "report", "-m", "M5", *AS_OF, "-f", format_)
    assert ran.code == 0
    assert "M5 is blocked: no service is in scope." in ran.out
    assert "no exit date is set" in ran.out


def test_an_exited_milestone_says_so(run: Run) -> None:
    assert "exited on 2026-10-30 by" in run("-C", PILOT, "report", "-m", "M0", *AS_OF, "-f", "markdown").out


def test_of_very_many_open_criteria_what_is_asked_is_told_once(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = run("-C", ROOT, "report", "-m", "M1", *AS_OF).out
    monkeypatch.setattr("gatekeeper.reporters.views.report_html.MOST_IN_FULL", 100)
    short = run("-C", ROOT, "report", "-m", "M1", *AS_OF).out
    question = "Do unit tests cover at least 95 % of the lines of the domain folder?"
    assert full.count(question) > 5
    assert short.count(question) == 1
    page = Document(short)
    links = [value for tag, attributes in page.tags if tag == "a" and (value := attributes["href"])]
    assert [link for link in links if link.startswith("#ask-") and link[1:] not in page.ids()] == []
    assert short.count("no artefact is mapped to <code>domain_source</code>") < 20
    alike = [link for link in links if link.startswith("#alike-")]
    assert len(alike) > 50
    assert {link[1:] for link in alike} <= set(page.ids())


def test_evidence_is_dated_in_days_until_the_as_of_date(run: Run) -> None:
    out = run("-C", PILOT, *REPORT, "-f", "markdown").out
    [row] = [line for line in out.splitlines() if "k6-peak.json" in line and "orders-service |" in line]
    assert "of 2026-10-05 and commit c0ffee1, typed in the manifest" in row
    assert "| 46 d |" in row


def test_a_trend_tells_how_it_came_to_this(run: Run, tmp_path: Path) -> None:
    pilot = committed_pilot(tmp_path / "repository")
    page = run("-C", pilot, *REPORT, "--trend", "week").out
    assert page.count('<figure class="trend">') == 1
    assert page.count("<style>") == 1
    assert '<a href="#trend">Trend</a>' in page
    text = run("-C", pilot, *REPORT, "--trend", "week", "-f", "markdown").out
    assert re.search(r"## Trend\n\n\| date .*\n\|-.*\n\| 2\S+ \| \w{7} \| ✗ blocked \| \d+ of 29 \|", text)


def test_a_trend_says_which_commits_nobody_could_judge(run: Run, pilot: Path) -> None:
    rules = pilot.parents[1] / "gates" / "levels.yaml"
    whole = rules.read_text(encoding="utf-8")
    rules.write_text("[", encoding="utf-8")
    commit_all(pilot.parents[1])
    rules.write_text(whole, encoding="utf-8")
    text = run("-C", pilot, *REPORT, "--trend", "1", "-f", "markdown").out
    assert re.search(r"\| 2\S+ \| \w{7} \| .*levels.yaml.* \| - \| - \|", text)


def test_what_has_changed_since_a_revision_is_on_top(run: Run, tmp_path: Path) -> None:
    pilot = committed_pilot(tmp_path / "repository")
    manifest = pilot / "services" / "catalogue-service.yaml"
    manifest.write_text(manifest.read_text("utf-8").replace("level: L2", "level: L1"), encoding="utf-8")
    for format_ in ("html", "markdown"):
        out = run("-C", pilot, *REPORT, "--since", "HEAD", "-f", format_).out
        shown = Document(out).shown() if format_ == "html" else out
        assert "1 lost, 0 won, 2 changes of rules or plan" in shown
        assert "L1 was signed off, but only L0 still holds" in shown


def test_a_revision_that_is_not_there_is_told(run: Run, tmp_path: Path) -> None:
    pilot = committed_pilot(tmp_path / "repository")
    ran = run("-C", pilot, *REPORT, "--since", "nowhere")
    assert (ran.code, "nowhere" in ran.err) == (2, True)


FORGE = "https://forge.example/acme/shop/blob/{commit}/{path}#L{line}"


@pytest.mark.parametrize("format_", ["html", "markdown"])
def test_findings_are_links_to_the_forge(format_: str, run: Run, tmp_path: Path) -> None:
    pilot = committed_pilot(tmp_path / "repository")
    source = pilot.parents[1] / "src" / "domain" / "order.ts"
    source.parent.mkdir(parents=True)
    source.write_text("export {}\n", encoding="utf-8")
    settings = pilot / "gatekeeper.yaml"
    settings.write_text(f'{settings.read_text("utf-8")}links: "{FORGE}"\n', encoding="utf-8")
    commit_all(pilot.parents[1])
    out = run("-C", pilot, *REPORT, "-f", format_).out
    assert re.search(r"https://forge\.example/acme/shop/blob/[0-9a-f]{40}/src/domain/order\.ts#L23\b", out)
    assert not re.search(r"discount\.ts#L", out), "this repository does not have the file"


def test_findings_of_other_repositories_need_their_name_and_commit(run: Run, pilot: Path) -> None:
    settings = pilot / "gatekeeper.yaml"
    template = FORGE.replace("acme/shop", "{repository}")
    stated = f'{settings.read_text("utf-8")}repository: "acme/{{service}}"\n'
    settings.write_text(f'{stated}links: "{template}"\n', encoding="utf-8")
    out = run("-C", pilot, *REPORT).out
    assert "https://forge.example/acme/orders-service/blob/c0ffee1/src/domain/order.ts#L23" in out
    edit(pilot / "services" / "orders-service.yaml", "09:00:00Z, commit: c0ffee1}", "09:00:00Z}")
    assert "forge.example" not in run("-C", pilot, *REPORT).out


def test_a_template_of_links_that_cannot_work_is_told_with_its_place(run: Run, pilot: Path) -> None:
    settings = pilot / "gatekeeper.yaml"
    settings.write_text(
        f'{settings.read_text("utf-8")}links: "https://forge.example/{{pth}}"\n', encoding="utf-8"
    )
    ran = run("-C", pilot, *REPORT)
    assert ran.code == 3
    assert re.search(r"gatekeeper\.yaml:\d+:8.*unknown placeholder \{pth\}; did you mean 'path'\?", ran.err)


def test_without_being_asked_for_no_history_is_read(run: Run, pilot: Path) -> None:
    assert 'id="trend"' not in run("-C", pilot, *REPORT).out


def test_a_trend_that_cannot_be_had_is_told_and_nothing_is_written(run: Run, pilot: Path) -> None:
    ran = run("-C", pilot, *REPORT, "--out", "M1.html", "--trend", "day")
    assert (ran.code, "git cannot read the history" in ran.err) == (2, True)
    assert not (pilot / "M1.html").exists()


@pytest.mark.parametrize(
    "file",
    [
        "services/orders-service.yaml",
        "services/../milestones/M1.yaml",
        "milestones/risk-register/RR-1.yaml",
        "services/orders-service/reports/domain.xml",
        "services/orders-service/evidence.json",
        "services/orders-service/evidence/a-new-pipeline.json",
        "governance.yaml",
        "gatekeeper.yaml",
    ],
)
@pytest.mark.parametrize("command", ["report -m M1 --out", "check -m M1 --output json=", "docs --out"])
def test_an_output_does_not_replace_what_the_workspace_is_read_from(
    run: Run, pilot: Path, command: str, file: str
) -> None:
    before = {path: path.read_bytes() for path in pilot.rglob("*") if path.is_file()}
    *words, last = command.split()
    to = [f"{last}{file}"] if last.endswith("=") else [last, file]
    ran = run("-C", pilot, *words, *to)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.endswith(f"{file} is a file of the workspace: name another one; nothing was written\n")
    assert before == {path: path.read_bytes() for path in pilot.rglob("*") if path.is_file()}


def test_a_report_replaces_an_earlier_one_anywhere(run: Run, pilot: Path) -> None:
    for place in ("report.html", "services/orders-service/report.html", "milestones/M1.html"):
        for _ in range(2):
            assert run("-C", pilot, "report", "-m", "M1", "--out", place).code == 0
    link = pilot / "linked.html"
    link.symlink_to(pilot / "services/orders-service.yaml")
    assert run("-C", pilot, "report", "-m", "M1", "--out", "linked.html").code == 2
