"""Lists of allowed signers, as `ssh-keygen -Y verify` and Git read them (ssh-keygen(1), ALLOWED SIGNERS).

Times of day become whole days, since a signature states only its day: a key is valid on the days that are
entirely inside. They are taken as written, whatever the time zone.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from fnmatch import fnmatchcase
from typing import NamedTuple

from gatekeeper.errors import UsageError
from gatekeeper.model.rulebook import OwnedKey
from gatekeeper.signatures.public_keys import BadKey, PublicKey, is_key_type, parse_public_key
from gatekeeper.signatures.verification import NAMESPACE

_PRINCIPALS = re.compile(r'"(?P<quoted>[^"]*)"|(?P<plain>[^\s"]+)')
_OPTION = re.compile(r'(?P<name>[A-Za-z-]+)(?:="(?P<value>(?:\\"|\\(?!")|[^"\\])*)")?(?P<end>,|[ \t]|$)')
_TIME = re.compile(r"[0-9]{8}(?:[0-9]{4}(?:[0-9]{2})?)?Z?")
_FORMATS = {8: "%Y%m%d", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}
_PLAIN_NAME = re.compile(r"[\w.@+/-]+")
_UNWRITABLE = re.compile(r'["*?,\x00-\x1f\x7f]|^!|^$')


class AllowedSigner(NamedTuple):
    """A line of the list: who signs with a key, and on which days it is valid, both included."""

    principals: tuple[str, ...]
    key: PublicKey
    valid_from: date | None = None
    valid_until: date | None = None


class LineProblem(NamedTuple):
    """A line that is not imported, counted from 1, and why."""

    line: int
    message: str


class _Refused(Exception):  # noqa: N818 - a result
    """A line cannot be imported."""


def read_allowed_signers(text: str) -> tuple[tuple[AllowedSigner, ...], tuple[LineProblem, ...]]:
    """Return the signers of a list, and a problem for each line that is not a signer of statements."""
    signers: list[AllowedSigner] = []
    problems: list[LineProblem] = []
    for number, line in enumerate(text.split("\n"), 1):
        stripped = line.strip(" \t\r")
        if not stripped or stripped.startswith("#"):
            continue
        try:
            signers.append(_signer(stripped))
        except (_Refused, BadKey) as reason:
            problems.append(LineProblem(number, str(reason)))
    return tuple(signers), tuple(problems)


def valid_signers(keys: Iterable[OwnedKey]) -> Iterator[AllowedSigner]:
    """Yield the keys that are not revoked."""
    for one in keys:
        if not one.key.revoked:
            yield AllowedSigner((one.owner,), parse_public_key(one.key.key), one.key.from_, one.key.until)


def written(signers: Iterable[AllowedSigner]) -> str:
    """Return the list as text, each key for signatures of gatekeeper only.

    Raises:
        UsageError: A name has a character that no list can have.
    """
    return "".join(f"{_written(signer)}\n" for signer in signers)


def _signer(line: str) -> AllowedSigner:
    if "PRIVATE KEY" in line:
        raise _Refused("it is a private key; the list has names and public keys: ana ssh-ed25519 AAAA...")
    principals, rest = _principals(line)
    if is_key_type(principals[0]):
        raise _Refused("a name is missing before the key: ana ssh-ed25519 AAAA...")
    if not rest:
        raise _Refused("no key follows the names: write the line of the .pub file after them")
    options: dict[str, str] = {}
    if not is_key_type(rest.split(None, 1)[0]):
        options, rest = _options(rest)
    if not _has_our_namespace(options.get("namespaces", NAMESPACE)):
        raise _Refused(f"the key is for the namespace {options['namespaces']!r} only, not for {NAMESPACE}")
    key = parse_public_key(rest)
    start, end = (
        _time(options[name], name) if name in options else None for name in ("valid-after", "valid-before")
    )
    signer = AllowedSigner(principals, key, start and _first_day(start), end and _last_day(end))
    if signer.valid_from and signer.valid_until and signer.valid_until < signer.valid_from:
        raise _Refused(
            "the key is valid on no whole day: valid-before must be at least a day after valid-after"
        )
    return signer


def _principals(line: str) -> tuple[tuple[str, ...], str]:
    found = _PRINCIPALS.match(line)
    if not found or line[found.end() : found.end() + 1] not in (" ", "\t", ""):
        raise _Refused('it must begin with names, separated by commas; quotes (") are around all of them')
    names = tuple((found["quoted"] or found["plain"] or "").split(","))
    for name in names:
        if _UNWRITABLE.search(name):
            raise _Refused(f"{name!r} is not a name: patterns are not imported; write each person on a line")
    return names, line[found.end() :].strip(" \t")


def _options(text: str) -> tuple[dict[str, str], str]:
    """Return the options that begin a text, in lower case, and the rest."""
    found: dict[str, str] = {}
    at, end = 0, ","
    while end == ",":
        option = _OPTION.match(text, at)
        if not option:
            raise _Refused(
                f'{text[at : at + 40]!r} is neither a key nor an option: options are written name="value"'
            )
        name, at, end = option["name"].lower(), option.end(), option["end"]
        if name == "cert-authority":
            raise _Refused("it trusts a certificate authority: write the keys of the people themselves")
        if name not in ("namespaces", "valid-after", "valid-before") or option["value"] is None:
            raise _Refused(f'{name!r} is not an option that is supported, or lacks its ="value"')
        if name in found:
            raise _Refused(f"the option {name} is there twice")
        found[name] = option["value"].replace('\\"', '"')
    return found, text[at:].strip(" \t")


def _time(text: str, name: str) -> datetime:
    digits = text.removesuffix("Z") if _TIME.fullmatch(text) else ""
    try:
        return datetime.strptime(digits, _FORMATS[len(digits)])  # noqa: DTZ007 - the zone does not matter here
    except (KeyError, ValueError):
        raise _Refused(f"{name}={text!r} is not a time as YYYYMMDD, YYYYMMDDHHMM or YYYYMMDDHHMMSS") from None


def _first_day(start: datetime) -> date:
    return start.date() if start == datetime.combine(start, datetime.min.time()) else _next(start.date(), 1)


def _last_day(end: datetime) -> date:
    return end.date() if (end.hour, end.minute) == (23, 59) else _next(end.date(), -1)


def _next(day: date, days: int) -> date:
    try:
        return day + timedelta(days)
    except OverflowError:
        return day


def _has_our_namespace(patterns: str) -> bool:
    """Whether our namespace is in a pattern list: one matches it, and none with `!` does."""
    found = False
    for pattern in patterns.split(","):
        is_match = fnmatchcase(NAMESPACE, pattern.removeprefix("!").replace("[", "[[]"))
        if is_match and pattern.startswith("!"):
            return False
        found = found or is_match
    return found


def _written(signer: AllowedSigner) -> str:
    names = ",".join(signer.principals)
    for name in signer.principals:
        if _UNWRITABLE.search(name):
            raise UsageError(
                f"{name!r} cannot be written into a list of allowed signers: rename it in the roster"
            )
    shown = names if all(map(_PLAIN_NAME.fullmatch, signer.principals)) else f'"{names}"'
    return f"{shown} {','.join(_written_options(signer))} {signer.key.text}"


def _written_options(signer: AllowedSigner) -> Iterator[str]:
    yield f'namespaces="{NAMESPACE}"'
    if signer.valid_from:
        yield f'valid-after="{_digits(signer.valid_from)}"'
    if signer.valid_until:
        yield f'valid-before="{_digits(signer.valid_until)}235959"'


def _digits(day: date) -> str:
    return day.isoformat().replace("-", "")
