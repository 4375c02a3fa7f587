"""Cases that have scores and no verdict: one passes if each of its scores is full."""

from collections.abc import Mapping

from gatekeeper.collectors.evals._report import Check, EvalCase, Item, brief, number
from gatekeeper.collectors.reading.figures import shown
from gatekeeper.collectors.reading.one_line import one_line
from gatekeeper.collectors.reading.words import Phrases, words
from gatekeeper.syntax.json import Json
from gatekeeper.syntax.yaml import Step

_FULL = frozenset({"correct", "pass", "passed", "true", "yes"})
_MEASURES_WHAT_IS_BAD = Phrases("bias", "hallucination", "hallucinations", "noise sensitivity", "toxicity")
_MEASURES_ITS_LACK = Phrases("free", "no", "non", "not", "without", "anti", "absence", "lack")
"""Words that turn such a metric round, as in `hallucination_free`."""


class CaseScore:
    """One score of a case: a number, a word, or null if the metric could not score it."""

    __slots__ = ("path", "value")

    def __init__(self, value: Json, *path: Step) -> None:
        self.value = value
        self.path = path


def graded(item: Item, scores: Mapping[str, CaseScore]) -> EvalCase:
    """Return a case by its scores: null is an error, anything that is not full a failure."""
    if not scores:
        return EvalCase(item.finding("nothing judged it"))
    checks = tuple(_check(item, name, score) for name, score in scores.items())
    failed = [f"{brief(name)} gives {_words(score.value)}" for name, score in scores.items()
              if not is_full(name, score.value)]  # fmt: skip
    if not failed:
        return EvalCase(checks=checks)
    errored = any(score.value is None for score in scores.values())
    return EvalCase(item.finding(one_line(", ".join(failed))), checks=checks, errored=errored)


def is_full(metric: str, value: Json) -> bool:
    """Return whether a score is full: 1, true or such a word; 0 of a metric that measures what is bad."""
    if isinstance(value, str):
        return value.strip().casefold() in _FULL
    if _is_lower_better(metric):
        return value is not True and value == 0
    return value == 1  # true, too


def worse(metric: str, one: Json, other: Json) -> Json:
    """Return the worse of two scores of a case by the same metric; null is worse than a number."""
    if is_full(metric, one) or other is None:
        return other
    numbers = number(one), number(other)
    if is_full(metric, other) or None in numbers:
        return one
    return other if (numbers[1] > numbers[0]) is _is_lower_better(metric) else one  # type: ignore[operator]


def _is_lower_better(metric: str) -> bool:
    named = words(metric)
    return _MEASURES_WHAT_IS_BAD.found_in(named) and not _MEASURES_ITS_LACK.found_in(named)


def _check(item: Item, name: str, score: CaseScore) -> Check:
    passed = is_full(name, score.value)
    failure = None if passed else item.finding(f"{brief(name)} gives {_words(score.value)}", *score.path)
    return Check(name, passed, failure, number(score.value))


def _words(value: Json) -> str:
    return "no score" if value is None else shown(value)
