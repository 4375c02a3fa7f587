"""The rules of a SARIF run: defaults for their results.

SARIF 2.1.0, sections 3.19 (toolComponent), 3.27.5 to 3.27.7 (the rule of a result), 3.27.10 (level), 3.49
(reportingDescriptor), 3.51 (configurationOverride), 3.52 (reportingDescriptorReference).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from gatekeeper.collectors.formats.severity import Reading, Severity, by_cvss, by_word, from_name
from gatekeeper.collectors.reading.figures import mapping, objects, section, shown, text
from gatekeeper.model.evidence import Unreadable
from gatekeeper.syntax.json import Object

_IDENTIFYING = ("guid", "name")
_MOST_NAMES = 100
NO_SCORE = "a security-severity of 0"
"""What tools write that know no score; the level then says more."""
_PART = re.compile("exploitability|impact|temporal|environmental", re.IGNORECASE)
"""The scores of CVSS that are not the base score; dependency-check writes them beside it."""
_ZERO = re.compile(r"0+(\.0+)?")
_WORDS = frozenset({"CRITICAL", "HIGH", "MEDIUM", "LOW", "UNKNOWN"})


class SarifRule(NamedTuple):
    """The defaults of a rule for its results."""

    key: tuple[int, int]
    """The index of the tool component, and of the rule in it."""
    id: str | None
    level: str | None
    """From its default configuration."""
    ratings: tuple[Reading, ...]
    """From its `security-severity`, and CVSS scores and words beside it; empty without one."""
    title: str | None
    messages: Object
    names: tuple[str, ...]
    """Its id and deprecated ids; OSV-Scanner puts the aliases of a vulnerability there."""
    purls: tuple[str, ...]
    """The packages it is about, if the tool names them, as Grype does."""
    tags: tuple[str, ...]
    """Its name, tags and categories."""


class SarifRules:
    """The rules of a tool: of its driver and its extensions."""

    def __init__(self, tool: Object) -> None:
        driver = mapping(tool.get("driver"), "tool.driver")
        self._components = [driver, *objects(tool.get("extensions") or [], "tool.extensions", "an extension")]
        self._rules = [
            [_rule((number, place), rule) for place, rule in enumerate(objects(listed, "rules", "a rule"))]
            for number, listed in enumerate(one.get("rules") or [] for one in self._components)
        ]
        self._by_id: dict[tuple[int | None, str], SarifRule] = {}
        """By component and id; under None the first rule of that id in any component."""
        for rule in (rule for rules in self._rules for rule in rules if rule.id is not None):
            self._by_id.setdefault((rule.key[0], str(rule.id)), rule)
            self._by_id.setdefault((None, str(rule.id)), rule)
        self.are_scored = any(rule.ratings for rules in self._rules for rule in rules)
        """Whether any rule has a score, so that levels say less."""
        self._numbers: dict[tuple[str, str], int] = {}
        for number, component in enumerate(self._components):
            for key in _IDENTIFYING:
                if isinstance(name := component.get(key), str):
                    self._numbers.setdefault((key, name), number)

    def of(self, result: Object) -> tuple[SarifRule | None, ...]:
        """Return the rule that a result refers to; None if the log describes no rules.

        Several if the references contradict each other; none if they are to no rule that the log describes.
        """
        reference = section(result, "rule")
        component = reference.get("toolComponent")
        number = 0 if component is None else self._component(component)
        indices = (result.get("ruleIndex"), reference.get("index"))
        at = {rule.key: rule for index in indices if (rule := self._at(number, index))}
        ids = dict.fromkeys(id_ for id_ in (rule_id(result), _id(reference)) if id_ is not None)
        if len(at) == 1 and all(_is_case_of(rule, id_) for rule in at.values() for id_ in ids):
            return tuple(at.values())
        named = [self._of_id(id_, number) for id_ in ids]
        found = tuple({rule and rule.key: rule for rule in (*named, *at.values())}.values())
        if any(found):
            return found
        is_described = any(self._rules) or any(_index(index, "an index") is not None for index in indices)
        return () if is_described else (None,)

    def _at(self, number: int, index: object) -> SarifRule | None:
        place = _index(index, "the index of a rule")
        rules = self._rules[number]
        rule = rules[place] if place is not None and place < len(rules) else None
        return rule if rule and rule.id is not None else None

    def _component(self, reference: object) -> int:
        which = mapping(reference, "toolComponent")
        place = _index(which.get("index"), "the index of a tool component")
        if place is not None:
            # Extensions are counted from 0; here the driver comes before them.
            return place + 1 if place + 1 < len(self._components) else 0
        known = (self._numbers.get((key, str(which.get(key)))) for key in _IDENTIFYING)
        return next((number for number in known if number is not None), 0)

    def _of_id(self, id_: str, number: int) -> SarifRule | None:
        """Look in the given component, then in all; `A1/x` is a case of the rule `A1`."""
        ids = [id_, id_.rpartition("/")[0], id_.partition("/")[0]] if "/" in id_ else [id_]
        found = (self._by_id.get((where, id_)) for where in (number, None) for id_ in ids)
        return next((rule for rule in found if rule), None)

    def overrides(self, invocations: Sequence[Object]) -> Mapping[tuple[int, tuple[int, int]], str]:
        """Return the levels that invocations of the tool set for rules: (invocation, rule) -> level."""
        levels: dict[tuple[int, tuple[int, int]], str] = {}
        for number, invocation in enumerate(invocations):
            overrides = invocation.get("ruleConfigurationOverrides") or []
            for override in objects(overrides, "ruleConfigurationOverrides", "an override"):
                level = section(override, "configuration").get("level")
                if level is not None:
                    meant = self.of({"rule": mapping(override.get("descriptor"), "descriptor")})
                    known = text(level, "the level of an override")
                    levels |= {(number, rule.key): known for rule in meant if rule}
        return levels

    def names(self) -> tuple[str, ...]:
        """Return the names of all rules, and of the packages that they are about."""
        return tuple(name for rules in self._rules for rule in rules for name in (*rule.names, *rule.purls))

    def tags(self) -> tuple[str, ...]:
        """Return the names, tags and categories of all rules, each once."""
        return tuple(dict.fromkeys(tag for rules in self._rules for rule in rules for tag in rule.tags))

    def shared_messages(self) -> Object:
        """Return the messages that all rules of the driver share."""
        return section(self._components[0], "globalMessageStrings")


def rule_id(result: Object) -> str | None:
    """Return the id of the rule that a result violates."""
    id_ = result.get("ruleId")
    if id_ is None and "rule" in result:
        return _id(section(result, "rule"))
    return None if id_ is None else text(id_, "ruleId")


def ratings(properties: object) -> Iterator[Reading]:
    """Yield what a property bag says of severity: `security-severity`, CVSS and the tags of Trivy.

    `security-severity` is a CVSS score, usually as text; a few tools write a word. Trivy and Grype write 0.0
    if they know none.
    """
    if not isinstance(properties, dict):
        return
    value = properties.get("security-severity")
    if isinstance(value, list | dict):
        raise Unreadable(f"security-severity is {shown(value)}, not a score")
    if isinstance(value, str) and not any(map(str.isdigit, value)):
        yield by_word(value, "security-severity")
    elif value is not None:
        is_zero = _ZERO.fullmatch(str(value)[:9])
        yield NO_SCORE if is_zero else "security-severity", Severity.UNKNOWN
        yield from by_cvss(value, None)
    for key, one in islice(properties.items(), _MOST_NAMES):
        if "cvss" in key.lower() and not _PART.search(key):
            is_vector = isinstance(one, str) and one.startswith("CVSS:")
            yield from by_cvss(None if is_vector or not key.lower().endswith("score") else one, one)
        elif key.lower().endswith("severity") and isinstance(one, str) and key != "security-severity":
            severity = from_name(one, key)
            yield from [(f"its {key}", severity)] if severity is not Severity.UNKNOWN else ()
    for tag in _texts(properties.get("tags")):
        if tag in _WORDS:
            yield "its tag", from_name(tag, "a tag")


def _rule(key: tuple[int, int], rule: Object) -> SarifRule:
    configuration = section(rule, "defaultConfiguration")
    id_, level = _id(rule), configuration.get("level")
    stated = rule.get("properties")
    properties = stated if isinstance(stated, dict) else {}
    return SarifRule(
        key=key,
        id=id_,
        level=None if level is None else text(level, "the default level of a rule"),
        ratings=tuple(ratings(properties)),
        title=_title(rule),
        messages=section(rule, "messageStrings"),
        names=tuple(dict.fromkeys(_texts([id_]) + _texts(rule.get("deprecatedIds"))))[:_MOST_NAMES],
        purls=_texts(properties.get("purls")),
        tags=(*_texts([rule.get("name")]), *_texts(properties.get("tags"))),
    )


def _is_case_of(rule: SarifRule, id_: str) -> bool:
    """Return whether an id names a rule; `A1/x` is a case of the rule `A1`."""
    return id_ in rule.names or id_.startswith(f"{rule.id}/")


def _id(descriptor: Object) -> str | None:
    id_ = descriptor.get("id")
    return None if id_ is None else text(id_, "the id of a rule")


def _title(rule: Object) -> str | None:
    for key in ("shortDescription", "fullDescription"):
        description = rule.get(key)
        if isinstance(description, dict) and isinstance(description.get("text"), str):
            return str(description["text"])
    name = rule.get("name")
    return name if isinstance(name, str) else None


def _texts(values: object) -> tuple[str, ...]:
    return tuple(value for value in values if isinstance(value, str)) if isinstance(values, list) else ()


def _index(value: object, name: str) -> int | None:
    """Return an index; None if it is missing, which SARIF may write as -1."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int):
        raise Unreadable(f"{name} is {shown(value)}, not an index")
    return value if value >= 0 else None
