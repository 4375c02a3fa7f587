"""`--format badge-json`: what Shields accepts of an endpoint, whatever the names."""

import json
from typing import Any

import pytest
from hypothesis import given
from jsonschema import Draft202012Validator

from builders.hostile import HOSTILE, TEXTS
from builders.reports import SCREEN, hostile, nothing_in_scope, pilot
from gatekeeper.model.report import Filter, Report
from gatekeeper.reporters import REPORTERS, badge_json

# shields.io/badges/endpoint-badge: the table "Schema". Unknown keys are refused.
SHIELDS = Draft202012Validator(
    {
        "type": "object",
        "required": ["schemaVersion", "label", "message"],
        "additionalProperties": False,
        "properties": {
            "schemaVersion": {"const": 1},
            "label": {"type": "string"},
            "message": {"type": "string", "minLength": 1},
            "color": {"type": "string", "pattern": "^#[0-9a-f]{6}$"},
            "labelColor": {"type": "string"},
            "isError": {"type": "boolean"},
            "namedLogo": {"type": "string"},
            "logoSvg": {"type": "string"},
            "logoColor": {"type": "string"},
            "logoSize": {"type": "string"},
            "style": {"type": "string"},
            "cacheSeconds": {"type": "integer", "minimum": 0},
        },
    }
)


def badge(report: Report) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(badge_json.render(report, SCREEN))
    SHIELDS.validate(found)
    return found


@pytest.mark.parametrize(
    ("report", "label", "message", "is_error"),
    [
        (pilot("M0"), "M0", "✓ 2 of 2 ready", False),
        (pilot("M3"), "M3", "~ 0 of 1 ready, 1 by exception", False),
        (pilot("M1"), "M1", "✗ blocked by 3 of 4", True),
        (nothing_in_scope(), "M1", "✗ blocked: no service is in scope", True),
        (pilot("M1")._replace(filter=Filter(owners=("team-a",))), "M1 team-a", "✗ blocked by 3 of 4", True),
    ],
)
def test_a_badge_says_the_verdict(report: Report, label: str, message: str, *, is_error: bool) -> None:
    found = badge(report)
    assert (found["label"], found["message"], found["isError"]) == (label, message, is_error)


def test_each_verdict_has_a_colour() -> None:
    assert len({badge(pilot(milestone))["color"] for milestone in ("M0", "M1", "M3")}) == 3


@HOSTILE
@given(texts=TEXTS)
def test_shields_accepts_it_whatever_the_names(texts: list[str]) -> None:
    found = badge(hostile(pilot("M1"), texts))
    assert (found["label"] + found["message"]).isprintable()


def test_its_name_has_a_hyphen() -> None:
    assert REPORTERS.find("badge-json") is badge_json
    assert REPORTERS.find("badge_json") is None
