"""Rows of shards come back from the cache as they were, and are the same on every day that they hold."""

import json
import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.drawn_changes import base
from builders.in_memory import ROOT, Files, MemoryTree, Op, changed
from builders.small_workspaces import MILESTONES
from builders.whats_open import DAY, memoised
from gatekeeper.cache import current
from gatekeeper.errors import Problem
from gatekeeper.evidence.kept_facts import is_same
from gatekeeper.judging.outlook.validity import ALWAYS, Validity
from gatekeeper.model.verdict import Reason
from gatekeeper.workspace import kept_rows
from gatekeeper.workspace.kept_parts import content_of_all, parts_of
from gatekeeper.workspace.kept_rows import encoded, period
from gatekeeper.workspace.shard_judging import judge_shard, share
from gatekeeper.workspace.shard_rows import ShardRequest, ShardRows
from gatekeeper.workspace.shards import open_shared

TELLING = (1, 7, 9, 13, 31)
"""Seeds of workspaces with exceptions, milestones that have exited, or words that count days."""
SEEDS = [
    TELLING,
    *(pytest.param(range(n, n + 10), marks=pytest.mark.long) for n in range(0, 200, 10)),
]


def judged(
    files: Files, of: Random, most_days: int
) -> Iterator[tuple[date, str, tuple[str, ...], ShardRows]]:
    """Yield the rows of each service of a workspace at each milestone, on some days near those that matter."""
    shared = open_shared(Path(ROOT), MemoryTree(files))
    run = f"run {id(files)}"
    share(run, shared)
    told = sorted(set(map(date.fromisoformat, re.findall(r"2026-\d\d-\d\d", str(files)))))
    requests = [(at, (name,)) for at in MILESTONES for name in shared.names()]
    for at, services in requests:
        days = {DAY, DAY + timedelta(days=of.randrange(-200, 200))}
        left = list(days)
        while left:
            day = left.pop()
            (rows,) = judge_shard(ShardRequest(ROOT, run, at, day, (services,)))
            yield day, at, services, rows
            first, end = rows.holds
            near = [of.choice(told) + timedelta(days=of.choice((-1, 0, 1))) for _ in range(2)]
            near += [day + timedelta(days=of.choice((-40, -9, -1, 1, 2, 30, 60)))]
            near += [first, first - timedelta(days=1)] if first else []
            near += [end, end - timedelta(days=1)] if end else []
            for one in near:
                if one not in days and len(days) < most_days:
                    days.add(one)
                    left.append(one)


def with_late_exceptions(files: Files, of: Random) -> Files:
    """Return files whose exceptions open, and milestones exit, near the days that are tried."""
    ops = []
    for name, content in files.items():
        if name.startswith("milestones/risk-register/"):
            ops.append(Op(name, ("opened_on",), str(DAY + timedelta(days=of.randrange(-30, 30)))))
            if of.random() < 0.4:
                ops.append(Op(name, ("closed",), str(DAY + timedelta(days=of.randrange(30, 60)))))
        elif name.startswith("milestones/") and content.get("exited"):
            days = sorted(content["exited"])
            later = {
                str(date.fromisoformat(day) + timedelta(days=of.randrange(9))): content["exited"][day]
                for day in days
            }
            ops.append(Op(name, ("exited",), later))
    return changed(files, ops)


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[None]:
    """Keep rows: only then are the days found on which they hold."""
    current.use(lambda: tmp_path / "cache")
    yield
    current.use()


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize("seeds", SEEDS, ids=str)
def test_a_row_is_the_same_on_every_day_that_it_holds(seeds: Sequence[int]) -> None:
    compared = several = 0
    with memoised():
        for seed in seeds:
            of = Random(seed)  # noqa: S311
            files = base(seed).files
            files = with_late_exceptions(files, of) if seed % 2 else files
            by_service: dict[object, list[tuple[date, ShardRows]]] = {}
            for day, at, services, rows in judged(files, of, 10):
                by_service.setdefault((at, services), []).append((day, rows))
            for found in by_service.values():
                several += len({str(rows) for _, rows in found}) > 1
                for day, rows in found:
                    assert rows.holds.has(day)
                    for other, then in found:
                        if day != other and rows.holds.has(other):
                            compared += 1
                            assert rows._replace(holds=ALWAYS) == then._replace(holds=ALWAYS), (
                                seed,
                                day,
                                other,
                            )
    assert compared > 10 * len(seeds)
    assert several > len(seeds)


def again(rows: ShardRows) -> ShardRows:
    """Return rows as the next run finds them."""
    return kept_rows.decoded(json.loads(encoded(rows)), rows.state, kept_rows._Works())


def as_kept(rows: ShardRows) -> ShardRows:
    """Return what is kept of rows: not what they were made of, nor what needs answer elsewhere."""
    needy = tuple((name, tuple(need._replace(questions=()) for need in needs)) for name, needs in rows.needy)
    return rows._replace(needy=needy)


@pytest.mark.parametrize("seeds", SEEDS[:5], ids=str)
def test_rows_come_back_as_they_were(seeds: Sequence[int]) -> None:
    needed = 0
    with memoised():
        for seed in seeds:
            for _, _, _, rows in judged(base(seed).files, Random(seed), 2):  # noqa: S311
                found = again(rows)
                expected = as_kept(rows)
                assert found == expected
                assert is_same(found.rows, expected.rows)
                assert is_same(found.needy, expected.needy)
                assert is_same(found.measured, rows.measured)
                assert is_same(found.claims, rows.claims)
                assert is_same(found.warnings, rows.warnings)
                assert [type(one) for one in found.needy] == [tuple] * len(rows.needy)
                assert encoded(found) == encoded(rows)
                needed += sum(len(needs) for _, needs in rows.needy)
    assert needed


ODD = ["", "\0", "a\0b", "\udcff", "\ud800", "é", "\U0001f600", '"\\', "\u2028", "x" * 300]


def blocked_row(name: str) -> ShardRows:
    """Return the rows of a blocked service of the first base."""
    for seed in range(20):
        for _, _, _, rows in judged(base(seed).files, Random(seed), 1):  # noqa: S311
            if rows.needy and rows.rows[0].reasons:
                (row, *_), ((_, needs), *_) = rows.rows, rows.needy
                reason = Reason("code", f"why {name}", (name,))
                work = needs[0].work._replace(about=(name,), text=name, detail=name)
                return rows._replace(
                    rows=(row._replace(name=name, owner=name, reasons=(reason,)),),
                    needy=((name, (needs[0]._replace(work=work), *needs[1:])),),
                    claims={name: ((name, name),)},
                    warnings=(Problem(name, 1, 2, name),),
                )
    raise AssertionError("no base is blocked")


@pytest.mark.parametrize("name", ODD, ids=ascii)
def test_odd_names_come_back_as_they_were(name: str) -> None:
    rows = blocked_row(name)
    assert again(rows) == as_kept(rows)


days = st.none() | st.dates(date(2026, 1, 1), date(2026, 1, 9))
periods = st.builds(Validity, days, days)


@given(periods, periods, st.dates(date(2025, 12, 30), date(2026, 1, 12)))
def test_a_day_is_in_both_periods_if_it_is_in_each(one: Validity, other: Validity, day: date) -> None:
    assert one.within(other).has(day) == (one.has(day) and other.has(day))
    assert one.within(ALWAYS) == one == ALWAYS.within(one)
    kept = json.loads(json.dumps([[end and end.isoformat() for end in one]]))
    assert period(kept) == one


names = st.sets(st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1), max_size=200)


@given(names.map(sorted))
def test_each_service_is_in_one_part(found: list[str]) -> None:
    by_part = parts_of(found)
    assert sorted(name for part in by_part for name in part) == found
    assert all(by_part)
    assert parts_of(found) == by_part


@given(st.integers(100, 4000))
def test_parts_have_few_services(number: int) -> None:
    sizes = [len(part) for part in parts_of([f"service-{n}" for n in range(number)])]
    assert max(sizes) < 40
    assert 1 < number / len(sizes) < 17


def test_the_content_of_all_is_unknown_if_one_is() -> None:
    assert content_of_all("a", ["b", None]) is None
    assert content_of_all(None, []) is None
    assert content_of_all("a", ["b", "c"]) != content_of_all("a", ["c", "b"]) is not None
