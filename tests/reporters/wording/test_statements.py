"""Statements of people in words."""

from datetime import date

from gatekeeper.model.statement import Act, Statement
from gatekeeper.reporters.wording.statements import counted_statements

DAY = date(2026, 11, 18)


def test_statements_are_counted_with_the_services_that_exceptions_are_of() -> None:
    of_shop, of_cart = (
        Statement(Act.EXCEPTION, {"exception": name}, {"service": service}, "dana", DAY, None, None)
        for name, service in (("RR-1", "shop"), ("RR-2", "cart"))
    )
    about = {"service": "shop", "level": "L2", "role": "owner"}
    sign_off = Statement(Act.SIGN_OFF, about, {}, "dana", DAY, "owner", None)
    told = counted_statements([of_shop, of_cart, sign_off])
    assert told == "2 approvals of exceptions, 1 sign-off in 2 services"
