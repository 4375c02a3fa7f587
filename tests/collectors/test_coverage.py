"""Coverage reports: istanbul's summary and details, lcov, Cobertura."""

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest

from builders.artefacts import chosen, collect, facts, fixture, outcome, short
from gatekeeper.collectors.coverage import read as coverage
from gatekeeper.collectors.coverage.facts import CoverageFacts
from gatekeeper.model.evidence import Finding

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
            "SF:a.ts\nDA:1,1\nDA:1,1\nend_of_record\n",
            {"lines_pct": 100.0},
            id="a line that is listed twice was run as often as both say",
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
            "unreadable: report-0: the JSON has no supported format; supported: cobertura, istanbul, lcov",
        ),
        (
            '{"a": 1}',
            "unreadable: report-0: the JSON has no supported format; supported: cobertura, istanbul, lcov",
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
            "unreadable: report-0: a: statementMap and s name different statements",
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
            "SF:a.ts\nDA:1,1\nLF:9\nend_of_record\n",
            "unreadable: report-0: a.ts: 9 lines to cover, but 1 are listed",
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


def facts_of_two(one: str, other: str) -> Any:
    return collect(coverage, one, other).facts


def test_reports_of_different_files_and_formats_are_put_together() -> None:
    collected = collect(coverage, lcov("src/a.ts", line1=1), final("/ci/src/b.ts", 0))
    assert collected.format == "istanbul-final, lcov"
    assert (collected.facts.files, collected.facts.lines_pct) == (2, 50)


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
