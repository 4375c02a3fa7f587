"""What a case is given: its layers merged, the layer of a value found, and its mistakes reported."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple, TypeVar

from pydantic import ValidationError

from gatekeeper.judging.places import Place
from gatekeeper.manifests.validation import flaws_of
from gatekeeper.model.manifest import Manifest
from gatekeeper.model.workspace import Mistake

M = TypeVar("M", bound=Manifest)
GIVEN = Place("")
"""The place of what a case is given, before its file is known."""
Plain = Mapping[str, Any]

_WHOLE: Mapping[str, Collection[str]] = {"service": ("plan",), "services": ("plan",)}
"""By field of what is given: keys that are replaced instead of merged, because null has a meaning there."""


class Layer(NamedTuple):
    """A part of what is given, and its place in a file."""

    place: Place
    data: Plain


class Layers(NamedTuple):
    """Layers, lowest first, and what they give together."""

    layers: tuple[Layer, ...]
    merged: Plain

    def with_layer(self, place: Place, data: Plain) -> "Layers":
        """Return the layers with one more on top."""
        fields: Plain = {
            name: merge(self.merged.get(name), of, _WHOLE.get(name, ())) for name, of in data.items()
        }
        merged = {name: of for name, of in {**self.merged, **fields}.items() if of is not None}
        return Layers((*self.layers, Layer(place, data)), merged)

    def patches(self, *path: str) -> tuple[Plain, ...]:
        """Return what each layer says at a path, lowest first; unlike what is merged, null is kept."""
        found: list[Any] = [layer.data for layer in self.layers]
        for step in path:
            found = [of[step] for of in found if of.get(step)]
        return tuple(found)

    def find(self, path: tuple[str | int, ...]) -> Place:
        """Return the place of a value: in the topmost of the layers that say most of its path."""
        top = max(reversed(self.layers), key=lambda layer: _depth(layer.data, path))
        return Place(top.place.file, (*top.place.path, *path))


def merge(target: Any, patch: Any, whole: Collection[str] = ()) -> Any:
    """Return `target` patched as RFC 7386 says: mappings are merged, null removes, anything else replaces.

    Args:
        target: Plain data; it is not changed, and the result shares what the patch does not touch.
        patch: Plain data.
        whole: Keys, at any depth, whose values replace instead of being merged.
    """
    if not isinstance(patch, Mapping):
        return patch
    if not patch and isinstance(target, Mapping):
        return target
    merged = dict(target) if isinstance(target, Mapping) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = value if name in whole else merge(merged.get(name), value, whole)
    return merged


def _depth(data: Any, path: tuple[str | int, ...]) -> int:
    """Return how many steps of a path lead to something."""
    for depth, step in enumerate(path):
        in_mapping = isinstance(data, Mapping) and step in data
        if not in_mapping and not (isinstance(data, list | tuple) and step in range(len(data))):
            return depth
        data = data[step]
    return len(path)


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
