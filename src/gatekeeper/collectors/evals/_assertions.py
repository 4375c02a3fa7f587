"""Assertions of promptfoo: which of them judge an answer, and which hold for any.

https://www.promptfoo.dev/docs/configuration/expected-outputs: an assertion with the weight 0 passes whatever
the answer is, and `threshold` is the lowest score that passes, except of costs, times and distances.
"""

import re

from gatekeeper.syntax.json import Json, Object

_MEASURES = frozenset({"assert-set", "cost", "latency", "perplexity", "perplexity-score"})
"""Types that say nothing about what an answer says."""
_LOWER_IS_BETTER = _MEASURES | {"levenshtein"}
_NEEDS_NO_VALUE = frozenset({"equals", "is-refusal"})
_COMPARE = frozenset({"contains", "icontains", "starts-with", "regex"})
"""Types that compare the answer with a text, and nothing without one."""
_ANY_OF = frozenset({"contains-any", "icontains-any"})
_ALL_OF = frozenset({"contains-all", "icontains-all"})
_ALL = r"(?:\.|\[\\[sSdDwW]\\[sSdDwW]\]|\[\^\])"
_SOME = rf"\(?(?:{_ALL}|\\[sSwW])?(?:[*+]\??|\?|\{{[01]?,\d*\}})?\)?"
_ANYTHING = re.compile(rf"\^?{_SOME}|{_SOME}\$|\^\(?{_ALL}[*+]\??\)?\$")
"""A regular expression that every answer matches, as people write it: `.*`, `^.+$`, `.`."""
_LENGTH = r"(?:len\(output\)|output\.length)\s*>=\s*0"
_TRUE = rf"\(?(?:true|1(?:\.0)?|!0|{_LENGTH}|\{{\s*['\"]?pass['\"]?\s*:\s*true\b[^{{}}]*\}})\)?"
_CONSTANT = re.compile(
    rf"(?:(?:(?:async\s*)?\(?[\w\s,]*\)?\s*=>|lambda[\w\s,]*:)\s*)?\{{?\s*(?:return\s+)?{_TRUE}\s*;?\s*\}}?",
    re.IGNORECASE,
)
"""A function that returns true."""


def judges(assertion: Object) -> bool:
    """Return whether an assertion judges the answer: it can fail because of what the answer says."""
    type_ = str(assertion.get("type"))
    if assertion.get("metricOnly") is True or assertion.get("weight") == 0 or type_ in _MEASURES:
        return False
    return not _holds_for_any(type_, assertion.get("value"), assertion.get("threshold"))


def _holds_for_any(type_: str, value: Json, threshold: Json) -> bool:
    kind = type_.removeprefix("not-")
    if kind != type_:
        return kind in _ANY_OF and not _listed(value)
    if isinstance(threshold, int | float) and threshold <= 0 and type_ not in _LOWER_IS_BETTER:
        return True
    if type_ in _ANY_OF:
        return any(not item.strip() for item in _listed(value))
    if type_ in _ALL_OF:
        return not any(item.strip() for item in _listed(value))
    if not isinstance(value, str):
        return type_ in _COMPARE and not isinstance(value, int | float)
    written = value.strip()
    if type_ == "regex":
        return bool(_ANYTHING.fullmatch(written))
    if type_ in ("javascript", "python"):
        return bool(_CONSTANT.fullmatch(written))
    return not written and type_ not in _NEEDS_NO_VALUE


def _listed(value: Json) -> list[str]:
    """Return the texts of a list, which may be written as one text with commas."""
    if isinstance(value, list):
        return [str(item) for item in value]
    return value.split(",") if isinstance(value, str) and value else []
