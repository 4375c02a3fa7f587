"""Coverage reports: istanbul's summary and details, lcov, Cobertura."""

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest

from builders.artefacts import chosen, collect, facts, fixture, outcome, short
from gatekeeper.collectors.coverage import read as coverage
from gatekeeper.collectors.coverage._file_coverage import merged
from gatekeeper.collectors.coverage.facts import CoverageFacts
from gatekeeper.collectors.reading.content import Content
from gatekeeper.evidence.reader import without_touched
from gatekeeper.model.evidence import Absent, Finding, Unreadable

ORDER = "/ci/app/src/domain/order.ts"
MONEY = "/ci/app/src/domain/money.ts"


@pytest.mark.parametrize(
    ("name", "include", "expected"),
    [
        pytest.param(
            "coverage-summary.json",
            "**/domain/**",
            CoverageFacts(
                lines_pct=70.0,  # 70 of 100; the average of the files would be 83
                branches_pct=50.0,
                functions_pct=70.0,
                files=2,
                lines=100,
                paths=(MONEY, ORDER),
                uncovered=(Finding("30 of 90 lines uncovered", ORDER),),
            ),
            id="istanbul-summary",
        ),
        pytest.param(
            "coverage-final.json",
            None,
            CoverageFacts(
                lines_pct=75.0,  # of line 3 the statement that ran most often counts
                branches_pct=50.0,
                functions_pct=50.0,
                files=2,
                lines=4,
                paths=(MONEY, ORDER),
                uncovered=(Finding("1 of 3 lines uncovered", ORDER, 5),),
                provider="v8",
            ),
            id="istanbul-final",
        ),
        pytest.param(
            "lcov.info",
            None,
            CoverageFacts(
                lines_pct=75.0,  # the two records of order.ts are merged line by line
                branches_pct=100.0,
                functions_pct=100.0,
                files=2,
                lines=4,
                paths=("src/domain/money.ts", "src/domain/order.ts"),
                uncovered=(Finding("1 of 3 lines uncovered", "src/domain/order.ts", 5),),
            ),
            id="lcov",
        ),
        pytest.param(
            "cobertura.xml",
            None,
            CoverageFacts(
                lines_pct=60.0,  # the lines of methods are not the lines of the file
                branches_pct=25.0,  # as the root counts: the lines show 2 of the 8 only
                functions_pct=50.0,
                files=2,
                lines=5,
                paths=(MONEY, ORDER),
                uncovered=(Finding("2 of 4 lines uncovered", ORDER, 5),),
            ),
            id="cobertura",
        ),
        pytest.param(
            "cobertura.xml",
            "src/domain/order.ts",
            CoverageFacts(
                lines_pct=50.0,
                branches_pct=50.0,
                functions_pct=50.0,
                files=1,
                lines=4,
                paths=(ORDER,),
                uncovered=(Finding("2 of 4 lines uncovered", ORDER, 5),),
            ),
            id="cobertura",
        ),
    ],
)
def test_formats(
    name: str, include: str | None, expected: CoverageFacts, request: pytest.FixtureRequest
) -> None:
    options = {} if include is None else {"include": include}
    collected = collect(coverage, fixture("coverage", name), **options)
    assert collected.facts == expected
    assert collected.format in request.node.name


def test_only_cobertura_says_when_it_was_written() -> None:
    written = datetime(2026, 3, 2, 10, 0, 0, 321000, tzinfo=UTC)
    assert collect(coverage, fixture("coverage", "cobertura.xml")).produced_at == written
    in_seconds = fixture("coverage", "cobertura.xml").replace(b"1772445600321", b"1772445600")
    assert collect(coverage, in_seconds).produced_at == written.replace(microsecond=0)
    assert collect(coverage, fixture("coverage", "lcov.info")).produced_at is None


@pytest.mark.parametrize(
    ("include", "files"),
    [
        ("**/domain/**", {ORDER, MONEY}),
        ("src/domain/**", {ORDER, MONEY}),
        ("./src/domain/*.ts", {ORDER, MONEY}),
        ("/ci/app/src/domain/*", {ORDER, MONEY}),
        (r"src\domain\*.ts", {ORDER, MONEY}),
        ("**/{order,money}.ts", {ORDER, MONEY}),
        ("**/order.ts", {ORDER}),
        ("order.ts", {ORDER}),
        ("**/orde?.ts", {ORDER}),
        (["**/money.ts", "**/order.ts"], {ORDER, MONEY}),
        ("src/**/order.ts", {ORDER}),
    ],
)
def test_include_selects_by_glob(include: str | list[str], files: set[str]) -> None:
    selected = facts(coverage, fixture("coverage", "coverage-summary.json"), include=include)
    assert set(selected.paths) == files


@pytest.mark.parametrize(
    "include", ["src/*", "domain", "app/domain/**", "/src/domain/**", "*.ts.bak", "omain/*"]
)
def test_include_may_select_nothing(include: str) -> None:
    report = fixture("coverage", "coverage-summary.json")
    expected = f"absent: report-0: the report lists no file that matches {include}"
    assert outcome(coverage, report, include=include) == expected


def summary(**files: dict[str, Any]) -> str:
    return json.dumps({path: {"lines": lines, "statements": lines, "branches": lines, "functions": lines}
                       for path, lines in files.items()})  # fmt: skip


def cobertura(lines: str, sources: str = "<source>.</source>", path: str = "a.ts") -> str:
    return (
        f"<coverage><sources>{sources}</sources><packages><package><classes>"
        f'<class filename="{path}"><methods/><lines>{lines}</lines></class>'
        f"</classes></package></packages></coverage>"
    )


LINE = '<line number="1" hits="1"/>'


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        pytest.param(
            summary(
                total={"total": 4, "covered": 4}, a={"total": 0, "covered": 0}, b={"total": 4, "covered": 1}
            ),
            {"lines_pct": 25.0, "files": 2, "uncovered": (Finding("3 of 4 lines uncovered", "b"),)},
            id="a file without lines is listed and harmless",
        ),
        pytest.param(
            summary(a={"total": 4, "covered": 3}, b={"total": 4, "covered": 1}, c={"total": 9, "covered": 3}),
            {
                "uncovered": (
                    Finding("3 of 4 lines uncovered", "b"),
                    Finding("6 of 9 lines uncovered", "c"),
                    Finding("1 of 4 lines uncovered", "a"),
                )
            },
            id="the least covered file comes first",
        ),
        pytest.param(
            "SF:a.ts\nDA:1,1,checksum\nBRDA:1,0,(x, y),-\nFNA:0,3,go\nend_of_record\n",
            {"lines_pct": 100.0, "branches_pct": 0.0, "functions_pct": 100.0},
            id="lcov 2",
        ),
        pytest.param(
            "TN:\nSF:a.ts\nDA:46,0\nDA:46,0\nDA:9,1\nLH:1\nLF:3\nend_of_record\n",
            {"lines_pct": 50.0, "uncovered": (Finding("1 of 2 lines uncovered", "a.ts", 46),)},
            id="a line that is listed twice is one line, though the counters count it twice",
        ),
        pytest.param(
            "SF:a.ts\nDA:1,1\nend_of_record\nSF:a.ts\nDA:1,0\nDA:2,0\nend_of_record\n",
            {"paths": ("a.ts", "a.ts"), "lines_pct": 100 / 3},
            id="two records with other lines are files of two packages",
        ),
        pytest.param(
            "SF:a.ts\nDA:1,1\nLF:9\nend_of_record\n",
            {"lines_pct": 100 / 9, "uncovered": (Finding("8 of 9 lines uncovered", "a.ts"),)},
            id="lines that the counters alone report are uncovered",
        ),
        pytest.param(
            "SF:a.ts\nDA:1,1\nLF:4\nLH:4\nend_of_record\n",
            {"lines_pct": 100.0},
            id="covered lines need not be listed",
        ),
        pytest.param(
            "SF:a.ts\nDA:1,1\nend_of_record\nSF:b.ts\nend_of_record\n",
            {"paths": ("a.ts", "b.ts"), "lines_pct": 100.0},
            id="a file without lines is listed in lcov too",
        ),
        pytest.param(
            "SF:a.ts\nDA:1,1\nend_of_record\n",
            {"branches_pct": None, "functions_pct": None},
            id="without branches and functions",
        ),
        pytest.param(
            "\ufeffTN:run\r\nSF:C:\\ci\\a.ts\r\nDA:1,1\r\nend_of_record\r\n",
            {"paths": ("C:/ci/a.ts",)},
            id="lcov of Windows",
        ),
        pytest.param(
            cobertura(LINE).replace(
                "<methods/>", '<methods><method name="m" hits="2"/><method name="n"/></methods>'
            ),
            {"functions_pct": 50.0},
            id="a method may count its own hits",
        ),
        pytest.param(cobertura(LINE), {"paths": ("a.ts",)}, id="source is the present folder"),
        pytest.param(cobertura(LINE, ""), {"paths": ("a.ts",)}, id="no source"),
        pytest.param(
            cobertura(LINE, "<source>/ci/src/</source>"),
            {"paths": ("/ci/src/a.ts",)},
            id="relative to the source",
        ),
        pytest.param(
            cobertura(LINE, "<source>/ci</source>", "/other/a.ts"), {"paths": ("/other/a.ts",)}, id="absolute"
        ),
        pytest.param(
            cobertura(
                LINE + "</lines></class><class filename='/ci/a.ts'><lines>" + LINE, "<source>/ci</source>"
            ),
            {"paths": ("/ci/a.ts",)},
            id="relative and absolute in one report",
        ),
        pytest.param(
            cobertura(LINE, "<source>/ci/a</source><source>/ci/b</source>"),
            {"paths": ("a.ts",)},
            id="of several sources none is guessed",
        ),
    ],
)
def test_shapes(report: str, expected: dict[str, Any]) -> None:
    assert chosen(facts(coverage, report), expected) == expected


FINAL = {"statementMap": {"0": {"start": {"line": 1}}}, "s": {"0": 1}, "f": {}, "b": {}}


@pytest.mark.parametrize(
    ("entry", "provider"),
    [
        ({}, None),
        ({"all": True}, "v8"),
        ({"hash": "9f"}, "istanbul"),
        ({"_coverageSchema": "1a"}, "istanbul"),
    ],
)
def test_provider(entry: dict[str, Any], provider: str | None) -> None:
    assert facts(coverage, json.dumps({"a.ts": FINAL | entry})).provider == provider


UNKNOWN = {"total": 0, "covered": 0, "skipped": 0, "pct": "Unknown"}
NAN = '<coverage lines-valid="0" line-rate="NaN" branch-rate="NaN"><packages></packages></coverage>'


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        ("", "absent: report-0: the file is empty"),
        ("{}", "absent: report-0: the report lists no file"),
        (summary(total=UNKNOWN), "absent: report-0: the report lists no file"),
        (summary(a=UNKNOWN), "absent: report-0: no line of the selected files can be covered"),
        (NAN, "absent: report-0: the report lists no file"),
        ("TN:\n", "absent: report-0: the report lists no file"),
        ("SF:a.ts\nend_of_record\n", "absent: report-0: no line of the selected files can be covered"),
        (cobertura(""), "absent: report-0: no line of the selected files can be covered"),
        (
            '{"meta": {}}',
            "unreadable: report-0: the JSON has no supported format",
        ),
        (
            '{"a": 1}',
            "unreadable: report-0: the JSON has no supported format",
        ),
        ("[]", "unreadable: report-0: the JSON has no supported format"),
        ('{"a": {"lines": {}}}', "unreadable: report-0: the JSON has no supported format"),
        (
            "<testsuites/>",
            "unreadable: report-0: XML with the root <testsuites> has no supported format",
        ),
        ("lines: 100%", "unreadable: report-0: the file has no supported format"),
        (summary(a={"total": "4", "covered": 4}), "unreadable: report-0: a: lines.total is '4', not a count"),
        (summary(a={"total": 4, "covered": 5}), "unreadable: report-0: a: lines: 5 covered of 4"),
        (summary(a={"total": 4}), "unreadable: report-0: a: lines.covered is missing, not a count"),
        (summary(a={"total": 4, "covered": -1}), "unreadable: report-0: a: lines.covered is -1, not a count"),
        (
            summary(a={"total": True, "covered": 1}),
            "unreadable: report-0: a: lines.total is True, not a count",
        ),
        (summary(a={"total": 1.5, "covered": 1}), "unreadable: report-0: a: lines.total is 1.5, not a count"),
        (
            json.dumps({"a": FINAL | {"s": {}}}),
            "unreadable: report-0: a: statementMap and s have different keys",
        ),
        (json.dumps({"a": FINAL | {"b": {"0": 1}}}), "unreadable: report-0: a: b.0 is 1, not a list"),
        ("SF:a.ts\nDA:1,1\n", "unreadable: report-0: the last record is cut short"),
        (
            "SF:a.ts\nDA:1,1\nSF:b.ts\n",
            "unreadable: report-0: line 3: the previous record lacks end_of_record",
        ),
        ("SF:a.ts\nDA:1,x\nend_of_record\n", "unreadable: report-0: line 2: 'x' is not a count"),
        ("SF:a.ts\nDA:1\nend_of_record\n", "unreadable: report-0: line 2: '' is not a count"),
        ("TN:\nDA:1,1\n", "unreadable: report-0: line 2: DA outside a record"),
        (
            "SF:a.ts\nDA:1,1\nsome text\n",
            "unreadable: report-0: line 3: 'some text' is not a line of a tracefile",
        ),
        (
            json.dumps({"a": FINAL | {"fnMap": {"0": {}}}}),
            "unreadable: report-0: a: fnMap and f have different keys",
        ),
        (b"SF:\xff.ts\nend_of_record\n", "unreadable: report-0: line 1: byte 0xff is not UTF-8"),
        (
            cobertura('<line number="1" hits="NaN"/>'),
            "unreadable: report-0: a line or method has hits='NaN', not a count",
        ),
        (
            cobertura('<line number="1" hits="1" branch="true" condition-coverage="150% (3/2)"/>'),
            "unreadable: report-0: the branches of line 1: 3 covered of 2",
        ),
        (cobertura(LINE, path=""), "unreadable: report-0: a class without a filename"),
        (cobertura(LINE)[:-9], "unreadable: report-0: line 1: not XML: unclosed token"),
        (
            '<!DOCTYPE coverage [<!ENTITY x "y">]>' + cobertura(LINE),
            "unreadable: report-0: line 1: entity declarations",
        ),
        ("{" * 50_000, "unreadable: report-0: line 1: not JSON"),
        ('{"a":' * 50_000, "unreadable: report-0: line 1: not JSON: nested too deep"),
        ("<coverage><packages>" * 50_000, "unreadable: report-0: line 1: elements nested more than 64 deep"),
    ],
    ids=short,
)
def test_what_is_no_evidence(report: str | bytes, expected: str) -> None:
    assert outcome(coverage, report).startswith(expected)


def lcov(path: str, **hits: int) -> str:
    lines = "".join(f"DA:{name.removeprefix('line')},{count}\n" for name, count in hits.items())
    return f"SF:{path}\n{lines}BRDA:1,0,0,{hits['line1']}\nFNDA:{hits['line1']},f\nend_of_record\n"


def final(path: str, *hits: int) -> str:
    places = {str(n): {"start": {"line": n + 1}} for n in range(len(hits))}
    counts = {str(n): count for n, count in enumerate(hits)}
    return json.dumps(
        {path: {"statementMap": places, "s": counts, "f": {"0": hits[0]}, "b": {"0": [hits[0], 0]}}}
    )


def test_the_shards_of_a_run_add_up() -> None:
    for one, other in (
        (lcov("src/a.ts", line1=1, line2=0, line3=0), lcov("src/a.ts", line1=0, line2=3, line3=0)),
        (final("/ci/src/a.ts", 1, 0, 0), final("/ci/src/a.ts", 0, 3, 0)),
    ):
        facts = collect(coverage, one, other).facts
        assert facts.lines_pct == pytest.approx(200 / 3)
        assert (facts.files, facts.functions_pct) == (1, 100)
        assert [(found.message, found.line) for found in facts.uncovered] == [("1 of 3 lines uncovered", 3)]


def test_the_same_path_with_other_lines_is_the_file_of_another_package() -> None:
    facts = facts_of_two(lcov("src/index.ts", line1=1), lcov("src/index.ts", line1=0, line2=0, line3=1))
    assert (facts.files, facts.lines_pct) == (2, 50)
    assert facts.paths == ("src/index.ts", "src/index.ts")


def record(path: str, *hits: int) -> str:
    return f"SF:{path}\n" + "".join(f"DA:{n},{hit}\n" for n, hit in enumerate(hits, 1)) + "end_of_record\n"


@pytest.mark.parametrize(
    ("records", "paths"),
    [
        pytest.param(
            (record("/repo/src/a.ts", 1, 0), record("src/a.ts", 0, 1)), {"/repo/src/a.ts": 100}, id="one file"
        ),
        pytest.param(
            (record("src/a.ts", 0, 1), record("C:\\repo\\src\\a.ts", 1, 0)),
            {"C:/repo/src/a.ts": 100},
            id="of Windows, the relative one first",
        ),
        pytest.param(
            (record("/repo/src/a.ts", 1), record("src/a.ts", 0, 1)),
            {"/repo/src/a.ts": 100, "src/a.ts": 50},
            id="other lines",
        ),
        pytest.param(
            (record("./src//a.ts", 1, 0), record("src/b/../a.ts", 0, 1), record("././src/a.ts", 0, 0)),
            {"src/a.ts": 100},
            id="spellings of a relative path",
        ),
        pytest.param(
            (record("c:\\repo\\a.ts", 1, 0), record("file:///C:/repo/a.ts", 0, 1), record("a.ts", 0, 0)),
            {"C:/repo/a.ts": 100},
            id="spellings of a drive",
        ),
        pytest.param(
            (record("/repo/src/extra.ts", 1), record("a.ts", 0)),
            {"/repo/src/extra.ts": 100, "a.ts": 0},
            id="the end of a name is not the end of a path",
        ),
        pytest.param(
            (record("packages/a/src/i.ts", 1), record("src/i.ts", 0)),
            {"packages/a/src/i.ts": 100, "src/i.ts": 0},
            id="two relative paths may be of two packages",
        ),
        pytest.param(
            (record("/repo/a/src/i.ts", 1), record("/repo/b/src/i.ts", 1), record("src/i.ts", 0)),
            {"/repo/a/src/i.ts": 100, "/repo/b/src/i.ts": 100, "src/i.ts": 0},
            id="two packages are possible",
        ),
        pytest.param(
            (
                record("/repo/a/src/i.ts", 1),
                record("/repo/a/src/m.ts", 1, 1),
                record("src/i.ts", 0),
                record("src/m.ts", 0),
            ),
            {"/repo/a/src/i.ts": 100, "/repo/a/src/m.ts": 100, "src/i.ts": 0, "src/m.ts": 0},
            id="another file shows that the folder is of another package",
        ),
    ],
)
def test_one_file_under_a_relative_and_an_absolute_path(
    records: tuple[str, ...], paths: dict[str, float]
) -> None:
    for reports in (records, ("".join(records),)):
        files = [file for report in reports for file in coverage.FORMATS.parse(content(report)).files]
        assert {file.path: file.lines.pct for file in merged(files)} == paths
        assert set(facts(coverage, *reports).paths) == set(paths)


def facts_of_two(one: str, other: str) -> Any:
    return collect(coverage, one, other).facts


def test_reports_of_different_files_and_formats_are_put_together() -> None:
    collected = collect(coverage, lcov("src/a.ts", line1=1), final("/ci/src/b.ts", 0))
    assert collected.format == "istanbul-final, lcov"
    assert (collected.facts.files, collected.facts.lines_pct) == (2, 50)


def content(report: str) -> Content:
    return Content("report", report.encode())


def test_the_origin_of_each_report() -> None:
    one, other = collect(coverage, fixture("coverage", "cobertura.xml"), lcov("src/a.ts", line1=1)).origins
    assert (one.file, one.format, one.items, one.partial) == ("report-0", "cobertura", 2, ())
    assert (other.file, other.format, other.items, other.produced_at) == ("report-1", "lcov", 1, None)


@pytest.mark.parametrize(
    ("report", "producer"),
    [
        (cobertura(LINE), None),
        (cobertura(LINE).replace("<coverage", '<coverage version="1.9"'), None),
        (cobertura(LINE).replace("<coverage", '<coverage version="gcovr 7.2"'), "gcovr 7.2"),
        (
            cobertura(LINE)
            .replace("<coverage", '<coverage version="7.6.1"')
            .replace(
                "<sources", "<!-- Generated by coverage.py: https://coverage.readthedocs.io -->\n<sources"
            ),
            "coverage.py 7.6.1",
        ),
    ],
)
def test_producer(report: str, producer: str | None) -> None:
    assert collect(coverage, report).origins[0].producer == producer


def test_a_branch_whose_count_is_missing_is_not_understood() -> None:
    line = LINE.replace("/>", ' branch="true"/>')
    [origin] = collect(coverage, cobertura(line)).origins
    [one] = origin.not_understood
    assert one.touches == {"branches_pct"}
    assert one.place == Finding("a.ts, line 1: a branch without a readable `condition-coverage`", "report-0")


def lines_of(report: str) -> list[str]:
    return report.replace("><", ">\n<").replace("}, ", "},\n").splitlines(keepends=True)


COUNTED = {
    "lcov": fixture("coverage", "lcov.info").decode().partition("TN:\nSF:./src")[0],
    "cobertura": fixture("coverage", "cobertura.xml").decode(),
    "summary": fixture("coverage", "coverage-summary.json").decode(),
    "final": json.dumps(json.loads(fixture("coverage", "coverage-final.json"))),
}


@pytest.mark.parametrize("name", COUNTED)
def test_no_line_can_be_removed_to_get_greener(name: str) -> None:
    whole = lines_of(COUNTED[name])
    for at, line in enumerate(whole):
        if line.startswith(("LF", "LH", "BRF", "BRH", "FNF", "FNH", "<coverage")) or '"total": ' in line:
            continue  # a counter, and nothing else speaks of what it counts
        try:
            collected = collect(coverage, "".join(whole[:at] + whole[at + 1 :]))
        except (Absent, Unreadable):
            continue
        known = facts(coverage, COUNTED[name])
        if not any(origin.partial for origin in collected.origins):
            assert collected.facts.lines_pct <= known.lines_pct, line
            if name == "lcov":
                assert collected.facts.branches_pct <= known.branches_pct, line
                assert collected.facts.functions_pct <= known.functions_pct, line


def test_a_key_that_is_not_known_in_a_tracefile_is_not_understood() -> None:
    collected = collect(coverage, "SF:a.ts\nDA:1,1\nUDA:2,0\nVER:1\nMCDC:1,2\nend_of_record\n")
    [one] = collected.origins[0].not_understood
    assert one.place == Finding("a.ts: a line with the key UDA", "report-0")
    assert without_touched(collected).lines_pct is None


def test_the_shards_of_cobertura_add_up() -> None:
    lines = LINE + LINE.replace('"1"', '"2"', 1)
    one, other = (cobertura(lines.replace('hits="1"', f'hits="{n}"', 1)) for n in (0, 1))
    facts = collect(coverage, one, other, other.replace('hits="1"', 'hits="0"')).facts
    assert (facts.files, facts.lines, facts.lines_pct) == (1, 2, 100)


def branch(*counts: str) -> str:
    line = '<line number="{}" hits="1" branch="true" condition-coverage="50% ({})"/>'
    return cobertura("".join(line.format(n, count) for n, count in enumerate(counts, 1)))


def test_of_the_branches_of_a_line_the_most_that_one_report_saw_count() -> None:
    assert collect(coverage, branch("1/2", "0/2"), branch("1/2", "2/2")).facts.branches_pct == 75


def test_totals_beside_the_same_lines_say_nothing_more() -> None:
    listed = final("/ci/src/a.ts", 1, 0, 0)
    totals = {"lines": {"total": 3, "covered": 1}, "functions": {"total": 1, "covered": 1}}
    entry = {"statements": totals["lines"], "branches": totals["lines"], **totals}
    assert collect(coverage, listed, json.dumps({"/ci/src/a.ts": entry})).facts.lines == 3
    entry["lines"] = {"total": 3, "covered": 2}
    assert "which cannot be added up" in outcome(coverage, listed, json.dumps({"/ci/src/a.ts": entry}))


def test_totals_of_the_same_file_cannot_be_added_up() -> None:
    report = fixture("coverage", "coverage-summary.json")
    assert "in several reports that have only totals, which cannot be added up; use lcov" in (
        outcome(coverage, report, report)
    )


def test_an_empty_report_among_others_is_unreadable() -> None:
    assert outcome(coverage, lcov("src/a.ts", line1=1), "") == "unreadable: report-1: the file is empty"


def test_the_oldest_report_decides_the_age() -> None:
    report = fixture("coverage", "cobertura.xml")
    other = re.sub(rb'timestamp="\d+"', b'timestamp="1600000000"', report).replace(
        b'filename="', b'filename="b/'
    )
    assert collect(coverage, report, other).produced_at == datetime.fromtimestamp(1600000000, UTC)


def test_a_class_of_cobertura_without_lines_of_its_own_has_those_of_its_methods() -> None:
    lines = f'{LINE}<line number="2" hits="0"/>'
    method = f'<method name="m" signature=""><lines>{lines}</lines></method>'
    report = cobertura("").replace("<methods/>", f"<methods>{method}</methods>")
    assert (facts(coverage, report).lines_pct, facts(coverage, report).functions_pct) == (50, 100)


@pytest.mark.parametrize(
    ("rate", "said"),
    [("0.10", ("the line-rate is 0.10, the files show 1",)), ("0.995", ()), ("1", ()), ("", ())],
)
def test_a_rate_below_what_the_lines_show_makes_cobertura_partial(rate: str, said: tuple[str, ...]) -> None:
    report = cobertura(LINE).replace("<coverage", f'<coverage line-rate="{rate}"')
    assert collect(coverage, report).origins[0].partial == said


def test_a_report_without_files_beside_others_is_partial() -> None:
    empty = '<coverage line-rate="0"><packages/></coverage>'
    assert [origin.partial for origin in collect(coverage, cobertura(LINE), empty).origins] == [
        (),
        ("the report lists no file",),
    ]
