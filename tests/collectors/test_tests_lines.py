"""Test reports that are lines: TAP and the JSON Lines of `go test`."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from builders.artefacts import artefact, collect, facts, fixture, outcome, short
from builders.workspaces import Run
from gatekeeper.collectors.identify import identify
from gatekeeper.collectors.tests import read as tests
from gatekeeper.model.evidence import Finding


def messages(found: Any) -> tuple[str, ...]:
    return tuple(of.message for of in found.failed)


def test_node_s_subtests_are_the_tests() -> None:
    found = facts(tests, fixture("tests", "node.tap"))
    assert found.passed == (
        "cart > adds a line [G4.push]",
        "cart > when empty > costs nothing",
        "has # in its name",
    )
    assert found.failed == (
        Finding("cart > raises the total: the total is wrong", "/ci/app/test/cart.test.mjs", 5),
    )
    assert (found.total, found.skipped) == (6, 2)
    assert 0 < found.duration_s < 1


def test_the_comments_of_tape_are_titles() -> None:
    found = facts(tests, fixture("tests", "tape.tap"))
    assert (found.total, found.skipped, found.passed) == (4, 1, ("adds a line > sums", "inner > works"))
    assert found.failed == (Finding("adds a line > the total is wrong", "/ci/app/test/b.js", 2),)


def test_tap_of_perl_has_no_version() -> None:
    found = facts(tests, fixture("tests", "perl.tap"))
    assert (found.total, found.skipped) == (6, 2)
    assert found.passed == ("adds a line", "cart > empty", "cart > full")
    assert messages(found) == ("the total is wrong",)


def test_vitest_puts_subtests_into_braces() -> None:
    found = facts(tests, fixture("tests", "vitest.tap"))
    said = "cart > raises the total: the total is wrong: expected 2 to be 3 // Object.is equality"
    assert found.passed == ("cart > adds a line [G4.push]", "cart > when empty > costs nothing", "sends")
    assert found.failed == (Finding(said, "/ci/app/test/cart.test.ts", 4),)
    assert (found.total, found.skipped) == (6, 2)


def test_bats_comments_on_a_failure() -> None:
    found = facts(tests, fixture("tests", "bats.tap"))
    assert (found.total, found.skipped, found.passed) == (4, 1, ("adds a line", "sends"))
    [failed] = found.failed
    assert (failed.file, failed.line) == ("test/cart.bats", 2)
    assert failed.message.startswith("raises the total: `@test")


SUBTEST = "TAP version 14\n    ok 1 - a\n    not ok 2 - b\n    1..2\n{} - cart\n1..1\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1..1\nok 1 # skipped: no database\n", {"passed": (), "skipped": 1}),
        ("1..2\nok 1 - a # TODO\nnot ok 2 - b # todo later\n", {"passed": (), "skipped": 2, "failed": ()}),
        ("1..1\nnot ok 1 - ships # skip no carrier\n", {"failed": ("ships",)}),
        ("1..1\r\nok 1 - a\r\n", {"passed": ("a",)}),
        ("ok 1 - issue \\# TODO\n1..1\n", {"passed": ("issue # TODO",)}),
        ("\n> shop@1.0 test\n> tape\n\n1..1\nok 1 - a # time=1.5ms\n", {"passed": ("a",), "duration_s": 0.0015}),
        (SUBTEST.format("not ok 1"), {"total": 2, "failed": ("cart > b",)}),
        (SUBTEST.format("ok 1"), {"total": 2, "failed": ("cart > b",)}),
        (SUBTEST.format("not ok 1").replace("- cart", "- cart # TODO"), {"failed": (), "skipped": 2}),
        (
            SUBTEST.format("not ok 1").replace("not ok 2", "ok 2"),
            {"total": 3, "passed": ("cart > a", "cart > b"), "failed": ("cart",)},
        ),
        ("1..1\nok 1 - a\n    BAIL OUT! no disk\n", {"failed": ("BAIL OUT! no disk",)}),
        (
            "1..1\nnot ok 1 - a\n  ---\n  message: |-\n    first\n    second\n  file: a.js\n  line: 7\n  ...\n",
            {"failed": ("a: first",)},
        ),
        ("1..2\nok 1 - a\n  ---\n  message: cut\nnot ok 2 - b\n", {"failed": ("b",)}),
        ("1..2\nok 1 - parses {\nok 2 - a\n}\n", {"passed": ("parses {", "a")}),
        ("1..1\nok 1 - src/a.spec.ts > a > b\n", {"passed": ("a > b",)}),
        ("1..1\nok 1 - s {\n    not ok 1 - a\n    1..1\n}\n", {"total": 1, "failed": ("s > a",)}),
    ],
    ids=short,
)  # fmt: skip
def test_results_in_tap(text: str, expected: dict[str, Any]) -> None:
    collected = collect(tests, text)
    found = {name: getattr(collected.facts, name) for name in expected}
    assert found | ({"failed": messages(collected.facts)} if "failed" in expected else {}) == expected
    assert collected.origins[0].partial == ()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("1..2\nok 1\n", "2 tests are planned, 1 are reported"),
        ("1..3\nok 1\nok 1\nok 1\n", "3 tests are not numbered from 1 to 3"),
        ("1..2\nok 1\nok 9\n", "2 tests are not numbered from 1 to 2"),
        ("1..2\nok 1 - a\u2028ok 2 - forged\n", "2 tests are planned, 1 are reported"),
        ("1..1\nok 1\nok 2\n", "1 tests are planned, 2 are reported"),
        ("TAP version 13\nok 1\n", "0 plans; expected one line `1..N`"),
        ("1..1\nok 1\n1..1\n", "2 plans; expected one line `1..N`"),
        ("1..2\nok 1\n not ok 2\n", "2 tests are planned, 1 are reported"),
        ("1..1\n    ok 1\n    1..3\nok 1 - cart\n", "cart: 3 tests are planned, 1 are reported"),
        ("1..1\nok 1 - cart\n    ok 1\n    1..1\n", "a subtest has no result"),
        ("1..1\nok 1 - cart\n    not ok 1\n    1..1\n}\n", "a subtest has no result"),
        ("1..2\nok 1 - cart {\n    ok 1\n    1..1\nok 2 - b\n", "a subtest has no end"),
        ("1..1\nok 1 - cart {\n    ok 1\n", "cart: 0 plans; expected one line `1..N`"),
    ],
    ids=short,
)
def test_tap_that_is_not_of_a_whole_run_is_partial(text: str, why: str) -> None:
    assert why in collect(tests, text).origins[0].partial


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("1..0 # skipped: no browser\n", "absent: reports holds no test"),
        ("TAP version 14\n", "absent: reports holds no test"),
        (b"1..1\nok 1 - \xff\n", "unreadable: report-0: line 2 is not UTF-8"),
        ("1..1\n" + "".join(f"{'    ' * depth}ok 1\n" for depth in range(70)), "unreadable: report-0: subtests"),
    ],
    ids=short,
)  # fmt: skip
def test_tap_without_tests_or_of_another_form_is_refused(text: str | bytes, reason: str) -> None:
    assert outcome(tests, text).startswith(reason)


@pytest.mark.parametrize(
    "text",
    ["", "ok 1\n", "  1..1\n", "see 1..1\nok 1\n", "# a\n\n```\nTAP version 13\n1..1\n```\n", "1..1.5\n"],
)
def test_other_text_is_not_taken_for_tap(text: str) -> None:
    assert "tap" not in {found.format for found in identify(artefact(text))}


# --- go test


def test_go_lists_tests_subtests_and_packages_that_failed() -> None:
    collected = collect(tests, fixture("tests", "gotest.jsonl"))
    assert collected.format == "go-test"
    assert collected.produced_at is not None
    assert collected.produced_at.date().isoformat() == "2026-11-27"
    assert collected.facts.passed == (
        "example.com/shop/cart > TestAddsALine",
        "example.com/shop/cart > TestTotal/G4.push",
        "example.com/shop/mail > TestSends",
    )
    assert messages(collected.facts) == (
        "example.com/shop/cart > TestTotal/with_tax: cart_test.go:9: total is 2, want 3",
        "example.com/shop/cart > TestTotal",
        "example.com/shop/mail: failed outside of its tests",
    )
    assert (collected.facts.total, collected.facts.skipped) == (6, 1)
    assert collected.origins[0].partial == ()


def event(action: str, test: str | None = None, **more: Any) -> str:
    of_test = {"Test": test} if test else {}
    of = {"Time": "2026-03-02T10:00:00Z", "Action": action, "Package": "shop"} | of_test | more
    return json.dumps({key: value for key, value in of.items() if value is not None}) + "\n"


def ran(test: str, end: str, **more: Any) -> str:
    return event("run", test) + event(end, test, Elapsed=0.5, **more)


PASSES = ran("TestA", "pass")
BUILD = {"ImportPath": "shop [shop.test]", "Package": None}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            event("start") + PASSES + event("run", "TestB") + event("output", "TestB", Output="panic: no\n")
            + event("fail"),
            {"passed": ("shop > TestA",), "failed": ("shop > TestB: panic: no",), "duration_s": 0.5},
            id="a test that did not end",
        ),
        pytest.param(
            PASSES + event("run", "TestB") + event("pass"),
            {"failed": ("shop > TestB: it did not end",)},
            id="nor did one of a package that passed",
        ),
        pytest.param(
            PASSES + event("run", "BenchmarkB") + event("bench", "BenchmarkC") + event("pass"),
            {"total": 1, "failed": ()},
            id="benchmarks are no tests",
        ),
        pytest.param(
            PASSES + ran("BenchmarkB", "fail") + event("fail"),
            {"failed": ("shop > BenchmarkB",)},
            id="unless they fail",
        ),
        pytest.param(
            PASSES + event("output", Output="panic: in TestMain\n") + event("fail"),
            {"failed": ("shop: panic: in TestMain",)},
            id="a package that failed by itself",
        ),
        pytest.param(
            event("build-output", Output="# shop\n", **BUILD) + event("build-output", Output="a.go:5: no\n", **BUILD)
            + event("build-fail", **BUILD) + event("start") + event("fail", FailedBuild="shop [shop.test]"),
            {"total": 0, "failed": ("shop: a.go:5: no",)},
            id="a package that does not build, from Go 1.24 on",
        ),
        pytest.param(
            event("build-output", Output="a.go:5: no\n", **BUILD) + event("build-fail", **BUILD) + PASSES
            + event("pass"),
            {"total": 1, "failed": ("shop [shop.test]: a.go:5: no",)},
            id="a build that failed and that no package names",
        ),
        pytest.param(
            "go: downloading example.com/x v1.0.0\nFAIL\tshop/broken [build failed]\n" + PASSES + event("pass"),
            {"failed": ("shop/broken: build failed",)},
            id="a package that does not build, before Go 1.24",
        ),
        pytest.param(
            PASSES + ran("TestB", "fail") + event("fail") + ran("TestB", "pass") + event("pass"),
            {"passed": ("shop > TestA", "shop > TestB"), "failed": (), "flaky": ("shop > TestB",)},
            id="a test that passed in a later run of its package is flaky",
        ),
        pytest.param(
            ran("TestB", "fail") + ran("TestB", "pass") + event("fail"),
            {"passed": ("shop > TestB",), "failed": ("shop > TestB",), "flaky": ()},
            id="in one run it is two tests",
        ),
        pytest.param(
            event("run", "TestA") + event("attr", "TestA", Key="id", Value="G4.push")
            + event("attr", "TestA", Key="odd", Value="G4.x") + event("pass", "TestA") + event("pass"),
            {"passed": ("shop > TestA [G4.push]",), "duration_s": None},
            id="attributes tag a test",
        ),
    ],
)  # fmt: skip
def test_every_end_of_a_test_in_go_is_read(text: str, expected: dict[str, Any]) -> None:
    collected = collect(tests, text)
    found = {name: getattr(collected.facts, name) for name in expected}
    for name in ("failed", "flaky"):
        if name in found:
            found[name] = tuple(of.message for of in found[name])
    assert found == expected
    assert collected.origins[0].partial == ()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (PASSES, "the results of shop have no end"),
        (PASSES + "make: leaving the folder\n" + event("pass"), "not all lines are events: 'make: leaving"),
    ],
)
def test_a_run_of_go_that_was_cut_short_is_partial(text: str, why: str) -> None:
    [origin] = collect(tests, text).origins
    assert origin.partial[0].startswith(why)
    assert origin.produced_at == datetime(2026, 3, 2, 10, tzinfo=UTC)


def test_a_run_of_go_is_undated_if_a_result_has_no_time() -> None:
    assert collect(tests, PASSES + event("pass", Time=None)).produced_at is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (event("skip") + event("output", Output="no test files"), "absent: reports holds no test"),
        (PASSES + event("pass", "TestB", Elapsed="1"), "unreadable: report-0: Elapsed is '1', not an amount"),
        (PASSES + event("pass")[:30], "unreadable: report-0: line 3"),
        (PASSES + '{"Package": "shop"}\n', "unreadable: report-0: line 3: an event without an action"),
        (PASSES + '{"Action": "pass"}\n', "unreadable: report-0: line 3: Package is"),
    ],
    ids=short,
)
def test_events_of_go_without_tests_or_of_another_form_are_refused(text: str, reason: str) -> None:
    assert outcome(tests, text).startswith(reason)


def test_a_large_file_of_events_is_read_piece_by_piece(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gatekeeper.collectors.reading.content.LARGE", 1000)
    monkeypatch.setattr("gatekeeper.collectors.reading.content.Content.data", None)
    path = tmp_path / "report.json"
    path.write_text(
        event("start") + event("output", Output="a line\n") * 50 + PASSES + event("pass"), "utf-8"
    )
    ran = run("-C", tmp_path, "facts", "tests", "report.json", "-f", "json")
    assert json.loads(ran.out)["facts"]["passed"] == ["shop > TestA"]


# --- libtest


def test_libtest_lists_tests_with_their_places() -> None:
    collected = collect(tests, fixture("tests", "libtest.jsonl"))
    assert (collected.format, collected.produced_at) == ("libtest", None)
    assert (collected.facts.passed, collected.facts.skipped) == (("tests::adds_a_line",), 1)
    said = "tests::raises_the_total: assertion `left == right` failed: the total is wrong"
    assert collected.facts.failed == (Finding(said, "src/lib.rs", 6),)
    assert collected.origins[0].partial == ()


def begun(count: int) -> str:
    return json.dumps({"type": "suite", "event": "started", "test_count": count}) + "\n"


def of_rust(name: str, what: str, **more: Any) -> str:
    return json.dumps({"type": "test", "event": what, "name": name} | more) + "\n"


def ended(what: str, **more: int) -> str:
    return json.dumps({"type": "suite", "event": what} | more) + "\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            begun(2) + of_rust("a", "ok") + of_rust("b", "started") + of_rust("b", "timeout") + ended("ok"),
            {"passed": ("a",), "failed": ("b: it did not end",)},
            id="a test that did not end",
        ),
        pytest.param(
            begun(1) + of_rust("shop::bin$a", "started") + of_rust("shop::bin$a#2", "ok") + ended("ok"),
            {"passed": ("shop::bin > a",), "failed": (), "flaky": ("shop::bin > a",)},
            id="a retry of nextest",
        ),
        pytest.param(
            begun(1) + of_rust("a", "other") + ended("failed", failed=1),
            {"passed": (), "failed": ("a: event 'other'",)},
            id="an unknown event",
        ),
        pytest.param(
            begun(1) + of_rust("a", "ok") + ended("failed", failed=2),
            {"passed": ("a",), "failed": ("2 tests of a suite failed, but 0 are listed",)},
            id="counted, and not listed",
        ),
        pytest.param(
            begun(1) + of_rust("a", "ok") + ended("failed"),
            {"failed": ("a suite failed, but no failed test is listed",)},
            id="a suite that failed by itself",
        ),
        pytest.param(
            begun(1) + of_rust("a", "failed", reason="time limit exceeded") + ended("failed", failed=1),
            {"failed": ("a: time limit exceeded",)},
            id="a timeout of nextest",
        ),
    ],
)  # fmt: skip
def test_every_end_of_a_test_in_rust_is_read(text: str, expected: dict[str, Any]) -> None:
    collected = collect(tests, text)
    found = {name: getattr(collected.facts, name) for name in expected}
    for name in ("failed", "flaky"):
        if name in found:
            found[name] = tuple(of.message for of in found[name])
    assert found == expected
    assert collected.origins[0].partial == ()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (begun(1) + of_rust("a", "ok") + ended("ok", filtered_out=2), ("2 tests were filtered out",)),
        (begun(2) + of_rust("a", "ok") + ended("ok"), ("2 tests are announced, but 1 are listed",)),
        (begun(1) + of_rust("a", "ok"), ("a suite has no end",)),
        (begun(1) + of_rust("a", "ok") + begun(0) + ended("ok"), ("a suite has no end",)),
    ],
    ids=short,
)
def test_a_run_of_rust_that_is_not_whole_is_partial(text: str, why: tuple[str, ...]) -> None:
    assert collect(tests, text).origins[0].partial == why


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (begun(0) + ended("ok"), "absent: reports holds no test"),
        (
            begun(1) + of_rust("a", "ok", exec_time="1"),
            "unreadable: report-0: exec_time is '1', not an amount",
        ),
        (begun(1) + "[]\n", "unreadable: report-0: line 2 is"),
        (begun(1) + of_rust("a", "ok")[:20], "unreadable: report-0: line 2: not JSON"),
    ],
    ids=short,
)
def test_events_of_rust_without_tests_or_of_another_form_are_refused(text: str, reason: str) -> None:
    assert outcome(tests, text).startswith(reason)
