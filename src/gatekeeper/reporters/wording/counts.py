"""Numbers with their nouns, long lists and digests, shortened: `1 service`, `sha256:0123456789ab...`."""

from collections.abc import Sequence


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """Return a number with its noun in the singular or the plural; the plural ends in s unless given."""
    return f"{number:,} {noun if abs(number) == 1 else plural or f'{noun}s'}"


def not_listed(listed: int, all_: int, noun: str = "service", plural: str | None = None) -> str:
    """Return how many are not listed: `8,000 of 10,000 services are not listed`; empty if all are."""
    left_out = all_ - listed
    said = f"{left_out:,} of {counted(all_, noun, plural)} {'is' if left_out == 1 else 'are'} not listed"
    return said if left_out else ""


def percent(met: int, due: int) -> int:
    """Return the share of what is due that is met, in whole percent, rounded down; 100 if nothing is due."""
    return 100 * met // due if due else 100


def first_few(names: Sequence[str], most: int) -> str:
    """Return the first `most` names, joined by commas, and how many more there are."""
    few = ", ".join(names[:most])
    return few if len(names) <= most else f"{few} and {len(names) - most:,} more"


def short_digest(digest: str) -> str:
    """Return `sha256:`, the first twelve digits, and an ellipsis."""
    return f"{digest[:19]}..."
