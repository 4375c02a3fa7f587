"""`validate`: the mistakes in the manifests, as JSON; the command prints them as text itself."""

from collections.abc import Sequence

from pydantic_core import to_json

from gatekeeper.errors import Problem


def as_json(problems: Sequence[Problem]) -> str:
    """Return the mistakes in a workspace as JSON."""
    listed = [problem._asdict() for problem in problems]
    return to_json({"schema_version": 1, "errors": listed}, indent=2).decode() + "\n"
