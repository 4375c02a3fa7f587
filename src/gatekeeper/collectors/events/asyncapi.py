"""AsyncAPI 2.x and 3.x.

https://www.asyncapi.com/docs/reference/specification/v3.1.0 and v2.6.0. The direction differs between the
versions. Version 2 describes an application from the outside: it *receives* the messages under `publish` and
sends the messages under `subscribe`. In version 3 the `action` of an operation is the application's own.
Replies do not count as events.

A subject is the address of a channel. In version 3 a channel may have no address, because it is known only at
run time; its name is the subject then. `x-consumers`, a list of services, is read from channels, operations,
messages and the whole document.
"""

from collections.abc import Iterator, Sequence

from gatekeeper.collectors.events._documents import Library
from gatekeeper.collectors.events._event import (
    Catalogue,
    Event,
    EventDocument,
    Message,
    all_consumers,
    consumers,
)
from gatekeeper.collectors.events._schemas import is_trivial
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.figures import shown
from gatekeeper.collectors.reading.node import Node
from gatekeeper.model.evidence import Absent, Origin

_CONSUMERS = "x-consumers"
_JSON_SCHEMAS = (
    "application/schema+json",
    "application/schema+yaml",
    "application/vnd.aai.asyncapi",
    "application/vnd.oai.openapi",
)
"""The beginnings of the schema formats that are JSON Schema or a superset of it."""


def recognises(content: Content) -> bool:
    """Return whether the document is an AsyncAPI document, not a part that one refers to."""
    return "asyncapi" in content.fields


def read(content: Content) -> EventDocument:
    """Return the document, to be read with the files that it refers to."""
    return EventDocument(Node.of(content.document), _catalogue)


def _catalogue(node: Node, library: Library) -> Catalogue:
    """Return what the application sends and receives."""
    version = node.object()["asyncapi"]
    major = str(version).partition(".")[0] if isinstance(version, str) else None
    if major not in ("2", "3"):
        raise node.flaw(f"has asyncapi: {shown(version)}; versions 2.x and 3.x are supported")
    channels = node.get("channels")
    if channels is None:
        raise node.flaw("has no channels")
    if not channels.object():
        raise Absent(f"{node.document.file}: there is no channel")
    reader = _Reader(library)
    operations = list(reader.version_2(channels) if major == "2" else reader.version_3(node))
    if not operations:
        raise Absent(f"{node.document.file}: no operation says what is sent or received")
    return Catalogue(
        Origin(f"asyncapi-{major}", node.document.file),
        published=[event for sends, event in operations if sends],
        consumed=[event for sends, event in operations if not sends],
        consumers=consumers(node, _CONSUMERS),
    )


_Operation = tuple[bool, Event]
"""Whether the application sends an event, and the event."""


class _Reader:
    """Reads operations and messages, following references."""

    def __init__(self, library: Library) -> None:
        self.library = library

    def version_2(self, channels: Node) -> Iterator[_Operation]:
        for entry in channels.children():
            channel = self._object(entry)
            for verb, sends in (("publish", False), ("subscribe", True)):
                if (operation := channel.get(verb)) is not None:
                    event = self._event(str(entry.path[-1]), channel, operation, self._messages_2(operation))
                    yield sends, event

    def version_3(self, root: Node) -> Iterator[_Operation]:
        operations = root.get("operations")
        for entry in operations.children() if operations else ():
            operation = self._object(entry)
            action = operation.get("action")
            if action is None or action.value not in ("send", "receive"):
                raise operation.flaw("has neither `action: send` nor `action: receive`")
            if (reference := operation.get("channel")) is None:
                raise operation.flaw("names no channel")
            channel = self._object(reference)
            subject = channel.text("address") or str(channel.path[-1] if channel.path else "")
            event = self._event(subject, channel, operation, self._messages_3(operation, channel))
            yield action.value == "send", event

    def _object(self, node: Node) -> Node:
        found = self.library.followed(node)
        found.object()
        return found

    def _event(self, subject: str, channel: Node, operation: Node, messages: Sequence[Node]) -> Event:
        return Event(
            subject,
            operation,
            [self._message(message) for message in messages],
            all_consumers(consumers(node, _CONSUMERS) for node in (channel, operation, *messages)),
        )

    def _messages_2(self, operation: Node) -> Sequence[Node]:
        if (entry := operation.get("message")) is None:
            return ()
        message = self._object(entry)
        choices = message.get("oneOf")
        return [self._object(choice) for choice in choices.children()] if choices else [message]

    def _messages_3(self, operation: Node, channel: Node) -> Sequence[Node]:
        # An operation without a list has all messages of the channel, one with an empty list has none.
        messages = operation.get("messages") or channel.get("messages")
        return [self._object(message) for message in messages.children()] if messages else ()

    def _message(self, message: Node) -> Message:
        name = message.text("name")
        named = message.path[-2:-1] == ("messages",)
        payload, lack = self._schema(message, "payload")
        traits = message.get("traits")
        holders = [message, *(self._object(trait) for trait in (traits.children() if traits else ()))]
        headers = [self._schema(holder, "headers")[0] for holder in holders]
        return Message(
            name if name is not None else str(message.path[-1]) if named else "",
            message,
            payload,
            lack,
            [schema for schema in headers if schema is not None],
        )

    def _schema(self, message: Node, key: str) -> tuple[Node | None, str]:
        """Return the JSON Schema of the payload or the headers; if it has none, the reason."""
        if (schema := message.get(key)) is None:
            return None, f"has no {key}"
        if key == "payload" and (flaw := _other_format(message.text("schemaFormat"))):
            return None, flaw
        followed = self.library.followed(schema)
        if isinstance(followed.value, dict) and "schemaFormat" in followed.value:
            if flaw := _other_format(followed.text("schemaFormat")):
                return None, flaw
            if (schema := followed.get("schema")) is None:
                return None, "has no schema behind its schemaFormat"
            followed = self.library.followed(schema)
        return (None, "has a schema that allows everything") if is_trivial(followed) else (schema, "")


def _other_format(schema_format: str | None) -> str:
    if schema_format is None or schema_format.startswith(_JSON_SCHEMAS):
        return ""
    return f"has a schema of {schema_format[:80]}, which is not JSON Schema"
