"""`gatekeeper site`: every page and badge is there, the same each time, and nothing else is touched."""

import hashlib
import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from builders.program import AS_OF, PILOT
from builders.repositories import commit, committed_pilot
from builders.workspaces import Run, copy_of_pilot, edit, write

SERVICES = sorted(file.stem for file in (PILOT / "services").glob("*.yaml"))


@pytest.fixture
def pilot(tmp_path: Path) -> Path:
    return copy_of_pilot(tmp_path / "repository")


def site(run: Run, out: Path, workspace: Path = PILOT) -> Path:
    ran = run("-C", workspace, "site", "--out", out, *AS_OF)
    assert (ran.code, ran.err) == (0, "")
    return out


def files(folder: Path) -> dict[str, bytes]:
    return {
        file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()
    }


def test_every_milestone_and_service_has_a_page_and_badges(run: Run, tmp_path: Path) -> None:
    found = files(site(run, tmp_path / "site"))
    pages = {
        "index.html",
        *(f"milestones/M{n}.html" for n in range(5)),
        *(f"services/{s}.html" for s in SERVICES),
    }
    badges = {
        *(f"badges/milestones/M{n}.{end}" for n in range(5) for end in ("svg", "json")),
        *(f"badges/services/{s}/level.{end}" for s in SERVICES for end in ("svg", "json")),
    }
    assert pages | badges <= found.keys()
    rest = found.keys() - pages - badges
    assert {name for name in rest if not re.fullmatch(r"badges/services/[\w-]+/M\d\.(svg|json)", name)} == {
        ".nojekyll",
        "readiness.ics",
        "site.json",
    }


@pytest.mark.parametrize("milestone", ["level", "Level"])
def test_a_milestone_called_level_leaves_the_badge_of_the_level(
    run: Run, tmp_path: Path, milestone: str
) -> None:
    workspace = tmp_path / "small"
    assert (
        run("init", workspace, "--minimal", "--milestones", f"{milestone},ga", "--service", "shop").code == 0
    )
    found = files(site(run, tmp_path / "site", workspace))
    badges = {
        name.rpartition("/")[2]: text.decode()
        for name, text in found.items()
        if re.match(r"badges/services/.*\.svg$", name)
    }
    assert badges.keys() == {"level.svg", f"{milestone}.milestone.svg", "ga.svg"}
    assert f"<title>shop {milestone}: " in badges[f"{milestone}.milestone.svg"]
    assert "<title>shop: " in badges["level.svg"]


def test_the_same_input_gives_the_same_bytes(run: Run, tmp_path: Path) -> None:
    first, second = site(run, tmp_path / "a"), site(run, tmp_path / "b")
    assert files(first) == files(second)
    assert files(site(run, first)) == files(second)


def test_the_list_names_every_file_with_its_digest(run: Run, tmp_path: Path) -> None:
    found = files(site(run, tmp_path / "site"))
    listed = json.loads(found.pop("site.json"))
    assert listed == {
        "schema_version": 2,
        "files": {name: hashlib.sha256(found[name]).hexdigest() for name in sorted(found)},
    }


def test_a_page_of_a_service_that_is_gone_goes_too(run: Run, tmp_path: Path, pilot: Path) -> None:
    out = site(run, tmp_path / "site", pilot)
    (out / "CNAME").write_text("readiness.example.org\n", encoding="utf-8")
    assert (out / "services" / "orders-service.html").exists()
    (pilot / "services" / "orders-service.yaml").unlink()
    site(run, out, pilot)
    assert not (out / "services" / "orders-service.html").exists()
    assert not (out / "badges" / "services" / "orders-service").exists()
    assert (out / "CNAME").read_text(encoding="utf-8") == "readiness.example.org\n"


def test_a_folder_with_other_files_is_refused_untouched(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "mine" / "index.html", "mine")
    ran = run("-C", PILOT, "site", "--out", tmp_path / "mine", *AS_OF)
    assert ran.code == 2
    assert "contains other files" in ran.err
    assert files(tmp_path / "mine") == {"index.html": b"mine"}


@pytest.mark.parametrize("listed", ["", "[]", "{}", '{"files": 3}', "\x00"])
def test_a_list_that_is_not_ours_is_refused(listed: str, run: Run, tmp_path: Path) -> None:
    write(tmp_path / "site" / "site.json", listed)
    ran = run("-C", PILOT, "site", "--out", tmp_path / "site", *AS_OF)
    assert ran.code == 2
    assert "was not written by `gatekeeper site`" in ran.err


def test_an_edited_list_removes_nothing_outside(run: Run, tmp_path: Path) -> None:
    outside = write(tmp_path / "outside.txt", "mine")
    names = {"../outside.txt": "", str(outside): "", "..\\outside.txt": "", "old.html": ""}
    write(tmp_path / "site" / "old.html", "old")
    write(tmp_path / "site" / "site.json", json.dumps({"schema_version": 2, "files": names}))
    site(run, tmp_path / "site")
    assert outside.exists()
    assert not (tmp_path / "site" / "old.html").exists()


def test_a_file_in_the_place_of_the_folder_is_told(run: Run, tmp_path: Path) -> None:
    ran = run("-C", PILOT, "site", "--out", write(tmp_path / "file", "x"), *AS_OF)
    assert (ran.code, "is not a folder" in ran.err) == (2, True)


def told(badge: Path) -> str:
    """Return what a badge says; what it draws are the ids of that, without names."""
    root = ET.fromstring(badge.read_text(encoding="utf-8"))  # noqa: S314 - written by us
    texts = [element.text for element in root if element.tag.endswith("title")]
    drawn = [element.text for element in root.iter() if element.tag.endswith("}text")]
    assert texts == [root.attrib["aria-label"]]
    assert re.sub(r" \([^)]*\)", "", root.attrib["aria-label"]) == ": ".join(filter(None, drawn))
    assert float(root.attrib["width"]) > 40
    return root.attrib["aria-label"]


def test_a_badge_server_gets_the_same_words(run: Run, tmp_path: Path) -> None:
    for file in (site(run, tmp_path / "site") / "badges").rglob("*.json"):
        badge = json.loads(file.read_text(encoding="utf-8"))
        picture = file.with_suffix(".svg").read_text(encoding="utf-8")
        assert f">{badge['label']}</text>" in picture
        assert f">{badge['message']}</text>" in picture
        assert badge["isError"] == ("blocked" in badge["message"])


@pytest.mark.parametrize(
    ("badge", "says"),
    [
        ("milestones/M0", "M0 (Walking skeletons): ✓ 2 of 2 ready"),
        ("milestones/M1", "M1 (Internal preview): ✗ blocked by 3 of 4"),
        ("milestones/M3", "M3 (General availability of payments): ~ 0 of 1 ready, 1 by exception"),
        ("services/orders-service/level", "orders-service: L1 (Skeleton) → L2 (Internal MVP)"),
        ("services/ledger-service/level", "ledger-service: ✓ L4 (Feature-complete)"),
        ("services/orders-service/M1", "orders-service M1 (Internal preview): ✗ blocked"),
        (
            "services/payments-service/M3",
            "payments-service M3 (General availability of payments): ~ excepted",
        ),
    ],
)
def test_a_badge_says(badge: str, says: str, run: Run, tmp_path: Path) -> None:
    assert told(site(run, tmp_path / "site") / "badges" / f"{badge}.svg") == says


def test_a_milestone_without_services_has_a_badge_and_a_page(run: Run, tmp_path: Path, pilot: Path) -> None:
    write(pilot / "milestones" / "M5.yaml", "milestone: M5\n")
    out = site(run, tmp_path / "site", pilot)
    assert told(out / "badges" / "milestones" / "M5.svg") == "M5: ✗ blocked: no service is in scope"
    assert "no service is in scope" in (out / "milestones" / "M5.html").read_text(encoding="utf-8")


def test_where_every_milestone_was_exited_the_site_says_so(run: Run, tmp_path: Path, pilot: Path) -> None:
    for file in (pilot / "milestones").glob("M*.yaml"):
        text = file.read_text(encoding="utf-8")
        if "exited" not in text:
            file.write_text(f"{text.rstrip()}\nexited: {{on: 2026-11-19, by: dana}}\n", encoding="utf-8")
    out = site(run, tmp_path / "site", pilot)
    assert "Every milestone has exited" in (out / "index.html").read_text(encoding="utf-8")
    assert "payments-service is blocked at M4" in " ".join(
        (out / "services" / "payments-service.html").read_text(encoding="utf-8").split()
    )


def test_actions_on_a_milestones_page_say_what_they_restore_and_unblock(run: Run, tmp_path: Path) -> None:
    page = (site(run, tmp_path / "site") / "milestones" / "M1.html").read_text(encoding="utf-8")
    assert "medium work; restores L2; answers L2.use-cases; unblocks it" in page


def test_trends_are_a_page_that_every_page_leads_to(run: Run, tmp_path: Path) -> None:
    pilot = committed_pilot(tmp_path / "repository", on="2026-11-13")
    edit(pilot / "services/orders-service.yaml", "level: L1", "level: L1  # as before")
    commit(tmp_path / "repository", "a week later", on="2026-11-20T12:00:00Z")
    ran = run("-C", pilot, "site", "--out", tmp_path / "site", *AS_OF, "--trend", "week")
    assert (ran.code, ran.err) == (0, "")
    trend = (tmp_path / "site" / "trend.html").read_text(encoding="utf-8")
    assert trend.count('<figure class="trend">') == 5
    assert trend.count("<style>") == 1
    for page in ("index.html", "services/orders-service.html"):
        assert 'class="spark"' in (tmp_path / "site" / page).read_text(encoding="utf-8")
    assert 'href="../trend.html"' in (tmp_path / "site" / "milestones" / "M1.html").read_text(
        encoding="utf-8"
    )


@pytest.mark.parametrize(
    ("step", "told"), [("month", "--trend month: write day, week"), ("day", "git cannot read the history")]
)
def test_trends_that_cannot_be_had_are_told_and_nothing_is_written(
    step: str, told: str, run: Run, tmp_path: Path, pilot: Path
) -> None:
    ran = run("-C", pilot, "site", "--out", tmp_path / "site", "--trend", step)
    assert ran.code == 2
    assert told in ran.err
    assert not (tmp_path / "site").exists()


def test_an_unwritable_page_is_told(run: Run, tmp_path: Path) -> None:
    out = site(run, tmp_path / "site")
    (out / "index.html").unlink()
    (out / "index.html").mkdir()
    ran = run("-C", PILOT, "site", "--out", out, *AS_OF)
    assert (ran.code, "cannot be written" in ran.err) == (2, True)


def test_an_invalid_workspace_writes_nothing(run: Run, tmp_path: Path, pilot: Path) -> None:
    edit(pilot / "services" / "orders-service.yaml", "level: L1", "level: L9")
    assert run("-C", pilot, "site", "--out", tmp_path / "site").code == 3
    assert not (tmp_path / "site").exists()
