"""Ids with the names that people gave them, and how names of services are spelt: decided only here."""

import re

_SEPARATORS = str.maketrans("_. ", "---")
_SERVICE = re.compile(r"-?service$")


def titled(id_: str, name: str | None) -> str:
    """Return an id and its name for a heading, `2026Q4 Pilot customers`; just the id if both are equal."""
    return f"{id_} {name}" if _adds(id_, name) else id_


def labelled(id_: str, name: str | None) -> str:
    """Return an id and its name for a sentence, `2026Q4 (Pilot customers)`; just the id likewise."""
    return f"{id_} ({name})" if _adds(id_, name) else id_


def _adds(id_: str, name: str | None) -> bool:
    return name is not None and name.strip().casefold() != id_.casefold()


def service_key(name: str) -> str:
    """Return what all spellings of a service's name have in common: `Orders_Service` is `orders`."""
    folded = name.strip().casefold().translate(_SEPARATORS)
    return _SERVICE.sub("", folded) or folded
