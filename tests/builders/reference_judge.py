"""The reference judge: what docs/verdict.md and the pages that it links to say, once more, as plainly as possible.

It takes manifests as plain data and the facts of each service, and shares no code with the engine. If the two disagree,
one of them is wrong, or the documents leave something open. `§` is a section of docs/verdict.md, `D4` is decision 4.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from itertools import permutations, product
from typing import Any, NamedTuple

Plain = Mapping[str, Any]
Answers = dict[str, "Answer"]
OPEN = ("fail", "unreadable", "unproven", "missing", "stale")
REPLACED = ("not-understood", "partial", "too-little")
UNPROVEN = ("other-subject", "shared", *REPLACED)
NOT_SHOWN = ("unproven", "missing", "undecidable", "stale")
WORST_FIRST = ("fail", "unreadable", *UNPROVEN, *NOT_SHOWN, "pass", "not_applicable")
OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "equals": lambda value, operand: bool(value == operand),
    "one_of": lambda value, operand: value in operand,
    "at_least": lambda value, operand: bool(value >= operand),
    "at_most": lambda value, operand: bool(value <= operand),
    "empty": lambda value, operand: (len(value) == 0) == operand,
    "includes": lambda value, operand: set(operand) <= set(value),
    "within": lambda value, operand: set(value) <= set(operand),
    "mentions": lambda value, operand: any(
        all(f" {of} " in f" {name} " for of, name in zip(operand, names, strict=True))
        for names in permutations(set(value), len(operand))
    ),
}


def days_from(one: str, other: str) -> int:
    """Return how many days lie between two days."""
    return (date.fromisoformat(other) - date.fromisoformat(one)).days


def normal(name: str) -> str:
    """Return the name of a service as it is compared."""
    return name.lower().replace("_", "-").replace(".", "-").removesuffix("-service")


def records(of: Plain) -> list[Plain]:
    """Return what each pipeline recorded of a slot for one commit (D47)."""
    return [of, *of.get("others", ())]


def is_alike(one: Plain, other: Plain) -> bool:
    """Whether two slots hold one measurement: the same bytes, of tests with a test in common, or the same content."""
    measured = [of for of in (one, other) if of["status"] == "ok" and of.get("sha")]
    if len(measured) < 2 or one["sha"] != other["sha"]:
        content = [(of.get("parts", 1), of["on"], of["facts"]) for of in measured]
        return len(measured) == 2 and content[0] == content[1]
    tests = [set(of["facts"]["passed"]) for of in measured if of["facts"].get("passed") is not None]
    return len(tests) < 2 or bool(tests[0] & tests[1])


def is_below(value: Any, floor: Plain) -> bool:
    """Whether a number, or the length of a list, does not reach a floor; what is not known whole reaches none."""
    amount = len(value) if isinstance(value, list) else value
    bounds = floor.keys() & {"at_least", "at_most"}
    return amount is None or not all(OPERATORS[name](amount, floor[name]) for name in bounds)


class Cell(NamedTuple):
    """A cell of the plan, with what it carries over."""

    milestone: str
    level: int
    gates: Sequence[str]
    narrowing: Mapping[str, Plain]
    demands: Mapping[str, Sequence[str]]


class Asked(NamedTuple):
    """Where criteria are asked: at the exit of a milestone, or of a level."""

    cell: Cell
    gates: Sequence[str]
    level_of_gates: int
    level: int
    target: int
    milestones: Sequence[str]  # for which evidence and attestations are accepted
    reached: Sequence[str]  # from which rules are effective
    gate: str = ""  # the gate that asks; none for criteria of levels and for capabilities


class Answer(NamedTuple):
    """The answer to a criterion; `twin` is what it is the same as."""

    status: str
    binds: bool
    twin: str


def blocking(*groups: Answers) -> dict[str, str]:
    """Return what is open and binds."""
    return {id_: of.status for group in groups for id_, of in group.items() if of.binds and of.status in OPEN}


def without_twins(of_level: Answers, of_gates: Mapping[str, Answers]) -> Answers:
    """Leave out criteria of levels whose originals are open in a gate: the two count once."""
    return {id_: one for id_, one in of_level.items() if one.twin not in blocking(*of_gates.values())}


def colour(given: Answers) -> str:
    """Only criteria that apply and bind count; a gate that asks nothing is red (§3)."""
    applicable = [one for one in given.values() if one.status != "not_applicable"]
    binding = {one.status for one in applicable if one.binds}
    if not binding:
        return "not_applicable" if applicable else "red"
    return "red" if binding & set(OPEN) else "green" if binding == {"pass"} else "amber"


class Judge(NamedTuple):
    """Judges one service of a workspace, by manifests as plain data; dates are text, as in YAML."""

    service: Plain
    facts: Mapping[Any, Plain]  # evidence by slot and narrowing: `status`, `facts`, `on`, `commit`
    levels: Sequence[Plain]
    gates: Mapping[str, Plain]
    governance: Plain
    roadmap: Sequence[str]
    milestones: Mapping[str, Plain]
    register: Sequence[Plain]
    slots: Mapping[str, Plain]
    evidence_rules: Plain
    services: Mapping[str, Plain]
    elsewhere: Mapping[str, Mapping[Any, Plain]]  # the facts of all services
    as_of: str

    def rank(self, level: str) -> int:
        """Return the place of a level, 0 for the lowest."""
        return [one["level"] for one in self.levels].index(level)

    def until(self, milestone: str) -> Sequence[str]:
        """Return the milestones up to and including this one."""
        return self.roadmap[: self.roadmap.index(milestone) + 1]

    def has_exited(self, milestone: str) -> bool:
        """Whether the last record up to the day says so, and is not overridden or withdrawn (D30)."""
        records = self.milestones[milestone]["exited"]
        last = max((on for on in records if on <= self.as_of), default="")
        return bool(last) and not {"override", "withdrawn"} & records[last].keys()

    def original(self, criterion: Plain) -> tuple[Plain, str]:
        """Return what decides a criterion, its `same_as` if it is a twin, and the gate of that."""
        of_gates = [(one, gate) for gate, of in self.gates.items() for one in of["criteria"]]
        every = [*of_gates, *((one, "") for of in self.levels for one in of["criteria"])]
        return next((of for of in every if of[0]["id"] == criterion.get("same_as")), (criterion, ""))

    def plan(self) -> list[Cell]:
        """Gates carry over until a cell lists gates; a narrowing ends at a higher level, a demand stays."""
        cells: list[Cell] = []
        listed: Mapping[str, Plain | None] = {}
        listed_at, has_risen = 0, False
        demands: dict[str, list[str]] = {}
        for milestone in [name for name in self.roadmap if name in self.service["plan"]]:
            written = self.service["plan"][milestone]
            level = self.rank(written["level"])
            if "gates" in written:
                listed, listed_at, has_risen = written["gates"], level, False
                for gate, note in listed.items():
                    if note and "effect" in note:
                        demands[gate] = [*dict.fromkeys([*demands.get(gate, []), note["scope"]])]
            has_risen = has_risen or level > listed_at
            notes = {gate: note for gate, note in listed.items() if note and "effect" not in note}
            due = {gate: demands[gate] for gate in listed if gate in demands}
            cells.append(Cell(milestone, level, list(listed), {} if has_risen else notes, due))
        return cells

    def defining_cell(self, level: int) -> Cell:
        """Return the first cell whose target is that level or a higher one, otherwise the last (§4)."""
        return next((cell for cell in self.plan() if cell.level >= level), self.plan()[-1])

    def at_level(self, level: int) -> Asked:
        """Ask for a level: by what is made for its cell's milestone or later, and by rules of exits so far (D31)."""
        cell = self.defining_cell(level)
        over = [name for name in self.roadmap if self.has_exited(name)]
        current = next((name for name in self.roadmap if name not in over), self.roadmap[-1])
        target = max((of.level for of in self.plan() if of.milestone in self.until(current)), default=0)
        gates = cell.gates if level > 1 or cell.level == level else []  # a jump over the first level: D4
        later = self.roadmap[self.roadmap.index(cell.milestone) :]
        return Asked(cell, gates, level, level, target, later, self.until(over[-1]) if over else [])

    def capabilities(self, until: str) -> list[Plain]:
        """Return the capabilities that are due at a milestone, as criteria; an optional one never binds."""
        role = next(name for name, of in self.governance["roles"].items() if of["of_service"])
        cells = [self.service["plan"].get(name, {}) for name in self.until(until)]
        added = [(one["capability"], one["optional"]) for cell in cells for one in cell.get("adds", ())]
        ids = {name: "capability:" + name.replace(" ", "-") for name, _ in added}
        slot = "capability_tests"
        return [self.mentioned(ids[name], slot, [name], role) | {"advisory": off} for name, off in added]

    def mentioned(self, id_: str, slot: str, phrases: Sequence[str], role: str) -> dict[str, Any]:
        """A demand or a capability is met by passed tests that mention it, or by an attestation."""
        requires = {f"{slot}.passed": {"mentions": phrases}}
        return {"id": id_, "requires": requires, "or_attested_by": role, "is_of_plan": True}

    def applies(self, asked: Asked, criterion: Plain) -> bool:
        """Whether a criterion is put to the service; a twin has conditions of its own."""
        cell, when, only_at = asked.cell, criterion.get("applies_when", {}), criterion.get("only_at")
        return (
            ("from" not in criterion or asked.level >= self.rank(criterion["from"]))
            and (not only_at or max(asked.target, self.signed()) <= self.rank(only_at))
            and criterion["id"] in asked.cell.narrowing.get(asked.gate, {}).get("only", [criterion["id"]])
            and when.get("gate") in (None, *cell.gates)
            and ("any_gate" not in when or bool(set(when["any_gate"]) & set(cell.gates)))
            and when.get("label") in (None, *self.service["labels"])
            and self.service["service"] not in when.get("except_services", ())
            and bool(self.service["depends_on"] or "dependencies" not in self.original(criterion)[0])
        )

    def status(self, asked: Asked, criterion: Plain) -> str:
        """Return the status of a criterion; a twin has the answer of its original if a gate asks that here."""
        if not self.applies(asked, criterion):
            return "not_applicable"
        of, gate = self.original(criterion)
        only = asked.cell.narrowing.get(gate, {}).get("only", [of["id"]])
        if gate in asked.gates and not asked.gate and of["id"] in only:
            return self.status(asked._replace(gate=gate, level=asked.level_of_gates), of)
        waiver = self.service["not_applicable"].get(criterion["id"])
        if waiver and "waivable_by" in criterion and self.counts(waiver, criterion["waivable_by"]):
            return "not_applicable"
        counted = {**of, "ids": [criterion["id"], of["id"]]}
        why = {"missing"} if "attested_by" in of else self.by_records(asked, counted)
        found = min(why, key=WORST_FIRST.index)
        given = self.service["attestations"].get(of["id"])
        if found in (*REPLACED, *NOT_SHOWN[:-1]) and given and self.replaces(given, of, why):
            is_other = "per_milestone" in of and given.get("milestone") not in asked.milestones
            is_stale = "stale" in why or is_other or self.is_over(asked, of, given["on"])
            found = "stale" if is_stale else "pass"
        found = "unproven" if found in UNPROVEN else "missing" if found == "undecidable" else found
        if found != "not_applicable" and criterion.get("covers_capabilities"):
            until = self.defining_cell(self.rank(criterion["id"].partition(".")[0])).milestone
            due = blocking(self.answers(asked, self.capabilities(until)))
            found = min([found, *due.values()], key=WORST_FIRST.index)
        return found

    def replaces(self, given: Plain, criterion: Plain, why: set[str]) -> bool:
        """Whether an attestation counts in place of evidence: never of what fails, is unreadable or stale (D3, D36)."""
        roles = [criterion.get("attested_by", criterion.get("or_attested_by"))]
        roles += [criterion["decidable_in"]["else_attested_by"]] if "undecidable" in why else []
        if why <= {*REPLACED, *NOT_SHOWN} and any(self.counts(given, role) for role in roles):
            return True
        groups = (*self.gates.values(), *self.levels)
        doubted = next((of.get("role") for of in groups if criterion in of["criteria"]), None)
        days = (days_from(given["on"], given["until"])) if "until" in given else 91
        return bool(why == {"not-understood"} and doubted and days <= 90 and self.counts(given, doubted))

    def by_records(self, asked: Asked, criterion: Plain) -> set[str]:
        """Judge by signed levels of others (D53), or by each choice of records: the worst answer counts."""
        if "dependencies" in criterion:
            others = (self._replace(service=self.services[name]) for name in self.service["depends_on"])
            return {"fail"} if any(other.signed() < asked.level for other in others) else {"pass"}
        choices = product(*map(records, self.facts.values()))
        judges = [self._replace(facts=dict(zip(self.facts, of, strict=True))) for of in choices]
        found = [judge.by_evidence(asked, criterion) for judge in judges]
        return min(found, key=lambda why: [*sorted(map(WORST_FIRST.index, why)), 99])

    def by_evidence(self, asked: Asked, criterion: Plain) -> set[str]:
        """Compare facts, and return everything that is wrong. Up to a level, nothing to count does not apply."""
        later = criterion.get("upcoming")
        requires = (later if later and self.is_effective(asked, later) else criterion)["requires"]
        conditions = [(fact, name, of) for fact, given in requires.items() for name, of in given.items()]
        found = {self.condition(asked, criterion, *one) for one in conditions}
        others = [of["fact"] for _, _, of in conditions if isinstance(of, Mapping) and "fact" in of]
        rests_on = [*requires, *others]
        if subjects := criterion.get("subjects"):
            known, count = self.fact(asked, criterion, subjects["fact"])
            highest = self.rank(subjects.get("up_to", self.levels[-1]["level"]))
            if known == "ok" and not count and asked.level <= highest:
                found, rests_on = {"not_applicable"}, [subjects["fact"]]
        wrong = {guard for fact in rests_on for guard in self.guards(asked, criterion, fact)}
        wrong |= self.languages(asked, criterion, requires)
        found = wrong | (found - {"pass", "not_applicable"}) if wrong else found - {"pass"} or {"pass"}
        return found - {*REPLACED, "missing"} if "undecidable" in found else found

    def languages(self, asked: Asked, criterion: Plain, requires: Plain) -> set[str]:
        """Return `undecidable` if source is in another language than those of the criterion (D56), or why that is unknown."""
        listed = {name.lower() for name in criterion.get("decidable_in", {}).get("languages", ())}
        trees = {name for name, of in self.slots.items() if of["kind"] == "source" and listed}
        read = [name for name in trees if f"'{name}." in str((requires, criterion.get("subjects")))]
        known = [self.fact(asked, criterion, f"{name}.languages") for name in read]
        lacks = {"missing" if lack == "ok" else lack for lack, of in known if lack != "ok" or not of}
        return lacks or {"undecidable" for _, of in known if not {name.lower() for name in of} <= listed}

    def guards(self, asked: Asked, criterion: Plain, fact: str) -> Iterable[str]:
        """Return what is wrong with evidence whatever its facts are."""
        slot = fact.partition(".")[0]
        found, of = self.evidence(asked, slot), self.slots[slot]
        if found["status"] != "ok":
            return
        yield from filter(None, [self.is_of_another(asked, slot, found)])
        accepts = {*of.get("accepts", ()), *criterion.get("accepts", ())}
        is_partial = found.get("is_partial") or found.get("parts", 1) < of.get("parts", 1)
        if is_partial and "partial" not in accepts:
            yield "partial"
        floors = {**self.evidence_rules["floors"].get(of["kind"], {}), **of.get("floors", {})}
        whole = {**found["facts"], **dict.fromkeys(found.get("touched", ()))}
        due = [(fact, of) for fact, of in floors.items() if self.is_effective(asked, of)]
        untagged = self.tagged(criterion, slot, found, whole.get("passed")) == "none"
        if untagged or any(is_below(whole.get(fact), of) for fact, of in due):
            yield "too-little"
        yield from ["stale"] if self.is_stale(asked, criterion, slot) else []

    def condition(self, asked: Asked, criterion: Plain, fact: str, operator: str, operand: Any) -> str:
        """Return the status of one condition; null and an empty register are `missing` (D2)."""
        known, value = self.fact(asked, criterion, fact)
        if value is None:
            return known
        refers = operand if isinstance(operand, Mapping) else {}
        if "context" in refers:
            return "pass" if value in asked.milestones else "stale"
        if "target" in refers:
            operand = self.service["targets"][refers["target"]]
        if "fact" in refers:
            other, operand = self.fact(asked, criterion, refers["fact"])
            is_vacuous = operand in ("", []) and not (operator == "within" and value == [])
            if other != "ok" or is_vacuous:
                return other if other != "ok" else "missing"
        holds = OPERATORS[operator](value, operand)
        is_certain = operator in ("at_most", "within") or (operator, operand) == ("empty", True)
        if holds or (known != "ok" and not is_certain):
            return "pass" if known == "ok" else known
        if "is_of_plan" in criterion:  # what no test mentions, passed or failed, is missing
            _, failed = self.fact(asked, criterion, fact.replace("passed", "failed"))
            return "fail" if any(phrase in name for phrase in operand for name in failed or ()) else "missing"
        return "fail"

    def evidence(self, asked: Asked, slot: str) -> Plain:
        """Return the evidence of a slot, as far as a scope lets it be read; none is of the future."""
        scope = sorted(asked.cell.narrowing.get(asked.gate, {}).items())
        narrowing = tuple((key, tuple(of)) for key, of in scope if key not in ("scope", "only"))
        found = self.facts.get((slot, narrowing)) or self.facts.get((slot, ())) or {"status": "missing"}
        is_future = found.get("on") and days_from(self.as_of, found["on"]) > bool(found.get("is_local"))
        return {"status": "missing"} if is_future else found

    def tagged(self, criterion: Plain, slot: str, found: Plain, passed: Any) -> Any:
        """Return the passed tests that count: by id those that carry it, or that of the original, or `none`."""
        if passed is None or self.slots[slot].get("by") != "id" or found.get("whole"):
            return passed
        marks = [f"{start}{id_}{end}" for id_ in criterion["ids"] for start in "[@" for end in "]: "]
        return [name for name in passed if any(mark in f"{name} " for mark in marks)] or "none"

    def fact(self, asked: Asked, criterion: Plain, name: str) -> tuple[str, Any]:
        """Return `ok` and the value of a fact, or why there is none."""
        slot, *path = name.split(".")
        found = self.evidence(asked, slot)
        if found["status"] == "ok" and (of_another := self.is_of_another(asked, slot, found)):
            return of_another, None
        value = found.get("facts")
        for step in path:
            value = None if value is None else value.get(step)
        is_touched = path[0] in found.get("touched", ())
        value = self.tagged(criterion, slot, found, value) if path == ["passed"] else value
        if value == "none":
            return "not-understood" if is_touched else "too-little", None
        lack = "not-understood" if is_touched else "missing" if value is None else "ok"
        return (lack if found["status"] == "ok" else found["status"]), value

    def is_of_another(self, asked: Asked, slot: str, found: Plain) -> str:
        """Return why evidence supplies no facts: it is about another service, or serves another slot or service."""
        ours = {self.service["service"], *self.service.get("identity", {}).get("names", ())}
        about, known = ({normal(name) for name in names} for names in (found.get("subjects", ()), ours))
        if about and not about & known:
            return "other-subject"
        groups = [of["slots"] for of in self.evidence_rules["distinct"] if self.is_effective(asked, of)]
        differ = {name for of in groups if slot in of for name in of} - {slot}
        tests = {name for name, of in self.slots.items() if of["kind"] == "tests" and not of.get("shared")}
        mine, elsewhere = self.service["service"], [*self.elsewhere] if slot in tests else []
        pairs = [(found, one) for one in self.whole(mine, differ)]
        for other in {*elsewhere} - {mine}:
            pairs += product(self.whole(mine, {slot}), self.whole(other, tests))
        return "shared" if any(is_alike(*pair) for pair in pairs) else ""

    def whole(self, service: str, slots: set[str]) -> list[Plain]:
        """Return every record of some slots of a service, not narrowed."""
        found = [of for key, of in self.elsewhere[service].items() if {*key} <= {*slots, ()}]
        return [one for of in found for one in records(of)]

    def is_stale(self, asked: Asked, criterion: Plain, slot: str) -> bool:
        """Whether an artefact is too old, or not of the commit that ships; either may be abbreviated."""
        found = self.evidence(asked, slot)
        fresh = self.evidence_rules["freshness"].get(self.slots[slot]["kind"], {})
        criterion = {**(fresh if self.is_effective(asked, fresh) else {}), **criterion}
        ships, commit = self.service.get("release", {}).get("commit", ""), (found["commit"] or "").lower()
        is_same = len(commit) >= 7 and (commit.startswith(ships) or ships.startswith(commit))
        is_older = found.get("committed_on", "") > (found["on"] or "9999")
        is_rerun = not is_older or "cached" in self.slots[slot].get("accepts", ())
        is_other = criterion.get("same_commit") and ships and not (is_same and is_rerun)
        return bool(is_other) or self.is_too_old(criterion, found["on"])

    def is_over(self, asked: Asked, criterion: Plain, on: str) -> bool:
        """Whether an attestation is too old: by its criterion, or by the default unless it is for a milestone."""
        given = {} if "per_milestone" in criterion else self.evidence_rules["attestations"]
        days = {"max_age_days": given["valid_days"]} if given and self.is_effective(asked, given) else {}
        return self.is_too_old({**days, **criterion}, on)

    def is_too_old(self, criterion: Plain, on: str | None) -> bool:
        """Whether something is older than `max_age_days`, or cannot show that it is not."""
        at_most = criterion.get("max_age_days")
        return at_most is not None and (on is None or days_from(on, self.as_of) > at_most)

    def counts(self, given: Plain, role: str) -> bool:
        """Whether a statement is made in a role that the person has, is not of the future, and has not ended; elsewhere it is tomorrow."""
        roster = {name.casefold(): person for name, person in self.governance["roster"].items()}
        person = roster.get(given["by"].casefold(), {"roles": [], "teams": []})
        of_service = [name for name, of in self.governance["roles"].items() if of["of_service"]]
        is_in_team = self.service["owner"] in person["teams"]
        has_role = role in person["roles"] or (of_service == [role] and is_in_team)
        is_now = days_from(self.as_of, given["on"]) <= 1 and self.as_of <= given.get("until", self.as_of)
        is_right = has_role and given.get("role", role) == role  # a signature stands under its role
        return is_now and is_right and (is_in_team or role not in of_service)

    def is_effective(self, asked: Asked, of: Plain) -> bool:
        """Whether a rule is effective here: by its milestone, or by its day (D31)."""
        since = of.get("effective", "")
        return since in asked.reached if since in self.roadmap else since <= self.as_of

    def binds(self, asked: Asked, criterion: Plain) -> bool:
        """Whether a criterion counts; a twin binds like its original unless it says otherwise."""
        of = criterion if {"effective", "advisory"} & criterion.keys() else self.original(criterion)[0]
        return not of.get("advisory") and self.is_effective(asked, of)

    def answers(self, asked: Asked, criteria: Iterable[Plain]) -> Answers:
        """Return the answers to these criteria."""
        found = [(of, self.status(asked, of), self.binds(asked, of)) for of in criteria]
        return {of["id"]: Answer(status, binds, of.get("same_as", "")) for of, status, binds in found}

    def gate_answers(self, asked: Asked) -> dict[str, Answers]:
        """Return the answers to the criteria of each gate, and to what the plan demands beyond them."""
        found = {}
        for gate in asked.gates:
            of, phrases = self.gates[gate], asked.cell.demands.get(gate)
            demands = [self.mentioned(f"{gate}.scope", "scope_tests", phrases, of["role"])] if phrases else []
            own = self.answers(asked._replace(gate=gate, level=asked.level_of_gates), of["criteria"])
            found[gate] = own | self.answers(asked, demands)
        return found

    def lacking(self, level: int, *, exclusive: bool = False) -> dict[str, str]:
        """Return what is open at a level, `exclusive` criteria too, and gates of which no criterion applies (§4)."""
        asked = self.at_level(level)
        gates = self.gate_answers(asked)
        dead = {gate: "dead" for gate, of in gates.items() if colour(of) == "red" and not blocking(of)}
        own = [one for one in self.levels[level]["criteria"] if exclusive or "only_at" not in one]
        return dead | blocking(*gates.values(), without_twins(self.answers(asked, own), gates))

    def verified(self) -> tuple[int, int]:
        """Return the verified level, and that without exclusive criteria, which limit their level alone (D4)."""
        reached = 0
        while reached + 1 < len(self.levels) and not self.lacking(reached + 1):
            reached += 1
        verified = reached
        while verified and self.lacking(verified, exclusive=True):
            verified -= 1
        return verified, reached

    def gap(self, levels: tuple[int, int], due: int) -> dict[str, str]:
        """Return all that lies between the verified level and a level that is due."""
        verified, reached = levels
        gaps = [self.lacking(of, exclusive=of == due <= reached) for of in range(verified + 1, due + 1)]
        return {id_: found for one in gaps for id_, found in one.items()}

    def signed(self) -> int:
        """Return the highest level that different people signed in all required roles; with none, the claim."""
        roles, signed = self.governance["upgrade_sign_offs"], [0]
        for level, given in self.service["sign_offs"].items():
            counted = [of for role, of in given.items() if role in roles and self.counts(of, role)]
            people = {of["by"].casefold() for of in counted}
            signed += [self.rank(level)] if len(people) == len(roles) else []
        return max(signed) if roles else self.rank(self.service["level"])

    def exceptions(self) -> tuple[int, int, int]:
        """Return the excused level, that at which a service ships (never the lowest), and the time to close."""
        below, highest = self.levels[max(1, len(self.levels) - 2)], self.levels[-1]
        given = self.governance.get("exceptions", {"excuse": highest["level"], "ship_at": below["level"]})
        return self.rank(given["excuse"]), self.rank(given["ship_at"]), given.get("close_within", 1)

    def entries(self, now: int, still_open: set[str], sign_off: str) -> list[tuple[bool, set[str]]]:
        """Return of each exception that is not closed whether its time is over, and what of it is still open."""
        at, last, (_, _, within) = self.roadmap.index, len(self.roadmap) - 1, self.exceptions()
        own = [one for one in self.register if one["service"] == self.service["service"]]
        today = [one for one in own if one["opened_on"] <= self.as_of < one.get("closed", "9999")]
        found = [(at(one["opened_in"]), still_open & {*one["delta"], sign_off}) for one in today]
        return [(now >= min(of + within, last), names) for of, names in found if names and of <= now]

    def verdict(self, milestone: str) -> dict[str, Any]:
        """Return the verdict on the service for the exit of a milestone."""
        cell = next(cell for cell in self.plan() if cell.milestone == milestone)
        asked = Asked(cell, cell.gates, cell.level, 0, cell.level, [milestone], self.until(milestone))
        levels, signed, claimed = self.verified(), self.signed(), self.rank(self.service["level"])
        gates, of_levels = self.gate_answers(asked), Answers()
        for level, of in enumerate(self.levels[: cell.level + 1]):
            of_levels |= self.answers(asked._replace(level=level), of["criteria"])
        capabilities = self.answers(asked, self.capabilities(milestone))
        groups = [*gates.values(), of_levels, capabilities]
        # D5: in force for a limited time, and never with a regression, a lapse or an unsigned upgrade
        excuse, ship_at, _ = self.exceptions()
        sign_off = f"sign-off:{self.levels[excuse]['level']}"
        still_open = {*blocking(*groups), *([sign_off] if signed < cell.level == excuse else [])}
        may_have = cell.level == excuse and max(ship_at, claimed) <= signed <= levels[0]
        entries = self.entries(self.roadmap.index(milestone), still_open, sign_off)
        covered = {name for is_over, names in entries if may_have and not is_over for name in names}
        overdue = [names for is_over, names in entries if is_over and (names != {sign_off} or not covered)]
        for group in groups:
            excused = [id_ for id_ in blocking(group) if {id_, group[id_].twin} & covered]
            group.update({id_: group[id_]._replace(status="excepted") for id_ in excused})
        every = {id_: one for group in groups for id_, one in group.items()}
        colours = dict.fromkeys(self.gates, "not_applicable") | {gate: colour(gates[gate]) for gate in gates}
        lost, excepted = self.gap(levels, signed), [id_ for id_ in every if every[id_].status == "excepted"]
        held_up = {*lost, *self.gap(levels, cell.level)}.difference(excepted)
        has_more = held_up or blocking(every) or "red" in colours.values()
        needed = ship_at if covered and not has_more else cell.level
        claim = "sign-offs-missing" if self.governance["upgrade_sign_offs"] else "level-not-claimed"
        found = {
            "gate-red": list(colours.values()).count("red"),
            "level-criteria-open": bool(blocking(without_twins(of_levels, gates))),
            "capabilities-open": bool(blocking(capabilities)),
            "level-not-reached": levels[0] < needed,
            claim: signed < needed,
            "lapsed" if set(lost.values()) == {"stale"} else "regression": levels[0] < signed,
            "unsigned-upgrade": claimed > signed,
            "overdue-exception": len(overdue),
        }
        reasons = sorted(code for code, times in found.items() for _ in range(times))
        verdict = "blocked" if reasons else "excepted" if covered else "ready"
        held = {"verified": levels[0], "signed": signed, "effective": min(levels[0], signed)}
        return {"criteria": every, "gates": colours, **held, "reasons": reasons, "verdict": verdict}


def judge(world: Plain, milestone: str) -> dict[str, Any]:
    """Return the verdict on a milestone: any blocked service blocks it, and so does an empty scope (§7)."""
    facts, shared = world["facts"], {key: world[key] for key in Judge._fields[2:]}
    in_scope = {name: one for name, one in world["services"].items() if milestone in one["plan"]}
    services = {name: Judge(one, facts[name], **shared).verdict(milestone) for name, one in in_scope.items()}
    verdicts = {one["verdict"] for one in services.values()}
    passed = "ready_with_exceptions" if "excepted" in verdicts else "ready"
    return {"verdict": "blocked" if not services or "blocked" in verdicts else passed, "services": services}
