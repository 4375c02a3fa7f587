"""The rows of parts of a workspace: to JSON and back, and where the cache keeps them."""

import json
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from gatekeeper.errors import Problem
from gatekeeper.judging.outlook.actions import Needy
from gatekeeper.judging.outlook.needs import Need, Work
from gatekeeper.judging.outlook.validity import Validity
from gatekeeper.model.action import ActionKind, Way
from gatekeeper.model.row import NotBinding, ServiceRow
from gatekeeper.model.status import Effort, GateStatus, ServiceVerdict
from gatekeeper.model.verdict import ExceptionSeen, Reason, Standing
from gatekeeper.trees.observations import Observations
from gatekeeper.workspace.kept_parts import SeenParts, content_of, name_of
from gatekeeper.workspace.shard_rows import ShardRows

_TABLE = "services"


class KeptRows:
    """The rows that are kept of parts of a workspace, as they are judged at a milestone.

    Args:
        parts: What was read for the parts.
        shared: The digest of what was read for all services together; None if that is unknown.
        milestone: The milestone.
    """

    def __init__(self, parts: SeenParts, shared: str | None, milestone: str) -> None:
        self._parts = parts
        self._shared = shared
        self._milestone = milestone

    def find(
        self, services: Iterable[tuple[str, ...]], as_of: date, state: str
    ) -> dict[tuple[str, ...], ShardRows]:
        """Return the rows of those parts of which nothing has changed, and whose rows hold on a day."""
        names = {part: name_of(self._milestone, part) for part in services}
        unchanged = self._parts.unchanged(names.values())
        keys = {part: self._key(unchanged[name].content) for part, name in names.items() if name in unchanged}
        values, found = self._parts.store.get(_TABLE, keys.values()), dict[tuple[str, ...], ShardRows]()
        works = _Works()
        for part, key in keys.items():
            kept = json.loads(values[key]) if key in values else None
            if kept and period(kept).has(as_of):
                found[part] = decoded(kept, state, works)._replace(content=unchanged[names[part]].content)
        return found

    def keep(self, services: tuple[str, ...], rows: ShardRows, seen: Observations | None) -> ShardRows:
        """Keep the rows of a part, and what was read for it; return them with the digest of that."""
        if seen is None or self._shared is None:
            return rows
        content = content_of(seen)
        self._parts.keep(name_of(self._milestone, services), seen)
        self._parts.store.put(_TABLE, {self._key(content): encoded(rows)})
        return rows._replace(content=content)

    def _key(self, content: str) -> str:
        return self._parts.key("rows", self._milestone, self._shared or "", content)


def encoded(of: ShardRows) -> bytes:
    """Return the rows of a part as they are kept; what was read for them is kept elsewhere."""
    works: dict[str, int] = {}
    owners = {row.name: row.owner for row in of.rows}
    needy = [[name, [_plain_need(need, owners[name], works) for need in found]] for name, found in of.needy]
    plain = [
        [day and day.isoformat() for day in of.holds],
        of.rows,
        list(works),
        needy,
        {name: sorted(key.hex() for key in keys) for name, keys in of.measured.items()},
        {name: list(claims) for name, claims in of.claims.items()},
        of.warnings,
    ]
    return json.dumps(plain, separators=(",", ":")).encode()


def _plain_need(need: Need, owner: str, works: dict[str, int]) -> list[Any]:
    """Return a need without what it answers at other milestones, which is not compared here.

    Many services share what is to be done, and each has its owner.
    """
    text = json.dumps(need.work._replace(owner=""))
    work, who = works.setdefault(text, len(works)), None if need.work.owner == owner else need.work.owner
    return [work, who, need.excusable, need.recovers, need.options]


def period(kept: Sequence[Any]) -> Validity:
    """Return the days on which kept rows hold; `kept` is the value of JSON."""
    first, end = kept[0]
    return Validity(first and date.fromisoformat(first), end and date.fromisoformat(end))


class _Works:
    """Pieces of work by their text and owner, each made once."""

    def __init__(self) -> None:
        self._without_owner: dict[str, Work] = {}
        self._known: dict[tuple[str, str], Work] = {}

    def work(self, text: str, owner: str) -> Work:
        """Return a piece of work."""
        if (work := self._known.get((text, owner))) is None:
            if (alike := self._without_owner.get(text)) is None:
                alike = self._without_owner[text] = _work(*json.loads(text))
            work = self._known[text, owner] = alike._replace(owner=owner)
        return work


def decoded(kept: Sequence[Any], state: str, known: _Works) -> ShardRows:
    """Return the rows that `encoded` was given; `kept` is the value of JSON."""
    _, plain_rows, works, needy, measured, claims, warnings = kept
    rows = tuple([_row(*one) for one in plain_rows])
    owners = {row.name: row.owner for row in rows}
    return ShardRows(
        state,
        rows,
        tuple([_needy(name, owners[name], found, works, known) for name, found in needy]),
        {name: frozenset(map(bytes.fromhex, keys)) for name, keys in measured.items()},
        {name: tuple([(of, form) for of, form in found]) for name, found in claims.items()},
        tuple([Problem(*one) for one in warnings]),
        holds=period(kept),
    )


def _row(  # noqa: PLR0913, PLR0917 - the fields of a row, in order
    name: str,
    owner: str,
    verdict: str,
    standing: str,
    level: str,
    target: str,
    due: int,
    met: int,
    excepted: int,
    open_by_group: dict[str, int],
    states: dict[str, str],
    reasons: list[list[Any]],
    exceptions: list[list[Any]],
    not_binding: list[list[Any]],
    wrong_signatures: int,
) -> ServiceRow:
    return ServiceRow(
        name,
        owner,
        _VERDICTS[verdict],
        _STANDINGS[standing],
        level,
        target,
        due,
        met,
        excepted,
        open_by_group,
        {group: _STATES[state] for group, state in states.items()},
        tuple([Reason(code, message, tuple(criteria)) for code, message, criteria in reasons]),
        tuple([ExceptionSeen(id_, state, said, tuple(of), at) for id_, state, said, of, at in exceptions]),
        tuple([NotBinding(*one) for one in not_binding]),
        wrong_signatures,
    )


def _needy(name: str, owner: str, found: list[list[Any]], works: Sequence[str], known: _Works) -> Needy:
    needs = [
        Need(
            known.work(works[at], owner if who is None else who),
            (),
            excusable,
            recovers,
            tuple([(_WAYS[way], by) for way, by in options]) if options else (),
        )
        for at, who, excusable, recovers, options in found
    ]
    return name, tuple(needs)


def _work(  # noqa: PLR0913, PLR0917 - the fields of a piece of work, in order
    kind: str,
    about: list[str],
    owner: str,
    heading: str,
    title: str,
    text: str,
    effort: str,
    criteria: list[str],
    detail: str,
    roles: list[str],
    comes_last: bool,  # noqa: FBT001 - likewise
) -> Work:
    return Work(
        _KINDS[kind],
        tuple(about),
        owner,
        heading,
        title,
        text,
        _EFFORTS[effort],
        tuple(criteria),
        detail,
        tuple(roles),
        comes_last,
    )


_VERDICTS = {str(one): one for one in ServiceVerdict}
_STANDINGS = {str(one): one for one in Standing}
_STATES = {str(one): one for one in GateStatus}
_KINDS = {str(one): one for one in ActionKind}
_EFFORTS = {str(one): one for one in Effort}
_WAYS = {str(one): one for one in Way}
