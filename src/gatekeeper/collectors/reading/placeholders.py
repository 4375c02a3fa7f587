"""Recognise values that somebody was to replace: `TODO`, `<url>`, `https://example.org/runbook`."""

import re

from gatekeeper.collectors.reading.words import words

_TO_DO = re.compile(r"[\W_]*|[\W_]*(todo|tbd|fixme)\b.{0,100}", re.IGNORECASE)
_NO_VALUE = frozenset({"no", "none", "null", "nil", "n/a", "na", "unknown", "missing", "pending", "later"})
_TO_DO_WORDS = frozenset({"todo", "tbd", "tbc", "fixme", "xxx", "changeme", "placeholder", "dummy"})
_SAYS_NOTHING = frozenset(
    f"{first}{second}" for first in ("", "runbook", "your") for second in ("", "url", "link", "runbook")
) | {"none", "null", "na", "nil", "nobody", "false", "linktorunbook", "replaceme", "comingsoon"}
_URL = re.compile(r"(?:\w[\w+.-]*:)?//(?:[^/?#@]*@)?([^/?#:]*)|([\w-]+\.[\w.-]+)(?=/|$)")
_HOST_OF_NOTHING = re.compile(
    r"^$|^\W|^localhost$|^127\.|^0\.0\.0\.0$|(?:^|\.)(?:example(?:\.\w+)?|invalid|test|localhost|domain\.tld)$"
    r"|^(?:www\.)?(?:your|my)?-?(?:domain|company|host|server|wiki)\.(?:com|org|net|tld)$"
)
_TEMPLATE = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_IN_BRACKETS = re.compile(r"^(?:<[^>]*>|\[[^\]]*\]|\$\{[^}]*\}|\.+|%\w+%)$")


def is_to_do(text: str) -> bool:
    """Return whether a text is still to be written: `TODO` with a few words, or no letter at all."""
    return _TO_DO.fullmatch(text.strip()) is not None


def is_unwritten(text: str) -> bool:
    """Return whether a value means that nobody has written one yet: `-`, `n/a`, `TODO: later`."""
    return is_to_do(text) or text.strip(" .!?()<>[]").casefold() in _NO_VALUE


def is_reason(text: str) -> bool:
    """Return whether a text can be a reason: two words, none of which says that it is still to be written."""
    return len(words(text)) > 1 and not is_unwritten(text) and _TO_DO_WORDS.isdisjoint(words(text))


def is_placeholder(value: str) -> bool:
    """Return whether a text is empty, a to-do, or an address that is reserved for examples (RFC 2606)."""
    text = _TEMPLATE.sub("x", value.strip().lower())  # what it becomes is not known here
    if _IN_BRACKETS.match(text) or "".join(words(text)) in _SAYS_NOTHING:
        return True
    if url := _URL.match(text):
        path = re.split(r"[/?#=&]", text[url.end() :])
        return bool(_HOST_OF_NOTHING.search(url[1] or url[2] or "")) or not _TO_DO_WORDS.isdisjoint(path)
    return not _TO_DO_WORDS.isdisjoint(re.findall(r"[\w-]+", text))
