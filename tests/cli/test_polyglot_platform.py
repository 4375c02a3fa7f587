"""Eight services in four languages, under a team's own names: from clones to a milestone that is ready.

Signing and attesting are acts of people, and are not counted.
"""

from pathlib import Path

import pytest

from builders.polyglot import BY_LANGUAGE, SERVICES, clones
from builders.workspaces import Ran, Run, edit, write

PLAN = "plan:\n  spring:\n    level: live\n    gates: {build: null, api: null, legal: null}\n"
ROSTER = "roster:\n  ada: {roles: [captain]}\n"
NAMES = (
    *("--levels", "draft,beta,live", "--milestones", "spring,autumn"),
    *("--gates", "build,api,legal", "--sign-off", "captain", "--service", "none"),
)
MOST_COMMANDS, MOST_LINES = 10, 6
"""The most commands in all, and the most lines that somebody writes by hand for each service."""


def test_a_platform_is_ready_after_few_commands_and_fewer_lines(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clones(tmp_path / "clones")
    monkeypatch.chdir(tmp_path)
    commands: list[Ran] = []

    def play(*arguments: str) -> Ran:
        commands.append(run(*arguments))
        assert commands[-1].code == 0, commands[-1]
        return commands[-1]

    play("init", "plan", "--minimal", *NAMES)
    write(tmp_path / "plan.yaml", PLAN)
    adopted = play("-C", "plan", "adopt", "../clones", "--plan", "../plan.yaml", "--yes").out
    assert (len(BY_LANGUAGE), [one for one in SERVICES if f"{one} " in adopted]) == (4, SERVICES)
    assert adopted.endswith("next: gatekeeper -C plan collect --from '../clones/{repository}'\n")
    checkout = (tmp_path / "plan/services/checkout-service.yaml").read_text("utf-8")
    assert "owner: team-checkout\nprofile: node-service\n" in checkout
    assert "depends_on: [basket-service, billing-service]\n" in checkout
    collected = play("-C", "plan", "collect", "--from", "../clones/{repository}").out
    assert collected.count("3 artefacts; wrote") == len(SERVICES)
    edit(tmp_path / "plan/gates/governance.yaml", "roster: {}\n", ROSTER)
    assert run("-C", "plan", "check", "--milestone", "spring").code == 1, "nobody has answered for it yet"
    for service in SERVICES:
        for criterion in ("legal.agreed", "api.compatible"):
            words = ("--by", "ada", "--role", "captain", "--link", "https://acme.example/1")
            assert run("-C", "plan", "attest", service, criterion, *words).code == 0
        assert (
            run("-C", "plan", "sign", service, "live", "--by", "ada", "--role", "captain", "--yes").code == 0
        )
    ready = play("-C", "plan", "check", "--milestone", "spring").out
    assert "spring may exit: 8 of 8 ready" in ready
    assert len(commands) <= MOST_COMMANDS
    assert len((PLAN + ROSTER).splitlines()) <= MOST_LINES * len(SERVICES)
