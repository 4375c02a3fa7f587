"""Who owns a path by CODEOWNERS: the forges' own examples, and where they differ."""

import time

import pytest

from gatekeeper.syntax.code_owners import CodeOwners, Forge

GITHUB, GITLAB = Forge.GITHUB, Forge.GITLAB
BOTH = (GITHUB, GITLAB)

MATCHES = [
    # pattern, path, forges by which it matches
    ("*", "a", BOTH),
    ("*", "gates/deep/G1.yaml", BOTH),
    ("**", "gates/G1.yaml", BOTH),
    ("*.yaml", "gates/G1.yaml", BOTH),
    ("*.yml", "gates/G1.yaml", ()),
    ("/*", "gatekeeper.yaml", BOTH),
    ("/*", "gates/G1.yaml", ()),
    ("/gates/", "gates/G1.yaml", BOTH),
    ("/gates/", "gates/deep/G1.yaml", BOTH),
    ("/gates/", "readiness/gates/G1.yaml", ()),
    ("/gates/", "gates", ()),
    ("/gates/", "gates2/G1.yaml", ()),
    ("/gates", "gates/G1.yaml", (GITHUB,)),
    ("/gates", "gates", BOTH),
    ("gates/", "readiness/gates/G1.yaml", BOTH),
    ("gates", "readiness/gates/G1.yaml", (GITHUB,)),
    ("gates", "readiness/gates", BOTH),
    ("gates/G1.yaml", "gates/G1.yaml", BOTH),
    ("gates/G1.yaml", "readiness/gates/G1.yaml", (GITLAB,)),
    ("/gates/G1.yaml", "gates/G1.yaml", BOTH),
    ("/gates/G1.yaml", "gates/G1.yml", ()),
    ("/gates/*", "gates/G1.yaml", BOTH),
    ("/gates/*", "gates/deep/G1.yaml", ()),
    ("/gates/*.yaml", "gates/.hidden.yaml", BOTH),
    ("/gates/G?.yaml", "gates/G1.yaml", BOTH),
    ("/gates/G?.yaml", "gates/G10.yaml", ()),
    ("/gates/**", "gates/G1.yaml", BOTH),
    ("/gates/**", "gates/deep/G1.yaml", (GITHUB,)),
    ("/gates/**/", "gates/deep/G1.yaml", BOTH),
    ("/services/*/evidence.json", "services/orders/evidence.json", BOTH),
    ("/services/*/evidence.json", "services/orders/deep/evidence.json", ()),
    ("/services/**/evidence.json", "services/evidence.json", BOTH),
    ("/services/**/evidence.json", "services/a/b/evidence.json", BOTH),
    ("**/evidence.json", "services/a/b/evidence.json", BOTH),
    ("/**/gates/*", "a/b/gates/G1.yaml", BOTH),
    ("/a\\ b/", "a b/c", BOTH),
    ("/a\\*b", "a*b", BOTH),
    ("/a\\*b?", "a*bc", BOTH),
    ("/a\\*b?", "axbc", ()),
    ("/gates/G[12].yaml", "gates/G1.yaml", (GITLAB,)),
    ("/gates/G[^2].yaml", "gates/G1.yaml", (GITLAB,)),
    ("/gates/G[^1].yaml", "gates/G1.yaml", ()),
    ("/Gates/", "gates/G1.yaml", ()),
    ("/", "gates/G1.yaml", (GITLAB,)),
]  # fmt: skip


@pytest.mark.parametrize("forge", BOTH)
@pytest.mark.parametrize(("pattern", "path", "by"), MATCHES)
def test_a_pattern_matches_by_the_rules_of_the_forge(
    forge: Forge, pattern: str, path: str, by: tuple[Forge, ...]
) -> None:
    found = CodeOwners(f"{pattern} @org/team\n", forge).of(path)
    assert found.owners == (("@org/team",) if forge in by else ())


@pytest.mark.parametrize("forge", BOTH)
@pytest.mark.parametrize(
    ("text", "path", "owners", "line"),
    [
        ("* @a\n/gates/ @b", "gates/G1.yaml", ("@b",), 2),
        ("/gates/ @b\n* @a", "gates/G1.yaml", ("@a",), 2),
        ("/gates/ @b\n/gates/G1.yaml", "gates/G1.yaml", (), 2),
        ("/gates/ @b\n/gates/G1.yaml", "gates/G2.yaml", ("@b",), 1),
        ("/gates/\n/gates/G1.yaml @b c@example.org", "gates/G1.yaml", ("@b", "c@example.org"), 2),
        ("# * @a\n\n  # @a\n", "gates/G1.yaml", (), None),
        ("  /gates/\t@b  \r\n", "gates/G1.yaml", ("@b",), 1),
        ("/gates/ @b # @c says so", "milestones/M1.yaml", (), None),
        ("", "a", (), None),
    ],
)
def test_the_last_rule_that_matches_decides(
    forge: Forge, text: str, path: str, owners: tuple[str, ...], line: int | None
) -> None:
    assert CodeOwners(text, forge).of(path) == (owners, line)


@pytest.mark.parametrize(
    "line",
    [
        "!/gates/",
        "/gates/[a]",
        "/gates/ team",
        "/gates/ @@maintainer",
        "\\#gates",
        "/ga***",
        "/gates/ @b, @c",
    ],
)
def test_github_skips_a_line_that_it_does_not_understand(line: str) -> None:
    assert CodeOwners(f"* @a\n{line}", GITHUB).of("gates/G1.yaml") == (("@a",), 1)


def test_a_comment_ends_a_line_of_github() -> None:
    assert CodeOwners("/gates/ @b # @c", GITHUB).of("gates/G1.yaml").owners == ("@b",)
    assert CodeOwners("/gates/ # @c", GITHUB).of("gates/G1.yaml").owners == ()
    # GitLab has no comments within a line.
    assert CodeOwners("/gates/ # @c", GITLAB).of("gates/G1.yaml").owners == ("@c",)


@pytest.mark.parametrize(
    ("text", "owners"),
    [
        ("[Rules] @a\n/gates/", ("@a",)),
        ("[Rules][2] @a @b\n/gates/", ("@a", "@b")),
        ("[Rules] @a\n/gates/ @c", ("@c",)),
        ("[Rules]\n/gates/", ()),
        ("^[Rules] @a\n/gates/", ()),
        ("^[Rules][1]\n/gates/ @a", ()),
        ("^[Rules]\n/gates/ @a\n[Others]\n* @b", ("@b",)),
        ("/gates/ @a\n^[Rules]\n/gates/ @b", ("@a",)),
        ("/gates/ @a\n[Rules]\n/gates/", ("@a",)),
        ("^[Rules]\n/gates/ @a\n[RULES]\n/services/ @b", ("@a",)),
        ("[Rules]\n/services/ @b\n^[rules]\n/gates/ @a", ("@a",)),
        ("[Rules]\n* @a\n!/gates/", ()),
        ("[Rules]\n!/gates/G1.yaml\n* @a", ()),
        ("[Rules]\n* @a\n!/gates/\n/gates/ @b", ()),
        ("[Rules]\n!/gates/\n[Others]\n* @a", ("@a",)),
        ("[Rules]\n!*.yaml\n* @a", ()),
        ("/gates/ @@maintainer", ("@@maintainer",)),
        ("/gates/ @@nobody", ()),
        ("/gates/ team @a", ("@a",)),
        ("[Rules]\n\n/gates/ group/team", ()),
    ],
)
def test_sections_of_gitlab(text: str, owners: tuple[str, ...]) -> None:
    assert CodeOwners(text, GITLAB).of("gates/G1.yaml").owners == owners


def test_owners_are_named_with_their_first_line() -> None:
    found = CodeOwners("* @a @b\n/gates/ @b @c\n", GITHUB)
    assert found.owners == {"@a": 1, "@b": 1, "@c": 2}


@pytest.mark.long
def test_wildcards_and_many_rules_take_little_time() -> None:
    hostile = "/".join(["**", "*a*a*a*a*a*a*a*b"] * 20)
    rules = "\n".join(f"/services/service-{number}.yaml @a" for number in range(20_000))
    started = time.perf_counter()
    owners = CodeOwners(f"{rules}\n{hostile} @b", GITHUB)
    path = "/".join(["a" * 100] * 40)
    assert owners.of(path).owners == ()
    for number in range(5_000):
        assert owners.of(f"services/service-{number}.yaml").line == number + 1
    assert time.perf_counter() - started < 10
