"""`validate`: the mistakes in the manifests, as JSON; the command prints them as text itself."""

from collections.abc import Sequence

from pydantic_core import to_json

from gatekeeper.errors import Problem


def as_json(problems: Sequence[Problem], warnings: Sequence[Problem]) -> str:
    """Return the mistakes in a workspace, and its warnings, as JSON."""
    listed = {"errors": problems, "warnings": warnings}
    plain = {kind: [problem._asdict() for problem in found] for kind, found in listed.items()}
    return to_json({"schema_version": 1, **plain}, indent=2).decode() + "\n"
