"""Binding: what the rulebook names must exist, and every mistake is told with its place."""

from typing import Any

import pytest

from builders.judging import G1, GATES, GOVERNANCE, L0, L1, L2, L3, L4, LEVELS, RULEBOOK, STANZA, workspace
from gatekeeper import collectors
from gatekeeper.judging.rules.binding import bind
from gatekeeper.model.guards import SlotGuard, ValidFor
from gatekeeper.model.rule import (
    Condition,
    Decidable,
    FactOf,
    Literal,
    MilestoneContext,
    Operator,
    Rule,
    Rulebook,
    SubjectsOf,
    TargetOperand,
)
from gatekeeper.model.workspace import Mistake

SLOTS = """
  unit_tests: {kind: tests}
  coverage: {kind: coverage}
  schema: {kind: migrations}
  bugs: {kind: json, select: {open: metrics.open, history: metrics.history}}
"""
FILE = "gates/G1.yaml"
ALL_SLOTS = "known: capability_tests, scope_tests, chaos, unit_tests, coverage, schema, bugs, api, load, threats, isolation"
PASSES = "requires: {unit_tests.failed: {empty: true}}"
OPERANDS = "an operand is a value or one of {fact: slot.field}, {target: name}, {context: milestone}"


def gate(*criteria: str, slots: str = SLOTS) -> str:
    rows = "".join(f"  - {{{words}, question: q, {STANZA}}}\n" for words in criteria)
    return f"{G1[: G1.index('slots:')]}slots: {slots}\ncriteria:\n{rows}"


def texts(*criteria: str, slots: str = SLOTS) -> dict[str, str]:
    return GATES | {"G1": gate(*criteria, slots=slots)}


def mistakes(**more: Any) -> tuple[Mistake, ...]:
    return bind(workspace(**more), collectors.find).mistakes


def asking(requires: str) -> tuple[Mistake, ...]:
    return mistakes(gates=texts(f"id: G1.a, requires: {{{requires}}}"))


def right(*criteria: str, slots: str = SLOTS) -> Rulebook:
    bound = bind(workspace(gates=texts(*criteria, slots=slots)), collectors.find)
    assert bound.mistakes == ()
    return bound.rulebook


def rule(words: str) -> Rule:
    return right(f"id: G1.a, {words}").by_id["G1.a"]


def required(requires: str) -> tuple[Condition, ...]:
    return rule(f"requires: {{{requires}}}").conditions


# Slots


@pytest.mark.parametrize(
    ("slot", "path", "message", "hint", "of_key"),
    [
        (
            "{kind: test}",
            ("kind",),
            "unknown kind of evidence 'test'",
            "see `gatekeeper facts --help`",
            False,
        ),
        (
            "{kind: coverage, includes: src}",
            ("includes",),
            "kind 'coverage' has no option 'includes'",
            "did you mean 'include'?",
            True,
        ),
        (
            "{kind: tests, only: a}",
            ("only",),
            "kind 'tests' has no option 'only'",
            "known: others, select",
            True,
        ),
        (
            "{kind: json}",
            (),
            "kind 'json' needs `select`",
            "name each fact and its path in JMESPath: select: {bugs: metrics.bugs}",
            True,
        ),
        (
            "{kind: json, select: metrics.bugs}",
            (),
            "kind 'json' needs `select`",
            "name each fact and its path in JMESPath: select: {bugs: metrics.bugs}",
            True,
        ),
    ],
)
def test_a_slot_is_of_a_known_kind_with_options_that_it_understands(
    slot: str, path: tuple[str, ...], message: str, hint: str, of_key: bool
) -> None:
    gates = texts("id: G1.a, attested_by: owner", slots=f"{{wrong: {slot}}}")
    assert mistakes(gates=gates) == (Mistake(FILE, ("slots", "wrong", *path), message, hint, of_key),)


@pytest.mark.parametrize("slot", ["{kind: test}", "{kind: json}"])
def test_nothing_more_is_said_of_the_facts_of_a_slot_that_is_wrong_itself(slot: str) -> None:
    asked = "id: G1.a, requires: {wrong.x.y: {at_least: 1}}, subjects: wrong.z"
    [mistake] = mistakes(gates=texts(asked, slots=f"{{wrong: {slot}}}"))
    assert mistake.path[:2] == ("slots", "wrong")


def test_a_slot_is_defined_once_in_the_whole_rulebook() -> None:
    again = "{chaos: {kind: tests}, api: {kind: openapi}}"
    assert mistakes(gates=texts("id: G1.a, attested_by: owner", slots=again)) == (
        Mistake(
            FILE,
            ("slots", "chaos"),
            "slot 'chaos' is defined in gates/levels.yaml already",
            "keep one",
            of_key=True,
        ),
        Mistake(
            "gates/G2.yaml",
            ("slots", "api"),
            "slot 'api' is defined in gates/G1.yaml already",
            "keep one",
            of_key=True,
        ),
    )


def test_a_slot_is_bound_with_its_options_and_the_ways_to_narrow_it() -> None:
    slots = right("id: G1.a, attested_by: owner").slots
    assert list(slots)[:6] == ["capability_tests", "scope_tests", "chaos", "unit_tests", "coverage", "schema"]
    assert slots["bugs"].options == {"select": {"open": "metrics.open", "history": "metrics.history"}}
    assert (slots["api"].name, slots["api"].kind) == ("api", "openapi")
    assert slots["api"].narrowable == {"paths"}
    assert RULEBOOK.slots["source"].narrowable == {"aggregates"}
    assert RULEBOOK.slots["coverage"].narrowable == frozenset()


# Facts


@pytest.mark.parametrize(
    ("fact", "message", "hint"),
    [
        ("unit_test.total", "unknown slot 'unit_test'", "did you mean 'unit_tests'?"),
        ("zz.total", "unknown slot 'zz'", ALL_SLOTS),
        (
            "unit_tests.pased",
            "the evidence of 'unit_tests' has no fact 'pased'",
            "did you mean 'passed'?",
        ),
        (
            "unit_tests.zz",
            "the evidence of 'unit_tests' has no fact 'zz'",
            "known: total, passed, failed, skipped, skipped_pct, flaky, duration_s, counted_from",
        ),
        ("bugs.opened", "the evidence of 'bugs' has no fact 'opened'", "did you mean 'open'?"),
        ("unit_tests.total.x", "unit_tests.total is a number: there is nothing inside it", None),
    ],
)
def test_a_fact_that_nobody_promises_is_told_once_wherever_it_is_named(
    fact: str, message: str, hint: str | None
) -> None:
    assert asking(f"{fact}: {{equals: 1}}") == (
        Mistake(FILE, ("criteria", 0, "requires", fact), message, hint, of_key=True),
    )
    assert asking(f"coverage.lines_pct: {{at_least: {{fact: {fact}}}}}") == (
        Mistake(
            FILE,
            ("criteria", 0, "requires", "coverage.lines_pct", "at_least", "fact"),
            message,
            hint,
            of_key=True,
        ),
    )
    assert mistakes(gates=texts(f"id: G1.a, {PASSES}, subjects: {fact}")) == (
        Mistake(FILE, ("criteria", 0, "subjects"), message, hint, of_key=True),
    )


def test_a_fact_of_which_nothing_is_asked_is_a_mistake() -> None:
    assert asking("unit_tests.total: {}") == (
        Mistake(
            FILE,
            ("criteria", 0, "requires", "unit_tests.total"),
            "unit_tests.total has no operator",
        ),
    )


@pytest.mark.parametrize(
    ("fact", "shape"),
    [
        ("unit_tests.counted_from", "text"),
        ("unit_tests.failed", "a list of findings"),
        ("schema.has_outbox", "true or false"),
        ("threats.front_matter", "a mapping"),
    ],
)
def test_subjects_must_be_countable(fact: str, shape: str) -> None:
    assert mistakes(gates=texts(f"id: G1.a, {PASSES}, subjects: {fact}")) == (
        Mistake(
            FILE,
            ("criteria", 0, "subjects"),
            f"{fact} is {shape}, which counts nothing",
            "name a number or a list of names",
        ),
    )


# Operators and operands


NUMBER = ("unit_tests.total", "a number", "use equals, one_of, at_least, at_most")
TEXT = ("unit_tests.counted_from", "text", "use equals, one_of, empty")
FLAG = ("schema.has_outbox", "true or false", "use equals, one_of")
NAMES = ("unit_tests.passed", "a list of names", "use empty, includes, within, mentions")
FINDINGS = ("unit_tests.failed", "a list of findings", "use empty")
MAPPING = ("threats.front_matter", "a mapping", "use empty, includes")
WRITTEN = {
    "equals": "1",
    "one_of": "[1]",
    "at_least": "1",
    "at_most": "1",
    "empty": "true",
    "includes": "[a]",
    "within": "[a]",
    "mentions": "[a]",
}


@pytest.mark.parametrize("shape", [NUMBER, TEXT, FLAG, NAMES, FINDINGS, MAPPING])
@pytest.mark.parametrize("operator", WRITTEN)
def test_an_operator_is_asked_only_of_the_shapes_that_it_can_compare(
    operator: str, shape: tuple[str, str, str]
) -> None:
    fact, name, hint = shape
    wrong = Mistake(
        FILE,
        ("criteria", 0, "requires", fact, operator),
        f"{fact} is {name}, which {operator} cannot compare",
        hint,
        of_key=True,
    )
    able = operator in hint.removeprefix("use ").split(", ")
    assert asking(f"{fact}: {{{operator}: {WRITTEN[operator]}}}") == (() if able else (wrong,))


@pytest.mark.parametrize("fact", ["bugs.open", "bugs.history.last", "threats.front_matter.any"])
@pytest.mark.parametrize("operator", WRITTEN)
def test_whatever_has_no_promised_shape_may_be_asked_anything(operator: str, fact: str) -> None:
    assert asking(f"{fact}: {{{operator}: {WRITTEN[operator]}}}") == ()


@pytest.mark.parametrize(
    ("operator", "written", "message"),
    [
        ("equals", "null", "equals takes a value, not None"),
        ("equals", "[1]", "equals takes a value, not [1]"),
        ("one_of", "1", "one_of takes a list of values, not 1"),
        ("one_of", "[]", "one_of takes a list of values, not []"),
        ("at_least", "x", "at_least takes a number, not 'x'"),
        ("at_least", "true", "at_least takes a number, not True"),
        ("at_most", "[1]", "at_most takes a number, not [1]"),
        ("at_most", "false", "at_most takes a number, not False"),
        ("empty", "null", "empty takes true or false, not None"),
        ("includes", "1", "includes takes text or a list of texts, not 1"),
        ("within", "[]", "within takes text or a list of texts, not []"),
        ("mentions", "[a, 1]", "mentions takes text or a list of texts, not ['a', 1]"),
    ],
)
def test_an_operand_fits_its_operator(operator: str, written: str, message: str) -> None:
    assert asking(f"bugs.open: {{{operator}: {written}}}") == (
        Mistake(FILE, ("criteria", 0, "requires", "bugs.open", operator), message),
    )


@pytest.mark.parametrize(
    "written",
    [
        "{}",
        "{fact: unit_tests}",
        "{fact: 1}",
        "{facts: unit_tests.total}",
        "{target: 1}",
        "{context: service}",
        "{target: a, context: milestone}",
    ],
)
def test_a_reference_is_one_of_three(written: str) -> None:
    assert asking(f"unit_tests.total: {{at_least: {written}}}") == (
        Mistake(FILE, ("criteria", 0, "requires", "unit_tests.total", "at_least"), OPERANDS),
    )


def test_a_misfit_leaves_the_other_conditions_as_they_are() -> None:
    gates = texts("id: G1.a, requires: {unit_tests.total: {at_least: x, at_most: 2}}")
    bound = bind(workspace(gates=gates), collectors.find)
    assert [mistake.path[-1] for mistake in bound.mistakes] == ["at_least"]
    assert bound.rulebook.by_id["G1.a"].conditions == (
        Condition("unit_tests", ("total",), Operator.AT_MOST, Literal(2)),
    )


@pytest.mark.parametrize(
    ("asked", "operator", "operand"),
    [
        ("{equals: x}", Operator.EQUALS, Literal("x")),
        ("{equals: false}", Operator.EQUALS, Literal(value=False)),
        ("{equals: 1.5}", Operator.EQUALS, Literal(1.5)),
        ("{one_of: [x, 1]}", Operator.ONE_OF, Literal(("x", 1))),
        ("{at_least: 0}", Operator.AT_LEAST, Literal(0)),
        ("{at_most: 0.5}", Operator.AT_MOST, Literal(0.5)),
        ("{empty: false}", Operator.EMPTY, Literal(value=False)),
        ("{includes: x}", Operator.INCLUDES, Literal(("x",))),
        ("{within: [x, y]}", Operator.WITHIN, Literal(("x", "y"))),
        ("{mentions: x}", Operator.MENTIONS, Literal(("x",))),
        ("{within: {fact: bugs.history.all}}", Operator.WITHIN, FactOf("bugs", ("history", "all"))),
        ("{at_most: {target: p95_ms}}", Operator.AT_MOST, TargetOperand("p95_ms")),
        ("{equals: {context: milestone}}", Operator.EQUALS, MilestoneContext()),
    ],
)
def test_what_is_asked_becomes_a_condition(asked: str, operator: Operator, operand: object) -> None:
    [condition] = required(f"bugs.open: {asked}")
    assert condition == Condition("bugs", ("open",), operator, operand)  # type: ignore[arg-type]
    assert type(condition.operand) is type(operand)


def test_conditions_stand_in_the_order_of_the_facts_and_then_of_the_operators() -> None:
    conditions = required("unit_tests.total: {at_most: 9, equals: 3}, bugs.history.last: {empty: true}")
    assert [(condition.fact, condition.operator) for condition in conditions] == [
        ("unit_tests.total", "equals"),
        ("unit_tests.total", "at_most"),
        ("bugs.history.last", "empty"),
    ]


def test_a_rule_names_each_slot_that_has_a_say_once_and_in_order() -> None:
    requires = "schema.has_outbox: {equals: true}, bugs.open: {at_most: {fact: unit_tests.total}}, schema.has_inbox: {equals: true}"
    assert rule(f"requires: {{{requires}}}, subjects: coverage.files").slots == (
        "schema",
        "bugs",
        "unit_tests",
        "coverage",
    )


@pytest.mark.parametrize(
    ("subjects", "bound"),
    [
        ("coverage.files", SubjectsOf("coverage", ("files",), L4)),
        ("unit_tests.passed", SubjectsOf("unit_tests", ("passed",), L4)),
        (
            "{fact: threats.front_matter.flows, up_to: L2}",
            SubjectsOf("threats", ("front_matter", "flows"), L2),
        ),
    ],
)
def test_subjects_are_bound_with_the_level_up_to_which_there_may_be_none(
    subjects: str, bound: SubjectsOf
) -> None:
    assert rule(f"{PASSES}, subjects: {subjects}").subjects == bound
    assert rule("attested_by: owner").subjects is None


@pytest.mark.parametrize(
    ("words", "depends"),
    [
        ("requires: {bugs.open: {equals: {context: milestone}}}", True),
        ("attested_by: owner, per_milestone: true", True),
        ("requires: {bugs.open: {equals: {target: milestone}}}", False),
        ("attested_by: owner", False),
    ],
)
def test_a_rule_knows_whether_the_milestone_has_a_say(words: str, depends: bool) -> None:
    assert rule(words).depends_on_milestone is depends


# Rules, gates and levels


def test_a_rule_says_what_its_stanza_says() -> None:
    bound = rule(
        "from: L3, requires: {bugs.open: {equals: 0}}, or_attested_by: owner, max_age_days: 30, "
        "same_commit: true, per_milestone: true, waivable_by: security"
    )
    assert bound.source is not None
    assert bound.source.id == "G1.a"
    assert bound._replace(source=None) == Rule(
        id="G1.a",
        gate="G1",
        level=L3,
        question="q",
        why="w",
        remedy="Fix it.",
        effort=bound.effort,
        conditions=(Condition("bugs", ("open",), Operator.EQUALS, Literal(0)),),
        or_attested_by="owner",
        doubts_attested_by="architecture",
        guards={"bugs": SlotGuard(max_age_days=30, same_commit=True)},
        validity=ValidFor(30),
        per_milestone=True,
        waivable_by="security",
        slots=("bugs",),
        takes=bound.takes,
        depends_on_milestone=True,
    )
    assert bound.takes["bugs"] == "kind `json`"


def test_a_criterion_without_from_is_asked_from_l0_in_a_gate_and_from_its_own_level_in_a_level() -> None:
    assert rule("attested_by: owner").level == L0
    assert rule("attested_by: owner").attested_by == "owner"
    hooks = RULEBOOK.by_id["L3.hooks"]
    assert (hooks.gate, hooks.level) == (None, L3)


def test_gates_and_levels_hold_their_own_rules_in_the_rulebook_s_order() -> None:
    assert list(RULEBOOK.gates) == ["G1", "G2", "G7", "G8"]
    g8 = RULEBOOK.gates["G8"]
    ids = ["G8.isolation", "G8.threats", "G8.review", "G8.residency", "G8.elsewhere"]
    assert [found.id for found in g8.rules] == ids
    assert (g8.gate, g8.name, g8.role) == ("G8", "Security", "security")
    assert g8.ids == set(ids)
    assert g8.slots == {"isolation", "threats"}
    assert {level: [found.id for found in rules.rules] for level, rules in RULEBOOK.levels.items()} == {
        L0: [],
        L1: ["L1.scaffold", "L1.no-customers"],
        L2: ["L2.isolation", "L2.contracts"],
        L3: ["L3.hooks"],
        L4: ["L4.capabilities", "L4.chaos"],
    }
    l2 = RULEBOOK.levels[L2]
    assert (l2.level, l2.meaning, l2.audience, l2.ships_to) == (L2, "m", "a", ("internal", "staging"))
    assert RULEBOOK.digest == "sha256:0"
    assert list(RULEBOOK.governance.roles) == ["owner", "architecture", "security"]


def test_a_gate_is_uniform_where_no_criterion_has_a_condition_on_the_service() -> None:
    assert [name for name, bound in RULEBOOK.gates.items() if bound.is_uniform] == ["G1", "G2", "G7"]


# Twins


def test_a_twin_is_decided_as_its_original_in_its_own_words() -> None:
    words = "id: L2.isolation, question: 'Is it?', same_as: G8.isolation, why: y, remedy: Try., effort: large, waivable_by: owner"
    levels = LEVELS.replace(f"id: L2.isolation, question: q, same_as: G8.isolation, {STANZA}", words)
    assert levels != LEVELS
    book = bind(workspace(levels=levels), collectors.find).rulebook
    original, twin = book.by_id["G8.isolation"], book.by_id["L2.isolation"]
    assert original.twin is None
    assert len(original.conditions) == 2
    assert twin == original._replace(
        id="L2.isolation",
        gate=None,
        level=L2,
        question="Is it?",
        why="y",
        remedy="Try.",
        effort=twin.effort,
        waivable_by="owner",
        source=twin.source,
        twin="G8.isolation",
    )
    assert twin.effort == "large"
    assert twin.source is not None
    assert twin.source.id == "L2.isolation"
    assert book.levels[L2].rules[0] is twin


@pytest.mark.parametrize(
    ("criteria", "place", "name"),
    [
        (("id: G1.twin, same_as: G1.aple",), 1, "G1.aple"),
        (("id: G1.apples, same_as: G1.apples",), 1, "G1.apples"),
        (("id: G1.twin, same_as: G1.apples", "id: G1.apples, same_as: G1.apple"), 1, "G1.apples"),
    ],
)
def test_same_as_leads_to_a_criterion_that_is_decided_itself(
    criteria: tuple[str, ...], place: int, name: str
) -> None:
    bound = bind(
        workspace(gates=texts("id: G1.apple, attested_by: owner", *criteria)),
        collectors.find,
    )
    assert bound.mistakes == (
        Mistake(
            FILE,
            ("criteria", place, "same_as"),
            f"there is no criterion {name!r} to be the same as",
            "did you mean 'G1.apple'?",
        ),
    )
    assert len(bound.rulebook.gates["G1"].rules) == len(criteria)


def test_a_twin_of_a_twin_is_refused_in_whichever_order_they_stand() -> None:
    first = "id: G1.first, same_as: G1.apple"
    [mistake] = mistakes(
        gates=texts("id: G1.apple, attested_by: owner", first, "id: G1.second, same_as: G1.first")
    )
    assert (mistake.file, mistake.path) == (FILE, ("criteria", 2, "same_as"))


# Ids, gates and roles


@pytest.mark.parametrize("name", ["G11.a", "G2.a", "L1.a"])
def test_an_id_begins_with_its_gate(name: str) -> None:
    assert mistakes(gates=texts(f"id: {name}, attested_by: owner")) == (
        Mistake(FILE, ("criteria", 0, "id"), f"criterion {name!r} is in G1", "ids here start with 'G1.'"),
    )


def test_an_id_begins_with_its_level() -> None:
    assert mistakes(levels=LEVELS.replace("id: L3.hooks", "id: L2.hooks")) == (
        Mistake(
            "gates/levels.yaml",
            ("levels", 3, "criteria", 0, "id"),
            "criterion 'L2.hooks' is in L3",
            "ids here start with 'L3.'",
        ),
    )


def test_an_id_is_given_once_and_every_further_time_is_told() -> None:
    again = ["id: G1.a, attested_by: owner"] * 3
    levels = LEVELS.replace("id: L3.hooks", "id: G1.a")
    message, hint = "criterion 'G1.a' is defined in gates/G1.yaml already", "give it an id of its own"
    place = ("levels", 3, "criteria", 0, "id")
    assert mistakes(gates=texts(*again), levels=levels) == (
        Mistake(FILE, ("criteria", 1, "id"), message, hint),
        Mistake(FILE, ("criteria", 2, "id"), message, hint),
        Mistake("gates/levels.yaml", place, "criterion 'G1.a' is in L3", "ids here start with 'L3.'"),
        Mistake("gates/levels.yaml", place, message, hint),
    )


@pytest.mark.parametrize(
    ("when", "key", "named"),
    [
        ("{gate: G3}", "gate", ["G3"]),
        ("{any_gate: [G1, G3, G4]}", "any_gate", ["G3", "G4"]),
    ],
)
def test_a_condition_on_the_service_names_gates_that_exist(when: str, key: str, named: list[str]) -> None:
    gates = texts(f"id: G1.a, attested_by: owner, applies_when: {when}")
    assert mistakes(gates=gates) == tuple(
        Mistake(
            FILE,
            ("criteria", 0, "applies_when", key),
            f"unknown gate {name!r}",
            "known: G1, G2, G7, G8",
        )
        for name in named
    )


@pytest.mark.parametrize(
    "when", ["{gate: G7}", "{any_gate: [G2, G8]}", "{any_gate: []}", "{label: x}", "{except_services: [x]}"]
)
def test_conditions_on_gates_that_exist_or_on_none_are_right(when: str) -> None:
    assert not right(f"id: G1.a, attested_by: owner, applies_when: {when}").gates["G1"].is_uniform


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("attested_by: ownr", "attested_by"),
        ("requires: {bugs.open: {equals: 0}}, or_attested_by: ownr", "or_attested_by"),
        ("attested_by: owner, waivable_by: ownr", "waivable_by"),
    ],
)
def test_a_criterion_names_roles_that_exist(words: str, key: str) -> None:
    assert mistakes(gates=texts(f"id: G1.a, {words}")) == (
        Mistake(FILE, ("criteria", 0, key), "unknown role 'ownr'", "did you mean 'owner'?"),
    )


TREES = "{tree: {kind: source}, whole: {kind: source}, u: {kind: tests}}"
READS = "requires: {tree.files: {empty: false}}"


def test_a_criterion_can_be_decided_in_languages_of_the_source_that_it_reads() -> None:
    words = f"id: G1.a, {READS}, decidable_in: {{languages: [TypeScript, C#, typescript], else_attested_by: owner}}"
    rule = right(words, slots=TREES).by_id["G1.a"]
    assert rule.decidable_in == Decidable(("c#", "typescript"), "owner")


@pytest.mark.parametrize(
    ("words", "path", "message", "hint"),
    [
        (
            f"{READS}, decidable_in: {{languages: [typescript, GoLang], else_attested_by: owner}}",
            ("languages", 1),
            "unknown language 'GoLang'",
            "did you mean 'erlang'?",
        ),
        (
            f"{READS}, decidable_in: {{languages: [go], else_attested_by: ownr}}",
            ("else_attested_by",),
            "unknown role 'ownr'",
            "did you mean 'owner'?",
        ),
        (
            "requires: {u.total: {at_least: 1}}, decidable_in: {languages: [go], else_attested_by: owner}",
            (),
            "G1.a reads no slot whose kind has the fact `languages`",
            "read one of tree, whole",
        ),
        (
            "requires: {tree.fls: {empty: false}, u.total: {at_least: 1}}",
            None,
            "the evidence of 'tree' has no fact 'fls'",
            "did you mean 'files'?",
        ),
        (
            f"{READS}, decidable_in: {{languages: [go], else_attested_by: owner}}, upcoming: {{effective: M1, requires: {{u.total: {{at_least: 1}}}}}}",
            (),
            "the tightened G1.a reads no slot whose kind has the fact `languages`",
            "read one of tree, whole",
        ),
        (
            "attested_by: owner, decidable_in: {languages: [go], else_attested_by: owner}",
            (),
            "G1.a cannot have `decidable_in`: it is attested, and has no evidence",
            "leave it out, or let `requires` decide",
        ),
        (
            "same_as: G8.review, decidable_in: {languages: [go], else_attested_by: owner}",
            (),
            "G1.a cannot have `decidable_in`: it is decided by G8.review",
            "leave it out, or let `requires` decide",
        ),
    ],
)
def test_languages_are_those_of_a_slot_and_have_names(
    words: str, path: tuple[str | int, ...] | None, message: str, hint: str
) -> None:
    [found] = mistakes(gates=texts(f"id: G1.a, {words}", slots=TREES))
    assert (found.message, found.hint) == (message, hint)
    assert path is None or found.path == ("criteria", 0, "decidable_in", *path)


def test_without_any_source_the_hint_names_the_kind() -> None:
    words = "id: G1.a, requires: {u.total: {at_least: 1}}, decidable_in: {languages: [go], else_attested_by: owner}"
    [found] = mistakes(gates=texts(words, slots="{u: {kind: tests}}"))
    assert found.hint == "read a slot of the kind `source`"


def test_a_kind_that_limits_no_languages_takes_any_name() -> None:
    source = collectors.find("source")
    assert source
    find = {"source": source._replace(languages=frozenset())}.get
    words = f"id: G1.a, {READS}, decidable_in: {{languages: [klingon], else_attested_by: owner}}"
    bound = bind(workspace(gates=texts(words, slots=TREES)), lambda name: find(name) or collectors.find(name))
    assert not [one for one in bound.mistakes if "klingon" in one.message]


def test_gates_sign_offs_and_the_roster_name_roles_that_exist() -> None:
    governance = GOVERNANCE.replace("[owner, architecture, security]", "[owner, legal]").replace(
        "di: {roles: [architecture, security]", "di: {roles: [architecture, securty]"
    )
    gates = GATES | {"G1": G1.replace("role: architecture", "role: architect")}
    assert mistakes(gates=gates, governance=governance) == (
        Mistake(FILE, ("role",), "unknown role 'architect'", "did you mean 'architecture'?"),
        Mistake(
            "gates/governance.yaml",
            ("upgrade_sign_offs", 1),
            "unknown role 'legal'",
            "known: owner, architecture, security",
        ),
        Mistake(
            "gates/governance.yaml",
            ("roster", "di", "roles", 1),
            "unknown role 'securty'",
            "did you mean 'security'?",
        ),
    )


def test_mistakes_of_every_kind_are_told_at_once() -> None:
    found = mistakes(
        gates=texts(
            "id: G2.a, requires: {coverage.x: {at_least: 95}}, or_attested_by: x, applies_when: {gate: G3}",
            "id: G1.b, same_as: G9.z",
            slots="{coverage: {kind: coverag}, bare: {kind: json}, u: {kind: tests}}",
        )
    )
    assert [mistake.path for mistake in found] == [
        ("slots", "coverage", "kind"),
        ("slots", "bare"),
        ("criteria", 0, "id"),
        ("criteria", 0, "applies_when", "gate"),
        ("criteria", 0, "or_attested_by"),
        ("criteria", 1, "same_as"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "path", "message", "hint"),
    [
        (
            "id: L2.contracts, ",
            "id: L2.contracts, only_at: L1, ",
            "only_at",
            "L2.contracts cannot apply only at L1",
            "it is a criterion of L2",
        ),
        (
            "id: L2.contracts, ",
            "id: L2.contracts, from: L3, ",
            "from",
            "L2.contracts cannot apply from L3 on",
            "it is a criterion of L2",
        ),
    ],
)
def test_a_criterion_of_a_level_is_asked_at_that_level(
    old: str, new: str, path: str, message: str, hint: str
) -> None:
    place = ("levels", 2, "criteria", 1, path)
    assert mistakes(levels=LEVELS.replace(old, new)) == (Mistake("gates/levels.yaml", place, message, hint),)
    same = LEVELS.replace(old, f"id: L2.contracts, {path}: L2, ")
    assert mistakes(levels=same) == ()


def test_a_twin_is_asked_no_earlier_than_its_original() -> None:
    early = LEVELS.replace("same_as: G8.isolation", "same_as: G1.deep")
    assert mistakes(levels=early) == (
        Mistake(
            "gates/levels.yaml",
            ("levels", 2, "criteria", 0, "same_as"),
            "G1.deep applies from L3 on, and L2.isolation from L2",
            "let G1.deep apply from L2 on",
        ),
    )
    late = LEVELS.replace("attested_by: owner, applies_when: {gate: G2}", "same_as: G1.deep")
    assert mistakes(levels=late) == ()


@pytest.mark.parametrize(
    ("decided", "why"),
    [
        ("same_as: G8.isolation", "it is decided by G8.isolation"),
        ("attested_by: owner", "it is attested, and has no evidence"),
    ],
)
@pytest.mark.parametrize(("field", "value"), [("subjects", "api.writes"), ("same_commit", "true")])
def test_a_field_about_evidence_needs_evidence(decided: str, why: str, field: str, value: str) -> None:
    levels = LEVELS.replace(
        "id: L2.contracts, question: q, attested_by: owner", f"id: L2.contracts, question: q, {decided}"
    )
    assert mistakes(levels=levels) == ()
    wrong = levels.replace("id: L2.contracts, ", f"id: L2.contracts, {field}: {value}, ")
    message, hint = f"L2.contracts cannot have `{field}`: {why}", "leave it out, or let `requires` decide"
    place = ("levels", 2, "criteria", 1, field)
    assert mistakes(levels=wrong) == (Mistake("gates/levels.yaml", place, message, hint, of_key=True),)


@pytest.mark.parametrize("field", ["max_age_days: 3", "per_milestone: true", "covers_capabilities: true"])
def test_a_twin_is_as_strict_as_its_original(field: str) -> None:
    wrong = LEVELS.replace("id: L2.isolation, ", f"id: L2.isolation, {field}, ")
    name = field.partition(":")[0]
    [mistake] = mistakes(levels=wrong)
    assert mistake.message == f"L2.isolation cannot have `{name}`: it is decided by G8.isolation"


def test_only_a_criterion_of_a_level_covers_the_capabilities() -> None:
    [mistake] = mistakes(gates=texts("id: G1.a, attested_by: owner, covers_capabilities: true"))
    assert mistake.message == "G1.a cannot cover capabilities: it is a criterion of a gate"
    assert mistake.hint == "write it at a criterion of a level"


def test_a_criterion_of_a_gate_cannot_be_asked_at_one_level_only() -> None:
    assert mistakes(gates=texts("id: G1.a, attested_by: owner, only_at: L1")) == (
        Mistake(
            FILE, ("criteria", 0, "only_at"), "G1.a cannot apply only at L1", "only criteria of a level can"
        ),
    )


# Ids of gates and levels


def level(name: str, place: int) -> str:
    """Return the small levels with another id for one of them."""
    return LEVELS.replace(f"level: L{place}", f"level: {name}", 1)


@pytest.mark.parametrize(
    ("levels", "message"),
    [
        (level("Scope", 0), "'Scope' is reserved"),
        (level("sign-off", 0), "'sign-off' is reserved"),
        (level("L1", 0), "the id 'L1' is used twice"),
        (level("G1", 0), "the id 'G1' is used twice"),
        (level("g1", 0), "'G1' and 'g1' differ only in upper and lower case"),
        (LEVELS.replace("  - {level: L0, name: n, meaning: m, audience: a}\n", ""), "L1, the first level, has criteria"),
    ],
)  # fmt: skip
def test_gates_and_levels_have_ids_of_their_own_and_the_first_level_requires_nothing(
    levels: str, message: str
) -> None:
    assert any(
        mistake.message == message for mistake in bind(workspace(levels=levels), collectors.find).mistakes
    )


def test_the_criterion_of_demands_has_a_reserved_name() -> None:
    gates = GATES | {"G7": GATES["G7"].replace("G7.load", "G7.scope")}
    messages = [mistake.message for mistake in bind(workspace(gates=gates), collectors.find).mistakes]
    assert messages == ["'G7.scope' is the criterion of the plan's demands on G7"]


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ("exceptions: {excuse: L4, ship_at: L0}", "nothing may ship at L0, which requires nothing"),
        ("exceptions: {excuse: L2, ship_at: L3}", "L3 is not below L2"),
        ("exceptions: {excuse: L9, ship_at: L3}", "unknown level 'L9'"),
    ],
)
def test_exceptions_ship_below_what_they_excuse_and_above_nothing(more: str, message: str) -> None:
    bound = bind(workspace(governance=GOVERNANCE + more), collectors.find)
    assert [mistake.message for mistake in bound.mistakes] == [message]


def test_exceptions_are_about_the_levels_that_governance_names() -> None:
    bound = bind(workspace(governance=GOVERNANCE + "exceptions: {excuse: L3, ship_at: L1}"), collectors.find)
    rule = bound.rulebook.exceptions
    assert (bound.mistakes, str(rule.excuse), str(rule.ship_at)) == ((), "L3", "L1")


def test_nobody_signs_twice_and_people_differ_in_more_than_case() -> None:
    twice = GOVERNANCE.replace("[owner, architecture, security]\nroster", "[owner, owner]\nroster")
    twice += "  ADA: {roles: [owner]}\n"
    messages = {mistake.message for mistake in bind(workspace(governance=twice), collectors.find).mistakes}
    assert messages == {
        "owner signs twice, and signers are different people",
        "'ADA' and 'ada' differ only in upper and lower case",
    }
