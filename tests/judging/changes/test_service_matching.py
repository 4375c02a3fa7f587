"""Which service is which of another state."""

from builders.judging import service
from gatekeeper.judging.changes.service_matching import ServiceMatching, match_services
from gatekeeper.model.service import Service


def named(*services: Service) -> dict[str, Service]:
    return {one.service: one for one in services}


def test_services_are_paired_by_name() -> None:
    found = match_services(
        named(service(), service(service="old")), named(service(owner="t"), service(service="new", owner="x"))
    )
    assert found == ServiceMatching({"shop": "shop"}, ("new",), ("old",))


def test_a_service_that_promises_the_same_under_another_name_is_renamed() -> None:
    found = match_services(named(service()), named(service(service="till", level="L1")))
    assert found == ServiceMatching({"till": "shop"}, (), ())


def test_what_promises_less_is_not_renamed_but_removed() -> None:
    found = match_services(
        named(service()), named(service(service="till", plan="{M0: {level: L1, gates: {}}}"))
    )
    assert found == ServiceMatching({}, ("till",), ("shop",))


def test_where_two_could_be_meant_neither_is() -> None:
    found = match_services(named(service()), named(service(service="a"), service(service="b")))
    assert found == ServiceMatching({}, ("a", "b"), ("shop",))
    found = match_services(named(service(service="a"), service(service="b")), named(service()))
    assert found == ServiceMatching({}, ("shop",), ("a", "b"))
