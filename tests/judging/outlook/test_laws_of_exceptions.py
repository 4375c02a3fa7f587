"""Laws of exceptions: to deliver never blocks, and to remove or close an entry never helps."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import assume, event, given
from hypothesis import strategies as st

from builders.any_exceptions import any_workspaces, excepted
from builders.any_names import Built
from builders.judging import AS_OF
from builders.work import delivered, signed_off, with_
from gatekeeper.judging.outlook.deploy_gate import may_ship
from gatekeeper.judging.plans.cells import resolve
from gatekeeper.judging.verdicts.case import Case
from gatekeeper.judging.verdicts.services import judge_service
from gatekeeper.judging.verdicts.sign_off_preview import preview_sign_off
from gatekeeper.model.milestone import ExitRecord, RegisteredException
from gatekeeper.model.roadmap import Roadmap
from gatekeeper.model.rule import SIGN_OFF_PREFIX
from gatekeeper.model.shipping import Shipping
from gatekeeper.model.status import ServiceVerdict
from gatekeeper.model.verdict import ServiceResult

pytestmark = pytest.mark.long

Entries = Sequence[RegisteredException]


def judged(one: Case, milestone: str, entries: Entries) -> ServiceResult:
    result = judge_service(one, milestone, entries)
    assert result
    return result


def answers(one: Case, entries: Entries) -> list[Shipping]:
    """Return the answers for all destinations."""
    return [may_ship(one, place, entries) for place in one.rulebook.destinations]


def closed(entry: RegisteredException, days: int = 0) -> RegisteredException:
    return entry.model_copy(update={"closed": AS_OF + timedelta(days=days)})


def exited(one: Case, *milestones: str) -> Case:
    """Return a service after these milestones have exited."""
    exits = {AS_OF: ExitRecord(by="x")}
    return one._replace(
        roadmap=Roadmap(
            (name, of.model_copy(update={"exits": exits}) if name in milestones else of)
            for name, of in one.roadmap.items()
        )
    )


def excepted_one(drawn: tuple[Built, str]) -> tuple[Case, str, Entries]:
    built, milestone = drawn
    [one] = built.cases
    return one, milestone, built.entries(one.service.service)


def in_random_order(draw: Any, names: Iterable[str]) -> list[str]:
    return list(draw(st.permutations(list(dict.fromkeys(names)))))


@given(excepted(), st.data())
def test_delivering_what_an_exception_covers_blocks_nothing(drawn: tuple[Built, str], data: Any) -> None:
    """Whatever is delivered in whatever order, up to all of it and the sign-off."""
    one, milestone, entries = excepted_one(drawn)
    assume(judged(one, milestone, entries).verdict is not ServiceVerdict.BLOCKED)
    may = [answer.may_ship for answer in answers(one, entries)]
    delta = [name for entry in entries for name in entry.delta if not name.startswith(SIGN_OFF_PREFIX)]
    event(f"delta of {len(delta)}")
    for name in in_random_order(data.draw, delta):
        one = delivered(one, name, milestone)
        result = judged(one, milestone, entries)
        assert result.verdict is not ServiceVerdict.BLOCKED, (name, result.reasons)
        now = [answer.may_ship for answer in answers(one, entries)]
        assert all(after or not before for before, after in zip(may, now, strict=True)), name
    excuse = one.rulebook.exceptions.excuse
    if not preview_sign_off(one, excuse).open:
        level = excuse.id
        one = with_(signed_off(one, level), level=level)
        assert judged(one, milestone, entries).verdict is not ServiceVerdict.BLOCKED
        reached = [a for a in answers(one, entries) if a.asked_level <= excuse]
        assert all(answer.may_ship for answer in reached)


def _removals(one: Case, entries: Entries) -> None:
    before = answers(one, entries)
    for entry in entries:
        others = [other for other in entries if other is not entry]
        for was, now in zip(before, answers(one, others), strict=True):
            assert was.may_ship or not now.may_ship, (entry.id, was.reasons)


@given(any_workspaces())
def test_deleting_an_entry_lets_no_service_ship(built: Built) -> None:
    for one in built.cases:
        _removals(one, built.entries(one.service.service))


@given(excepted(), st.data())
def test_deleting_an_entry_of_a_service_that_ships_by_it_does_not_help(
    drawn: tuple[Built, str], data: Any
) -> None:
    """Whatever has exited, was delivered or signed, and whenever the entries were opened and closed."""
    one, milestone, entries = excepted_one(drawn)
    names = list(one.roadmap)
    one = exited(one, *names[: data.draw(st.integers(0, len(names)))])
    near = (milestone, one.roadmap.before(milestone), one.roadmap.after(milestone))
    opened_in = st.sampled_from([name for name in near if name in names[:-1]])
    entries = [entry.model_copy(update={"opened_in": data.draw(opened_in)}) for entry in entries]
    what = data.draw(st.sampled_from(["nothing", "close", "deliver", "sign", "sign and deliver"]))
    if what == "close":
        entries = [*map(closed, entries[:1]), *entries[1:]]
    if "deliver" in what:
        for name in entries[0].delta:
            one = delivered(one, name, milestone)
    if "sign" in what:
        one = signed_off(one, one.rulebook.exceptions.excuse.id)
    _removals(one, entries)


@given(st.one_of(excepted().map(lambda drawn: drawn[0]), any_workspaces()))
def test_once_due_a_service_below_the_level_ships_only_by_open_entries(built: Built) -> None:
    for one in built.cases:
        entries = built.entries(one.service.service)
        excuse = one.rulebook.exceptions.excuse
        cells = resolve(one.service, one.rulebook.scale)
        due = [m for m, cell in cells.items() if cell.level >= excuse and one.roadmap.has_exited(m, AS_OF)]
        ahead = preview_sign_off(one, excuse)
        if not due or min(ahead.verified, ahead.signed) >= excuse:
            continue
        covered = {name for entry in entries if _is_open(entry, one) for name in entry.delta}
        lacking = {result.rule.id for result in ahead.open}
        for answer in answers(one, entries):
            event(f"ships: {answer.may_ship}")
            if answer.may_ship:
                assert lacking <= covered
                assert any(_is_open(entry, one) for entry in entries)
                assert not ahead.dead_gates


def _is_open(entry: RegisteredException, one: Case) -> bool:
    """Whether an entry is open and the milestone after its own has not exited."""
    later = one.roadmap.since(entry.opened_in)[1:]
    return (
        entry.opened_on <= AS_OF
        and (entry.closed is None or entry.closed > AS_OF)
        and not any(one.roadmap.has_exited(name, AS_OF) for name in later)
    )


@given(excepted())
def test_a_closed_entry_is_like_none_and_one_that_closes_later_like_an_open_one(
    drawn: tuple[Built, str],
) -> None:
    one, milestone, entries = excepted_one(drawn)
    gone, later = [closed(entry) for entry in entries], [closed(entry, 1) for entry in entries]
    for those, like in ((gone, []), (later, entries)):
        ours, theirs = answers(one, those), answers(one, like)
        assert [answer.reasons for answer in ours] == [answer.reasons for answer in theirs]
        assert judged(one, milestone, those).reasons == judged(one, milestone, like).reasons


@given(excepted())
def test_once_its_time_is_over_an_entry_covers_nothing(drawn: tuple[Built, str]) -> None:
    one, milestone, entries = excepted_one(drawn)
    following = one.roadmap.after(milestone)
    assert following
    one = exited(one, milestone, following)
    ahead = preview_sign_off(one, one.rulebook.exceptions.excuse)
    holds = min(ahead.verified, ahead.signed) >= one.rulebook.exceptions.excuse
    assert not holds
    assert not any(answer.may_ship for answer in answers(one, entries))
    cell = resolve(one.service, one.rulebook.scale).get(following)
    if cell and cell.level >= one.rulebook.exceptions.excuse:
        assert judged(one, following, entries).verdict is ServiceVerdict.BLOCKED
