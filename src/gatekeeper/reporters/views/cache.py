"""`cache`: where the cache is, what it holds, and what was removed."""

from datetime import UTC, datetime
from typing import Any

from gatekeeper.cache.contents import CacheContents
from gatekeeper.model.screen import Screen
from gatekeeper.reporters.text.screen import Parts, grid, indented, shown, uncut
from gatekeeper.reporters.wording.counts import counted

MEANINGS = {
    "facts": "what was read of artefacts",
    "services": "rows of services",
    "outputs": "what was written",
}


def data(found: CacheContents | str) -> dict[str, Any]:
    """Return what the cache holds as plain data; `found` is the reason if no cache is used."""
    if isinstance(found, str):
        return {"folder": None, "flaw": found, "size": 0, "files": [], "entries": {}}
    return {
        "folder": str(found.folder),
        "flaw": found.flaw,
        "size": found.size,
        "files": [
            {"name": file.path.name, "size": file.size, "changed_at": _written(file.changed)}
            for file in found.files
        ],
        "entries": {
            table: {"number": of.number, "oldest": of.oldest.isoformat() if of.oldest else None}
            for table, of in found.entries.items()
        },
    }


def _written(seconds: float) -> str:
    return datetime.fromtimestamp(int(seconds), UTC).isoformat().replace("+00:00", "Z")


def parts(found: CacheContents | str, screen: Screen) -> Parts:
    """Yield where the cache is, and a table of what it holds; or why no cache is used."""
    if isinstance(found, str):
        yield indented(f"no cache is used: {shown(found)}", 2)
        return
    yield uncut(f"{found.folder}: {counted(len(found.files), 'file')}, {_size(found.size)}", 2)
    if found.flaw:
        yield indented(f"it is not used: {shown(found.flaw)}", 2)
    if found.entries:
        table = grid(screen)
        for title in ("holds", "entries", "oldest use"):
            table.add_column(title, justify="right" if title == "entries" else "left")
        for name, of in found.entries.items():
            table.add_row(MEANINGS[name], f"{of.number:,}", str(of.oldest or ""))
        yield table


def cleared(removed: CacheContents | str) -> Parts:
    """Yield how much was removed; or why there is no cache."""
    if isinstance(removed, str):
        yield indented(f"no cache is used: {shown(removed)}", 2)
        return
    what = f"{counted(len(removed.files), 'file')}, {_size(removed.size)}"
    yield uncut(f"removed from {removed.folder}: {what}", 2)


def _size(number: int) -> str:
    """Return a number of bytes, from a megabyte on in megabytes."""
    return counted(number, "byte") if number < 1_000_000 else f"{number / 1_000_000:,.1f} MB"
