"""A readiness document is read as people read it, Markdown or flattened, and what is unclear has a line."""

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.documents import FLATTENED, MARKDOWN, line_of, read, section
from builders.reference_criteria import CRITERIA, UNLISTED
from builders.workspaces import ROOT, Run, write
from gatekeeper.documents.parse import MAX_BYTES, MAX_LINE, read_document
from gatekeeper.errors import UsageError
from gatekeeper.manifests.validation import parse
from gatekeeper.model.document import DocumentCell
from gatekeeper.model.milestone import Milestone
from gatekeeper.model.service import PlanCell, Scope, Service


def remarks(text: str) -> list[str]:
    return [f"{remark.line}: {remark.message}" for remark in read(text).remarks]


@pytest.mark.parametrize("text", [MARKDOWN, FLATTENED], ids=["markdown", "flattened"])
def test_a_document_reads_as_people_read_it(text: str) -> None:
    document = read(text)
    assert document.remarks == ()
    assert {str(one.level): (one.meaning, one.audience) for one in document.levels.values()} == {
        "L0": ("Not started", None),
        "L1": (
            ("Skeleton: empty", "Internal & tests")
            if text is MARKDOWN
            else ("Skeleton: empty, no endpoints", "Internal & tests")
        ),
    }
    gate = document.gates["G1"]
    assert (gate.name, gate.artefact) == ("Domain", "/domain/**.test.ts")
    assert gate.definition == ("Pure | typed" if text is MARKDOWN else "Pure and typed")
    assert [(one.id, one.text) for one in document.criteria["G1"].criteria] == [
        (None, "Pure TS; no framework."),
        ("G1.pure", "Is it pure? From L2."),
    ]
    assert {name: [*of.cells] for name, of in document.services.items()} == {
        "shop-service": ["M1", "M2"],
        "till": ["M1"],
    }
    shop = document.services["shop-service"]
    assert shop.about == "sales"
    first, second = shop.cells.values()
    only = ("G1.pure",) if text is MARKDOWN else None
    assert first.level == "L1"
    assert first.gates == {"G1": Scope(scope="core", only=only)}
    assert [(one.capability, one.optional) for one in first.adds] == [
        ("refunds", False),
        ("stars optional", True),
    ]
    assert (second.level, second.gates, second.adds) == ("L2", None, ())
    assert document.states_effects is (text is MARKDOWN)
    assert [
        (name, row.is_cumulative, [(to.service, to.label, str(to.level), to.note) for to in row.targets])
        for name, row in document.published.items()
    ] == [
        ("M1", False, [("shop-service", None, "L1", None), ("till", None, "L3", "new")]),
        (
            "M2",
            True,
            [
                ("shop-service", None, "L2", None),
                (None, "residency", "L3", "residency-capable services"),
                (None, "eu", "L1", None),
            ],
        ),
    ]
    assert {name: of.text for name, of in document.policy.items()} == {"change-control": "three sign."}


@pytest.mark.parametrize("text", [MARKDOWN, FLATTENED], ids=["markdown", "flattened"])
def test_lines_are_those_of_the_file(text: str) -> None:
    document = read(text)
    shop = document.services["shop-service"]
    assert shop.line == line_of(text, "shop-service (sales)")
    assert shop.cells["M1"].line == line_of(text, "refunds")
    assert document.levels["L1"].line == line_of(text, "Skeleton")
    assert document.gates["G1"].line == line_of(text, "G1 Domain")
    assert document.criteria["G1"].line == line_of(text, "G1 Domain — ")
    assert document.criteria["G1"].criteria[1].line == line_of(text, "Is it pure")
    assert document.published["M2"].line == line_of(text, "residency-capable")


@pytest.mark.parametrize("text", [MARKDOWN, FLATTENED], ids=["markdown", "flattened"])
@pytest.mark.parametrize("change", ["crlf", "cr", "bom", "no last line break"])
def test_ways_to_save_a_file_change_nothing(text: str, change: str) -> None:
    changed = {
        "crlf": text.replace("\n", "\r\n"),
        "cr": text.replace("\n", "\r"),
        "bom": "\ufeff" + text,
        "no last line break": text.rstrip("\n"),
    }[change]
    assert read(changed) == read(text)


def test_a_whole_name_goes_before_a_short_one() -> None:
    text = MARKDOWN.replace("### till", "### shop")
    targets = read(text).published["M1"].targets
    assert [target.service for target in targets] == ["shop", "till"]


def test_blank_lines_between_rows_of_a_page_change_nothing() -> None:
    spaced = read(FLATTENED.replace("\n", "\n\n"))
    assert spaced.remarks == ()
    assert [*spaced.services["shop-service"].cells] == ["M1", "M2"]
    assert [len(part) for part in spaced[:6]] == [len(part) for part in read(FLATTENED)[:6]]


def test_spaces_within_a_page_change_nothing() -> None:
    wide = read(
        FLATTENED.replace("G1 Domain — acceptance", "G1   Domain  —\t acceptance").replace("; ", ";   ")
    )
    assert wide.criteria.keys() == {"G1"}
    assert read("x" + " " * 90_000 + "y\n" + FLATTENED).remarks == ()


MATRIX = "### {0}\n\n| Milestone | Level | Gates |\n|---|---|---|\n"
SHOP = MATRIX.format("shop")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (SHOP + "| M1 | L9 | G1 |\n", "5: M1: 'L9' is not a level; write one of L0, L1, L2, L3, L4"),
        (SHOP + "| M1 | — | G1 |\n", "5: M1: '—' is not a level; write one of L0, L1, L2, L3, L4"),
        (
            SHOP + "| Q 1 | L1 | G1 |\n",
            ("5: 'Q 1' is not a milestone: an id has 1 to 32 letters, digits, `-` and `_`, "
            "and begins with a letter or digit"),
        ),
        (
            SHOP + "| beta | L1 | G1 |\n| Beta | L1 | G1 |\n",
            "6: Beta differs from beta only in upper and lower case; this row is left out",
        ),
        (SHOP + "| M1 | L1 | G1, foo |\n", "5: M1: 'foo' is not a gate"),
        (SHOP + "| M1 | L1 | G1 |\n| M1 | L2 | |\n", "6: shop at M1 is already above; this row is left out"),
        (
            SHOP + "| M1 | L1 | G1; a |\n| M2 | L1 | + A |\n",
            "6: 'A' is already added above; it is left out",
        ),
        (SHOP + "| M1 | | + a |\n", "5: M1: '' is not a level; write one of L0, L1, L2, L3, L4"),
        (
            "### shop\n\n| Milestone | Level |\n|---|---|\n| M1 | L1 |\n",
            "3: the table has no column 'gates'; it has 'Milestone, Level'",
        ),
        (
            "### shop\n\n| Milestone | Gates |\n|---|---|\n| M1 | L1 |\n",
            "3: the table has no column 'level'; it has 'Milestone, Gates'",
        ),
        (
            "### shop\n\n| Milestone | Level | Gates |\n|---|---|\n| M1 | L1 | G1 |\n",
            "3: this is not a table: its line of dashes must have as many cells as its titles",
        ),
        (
            SHOP + f"| M1 | L1 | G1 |\n\n{SHOP}| M1 | L2 | G1 |\n",
            "7: shop is already in line 1; this one is left out",
        ),
        (
            MATRIX.format("../../etc/passwd") + "| M1 | L1 | G1 |\n",
            "3: the heading above, '../../etc/passwd', is not the name of a service: the table is left out",
        ),
        (
            MATRIX.format("<script>alert(1)</script>") + "| M1 | L1 | G1 |\n",
            "3: the heading above, '<script>alert(1)</script>', is not the name of a service: the table is left out",
        ),
        (
            MATRIX.format("two words") + "| M1 | L1 | G1 |\n",
            "3: the heading above, 'two words', is not the name of a service: the table is left out",
        ),
        (
            SHOP + "| M1 | L1 | G1 |\n\n| Gate | Definition |\n|---|---|\n| G1 D | d |\n",
            "7: the table has no column 'test artefact'; it has 'Gate, Definition'",
        ),
        (
            SHOP + "| M1 | L1 | G1 |\n\n| Gate | Definition | Test artefact |\n|---|---|---|\n| Domain | d | a |\n",
            "9: 'Domain' is not a gate: write its id and its name, `G1 Domain`",
        ),
        (
            SHOP + "| M1 | L1 | G1 |\n\n| Level | Meaning | Who may use it |\n|---|---|---|\n| L1 | a | b |\n| L1 | c | d |\n",
            "10: L1 is already above; this row is left out",
        ),
        (
            SHOP + "| M1 | L1 | G1 |\n\n- M1 G1: demands\n",
            "7: shop has no scope note of G1 at M1",
        ),
        (
            SHOP + "| M1 | L1 | G1 (core) |\n\n- M1 G1: is hard\n",
            "7: 'is hard' does not explain a scope note: write `demands` or `only G1.name`",
        ),
        (
            SHOP + "| M1 | L1 | |\n\n## Exit\n\n| Milestone | Must-green services |\n|---|---|\n| M1 | shop |\n",
            "11: M1: 'shop' names no service with a level",
        ),
        (
            SHOP + "| M1 | L1 | |\n\n## Exit\n\n| Milestone | Must-green services |\n|---|---|\n| M1 | shop L7 |\n",
            "11: M1: 'L7' is not a level; write one of L0, L1, L2, L3, L4",
        ),
        (
            SHOP + "| M1 | L1 | |\n\n## Exit\n\n| Milestone | Must-green services |\n|---|---|\n| M1 | a/b L1 |\n",
            "11: M1: 'a/b' is not the name of a service",
        ),
        (
            SHOP + "| M1 | L1 | |\n\n### G1 A — acceptance criteria\n\n- a\n\n### G1 B — acceptance criteria\n\n- b\n",
            "11: criteria of G1 are already listed above; these are left out",
        ),
        (
            MATRIX.format('shop ("\\\\x")') + "| M1 | L1 | G1 |\n",
            "1: '\"\\\\x\"' is quoted, but not as a JSON string",
        ),
        ("shop\n\nMilestoneLevelGates\nM1L7G1\n", "4: M1: 'L7' is not a level; write one of L0, L1, L2, L3, L4"),
        (
            "shop\n\nMilestoneLevelGates\nM1L1G1\n\ntill\n\nMilestoneLevels\nM1L3G1\n",
            ("9: this row is not below a known line of titles: LevelMeaningWho may use it, "
            "GateDefinitionTest artefact, MilestoneLevelGates, MilestoneMust-green services (level target), "
            "MilestoneServices in scope (target level)"),
        ),
    ],
)  # fmt: skip
def test_what_is_unclear_is_told_with_its_line(text: str, expected: str) -> None:
    assert remarks(text) == [expected]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "page.md:1: the file is empty"),
        (b" \n\n", "page.md:1: the file is empty"),
        (
            b"# Hello\n\nWorld\n",
            "page.md:1: not a readiness document: no heading is followed by a table",
        ),
        (b"%PDF-1.7\n\xe2\xe3", "page.md:2: byte 0xe2 is not UTF-8; save the file as UTF-8"),
        (b"a\n" + b"x" * (MAX_LINE + 1), f"page.md:2: this line has {MAX_LINE + 1:,} characters; at most"),
        (b"\n" * (MAX_BYTES + 1), f"page.md:1: the file has {MAX_BYTES + 1:,} bytes; at most"),
    ],
    ids=["empty", "blank", "another", "binary", "huge-line", "huge"],
)
def test_what_is_no_document_is_told_in_a_sentence(data: bytes, expected: str) -> None:
    with pytest.raises(UsageError) as error:
        read_document(data, "page.md")
    assert str(error.value).startswith(expected)


@pytest.mark.parametrize("row", ["| M0 |", "| M0 | | |", "| M0 | — | |", "| M0 | — | — |"])
def test_a_row_without_level_and_gates_is_not_in_scope(row: str) -> None:
    document = read(f"{SHOP}{row}\n| M1 | L1 | G1 |\n")
    assert document.remarks == ()
    assert [*document.services["shop"].cells] == ["M1"]


def test_tables_of_other_things_and_comments_are_passed_over() -> None:
    text = (
        "| Fruit | Colour |\n|---|---|\n| apple | red |\n\n<!--\n| Milestone | Level | Gates |\n|---|---|---|\n"
        "| M0 | L9 | G1 |\n-->\n\n- a list\n\n" + SHOP + "| M1 | L1 | G1 |\n\n- of something else\n"
    )
    assert remarks(text) == []
    assert [*read(text).services] == ["shop"]


@pytest.mark.long
@settings(max_examples=200)
@given(
    st.lists(
        st.one_of(
            st.sampled_from([*MARKDOWN.splitlines(), *FLATTENED.splitlines()]),
            st.text(max_size=30),
            st.text(alphabet='|-#M0LG1,;()"+ \\', max_size=30),
        ),
        max_size=30,
    )
)
def test_any_text_is_a_document_or_a_sentence(lines: list[str]) -> None:
    try:
        document = read("\n".join(lines))
    except UsageError as error:
        assert str(error).startswith("page.md:")
    else:
        assert all(1 <= remark.line <= len("\n".join(lines)) + 1 for remark in document.remarks)


def manifest(folder: str, name: str, model: type[Service] | type[Milestone]) -> Service | Milestone:
    parsed = parse((ROOT / folder / f"{name}.yaml").read_bytes(), name, model).model
    assert parsed
    return parsed


def in_words(cell: PlanCell | DocumentCell) -> tuple[object, ...]:
    gates = cell.gates
    words = None if gates is None else {gate: scope and scope.scope for gate, scope in gates.items()}
    return str(cell.level), words, cell.adds


def test_the_flattened_document_is_read_cell_by_cell_as_the_reference_plan_has_it(page: bytes) -> None:
    document = read_document(page, "page.txt")
    assert document.remarks == ()
    assert len(document.services) == 19
    assert sum(len(service.cells) for service in document.services.values()) == 98
    for name, of in document.services.items():
        planned = manifest("services", name, Service)
        assert isinstance(planned, Service)
        assert of.about == planned.about
        assert {milestone: in_words(cell) for milestone, cell in of.cells.items()} == {
            milestone: in_words(cell) for milestone, cell in planned.plan.items()
        }
    for name, row in document.published.items():
        milestone = manifest("milestones", name, Milestone)
        assert isinstance(milestone, Milestone)
        assert row.targets == milestone.must_be_green


def test_the_flattened_document_has_its_levels_gates_and_criteria(page: bytes) -> None:
    document = read_document(page, "page.txt")
    assert [level.audience for level in document.levels.values()] == [
        None,
        "Internal + dev tests only",
        "Internal staging only",
        "Customer-facing",
        "GA-grade",
    ]
    listed = Counter(name.split(".")[0] for name in set(CRITERIA) - UNLISTED)
    assert {gate: len(document.criteria[gate].criteria) for gate in document.gates} == {
        gate: listed[gate] for gate in document.gates
    }
    assert document.gates["G4"].artefact == "SyncRegistration row + conformance test"
    of = document.gates["G4"]
    assert f"G4 {of.name}{of.definition}{of.artefact}" in section(page, 2)
    assert [*document.policy] == ["change-control", "regression", "exceptions"]


def test_the_program_finds_no_difference(run: Run, page: bytes, tmp_path: Path) -> None:
    checked = run("-C", ROOT, "docs", "--check", write(tmp_path / "page.txt", page))
    assert (checked.code, checked.err) == (0, "")
