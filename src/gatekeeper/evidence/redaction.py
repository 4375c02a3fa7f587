"""Replace what looks like a secret, before evidence leaves the reader.

Tokens are recognised by the prefixes that their issuers publish, other secrets by what is written before
them: `password=`, `Authorization:`, a user name in a URL. Digests, commits, UUIDs and versions have neither.
Every repetition is bounded or ends at the first other character, so the time is linear.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar

REDACTED = "(redacted)"
_NAME = (
    r"(?:pass(?:word|wd|phrase)|secret(?:[_-]?key)?|(?:api|access|account|private)[_-]?key"
    r"|(?:access|auth|api|bearer|refresh|id)?[_-]?token|credentials?)"
)
_PLAIN = r"""[^\s"'&,;)\]}]"""
_QUOTED = r""""[^"\n]{1,500}"|'[^'\n]{1,500}'"""
_MIXED = r"(?=[^\s\d]{0,500}\d)(?=[^\sA-Z]{0,500}[A-Z])"
_TOKENS = (
    r"gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_\w{22,255}",
    r"gl(?:pat|ptt|rt|dt|cbt|ft|imt|oas|soat|agent|ffct)-[\w.-]{20,300}",
    r"xox[a-z]-[A-Za-z0-9-]{10,250}|xapp-\d-[A-Za-z0-9-]{10,250}",
    r"(?<=hooks\.slack\.com/)(?:services|workflows|triggers)/[A-Za-z0-9+/]{20,80}",
    r"(?:A3T[A-Z0-9]|AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Za-z0-9])",
    r"AIza[\w-]{35}|GOCSPX-[\w-]{20,40}|ya29\.[\w-]{20,500}",
    r"[A-Za-z0-9_~.]{3}\dQ~[\w~.-]{31,34}|(?<=[?&]sig=)[A-Za-z0-9%+/=]{20,100}",
    r"[sr]k_(?:live|test|prod)_[A-Za-z0-9]{10,255}|whsec_[A-Za-z0-9+/=]{20,100}",
    r"npm_[A-Za-z0-9]{36}|pypi-Ag[\w-]{40,1000}|hf_[A-Za-z0-9]{30,50}|dckr_pat_[\w-]{20,80}",
    r"sk-(?:proj|svcacct|admin|ant)-[\w-]{20,300}|sk-[A-Za-z0-9]{48}|SG\.[\w-]{16,64}\.[\w-]{16,64}",
    r"eyJ[\w-]{10,4000}\.eyJ[\w-]{2,8000}(?:\.[\w-]{0,2000})?",
)


@cache
def _secret() -> re.Pattern[str]:
    """Return the pattern of secrets; compiling it takes longer than looking for the marks of a workspace."""
    prose = rf"""(?i:({_NAME}["']?\s?:\s?)(?:{_QUOTED}|{_MIXED}{_PLAIN}{{6,500}}))"""
    return re.compile(
        "|".join((
            rf"(?<![A-Za-z0-9])(?:{'|'.join(_TOKENS)})",
            r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?:(?!-----END).)*(?:-----END[A-Z0-9 -]{0,60}-----)?",
            r"(?<=://)[^\s/?#@:]{0,200}:[^\s/@]{1,300}(?=@)|(?<=://)[^\s/?#@:]{20,300}(?=@)",
            r"""(?i:(authorization["']?\s{0,3}[:=]\s{0,3}["']?(?:[a-z]{2,12}\s{1,3})?)[\w.~+/=-]{8,4000})""",
            r"(?i:(bearer\s{1,3})(?=[^\s\d]{0,300}\d)[\w.~+/=-]{8,4000})",
            rf"""(?i:({_NAME}["']?\s?(?:=>?|:=)\s?)(?:{_QUOTED}|{_PLAIN}{{3,500}}))""",
            # Prose has colons, too: what follows is quoted, or has a letter and a digit.
            prose,
        )),
        re.DOTALL,
    )  # fmt: skip


_KEY = re.compile(rf"(?i)(?:\w*[_.-])?{_NAME}")
_MARK = re.compile(
    r"g(?:h[pousr]_|ithub_pat_|l[a-z]{2,5}-|ocspx-)|x(?:ox|app-)|hooks\.slack|hf_|q~|eyj|-----begin|://|dckr_pat_"
    r"|a(?:3t|kia|sia|bia|cca|iza|uthorization|pi[_-]?key|ccess|ccount)|ya29\.|k_(?:live|test|prod)_|whsec_|npm_"
    r"|p(?:ypi-|assw|assphrase|rivate)|s(?:ig=|k-|g\.|ecret)|bearer|token|credential"
)
"""Every secret has one of these marks, in lower case. Most texts have none, and need no search."""
T = TypeVar("T")


def redacted(value: T) -> T:
    """Return a text, or facts or evidence that hold texts, with every secret replaced by `REDACTED`."""
    changed: T = _without_secrets(value) if _may_hold_one("\n".join(_texts(value))) else value
    return changed


def _may_hold_one(text: str) -> bool:
    return _MARK.search(text.lower()) is not None


def _texts(value: object) -> list[str]:
    """Return the texts within a value, the names of mappings included."""
    found: list[str] = []
    within = [value]
    for one in within:  # grows
        match one:
            case str():
                found.append(one)
            case tuple() | list():
                within += one
            case {}:
                within += (*map(str, one), *one.values())
            case _:
                pass
    return found


def _without_secrets(value: Any) -> Any:
    match value:
        case str():
            return (
                _secret().sub(_replacement, value) if type(value) is str and _may_hold_one(value) else value
            )
        case Mapping():
            return {_without_secrets(key): _of_key(str(key), item) for key, item in value.items()}
        case tuple() if hasattr(value, "_make"):
            return value._make(map(_without_secrets, value))
        case tuple() | list():
            return type(value)(map(_without_secrets, value))
        case _:
            return value


def _of_key(key: str, value: Any) -> Any:
    return REDACTED if isinstance(value, str) and _KEY.fullmatch(key) else _without_secrets(value)


def _replacement(found: re.Match[str]) -> str:
    """Return the replacement, after what is written before the secret."""
    return f"{next(filter(None, found.groups()), '')}{REDACTED}"
