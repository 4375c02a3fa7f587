"""Ids with the names that people gave them: the only place that decides how they are combined."""


def titled(id_: str, name: str | None) -> str:
    """Return an id and its name for a heading, `2026Q4 Pilot customers`; just the id if both are equal."""
    return f"{id_} {name}" if _adds(id_, name) else id_


def labelled(id_: str, name: str | None) -> str:
    """Return an id and its name for a sentence, `2026Q4 (Pilot customers)`; just the id likewise."""
    return f"{id_} ({name})" if _adds(id_, name) else id_


def _adds(id_: str, name: str | None) -> bool:
    return name is not None and name.strip().casefold() != id_.casefold()
