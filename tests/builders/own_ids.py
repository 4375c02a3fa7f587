"""A small workspace whose ids are all its own, and pages of such workspaces."""

from pathlib import Path

from builders.workspaces import write
from gatekeeper.documents.parse import read_document
from gatekeeper.documents.render import Flavour, as_markdown
from gatekeeper.judging.plans.matrix import summary
from gatekeeper.model.document import PageIds, ReadinessDocument
from gatekeeper.model.workspace import Manifests

CRITERION = "why: w, attested_by: lead, remedy: r, effort: small"
FILES = {
    "gatekeeper.yaml": "roadmap: [2026Q3, 2026Q4, 2027Q1]\n",
    "gates/build.yaml": f"""\
gate: build
name: Build
definition: The image is built from the tagged commit.
artefact: SBOM of the image
role: lead
criteria:
  - {{id: build.image, question: Is there an image?, {CRITERION}}}
  - {{id: build.sbom, question: Is there a list of its parts?, from: silver, {CRITERION}}}
""",
    "gates/api.yaml": f"""\
gate: api
name: API
definition: The API is published.
artefact: OpenAPI description
role: lead
criteria:
  - {{id: api.published, question: Is the API published?, {CRITERION}}}
""",
    "gates/run.yaml": f"""\
gate: run
name: Run
definition: The service can be operated.
artefact: Runbook
role: lead
criteria:
  - {{id: run.alerts, question: Do alerts reach people?, {CRITERION}}}
""",
    "gates/levels.yaml": f"""\
slots:
  scope_tests: {{kind: tests, about: tests of demands}}
  capability_tests: {{kind: tests, about: tests of capabilities}}
levels:
  - {{level: none, name: Not started, meaning: Nothing is there., audience: Nobody}}
  - {{level: bronze, name: Works, meaning: Colleagues can use it, audience: Our own company}}
  - level: silver
    name: Trusted
    meaning: Friendly customers use it
    audience: Chosen customers
    criteria:
      - {{id: silver.support, question: Is there a support rota?, {CRITERION}}}
  - {{level: gold, name: Promised, meaning: There is a contract, audience: Everybody, ships_to: [shops]}}
""",
    "gates/governance.yaml": """\
policy: {promotion: The lead decides.}
roles: {lead: Leads the product.}
upgrade_sign_offs: []
""",
    "milestones/2026Q3.yaml": "milestone: 2026Q3\nmust_be_green: [{service: shop, level: bronze}]\n",
    "milestones/2026Q4.yaml": """\
milestone: 2026Q4
must_be_green:
  - {service: shop, level: silver, note: with refunds}
  - {label: eu, level: bronze, note: eu-capable services}
""",
    "milestones/2027Q1.yaml": "milestone: 2027Q1\n",
    "services/shop.yaml": """\
service: shop
owner: team-shop
about: sales
level: none
labels: [eu]
plan:
  2026Q3:
    level: bronze
    gates: {build: , api: {scope: orders, only: [api.published], paths: [/orders/*]}}
  2026Q4:
    level: silver
    gates: {build: , api: , run: {scope: on-call rota, effect: demands}}
    adds: [refunds, {capability: gift cards, optional: true}]
  2027Q1: {level: gold, adds: [run in two regions]}
""",
    "services/till-desk.yaml": """\
service: till-desk
owner: team-till
level: none
plan:
  2026Q4: {level: none}
  2027Q1: {level: bronze, gates: {run: }}
""",
}


def write_own_ids(folder: Path) -> Path:
    for name, text in FILES.items():
        write(folder / name, text)
    return folder


def rendered(workspace: Manifests, flavour: Flavour = Flavour.PLAIN) -> str:
    derived = summary(workspace.services.values(), workspace.levels.scale, workspace.milestones)
    return as_markdown(workspace, derived, flavour)


def read(text: str, workspace: Manifests | None = None) -> ReadinessDocument:
    return read_document(text.encode(), "page.md", PageIds.of(workspace) if workspace else None)


def remarks(text: str) -> list[str]:
    return [f"{remark.line}: {remark.message}" for remark in read(text).remarks]


TABLES = """\
| Level | Meaning | Who may use it |
|---|---|---|
| none | Nothing | Nobody |
| bronze | Works | Us |
| gold | Promised | All |

| Gate | Definition | Test artefact |
|---|---|---|
| build Build | d | a |
| run Run | d | a |

### shop

| Milestone | Level | Gates |
|---|---|---|
| beta | bronze | build, run (drills) |
| ga | gold | |

- beta run: only run.drill

### run Run — acceptance criteria

- Is a drill held?
- `build.image` Is there an image?
- v1.2 is supported
"""
