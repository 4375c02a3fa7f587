"""Report changes of the formats that a workspace describes itself: another one may read less in a file."""

from collections.abc import Iterator, Mapping
from hashlib import sha256

from gatekeeper.judging.changes.weakening_approvals import weakening
from gatekeeper.model.changes import Change, ChangeKind, ManifestPlace

Formats = Mapping[str, Mapping[str, str]]
"""The descriptions by kind and name."""


def compare_formats(base: Formats, head: Formats, folder: str) -> Iterator[Change]:
    """Yield each own format that is new, changed or gone; `folder` is where the head has them."""
    for kind in sorted({*base, *head}):
        was, now = base.get(kind, {}), head.get(kind, {})
        for name in sorted({*was, *now}):
            before, after = was.get(name), now.get(name)
            if before != after:
                yield _changed(f"{kind}/{name}", before, after, folder)


def _changed(name: str, before: str | None, after: str | None, folder: str) -> Change:
    how = "reads files in another way" if before and after else "is gone" if before else "is new"
    why = "" if before else ": a file that was unreadable may count"
    where = ManifestPlace(f"{folder}/{name}.yaml") if after else None
    digests = (text and sha256(text.encode()).hexdigest() for text in (before, after))
    return weakening(
        ChangeKind.RULE_WEAKENED, f"format {name}", f"the own format {name} {how}{why}", where, *digests
    )
