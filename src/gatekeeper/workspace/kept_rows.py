"""The rows of shards to JSON and back, and where the cache keeps them."""

import json
from collections.abc import Sequence
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
from gatekeeper.workspace.kept_parts import SHARED, SeenPart, SeenParts, content_of, content_of_all, name_of
from gatekeeper.workspace.shard_rows import Judges, ShardRequest, ShardRows, state_of
from gatekeeper.workspace.shards import SharedWorkspace

_TABLE = "services"


class KeptRows:
    """The rows that earlier runs have kept of shards, and those of this run to be kept."""

    def __init__(self, parts: SeenParts, shared: SharedWorkspace, milestone: str, as_of: date) -> None:
        self._parts = parts
        self._milestone = milestone
        self._as_of = as_of
        self._state = state_of(shared)
        self._content = shared.content
        self._contents: dict[str, str | None] = {}
        if shared.seen is not None:
            parts.keep(SHARED, shared.seen, shared.names())

    def judges(self, judges: Judges) -> Judges:
        """Return what judges only those shards whose rows are not kept, and keeps their rows."""

        def judge(requests: Sequence[ShardRequest]) -> list[ShardRows]:
            known = [None] * len(requests) if any(of.is_whole for of in requests) else self._find(requests)
            left = [request for request, rows in zip(requests, known, strict=True) if rows is None]
            new = iter(judges(left) if left else ())
            found = []
            for request, rows in zip(requests, known, strict=True):
                found.append(rows or self._keep(request, next(new)))
            return found

        return judge

    def state(self) -> str | None:
        """Return a digest of all that was read; None if that of a shard is unknown."""
        return content_of_all(self._content, self._contents.values())

    def _find(self, requests: Sequence[ShardRequest]) -> list[ShardRows | None]:
        names = [name_of(self._milestone, request.services) for request in requests]
        self._contents = dict.fromkeys(names)  # in this order, whatever is judged again
        parts = self._parts.unchanged(names)
        keys = {name: self._key(part) for name, part in parts.items()}
        values = self._parts.store.get(_TABLE, keys.values())
        found: list[ShardRows | None] = []
        for name in names:
            value = values.get(keys.get(name, ""))
            kept = None if value is None else json.loads(value)
            rows = decoded(kept, self._state) if kept and period(kept).has(self._as_of) else None
            if rows:
                self._contents[name] = parts[name].content
            found.append(rows)
        return found

    def _keep(self, request: ShardRequest, rows: ShardRows) -> ShardRows:
        if request.is_whole or not rows.is_valid:
            return rows
        name = name_of(self._milestone, request.services)
        if rows.seen is None or rows.shared != self._content:
            self._contents[name] = None
            return rows
        part = SeenPart(content_of(rows.seen))
        self._contents[name] = part.content
        self._parts.keep(name, rows.seen)
        self._parts.store.put(_TABLE, {self._key(part): encoded(rows)})
        return rows._replace(seen=None)

    def _key(self, part: SeenPart) -> str:
        return self._parts.key("rows", self._milestone, self._content or "", part.content)


def encoded(of: ShardRows) -> bytes:
    """Return the rows of a shard as they are kept; what was read for them is kept elsewhere."""
    works: dict[Work, int] = {}
    needy = [[name, [_plain_need(need, works) for need in found]] for name, found in of.needy]
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


def _plain_need(need: Need, works: dict[Work, int]) -> list[Any]:
    """Return a need without what it answers at other milestones, which is not compared here."""
    return [works.setdefault(need.work, len(works)), need.excusable, need.recovers, need.options]


def period(kept: Sequence[Any]) -> Validity:
    """Return the days on which kept rows hold; `kept` is the value of JSON."""
    first, end = kept[0]
    return Validity(first and date.fromisoformat(first), end and date.fromisoformat(end))


def decoded(kept: Sequence[Any], state: str) -> ShardRows:
    """Return the rows that `encoded` was given; `kept` is the value of JSON."""
    _, rows, works, needy, measured, claims, warnings = kept
    known = [_work(*one) for one in works]
    return ShardRows(
        state,
        tuple([_row(*one) for one in rows]),
        tuple([_needy(name, found, known) for name, found in needy]),
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


def _needy(name: str, found: list[list[Any]], works: Sequence[Work]) -> Needy:
    needs = [
        Need(works[at], (), excusable, recovers, tuple([(_WAYS[way], by) for way, by in options]))
        for at, excusable, recovers, options in found
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
