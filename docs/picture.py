"""Draw docs/check.svg: what `gatekeeper check` shows of the pilot's milestone M2.

python docs/picture.py
"""

import io
import re
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

import gatekeeper
from gatekeeper.cli.statements import more_commands
from gatekeeper.model.report import Filter
from gatekeeper.model.screen import Screen

ROOT = Path(__file__).parent.parent
COMMAND = "gatekeeper -C examples/pilot check --milestone M2 --as-of 2026-11-20"
WIDTH = 80

THEME = TerminalTheme(
    (22, 27, 34),
    (201, 209, 217),
    [(72, 79, 88), (255, 123, 114), (86, 211, 100), (227, 179, 65),
     (121, 192, 255), (210, 168, 255), (57, 197, 207), (201, 209, 217)],
    [(139, 148, 158), (255, 161, 152), (126, 231, 135), (242, 204, 96),
     (165, 214, 255), (226, 197, 255), (86, 212, 221), (240, 246, 252)],
)  # fmt: skip


def screen_text(*, colour: bool) -> str:
    """Return what the command prints."""
    folder = Path("examples/pilot")
    verdict = gatekeeper.open(ROOT / folder).judge("M2", as_of="2026-11-20")
    shown = verdict.render(screen=Screen(width=WIDTH, colour=colour))
    return shown + more_commands(folder, verdict.result, Filter(), WIDTH)


def picture() -> str:
    """Return the terminal as SVG, in a monospaced font of the reader's system."""
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True, _environ={})
    console.print(Text(f"$ {COMMAND}", "bold"))
    console.print(Text.from_ansi(screen_text(colour=True).rstrip("\n")))
    svg = console.export_svg(title="gatekeeper", theme=THEME, unique_id="check")
    svg = re.sub(r"\s*@font-face \{.*?\}", "", svg, flags=re.DOTALL)
    # Not every program that draws SVG keeps blanks at the start of a text.
    svg = svg.replace("<text ", '<text xml:space="preserve" ')
    return svg.replace("Fira Code, monospace", "ui-monospace, SFMono-Regular, Menlo, Consolas, monospace")


if __name__ == "__main__":
    (ROOT / "docs/check.svg").write_text(picture(), encoding="utf-8")
