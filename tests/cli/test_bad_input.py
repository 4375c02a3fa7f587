"""Broken and hostile input: told where and why, never a traceback, and never more than text."""

import json
import os
import re
import sys
import unicodedata
from pathlib import Path
from typing import NamedTuple

import pytest

from builders.program import ANSI, AS_OF, criterion, one_service
from builders.workspaces import Run, copy_of_pilot, edit, write

IDENTITY = "services/identity-service.yaml"
G1 = "gates/G1.yaml"
LEVELS = "gates/levels.yaml"
GOVERNANCE = "gates/governance.yaml"
M1 = "milestones/M1.yaml"
ENTRY = "milestones/risk-register/RR-1.yaml"
SETTINGS = "gatekeeper.yaml"
LOWEST = """\
  - level: L0
    name: Not started
    meaning: Nothing is there yet.
    audience: Nobody
    cites: Not started
"""

EXCEPTION = """\
id: RR-1
service: identity-service
delta: [L4.chaos]
risk: r
owner: o
approved_by: dana
link: https://example.org
opened_in: M3
opened_on: 2026-11-19
"""
ATTESTATION = "{by: a, role: security, on: 2026-11-02, link: x}"


class Break(NamedTuple):
    """One way to break a workspace, and what is then said of it."""

    file: str
    change: tuple[str, str] | str | bytes
    """A text and what takes its place, or what the file then holds."""
    told: str
    """`line:column: ` and what has to follow, on one line."""

    def apply(self, root: Path) -> None:
        if isinstance(self.change, tuple):
            edit(root / self.file, *self.change)
        else:
            write(root / self.file, self.change)


def exception(old: str, new: str) -> str:
    assert old in EXCEPTION
    return EXCEPTION.replace(old, new)


# fmt: off
BROKEN = {
    "unknown gate": Break(IDENTITY, ("      G6:", "      G66:"), "11:7: unknown gate 'G66'; did you mean 'G6'?"),
    "gate unlike any": Break(IDENTITY, ("      G6:", "      G9:"), "11:7: unknown gate 'G9'; known: G1, G2, G3"),
    "unknown level": Break(IDENTITY, ("level: L2", "level: L7"), "6:12: unknown level 'L7'; known: L0, L1, L2"),
    "unknown field": Break(IDENTITY, ("owner:", "ovner:"), "2:1: unknown field 'ovner'; did you mean 'owner'?"),
    "missing field": Break(IDENTITY, ("owner: team-identity\n", ""), "1:1: `owner` is missing"),
    "unknown milestone": Break(IDENTITY, ("  M5:", "  M6:"), "25:3: there is no milestone 'M6'; known: M0, M1"),
    "milestone of no form": Break(IDENTITY, ("  M5:", "  -M5:"), "25:3: '-M5' does not match the pattern"),
    "unknown slot": Break(
        IDENTITY, ("level: L0", "level: L0\nevidence: {domain_test: a.xml}"),
        "4:12: unknown slot 'domain_test'; did you mean 'domain_tests'?",
    ),
    "unknown criterion": Break(
        IDENTITY, ("level: L0", f"level: L0\nattestations:\n  G8.isolaton: {ATTESTATION}"),
        "5:3: unknown criterion 'G8.isolaton'; did you mean 'G8.isolation'?",
    ),
    "one person twice": Break(
        GOVERNANCE, "roles: {owner: a, architecture: b, security: c}\nupgrade_sign_offs: [owner]\nroster:\n  ana: {}\n  Ana: {roles: [owner]}\n",
        "5:3: 'Ana' and 'ana' differ only in upper and lower case; people are compared ignoring case: keep one entry",
    ),
    "unknown role": Break(
        IDENTITY,
        ("level: L0", f"level: L0\nattestations:\n  G8.isolation: {ATTESTATION.replace('security', 'securty')}"),
        "5:31: unknown role 'securty'; did you mean 'security'?",
    ),
    "unknown role of a sign-off": Break(
        IDENTITY, ("level: L0", "level: L0\nsign_offs: {L1: {ownr: {by: a, on: 2026-11-02}}}"),
        "4:18: unknown role 'ownr'; did you mean 'owner'?",
    ),
    "unknown target": Break(
        IDENTITY, ("level: L0", "level: L0\ntargets: {p95: 250}"), "4:11: unknown target 'p95'; did you mean 'p95_ms'?"
    ),
    "waiver that nobody may give": Break(
        IDENTITY, ("level: L0", f"level: L0\nnot_applicable:\n  G1.pure: {ATTESTATION.replace('link', 'reason')}"),
        "5:3: 'G1.pure' cannot be declared not applicable; only G2.rate-limit-headers, .*G8.tenant-keys",
    ),
    "criterion of another gate": Break(
        IDENTITY, ("{scope: OWASP ASVS L2 baseline, effect: demands}", "{scope: x, only: [G8.isolatio]}"),
        "12:29: G8 has no criterion 'G8.isolatio'; did you mean 'G8.isolation'?",
    ),
    "demand that narrows": Break(
        IDENTITY, ("effect: demands", "effect: demands, paths: [a]"),
        "12:60: a demand cannot narrow: paths; write `effect: narrows`, or leave it out",
    ),
    "unknown effect": Break(
        IDENTITY, ("effect: demands", "effect: demand"),
        "12:51: 'demand' is not one of 'narrows' or 'demands'; did you mean 'demands'?",
    ),
    "capability added twice": Break(
        IDENTITY, ("adds: [key rotation drills]", "adds: [SCIM]"), ".*:12: 'SCIM' is added twice; capabilities are"
    ),
    "first cell without gates": Break(
        IDENTITY, "service: identity-service\nowner: t\nplan:\n  M0: {level: L1}\n",
        "4:3: M0 lists no gates, and no earlier cell does; list the gates, or write `gates: {}`",
    ),
    "target above the first level without gates": Break(
        IDENTITY, "service: identity-service\nowner: t\nplan:\n  M0: {level: L2, gates: {}}\n",
        "4:19: M0 targets L2, and no gate is listed or carried over; list the gates of L2; only L1 can be reached",
    ),
    "no plan": Break(IDENTITY, "service: identity-service\nowner: t\nplan: {}\n", "3:7: `plan` is empty"),
    "no date": Break(
        IDENTITY, ("level: L0", "level: L0\nsign_offs: {L1: {owner: {by: a, on: 2 Nov}}}"),
        "4:37: '2 Nov' is not a date; write it as 2026-11-02",
    ),
    "number where text belongs": Break(
        IDENTITY, ("owner: team-identity", "owner: 7"), '2:8: text is expected, not 7; put it in quotes: "7"'
    ),
    "commit id without quotes": Break(
        IDENTITY, ("level: L0", "level: L0\nrelease: {version: v1, commit: 0123456}"),
        '4:32: text is expected, not 0123456; put it in quotes: "0123456"',
    ),
    "commit id that reads as a float": Break(
        IDENTITY, ("level: L0", "level: L0\nrelease: {version: v1, commit: 1234e5}"),
        '4:32: text is expected, not 1234e5; put it in quotes: "1234e5"',
    ),
    "version that reads as a number": Break(
        IDENTITY, ("level: L0", "level: L0\nrelease: {version: 1.10}"),
        '4:20: text is expected, not 1.10; put it in quotes: "1.10"',
    ),
    "null where text belongs": Break(
        IDENTITY, ("owner: team-identity", "owner: ~"), '2:8: text is expected, not ~; put it in quotes: "~"'
    ),
    "underscores in a number": Break(
        IDENTITY, ("level: L0", "level: L0\ntargets: {p95_ms: 1_000}"), "4:19: '1_000' is not a number"
    ),
    "boolean where a number belongs": Break(
        IDENTITY, ("level: L0", "level: L0\ntargets: {p95_ms: TRUE}"), "4:19: TRUE is not a number"
    ),
    "text that looks like a boolean": Break(
        IDENTITY, ("level: L0", "level: L0\ntargets: {p95_ms: yes}"), "4:19: 'yes' is not a number"
    ),
    "date in digits": Break(
        IDENTITY, ("level: L0", "level: L0\nsign_offs: {L1: {owner: {by: a, on: 0x1352910}}}"),
        "4:37: 0x1352910 is not a date; write it as 2026-11-02",
    ),
    "day that does not exist": Break(
        IDENTITY, ("level: L0", "level: L0\nsign_offs: {L1: {owner: {by: a, on: 2026-02-30}}}"),
        "4:37: '2026-02-30': day is out of range for month",
    ),
    "service of another name": Break(
        IDENTITY, ("service: identity-service", "service: identty-service"),
        "1:10: the file is named identity-service, and holds 'identty-service'; rename the file",
    ),
    "duplicate key": Break(
        IDENTITY, ("owner: team-identity", "owner: team-identity\nowner: team-x"),
        "3:1: duplicate key 'owner'; line 2 has the same key; keep one",
    ),
    "tab": Break(IDENTITY, ("    level: L2", "\tlevel: L2"), "6:1: not YAML: .*YAML indents with spaces, never tabs"),
    "alias": Break(
        IDENTITY, ("owner: team-identity", "owner: &a team-identity\nabout: *a"),
        "3:8: alias *a; aliases are not supported: write the value out",
    ),
    "tag": Break(
        IDENTITY, ("owner: team-identity", "owner: !!python/object/apply:os.system [id]"),
        "2:8: tag tag:yaml.org,2002:python/object/apply:os.system; tags are not supported: write a plain value",
    ),
    "merge key": Break(
        IDENTITY, ("owner: team-identity", "owner: team-identity\n<<: {level: L3}"), "3:1: unknown field '<<'; known: "
    ),
    "50,000 brackets": Break(IDENTITY, "[" * 50_000, "1:1001: nested more than 64 deep"),
    "bytes that are no text": Break(
        IDENTITY, b"service: identity-service\nowner: team-\xe9\n",
        "2:13: byte 0xe9 is not UTF-8; save the file as UTF-8",
    ),
    "empty file": Break(IDENTITY, "", "1:1: the file is empty"),
    "comments only": Break(IDENTITY, "# nothing\n", "1:1: the file is empty"),
    "list": Break(IDENTITY, "- a\n", "1:1: a mapping is expected, not a list"),
    "scalar": Break(IDENTITY, "just words\n", "1:1: a mapping is expected, not 'just words'"),
    "two documents": Break(IDENTITY, "service: a\n---\nservice: b\n", "2:1: multiple YAML documents in one file; keep one"),
    "open quote": Break(IDENTITY, 'service: "a\n', "2:1: not YAML: found unexpected end of stream"),
    "fact of an unknown slot": Break(
        G1, ("domain_coverage.lines_pct:", "domain_coverag.lines_pct:"),
        ".*:7: unknown slot 'domain_coverag'; did you mean 'domain_coverage'?",
    ),
    "unknown fact": Break(
        G1, ("domain_coverage.lines_pct:", "domain_coverage.line_pct:"),
        ".*:7: the evidence of 'domain_coverage' has no fact 'line_pct'; did you mean 'lines_pct'?",
    ),
    "unknown operator": Break(
        G1, ("{at_least: 95}", "{at_leat: 95}"), ".*:35: unknown field 'at_leat'; did you mean 'at_least'?"
    ),
    "operator that does not fit": Break(
        G1, ("{at_least: 95}", "{mentions: x}"),
        ".*:35: domain_coverage.lines_pct is a number, which mentions cannot compare; use equals, one_of, at_least",
    ),
    "operand that does not fit": Break(
        G1, ("{at_least: 95}", "{at_least: lots}"), ".*:45: at_least takes a number, not 'lots'"
    ),
    "operand of no form": Break(
        G1, ("{at_least: 95}", "{at_least: {fct: a.b}}"), ".*:45: an operand is a value or one of {fact: slot.field}"
    ),
    "unknown kind": Break(G1, ("kind: coverage", "kind: coverge"), "13:27: unknown kind of evidence 'coverge'; "),
    "unknown option": Break(
        G1, ('include: "**/domain/**", about', 'inclde: "**/domain/**", about'),
        "13:37: kind 'coverage' has no option 'inclde'; did you mean 'include'?",
    ),
    "unknown role of a gate": Break(
        G1, ("role: architecture", "role: architect"), "10:7: unknown role 'architect'; did you mean 'architecture'?"
    ),
    "unknown effort": Break(
        G1, ("effort: medium", "effort: mediun"),
        ".*:13: 'mediun' is not one of 'small', 'medium' or 'large'; did you mean 'medium'?",
    ),
    "criterion under another gate": Break(
        G1, ("id: G1.pure", "id: G2.pure"), ".*:9: criterion 'G2.pure' is in G1; ids here start with 'G1.'"
    ),
    "criterion defined twice": Break(
        G1, ("id: G1.no-any", "id: G1.pure"), ".*:9: criterion 'G1.pure' is defined in gates/G1.yaml already"
    ),
    "unknown twin": Break(
        LEVELS, ("same_as: G3.pact", "same_as: G3.pakt"),
        ".*: there is no criterion 'G3.pakt' to be the same as; did you mean 'G3.pact'?",
    ),
    "a level twice": Break(LEVELS, ("level: L0", "level: L1"), "19:12: the id 'L1' is used twice"),
    "first level with criteria": Break(
        LEVELS,
        (LOWEST, ""),
        "23:5: L1, the first level, has criteria; start with a level that requires nothing",
    ),
    "level that is reserved": Break(LEVELS, ("level: L0", "level: Scope"), "14:12: 'Scope' is reserved"),
    "unknown signer": Break(
        GOVERNANCE, ("[owner, architecture, security]", "[owner, architect, security]"),
        "42:28: unknown role 'architect'; did you mean 'architecture'?",
    ),
    "unknown role on the roster": Break(
        GOVERNANCE, ("roster: {}", "roster: {dana: {roles: [securty]}}"),
        "44:25: unknown role 'securty'; did you mean 'security'?",
    ),
    "unknown field of a milestone": Break(
        M1, ("must_be_green:", "must_be_gren:"), "2:1: unknown field 'must_be_gren'; did you mean 'must_be_green'?"
    ),
    "milestone of another name": Break(
        M1, ("milestone: M1", "milestone: M2"), "1:12: the file is named M1, and holds 'M2'; rename the file to M2.yaml"
    ),
    "register: unknown service": Break(
        ENTRY, exception("identity-service", "identty-service"),
        "2:10: unknown service 'identty-service'; did you mean 'identity-service'?",
    ),
    "register: unknown criterion": Break(
        ENTRY, exception("L4.chaos", "L4.caos"),
        "3:9: 'L4.caos' cannot be excepted: only what L4 adds to L3 can; did you mean 'L4.chaos'?",
    ),
    "register: criterion below L4": Break(
        ENTRY, exception("L4.chaos", "G1.coverage"), "3:9: 'G1.coverage' cannot be excepted: .*; known: L4.capabilities"
    ),
    "register: nothing excepted": Break(ENTRY, exception("[L4.chaos]", "[]"), "3:8: `delta` is empty"),
    "register: last milestone": Break(
        ENTRY, exception("M3", "M5"),
        "8:12: no exception can open in M5, the last milestone; there is no later milestone to close it in",
    ),
    "register: unknown milestone": Break(
        ENTRY, exception("M3", "M7"), "8:12: there is no milestone 'M7'; known: M0, M1, M2, M3, M4, M5"
    ),
    "register: closed before it opened": Break(
        ENTRY, EXCEPTION + "closed: 2026-11-01\n", "10:9: closed on 2026-11-01, before it was opened"
    ),
    "register: entry of another name": Break(
        ENTRY, exception("RR-1", "RR-2"), "1:5: the file is named RR-1, and holds 'RR-2'; rename the file"
    ),
    "settings: unknown field": Break(SETTINGS, "gats: x\n", "1:1: unknown field 'gats'; did you mean 'gates'?"),
    "settings: the order in place of the folder": Break(
        SETTINGS, "milestones: [M0, M1]\n",
        "1:13: `milestones` is a folder: write the order of milestones as `roadmap: [...]`",
    ),
    "settings: wrong type": Break(SETTINGS, "gates: [a]\n", "1:8: text is expected, not a list"),
}
# fmt: on


def assert_told(told: str, broken: Break) -> None:
    """The lines must hold `file:line:column: message`; `.*` in what is expected stands for anything."""
    wanted = ".*".join(map(re.escape, f"{broken.file}:{broken.told}".split(".*")))
    assert re.search(f"^{wanted}", told, re.MULTILINE), told
    assert "Traceback" not in told


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_a_broken_manifest_is_told_where_it_stands(run: Run, workspace: Path, broken: Break) -> None:
    broken.apply(workspace)
    ran = run("-C", workspace, "validate")
    assert (ran.code, ran.out) == (3, "")
    assert_told(ran.err, broken)


@pytest.mark.parametrize("command", ["check", "matrix", "summary", "audit", "explain G1.coverage"])
def test_no_command_judges_a_broken_workspace(run: Run, workspace: Path, command: str) -> None:
    broken = BROKEN["unknown gate"]
    broken.apply(workspace)
    ran = run("-C", workspace, *command.split())
    assert (ran.code, ran.out) == (3, "")
    assert_told(ran.err, broken)


@pytest.mark.parametrize("part", ["gates", "services", "milestones"])
def test_a_folder_that_is_missing_is_named(run: Run, workspace: Path, part: str) -> None:
    (workspace / part).rename(workspace / "away")
    ran = run("-C", workspace, "validate")
    assert ran.code == 2
    assert "neither gatekeeper.yaml nor the folders gates, services and milestones" in ran.err
    write(workspace / SETTINGS, "gates: gates\n")
    ran = run("-C", workspace, "validate")
    assert ran.code == 3
    assert (
        f"{part}:1:1: cannot be listed: No such file or directory; a workspace needs this folder" in ran.err
    )


@pytest.mark.parametrize("file", [LEVELS, GOVERNANCE])
def test_a_file_that_is_missing_is_named(run: Run, workspace: Path, file: str) -> None:
    (workspace / file).unlink()
    ran = run("-C", workspace, "validate")
    assert ran.code == 3
    assert ran.err == f"{file}:1:1: cannot be read: No such file or directory\n"


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        (
            "gates: nowhere",
            "nowhere:1:1: cannot be listed: No such file or directory; a workspace needs this folder",
        ),
        ("milestones: nowhere", "nowhere:1:1: cannot be listed: No such file or directory"),
        ("governance: nowhere.yaml", "nowhere.yaml:1:1: cannot be read: No such file or directory"),
        ("gates: gates/G1.yaml", "gates/G1.yaml:1:1: cannot be listed: Not a directory"),
        ("gates: /etc", "/etc/levels.yaml:1:1: is outside the repository"),
        ("gates: ../../../../../../../etc", "etc/levels.yaml:1:1: is outside the repository"),
    ],
)
def test_settings_that_point_nowhere_are_refused(run: Run, workspace: Path, settings: str, told: str) -> None:
    write(workspace / SETTINGS, f"{settings}\n")
    ran = run("-C", workspace, "validate")
    assert ran.code == 3
    assert told in ran.err
    assert "Traceback" not in ran.err


@pytest.mark.parametrize(
    ("target", "told"),
    [
        (
            "/etc/hosts",
            "is outside the repository once links are followed; keep manifests in folders of the workspace",
        ),
        ("nowhere", "cannot be read: No such file or directory"),
        ("identity-service.yaml", "cannot be read: "),
    ],
    ids=["outside", "dangling", "loop"],
)
def test_a_manifest_that_is_a_bad_link_is_refused(run: Run, workspace: Path, target: str, told: str) -> None:
    (workspace / IDENTITY).unlink()
    (workspace / IDENTITY).symlink_to(target)
    ran = run("-C", workspace, "validate")
    assert ran.code == 3
    assert f"{IDENTITY}:1:1: {told}" in ran.err


def test_a_folder_in_place_of_a_manifest_is_refused(run: Run, workspace: Path) -> None:
    (workspace / IDENTITY).unlink()
    (workspace / IDENTITY).mkdir()
    ran = run("-C", workspace, "validate")
    assert (ran.code, ran.err) == (3, f"{IDENTITY}:1:1: cannot be read: Is a directory\n")


def test_a_manifest_that_would_be_passed_over_is_refused(run: Run, workspace: Path) -> None:
    (workspace / IDENTITY).rename(workspace / "services" / "identity-service.yml")
    ran = run("-C", workspace, "validate")
    assert ran.code == 3
    assert "identity-service.yml:1:1: would be ignored; rename it to end in .yaml" in ran.err


@pytest.mark.parametrize(
    ("file", "change", "told"),
    [
        ("services/levels.yaml", (LEVELS, "same_as: G3.pact", "same_as: G3.pakt"), f"{LEVELS}:"),
        ("services/G1.yaml", (G1, "kind: coverage", "kind: coverge"), f"{G1}:13:27: "),
        (
            "milestones/risk-register/identity-service.yaml",
            (IDENTITY, "      G6:", "      G66:"),
            f"{IDENTITY}:11:7: ",
        ),
    ],
)
def test_a_name_used_twice_does_not_lead_to_the_wrong_file(
    run: Run, workspace: Path, file: str, change: tuple[str, str, str], told: str
) -> None:
    name = Path(file).stem
    service = f"service: {name}\nowner: t\nplan: {{M0: {{level: L1, gates: {{}}}}}}\n"
    write(workspace / file, service if file.startswith("services") else exception("RR-1", name))
    edit(workspace / change[0], *change[1:])
    ran = run("-C", workspace, "validate")
    assert ran.code == 3
    assert told in ran.err


def places(told: str) -> list[tuple[str, int, int]]:
    lines = [line.split(":", 3) for line in told.splitlines()]
    return [(file, int(line), int(column)) for file, line, column, _ in lines]


def test_two_broken_files_are_both_reported_in_order(run: Run, workspace: Path) -> None:
    edit(workspace / IDENTITY, "owner:", "ovner:")
    edit(workspace / "services/assignment-service.yaml", "owner:", "ovner:")
    edit(workspace / "gates/G3.yaml", "kind:", "kid:")
    ran = run("-C", workspace, "validate")
    assert ran.code == 3
    assert places(ran.err) == [
        ("gates/G3.yaml", 13, 5),
        ("services/assignment-service.yaml", 1, 1),
        ("services/assignment-service.yaml", 2, 1),
        (IDENTITY, 1, 1),
        (IDENTITY, 2, 1),
    ]


def test_mistakes_of_form_and_of_meaning_are_reported_in_the_order_of_the_files(
    run: Run, workspace: Path
) -> None:
    edit(workspace / IDENTITY, "      G6:", "      G66:")
    edit(workspace / "services/tenant-service.yaml", "owner:", "ovner:")
    ran = run("-C", workspace, "validate")
    assert ran.code == 3
    assert [file for file, _, _ in places(ran.err)] == [IDENTITY, *["services/tenant-service.yaml"] * 2]


def test_levels_and_gates_have_different_ids_even_in_another_case(run: Run, workspace: Path) -> None:
    edit(workspace / LEVELS, "level: L0", "level: g1")
    ran = run("-C", workspace, "validate")
    assert ran.code == 3
    assert "gates/G1.yaml:1:7: 'G1' and 'g1' differ only in upper and lower case" in ran.err


def test_validate_tells_machines_the_same(run: Run, workspace: Path) -> None:
    edit(workspace / IDENTITY, "      G6:", "      G66:")
    edit(workspace / M1, "level: L3", "level: GA")
    said = run("-C", workspace, "validate").err
    ran = run("-C", workspace, "validate", "--format", "json")
    document = json.loads(ran.out)
    assert (ran.code, ran.err) == (3, "")
    assert set(document) == {"schema_version", "errors", "warnings"}
    assert document["schema_version"] == 2
    for error in document["errors"]:
        assert set(error) == {"file", "line", "column", "message", "hint"}
    found = [(error["file"], error["line"], error["column"]) for error in document["errors"]]
    assert found == places(said)
    assert found == [(M1, 3, 40), (IDENTITY, 11, 7)]
    edit(workspace / M1, "level: GA", "level: L3")
    [error] = json.loads(run("-C", workspace, "validate", "--format", "json").out)["errors"]
    assert error == {
        "file": IDENTITY,
        "line": 11,
        "column": 7,
        "message": "unknown gate 'G66'",
        "hint": "did you mean 'G6'?",
    }


def test_a_valid_workspace_has_no_errors_for_machines(run: Run, workspace: Path) -> None:
    ran = run("-C", workspace, "validate", "-f", "json")
    assert (ran.code, json.loads(ran.out)) == (0, {"schema_version": 2, "errors": [], "warnings": []})


@pytest.mark.parametrize("command", ["check", "init --service a-service"])
def test_a_workspace_without_milestones_says_so(run: Run, workspace: Path, command: str) -> None:
    for part in ("services", "milestones"):
        for file in (workspace / part).glob("*.yaml"):
            file.unlink()
    ran = run("-C", workspace, *command.split())
    assert ran.code in (2, 3)
    assert "no milestone" in ran.err


# Artefacts: what cannot be read opens its own criterion and nothing else.

PAYMENTS = "services/payments-service"
REPORT = f"{PAYMENTS}/reports/use-cases.xml"
NAMED = f"examples/pilot/{REPORT}"
XML = "line 1: not XML"
OUTSIDE = "is outside the repository once links are followed"


@pytest.fixture
def pilot(tmp_path: Path) -> Path:
    return copy_of_pilot(tmp_path / "repository")


def point(pilot: Path, path: str) -> None:
    """Point the service's use case tests elsewhere."""
    edit(
        pilot / f"{PAYMENTS}.yaml",
        "use_case_tests: {path: reports/use-cases.xml, commit: 5b1c7e9}",
        f"use_case_tests: {{path: {json.dumps(path)}, commit: 5b1c7e9}}",
    )


def assert_open(run: Run, pilot: Path, status: str, reason: str) -> None:
    """The use cases are open for this reason, and the rest is judged as ever."""
    only = ("check", "-m", "M2", "-s", "payments-service", *AS_OF)
    ran = run("-C", pilot, *only, "--format", "json")
    assert ran.code == 1, ran.err
    service = one_service(ran.out)
    found = criterion(service, "L2.use-cases")
    assert found["status"] == status
    assert reason in found["reason"]
    assert criterion(service, "G7.peak-load")["status"] == "pass"
    assert criterion(service, "G8.isolation")["status"] == "pass"
    table = run("-C", pilot, *only)
    assert table.code == 1
    assert "Traceback" not in table.out + table.err
    assert "which is a bug" not in table.out


@pytest.mark.parametrize(
    ("content", "status", "reason"),
    [
        (b"<testsuite><testcase", "unreadable", XML),
        (b'{"testResults": [', "unreadable", "line 1: not JSON"),
        (b"[" * 100_000, "unreadable", "nested too deep"),
        (b"<a>" * 100_000, "unreadable", "XML with the root <a>"),
        (b'<!DOCTYPE a [<!ENTITY b "bb">]><a>&b;</a>', "unreadable", "entity declarations are not supported"),
        (b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hosts">]><a>&b;</a>', "unreadable", "entity declarations are not"),
        (bytes(range(256)) * 20, "unreadable", "recognised as a binary file"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "unreadable", "recognised as an image"),
        (b"<html><body>404</body></html>", "unreadable", "recognised as an HTML page"),
        (b"SF:a.ts\nDA:1,1\nend_of_record\n", "unreadable", "recognised as lcov, evidence of the kind `coverage`"),
        (b"", "missing", "the file is empty"),
        (b" \n", "missing", "the file is empty"),
        (b"<testsuite/>", "missing", "holds no test"),
    ],
    ids=[
        "xml cut off", "json cut off", "json too deep", "xml too deep", "entity", "external entity", "binary",
        "picture", "web page", "coverage", "empty", "blank", "no test",
    ],
)  # fmt: skip
def test_a_broken_artefact_opens_its_own_criterion_only(
    run: Run, pilot: Path, content: bytes, status: str, reason: str
) -> None:
    write(pilot / REPORT, content)
    assert_open(run, pilot, status, reason)
    assert_open(run, pilot, status, NAMED)


def test_a_load_test_in_place_of_a_test_report_is_unreadable(run: Run, pilot: Path) -> None:
    write(pilot / REPORT, (pilot / PAYMENTS / "reports/k6-peak.json").read_bytes())
    assert_open(run, pilot, "unreadable", f"{NAMED}: recognised as k6, evidence of the kind `load_test`")


@pytest.mark.parametrize("content", [None, b"<testsuite"], ids=["empty", "with a broken file"])
def test_a_folder_in_place_of_a_file_is_read_as_a_folder(
    run: Run, pilot: Path, content: bytes | None
) -> None:
    (pilot / REPORT).unlink()
    (pilot / REPORT).mkdir()
    if content is None:
        assert_open(run, pilot, "missing", f"there is no file at {NAMED}")
    else:
        write(pilot / REPORT / "a.xml", content)
        assert_open(run, pilot, "unreadable", f"{NAMED}/a.xml: {XML}")


@pytest.mark.parametrize(
    ("path", "status", "reason"),
    [
        ("reports/gone.xml", "missing", f"there is no file at examples/pilot/{PAYMENTS}/reports/gone.xml"),
        ("gone/*.xml", "missing", f"there is no file at examples/pilot/{PAYMENTS}/gone/*.xml"),
        ("reports/use-cases.xml/x", "missing", "use-cases.xml/x"),
        ("../../../../../../../../../../etc/hosts", "unreadable", f"etc/hosts {OUTSIDE}"),
        ("/etc/hosts", "unreadable", f"etc/hosts {OUTSIDE}"),
        ("/etc", "unreadable", f"etc {OUTSIDE}"),
        ("../../../../../*", "unreadable", OUTSIDE),
        ("/dev/zero", "missing", "dev/zero"),
        ("https://example.org/x.xml", "missing", "example.org/x.xml"),
        ("~/x.xml", "missing", f"{PAYMENTS}/~/x.xml"),
        ("a\0b", "missing", f"{PAYMENTS}/a\0b"),
        ("x" * 5000, "missing", "xxx"),
        (".", "unreadable", "capacity-plan.md"),
    ],
)  # fmt: skip
def test_a_path_that_leads_astray_opens_its_own_criterion_only(
    run: Run, pilot: Path, path: str, status: str, reason: str
) -> None:
    point(pilot, path)
    assert_open(run, pilot, status, reason)


@pytest.mark.parametrize(
    ("link", "target", "status", "reason"),
    [
        ("use-cases.xml", "/etc/hosts", "unreadable", f"use-cases.xml {OUTSIDE}"),
        ("use-cases.xml", "use-cases.xml", "missing", "use-cases.xml"),
        ("use-cases.xml", "nowhere", "missing", "use-cases.xml"),
        ("l", "/etc", "unreadable", f"reports/l {OUTSIDE}"),
        ("l/hosts", "/etc", "unreadable", f"reports/l/hosts {OUTSIDE}"),
        ("d/a.xml", "/etc/hosts", "unreadable", f"reports/d/a.xml {OUTSIDE}"),
        ("d/a.xml", "a.xml", "unreadable", "reports/d"),
    ],
    ids=["file", "loop", "dangling", "folder", "through a folder", "in a folder", "loop in a folder"],
)
def test_a_link_that_leads_out_opens_its_own_criterion_only(
    run: Run, pilot: Path, link: str, target: str, status: str, reason: str
) -> None:
    reports = pilot / PAYMENTS / "reports"
    point(pilot, "reports/d" if link.startswith("d/") else f"reports/{link}")
    place = reports / link.removesuffix("/hosts")
    place.unlink(missing_ok=True)
    place.parent.mkdir(exist_ok=True)
    place.symlink_to(target)
    assert_open(run, pilot, status, reason)


@pytest.mark.parametrize("content", [b"<testsuite", None], ids=["broken", "good"])
def test_a_file_name_that_is_no_text_does_not_end_the_run(
    run: Run, pilot: Path, content: bytes | None
) -> None:
    folder = pilot / PAYMENTS / "reports/d"
    good = (pilot / REPORT).read_bytes()
    write(folder / "good.xml", good)
    try:
        write(Path(os.fsdecode(os.fsencode(folder) + b"/\xff.xml")), content or good)
    except OSError:
        pytest.skip("this file system has no such names")
    point(pilot, "reports/d")
    ran = run("-C", pilot, "check", "-m", "M2", "-s", "payments-service", *AS_OF, "--format", "json")
    assert ran.code == (1 if content else 0), ran.err[-300:]
    ran = run("-C", pilot, "facts", "tests", f"{PAYMENTS}/reports/d", "--format", "json")
    assert ran.code == (1 if content else 0), ran.err[-300:]


# Hostile words: what a stranger wrote is shown as text, whatever it says.

HOSTILE = "[bold red]x[/] \x1b[31mred\x1b[0m \x07 \u202edaol\u202c \\[b] :smile: \x9b31m"
UNSPOKEN = "[bold red]x[/] [/nothing] \u202edaol \\[b] :smile:"
"""The same for XML and paths, which know no control characters."""
VISIBLE = "[bold red]x[/]"


@pytest.fixture
def hostile(pilot: Path) -> Path:
    """Return a pilot of which orders-service says hostile things wherever words are free."""
    written = json.dumps(HOSTILE)
    service = pilot / "services/orders-service.yaml"
    edit(service, "owner: team-orders", f"owner: {written}")
    edit(service, "scope: coverage first", f"scope: {written}")
    edit(service, "adds: [split deliveries]", f"adds: [{written}]")
    of_cases = "use_case_tests: {path: "
    edit(service, f"{of_cases}reports/use-cases.xml", of_cases + json.dumps(f"reports/{UNSPOKEN}.xml"))
    edit(service, "capacity_plan: capacity-plan.md", f"capacity_plan: {json.dumps(f'{HOSTILE}.md')}")
    gate = pilot.parents[1] / "gates/G1.yaml"
    edit(gate, "Do unit tests cover at least 95 % of the lines of the domain folder?", written)
    edit(gate, "name: Domain", f"name: {written}")
    escaped = UNSPOKEN.replace("<", "&lt;")
    report = f'<testsuite><testcase name="{escaped}" classname="c"><failure message="{escaped}"/></testcase></testsuite>'
    write(pilot / "services/orders-service/reports" / f"{UNSPOKEN.replace('/', '_')}.xml", report)
    edit(
        service,
        f"{json.dumps(f'reports/{UNSPOKEN}.xml')}",
        json.dumps(f"reports/{UNSPOKEN.replace('/', '_')}.xml"),
    )
    return pilot


SAID = ("check -m M1", "check -m M1 --details", "check -m M1 -s orders-service", "matrix", "summary", "audit",
        "explain G1.coverage -m M1", "explain G1.coverage -m M1 -s orders-service",
        "explain L2.use-cases -m M1 -s orders-service", "explain G7.saturation -m M1 -s orders-service")  # fmt: skip


def assert_harmless(text: str) -> None:
    odd = {c for c in text if c != "\n" and unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")}
    assert not odd, sorted(map(ascii, odd))


@pytest.mark.parametrize("command", SAID)
def test_hostile_words_are_shown_as_text(
    run: Run, hostile: Path, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = run("-C", hostile, *command.split(), *(AS_OF if command.startswith(("check", "explain")) else ()))
    assert plain.code in (0, 1), plain.err
    assert_harmless(plain.out)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    coloured = run(
        "-C", hostile, *command.split(), *(AS_OF if command.startswith(("check", "explain")) else ())
    )
    # A coloured blank at the end of a line is still a blank.
    assert [line.rstrip() for line in ANSI.sub("", coloured.out).splitlines()] == plain.out.splitlines()
    # Only signs are coloured: 31 stands before a cross, an exclamation mark or an unequal sign and nowhere else.
    assert {text[0] for text in re.findall(r"\x1b\[(?:1;)?31m(.)", coloured.out)} <= {
        "✗",
        "!",
        "≠",
        "↓",
        *"0123456789",
    }


@pytest.mark.parametrize(
    "command", ["check -m M1 --details", "check -m M1", "explain G1.coverage -m M1 -s orders-service"]
)
def test_markup_in_names_is_printed_as_it_is_written(
    run: Run, hostile: Path, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "400")
    ran = run("-C", hostile, *command.split(), *AS_OF)
    assert VISIBLE in ran.out
    assert "\\x1b[31mred" in ran.out
    assert "\\u202edaol" in ran.out
    assert ":smile:" in ran.out


def test_facts_show_hostile_words_as_text(run: Run, hostile: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "400")
    file = f"services/orders-service/reports/{UNSPOKEN.replace('/', '_')}.xml"
    ran = run("-C", hostile, "facts", "tests", file)
    assert ran.code == 0, ran.err
    assert_harmless(ran.out)
    assert VISIBLE in ran.out
    ran = run("-C", hostile, "facts", "tests", file, "--format", "json")
    [failed] = json.loads(ran.out)["facts"]["failed"]
    assert UNSPOKEN in failed["message"]


def test_json_gives_hostile_words_back_exactly(run: Run, hostile: Path) -> None:
    ran = run("-C", hostile, "check", "-m", "M1", "-s", "orders-service", *AS_OF, "--format", "json")
    service = one_service(ran.out)
    assert service["owner"] == HOSTILE
    assert json.loads(ran.out)["rulebook"]["criteria"]["G1.coverage"]["question"] == HOSTILE
    [gate] = [gate for gate in service["gates"] if gate["gate"] == "G1"]
    assert (gate["name"], gate["scope"]) == (HOSTILE, HOSTILE)
    assert HOSTILE in service["capabilities"][0]["question"]
    use_cases = criterion(service, "L2.use-cases")
    assert service["evidence"]["use_case_tests"]["path"].endswith(f"reports/{UNSPOKEN.replace('/', '_')}.xml")
    assert UNSPOKEN in use_cases["findings"][0]["message"]
    assert criterion(service, "G7.saturation")["evidence"] == ["capacity_plan"]
    assert service["evidence"]["capacity_plan"]["path"] == f"{HOSTILE}.md"
    matrix = json.loads(run("-C", hostile, "matrix", "--format", "json").out)
    assert matrix["services"]["orders-service"]["M1"]["gates"]["G1"] == HOSTILE
    assert matrix["services"]["orders-service"]["M1"]["adds"] == [HOSTILE]


def test_hostile_words_in_broken_manifests_are_told_as_text(run: Run, workspace: Path) -> None:
    hostile = json.dumps(f"{HOSTILE}\n{IDENTITY}:1:1: all is well")
    write(
        workspace / IDENTITY,
        f"service: identity-service\nowner: t\nplan: {{M0: {{level: {hostile}}}}}\n{hostile}: 1\n",
    )
    ran = run("-C", workspace, "validate")
    assert ran.code == 3
    assert_harmless(ran.err)
    assert VISIBLE in ran.err
    assert places(ran.err) == [(IDENTITY, 3, 20), (IDENTITY, 4, 1)]


def test_a_file_name_with_a_line_break_is_told_on_one_line(run: Run, workspace: Path) -> None:
    write(workspace / "services/a\nb\x1b[31m.yaml", "[\n")
    ran = run("-C", workspace, "validate")
    assert ran.code == 3
    assert_harmless(ran.err)
    assert len(ran.err.splitlines()) == 1
