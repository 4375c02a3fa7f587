"""`next --format issues`: what a tracker imports, and that a second import finds what the first one wrote."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

import gatekeeper
from builders.program import AS_OF, PILOT, environment
from builders.workspaces import ROOT, Run, copy_of_pilot, edit
from gatekeeper.reporters.views import issues as view

MARKDOWN = MarkdownIt("commonmark")
MARK = re.compile(r"<!-- (gatekeeper:\S+) -->")
HOSTILE = r"""--> @admin `x` <b>\n/close #1 ![](https://evil.example)"""


def issues(run: Run, folder: Path, *more: str) -> list[dict[str, Any]]:
    ran = run("-C", folder, "next", "-m", "M1", *AS_OF, "-f", "issues", *more)
    assert (ran.code, ran.err) == (0, "")
    found: list[dict[str, Any]] = json.loads(ran.out)["issues"]
    return found


def tokens(markdown: str) -> list[Token]:
    parsed = MARKDOWN.parse(markdown)
    return [*parsed, *(child for token in parsed for child in token.children or ())]


def boxes(issue: dict[str, Any]) -> list[str]:
    return re.findall(r"^- \[ \] (.*)$", issue["body"], re.MULTILINE)


def one_owner(pilot: Path) -> Path:
    """Give two services of a pilot to one owner; both lack the sign-offs of L2, and one has other work as well."""
    edit(pilot / "services/catalogue-service.yaml", "owner: team-catalogue", "owner: team-orders")
    return pilot


def test_an_issue_has_exactly_the_keys_of_the_contract(run: Run) -> None:
    found = issues(run, PILOT)
    for issue in found:
        assert set(issue) == {"id", "title", "body", "labels", "owner", "milestone", "due"}
        assert MARK.match(issue["body"]).group(1) == issue["id"]  # type: ignore[union-attr]
        assert issue["due"] == "2026-12-11"
        assert boxes(issue)
    assert len({issue["id"] for issue in found}) == len(found)
    first = found[0]
    assert first["id"] == "gatekeeper:M1:fix:use_case_tests:team-notifications"
    assert first["labels"] == ["gatekeeper", "milestone:M1", "effort:medium", "regression"]


def test_an_issue_of_several_services_has_a_box_for_each(run: Run, tmp_path: Path) -> None:
    [sign] = [of for of in issues(run, one_owner(copy_of_pilot(tmp_path))) if ":sign:" in of["id"]]
    assert sign["id"] == "gatekeeper:M1:sign:L2:team-orders"
    assert boxes(sign) == [
        "catalogue-service: owner, architecture, security",
        "orders-service: owner, architecture, security",
    ]


def test_an_id_survives_a_service_that_drops_out(run: Run, tmp_path: Path) -> None:
    pilot = one_owner(copy_of_pilot(tmp_path))
    before = {issue["id"] for issue in issues(run, pilot, "--owner", "team-orders")}
    (pilot / "services/catalogue-service.yaml").unlink()
    after = issues(run, pilot, "--owner", "team-orders")
    assert {issue["id"] for issue in after} <= before
    [sign] = [issue for issue in after if ":sign:" in issue["id"]]
    assert boxes(sign) == ["owner", "architecture", "security"]


@pytest.mark.parametrize("form", ["issues", "issues-md"])
def test_hostile_names_stay_text(form: str, run: Run, tmp_path: Path) -> None:
    pilot = copy_of_pilot(tmp_path)
    edit(pilot / "services/orders-service.yaml", "owner: team-orders", f'owner: "{HOSTILE}"')
    edit(pilot / "services/orders-service.yaml", "adds: [split deliveries]", f'adds: ["{HOSTILE}"]')
    out = run("-C", pilot, "next", "-m", "M1", *AS_OF, "-f", form).out
    bodies = [issue["body"] for issue in json.loads(out)["issues"]] if form == "issues" else [out]
    for body in bodies:
        found = tokens(body)
        assert {token.type for token in found} & {"image", "link_open", "fence", "code_block"} == set()
        html = [token.content.strip() for token in found if token.type in ("html_block", "html_inline")]
        assert all(MARK.fullmatch(comment) and comment.count("--") == 2 for comment in html)
        assert "@admin" not in body.replace("%40admin", "")
        assert [line for line in body.splitlines() if line.lstrip().startswith("/")] == []


def test_the_list_of_tasks_has_the_same_issues(run: Run) -> None:
    ran = run("-C", PILOT, "next", "-m", "M1", *AS_OF, "-f", "issues-md")
    found = issues(run, PILOT)
    assert MARK.findall(ran.out) == [issue["id"] for issue in found]
    headings = re.findall(r"^## (.*)$", ran.out, re.MULTILINE)
    assert headings == [*dict.fromkeys(issue["owner"] for issue in found)]
    parsed = MARKDOWN.parse(ran.out)
    of_issues = [token for token in parsed if token.type == "list_item_open" and token.level == 1]
    assert len(of_issues) == len(found)


def test_a_large_issue_fits_the_trackers_and_says_what_it_omits() -> None:
    report = gatekeeper.open(PILOT).judge("M1", as_of=AS_OF[1]).report()
    action = report.result.actions[0]
    shares = tuple(
        action.shares[0]._replace(service=f"{'s' * 60}-{n}", title="t" * 999) for n in range(2_000)
    )
    large = report._replace(result=report.result._replace(actions=(action._replace(shares=shares),)))
    [issue] = view.data(large, None)["issues"]
    assert len(issue["title"]) <= 250
    assert 29_000 < len(issue["body"]) <= 30_000
    omitted = re.search(r"and ([\d,]+) more lines", issue["body"])
    assert omitted
    assert len(boxes(issue)) + int(omitted[1].replace(",", "")) > 2_000


FORGE = """#!/usr/bin/env python3
import json, pathlib, sys
store = pathlib.Path(__file__).with_name("store.json")
known = json.loads(store.read_text()) if store.exists() else []
match sys.argv[1:]:
    case ["issue", "list", *_]:
        print(json.dumps(known))
    case ["issue", "close", number]:
        known[int(number) - 1]["state"] = "CLOSED"
    case ["api", "-X", "POST", "repos/{owner}/{repo}/issues", "--input", "-"]:
        known.append(json.load(sys.stdin) | {"number": len(known) + 1, "state": "OPEN"})
    case ["api", "-X", "PATCH", path, "--input", "-"]:
        changed = json.load(sys.stdin)
        known[int(path.rpartition("/")[2]) - 1] |= changed | {"state": changed["state"].upper()}
    case other:
        sys.exit(f"unexpected: {other}")
store.write_text(json.dumps(known))
"""


@pytest.mark.skipif(not shutil.which("jq") or os.name == "nt", reason="needs jq and a shell")
def test_the_script_of_the_page_imports_updates_and_closes(run: Run, tmp_path: Path) -> None:
    page = (ROOT / "docs/issues.md").read_text(encoding="utf-8")
    [script, *_] = re.findall(r"```sh\n(gatekeeper next .*?)```", page, re.DOTALL)
    script = script.replace("gatekeeper next --milestone M3 --format issues > issues.json\n", "")
    forge = tmp_path / "bin" / "gh"
    forge.parent.mkdir()
    forge.write_text(FORGE, encoding="utf-8")
    forge.chmod(0o755)
    env = environment(PATH=f"{forge.parent}{os.pathsep}{os.environ['PATH']}")

    def imported(pilot: Path) -> list[dict[str, Any]]:
        out = run("-C", pilot, "next", "-m", "M1", *AS_OF, "-f", "issues").out
        (tmp_path / "issues.json").write_text(out, encoding="utf-8")
        subprocess.run(["bash", "-euo", "pipefail", "-c", script], cwd=tmp_path, env=env, check=True)
        found: list[dict[str, Any]] = json.loads(forge.with_name("store.json").read_text(encoding="utf-8"))
        return found

    first = imported(PILOT)
    assert [one["title"] for one in first] == [issue["title"] for issue in issues(run, PILOT)]
    assert imported(PILOT) == first
    pilot = copy_of_pilot(tmp_path)
    (pilot / "services/orders-service.yaml").unlink()
    later = imported(pilot)
    assert len(later) == len(first)
    open_ = [one["body"] for one in later if one["state"] == "OPEN"]
    assert open_ == [issue["body"] for issue in issues(run, pilot)]
