"""Write the files of new workspaces; read those of the packaged reference workspace."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from uuid import uuid4

from gatekeeper.errors import UsageError
from gatekeeper.manifests.discovery import FOLDERS, SETTINGS_FILE, find_repository
from gatekeeper.manifests.files import check_place

ALWAYS = (SETTINGS_FILE, "gates/levels.yaml", "gates/governance.yaml")
"""Files that no new workspace replaces."""


_OF_ID = "# What is signed here counts in no other workspace, because they have other ids.\n"


def reference() -> dict[str, str]:
    """Return the reference workspace without its id: the text of each file, by name."""
    texts = {name: source.read_text("utf-8") for name, source in _reference()}
    return {**texts, SETTINGS_FILE: texts[SETTINGS_FILE].partition(_OF_ID)[0]}


def with_id(texts: Mapping[str, str]) -> dict[str, str]:
    """Return the texts of a new workspace, with an id in `gatekeeper.yaml` that no other workspace has."""
    settings = texts.get(SETTINGS_FILE, "")
    return {**texts, SETTINGS_FILE: f"{settings}{_OF_ID}workspace: {uuid4()}\n"}


def write_new(folder: Path, texts: dict[str, str], repository: Path | None = None) -> None:
    """Write all files, or none if one exists already. A text that begins with `#!` becomes executable.

    Args:
        folder: The folder of the files.
        texts: The text of each file, by name.
        repository: No file is written outside of it; by default the repository around the folder.

    Raises:
        UsageError: A file exists already, cannot be written, or would be outside the repository.
    """
    refuse_existing(folder, texts)
    root = str(repository or find_repository(folder))
    for name in texts:
        check_place(root, folder / name)
    try:
        with ExitStack() as undo:
            for name, text in texts.items():
                _write(folder / name, text, undo)
            undo.pop_all()
    except OSError as error:
        raise UsageError(
            f"{error.filename} cannot be written: {error.strerror}; nothing was written"
        ) from None


def _write(file: Path, text: str, undo: ExitStack) -> None:
    """Write a new file and its folders; `undo` removes them."""
    missing = [parent for parent in file.parents if not parent.exists()]
    for parent in reversed(missing):
        parent.mkdir()
        undo.callback(parent.rmdir)
    with file.open("x", encoding="utf-8", newline="\n") as opened:
        undo.callback(file.unlink)
        opened.write(text)
    if text.startswith("#!"):
        file.chmod(0o755)


def refuse_existing(folder: Path, names: Iterable[str]) -> None:
    """Raise `UsageError` if a folder has one of these files."""
    taken = sorted(name for name in names if (folder / name).exists())
    if taken:
        more = f" and {len(taken) - 3} more" if len(taken) > 3 else ""
        hint = "; `adopt` or `init --service NAME` adds services to it" if "gatekeeper.yaml" in taken else ""
        raise UsageError(f"{folder} has {', '.join(taken[:3])}{more} already; nothing was written{hint}")


def _reference() -> Iterator[tuple[str, Traversable]]:
    """Yield the files of the reference workspace, from the wheel or from the source tree."""
    packaged = files("gatekeeper") / "reference"
    root: Traversable = packaged if packaged.is_dir() else Path(__file__).parents[3]
    yield SETTINGS_FILE, root / SETTINGS_FILE
    for folder in FOLDERS:
        yield from _below(root / folder, folder)


def _below(folder: Traversable, name: str) -> Iterator[tuple[str, Traversable]]:
    for entry in folder.iterdir():
        inner = f"{name}/{entry.name}"
        if entry.is_dir():
            yield from _below(entry, inner)
        elif entry.name.endswith((".yaml", ".md")):
            yield inner, entry
