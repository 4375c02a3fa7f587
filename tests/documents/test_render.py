"""The readiness document as Markdown: complete, the same every time, and safe for a site that reads MDX."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.workspaces import ROOT
from gatekeeper.documents.render import Flavour, as_markdown
from gatekeeper.judging.plans.matrix import summary
from gatekeeper.model.milestone import Published
from gatekeeper.model.roadmap import Roadmap
from gatekeeper.model.rulebook import Criterion, Policy, RoleDefinition
from gatekeeper.model.service import Service
from gatekeeper.model.workspace import Manifests
from gatekeeper.reporters.text import mdx
from gatekeeper.workspace.loading import open_workspace

REFERENCE = open_workspace(ROOT).manifests
HOSTILE = [
    "<script>alert(1)</script>",
    "{process.env.SECRET}",
    "import x from 'y'",
    "export const a = 1",
    ":::danger",
    "a :name[b]{c} ::leaf",
    "<!-- x -->",
    "a | b",
    "```",
    "\u202eabc",
    "[a](javascript:b)",
    "@everyone",
    "&lt;b&gt;",
]


def page(workspace: Manifests, flavour: Flavour = Flavour.PLAIN) -> str:
    return as_markdown(
        workspace, summary(workspace.services.values(), workspace.levels.scale, workspace.milestones), flavour
    )


def hostile(words: str) -> Manifests:
    """Return the reference workspace, foreign words in every place that takes some."""
    service = Service.model_validate(
        {
            "service": "shop",
            "owner": words,
            "about": words,
            "labels": [words],
            "plan": {
                "M0": {
                    "level": "L1",
                    "gates": {"G1": {"scope": words, "paths": [words]}},
                    "adds": [words],
                }
            },
        }
    )
    levels = tuple(
        level.model_copy(update={"name": words, "meaning": words, "audience": words})
        for level in REFERENCE.levels.levels
    )
    gates = {
        name: gate.model_copy(
            update={
                "name": words,
                "definition": words,
                "artefact": words,
                "criteria": tuple(one.model_copy(update={"question": words}) for one in gate.criteria),
            }
        )
        for name, gate in REFERENCE.gates.items()
    }
    entry = Published.model_validate({"label": words, "level": "L1", "note": words})
    governance = REFERENCE.governance.model_copy(
        update={
            "policy": {"rule": Policy(text=words)},
            "roles": {"owner": RoleDefinition(about=words)},
            "upgrade_sign_offs": ("owner",),
        }
    )
    return REFERENCE._replace(
        services={"shop": service},
        levels=REFERENCE.levels.model_copy(update={"levels": levels}),
        gates=gates,
        governance=governance,
        milestones=Roadmap({"M0": REFERENCE.milestones["M0"].model_copy(update={"must_be_green": (entry,)})}),
    )


def body(text: str) -> str:
    """Return a page without front matter, code and the admonition that is ours."""
    without = re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.DOTALL)
    without = re.sub(r"^:::(info Source)?$", "", without, flags=re.MULTILINE)
    return re.sub(r"`[^`\n]*`", "", without)


@pytest.mark.parametrize("words", HOSTILE)
def test_foreign_words_are_text_to_mdx(words: str) -> None:
    text = body(page(hostile(words), Flavour.DOCUSAURUS))
    assert re.findall(r"[<{}]", text) == []
    assert re.findall(r"(?<!&#58;):(?=[:\w])", text.replace("\\", "")) == []
    assert [line for line in text.splitlines() if re.match(r"import\b|export\b|:::", line)] == []
    assert "\u202e" not in text


@pytest.mark.parametrize("words", HOSTILE)
def test_foreign_words_are_text_to_markdown(words: str) -> None:
    from markdown_it import MarkdownIt

    tokens = MarkdownIt("commonmark").enable("table").parse(page(hostile(words)))
    inner = [child for token in tokens for child in token.children or ()]
    assert {token.type for token in tokens} & {"html_block", "fence", "code_block"} == set()
    assert {child.type for child in inner} <= {
        "text",
        "strong_open",
        "strong_close",
        "em_open",
        "em_close",
        "code_inline",
        "softbreak",
    }
    # Words with a bar in them have made no columns.
    assert [token.content for token in tokens if token.type == "inline" and token.content == "b"] == []


@given(st.text(alphabet=":{}<a \\&#;", max_size=20))
def test_mdx_finds_nothing_in_any_text(words: str) -> None:
    text = mdx.text(words)
    assert re.search(r"[{}<]|:(?=[:\w])", text) is None


def test_the_same_workspace_gives_the_same_bytes() -> None:
    again = open_workspace(ROOT).manifests
    for flavour in Flavour:
        assert page(REFERENCE, flavour) == page(again, flavour)


def test_everything_of_the_workspace_is_there() -> None:
    text = page(REFERENCE)
    assert [name for name in REFERENCE.services if f"\n### {name}" not in text] == []
    criteria = [one for gate in REFERENCE.gates.values() for one in gate.criteria]
    criteria += [one for level in REFERENCE.levels.levels for one in level.criteria]
    assert [one.id for one in criteria if f"- `{one.id}` " not in text] == []
    assert (
        "| M0 | L2 | G1, G2 (auth endpoints), G3 (user/session events), G6, G8 (OWASP ASVS L2 baseline) |"
        in text
    )
    assert "- M0 G8: demands\n" in text
    assert "### progress-service (LRS)" in text
    assert (
        "| M5 | + billing-service L4, enrollment-service L3 (unchanged), residency-capable services L4 |"
        in text
    )
    assert "Labels: residency." in text
    assert "A level is signed off by owner, architecture, security." in text


def test_a_site_takes_its_title_from_the_front_matter() -> None:
    text = page(REFERENCE, Flavour.DOCUSAURUS)
    assert text.startswith("---\ntitle: Service Readiness Gates\n")
    assert "\n:::info Source\n" in text
    assert "\n# " not in text
    assert page(REFERENCE).startswith("# Service Readiness Gates\n")


def test_a_workspace_without_published_list_and_policy_has_no_empty_sections() -> None:
    bare = REFERENCE._replace(
        milestones=Roadmap(
            (name, of.model_copy(update={"must_be_green": ()})) for name, of in REFERENCE.milestones.items()
        ),
        governance=REFERENCE.governance.model_copy(
            update={"policy": {}, "upgrade_sign_offs": (), "weakening_sign_off": None}
        ),
    )
    text = page(bare)
    assert "as it was published" not in text
    assert "signed off by" not in text
    assert "Weaker rules" not in text
    assert "\n\n\n" not in text


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"attested_by": "owner"}, "*Attested by owner.*"),
        ({"attested_by": "owner", "from": "L2", "only_at": "L3"}, "*From L2. Only at L3. Attested by owner.*"),
        ({"same_as": "G1.pure", "applies_when": {"gate": "G2"}}, "*Where G2 applies.*"),
        ({"same_as": "G1.pure", "applies_when": {"any_gate": ["G2", "G3"]}}, "*Where G2 or G3 applies.*"),
        ({"same_as": "G1.pure", "applies_when": {"label": "eu"}}, "*For services with the label eu.*"),
        ({"same_as": "G1.pure", "applies_when": {"except_services": ["a", "b"]}}, "*Not for a, b.*"),
        (
            {"requires": {"a.b": {"equals": 1}}, "or_attested_by": "owner", "max_age_days": 3, "same_commit": True},
            "*No older than 3 days. Of the very commit that ships. Without an artefact, owner may attest it.*",
        ),
        ({"attested_by": "owner", "limits": "Whether it rains."}, "*Attested by owner. Limits: Whether it rains.*"),
        (
            {"attested_by": "owner", "per_milestone": True, "waivable_by": "security"},
            "*Anew at each milestone. Attested by owner. May be declared not applicable by security.*",
        ),
    ],
)  # fmt: skip
def test_when_a_criterion_is_asked_is_told(more: dict[str, object], told: str) -> None:
    stanza = {"id": "G1.x", "question": "Is it so?", "why": "w", "remedy": "r", "effort": "small", **more}
    gate = REFERENCE.gates["G1"].model_copy(update={"criteria": (Criterion.model_validate(stanza),)})
    assert f"- `G1.x` Is it so? {told}\n" in page(REFERENCE._replace(gates={"G1": gate}))
