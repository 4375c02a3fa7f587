"""Every criterion has an artefact that passes it, one that fails it and one that is missing, through `check`.

The ids come from the rulebook, so that a new criterion without artefacts in the pilot fails here.
"""

import json
from collections.abc import Mapping
from contextlib import redirect_stdout
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any

import pytest
import yaml

from builders.program import criteria
from builders.reference_criteria import NOT_IN_PILOT
from builders.workspaces import PILOT, copy_of_whole_pilot, edit, write
from gatekeeper import collectors
from gatekeeper.cli import main
from gatekeeper.model.rulebook import Criterion
from test_pilot import AS_OF, judged
from test_reference_rulebook import defined_slots, stanzas, uses

GREEN, RED, EMPTY = "ledger-service", "basket-service", "empty-service"
RULES = {
    stanza["id"]: Criterion.model_validate(stanza) for stanza in stanzas() if stanza["id"] not in NOT_IN_PILOT
}

ATTESTED = {"G8.review", "L4.capabilities"}
"""Decided by people alone, so that no artefact passes or fails them: see the tests of attestations below."""
AT_L1 = {"L1.no-customer-endpoints"}
"""Asked only of a service that targets L1, which neither of the two does: see the tests of a skeleton below."""
NEVER_FAILS = {
    "G7.cold-and-warm": "asks only whether both were measured: there is a measurement, or there is none",
    "G8.threat-model": "the model of another milestone is stale, which is not wrong",
}
"""Criteria whose artefacts do not say no: see their tests below."""
DECIDED = [name for name in RULES if name not in ATTESTED | AT_L1]

Results = Mapping[str, Mapping[str, Any]]


def check(workspace: Path, service: str) -> Results:
    """Return what `check` says of a service, by criterion."""
    arguments = [
        "-C",
        str(workspace),
        "check",
        "-m",
        "M2",
        "-s",
        service,
        "--as-of",
        AS_OF,
        "--format",
        "json",
    ]
    with redirect_stdout(TextIOWrapper(BytesIO(), encoding="utf-8")) as said:
        main.run(arguments)
    said.seek(0)
    return {found["criterion"]: found for found in criteria(judged(json.load(said), service))}


def add_empty_service(pilot: Path, level: str) -> None:
    """Add a service without any evidence, of which all eight gates are asked."""
    gates = {f"G{number}": None for number in range(1, 9)}
    written = {"service": EMPTY, "owner": "team-ledger", "plan": {"M2": {"level": level, "gates": gates}}}
    write(pilot / "services" / f"{EMPTY}.yaml", yaml.safe_dump(written))


@pytest.fixture
def pilot(tmp_path: Path) -> Path:
    return copy_of_whole_pilot(tmp_path / "repository")


@pytest.fixture(scope="module")
def green() -> Results:
    return check(PILOT, GREEN)


@pytest.fixture(scope="module")
def red() -> Results:
    return check(PILOT, RED)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Results:
    pilot = copy_of_whole_pilot(tmp_path_factory.mktemp("empty") / "repository")
    add_empty_service(pilot, "L4")
    return check(pilot, EMPTY)


# --- Every criterion -------------------------------------------------------------------------------


def test_every_criterion_is_asked(green: Results, red: Results, empty: Results) -> None:
    for results in (green, red, empty):
        asked = [name for name in results if not name.startswith("capability:")]
        assert [name for name in asked if name not in NOT_IN_PILOT] == list(RULES)


@pytest.mark.parametrize("name", DECIDED)
def test_an_artefact_passes_it(name: str, green: Results) -> None:
    assert (green[name]["status"], green[name]["basis"]) in (("pass", "artefact"), ("pass", "typed"))


@pytest.mark.parametrize("name", [name for name in DECIDED if name not in NEVER_FAILS])
def test_an_artefact_fails_it(name: str, red: Results) -> None:
    assert red[name]["status"] == "fail"


@pytest.mark.parametrize("name", DECIDED)
def test_without_an_artefact_it_is_missing(name: str, empty: Results) -> None:
    assert (empty[name]["status"], empty[name]["basis"]) == ("missing", None)


@pytest.mark.parametrize("name", [name for name in DECIDED if name not in NEVER_FAILS])
def test_a_failure_says_where(name: str, red: Results) -> None:
    """A figure has no place of its own; then the slot of the artefact that states it is named."""
    failure = red[name]
    assert failure["actual"]
    assert all(finding["file"] for finding in failure["findings"])
    assert failure["findings"] or failure["evidence"]


def test_capabilities_pass_and_fail_by_their_tests(green: Results, red: Results) -> None:
    delivered = {name: found["status"] for name, found in green.items() if name.startswith("capability:")}
    assert delivered == {"capability:reversals": "pass", "capability:monthly-statements": "pass"}
    assert red["capability:wish-lists"]["status"] == "fail"


# --- What is left out above ------------------------------------------------------------------------


def test_no_exception_is_made_for_more_than_the_rulebook_says() -> None:
    assert {name for name, rule in RULES.items() if rule.attested_by} == ATTESTED
    assert {name for name, rule in RULES.items() if rule.only_at == "L1"} == AT_L1
    assert set(NEVER_FAILS) < set(DECIDED)


def test_twins_say_the_same(green: Results, red: Results, empty: Results) -> None:
    twins = {name: rule.same_as for name, rule in RULES.items() if rule.same_as}
    assert len(twins) == 4
    for results in (green, red, empty):
        assert {name: results[name]["status"] for name in twins} == {
            name: results[twin]["status"] for name, twin in twins.items()
        }


@pytest.mark.parametrize("name", sorted(ATTESTED))
def test_people_pass_it_and_without_them_it_is_missing(name: str, green: Results, empty: Results) -> None:
    assert (green[name]["status"], green[name]["basis"]) == ("pass", "attestation")
    assert (empty[name]["status"], empty[name]["basis"]) == ("missing", None)


@pytest.mark.long
@pytest.mark.parametrize(("name", "by"), [("G8.review", "eli"), ("L4.capabilities", "dana")])
def test_the_word_of_somebody_else_does_not_count(name: str, by: str, pilot: Path) -> None:
    edit(pilot / "services" / f"{GREEN}.yaml", f"{name}: {{by: {by},", f"{name}: {{by: fay,")
    found = check(pilot, GREEN)[name]
    assert found["status"] == "missing"
    assert "does not count" in found["reason"]


def test_no_one_attests_what_an_artefact_can_tell(green: Results) -> None:
    assert {name for name, found in green.items() if found["basis"] == "attestation"} == ATTESTED


def into_a_skeleton(pilot: Path) -> None:
    """Let the green service target L1, without having been signed off for more."""
    file = pilot / "services" / f"{GREEN}.yaml"
    edit(file, "level: L4\nrelease", "level: L0\nrelease")
    edit(file, "    level: L4\n", "    level: L1\n")
    edit(file, "\n  L4:\n    owner:", "\n  L1:\n    owner:")


@pytest.mark.parametrize(("audience", "status"), [("internal", "pass"), ("customer", "fail")])
def test_a_skeleton_offers_customers_nothing(pilot: Path, audience: str, status: str) -> None:
    into_a_skeleton(pilot)
    api = pilot / "services" / GREEN / "api" / "openapi-current.yaml"
    edit(api, "paths:\n", f"x-audience: {audience}\npaths:\n")
    results = check(pilot, GREEN)
    assert {name: results[name]["status"] for name in AT_L1} == dict.fromkeys(AT_L1, status)


def test_of_a_skeleton_without_a_description_nobody_knows(pilot: Path) -> None:
    add_empty_service(pilot, "L1")
    results = check(pilot, EMPTY)
    assert {name: results[name]["status"] for name in AT_L1} == dict.fromkeys(AT_L1, "missing")


def test_a_run_without_a_request_measured_nothing(pilot: Path, red: Results) -> None:
    assert red["G7.cold-and-warm"]["status"] == "pass"
    cold = pilot / "services" / GREEN / "reports" / "k6-cold.json"
    summary = json.loads(cold.read_text(encoding="utf-8"))
    summary["metrics"]["http_reqs"]["values"] = {"count": 0, "rate": 0}
    write(cold, json.dumps(summary))
    assert check(pilot, GREEN)["G7.cold-and-warm"]["status"] == "missing"


def test_a_threat_model_of_another_milestone_is_stale(red: Results) -> None:
    found = red["G8.threat-model"]
    assert (found["status"], found["reason"]) == ("stale", "made for M1, not for M2")


# --- Every artefact --------------------------------------------------------------------------------

SLOTS = dict(defined_slots())
MAPPED = list(yaml.safe_load((PILOT / "services" / f"{GREEN}.yaml").read_text(encoding="utf-8"))["evidence"])


def test_every_slot_is_mapped_to_an_artefact() -> None:
    # The plan demands nothing of a gate in the pilot, so that no test has to mention it; it has no broker.
    assert set(SLOTS) - set(MAPPED) == {"scope_tests", "event_traffic"}


def test_every_kind_of_evidence_occurs() -> None:
    of_no_criterion = {"quality_gate"}
    assert {SLOTS[slot].kind for slot in MAPPED} | of_no_criterion == set(collectors.KINDS.names)


def resting_on(slot: str) -> set[str]:
    """Return the criteria that read a slot, and those that follow from them."""
    if slot == "capability_tests":
        return {"capability:reversals", "capability:monthly-statements", "L4.capabilities"}
    # Above the level that `up_to` names, nobody counts subjects.
    at_l4 = {name: rule.model_copy(update={"subjects": None}) if rule.subjects and rule.subjects.up_to else rule
             for name, rule in RULES.items()}  # fmt: skip
    own = {name for name, rule in at_l4.items() if slot in {use.slot for use in uses(rule)}} - AT_L1
    return own | {name for name, rule in RULES.items() if rule.same_as in own}


@pytest.fixture(scope="module")
def one_less(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the pilot, of which each test writes the same manifest anew."""
    return copy_of_whole_pilot(tmp_path_factory.mktemp("one-less") / "repository")


@pytest.mark.long
@pytest.mark.parametrize("slot", MAPPED)
def test_without_one_artefact_exactly_what_rests_on_it_is_open(slot: str, one_less: Path) -> None:
    manifest = f"services/{GREEN}.yaml"
    lines = (PILOT / manifest).read_text(encoding="utf-8").splitlines(keepends=True)
    write(one_less / manifest, "".join(line for line in lines if not line.startswith(f"  {slot}: ")))
    results = check(one_less, GREEN)
    opened = {
        name: found["status"]
        for name, found in results.items()
        if found["status"] not in ("pass", "not_applicable")
    }
    assert opened == dict.fromkeys(resting_on(slot), "missing")
