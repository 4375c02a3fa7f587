"""Prompt registries."""

from typing import Any

import pytest

from builders.artefacts import chosen, collect, facts, fixture, outcome, short, tree
from gatekeeper.collectors.prompts import read as prompts
from gatekeeper.collectors.prompts.facts import PromptsFacts
from gatekeeper.model.evidence import Finding


def test_yaml() -> None:
    collected = collect(prompts, fixture("prompts", "registry.yaml"))
    assert (collected.format, collected.produced_at) == ("yaml", None)
    assert collected.facts == PromptsFacts(
        prompts=("answer-tenant", "summarise-lease", "classify-request"),
        unpinned=(
            Finding(
                "summarise-lease is not pinned for acme: 'latest' is not a concrete version",
                "report-0",
                10,
                "/prompts/1/pins/acme",
            ),
            # `*` names a version for those that have no pin, which is not one of their own.
            Finding(
                "summarise-lease is not pinned for globex: no version is given",
                "report-0",
                7,
                "/prompts/1",
            ),
            Finding(
                "classify-request is not pinned for globex: '^6' is not a concrete version",
                "report-0",
                15,
                "/prompts/2/pins/1",
            ),
        ),
        tenants=("acme", "globex"),
    )


def test_json_as_a_mapping() -> None:
    collected = collect(prompts, fixture("prompts", "registry.json"))
    assert collected.format == "json"
    assert collected.facts == PromptsFacts(
        prompts=("answer-tenant", "summarise-lease"),
        unpinned=(
            Finding(
                "summarise-lease is not pinned for acme: '2.2.0' is not among its versions",
                "report-0",
                4,
                "/prompts/summarise-lease/pinned/acme",
            ),
        ),
        tenants=("acme", "globex"),
    )


def unpinned(*registries: str) -> list[str]:
    return [finding.message for finding in facts(prompts, *registries).unpinned]


CONCRETE = (
    *(
        "1.2.0",
        "v3",
        "2026-01-15",
        "1.0.0-next.3",
        "1.0.0+build.7",
        "a1b2c3d",
        "sha256:9f86d081",
        "007",
        "2.0.0-beta.1",
        "1-draft.2",
    ),
    *("summarise-v2", "1", "x86-1"),
)
MOVING = (
    *("latest", "Latest", "stable", "HEAD", "main", "production", "", " ", "^1.2", "~1.2", ">=1.0", "<2"),
    *("1.x", "1.X", "x.1", "1.2.*", "1.*", "*", "1 || 2", "1.0 - 2.0", "[1.0,2.0)", "1.0,2.0", "1.2+"),
    *("main-2", "todo-1", "1.any", "default.7", "1-2", "1.0-1.5", "1.0-SNAPSHOT"),
    *("NaN", "2-latest", "stable-2", "1.", "=1.2", "{{version}}", "${VERSION_1}", "1\n2", "v1..v3"),
)


@pytest.mark.parametrize("version", CONCRETE)
def test_concrete_versions(version: str) -> None:
    assert unpinned(f'[{{"id": "p", "pins": {{"acme": "{version}"}}}}]') == []


@pytest.mark.parametrize("version", MOVING)
def test_versions_that_move(version: str) -> None:
    written = version.replace("\n", "\\n")
    assert unpinned(f'[{{"id": "p", "pins": {{"acme": "{written}"}}}}]') == [
        f"p is not pinned for acme: {version!r} is not a concrete version"
    ]


@pytest.mark.parametrize(
    ("written", "flaw"),
    [
        ("7", None),
        ("0", None),
        ("-1", "-1 is not a version"),
        ("null", "no version is given"),
        ("", "no version is given"),
        ("1.10", "1.1 is a number, and as a number 1.10 is 1.1: put the version in quotes"),
        ("true", "True is not a version"),
        ("[1]", "a list is not a version"),
        ("{from: 1}", "no version is given"),
        ("{version: v7}", None),
        ("{version: {}}", "an object is not a version"),
    ],
)
def test_versions_that_are_no_text(written: str, flaw: str | None) -> None:
    expected = [f"p is not pinned for acme: {flaw}"] if flaw else []
    assert unpinned(f"prompts:\n  p:\n    pins:\n      acme: {written}\n") == expected


@pytest.mark.parametrize(
    ("registry", "expected"),
    [
        pytest.param(
            "id: p\npins: {acme: v1}\n",
            {"prompts": ("p",), "unpinned": (), "tenants": ("acme",)},
            id="one entry",
        ),
        pytest.param(
            "- id: p\n  pins: {acme: v1}\n- q\n",
            {
                "prompts": ("p", "q"),
                "unpinned": (Finding("q is not pinned for any tenant", "report-0", 3, "/1"),),
            },
            id="a list of entries; one is but named",
        ),
        pytest.param(
            "tenants: [acme]\nprompts: {p: }\n",
            {
                "unpinned": (
                    Finding("p is not pinned for acme: no version is given", "report-0", 2, "/prompts/p"),
                )
            },
            id="a mapping of ids to nothing",
        ),
        pytest.param(
            "prompts:\n- {id: p, version: v1, pins: {}}\n",
            {"unpinned": (Finding("p is not pinned for any tenant", "report-0", 2, "/prompts/0"),)},
            id="a version for all is no pin",
        ),
        pytest.param(
            'prompts:\n- {id: p, pins: {"*": v1}}\n',
            {
                "unpinned": (Finding("p is not pinned for any tenant", "report-0", 2, "/prompts/0"),),
                "tenants": (),
            },
            id="a default is no pin",
        ),
        pytest.param(
            'prompts:\n- id: p\n  pins:\n    acme: v1\n    "*": latest\n',
            {
                "unpinned": (
                    Finding(
                        "p is not pinned for the tenants without a pin (*): 'latest' is not a concrete version",
                        "report-0",
                        5,
                        "/prompts/0/pins/*",
                    ),
                ),
                "tenants": ("acme",),
            },
            id="a default that moves",
        ),
        pytest.param(
            "tenants: {acme: {}, globex: {}}\nprompts:\n- {id: p, pins: {acme: v1, initech: v1}}\n",
            {
                "unpinned": (
                    Finding("p is not pinned for globex: no version is given", "report-0", 3, "/prompts/0"),
                ),
                "tenants": ("acme", "globex", "initech"),
            },
            id="tenants as keys",
        ),
        pytest.param(
            'tenants: ["*"]\nprompts:\n- {id: p, pins: {"*": v1}}\n',
            {
                "unpinned": (Finding("p is not pinned for any tenant", "report-0", 3, "/prompts/0"),),
                "tenants": (),
            },
            id="a default is no tenant",
        ),
        pytest.param(
            "prompts:\n- {id: p, tenants: [{id: acme}], pins: {globex: v1}}\n- {id: q, pins: {globex: v1}}\n",
            {
                "unpinned": (
                    Finding("p is not pinned for acme: no version is given", "report-0", 2, "/prompts/0"),
                )
            },
            id="tenants of an entry are asked of that entry",
        ),
        pytest.param(
            "prompts:\n- {id: p, pins: {acme: v1}}\n- {id: p, pins: {acme: v2}}\n",
            {
                "prompts": ("p",),
                "unpinned": (
                    Finding("p is registered a second time, first in report-0:2", "report-0", 3, "/prompts/1"),
                ),
            },
            id="an id that two entries have",
        ),
        pytest.param(
            "prompts:\n- id: p\n  pins: {acme: v1}\n  pinned: [{tenant: acme, version: v2}]\n",
            {
                "unpinned": (
                    Finding("p is pinned a second time for acme", "report-0", 4, "/prompts/0/pinned/0"),
                )
            },
            id="a tenant that has two pins",
        ),
        pytest.param(
            "prompts:\n- {id: p, versions: [], pins: {acme: v1}}\n",
            {
                "unpinned": (
                    Finding(
                        "p is not pinned for acme: 'v1' is not among its versions",
                        "report-0",
                        2,
                        "/prompts/0/pins/acme",
                    ),
                )
            },
            id="no versions to pin",
        ),
        pytest.param(
            "prompts:\n- {id: p, versions: [6, {id: 7}], pins: {acme: 7, globex: '6'}}\n",
            {"unpinned": ()},
            id="whole numbers are versions",
        ),
        pytest.param(
            "prompts:\n- {id: p, pins: [acme]}\n",
            {
                "unpinned": (
                    Finding("p is not pinned for acme: no version is given", "report-0", 2, "/prompts/0/pins/0"),
                )
            },
            id="a tenant that is only named",
        ),
        pytest.param(
            "id: p\npins: {acme: v1}\n---\nid: q\npins: {acme: v1}\n",
            {"prompts": ("p", "q"), "unpinned": ()},
            id="several documents",
        ),
    ],
)  # fmt: skip
def test_registries(registry: str, expected: dict[str, Any]) -> None:
    assert chosen(facts(prompts, registry), expected) == expected


def test_of_very_many_tenants_the_first_are_told() -> None:
    tenants = [f"t{number}" for number in range(60)]
    told = unpinned(
        f"tenants: {tenants}\nprompts:\n- id: p\n  tenants: [own, t3]\n  pins: {{t0: v1, x: v1}}\n"
    )
    assert told == [
        *(f"p is not pinned for {tenant}: no version is given" for tenant in tenants[1:51]),
        "p is not pinned for 10 more tenants",
    ]


def test_fifty_tenants_are_all_told() -> None:
    tenants = [f"t{number}" for number in range(51)]
    told = unpinned(f"tenants: {tenants}\nprompts:\n- id: p\n  pins: {{t0: v1}}\n")
    assert told == [f"p is not pinned for {tenant}: no version is given" for tenant in tenants[1:]]


def test_a_folder_is_one_registry() -> None:
    files = {
        "prompts/answer.yaml": "id: answer\npins: {acme: v1, globex: v1}\n",
        "prompts/sum.json": '{"id": "sum", "pins": {"acme": "v1"}}',
        "prompts/answer-too.yaml": "id: answer\npins: {acme: v1, globex: v2}\n",
        "tenants.yaml": "tenants: [acme, globex]\n",
    }
    collected = prompts.collect(tree(files), {})
    assert collected.format == "json, yaml"
    assert collected.facts == PromptsFacts(
        prompts=("answer", "sum"),
        unpinned=(
            Finding(
                "answer is registered a second time, first in prompts/answer-too.yaml:1",
                "prompts/answer.yaml",
                1,
                "",
            ),
            Finding("sum is not pinned for globex: no version is given", "prompts/sum.json", 1, ""),
        ),
        tenants=("acme", "globex"),
    )


NO_PROMPT = "absent: reports registers no prompt"


@pytest.mark.parametrize(
    ("registry", "expected"),
    [
        (" ", "absent: report-0: the file is empty"),
        ("prompts: []\n", NO_PROMPT),
        ("prompts: {}\n", NO_PROMPT),
        ("prompts:\n", NO_PROMPT),
        ("tenants: [acme]\n", NO_PROMPT),
        ("[]", NO_PROMPT),
        ("# nothing yet\n", NO_PROMPT),
        ("{}", NO_PROMPT),
        ("openapi: 3.1.0\n", "unreadable: report-0: not a prompt registry"),
        ("just text\n", "unreadable: report-0: not a prompt registry"),
        ("prompts: 3\n", "unreadable: report-0: /prompts is 3, neither a list nor an object"),
        ("prompts: [3]\n", "unreadable: report-0: /prompts/0 is 3, not an object"),
        ("prompts: [{pins: {a: v1}}]\n", "unreadable: report-0: /prompts/0 has no id"),
        ("prompts: [{id: 7}]\n", "unreadable: report-0: /prompts/0/id is 7, not the name of a prompt"),
        ("prompts: [' ']\n", "unreadable: report-0: /prompts/0 is ' ', not a name of 1 to 200"),
        (f"prompts: [{'p' * 201}]\n", "unreadable: report-0: /prompts/0 is 'pppp"),
        ("prompts: [{id: p, pins: {'': v1}}]\n", "unreadable: report-0: /prompts/0/pins/ is '', not a name"),
        ("prompts: {p: v1}\n", "unreadable: report-0: /prompts/p is 'v1', not an object"),
        ("prompts: {p: {id: q}}\n", "unreadable: report-0: /prompts/p/id is 'q', and its key is 'p'"),
        ("prompts: [{id: p, pins: v1}]\n", "unreadable: report-0: /prompts/0/pins is 'v1', neither a list nor"),
        (
            "prompts: [{id: p, pins: [{version: v1}]}]\n",
            "unreadable: report-0: /prompts/0/pins/0 has no tenant",
        ),
        ("prompts: [{id: p, versions: v1}]\n", "unreadable: report-0: /prompts/0/versions is 'v1', not a list"),
        ("prompts: [{id: p, tenants: acme}]\n", "unreadable: report-0: /prompts/0/tenants is 'acme', neither a list"),
        ("tenants: [3]\nprompts: [p]\n", "unreadable: report-0: /tenants/0 is 3, not an object"),
        ("prompts:\n  p: {}\n  p: {}\n", "unreadable: report-0: line 3: duplicate key 'p'"),
        ("prompts: [{id: p, pins: {acme: .nan}}]\n", "unreadable: report-0: line 1: .nan is not a finite number"),
        ('{"prompts": [{"id": "p"', "unreadable: report-0: line 1: not JSON: EOF while parsing"),
        ("[" * 50_000, "unreadable: report-0: line 1: not JSON: nested too deep"),
        ("prompts: [p]".encode("utf-16-le"), "unreadable: report-0: line 1"),
    ],
    ids=short,
)  # fmt: skip
def test_what_is_no_evidence(registry: str | bytes, expected: str) -> None:
    assert outcome(prompts, registry).startswith(expected)


def test_all_of_several_files_must_be_readable() -> None:
    assert outcome(prompts, "prompts: [p]\n", "nothing").startswith(
        "unreadable: report-1: not a prompt registry"
    )
