"""The reference plan says what the readiness document says, cell by cell.

The document is plain text taken from a web page: a table row is one line, its cells run together, as in
`M1L3+ device binding`. It is no part of the project; a page in the same form is made from the workspace.
"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
import yaml

from builders.documents import section
from builders.workspaces import ROOT
from gatekeeper.model.milestone import Milestone, RegisteredException
from gatekeeper.model.service import Effect, Service

CELLS = {
    "ai-gateway-service": 6,
    "analytics-service": 6,
    "assessment-service": 5,
    "assignment-service": 4,
    "authoring-service": 5,
    "billing-service": 4,
    "catalog-service": 5,
    "certification-service": 5,
    "content-service": 5,
    "delivery-service": 5,
    "enrollment-service": 5,
    "identity-service": 6,
    "marketplace-service": 4,
    "media-service": 5,
    "notification-service": 6,
    "progress-service": 5,
    "search-service": 5,
    "sync-service": 6,
    "tenant-service": 6,
}
MILESTONES = ["M0", "M1", "M2", "M3", "M4", "M5"]
DEMANDS = {
    "10 k stmts/sec",
    "JWS signing",
    "OWASP ASVS L2 baseline",
    "PCI-scope minimized",
    "PCI-scoped",
    "RLS policies",
    "SPF/DKIM/DMARC",
    "publish saga",
    "signing + encryption + tamper",
    "virus scan + MIME",
}


class Cell(NamedTuple):
    """A cell of the matrix, as the document writes it and as the manifests do."""

    level: str
    gates: dict[str, str | None] | None
    """Scope words by gate; None where the cell lists no gate."""
    adds: list[str]


class Target(NamedTuple):
    """An entry of the published exit summary: a service or a label, its level, the bracketed note."""

    whom: str
    level: str
    note: str | None


# --- The manifests ---------------------------------------------------------------------------------


def manifests(folder: str) -> dict[str, Any]:
    paths = sorted((ROOT / folder).glob("*.yaml"))
    return {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in paths}


@pytest.fixture(scope="module")
def services() -> dict[str, Service]:
    return {name: Service.model_validate(written) for name, written in manifests("services").items()}


@pytest.fixture(scope="module")
def milestones() -> dict[str, Milestone]:
    return {name: Milestone.model_validate(written) for name, written in manifests("milestones").items()}


def planned_cells(services: dict[str, Service]) -> dict[tuple[str, str], Cell]:
    return {
        (name, milestone): Cell(
            level=str(cell.level),
            gates=None
            if cell.gates is None
            else {gate: scope.scope if scope else None for gate, scope in cell.gates.items()},
            adds=[capability.capability for capability in cell.adds],
        )
        for name, service in services.items()
        for milestone, cell in service.plan.items()
    }


# --- The document ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def matrix_section(page: bytes) -> list[str]:
    return section(page, 3)


@pytest.fixture(scope="module")
def summary_section(page: bytes) -> list[str]:
    return section(page, 5)


def documented_cells(lines: list[str]) -> dict[tuple[str, str], Cell]:
    cells = {}
    service = ""
    for line in lines:
        if heading := re.match(r"[a-z-]+-service\b", line):
            service = heading[0]
        elif row := re.match(r"(M\d)(L\d)(.*)", line):
            cells[service, row[1]] = parse_cell(row[2], row[3])
    return cells


def parse_cell(level: str, text: str) -> Cell:
    if not text.startswith("G"):
        return Cell(level, None, [*capabilities(text)])
    listed, *rest = split_outside_brackets(text, "; ")
    return Cell(level, dict(parse_gates(listed)), [*capabilities("; ".join(rest))])


def capabilities(text: str) -> Iterator[str]:
    for phrase in split_outside_brackets(text.removeprefix("+ "), "; "):
        yield from split_outside_brackets(phrase, " + ")


def parse_gates(listed: str) -> Iterator[tuple[str, str | None]]:
    if re.fullmatch("G1.G8 full", listed):
        yield from dict.fromkeys(f"G{number}" for number in range(1, 9)).items()
        return
    for entry in split_outside_brackets(listed, ", "):
        gate, _, scope = entry.partition(" ")
        whole = re.fullmatch(r"\((.*)\)", scope)
        yield gate, whole[1] if whole else scope or None


def split_outside_brackets(text: str, separator: str) -> list[str]:
    parts, start, depth = [], 0, 0
    for here, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if depth == 0 and here >= start and text.startswith(separator, here):
            parts.append(text[start:here])
            start = here + len(separator)
    return [part for part in (*parts, text[start:]) if part]


def documented_summary(lines: list[str]) -> dict[str, list[Target]]:
    rows = (re.match(r"(M\d)\+? ?(.*)", line) for line in lines)
    return {row[1]: [parse_target(entry) for entry in row[2].split(", ")] for row in rows if row}


def parse_target(entry: str) -> Target:
    parsed = re.fullmatch(r"(.+) (L\d)(?: \((.+)\))?", entry)
    assert parsed, entry
    whom, level, note = parsed.groups()
    if whom == "residency-capable services":
        return Target("residency", level, whom)
    return Target(f"{whom}-service", level, note)


# --- The plan against the document -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("", Cell("L4", None, [])),
        ("+ a (b + c; d) + e; f-g", Cell("L4", None, ["a (b + c; d)", "e", "f-g"])),
        ("G1, G2 (x, y), G6; z", Cell("L4", {"G1": None, "G2": "x, y", "G6": None}, ["z"])),
        ("G1 some words (more)", Cell("L4", {"G1": "some words (more)"}, [])),
    ],
)
def test_a_flattened_cell_reads_as_a_person_reads_it(text: str, cell: Cell) -> None:
    assert parse_cell("L4", text) == cell


@pytest.mark.long
@pytest.mark.parametrize("milestone", MILESTONES)
@pytest.mark.parametrize("service", CELLS)
def test_every_cell_says_what_the_document_says(
    service: str, milestone: str, services: dict[str, Service], matrix_section: list[str]
) -> None:
    documented = documented_cells(matrix_section).get((service, milestone))
    assert planned_cells(services).get((service, milestone)) == documented


def test_the_document_has_no_cell_beyond_the_plan(
    services: dict[str, Service], matrix_section: list[str]
) -> None:
    documented = documented_cells(matrix_section)
    assert len(documented) == 98
    assert documented.keys() == planned_cells(services).keys()


def test_the_words_behind_a_service_are_what_it_is_about(
    services: dict[str, Service], matrix_section: list[str]
) -> None:
    headings = (re.fullmatch(r"([a-z-]+-service)(?: \((.+)\))?", line) for line in matrix_section)
    documented = {heading[1]: heading[2] for heading in headings if heading}
    assert {name: service.about for name, service in services.items()} == documented


def test_the_published_summary_says_what_the_document_says(
    milestones: dict[str, Milestone], summary_section: list[str]
) -> None:
    published = {
        name: [
            Target(entry.service or entry.label or "", str(entry.level), entry.note)
            for entry in milestone.must_be_green
        ]
        for name, milestone in milestones.items()
    }
    assert published == documented_summary(summary_section)


# --- The plan by itself ----------------------------------------------------------------------------


def test_every_service_has_its_cells(services: dict[str, Service]) -> None:
    assert {name: len(service.plan) for name, service in services.items()} == CELLS
    assert len(services) == 19
    assert sum(CELLS.values()) == 98


def test_files_are_named_after_what_they_hold(
    services: dict[str, Service], milestones: dict[str, Milestone]
) -> None:
    assert [service.service for service in services.values()] == list(services)
    assert [milestone.milestone for milestone in milestones.values()] == MILESTONES


def test_six_services_are_in_scope_at_m0(services: dict[str, Service]) -> None:
    assert {name for name, service in services.items() if "M0" in service.plan} == {
        "ai-gateway-service",
        "analytics-service",
        "identity-service",
        "notification-service",
        "sync-service",
        "tenant-service",
    }


def test_a_plan_starts_with_gates_runs_in_order_and_never_falls(services: dict[str, Service]) -> None:
    for name, service in services.items():
        planned = list(service.plan)
        levels = [cell.level for cell in service.plan.values()]
        assert planned == MILESTONES[-len(planned) :], name
        assert service.plan[planned[0]].gates, name
        assert levels == sorted(levels), name


def test_owners_are_teams_and_nothing_is_claimed_yet(services: dict[str, Service]) -> None:
    for name, service in services.items():
        assert service.owner == f"team-{name.removesuffix('-service')}"
        assert service.level == "L0"
        assert service.release is None
        records = [service.evidence, service.attestations, service.not_applicable, service.sign_offs]
        assert not any(records), name


def test_labels_and_targets_are_the_only_ones_the_document_gives(services: dict[str, Service]) -> None:
    assert {name: service.labels for name, service in services.items() if service.labels} == {
        "search-service": ("residency",),
        "sync-service": ("residency",),
        "tenant-service": ("residency",),
    }
    assert {name: service.targets for name, service in services.items() if service.targets} == {
        "progress-service": {"rps": 10000}
    }


def test_scope_notes_demand_or_narrow_by_what_the_document_names(services: dict[str, Service]) -> None:
    scopes = [
        scope
        for service in services.values()
        for cell in service.plan.values()
        for scope in (cell.gates or {}).values()
        if scope
    ]
    assert {scope.scope for scope in scopes if scope.effect is Effect.DEMANDS} == DEMANDS
    assert {scope.scope: scope.only for scope in scopes if scope.only} == {
        "prompt registry + provenance invariant": ("G5.prompt-registry", "G5.provenance"),
        "registrations for pilot aggregates": ("G4.registrations", "G4.conflict-policy"),
        "consume publish": ("G3.incoming-validated", "G3.outbox-inbox"),
        "firehose consumer skeleton": ("G3.incoming-validated", "G3.outbox-inbox"),
    }
    assert {scope.scope: scope.subjects or scope.aggregates for scope in scopes if scope.narrows_reading} == {
        "user/session events": ("*user*", "*session*"),
        "statements + attempts": ("*statement*", "*attempt*"),
        "sessions + turns": ("Session", "Turn"),
        "drafts": ("Draft",),
        "licenses": ("License",),
        "enrollments": ("Enrollment",),
    }
    in_words = [
        one for one in scopes if one.effect is Effect.NARROWS and not (one.only or one.narrows_reading)
    ]
    assert len(in_words) == 13


def test_capability_ids_are_unique_in_a_service(services: dict[str, Service]) -> None:
    for name, service in services.items():
        ids = [capability.id for cell in service.plan.values() for capability in cell.adds]
        assert len(ids) == len(set(ids)), name


def test_only_the_360_degree_styles_are_optional(services: dict[str, Service]) -> None:
    optional = [
        (name, milestone, capability.capability)
        for name, service in services.items()
        for milestone, cell in service.plan.items()
        for capability in cell.adds
        if capability.optional
    ]
    assert optional == [("media-service", "M4", "360° optional")]


def test_published_entries_name_services_and_labels_that_exist(
    services: dict[str, Service], milestones: dict[str, Milestone]
) -> None:
    labels = {label for service in services.values() for label in service.labels}
    for name, milestone in milestones.items():
        whom = [entry.service or entry.label for entry in milestone.must_be_green]
        assert whom, name
        assert len(whom) == len(set(whom)), name
        assert set(whom) <= services.keys() | labels, name


def test_the_document_gives_no_dates(milestones: dict[str, Milestone]) -> None:
    assert not [name for name, milestone in milestones.items() if milestone.exit_date or milestone.exits]


def test_lines_are_short_enough_to_read() -> None:
    files = [*ROOT.glob("services/*.yaml"), *ROOT.glob("milestones/*.yaml")]
    assert len(files) == 25
    for path in files:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            assert len(line) <= 100, f"{path.name}:{number}"


def test_the_risk_register_shows_a_record_that_could_be_opened(services: dict[str, Service]) -> None:
    readme = (ROOT / "milestones" / "risk-register" / "README.md").read_text(encoding="utf-8")
    record = re.search(r"```yaml\n(.*?)```", readme, re.DOTALL)
    assert record
    # The base loader keeps dates as text, as the project's own loader does.
    shown = RegisteredException.model_validate(yaml.load(record[1], yaml.BaseLoader))  # noqa: S506
    service = services[shown.service]
    cell = service.plan[shown.opened_in]
    due_at_l4 = {capability.id for capability in cell.adds} | {
        "L4.capabilities",
        "L4.chaos",
        "L4.dr-drill",
        "sign-off:L4",
    }
    assert cell.level == "L4"
    assert shown.owner == service.owner
    assert set(shown.delta) <= due_at_l4
