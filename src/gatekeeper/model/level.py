"""Levels: who may use a service (section 1 of a readiness document)."""

from enum import IntEnum
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema


class Level(IntEnum):
    """L0 (not started) to L4 (GA-grade), ordered."""

    L0 = 0
    L1 = 1
    L2 = 2
    L3 = 3
    L4 = 4

    def __str__(self) -> str:
        return self.name


def parse_level(written: object) -> Level:
    """Return the level written as `L0` to `L4`.

    Raises:
        ValueError: It is not a level.
    """
    if isinstance(written, str) and written in Level.__members__:
        return Level[written]
    raise ValueError(f"{written!r} is not a level; write one of L0, L1, L2, L3, L4")


LevelName = Annotated[
    Level,
    BeforeValidator(parse_level),
    PlainSerializer(str),
    WithJsonSchema({"type": "string", "enum": list(Level.__members__)}),
]
