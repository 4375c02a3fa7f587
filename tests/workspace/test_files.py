"""A report is written completely or not at all, and only over a regular file."""

import os
import stat
import threading
from pathlib import Path

import pytest

from gatekeeper.errors import UsageError
from gatekeeper.workspace.files import write_file


def test_a_file_is_written_with_its_folder_and_replaced(tmp_path: Path) -> None:
    file = tmp_path / "new/report.json"
    for text in ("first", "second"):
        write_file(file, text)
        assert file.read_text("utf-8") == text
    assert list(file.parent.iterdir()) == [file]


def test_a_link_stays_and_its_target_is_replaced(tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_text("old", "utf-8")
    link.symlink_to(target)
    write_file(link, "new")
    assert (link.is_symlink(), target.read_text("utf-8")) == (True, "new")


def test_a_folder_is_refused_and_nothing_is_left_behind(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(UsageError, match="cannot be written"):
        write_file(tmp_path / "folder", "text")
    assert list(tmp_path.iterdir()) == [tmp_path / "folder"]
    assert list((tmp_path / "folder").iterdir()) == []


def test_a_pipe_is_written_to_and_stays(tmp_path: Path) -> None:
    pipe, read = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: read.append(pipe.read_text("utf-8")))
    reader.start()
    write_file(pipe, "text")
    reader.join()
    assert (read, stat.S_ISFIFO(pipe.stat().st_mode)) == (["text"], True)
