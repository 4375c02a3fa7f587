"""What an edit of a profile, or of the defaults of all services, changes of the services that have it."""

from typing import Any

from builders.drawn_changes import compared
from builders.in_memory import GONE, Files, Op, changed
from builders.profiled import workspace
from builders.small_workspaces import AS_OF, junit
from gatekeeper.model.changes import Cause, Change

NAMES = ("apple", "berry", "cherry", "date", "elder")
PROFILE: dict[str, Any] = {
    "evidence": {"load": "load.json"},
    "targets": {"p95_ms": 250},
    "labels": ["go", "web"],
}
OF_PROFILE = ("profiles", "go")


def base(artefacts: Files | None = None, **fields: Any) -> Files:
    """Return five services of a profile; keyword arguments are further fields of the first one."""
    services: dict[str, dict[str, Any]] = {name: {"profile": "go"} for name in NAMES}
    services["apple"] |= fields
    return workspace({"profiles": {"go": PROFILE}, "evidence": {"tests": "t.xml"}}, services, artefacts)


def edited(before: Files, path: tuple[str, ...], value: Any, file: str = "gatekeeper.yaml") -> list[Change]:
    return list(compared(before, changed(before, [Op(file, path, value)])).changes)


def test_a_profile_that_lowers_a_target_is_one_weakening_of_all_its_services() -> None:
    [change] = edited(base(), (*OF_PROFILE, "targets", "p95_ms"), 500)
    assert (change.service, change.file, change.blocks) == (None, "gatekeeper.yaml", True)
    assert change.id.startswith("gatekeeper.yaml:profiles.go.targets.p95_ms:sha256:")
    assert "(500) instead of targets.p95_ms (250)" in change.message
    assert change.message.endswith("(apple, berry, cherry and 2 more)")


def test_one_approval_covers_it_and_no_other_one() -> None:
    path = (*OF_PROFILE, "targets", "p95_ms")
    before = base()
    [asked] = edited(before, path, 500)
    given = {"what": asked.id, "by": "ada", "on": AS_OF, "link": "l"}
    approval = Op("gates/governance.yaml", ("weakenings",), [given])
    for value, blocks in ((500, False), (501, True)):
        after = changed(before, [Op("gatekeeper.yaml", path, value), approval])
        assert [one.blocks for one in compared(before, after).changes if one.needs_sign_off] == [blocks]


def test_a_label_that_is_dropped_is_one_weakening() -> None:
    [change, *improvements] = edited(base(), (*OF_PROFILE, "labels"), ["go"])
    assert {one.message for one in improvements} == {"build.web: missing → not_applicable"}
    assert (change.service, change.blocks) == (None, True)
    assert "no longer ask for build.web" in change.message


def test_of_one_service_a_weakening_is_its_own_and_its_place_is_the_default() -> None:
    before = base(targets={"p95_ms": 100})
    others = [Op(f"services/{name}.yaml", (), GONE) for name in NAMES[2:]]
    [change] = edited(changed(before, others), (*OF_PROFILE, "targets", "p95_ms"), 500)
    assert (change.service, change.file) == ("berry", "gatekeeper.yaml")
    assert change.id.startswith("berry:targets.p95_ms:sha256:")


def test_a_manifest_that_changes_itself_answers_for_itself() -> None:
    file = "services/apple.yaml"
    [change] = edited(base(), ("targets",), {"p95_ms": 500}, file)
    assert (change.service, change.file) == ("apple", file)
    before = base(targets={"p95_ms": 100})
    [change] = edited(before, ("targets",), GONE, file)
    assert (change.service, change.file) == ("apple", "gatekeeper.yaml")  # the value that counts is there


def test_mappings_of_a_default_that_go_or_move_are_reported_for_each_service() -> None:
    for path, what in (
        ((*OF_PROFILE, "evidence", "load"), "`load` is no longer mapped; it was load.json"),
        (("evidence", "tests"), "`tests` is no longer mapped; it was t.xml"),
    ):
        found = edited(base(), path, GONE)
        assert [(one.service, one.message, one.file) for one in found] == [
            (name, what, "gatekeeper.yaml") for name in NAMES
        ]
    [change, *_] = edited(base(), (*OF_PROFILE, "evidence", "tests"), "none")
    assert change.where
    assert change.where.path == (*OF_PROFILE, "evidence", "tests")


def test_another_profile_and_another_folder_are_reported() -> None:
    [change, *_] = edited(base(), ("profile",), GONE, "services/apple.yaml")
    assert "apple:profile" in {one.id for one in edited(base(), ("profile",), GONE, "services/apple.yaml")}
    [change, *_] = edited(base(), ("folder",), "built/{service}")
    assert change.message == "its folder of artefacts is built/apple instead of the default"
    assert (change.file, change.blocks) == ("gatekeeper.yaml", False)


def test_a_first_mapping_by_a_default_is_a_declaration() -> None:
    artefacts = {
        f"services/{name}/new.xml": junit(f"the report of {name}, with bytes of its own") for name in NAMES
    }
    before = changed(base(artefacts), [Op("gatekeeper.yaml", ("evidence",), GONE)])
    found = edited(before, ("evidence",), {"tests": "new.xml"})
    assert {(one.cause, one.blocks) for one in found} == {(Cause.DECLARATION, False)}
    assert {one.service for one in found} == {*NAMES}
