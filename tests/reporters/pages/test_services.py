"""Services over all milestones: their order in the index, what is open, and what depends on what."""

from datetime import date
from functools import cache

from builders.workspaces import PILOT
from gatekeeper.model.overview import Overview
from gatekeeper.reporters.pages.services import by_service, dependants, listed, most_open
from gatekeeper.reporters.views import site
from gatekeeper.workspace.loading import open_workspace
from gatekeeper.workspace.overview import overview

AS_OF = date(2026, 11, 20)


@cache
def pilot() -> Overview:
    opened = open_workspace(PILOT)
    return overview(opened, list(opened.manifests.milestones), AS_OF, None)


def test_services_are_listed_at_their_next_milestone_the_worst_first() -> None:
    found = listed(pilot(), by_service(pilot()), None)
    assert [(of.service.service, of.now.result.cell.milestone) for of in found if of.now] == [
        ("notifications-service", "M1"),
        ("catalogue-service", "M1"),
        ("basket-service", "M2"),
        ("orders-service", "M1"),
        ("ledger-service", "M2"),
        ("payments-service", "M1"),
    ]


def test_what_is_open_is_counted_by_group_and_found_by_id() -> None:
    [orders] = [
        of for of in listed(pilot(), by_service(pilot()), None) if of.service.service == "orders-service"
    ]
    assert orders.open == [("G1", 1), ("G7", 1), ("capabilities", 1), ("sign-offs", 3)]
    assert orders.open_ids == ["G1.coverage", "G7.peak-load", "capability:split-deliveries", "sign-off:L2"]


def test_a_service_without_a_judged_milestone_is_listed_last() -> None:
    found = pilot()
    less = found._replace(exits={"M0": found.exits["M0"]})
    last = listed(less, by_service(less), None)[-1]
    assert (last.now, last.open, last.open_ids) == (None, [], [])
    page = next(page.text for page in site.pages(less) if last.service.service in page.path)
    assert f"{last.service.service} is in no milestone" in page


def test_the_criteria_that_are_open_in_most_services_come_first() -> None:
    found = most_open(listed(pilot(), by_service(pilot()), None))
    assert [(of.rule.id, of.services) for of in found[:3]] == [
        ("G1.coverage", 2),
        ("G7.peak-load", 2),
        ("L2.use-cases", 2),
    ]
    assert [of.services for of in found] == sorted((of.services for of in found), reverse=True)


def test_dependencies_lead_both_ways() -> None:
    found = pilot()
    services = dict(found.services)
    needs = ("ledger-service",)
    services["orders-service"] = services["orders-service"].model_copy(update={"depends_on": needs})
    found = found._replace(services=services)
    assert dependants(found)["ledger-service"] == ["orders-service"]
    pages = {page.path: page.text for page in site.pages(found)}
    assert (
        '<a href="../services/orders-service.html">orders-service</a>'
        in pages["services/ledger-service.html"]
    )
    assert (
        '<a href="../services/ledger-service.html">ledger-service</a>'
        in pages["services/orders-service.html"]
    )
