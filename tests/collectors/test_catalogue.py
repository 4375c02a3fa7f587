"""What every format says about itself, for the page "What is read" and for `gatekeeper facts --formats`."""

import json
import re

import pytest

from builders.artefacts import FIXTURES, tree
from builders.workspaces import ROOT, Run
from gatekeeper import collectors
from gatekeeper.collectors.catalogue import Listed, formats
from gatekeeper.collectors.examples import misses
from gatekeeper.collectors.identify import identify
from gatekeeper.collectors.reading import descriptions
from gatekeeper.model.format import FormatDescription

ADDRESS = re.compile(r"https?://\S+|docs/\S+\.md(#\S+)?")
EVERY = formats()


def test_every_kind_is_listed() -> None:
    assert {listed.kind for listed in formats()} == set(collectors.KINDS.names)


@pytest.mark.parametrize("listed", EVERY, ids=lambda listed: f"{listed.kind}/{listed.name}")
def test_a_format_says_who_writes_it_and_what_is_read_of_it(listed: Listed) -> None:
    assert listed.about
    about = listed.about._asdict()
    may_be_empty = {"command", "not_modelled"}
    assert [name for name, text in about.items() if not text and name not in may_be_empty] == []
    assert about["command"] != ""
    phrases = [text for name, text in about.items() if text and name != "command"]
    assert [text for text in phrases if text != text.strip() or text.endswith(".")] == []
    assert ADDRESS.fullmatch(listed.about.source)


def test_a_source_in_the_documents_is_a_heading_of_them() -> None:
    for listed in EVERY:
        page, _, anchor = listed.about.source.partition("#") if listed.about else ("", "", "")
        if page.startswith("docs/"):
            text = (ROOT / page).read_text(encoding="utf-8")
            slugs = {
                re.sub(r"\W+", "-", head.lower()) for head in re.findall(r"^#+ (.*)$", text, re.MULTILINE)
            }
            assert anchor in slugs


@pytest.mark.long
def test_every_format_that_can_be_recognised_has_a_fixture_that_is() -> None:
    found = {
        (match.kind, match.format)
        for file in sorted(FIXTURES.rglob("*"))
        if file.is_file()
        for match in identify(tree({file.name: file.read_bytes()}, file.name))
    }
    languages = {("source", listed.name) for listed in formats() if listed.kind == "source"}
    without_marks = {("json", "json"), ("api_diff", "api_diff"), *languages}
    assert {(listed.kind, listed.name) for listed in formats()} - found == without_marks


def test_the_formats_in_the_terminal(run: Run) -> None:
    ran = run("facts", "--formats", "contracts")
    assert (ran.code, ran.out.splitlines()[:2]) == (0, ["contracts", "  - pact file: Pact"])
    every = run("facts", "--formats").out
    assert "openapi\n  - OpenAPI\n" in every
    assert ran.out in every


def test_the_formats_as_json(run: Run) -> None:
    listed = json.loads(run("facts", "--formats", "-f", "json").out)["formats"]
    assert [(one["kind"], one["format"]) for one in listed] == [(one.kind, one.name) for one in EVERY]
    assert set(listed[0]) == {"kind", "format", "tool", "seen", "command", "source"}


def test_formats_of_a_kind_that_does_not_exist(run: Run) -> None:
    ran = run("facts", "--formats", "test")
    assert (ran.code, "unknown kind 'test'" in ran.err) == (2, True)
    ran = run("facts", "--formats", "cobertura")
    assert (ran.code, "'cobertura' is a format of coverage; name a kind" in ran.err) == (2, True)
    assert run("facts", "--formats", "tests", "a.xml").code == 2


PAGE = (ROOT / "docs/add-a-kind.md").read_text(encoding="utf-8")


def test_the_kinds_that_can_be_described_are_listed() -> None:
    listed = re.findall(
        r"`(\w+)`", PAGE.partition("Those that a description may be of:")[2].partition("\n\n")[0]
    )
    assert listed == [kind for kind in collectors.KINDS.names if descriptions.adapter_of(kind)]


def test_the_description_that_the_page_shows_is_right() -> None:
    written = PAGE.partition("### Describe it")[2]
    file = written.partition("```json\n")[2].partition("```")[0]
    text = written.partition("```yaml\n")[2].partition("```")[0]
    description = descriptions.load(text)
    assert list(descriptions.flaws(description)) == []
    assert description.example
    assert list(misses(description, description.example, file.encode(), {"acme": text})) == []


def test_the_page_explains_every_key_of_a_description() -> None:
    rows = re.findall(
        r"^\| (`.*?) \|", PAGE.partition("| key | says |")[2].partition("\n\n")[0], re.MULTILINE
    )
    named = set(re.findall(r"`(\w+)`", " ".join(rows)))
    assert set(FormatDescription.model_fields) - named <= {"looks_at"}
