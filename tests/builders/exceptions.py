"""A service with an exception in the risk register."""

from builders.judging import attested, service, signed
from gatekeeper.model.service import Service

PLAN = "{M0: {level: L3, gates: {}}, M1: {level: L4, adds: [b]}, M2: {level: L4}}"


WORDS = {"L1__scaffold": "ada owner", "G8__isolation": "cy security", "L4__capabilities": "bo architecture"}


ENTRY = """
id: RR-1
service: shop
delta: [{delta}]
risk: r
owner: o
approved_by: a
link: l
opened_in: {opened_in}
opened_on: {opened_on}
"""


EVERYTHING = "L4.capabilities, L4.chaos, 'capability:b'"


def entry(delta: str = EVERYTHING, opened_in: str = "M1", opened_on: str = "2026-11-01", **more: str) -> str:
    text = ENTRY.format(delta=delta, opened_in=opened_in, opened_on=opened_on)
    return text + "".join(f"{key}: {value}\n" for key, value in more.items())


def shop(level: str = "L3", **more: str) -> Service:
    given = {"plan": PLAN, "attestations": attested(**WORDS), "sign_offs": signed(level)}
    return service(**(given | more))
