"""What an editor shows in a new workspace: the language server of YAML with the schemas of `init --editor`."""

from pathlib import Path

from builders.language_server import LanguageServer, language_server
from builders.workspaces import Run

PLAN = """\
owner: team-shop
plan:
  beta:
    level: basic
    gates: {build: , G99: }
attestations:
  build.coverage: {by: ana, role: lead, on: 2026-11-02, link: x}
evidence:
  cov
"""


def test_an_editor_completes_explains_and_checks_a_manifest(run: Run, tmp_path: Path) -> None:
    assert run("-C", tmp_path, "init", "--minimal", "--editor").code == 0
    assert run("-C", tmp_path, "init", "--service", "shop").code == 0
    written = {file: file.read_text("utf-8") for file in tmp_path.rglob("*.yaml")}
    modeline = written[tmp_path / "services/shop.yaml"].splitlines(keepends=True)[0]
    with language_server(tmp_path) as server:
        assert {
            file.name: found for file, text in written.items() if (found := server.diagnostics(file, text))
        } == {}
        _checks(server, tmp_path / "services/other.yaml", f"{modeline}service: other\n{PLAN}")


def _checks(server: LanguageServer, file: Path, text: str) -> None:
    lines = text.splitlines()
    unknown, _ = server.diagnostics(file, text)  # the other one is the key that is not complete
    assert lines[unknown["range"]["start"]["line"]][unknown["range"]["start"]["character"] :].startswith(
        "G99"
    )
    assert "Expected: gates of this workspace (api, build, run)" in unknown["message"]
    slots = server.completions(file, len(lines) - 1, len("  cov"))
    assert str(slots["coverage"]).startswith("Takes `coverage`")
    at = next(line for line, written in enumerate(lines) if "build.coverage" in written)
    assert "Do the tests cover" in server.hover(file, at, len("  build"))
    assert "build.coverage" in server.completions(file, at, 2)
