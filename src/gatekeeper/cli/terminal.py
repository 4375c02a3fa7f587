"""What a terminal can show: its width, colours, characters and links."""

import shutil
from collections.abc import Mapping
from typing import TextIO

from gatekeeper.model.screen import Screen

_PROGRAMS = frozenset({"iTerm.app", "WezTerm", "vscode", "ghostty", "zed"})
_TERMINALS = frozenset({"xterm-kitty", "xterm-ghostty", "alacritty", "foot", "wezterm"})
"""Terminals that open links, by the names that they give themselves."""


def screen_of(stream: TextIO, environment: Mapping[str, str]) -> Screen:
    """Return what a stream can show; `COLUMNS` and `NO_COLOR` apply, pipes get 80 columns."""
    is_terminal = stream.isatty() and environment.get("TERM") != "dumb"
    is_coloured = is_terminal and not environment.get("NO_COLOR")
    encoding = (stream.encoding or "ascii").lower().replace("-", "")
    return Screen(
        width=max(40, shutil.get_terminal_size((80, 24)).columns),
        colour=is_coloured,
        unicode=encoding.startswith("utf"),
        links=is_coloured and _opens_links(environment),
    )


def _opens_links(environment: Mapping[str, str]) -> bool:
    """Return whether the terminal is known to open links; `FORCE_HYPERLINK` overrides.

    Other terminals may show a link as a row of odd characters.
    """
    forced = environment.get("FORCE_HYPERLINK")
    if forced is not None:
        return forced != "0"
    if environment.get("VTE_VERSION", "").isdigit():
        return int(environment["VTE_VERSION"]) >= 5000
    return (
        environment.get("TERM_PROGRAM") in _PROGRAMS
        or environment.get("TERM") in _TERMINALS
        or not environment.keys().isdisjoint({"WT_SESSION", "KONSOLE_VERSION", "KITTY_WINDOW_ID"})
    )
