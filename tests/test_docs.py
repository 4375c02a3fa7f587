"""Documents: their examples are valid, their links lead somewhere, and they leave nothing out."""

import re
from importlib import import_module
from itertools import chain
from pathlib import Path

import pytest

from builders.workspaces import ROOT
from gatekeeper import collectors
from gatekeeper.manifests.settings import Settings
from gatekeeper.manifests.validation import parse
from gatekeeper.model.cases import CaseFile
from gatekeeper.model.evidence import Artefact, ArtefactFile
from gatekeeper.model.evidence_rules import EvidenceRules
from gatekeeper.model.format import FormatDescription
from gatekeeper.model.manifest import Manifest
from gatekeeper.model.milestone import Milestone, RegisteredException
from gatekeeper.model.rulebook import Gate, Governance, Levels
from gatekeeper.model.service import Service

PAGES = [
    ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "benchmarks/README.md")
] + sorted((ROOT / "docs").rglob("*.md"))
EXAMPLES = re.findall(
    r"^```yaml\n# (\S+\.yaml)\n(.*?)^```$",
    (ROOT / "docs/workspace.md").read_text(encoding="utf-8"),
    re.MULTILINE | re.DOTALL,
)
MODELS: dict[str, type[Manifest]] = {
    "services/": Service,
    "gates/G": Gate,
    "gates/levels": Levels,
    "gates/governance": Governance,
    "gates/evidence": EvidenceRules,
    "gates/formats": FormatDescription,
    "gates/tests": CaseFile,
    "milestones/M": Milestone,
    "milestones/risk-register": RegisteredException,
    "gatekeeper": Settings,
}


@pytest.mark.parametrize(("file", "text"), EXAMPLES, ids=[file for file, _ in EXAMPLES])
def test_an_example_of_a_manifest_is_valid(file: str, text: str) -> None:
    model = next(model for start, model in MODELS.items() if file.startswith(start))
    assert parse(text.encode(), file, model).problems == ()


def test_every_manifest_has_an_example() -> None:
    assert {start for start in MODELS for file, _ in EXAMPLES if file.startswith(start)} == set(MODELS)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    links = re.findall(r"\]\((?!https?:)([^)#\s]+)", text)
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_every_decision_is_listed() -> None:
    folder = ROOT / "docs/decisions"
    listed = re.findall(r"\((\d{4}-[a-z-]+\.md)\)", (folder / "README.md").read_text(encoding="utf-8"))
    assert listed == sorted(page.name for page in folder.glob("*.md") if page.name != "README.md")


def test_every_kind_that_is_read_is_documented() -> None:
    text = (ROOT / "docs/evidence.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE))
    kinds = set(collectors.KINDS.names)
    statuses = {"missing", "unreadable", "stale", "fail"}
    assert documented - statuses == kinds


REGISTERS = re.findall(
    r"^```yaml\n# \S+.*?, of the kind `(\w+)`\n(.*?)^```$",
    (ROOT / "docs/evidence.md").read_text(encoding="utf-8"),
    re.MULTILINE | re.DOTALL,
)


@pytest.mark.parametrize(("kind", "text"), REGISTERS, ids=[kind for kind, _ in REGISTERS])
def test_an_example_of_a_register_is_read_without_a_flaw(kind: str, text: str) -> None:
    found = collectors.find(kind)
    assert found
    file = ArtefactFile("a.yaml", text.encode)
    schemas = [
        ArtefactFile(name, lambda: b'{"type": "object"}') for name in re.findall(r"[\w-]+\.json", text)
    ]
    facts = found.collect(Artefact("a", (file, *schemas)), {}).facts._asdict()
    flaws = (
        "untested",
        "unregistered",
        "without_conflict_policy",
        "unpinned",
        "without_event",
        "open",
        "duplicates",
    )
    assert {name: value for name, value in facts.items() if name in flaws and value} == {}
    assert any(isinstance(value, tuple) and value for value in facts.values()) or facts["closed"]


def test_every_key_of_the_contract_is_documented() -> None:
    text = (ROOT / "docs/json.md").read_text(encoding="utf-8")
    source = (ROOT / "src/gatekeeper/reporters/json.py").read_text(encoding="utf-8")
    keys = set(chain.from_iterable(re.findall(r'^ +"(\w+)":', line) for line in source.splitlines()))
    assert keys
    assert sorted(key for key in keys if not re.search(rf"\b{key}\b", text)) == []


def test_the_kinds_that_take_formats_are_listed() -> None:
    page = (ROOT / "docs/add-a-kind.md").read_text(encoding="utf-8")
    listed = re.findall(r"`(\w+)`", page.partition("These kinds take formats:")[2].partition("\n\n")[0])
    readers = {name: import_module(f"gatekeeper.collectors.{name}.read") for name in collectors.KINDS.names}
    assert listed == [name for name, reader in readers.items() if hasattr(reader, "FORMATS")]
