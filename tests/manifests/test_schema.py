"""Schemas of manifests, for editors."""

import pytest

from gatekeeper.manifests.schema import MODELS, schema


@pytest.mark.parametrize("name", MODELS)
def test_every_field_says_what_it_means(name: str) -> None:
    described = schema(name)
    parts = {name: described, **described.get("$defs", {})}
    silent = [
        f"{part}.{field}"
        for part, definition in parts.items()
        for field, shape in definition.get("properties", {}).items()
        if not shape.get("description", "").endswith((".", ":"))
    ]
    assert silent == []
    assert all(part.get("description") for part in parts.values())
