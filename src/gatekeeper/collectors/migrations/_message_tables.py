"""Recognise outbox and inbox tables by name and columns.

A name alone misleads: `outbox_consumed_events` and `outbox_message_consumers` are inboxes, `outbox_dlq` holds
messages that could not be sent, and the `inbox` of a mail service is not an inbox of events. So

- an outbox has `outbox` in its name, has a column for a payload, and no name or column about consuming;
- an inbox has `inbox` in its name, or words for events or messages that were consumed, handled, processed or
  received. It records which message was received: by a column for the id of a message or event, or by an id
  together with a column for the consumer or the time. It has no column for a user;
- tables of dead letters, archives and the like are neither.

Underscores and case are ignored: without quotes, `messageId` is `messageid` to the database.
"""

import re
from collections.abc import Iterable

from gatekeeper.collectors.migrations._sql_schema import Table

_KEPT_FOR_LATER = re.compile(r"dlq|dead|archive|history|quarantine|backup")
_ABOUT_CONSUMING = re.compile(r"consum|handled|received|subscri|inbox")
_CONSUMED = re.compile(r"consumed|processed|handled|received")
_CONSUMED_OR_CONSUMER = re.compile(r"consum|processed|handled|received")
_OF_MESSAGES = re.compile(r"event|message|msg|outbox")
_CONSUMER = re.compile(r"consumer|handler|subscriber|subscription")
_PAYLOAD = re.compile(r"(?<!meta)(payload|body|contents?|data|envelope|message|event|value|json|blob)\Z")
_ID = re.compile(r"(id|uuid|guid|ulid|key)\Z")
_ID_OF_MESSAGE = re.compile(
    r"(event|message|msg|outbox|envelope|idempotency|deduplication|dedup|dedupe)(id|uuid|guid|ulid|key)\Z"
)
_RECIPIENT = frozenset({"to", "cc", "bcc", "recipient", "recipients", "recipientid"})
_USER = _RECIPIENT | {"userid", "ownerid", "senderid", "mailboxid"}


def is_outbox(table: Table) -> bool:
    """Return whether a table holds messages to be sent."""
    name, columns = plain(table.name.table), [plain(column) for column in table.columns]
    return (
        "outbox" in name
        and not _KEPT_FOR_LATER.search(name)
        and not _ABOUT_CONSUMING.search(name)
        and not _any(_CONSUMER, columns)
        and not _RECIPIENT.intersection(columns)
        and _any(_PAYLOAD, columns)
    )


def is_inbox(table: Table) -> bool:
    """Return whether a table records which messages were received."""
    name, columns = plain(table.name.table), [plain(column) for column in table.columns]
    if not _is_called_inbox(name) or _KEPT_FOR_LATER.search(name) or _USER.intersection(columns):
        return False
    was_consumed = _CONSUMED.search(name) or _any(_CONSUMED, columns) or _any(_CONSUMER, columns)
    return _any(_ID_OF_MESSAGE, columns) or bool(was_consumed and _any(_ID, columns))


def _is_called_inbox(name: str) -> bool:
    return "inbox" in name or bool(_OF_MESSAGES.search(name) and _CONSUMED_OR_CONSUMER.search(name))


def _any(pattern: re.Pattern[str], columns: Iterable[str]) -> bool:
    return any(pattern.search(column) for column in columns)


def plain(name: str) -> str:
    """Return a name in the form in which spellings are compared."""
    return name.replace("_", "").replace("-", "").casefold()
