"""Mistakes in what a case is given, by their path in it; the layers know in which file that is."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from gatekeeper.judging.places import Place
from gatekeeper.manifests.validation import flaws_of
from gatekeeper.model.manifest import Manifest
from gatekeeper.model.workspace import Mistake

M = TypeVar("M", bound=Manifest)
GIVEN = Place("")
"""The place of what a case is given, before its file is known."""


class WrongCase(Exception):  # noqa: N818 - an outcome rather than an error
    """A case cannot be judged; its mistakes have paths in what is given, and no file yet."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        super().__init__()
        self.mistakes = tuple(mistakes)


def validated(model: type[M], fields: Mapping[str, Any], place: Place) -> M:
    """Return the manifest of plain data, which is at a place of what is given.

    Raises:
        WrongCase: The data is not valid.
    """
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        flaws = flaws_of(error, model)
        raise WrongCase(
            Mistake("", (*place.path, *flaw.path), flaw.message, flaw.hint, flaw.of_key) for flaw in flaws
        ) from None
