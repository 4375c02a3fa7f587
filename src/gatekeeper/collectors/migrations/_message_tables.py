"""Telling outbox and inbox tables by name and shape.

A name alone misleads: `outbox_consumed_events` and `outbox_message_consumers` are inboxes, `outbox_dlq` is
where messages end that nobody could send, and the `inbox` of a mail service is none. So

- an outbox is called so, holds what is to be sent (a payload), and does not speak of consuming;
- an inbox is called so, or after events or messages (maybe those of an outbox) that were consumed, handled,
  processed or received. It says which message was seen: by a column for the message's or event's id, or by
  an id beside a column that tells who consumed it or when. It belongs to no user;
- what is kept of either for later (dead letters, an archive) is neither.

Underscores and letter case do not count: unquoted, `messageId` is `messageid` to the database.
"""

import re
from collections.abc import Iterable

from gatekeeper.collectors.migrations._sql_schema import Table

_KEPT_FOR_LATER = re.compile(r"dlq|dead|archive|history|quarantine|backup")
_SPEAKS_OF_CONSUMING = re.compile(r"consum|handled|received|subscri|inbox")
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
    """Tell whether a table holds messages that are to be sent."""
    name, columns = plain(table.name.table), [plain(column) for column in table.columns]
    return (
        "outbox" in name
        and not _KEPT_FOR_LATER.search(name)
        and not _SPEAKS_OF_CONSUMING.search(name)
        and not _any(_CONSUMER, columns)
        and not _RECIPIENT.intersection(columns)
        and _any(_PAYLOAD, columns)
    )


def is_inbox(table: Table) -> bool:
    """Tell whether a table remembers which messages were seen."""
    name, columns = plain(table.name.table), [plain(column) for column in table.columns]
    if not _is_called_inbox(name) or _KEPT_FOR_LATER.search(name) or _USER.intersection(columns):
        return False
    tells_when = _CONSUMED.search(name) or _any(_CONSUMED, columns) or _any(_CONSUMER, columns)
    return _any(_ID_OF_MESSAGE, columns) or bool(tells_when and _any(_ID, columns))


def _is_called_inbox(name: str) -> bool:
    return "inbox" in name or bool(_OF_MESSAGES.search(name) and _CONSUMED_OR_CONSUMER.search(name))


def _any(pattern: re.Pattern[str], columns: Iterable[str]) -> bool:
    return any(pattern.search(column) for column in columns)


def plain(name: str) -> str:
    """Return a name without what spellings differ in."""
    return name.replace("_", "").replace("-", "").casefold()
