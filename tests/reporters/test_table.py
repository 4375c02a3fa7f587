"""The screen of `check` with many services: the worst are listed, all are counted, and no sentence is repeated."""

import pytest

from builders.reports import SCREEN, pilot
from gatekeeper.model.listing import Listing
from gatekeeper.model.report import Report
from gatekeeper.model.verdict import Reason, ServiceResult
from gatekeeper.reporters import table


def named(result: ServiceResult, name: str) -> ServiceResult:
    return result._replace(service=result.service.model_copy(update={"service": name}))


def many(count: int) -> Report:
    """Return the pilot's M1 with a regression, an unsigned upgrade, and many services that are not there yet."""
    report = pilot("M1")
    by_name = {of.service.service: of for of in report.result.services}
    rest = [named(by_name["orders-service"], f"orders-{n:03}") for n in range(count - 2)]
    lost, unsigned = by_name["notifications-service"], by_name["catalogue-service"]
    return report._replace(result=report.result._replace(services=(*rest, lost, unsigned)))


def rows(text: str) -> list[str]:
    return [line.split()[1] for line in text.splitlines() if "→L2" in line]


def test_the_worst_services_are_listed_and_the_rest_is_counted() -> None:
    text = table.render(many(60), SCREEN)
    assert rows(text)[:3] == ["notifications-service", "catalogue-service", "orders-000"]
    assert len(rows(text)) == table.MOST_ROWS
    assert "is blocked by 60 of 60 services." in text
    assert (
        "20 more services, 20 of them blocked: narrow with --owner or --service, or list --all"
        in " ".join(text.split())
    )
    assert text.split("open in total")[1].split()[:2] == ["58", "58"]


def test_all_services_are_listed_on_demand() -> None:
    text = table.render(many(60), SCREEN._replace(listing=Listing(everything=True)))
    assert len(rows(text)) == 60
    assert "more service" not in text


@pytest.mark.parametrize("count", [3, 40])
def test_a_reason_that_services_share_is_said_once(count: int) -> None:
    report = many(count)
    shared = Reason("unsigned-upgrade", "it claims L2 and is signed off for L1 only")
    services = tuple(of._replace(reasons=(shared, *of.reasons)) for of in report.result.services)
    text = table.render(report._replace(result=report.result._replace(services=services)), SCREEN)
    assert " ".join(text.split()).count(shared.message) == min(count, 2), "and once for what is lost"


def test_what_is_open_besides_gates_is_summed_where_it_does_not_fit() -> None:
    lines = table.render(many(3), SCREEN._replace(width=60)).splitlines()
    [heading] = [line for line in lines if line.startswith("  service")]
    assert heading.split()[-2:] == ["G8", "rest"]
    [orders] = [line for line in lines if "orders-000" in line]
    assert orders.split()[-1] == "4", "a capability and three sign-offs"
    narrow = table.render(many(3), SCREEN._replace(width=40))
    assert "orders-000            L1→L2    6" in narrow
