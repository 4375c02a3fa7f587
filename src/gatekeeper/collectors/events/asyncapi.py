"""AsyncAPI 2.x and 3.x.

https://www.asyncapi.com/docs/reference/specification/v3.1.0 and v2.6.0. The direction differs between the
versions. Version 2 describes an application from the outside: it *receives* the messages under `publish` and
sends the messages under `subscribe`. In version 3 the `action` of an operation is the application's own.
A reply is sent by whoever receives the request.

A subject is the address of a channel. In version 3 a channel may have no address, because it is known only at
run time; its name is the subject then. `x-consumers`, a list of services, is read from channels, operations,
messages and the whole document.
"""

from collections.abc import Iterator, Sequence

from gatekeeper.collectors.events._documents import Library, key_of
from gatekeeper.collectors.events._event import (
    Catalogue,
    Event,
    EventDocument,
    Message,
    all_consumers,
    consumers,
)
from gatekeeper.collectors.events._schemas import of_avro, stating
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.fields import check_fields
from gatekeeper.collectors.reading.figures import shown
from gatekeeper.collectors.reading.node import Node
from gatekeeper.model.evidence import Absent, Origin

ABOUT = About(
    tool="AsyncAPI",
    seen="2.0 to 2.6, 3.0, 3.1",
    source="https://www.asyncapi.com/docs/reference/specification/v3.1.0",
    command=None,
    recognised="the key `asyncapi`",
    models=(
        "what the application sends and receives, replies, the schemas of payloads and headers, `x-consumers`"
    ),
    not_modelled="schemas of Avro and Protobuf, which count as none; bindings; servers; security",
)

_CONSUMERS = "x-consumers"
_SENDS = {"publish": False, "subscribe": True}
"""The operations of version 2, and whether the application sends their messages."""
_ABOUT = "title summary description tags externalDocs bindings"
_MESSAGE = f"{_ABOUT} headers payload correlationId contentType name examples traits"
_FIELDS = {
    major: {type_: frozenset(fields.split()) for type_, fields in types.items()}
    for major, types in {
        "2": {
            "document": "asyncapi id info servers defaultContentType channels components tags externalDocs",
            "channel": f"{_ABOUT} $ref servers subscribe publish parameters",
            "operation": f"{_ABOUT} operationId security traits message",
            "message": f"{_MESSAGE} messageId schemaFormat oneOf",
        },
        "3": {
            "document": "asyncapi id info servers defaultContentType channels operations components",
            "channel": f"{_ABOUT} address messages servers parameters",
            "operation": f"{_ABOUT} action channel security traits messages reply",
            "reply": "address channel messages",
            "message": f"{_MESSAGE} schemaFormat",
        },
    }.items()
}
_HIDE = frozenset(
    {"channels", "operations", "publish", "subscribe", "message", "messages", "reply", "payload"}
)
_MAY_BE_NULL = frozenset({"address", "payload"})
_JSON_SCHEMAS = (
    "application/schema+json",
    "application/schema+yaml",
    "application/vnd.aai.asyncapi",
    "application/vnd.oai.openapi",
)
"""The beginnings of the schema formats that are JSON Schema or a superset of it."""
_AVRO = "application/vnd.apache.avro"


def recognises(content: Content) -> bool:
    """Return whether the document is an AsyncAPI document, not a part that one refers to."""
    return "asyncapi" in content.fields


def is_distinct(content: Content) -> bool:
    """Return whether the document has more of a root than the version."""
    return not {"info", "channels"}.isdisjoint(content.fields)


def read(content: Content) -> EventDocument:
    """Return the document, to be read with the files that it refers to."""
    return EventDocument(Node.of(content.document), _catalogue)


def _catalogue(node: Node, library: Library) -> Catalogue:
    """Return what the application sends and receives."""
    version = node.object()["asyncapi"]
    major = str(version).partition(".")[0] if isinstance(version, str) else None
    if major not in ("2", "3"):
        raise node.flaw(f"has asyncapi: {shown(version)}; versions 2.x and 3.x are supported")
    fields = _Fields(library, major)
    with library.ledger.noting("channel"):
        fields.check(node, "document")
    channels = node.get("channels")
    if channels is None:
        raise node.flaw("has no channels")
    if not library.object(channels).object():
        raise Absent(f"{node.document.file}: there is no channel")
    reader = _Reader(library, fields)
    operations = list(reader.version_2(channels) if major == "2" else reader.version_3(node, channels))
    if not operations and not library.ledger.places():
        raise Absent(f"{node.document.file}: no operation says what is sent or received")
    return Catalogue(
        Origin(f"asyncapi-{major}", node.document.file),
        published=[event for sends, event in operations if sends],
        consumed=[event for sends, event in operations if not sends],
        consumers=consumers(node, library.ledger, _CONSUMERS),
    )


_Operation = tuple[bool, Event]
"""Whether the application sends an event, and the event."""


class _Fields:
    """The fields of the objects of a version."""

    def __init__(self, library: Library, major: str) -> None:
        self._library = library
        self._major = major

    def check(self, node: Node, type_: str) -> None:
        """Check that an object has only fields of its type."""
        known = _FIELDS[self._major][type_]
        check_fields(node, known, f"{type_} of AsyncAPI {self._major}", hide=_HIDE, may_be_null=_MAY_BE_NULL)

    def object(self, node: Node, type_: str) -> Node:
        """Return the object of a type at the end of a chain of references."""
        found = self._library.object(node)
        self.check(found, type_)
        return found


class _Reader:
    """Reads operations and messages, following references."""

    def __init__(self, library: Library, fields: _Fields) -> None:
        self.library = library
        self._fields = fields
        self._ledger = library.ledger

    def version_2(self, channels: Node) -> Iterator[_Operation]:
        """Yield the operations of a document of version 2."""
        for subject, entry in self.library.object(channels).items():
            with self._ledger.noting("channel"):
                yield from list(self._of_channel(subject, self._fields.object(entry, "channel")))

    def _of_channel(self, subject: str, channel: Node) -> Iterator[_Operation]:
        operations = [(verb, node) for verb in _SENDS if (node := channel.get(verb)) is not None]
        if not operations:
            raise channel.flaw("has neither publish nor subscribe, so nothing says what is sent")
        for verb, written in operations:
            operation = self._fields.object(written, "operation")
            yield _SENDS[verb], self._event(subject, channel, operation, self._messages_2(operation))

    def version_3(self, root: Node, channels: Node) -> Iterator[_Operation]:
        """Yield the operations of a document of version 3, and their replies."""
        used: set[tuple[str, str]] = set()
        operations = root.get("operations")
        for entry in self.library.object(operations).children() if operations else ():
            with self._ledger.noting("channel"):
                operation = self._fields.object(entry, "operation")
                yield from list(self._of_operation(operation, used))
        for entry in self.library.object(channels).children():
            with self._ledger.noting("channel"):
                channel = self._fields.object(entry, "channel")
                if key_of(channel) not in used and channel.object().get("messages"):
                    raise entry.flaw("has messages, and no operation says whether they are sent")

    def _of_operation(self, operation: Node, used: set[tuple[str, str]]) -> Iterator[_Operation]:
        action = operation.get("action")
        if action is None or action.value not in ("send", "receive"):
            raise operation.flaw("has neither `action: send` nor `action: receive`")
        if operation.get("channel") is None:
            raise operation.flaw("names no channel")
        yield action.value == "send", self._on_channel(operation, operation, used)
        if (written := operation.get("reply")) is not None:
            # Who receives a request sends the reply.
            reply = self._fields.object(written, "reply")
            if reply.get("channel") is None and reply.get("messages") is None:
                raise reply.flaw("names neither its channel nor its messages")
            yield action.value == "receive", self._on_channel(reply, operation, used)

    def _on_channel(self, owner: Node, operation: Node, used: set[tuple[str, str]]) -> Event:
        """Return the event of an operation or a reply, which may leave out the channel of the operation."""
        reference = owner.get("channel") or operation.get("channel")
        channel = self._fields.object(reference, "channel") if reference else operation
        used.add(key_of(channel))
        subject = channel.text("address") or str(channel.path[-1] if channel.path else "")
        return self._event(subject, channel, owner, self._messages_3(owner, channel))

    def _event(self, subject: str, channel: Node, operation: Node, messages: Sequence[Node]) -> Event:
        read = []
        for message in messages:
            with self._ledger.noting("message"):
                read.append(self._message(message))
        named = (consumers(node, self._ledger, _CONSUMERS) for node in (channel, operation, *messages))
        return Event(subject, operation, read, all_consumers(named))

    def _messages_2(self, operation: Node) -> Sequence[Node]:
        if (entry := operation.get("message")) is None:
            return ()
        message = self.library.object(entry)
        choices = message.get("oneOf")
        return [self.library.object(choice) for choice in choices.listed()] if choices else [message]

    def _messages_3(self, operation: Node, channel: Node) -> Sequence[Node]:
        # An operation without a list has all messages of the channel, one with an empty list has none.
        messages = operation.get("messages") or channel.get("messages")
        return [self.library.object(message) for message in messages.children()] if messages else ()

    def _message(self, message: Node) -> Message:
        self._fields.check(message, "message")
        name = message.text("name")
        named = message.path[-2:-1] == ("messages",)
        traits = message.get("traits")
        holders = [message, *(self.library.object(trait) for trait in (traits.listed() if traits else ()))]
        for trait in holders[1:]:
            self._fields.check(trait, "message")
        payload, lack = self._payload(holders)
        headers = [self._schema(found)[0] for holder in holders if (found := holder.get("headers"))]
        return Message(
            name if name is not None else str(message.path[-1]) if named else "",
            message,
            payload,
            lack,
            [schema for schema in headers if schema is not None],
        )

    def _payload(self, holders: Sequence[Node]) -> tuple[Node | None, str]:
        """Return the JSON Schema of the payload of a message with its traits; if it has none, the reason."""
        written = next((found for holder in holders if (found := holder.get("payload"))), None)
        if written is None:
            return None, "has no payload"
        formats = filter(None, (holder.text("schemaFormat") for holder in holders))
        return self._schema(written, next(formats, None))

    def _schema(self, written: Node, named: str | None = None) -> tuple[Node | None, str]:
        """Return a schema of a format as JSON Schema; if it is not one, the reason."""
        followed = self.library.followed(written)
        if isinstance(followed.value, dict) and "schemaFormat" in followed.value:
            named = followed.text("schemaFormat")
            if (inner := followed.get("schema")) is None:
                return None, "has no schema behind its schemaFormat"
            written = inner
        if named is not None and named.startswith(_AVRO):
            return of_avro(self.library, written)
        if named is not None and not named.startswith(_JSON_SCHEMAS):
            return None, f"has a schema of {named[:80]}, which is not JSON Schema"
        return stating(self.library, written)
