"""Actions in words and by owner."""

from datetime import date

import gatekeeper
from builders.workspaces import ROOT
from gatekeeper.model.action import Action
from gatekeeper.reporters.wording.actions import by_owner, named, remarks


def of_reference() -> tuple[gatekeeper.Verdict, tuple[Action, ...]]:
    verdict = gatekeeper.open(ROOT).judge("M3", as_of=date(2026, 11, 20))
    return verdict, verdict.actions


def test_the_part_of_each_owner_is_that_of_the_action() -> None:
    _, actions = of_reference()
    # Two teams own several services each, and one service depends on another team's.
    teams = {"team-media": "team-sync", "team-search": "team-sync"}
    shared = []
    for action in actions:
        shares = tuple(one._replace(owner=teams.get(one.owner, one.owner)) for one in action.shares)
        other = shares[0]._replace(owner="team-other")
        shared.append(action._replace(shares=(*shares, other)))
    found = {of.owner: list(of.actions) for of in by_owner(shared)}
    for owner, parts in found.items():
        assert parts == [part for action in shared if (part := action.of_owners([owner]))]


def test_many_names_are_counted() -> None:
    assert named(["shop"], "service") == "shop"
    assert named(["shop", "cart"], "service") == "shop, cart"
    assert named(["a", "b", "c"], "service") == "3 services"


def test_remarks_count_what_differs_between_services() -> None:
    verdict, actions = of_reference()
    said = {action.id: remarks(action, verdict.result) for action in actions}
    assert said["map:api"] == ["medium work", "answers 7 criteria in each of 17 services"]
    assert said["map:slos"] == ["medium work", "answers 37 criteria in 19 services"]
    assert said["map:alerts"] == ["small work", "answers G6.alerts in 18 services"]
    signature = next(action for action in actions if action.comes_last)
    assert remarks(signature, verdict.result)[1] == f"for {len(signature.services)} services"


def test_an_action_may_unblock_some_of_its_services() -> None:
    verdict, (action, *_) = of_reference()
    shares = list(action.shares)
    shares[:3] = [share._replace(finishes=True) for share in shares[:3]]
    some = action._replace(shares=tuple(shares))
    assert remarks(some, verdict.result)[-1] == "unblocks 3 of them"
    two = action._replace(shares=(shares[0], *action.shares[1:3]))
    assert remarks(two, verdict.result)[-1] == f"unblocks {shares[0].service}"
    every = action._replace(shares=tuple(shares[:3]))
    assert remarks(every, verdict.result)[-1] == "unblocks them"
