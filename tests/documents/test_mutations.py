"""A page that differs in one thing is found to differ, on that line; the same page in another form is not."""

import re
import textwrap
from collections.abc import Callable, Sequence

import pytest

import gatekeeper
from builders.documents import SPEC, own_page
from builders.judging import workspace
from builders.own_ids import rendered
from builders.workspaces import ROOT
from gatekeeper.documents.compare import compare_document
from gatekeeper.documents.parse import read_document
from gatekeeper.model.document import Disagreement, PageIds
from gatekeeper.model.workspace import Manifests

REFERENCE = gatekeeper.open(ROOT).loaded.manifests
PUBLISHED = {
    "a higher coverage": ("≥ 95 %", "≥ 90 %"),
    "another comparison": ("coverage ≥ 95", "coverage ≤ 95"),
    "another version": ("OpenAPI 3.1 published at", "OpenAPI 3.0 published at"),
    "another path": ("/openapi.json", "/swagger.json"),
    "another percentile": ("p50/p95/p99", "p50/p90/p99"),
    "one percentile less": ("(p50/p95/p99)", "(p95/p99)"),
    "another percentile in a definition": ("p95 + p99", "p90 + p99"),
    "another header": ("Idempotency-Key required", "Request-Id required"),
    "another condition": ("If-Match required on all mutations", "If-Match required on most mutations"),
    "another field of the envelope": ("retentionClass", "retentionDays"),
    "one field less": ("tenantId, retentionClass, dataResidency", "tenantId, dataResidency"),
    "another id": ("clientMutationId", "mutationId"),
    "another flag": ("cursor + hasMore", "cursor + total"),
    "one fault less": ("drop, retry, partial push", "drop, retry"),
    "another port": ("AIClient adapter", "LLMClient adapter"),
    "another service": ("imports outside ai-gateway-service.", "imports outside search-service."),
    "another record": ("AIProvenance required", "AIOrigin required"),
    "another signal": ("Metrics: RPS, latency, errors, saturation.", "Metrics: RPS, latency, errors."),
    "another case of a name": ("tenantId", "tenantID"),
    "another test": ("Two-tenant isolation test suite", "One-tenant isolation test suite"),
    "a negation": ("  • Alert thresholds", "  • No alert thresholds"),
    "a weaker word": ("  • No any types", "  • Few any types"),
    "a definition": ("outbox + inbox; Pact", "outbox; Pact"),
    "an artefact": ("k6 report attached to release", "k6 report"),
    "no artefact": ("documentedk6 report attached to release", "documented"),
    "a meaning": ("zero customer endpoints", "few customer endpoints"),
    "a clause less": ("; chaos tests passing", ""),
    "a clause more": ("budget observable", "budget observable; costs capped"),
    "an audience": ("Internal staging only", "Internal + partners"),
    "no audience": ("closedCustomer-facing", "closed"),
    "a level by another name": ("L2Internal MVP", "L2Internal beta"),
    "a gate by another name": ("G6 Observability — acc", "G6 Operability — acc"),
    "another escalation": ("L4 without its L3 gate", "L4 without its L2 gate"),
    "another steady state": ("L4 is the target", "L3 is the target"),
    "one signer less": ("service owner + architecture + security", "service owner + architecture"),
    "another signer": ("owner + architecture + security.", "owner + architecture + product."),
    "another regression": ("until remediated", "until explained"),
    "a longer exception": ("within one milestone", "within two milestones"),
    "another excused level": ("production at L3 with", "production at L2 with"),
    "another register": ("risk register", "backlog"),
    "no such sentence": ("Unlisted gates are non-applicable.", ""),
    "a further sentence": ("Unlisted gates", "Waivers are fine. Unlisted gates"),
    "another number of gates": ("Eight Canonical", "Nine Canonical"),
    "a bullet less": ("  • Rate-limit headers on throttled routes.\n", ""),
    "a bullet more": ("  • Problem+JSON", "  • GraphQL is banned.\n  • Problem+JSON"),
    "a bullet twice": ("  • Problem+JSON", "  • Problem+JSON on every error.\n  • Problem+JSON"),
    "another level in the matrix": ("M2L3+ rate limits", "M2L4+ rate limits"),
    "another gate in the matrix": ("M0L1G1, G3 (firehose", "M0L1G1, G4 (firehose"),
    "another scope": ("(user/session events)", "(user events)"),
    "a capability less": ("+ dunning + tax depth", "+ dunning"),
    "another capability": ("+ learner transcripts", "+ teacher transcripts"),
    "another owner of a row": ("progress-service (LRS)", "progress-service (LMS)"),
    "a published level": ("authoring L1, catalog L2", "authoring L2, catalog L2"),
    "a published note": ("(unchanged)", "(changed)"),
    "a published service less": (", analytics L2\n", "\n"),
}
"""By name: what a page of the reference says, and what the changed page says instead."""


def found(page: str, space: Manifests = REFERENCE) -> Sequence[Disagreement]:
    return compare_document(read_document(page.encode(), "page", PageIds.of(space)), space)


def line_of(page: str, start: int) -> int:
    return page.count("\n", 0, start) + 1


def changed(page: str, old: str, new: str) -> tuple[str, range]:
    """Return the page with one change, and the lines on which it may be reported."""
    assert old in page, old
    line = line_of(page, page.index(old.lstrip("\n")) + (1 if old.startswith("\n") else 0))
    return page.replace(old, new, 1), range(line - 2, line + 2)


@pytest.fixture(
    scope="module",
    params=["own", pytest.param("published", marks=[pytest.mark.published(SPEC), pytest.mark.long])],
)
def text(request: pytest.FixtureRequest) -> str:
    return own_page().decode() if request.param == "own" else SPEC.read_text(encoding="utf-8")


def test_the_page_itself_does_not_differ(text: str) -> None:
    assert found(text) == ()


@pytest.mark.long
@pytest.mark.parametrize("name", PUBLISHED)
def test_a_change_is_reported_on_its_line(text: str, name: str) -> None:
    page, lines = changed(text, *PUBLISHED[name])
    differences = found(page)
    assert differences
    assert any(one.line in lines for one in differences), differences
    assert len(differences) <= 3


@pytest.mark.long
def test_each_word_of_the_rules_counts(text: str) -> None:
    lines = text.split("\n")
    prose = [here for here, line in enumerate(lines) if re.match(r"  • |L\d[A-Z]|G\d [A-Z]|Esc", line)]
    words = [(here, word) for here in prose for word in list(re.finditer(r"[\w§#%≥]+", lines[here]))[::6]]
    assert len(words) > 50
    for here, word in words:
        line = lines[here]
        other = f"{line[: word.start()]}qzx{line[word.end() :]}"
        assert found("\n".join([*lines[:here], other, *lines[here + 1 :]])), line


def test_a_line_that_goes_elsewhere_is_reported_in_both_places(text: str) -> None:
    line, before = "  • Dashboard link in runbook.\n", "  • Saturation point documented.\n"
    page = text.replace(line, "").replace(before, line + before)
    missing, beyond = found(page)
    assert missing.message == (
        f"G6.dashboard-link cites 'Dashboard link in runbook.', which is in line {beyond.line} under G7"
    )
    assert beyond.message == "no rule cites 'Dashboard link in runbook.'"
    assert beyond.line == line_of(page, page.index(line))


@pytest.mark.long
def test_lines_of_two_gates_that_change_places_are_reported(text: str) -> None:
    one, other = "No any types in domain.", "Problem+JSON on every error."
    page = text.replace(one, "\0").replace(other, one).replace("\0", other)
    assert len(found(page)) == 4


def test_the_message_names_the_rule_and_both_texts(text: str) -> None:
    [one] = found(text.replace("≥ 95 %", "≥ 90 %"))
    assert one.message == (
        "G1.coverage cites 'Unit coverage ≥ 95 % on domain folder.'; "
        "the page says 'Unit coverage ≥ 90 % on domain folder.'"
    )


def wrapped(width: int, indent: str) -> Callable[[str], str]:
    def wrap(line: str) -> str:
        return "\n".join(textwrap.wrap(line, width, subsequent_indent=indent if "•" in line else "")) or line

    return lambda page: "\n".join(map(wrap, page.split("\n")))


def reversed_bullets(page: str) -> str:
    return re.sub(
        r"(?:  • .*\n?)+", lambda run: "\n".join(run[0].rstrip("\n").split("\n")[::-1]) + "\n", page
    )


def reversed_rows(page: str) -> str:
    """Return a page with the rows of gates and services in reverse; the order of levels has a meaning."""
    page = re.sub(
        r"(?:^G\d .*[a-z].*\n){8}",
        lambda run: "\n".join(run[0].split("\n")[-2::-1]) + "\n",
        page,
        flags=re.MULTILINE,
    )
    first = re.search(r"^[a-z-]+-service.*\n\nMilestoneLevelGates", page, re.MULTILINE)
    assert first
    start, end = first.start(), page.index("4. Gate Details")
    services = re.split(r"\n\n(?=[a-z-]+-service\b)", page[start:end].rstrip("\n"))
    assert len(services) == 19
    return page[:start] + "\n\n".join(services[::-1]) + "\n\n" + page[end:]


FORMS: dict[str, Callable[[str], str]] = {
    "wrapped at 50": wrapped(50, "    "),
    "wrapped at 72 without indentation": wrapped(72, ""),
    "wrapped at 100": wrapped(100, "    "),
    "bullets in another order": reversed_bullets,
    "rows in another order": reversed_rows,
    "wider spaces": lambda page: page.replace("≥ 95 %", "≥\u00a095\u202f%").replace("at each", "at  each"),
    "no spaces": lambda page: page.replace("≥ 95 %", "≥95%"),
    "typographic marks": lambda page: (
        page.replace('"ready"', "\u201cready\u201d").replace("eval'd", "eval\u2019d").replace("end-to-end", "end\u2011to\u2011end")
    ),
    "other bullets": lambda page: page.replace("  • ", "- "),
    "windows": lambda page: page.replace("\n", "\r\n"),
}  # fmt: skip


@pytest.mark.long
@pytest.mark.parametrize("name", FORMS)
def test_another_form_is_no_difference(text: str, name: str) -> None:
    page = FORMS[name](text)
    assert page != text
    assert found(page) == ()


# A page that `docs` wrote

RENDERED = rendered(REFERENCE)
WRITTEN = {
    "a question": ("at least 95 % of the lines", "at least 90 % of the lines"),
    "an id": ("`G1.coverage`", "`G1.lines`"),
    "a condition": ("*From L2. Without an artefact", "*From L3. Without an artefact"),
    "an attesting role": ("security may attest it. Limits", "owner may attest it. Limits"),
    "a criterion less": (next(line for line in RENDERED.splitlines(keepends=True) if line.startswith("- `G2.if-match`")), ""),
    "a meaning of a level": ("no customer endpoint at all", "few customer endpoints"),
    "an audience": ("| Internal staging only |", "| Internal |"),
    "a definition": ("cover every\\", "cover most") if "cover every\\" in RENDERED else ("unit tests cover every invariant", "unit tests cover each invariant"),
    "an artefact": ("Schema registry + Pact broker", "Schema registry"),
    "a policy": ("until it is fixed", "until it is explained"),
    "the time of an exception": ("closed within one milestone", "closed within two milestones"),
    "a role": ("Looks after the threat model", "Looks after the budget"),
    "who signs": ("signed off by owner, architecture, security.", "signed off by owner, architecture."),
    "who approves": ("approved by architecture.", "approved by owner."),
    "an owner of a service": ("Owned by team-billing.", "Owned by team-payments."),
    "a sentence of the head": ("unless all applicable gates are green", "unless most gates are green"),
    "a derived level": ("identity-service L2, tenant", "identity-service L3, tenant"),
    "a cell": ("| M2 | L3 | + rate limits", "| M2 | L4 | + rate limits"),
}  # fmt: skip


@pytest.mark.long
@pytest.mark.parametrize("name", WRITTEN)
def test_a_change_of_a_written_page_is_reported_on_its_line(name: str) -> None:
    page, lines = changed(RENDERED, *WRITTEN[name])
    differences = found(page)
    assert any(one.line in lines for one in differences), differences
    assert len(differences) <= 3


@pytest.mark.parametrize(
    "form",
    [
        lambda page: page.replace("unless all", "unless\nall").replace(
            "domain pure Type", "domain pure\n  Type"
        ),
        lambda page: page.replace("Owned by", "**Owned** by"),
        lambda page: re.sub(r"(?:- `G1\..*\n)+", lambda run: "".join(run[0].splitlines(True)[::-1]), page),
    ],
    ids=["wrapped", "emphasis", "order"],
)
def test_another_form_of_a_written_page_is_no_difference(form: Callable[[str], str]) -> None:
    page = form(RENDERED)
    assert page != RENDERED
    assert found(page) == ()


# A small page of somebody else

SMALL = """\
# Bakery readiness

Bread leaves the oven only when all gates are green.

| Level | Meaning | Who may use it |
|---|---|---|
| L0 | Raw | Bakers |
| L1 | Baked: crust and crumb | Everybody |

| Gate | Definition | Test artefact |
|---|---|---|
| G1 Oven | The oven reaches 230 degrees | Log of the oven |

### loaf

| Milestone | Level | Gates |
|---|---|---|
| M0 | L1 | G1 |

### G1 Oven — acceptance criteria

- The oven is at 230 degrees for 40 minutes.
- A baker is there.

## Governance

- Recall: two bakers decide.
"""
OVEN = """
gate: G1
name: Oven
definition: The oven is hot.
artefact: Log
role: baker
cites: [The oven reaches 230 degrees, Log of the oven]
criteria:
  - id: G1.hot
    question: Is the oven at 230 degrees for 40 minutes?
    why: w
    cites: The oven is at 230 degrees for 40 minutes.
    attested_by: baker
    remedy: r
    effort: small
  - {id: G1.baker, question: Is a baker there?, why: w, cites: A baker is there., attested_by: baker, remedy: r, effort: small}
"""
LEVELS = """
levels:
  - {level: L0, name: Raw, meaning: m, audience: Bakers, cites: [Raw, Bakers]}
  - {level: L1, name: Baked, meaning: m, audience: Everybody, cites: ["Baked: crust and crumb", Everybody]}
"""
PEOPLE = """
roles: {baker: b, cook: c}
upgrade_sign_offs: [baker, cook]
policy: {recall: {text: Two decide., cites: "Recall: two bakers decide."}}
prose: [Bakery readiness, Bread leaves the oven only when all gates are green., Governance]
"""


def bakery() -> Manifests:
    from builders.judging import service

    loaf = service(service="loaf", plan="{M0: {level: L1, gates: {G1: }}}")
    return workspace(loaf, gates={"G1": OVEN}, levels=LEVELS, governance=PEOPLE, milestones=("M0",))


BAKERY = {
    "a number": ("230 degrees for", "200 degrees for"),
    "another number": ("40 minutes", "30 minutes"),
    "a number of a definition": ("reaches 230", "reaches 200"),
    "a bullet": ("- A baker is there.\n", ""),
    "a further bullet": ("- A baker is there.\n", "- A baker is there.\n- It smells good.\n"),
    "a policy": ("two bakers", "one baker"),
    "a sentence": ("all gates", "most gates"),
    "a further table": ("## Governance", "| Flour | Mill |\n|---|---|\n| rye | old |\n\n## Governance"),
    "a code block": ("## Governance", "```\nburn it\n```\n\n## Governance"),
    "a nested item": ("- A baker is there.\n", "- A baker is there.\n  - Or a cook.\n"),
    "a meaning": ("crust and crumb", "crust"),
    "an artefact": ("| Log of the oven |", "| |"),
}


def test_the_small_page_does_not_differ() -> None:
    assert found(SMALL, bakery()) == ()
    assert found(SMALL.replace("for 40\n", "for 40").replace("is there", "is\n  *there*"), bakery()) == ()


@pytest.mark.parametrize("name", BAKERY)
def test_a_change_of_a_small_page_is_reported_on_its_line(name: str) -> None:
    page, lines = changed(SMALL, *BAKERY[name])
    differences = found(page, bakery())
    assert any(one.line in range(lines.start, lines.stop + 3) for one in differences), differences


def test_a_criterion_that_cites_nothing_of_a_list_is_reported() -> None:
    space = bakery()
    gate = space.gates["G1"]
    silent = gate.criteria[1].model_copy(update={"id": "G1.silent", "cites": ()})
    more = gate.model_copy(update={"criteria": (*gate.criteria, silent)})
    [one] = found(SMALL, space._replace(gates={"G1": more}))
    assert one.message == "G1.silent cites nothing of this list: Is a baker there?"
    assert SMALL.split("\n")[one.line - 1].startswith("### G1 Oven")
