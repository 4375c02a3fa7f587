"""Identifiers in hexadecimal and times in microseconds, as Zipkin and Jaeger write them."""

import re

from gatekeeper.collectors.reading.figures import amount, shown
from gatekeeper.model.evidence import Unreadable

_HEX = re.compile(r"[0-9a-fA-F]+")
TRACE_DIGITS, SPAN_DIGITS = 32, 16
LONGEST_NAME = 200
"""Every finding about a span contains the name of its service, so its length is limited."""
KINDS = ("SERVER", "CLIENT", "PRODUCER", "CONSUMER", "INTERNAL")
DROPPED = "otel.dropped_attributes_count"
"""The attribute in which exporters of OpenTelemetry say that others were dropped."""


def identifier(value: object, digits: int, name: str) -> str | None:
    """Return an identifier in lower case with leading zeros; None if it is missing or all zero.

    Raises:
        Unreadable: It is not hexadecimal, or has more digits.
    """
    if value is None or value == "":
        return None
    if not isinstance(value, str) or not _HEX.fullmatch(value) or len(value) > digits:
        raise Unreadable(f"{name} of a span is {shown(value)}, not an identifier of {digits} digits")
    return value.lower().zfill(digits) if value.strip("0") else None


def named(value: str | None, name: str) -> str:
    """Return an identifier that a span must have; `Unreadable` without it."""
    if value is None:
        raise Unreadable(f"a span has no {name}")
    return value


def nanoseconds(microseconds: object, name: str) -> int:
    """Return a time that is written in microseconds in nanoseconds; 0 if it is missing."""
    return 0 if microseconds is None else int(amount(microseconds, f"{name} of a span") * 1000)


def ended(starts: int, duration: int) -> int:
    """Return when a span ended; 0 if its start is not known."""
    return starts + duration if starts else 0
