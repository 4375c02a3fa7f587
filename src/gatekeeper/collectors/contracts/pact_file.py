"""A Pact file: what one consumer expects of one provider.

Specification versions 1 to 4, https://github.com/pact-foundation/pact-specification: interactions are under
`interactions`, messages of version 3 under `messages`; `metadata` may be missing.
"""

from gatekeeper.collectors.contracts._parts import Interaction, Pact, name_of
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.figures import mapping, objects, shown, text
from gatekeeper.model.evidence import Origin, Unreadable
from gatekeeper.syntax.json import Json, Object

ABOUT = About(
    tool="Pact",
    seen="specification 1 to 4; pact-js 16.5",
    source="https://github.com/pact-foundation/pact-specification",
    command="the tests of the consumer: `new PactV4({dir: 'pacts'})` of pact-js, for instance",
    recognised="the keys `consumer` and `provider`, and `interactions` or `messages`",
    models="the two parties, and the interactions, of which some are messages",
    not_modelled="what an interaction asks and expects; the file proves nothing by itself",
)

_TYPES = ("Synchronous/HTTP", "Asynchronous/Messages", "Synchronous/Messages")


def recognises(content: Content) -> bool:
    """Return whether the file has the two parties and a list of interactions or messages."""
    return {"consumer", "provider"} <= content.fields.keys() and bool(_lists(content.fields))


def read(content: Content) -> Pact:
    """Return the names and the interactions."""
    pact = content.document.object
    interactions = tuple(
        Interaction(
            text(item.get("description"), f"{key}[{index}]: description"),
            (key, index),
            key == "messages" or _is_message(item.get("type", "Synchronous/HTTP")),
        )
        for key in _lists(pact)
        for index, item in enumerate(objects(pact[key], key))
    )
    origin = Origin("pact", producer=_producer(pact.get("metadata")), items=len(interactions))
    return Pact(content.document, _party(pact, "consumer"), _party(pact, "provider"), interactions, origin)


def _is_message(type_: Json) -> bool:
    if type_ not in _TYPES:
        raise Unreadable(f"an interaction has the type {shown(type_)}; known are {', '.join(_TYPES)}")
    return type_ != _TYPES[0]


def _producer(metadata: Json) -> str | None:
    """Return the library that wrote the file: `{"pact-js": {"version": "16.5.0"}}`."""
    for name, value in metadata.items() if isinstance(metadata, dict) else ():
        version = value.get("version") if isinstance(value, dict) else None
        if name != "pactSpecification" and isinstance(version, str):
            return f"{name} {version}"
    return None


def _lists(value: Object) -> list[str]:
    return [key for key in ("interactions", "messages") if key in value]


def _party(value: Object, role: str) -> str:
    return name_of(mapping(value[role], role), "name", f"{role}.")
