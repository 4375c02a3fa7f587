"""Which criteria deserve a review, from their statuses over time."""

from collections.abc import Mapping
from datetime import date, timedelta

import pytest

from builders.judging import GATES, RULEBOOK, rulebook
from gatekeeper.judging.outlook.review import review, rule_digests
from gatekeeper.model.status import ServiceVerdict, Status
from gatekeeper.model.trend import CriterionHistory, Pattern, Point, RuleVersion, Tally, Trend

RULE = RuleVersion("G1.a")
SIGNS = {
    "p": Status.PASS,
    "f": Status.FAIL,
    "m": Status.MISSING,
    "u": Status.UNREADABLE,
    "s": Status.STALE,
    "e": Status.EXCEPTED,
}
BEGUN = date(2026, 11, 2)


def point(number: int, statuses: Mapping[tuple[str, str], str], rule: str = "as it is") -> Point:
    """Return a point: the sign of the status by milestone and service; a blank is not asked."""
    found: dict[str, dict[str, Tally]] = {}
    for (milestone, service), sign in statuses.items():
        found.setdefault(milestone, {})[service] = tally({RULE: SIGNS[sign]} if sign in SIGNS else {})
    return Point(f"c{number}", BEGUN + timedelta(number), {}, tallies=found, rules={RULE: rule})


def tally(statuses: Mapping[RuleVersion, Status]) -> Tally:
    return Tally(ServiceVerdict.BLOCKED, len(statuses), 0, 0, statuses)


def trend(*series: str, milestones: tuple[str, ...] = ("M1",), rules: str = "") -> Trend:
    """Return a trend of one service for each series, a sign for each point; `rules` names the rule of each."""
    points = [
        point(
            number,
            {(at, f"s{place}"): sign for at in milestones for place, sign in enumerate(signs)},
            rules[number] if rules else "as it is",
        )
        for number, signs in enumerate(zip(*series, strict=True))
    ]
    return Trend(tuple(points), milestones)


def only(of: Trend) -> CriterionHistory:
    [found] = review(of).criteria
    return found


@pytest.mark.parametrize(
    ("series", "pattern"),
    [
        ("pppp", Pattern.NEVER_FAILED),
        (" pp", Pattern.NEVER_FAILED),
        ("ffmu", Pattern.NEVER_PASSED),
        ("mmmm", Pattern.NEVER_PASSED),
        ("ssss", Pattern.NEVER_PASSED),
        ("eeee", Pattern.NEVER_PASSED),
        ("pfpfp", Pattern.FLAPS),
        ("pmpup", Pattern.FLAPS),
        ("fpfpfp", Pattern.FLAPS),
        ("p f pfp", Pattern.FLAPS),
        ("pfepmsp", Pattern.FLAPS),
        ("fp", None),
        ("pf", None),
        ("pfp", None),
        ("pfpf", None),
        ("fpfp", None),
        ("pppps", None),
        ("pspsp", None),
        ("pepep", None),
    ],
)
def test_a_finding_follows_from_the_statuses(series: str, pattern: Pattern | None) -> None:
    """Age alone and the register are no change; but what was stale or excepted has not always passed."""
    assert only(trend(series)).pattern is pattern


def test_one_service_that_fails_shows_that_a_rule_asks_something() -> None:
    assert only(trend("ppp", "ppf")).pattern is None
    assert only(trend("mmm", "mmp")).pattern is None


def test_two_services_that_fall_once_do_not_flap() -> None:
    assert only(trend("pfppp", "pppfp")).pattern is None


def test_changes_are_counted_for_each_service() -> None:
    found = only(trend("pfpfpf", "pppppp", "pmpppp"))
    assert [(of.service, of.falls, of.returns, of.last.commit) for of in found.changes] == [
        ("s0", 3, 2, "c5"),
        ("s2", 1, 1, "c2"),
    ]


def test_a_milestone_does_not_hide_another() -> None:
    """What is made for each milestone passes at one and is missing at the next, which is not a change."""
    points = [point(n, {("M1", "s"): first, ("M2", "s"): "m"}) for n, first in enumerate("pfpfp")]
    found = only(Trend(tuple(points), ("M1", "M2")))
    assert (found.pattern, found.changes[0].milestone) == (Pattern.FLAPS, "M1")
    assert found.answers == {Status.PASS: 3, Status.FAIL: 2, Status.MISSING: 5}
    assert only(Trend(tuple(points), ("M2",))).pattern is Pattern.NEVER_PASSED


def test_the_first_milestone_is_named_of_several_that_are_alike() -> None:
    found = only(trend("pfpfp", milestones=("M1", "M2")))
    assert [of.milestone for of in found.changes] == ["M1"]
    assert found.milestone == "M1"


def test_a_changed_rule_is_judged_since_its_change() -> None:
    found = only(trend("pfpfpp", rules="aaaabb"))
    assert (found.pattern, found.since.commit, found.commits) == (Pattern.NEVER_FAILED, "c4", 2)
    again = only(trend("fffp", rules="abba"))
    assert (again.pattern, again.since.commit) == (Pattern.NEVER_FAILED, "c3")


def test_a_gap_is_left_out() -> None:
    whole = trend("pfpfp")
    gap = Point("gap", BEGUN, {}, gap="the workspace was invalid")
    assert review(whole._replace(points=(gap, *whole.points[:2], gap, *whole.points[2:], gap))) == review(
        whole
    )


@pytest.mark.parametrize("of", [Trend((), ()), Trend((Point("a", BEGUN, {}, gap="invalid"),), ())])
def test_without_a_judged_commit_there_is_nothing_to_review(of: Trend) -> None:
    assert review(of) == ((), ())


def test_what_the_newest_commit_does_not_ask_is_counted_apart() -> None:
    assert review(trend("pp ")) == ((), ("G1.a",))


def test_a_tightened_version_has_a_history_of_its_own() -> None:
    tightened = RuleVersion("G1.a", is_tightened=True)
    points = [
        Point(
            f"c{n}",
            BEGUN,
            {},
            tallies={"M1": {"s": tally({rule: status})}},
            rules={RULE: "a", tightened: "b"},
        )
        for n, (rule, status) in enumerate([(RULE, Status.PASS), (tightened, Status.FAIL)])
    ]
    [found] = review(Trend(tuple(points), ("M1",))).criteria
    assert (found.version, found.pattern, found.changes) == (tightened, Pattern.NEVER_PASSED, ())


# When a rule is the same


OLD = "{id: G1.tests, question: q, requires: {unit_tests.failed: {empty: true}, unit_tests.total: {at_least: 1}}"


@pytest.mark.parametrize(
    ("file", "old", "new", "changed"),
    [
        ("G1", "at_least: 1}", "at_least: 2}", {"G1.tests"}),
        ("G1", "at_least: 95", "at_least: 96", {"G1.coverage"}),
        ("G1", "up_to: L1", "up_to: L2", {"G1.coverage"}),
        ("G1", "kind: coverage}", "kind: coverage, include: [src/**]}", {"G1.coverage"}),
        ("G1", "from: L3", "from: L2", {"G1.deep"}),
        ("G1", "or_attested_by: owner", "or_attested_by: security", {"G1.deep"}),
        ("G7", "max_age_days: 30", "max_age_days: 31", {"G7.load"}),
        ("G8", "G8.review, question: q", "G8.review, question: another", {"G8.review"}),
        ("G8", "label: residency", "label: another", {"G8.residency"}),
        ("G1", "question: q", "question: another", set()),
        ("G1", "remedy: Fix it.", "remedy: Fix this.", set()),
        ("G1", OLD, f"{OLD}, advisory: true", set()),
        ("G1", OLD, f"{OLD}, effective: M2", set()),
        ("G1", OLD, f"{OLD}, effective: 2026-12-01", set()),
    ],
)
def test_only_what_decides_a_status_changes_a_rule(file: str, old: str, new: str, changed: set[str]) -> None:
    assert old in GATES[file]
    after = rule_digests(rulebook(gates=GATES | {file: GATES[file].replace(old, new, 1)}))
    assert {
        rule.criterion for rule, digest in rule_digests(RULEBOOK).items() if after[rule] != digest
    } == changed


def test_a_tightened_version_is_a_rule_of_its_own() -> None:
    def digests(threshold: int) -> dict[RuleVersion, str]:
        upcoming = f"upcoming: {{effective: M2, requires: {{unit_tests.total: {{at_least: {threshold}}}}}}}"
        return rule_digests(rulebook(gates=GATES | {"G1": GATES["G1"].replace(OLD, f"{OLD}, {upcoming}")}))

    plain, tightened = RuleVersion("G1.tests"), RuleVersion("G1.tests", is_tightened=True)
    assert digests(9)[plain] == rule_digests(RULEBOOK)[plain]
    assert digests(9)[tightened] != digests(8)[tightened]


def test_a_criterion_that_is_the_same_as_another_has_no_history() -> None:
    assert RuleVersion("L2.isolation") not in rule_digests(RULEBOOK)
    assert RuleVersion("G8.isolation") in rule_digests(RULEBOOK)
