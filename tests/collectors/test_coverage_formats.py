"""Coverage reports of many tools: XML, lines, and described formats."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from builders.artefacts import SAMPLES, chosen, collect, facts, fixture, outcome, short
from gatekeeper.collectors.coverage import read as coverage
from gatekeeper.collectors.reading import descriptions
from gatekeeper.collectors.reading.content import Content
from gatekeeper.evidence.reader import without_touched
from gatekeeper.model.evidence import Finding, Unreadable

CASES = SAMPLES.parent / "cases" / "coverage"


def text(name: str) -> str:
    return fixture("coverage", name).decode()


@pytest.mark.parametrize(
    ("name", "format_", "expected", "produced_at"),
    [
        pytest.param(
            "jacoco.xml",
            "jacoco",
            {
                "lines_pct": 75.0,
                "branches_pct": 50.0,
                "functions_pct": 100 * 7 / 9,
                "lines": 16,
                "paths": tuple(
                    f"com/acme/shop/{name}.java" for name in ("Checks", "Currency", "Money", "Order")
                ),
                "uncovered": (
                    Finding("2 of 5 lines uncovered", "com/acme/shop/Checks.java", 3),
                    Finding("2 of 9 lines uncovered", "com/acme/shop/Order.java", 9),
                ),
            },
            datetime(2026, 11, 27, 16, 28, 41, 769000, UTC),
            id="jacoco, with a group",
        ),
        pytest.param(
            "jacoco-gcovr.xml",
            "jacoco",
            {
                "lines_pct": 100 * 9 / 11,
                "branches_pct": 50.0,
                "functions_pct": 100.0,
                "paths": ("main.c", "order.c", "order.h"),
            },
            None,
            id="jacoco of gcovr, which counts no instructions",
        ),
        pytest.param(
            "clover.xml",
            "clover",
            {
                "lines_pct": 100 * 6 / 7,
                "branches_pct": 25.0,
                "functions_pct": 75.0,
                "uncovered": (Finding("1 of 6 lines uncovered", "/ci/shop/src/order.js", 13),),
            },
            datetime(2026, 11, 27, 16, 28, 47, 374000, UTC),
            id="clover of istanbul",
        ),
        pytest.param(
            "clover-phpunit.xml",
            "clover",
            {"lines_pct": 60.0, "branches_pct": None, "functions_pct": 100 * 2 / 3, "lines": 5},
            datetime(2026, 11, 27, 16, 29, 46, tzinfo=UTC),
            id="clover of phpunit",
        ),
        pytest.param(
            "clover-gcovr.xml",
            "clover",
            {"lines_pct": 100 * 9 / 11, "paths": ("main.c", "order.c", "order.h")},
            datetime(2026, 11, 27, 16, 29, 42, tzinfo=UTC),
            id="clover of gcovr, with code of tests",
        ),
        pytest.param(
            "sonarqube.xml",
            "sonarqube",
            {"lines_pct": 100 * 9 / 11, "branches_pct": 50.0, "functions_pct": None, "files": 3},
            None,
            id="sonarqube",
        ),
        pytest.param(
            "opencover.xml",
            "opencover",
            {
                "lines_pct": 80.0,
                "branches_pct": 50.0,
                "functions_pct": 100 * 2 / 3,
                "paths": ("C:/ci/Shop/Money.cs", "C:/ci/Shop/Order.cs"),
                "uncovered": (Finding("1 of 4 lines uncovered", "C:/ci/Shop/Order.cs", 12),),
            },
            None,
            id="opencover",
        ),
        pytest.param(
            "cover.out",
            "go",
            {
                "lines_pct": 100 * 5 / 6,  # of the statements, as `go tool cover -func` shows
                "branches_pct": None,
                "functions_pct": None,
                "lines": 6,
                "uncovered": (Finding("1 of 4 lines uncovered", "example.org/shop/domain/order.go", 14),),
            },
            None,
            id="go, with blocks that two packages list",
        ),
        pytest.param(
            "order.c.gcov",
            "gcov",
            {
                "lines_pct": 100 * 5 / 6,
                "branches_pct": 50.0,
                "functions_pct": 100.0,
                "uncovered": (Finding("1 of 6 lines uncovered", "order.c", 9),),
            },
            None,
            id="gcov",
        ),
    ],
)
def test_formats(name: str, format_: str, expected: dict[str, Any], produced_at: datetime | None) -> None:
    collected = collect(coverage, fixture("coverage", name))
    assert chosen(collected.facts, expected) == expected
    [origin] = collected.origins
    assert (origin.format, origin.produced_at, origin.partial) == (format_, produced_at, ())
    assert origin.not_understood == ()


@pytest.mark.published(CASES)
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("jacoco.xml", {"lines_pct": 100.0, "paths": ("demo/domain/Order.java",)}),
        ("clover.xml", {"lines_pct": 50.0, "paths": ("/w/a.ts",)}),
        ("cover.out", {"lines_pct": 100.0, "paths": ("example.org/demo/domain/order.go",)}),
        ("coverage-py.json", {"lines_pct": 100.0, "branches_pct": None, "paths": ("a.py",)}),
        ("lcov.info", {"lines_pct": 50.0, "paths": ("a.ts",)}),
    ],
)
def test_cases(name: str, expected: dict[str, Any]) -> None:
    assert chosen(facts(coverage, (CASES / name).read_bytes()), expected) == expected


def test_include_matches_the_paths_of_packages_and_modules() -> None:
    jacoco = facts(coverage, text("jacoco.xml"), include="com/acme/shop/M*.java")
    assert jacoco.paths == ("com/acme/shop/Money.java",)
    go = facts(coverage, text("cover.out"), include="**/domain/*.go")
    assert go.files == 2


def jacoco(lines: str, counters: str = "", more: str = "", session: str = "") -> str:
    return (
        f'<report name="shop">{session}<package name="p"><sourcefile name="A.java">{lines}{counters}</sourcefile>'
        f"{more}{counters}</package>{counters}</report>"
    )


def line(number: int, missed: int, covered: int, mb: int = 0, cb: int = 0) -> str:
    return f'<line nr="{number}" mi="{missed}" ci="{covered}" mb="{mb}" cb="{cb}"/>'


def counter(type_: str, missed: int, covered: int) -> str:
    return f'<counter type="{type_}" missed="{missed}" covered="{covered}"/>'


def test_a_line_of_which_a_part_ran_is_covered_and_shards_add_up() -> None:
    one = jacoco(line(1, 2, 1, 1, 1) + line(2, 1, 0), counter("METHOD", 1, 1))
    other = jacoco(line(1, 3, 0, 2, 0) + line(2, 0, 1), counter("METHOD", 2, 0))
    alone = facts(coverage, one)
    assert (alone.lines_pct, alone.branches_pct, alone.functions_pct) == (50, 50, 50)
    both = facts(coverage, one, other)
    assert (both.lines_pct, both.branches_pct, both.functions_pct, both.files) == (100, 50, 50, 1)


def test_the_oldest_session_decides_the_age() -> None:
    sessions = '<sessioninfo id="a" start="1" dump="1764000001000"/><sessioninfo id="b" start="1" dump="1763000000000"/>'
    [origin] = collect(coverage, jacoco(line(1, 0, 1), session=sessions)).origins
    assert origin.produced_at == datetime.fromtimestamp(1763000000, UTC)
    undated = sessions.replace(' dump="1764000001000"', "")
    assert collect(coverage, jacoco(line(1, 0, 1), session=undated)).produced_at is None


@pytest.mark.parametrize(
    "counters",
    [counter("LINE", 1, 1), counter("LINE", 0, 2), counter("LINE", 0, 1) + counter("BRANCH", 1, 0)],
    ids=["more missed", "more covered", "branches"],
)
def test_counters_that_disagree_with_the_lines_make_a_report_partial(counters: str) -> None:
    [origin] = collect(coverage, jacoco(line(1, 0, 1), counters)).origins
    assert [said.partition(":")[0] for said in origin.partial] == ["A.java", "p", "shop"]
    [agreeing] = collect(coverage, jacoco(line(1, 0, 1), counter("LINE", 0, 1))).origins
    assert agreeing.partial == ()


def test_a_module_that_only_the_counters_of_the_report_know_makes_it_partial() -> None:
    report = jacoco(line(1, 0, 1), counter("LINE", 0, 1)).replace(
        f"{counter('LINE', 0, 1)}</report>", f"{counter('LINE', 5, 1)}</report>"
    )
    [origin] = collect(coverage, report).origins
    assert origin.partial == ("shop: 5 of 6 lines are counted as missed, 0 of 1 are listed",)


def test_only_lines_and_counters_directly_in_a_level_are_of_it() -> None:
    lines = f"{line(1, 0, 1)}<other>{line(2, 1, 0)}{counter('LINE', 3, 0)}</other>{counter('LINE', 0, 1)}"
    class_ = (
        f'<class name="p/A"><method name="m">{counter("LINE", 4, 0)}</method>{counter("LINE", 4, 0)}</class>'
    )
    collected = collect(coverage, jacoco(lines, more=class_))
    assert (collected.facts.lines, collected.origins[0].partial) == (1, ())


def test_the_same_file_in_two_modules_is_two_files() -> None:
    package = '<package name="p"><sourcefile name="A.java">{}</sourcefile></package>'
    groups = "".join(
        f'<group name="{name}">{package.format(lines)}</group>'
        for name, lines in (("a", line(1, 0, 1)), ("b", line(1, 0, 1) + line(2, 1, 0)))
    )
    assert facts(coverage, f'<report name="all">{groups}</report>').paths == ("p/A.java", "p/A.java")


def test_files_of_two_modules_are_kept_apart_even_if_they_have_the_same_lines() -> None:
    package = '<package name="p"><sourcefile name="Main.java">{}</sourcefile></package>'
    groups = "".join(
        f'<group name="{name}">{package.format(only)}</group>'
        for name, only in (("a", line(1, 0, 1)), ("b", line(1, 1, 0)))
    )
    report = f'<report name="all">{groups}</report>'
    assert (facts(coverage, report).lines_pct, facts(coverage, report).files) == (50, 2)
    assert (facts(coverage, report, report).lines_pct, facts(coverage, report, report).files) == (50, 2)
    shard = report.replace('mi="1" ci="0"', 'mi="0" ci="1"')
    assert facts(coverage, report, shard).lines_pct == 100


def test_code_without_lines_that_did_not_run_makes_jacoco_partial() -> None:
    without = f'<sourcefile name="B.java">{counter("INSTRUCTION", 7, 2)}</sourcefile>'
    [origin] = collect(coverage, jacoco(line(1, 0, 1), more=without)).origins
    assert origin.partial == ("B.java: 7 instructions did not run, and no line is listed; compile with `-g`",)


def clover(lines: str, metrics: str = "", of_project: str = "", type_: str = "project") -> str:
    return (
        f'<coverage generated="1795796927"><project timestamp="1795796920">{of_project}<{type_}>'
        f'<package name="src"><file name="a.ts" path="/r/a.ts">{metrics}{lines}</file></package>'
        f"</{type_}></project></coverage>"
    )


STMT = '<line num="{}" count="{}" type="stmt"/>'


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        pytest.param(
            clover(STMT.format(1, 2) + STMT.format(1, 0), '<metrics statements="2" coveredstatements="1"/>'),
            {"lines_pct": 100.0, "lines": 1},
            id="a line with two statements ran if one did",
        ),
        pytest.param(
            clover(STMT.format(1, 2), '<metrics statements="3" coveredstatements="2"/>'),
            {"lines_pct": 100 * 2 / 3, "lines": 3},
            id="statements that are only counted are lines",
        ),
        pytest.param(
            clover('<line num="1" type="cond" truecount="3" falsecount="0"/>' + STMT.format(1, 3)),
            {"lines_pct": 100.0, "branches_pct": None},
            id="a condition of OpenClover",
        ),
        pytest.param(
            clover(
                STMT.format(2, 1) + '<line num="1" type="method" signature="a() : void" count="1"/>',
                '<metrics methods="4" coveredmethods="1"/>',
            ),
            {"functions_pct": 25.0, "lines": 1},
            id="methods that are only counted are uncovered",
        ),
        pytest.param(
            clover(
                '<line num="1" type="method" name="a" count="1"/>' + STMT.format(2, 1) + STMT.format(3, 0),
                '<metrics methods="1" coveredmethods="0"/>',
            ),
            {"functions_pct": 100.0},
            id="a method of which a part ran is covered, though PHPUnit counts those that ran whole",
        ),
    ],
)
def test_shapes_of_clover(report: str, expected: dict[str, Any]) -> None:
    assert chosen(facts(coverage, report), expected) == expected


def test_what_the_project_counts_and_no_file_shows_makes_clover_partial() -> None:
    counted = (
        '<metrics statements="3" coveredstatements="1" conditionals="2" coveredconditionals="1" '
        'methods="1" coveredmethods="0"/>'
    )
    [origin] = collect(coverage, clover(STMT.format(1, 1), of_project=counted)).origins
    assert origin.partial == (
        "2 statements are counted as uncovered, the files show 0",
        "1 conditionals are counted as uncovered, the files show 0",
        "1 methods are counted as uncovered, the files show 0",
    )


def test_branches_of_clover_that_are_not_counted_are_not_understood() -> None:
    condition = '<line num="1" count="1" type="cond" truecount="1" falsecount="0"/>'
    collected = collect(coverage, clover(condition))
    [branch] = collected.origins[0].not_understood
    assert branch.place.message == "/r/a.ts: 1 branches without `conditionals` in its metrics"
    assert branch.touches == {"branches_pct"}
    assert without_touched(collected).lines_pct == 100
    unknown = collect(coverage, clover(condition + '<line num="2" count="0" type="other"/>'))
    assert without_touched(unknown).lines_pct is None


def test_a_file_of_clover_below_testproject_is_code_of_tests() -> None:
    assert outcome(coverage, clover(STMT.format(1, 1), type_="testproject")).startswith("collected")
    report = (
        clover(STMT.format(1, 1)).replace("project ", "testproject ").replace("/project>", "/testproject>")
    )
    report = report.replace("<project>", "").replace("</testproject></testproject>", "</testproject>")
    assert outcome(coverage, report) == "absent: report-0: the report lists no file"


def sonar(lines: str, root: str = '<coverage version="1">') -> str:
    return f'{root}<file path="a.c">{lines}</file></coverage>'


TO_COVER = '<lineToCover lineNumber="1" covered="true"/>'


def gcov(*lines: str) -> str:
    return "\n".join(["        -:    0:Source:a.c", *lines, ""])


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        (jacoco(""), "absent: report-0: no line of the selected files can be covered"),
        (
            '<report name="a"><package name="p"/></report>',
            "absent: report-0: the report lists no source file",
        ),
        (
            '<report name="a"><sessioninfo id="a"/></report>',
            "absent: report-0: the report lists no source file",
        ),
        (
            '<report format_id="1"/>',
            "unreadable: report-0: XML with the root <report> has no supported format",
        ),
        (jacoco(line(1, 0, 1))[:-9], "unreadable: report-0: line 1: not XML"),
        (
            jacoco('<line nr="x" mi="0" ci="1"/>'),
            "unreadable: report-0: a line or counter has 'x', not a count",
        ),
        (jacoco(line(1, 0, -1)), "unreadable: report-0: a line or counter has '-1', not a count"),
        (
            jacoco(line(1, 0, 1), counter("LINE", 0, 1).replace(' missed="0"', "")),
            "unreadable: report-0: a line or counter has no missed",
        ),
        (clover(""), "absent: report-0: no line of the selected files can be covered"),
        ('<coverage generated="1"><project/></coverage>', "absent: report-0: the report lists no file"),
        (
            clover(STMT.format(1, "many")),
            "unreadable: report-0: a line or metric has 'many', not a count",
        ),
        (
            clover("", '<metrics statements="1" coveredstatements="2"/>'),
            "unreadable: report-0: statements: 2 covered of 1",
        ),
        (clover("").replace('name="a.ts" path="/r/a.ts"', ""), "unreadable: report-0: a file without a path"),
        ('<coverage version="1"/>', "absent: report-0: the report lists no file"),
        ('<coverage version="1" line-rate="0"/>', "absent: report-0: the report lists no file"),
        (sonar(""), "absent: report-0: no line of the selected files can be covered"),
        (
            sonar(TO_COVER, '<coverage version="2">'),
            "unreadable: report-0: the version is '2', not '1'",
        ),
        (
            sonar("<lines>" + TO_COVER + "</lines>"),
            "unreadable: report-0: <lines> in <file> is not an element of SonarQube's format",
        ),
        (
            sonar(TO_COVER.replace("true", "yes")),
            "unreadable: report-0: line 1 has covered='yes', neither true nor false",
        ),
        (
            sonar(TO_COVER.replace("/>", ' branchesToCover="1" coveredBranches="2"/>')),
            "unreadable: report-0: the branches of line 1: 2 covered of 1",
        ),
        (sonar(TO_COVER).replace('"a.c"', '""'), "unreadable: report-0: a file without a path"),
        ("<CoverageSession><Modules/></CoverageSession>", "absent: report-0: the report lists no file"),
        (
            text("opencover.xml").replace(' fullPath="C:\\ci\\Shop\\Order.cs"', ""),
            "unreadable: report-0: a file without a path",
        ),
        (
            text("opencover.xml").replace('vc="0"', ""),
            "unreadable: report-0: a point or summary has no vc",
        ),
        (
            "<coverage><other/></coverage>",
            "unreadable: report-0: XML with the root <coverage> has no supported",
        ),
        ("mode: set\n", "absent: report-0: the report lists no file"),
        ("mode: other\na.go:3.13,5.2 1 1\n", "unreadable: report-0: the file has no supported format"),
        (
            "mode: set\na.go:3.13,5.2 1 1\na.go:7.13,",
            "unreadable: report-0: line 3: 'a.go:7.13,' is not a block of a cover profile",
        ),
        (
            "mode: set\na.go:3.13,5.2 1 1\na.go:3.13,5.2 2 1\n",
            "unreadable: report-0: line 3: the block had another number of statements above",
        ),
        ("mode: set\na.go:3.13,5.2 0 1\n", "absent: report-0: no line of the selected files can be covered"),
        (gcov("        -:    1:int a;"), "absent: report-0: no line of the selected files can be covered"),
        (
            gcov("  1.2k:    1:int a;"),
            "unreadable: report-0: line 2: '  1.2k:    1:int a;' is not a line of gcov",
        ),
        ("        -:    0:Source:\n", "unreadable: report-0: line 1: the source has no name"),
    ],
    ids=short,
)
def test_what_is_no_evidence(report: str, expected: str) -> None:
    assert outcome(coverage, report).startswith(expected)


def test_a_point_of_opencover_that_is_of_no_file_makes_it_partial() -> None:
    report = text("opencover.xml").replace('<FileRef uid="1" />', "").replace('fileid="1"', 'fileid="9"')
    [origin] = collect(coverage, report).origins
    assert origin.partial[0] == (
        "a point of Shop.Order System.Int32 Shop.Order::Total(System.Int32) is of no listed file"
    )
    assert "1 sequence points are counted as uncovered, the files show 0" in origin.partial


def test_code_of_the_compiler_is_not_counted_and_modules_number_files_each_for_itself() -> None:
    report = text("opencover.xml").replace('sl="9"', f'sl="{0xFEEFEE}"')
    begin, end = report.index("    <Module "), report.index("  </Modules>")
    other = report[begin:end].replace("Order.cs", "Swapped.cs").replace("Money.cs", "Order.cs")
    found = facts(coverage, report[:end] + other + report[end:])
    assert found.lines == 8  # Order.cs has 3 lines, and line 5 of the second module
    assert found.paths == ("C:/ci/Shop/Money.cs", "C:/ci/Shop/Order.cs", "C:/ci/Shop/Swapped.cs")
    without = other[: other.index("<Files>")] + other[other.index("</Files>") + len("</Files>") :]
    assert (
        "is of no listed file"
        in collect(coverage, report[:end] + without + report[end:]).origins[0].partial[0]
    )


def test_points_of_older_versions_of_opencover_are_of_the_file_of_their_method() -> None:
    report = text("opencover.xml")
    for uid in "12":
        report = report.replace(f' fileid="{uid}"', "")
    assert facts(coverage, report) == facts(coverage, text("opencover.xml"))


def test_shards_of_a_profile_of_go_unite_by_block() -> None:
    blocks = "mode: set\na.go:3.13,5.2 4 {}\na.go:9.2,9.9 1 {}\na.go:11.2,11.9 5 0\n"
    one, other = blocks.format(0, 1), blocks.format(1, 0)
    assert facts(coverage, one).lines_pct == 10
    assert facts(coverage, other).lines_pct == 40
    assert facts(coverage, one, other).lines_pct == 50


def test_lines_of_gcov() -> None:
    report = gcov(
        "        -:    0:Runs:1",
        "function a() called 1 returned 100% blocks executed 75%",
        "       2*:    1:int a() { return b ? 1 : 2; }",
        "branch  0 taken 50% (fallthrough)",
        "branch  1 never executed",
        "call    0 returned 100%",
        "    =====:    2:throws();",
        "        4:    3:f();",
        "------------------",
        "T<int>::f():",
        "    #####:    3:f();",
        "    $$$$$:    3-block  0",
    )
    collected = collect(coverage, report)
    expected = {"lines_pct": 100 * 2 / 3, "branches_pct": 50.0, "functions_pct": 100.0}
    assert chosen(collected.facts, expected) == expected
    assert collected.origins[0].partial == ()


def test_sources_that_gcov_prints_one_after_the_other_are_files_of_their_own() -> None:
    report = gcov("        1:    1:a", "        1:    2:b") + gcov("    #####:    1:c").replace("a.c", "b.c")
    found = facts(coverage, report)
    assert (found.lines_pct, found.paths) == (100 * 2 / 3, ("a.c", "b.c"))


def test_a_line_that_is_missing_from_gcov_makes_it_partial() -> None:
    [origin] = collect(coverage, gcov("        1:    1:a", "        1:    3:b")).origins
    assert origin.partial == ("line 2 of a.c is missing",)


def test_what_a_path_contains_is_no_mark_of_a_format() -> None:
    report = clover(STMT.format(1, 1)).replace("/r/a.ts", "/cobertura/line-rate=/a.ts")
    assert collect(coverage, report).format == "clover"


ORDER_PY = Finding("2 of 10 lines uncovered", "shop/order.py", 4)


@pytest.mark.parametrize(
    ("name", "expected", "origin"),
    [
        pytest.param(
            "coverage-py.json",
            {"functions_pct": None, "lines": 12, "uncovered": (ORDER_PY,)},
            {"format": "coverage.py", "producer": "coverage.py 7.17.5", "items": 3},
            id="coverage.py",
        ),
        pytest.param(
            "coverage-py-contexts.json",
            {"lines_pct": 100 * 10 / 12, "branches_pct": 50.0, "uncovered": (ORDER_PY,)},
            {"producer": "coverage.py 7.17.5"},
            id="coverage.py with contexts",
        ),
        pytest.param(
            "gcovr.json",
            {"paths": ("main.c", "order.c", "order.h"), "lines": 11},
            {"format": "gcovr", "producer": "gcovr", "produced_at": None},
            id="gcovr",
        ),
        pytest.param(
            "gcov.jsonl",
            {"uncovered": (Finding("1 of 4 lines uncovered", "main.c", 5), Finding("1 of 6 lines uncovered", "order.c", 9))},
            {"format": "gcov-json", "producer": "gcov 12.2.0"},
            id="gcov, a document on each line",
        ),
        pytest.param(
            "simplecov.json",
            {"uncovered": (Finding("1 of 1 lines uncovered", "/ci/shop/lib/money.rb", 1), Finding("3 of 11 lines uncovered", "/ci/shop/lib/order.rb", 14))},
            {"producer": "simplecov 0.22.0"},
            id="simplecov, without the lines between nocov",
        ),
        pytest.param(
            "simplecov-resultset.json",
            {"lines": 14, "functions_pct": None},
            {"format": "simplecov-resultset", "produced_at": datetime(2026, 11, 27, 16, 54, 9, tzinfo=UTC)},
            id="simplecov's result set",
        ),
        pytest.param(
            "llvm-cov.json",
            {"uncovered": (Finding("1 of 5 lines uncovered", "/ci/shop/main.c"), Finding("1 of 8 lines uncovered", "/ci/shop/order.c"))},
            {"format": "llvm-cov", "producer": "llvm-cov"},
            id="llvm-cov",
        ),
        pytest.param(
            "coveralls.json",
            {"lines": 11},
            {"commit": "138f4927d7bc88196eec91162b681a00193d7e31"},
            id="coveralls",
        ),
        pytest.param(
            "coverlet.json",
            {"lines_pct": 80.0, "branches_pct": 50.0, "functions_pct": 100 * 2 / 3, "paths": ("C:/ci/Shop/Money.cs", "C:/ci/Shop/Order.cs")},
            {"format": "coverlet", "producer": "coverlet"},
            id="coverlet",
        ),
        pytest.param(
            "devel-cover.json",
            {"paths": ("lib/Order.pm",), "lines": 13},
            {"produced_at": datetime(2026, 11, 27, 16, 57, 37, 535730, UTC)},
            id="Devel::Cover",
        ),
        pytest.param("tarpaulin.json", {"paths": ("/ci/shop/src/money.rs", "/ci/shop/src/order.rs")}, {}, id="tarpaulin"),
        pytest.param("dart.json", {"paths": ("package:shop/money.dart", "package:shop/order.dart")}, {}, id="dart"),
    ],
)  # fmt: skip
def test_described_formats(name: str, expected: dict[str, Any], origin: dict[str, Any]) -> None:
    collected = collect(coverage, fixture("coverage", name))
    assert chosen(collected.facts, expected) == expected
    [found] = collected.origins
    assert chosen(found, origin) == origin
    assert (found.partial, found.not_understood) == ((), ())


def edited(name: str, *path: str | int, value: Any = None) -> str:
    """Return a fixture with another value at a path; without one, the value there is removed."""
    document: Any = json.loads(text(name))
    owner = document
    for step in path[:-1]:
        owner = owner[step]
    if value is None:
        del owner[path[-1]]
    else:
        owner[path[-1]] = value
    return json.dumps(document)


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        (edited("coverage-py.json", "files", value={}), "absent: report-0: the report lists no file"),
        (
            edited("coverage-py.json", "files", "shop/money.py", "executed_lines", value=["1"]),
            "unreadable: report-0: /files/shop~1money.py: run is '1', not a count",
        ),
        (
            edited("coverage-py.json", "meta", "timestamp", value="yesterday"),
            "unreadable: report-0: produced_at is 'yesterday', not a time",
        ),
        (text("coverage-py.json")[:-40], "unreadable: report-0: line 1: not JSON"),
        (
            edited("gcovr.json", "files", 0, "lines", 1, "count"),
            "unreadable: report-0: main.c: of 4 hits, 3 have counts",
        ),
        (edited("gcovr.json", "files", 0, "lines"), "unreadable: report-0: main.c: neither lines nor their total"),
        (edited("gcovr.json", "files", 0, "file", value=" "), "unreadable: report-0: a file without a path"),
        (edited("gcovr.json", "files", value=[]), "absent: report-0: the report lists no file"),
        (
            edited("llvm-cov.json", "data", 0, "files", 0, "summary", "lines", "covered"),
            "unreadable: report-0: /ci/shop/main.c: only one of the total and the covered lines is stated",
        ),
        (
            edited("xccov.json", "targets", 0, "files", 0, "coveredLines", value=9),
            "unreadable: report-0: /ci/shop/Order.swift: lines: 9 covered of 4",
        ),
        (
            edited("simplecov.json", "coverage", "/ci/shop/lib/money.rb", "lines", value=["skipped"]),
            "unreadable: report-0: /coverage/~1ci~1shop~1lib~1money.rb: hits is 'skipped', not a count",
        ),
        (
            edited("codecov.json", "coverage", "src/money.rs", value={"1": "3/2"}),
            "unreadable: report-0: src/money.rs: line 1: 3 covered of 2",
        ),
        (
            edited("codecov.json", "coverage", "src/money.rs", value={"1": True}),
            "unreadable: report-0: src/money.rs: line 1 is True, not a count",
        ),
        ('{"coverage": {}}', "absent: report-0: the report lists no file"),
        (
            edited("dart.json", "coverage", 0, "hits", value=[3, 1, 4]),
            "unreadable: report-0: package:shop/order.dart: 2 lines have 1 hits",
        ),
        (
            '{"A.dll": {"A.cs": {"A": {"m": {"Lines": {"x": 1}, "Branches": []}}}}}',
            "unreadable: report-0: A.dll A m: 'x' is not a line",
        ),
        (
            '{"A.dll": {"A.cs": {"A": {"m": {"Lines": {"1": 1}, "Branches": [{"Hits": "1"}]}}}}}',
            "unreadable: report-0: A.dll A m: the Hits of a branch is '1', not a count",
        ),
    ],
    ids=short,
)  # fmt: skip
def test_described_files_that_are_no_evidence(report: str, expected: str) -> None:
    assert outcome(coverage, report).startswith(expected)


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        (
            edited("coverage-py.json", "files", "shop/order.py"),
            ("2 lines are counted as uncovered, the files show 0", "1 branches are counted as uncovered, the files show 0"),
        ),
        (
            edited("devel-cover.json", "summary", "Total", "statement", value={"total": 20, "covered": 10}),
            ("10 lines are counted as uncovered, the files show 3",),
        ),
        (
            edited("tarpaulin.json", "coverable", value=9),
            ("6 lines are counted as uncovered, the files show 1",),
        ),
        (
            edited("gcovr-summary.json", "function_covered", value=1),
            ("3 functions are counted as uncovered, the files show 0",),
        ),
    ],
    ids=short,
)  # fmt: skip
def test_what_the_totals_count_and_no_file_shows_makes_a_report_partial(
    report: str, expected: tuple[str, ...]
) -> None:
    assert collect(coverage, report).origins[0].partial == expected


def test_lines_that_only_the_summary_of_a_file_counts_are_uncovered() -> None:
    report = edited("coverage-py.json", "files", "shop/order.py", "missing_lines", value=[])
    assert facts(coverage, report).lines_pct == 100 * 10 / 12


def test_parts_of_a_header_that_units_compile_do_not_share_branches_and_functions() -> None:
    def unit(number: int, hits: int) -> str:
        line = {"line_number": number, "count": hits, "branches": [{"count": hits}, {"count": 0}]}
        file = {"file": "h.h", "lines": [line], "functions": [{"execution_count": hits}]}
        return json.dumps({"gcc_version": "12", "format_version": "1", "files": [file]})

    expected = {"lines_pct": 50.0, "branches_pct": 25.0, "functions_pct": 50.0}
    found = facts(coverage, f"{unit(2, 1)}\n{unit(6, 0)}\n{unit(2, 0)}")
    assert chosen(found, expected) == expected


def test_lines_that_gcovr_excludes_do_not_count() -> None:
    line = {"line_number": 5, "count": 0, "branches": [], "gcovr/excluded": True}
    assert facts(coverage, edited("gcovr.json", "files", 0, "lines", 2, value=line)).lines == 10


def resultset(**lines: Any) -> str:
    return json.dumps(
        {name: {"coverage": {"/r/a.rb": hits}, "timestamp": at} for at, (name, hits) in enumerate(lines.items(), 9)}
    )  # fmt: skip


def test_commands_of_a_result_set_add_up_and_the_oldest_decides_the_age() -> None:
    collected = collect(coverage, resultset(RSpec={"lines": [1, 0, None]}, Minitest={"lines": [0, 1, None]}))
    assert (collected.facts.lines_pct, collected.facts.files) == (100, 1)
    assert collected.produced_at == datetime.fromtimestamp(9, UTC)
    older = collect(coverage, resultset(RSpec=[1, 0, None]))
    assert older.facts.lines_pct == 50


def test_reports_of_totals_alone_cannot_be_added_up_and_those_of_lines_can() -> None:
    llvm, py = text("llvm-cov.json"), text("coverage-py.json")
    assert "which cannot be added up" in outcome(coverage, llvm, llvm)
    assert facts(coverage, py, py).lines_pct == facts(coverage, py).lines_pct


def test_the_codecov_branches_of_a_line_count_and_the_line_ran_if_one_did() -> None:
    report = '{"coverage": {"a.rs": {"1": "1/2", "2": "0/2", "3": null}}}'
    found = facts(coverage, report)
    assert (found.lines_pct, found.branches_pct, found.lines) == (50, 25, 2)


OWN = """
format: own
kind: coverage
reads: csv
recognise: {all: [source, line, count]}
items: {row: "@"}
fields: {path: row.source, line: row.line, line_hits: row.count}
"""


def test_a_description_may_have_a_row_for_each_line() -> None:
    rows = "source,line,count\na.c,1,2\na.c,2,0\nb.c,1,1\n"
    report: Any = descriptions.valid(OWN, "coverage").read(Content("a.csv", rows.encode()))
    assert [(file.path, file.lines, file.first_uncovered) for file in report.files] == [
        ("a.c", (1, 2), 2),
        ("b.c", (1, 1), None),
    ]
    without = Content("a.csv", b"source,line,count\na.c,1,\n")
    with pytest.raises(Unreadable, match=r"a\.c: line 1 has no hits"):
        descriptions.valid(OWN, "coverage").read(without)


def test_two_branches_of_one_key_are_those_that_the_counters_of_lcov_know() -> None:
    record = "SF:a.cpp\nDA:1,1\nBRDA:1,0,0,1\nBRDA:1,0,0,-\nBRF:2\nBRH:1\nend_of_record\n"
    assert collect(coverage, record).facts.branches_pct == 50
