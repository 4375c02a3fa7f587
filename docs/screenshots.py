"""Draw docs/report-light.png and docs/report-dark.png: the first screen of the pilot's report on M1.

python docs/screenshots.py

Needs a chromium on the PATH, and nothing from the network.
"""

import shutil
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path

from gatekeeper.reporters.views import report_html
from gatekeeper.workspace.loading import open_workspace
from gatekeeper.workspace.overview import overview

ROOT = Path(__file__).parent.parent
SIZE = "1400,900"
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    f"--window-size={SIZE}",
)


def page(theme: str) -> str:
    """Return the report in a theme, as if a reader had chosen it on the page."""
    opened = open_workspace(ROOT / "examples/pilot")
    text = report_html.page(overview(opened, ["M1"], date(2026, 11, 20), None), "M1")
    return text.replace('<html lang="en">', f'<html lang="en" data-theme="{theme}">')


def draw(chromium: str, theme: str, picture: Path) -> None:
    """Save the first screen of the report as the browser draws it."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "report.html"
        file.write_text(page(theme), encoding="utf-8")
        profile = f"--user-data-dir={folder}/profile"
        command = [chromium, *FLAGS, profile, f"--screenshot={picture}", file.as_uri()]
        subprocess.run(command, check=True, capture_output=True, timeout=60)


def main() -> None:
    """Draw both themes."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.exit("there is no chromium: apt-get install chromium")
    for theme in ("light", "dark"):
        draw(chromium, theme, ROOT / f"docs/report-{theme}.png")


if __name__ == "__main__":
    main()
