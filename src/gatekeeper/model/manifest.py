"""The base of all manifest models: frozen, closed, and strict about dates and flags."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints


class Manifest(BaseModel):
    """A part of a file that users write; unknown keys are errors."""

    # Building is deferred because most commands need only some of the models.
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d")


def _day(written: object) -> date:
    if isinstance(written, str) and _DAY.fullmatch(written):
        return date.fromisoformat(written)
    raise ValueError(f"{written!r} is not a date; write it as 2026-11-02")


def _moment(written: object) -> datetime:
    if isinstance(written, str) and _MOMENT.match(written):
        moment = datetime.fromisoformat(written)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    raise ValueError(f"{written!r} is not a time; write it as 2026-11-02T10:00:00Z")


def _whole_number(written: object) -> int:
    if isinstance(written, int) and not isinstance(written, bool) and written > 0:
        return written
    raise ValueError(f"{written!r} is not a number of days; write a whole number above 0")


def _number(written: object) -> float:
    if isinstance(written, int | float) and not isinstance(written, bool):
        return written
    raise ValueError(f"{written!r} is not a number")


SHORTEST_COMMIT = 7
"""The digits of the shortest abbreviated commit id; a shorter one would match many commits."""

_COMMIT = rf"^[0-9A-Fa-f]{{{SHORTEST_COMMIT},64}}$"


def _commit(written: str) -> str:
    if re.fullmatch(_COMMIT, written):
        return written
    raise ValueError(f"{written!r} is not a commit id; write at least {SHORTEST_COMMIT} of its digits")


def short_form(key: str) -> Callable[[Any], Any]:
    """Return a validator that turns a string into a mapping with `key` alone."""

    def expand(written: Any) -> Any:
        return {key: written} if isinstance(written, str) else written

    return expand


Day = Annotated[date, BeforeValidator(_day, json_schema_input_type=str)]
"""A calendar day, `2026-11-02`."""
Moment = Annotated[datetime, BeforeValidator(_moment, json_schema_input_type=str)]
"""A point in time, `2026-11-02T10:00:00Z`, or with a space for the `T`; without a zone it is UTC."""
Commit = Annotated[str, AfterValidator(_commit), Field(json_schema_extra={"pattern": _COMMIT})]
"""A Git commit id, `5b1c7e9` or longer."""
Days = Annotated[int, BeforeValidator(_whole_number, json_schema_input_type=int)]
"""A number of days above 0."""
Number = Annotated[float | int, BeforeValidator(_number, json_schema_input_type=float)]
Words = Annotated[str, StringConstraints(min_length=1, pattern=r"\S")]
"""Text for people; not blank."""
Signature = Annotated[str, StringConstraints(min_length=1, max_length=20_000)]
"""A signature as text: `ssh:...`, `dsse:...`, or the armoured block that `ssh-keygen -Y sign` writes."""
NAME = r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}"
Name = Annotated[str, StringConstraints(pattern=rf"^{NAME}$")]
"""A name that is safe as a file name and on a screen."""
ID = r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}"
"""The pattern of ids that a workspace chooses for its milestones, levels and gates."""
MilestoneId = Annotated[str, StringConstraints(pattern=rf"^{ID}$")]
LevelId = Annotated[str, StringConstraints(pattern=rf"^{ID}$")]
GateId = Annotated[str, StringConstraints(pattern=rf"^{ID}$")]
