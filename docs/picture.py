"""Draw docs/check.svg: what `gatekeeper check` shows of the pilot's milestone M2.

python docs/picture.py
"""

import io
import re
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from gatekeeper import __version__
from gatekeeper.cli.statements import next_command_in
from gatekeeper.judging.verdicts.milestones import exit_code
from gatekeeper.model.report import Report, Screen
from gatekeeper.reporters.table import render
from gatekeeper.workspace.judging import judge
from gatekeeper.workspace.loading import open_workspace

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
    opened = open_workspace(ROOT / "examples/pilot")
    result = judge(opened, "M2", date(2026, 11, 20), opened.manifests.services.values())
    report = Report(result, opened.rulebook, __version__, None, exit_code(result))
    next_ = next_command_in(Path("examples/pilot"), "next", "--milestone", "M2")
    return render(report, Screen(width=WIDTH, colour=colour)) + next_


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
