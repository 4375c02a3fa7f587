"""Hooks of mkdocs: replace links that leave this folder with text, and list every decision.

The site contains nothing from outside this folder. In the repository, a link to `../examples/pilot/README.md`
works; on the site it reads "the pilot (`examples/pilot/README.md` in the repository)".
"""

import posixpath
import re
from pathlib import Path
from typing import Any

_FENCE = re.compile(r"(^```.*?^```$)", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"(?<!!)\[([^\]]+)\]\((?![\w+]+:)([^)#\s]+)(?:#[^)\s]*)?\)")


def on_config(config: Any) -> Any:
    """List all decisions below their index, so that a new one is entered only once."""
    folder = Path(config["docs_dir"], "decisions")
    decisions = sorted(f"decisions/{page.name}" for page in folder.glob("[0-9]*.md"))
    for section in config["nav"]:
        if "Decisions" in section:
            section["Decisions"] = [section["Decisions"], *decisions]
    return config


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Return the text of a page, with text in place of the links that leave this folder."""
    folder = posixpath.dirname(page.file.src_uri)

    def in_words(link: re.Match[str]) -> str:
        path = posixpath.normpath(posixpath.join("docs", folder, link[2]))
        if path.startswith("docs/"):
            return link[0]
        # What is named like its path already says so.
        text = link[1].strip("`")
        return f"`{path}` in the repository" if text == path else f"{link[1]} (`{path}` in the repository)"

    parts = _FENCE.split(markdown)
    return "".join(part if part.startswith("```") else _LINK.sub(in_words, part) for part in parts)
