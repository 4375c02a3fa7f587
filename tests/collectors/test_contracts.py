"""Pact: verification results, a broker's matrix, Pact files, and several of them together."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from builders.artefacts import SAMPLES, chosen, collect, facts, fixture, needs_samples, outcome, short, tree
from gatekeeper.collectors.contracts import read as contracts
from gatekeeper.collectors.contracts.facts import ContractsFacts
from gatekeeper.model.evidence import Absent, Finding, Subject, SubjectType, Unreadable

FINDING = Finding("", "report-0")


def test_rust_verifier() -> None:
    collected = collect(contracts, fixture("contracts", "rust-verifier.json"))
    assert (collected.format, collected.produced_at) == ("pact-verifier-rust", None)
    assert collected.facts == ContractsFacts(
        consumers=("checkout", "search and browse", "stock-mail"),
        verified_consumers=("search and browse",),  # the colours tell where a name ends
        verified_event_consumers=("search and browse",),
        message_consumers=(),
        unverified=(
            Finding(
                "checkout and catalog-api Given lamp 7 is sold out - a request for the price of lamp 7: "
                "expected 409 but was 200",
                "report-0",
                3,
                "/errors/0",
            ),
            Finding(
                "stock-mail and catalog-api - a LampSold event: handler answered 500 (pending)",
                "report-0",
                87,
                "/pendingErrors/0",
            ),
        ),
        interactions=4,
        providers=("catalog-api",),
    )


def test_ruby_verifier() -> None:
    collected = collect(contracts, fixture("contracts", "ruby-verifier.json"))
    assert collected.format == "pact-verifier-ruby"
    assert collected.facts == ContractsFacts(
        consumers=("checkout", "search"),
        verified_consumers=("search",),
        verified_event_consumers=("search",),
        message_consumers=(),
        unverified=(
            Finding(
                "checkout and catalog-api Given lamp 7 exists a request for its price with GET /lamps/7/price "
                "returns a response which has a matching body: failed: Actual: 48",
                "report-0",
                15,
                "/testResults/examples/1",
            ),
        ),
        interactions=2,  # in three checks
        providers=None,
    )


def test_broker_matrix() -> None:
    collected = collect(contracts, fixture("contracts", "matrix.json"))
    assert collected.format == "pact-broker-matrix"
    assert collected.facts == ContractsFacts(
        consumers=("checkout", "mobile", "search", "stock-mail"),
        verified_consumers=("search",),  # its version 2 failed, which is history
        verified_event_consumers=("search",),
        message_consumers=(),
        unverified=(
            Finding(
                "not deployable: There is no verified pact between version 9 of checkout and a version of "
                "catalog-api",
                "report-0",
                3,
                "/summary/deployable",
            ),
            Finding(
                "checkout: the pact of version 9 with catalog-api has not been verified",
                "report-0",
                17,
                "/matrix/0",
            ),
            Finding(
                "mobile: the pact of version 4 with catalog-api failed its verification",
                "report-0",
                56,
                "/matrix/2",
            ),
        ),
        interactions=2,
        providers=("catalog-api",),
    )


def test_a_pact_file_proves_nothing() -> None:
    collected = collect(contracts, fixture("contracts", "pact-v4.json"))
    assert collected.format == "pact"
    assert collected.facts == ContractsFacts(
        consumers=("checkout",),
        verified_consumers=None,
        message_consumers=("checkout",),
        unverified=None,
        interactions=3,
        providers=("catalog-api",),
    )


# Rust


@pytest.mark.parametrize(
    ("name", "providers", "producer", "produced_at", "items"),
    [
        ("pact-v4.json", ("catalog-api",), "pact-js 16.5.0", None, 3),
        ("rust-verifier.json", ("catalog-api",), None, None, 4),
        # Where a provider's name ends in a title is uncertain.
        ("ruby-verifier.json", (), None, None, 3),
        ("matrix.json", ("catalog-api",), None, "2026-03-02T11:00:00+00:00", 4),
    ],
)
def test_what_a_file_states_about_itself(
    name: str, providers: tuple[str, ...], producer: str | None, produced_at: str | None, items: int
) -> None:
    [origin] = collect(contracts, fixture("contracts", name)).origins
    assert origin.subjects == tuple(Subject(SubjectType.SERVICE, provider) for provider in providers)
    assert (origin.file, origin.producer, origin.items) == ("report-0", producer, items)
    assert origin.produced_at == (produced_at and datetime.fromisoformat(produced_at))


def test_a_matrix_is_as_old_as_its_oldest_verification() -> None:
    def at(consumer: str, time: str | None, *, success: bool | None = True) -> dict[str, Any]:
        result = None if success is None else {"success": success, "verifiedAt": time}
        return row(consumer, success) | {"verificationResult": result}

    dated = [at("a", "2026-03-02T11:00:00Z"), at("b", "2026-03-01T11:00:00Z"), at("c", None, success=None)]
    assert collect(contracts, matrix(*dated)).produced_at == datetime(2026, 3, 1, 11, tzinfo=UTC)
    assert collect(contracts, matrix(*dated, at("d", None))).produced_at is None


def rust(*results: tuple[str, str], output: tuple[str, ...] = (), **report: Any) -> str:
    listed = [{"description": name, "result": result, "duration": "1ms"} for name, result in results]
    report = {"result": True, "errors": [], "pendingErrors": [], "notices": []} | report
    return json.dumps(report | {"interactionResults": listed, "output": ["", *output]})


def heading(consumer: str, provider: str = "orders") -> str:
    return f"\nVerifying a pact between {consumer} and {provider}"


def error(interaction: str, **mismatch: Any) -> dict[str, Any]:
    return {"interaction": interaction, "mismatch": {"type": "mismatches"} | mismatch}


NAMED = {"description": "a", "result": "OK", "consumer": "web and more", "provider": "orders"}


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        pytest.param(
            rust(("a", "OK"), ("b", "OK"), output=(heading("web"), "  a", "  b [PENDING]")),
            {"consumers": ("web",), "verified_consumers": ("web",), "unverified": (), "interactions": 2},
            id="text without colours and times, as before 2023",
        ),
        pytest.param(
            rust(("a", "OK"), output=(heading("web and more"), "  a (0s loading, 1ms verification)")),
            {"consumers": None, "verified_consumers": None, "providers": None, "interactions": 1},
            id="where a name ends is not certain",
        ),
        pytest.param(
            rust(("a", "OK"), ("b", "OK"), output=(heading("web"), "  b", "  a")),
            {"consumers": None, "verified_consumers": None, "unverified": ()},
            id="text and list do not agree",
        ),
        pytest.param(
            rust(("a", "OK")),
            {"consumers": None, "verified_consumers": None, "unverified": (), "interactions": 1},
            id="no text, no names",
        ),
        pytest.param(
            rust(("a", "OK"), output=("  a", heading("web"))),
            {"verified_consumers": None},
            id="printed before any heading",
        ),
        pytest.param(
            rust(
                ("a", "OK"),
                ("a", "OK"),
                output=(heading("web"), "  a (1s loading, 1ms verification)", heading("app"), "  a"),
            ),
            {"verified_consumers": ("app", "web"), "interactions": 2},
            id="two consumers ask for the same",
        ),
        pytest.param(
            rust(("a", "OK"), output=(heading("idle"), "WARNING: Pact file has no interactions", heading("web"), "  a")),
            {"consumers": ("web",), "verified_consumers": ("web",)},
            id="a pact without an interaction is not verified",
        ),
        pytest.param(
            rust(("a", "OK"), ("b", "OK"), output=(heading("web"), "  a", "Verifying a pact between app and it", "  b")),
            {"consumers": ("web",)},
            id="a comment in a pact is no heading",
        ),
        pytest.param(
            json.dumps({"result": True, "interactionResults": [NAMED], "output": [heading("else"), "  a"]}),
            {"consumers": ("web and more",), "verified_consumers": ("web and more",), "providers": ("orders",)},
            id="entries that name their parties, since 2026",
        ),
        pytest.param(
            rust(("a", "Error"), result=False, output=(heading("web"), "  a")),
            {
                "verified_consumers": (),
                "unverified": (Finding("1 failed without an error", "report-0", 1, "/interactionResults"),),
            },
            id="failed without an error",
        ),
        pytest.param(
            rust(("a", "OK"), result=False, output=(heading("web"), "  a")),
            {"unverified": (Finding("the verifier reports that the verification failed", "report-0", 1, "/result"),)},
            id="failed without a reason",
        ),
        pytest.param(
            rust(result=False, errors=[error("Failed to load pact", type="error", message="404\nNot Found")]),
            {
                "consumers": None,
                "verified_consumers": None,
                "unverified": (Finding("Failed to load pact: 404", "report-0", 1, "/errors/0"),),
                "interactions": 0,
            },
            id="a pact that could not be loaded is reported, though nothing ran",
        ),
        pytest.param(
            rust(
                ("a", "Error"),
                pendingErrors=[error("Verifying a pact between web and orders - a")],
                output=(heading("web"), "  a [PENDING]"),
            ),
            {
                "verified_consumers": (),
                "unverified": (Finding("web and orders - a: failed (pending)", "report-0", 1, "/pendingErrors/0"),),
            },
            id="pending: the result is true, the contract does not hold",
        ),
        pytest.param(
            json.dumps({"result": False, "errors": [error("Verifying a pact between web and orders - a")]}),
            {"verified_consumers": None, "interactions": 0, "unverified": (FINDING._replace(message="web and orders - a: failed", line=1, pointer="/errors/0"),)},
            id="before interactions were listed, failures are known",
        ),
    ],
)  # fmt: skip
def test_rust_reports(report: str, expected: dict[str, Any]) -> None:
    assert chosen(facts(contracts, report), expected) == expected


# Ruby


def ruby(*checks: tuple[str, str], success: Any = True, **summary: Any) -> str:
    tests = [
        {"testFullDescription": f"Verifying a pact between {name}", "status": status}
        for name, status in checks
    ]
    counted = {"testCount": len(tests), "failureCount": sum(status != "passed" for _, status in checks)}
    return json.dumps({"success": success, "testResults": {"tests": tests, "summary": counted | summary}})


ONLY = {"pacts": [{"consumer_name": "web and more", "provider_name": "orders"}]}


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        pytest.param(
            ruby(("web and orders Given a thing and more A request", "passed")),
            {"consumers": ("web",), "verified_consumers": ("web",), "unverified": (), "interactions": None},
            id="as published",
        ),
        pytest.param(
            ruby(("web and orders A request for bread and butter", "passed")),
            {"consumers": None, "verified_consumers": None},
            id="where a name ends is not certain",
        ),
        pytest.param(
            ruby(("web and more and orders A request", "passed"), **ONLY),
            {"consumers": ("web and more",), "verified_consumers": ("web and more",), "providers": ("orders",)},
            id="the summary names the only pact",
        ),
        pytest.param(
            ruby(("web and orders A request", "pending")),
            {
                "verified_consumers": (),
                "unverified": (
                    Finding("web and orders A request: pending", "report-0", 1, "/testResults/tests/0"),
                ),
            },
            id="pending is no pass",
        ),
        pytest.param(
            json.dumps({"success": True, "testResults": {"summary": {"example_count": 7, "failure_count": 0, "pending_count": 0}}}),
            {"consumers": None, "verified_consumers": None, "unverified": (), "interactions": None},
            id="counters alone name no consumer",
        ),
        pytest.param(
            json.dumps({"success": True, "testResults": {"summary": {"example_count": 7, "failure_count": 1, "pending_count": 2}}}),
            {"unverified": (Finding("3 failed that are not listed", "report-0", 1, "/testResults/summary"),)},
            id="counted but not listed",
        ),
        pytest.param(
            ruby(("web and orders A request", "passed"), success=False),
            {"unverified": (Finding("the verifier reports that the verification failed", "report-0", 1, "/success"),)},
            id="failed without a reason",
        ),
        pytest.param(
            json.dumps(
                {
                    "examples": [
                        {"full_description": "Verifying a pact between web and orders A", "status": "passed", "interaction_index": i}
                        for i in (0, 0, 1)
                    ],
                    "summary": {"example_count": 3, "failure_count": 0, "pending_count": 0},
                }
            ),
            {"verified_consumers": ("web",), "interactions": 2},
            id="as the formatter prints it",
        ),
        pytest.param(
            json.dumps(
                {
                    "success": True,
                    "testResults": {
                        "tests": [
                            {"testFullDescription": f"Verifying a pact between web and orders Given {state} A", "status": "passed", "interactionDescription": "A", "interactionProviderState": state}
                            for state in ("one", "two", "two")
                        ],
                        "summary": {"testCount": 3, "failureCount": 0},
                    },
                }
            ),
            {"interactions": 2},
            id="states tell interactions apart",
        ),
    ],
)  # fmt: skip
def test_ruby_results(report: str, expected: dict[str, Any]) -> None:
    assert chosen(facts(contracts, report), expected) == expected


# Matrix


def row(consumer: str, success: bool | None, provider: str = "orders", **more: Any) -> dict[str, Any]:
    return {
        "consumer": {"name": consumer, "version": {"number": "1"}},
        "provider": {"name": provider, "version": None},
        "verificationResult": None if success is None else {"success": success},
    } | more


def matrix(*rows: dict[str, Any], deployable: Any = True, **summary: Any) -> str:
    return json.dumps({"summary": {"deployable": deployable, "reason": "so it is"} | summary, "matrix": rows})


NOT_DEPLOYABLE = Finding("not deployable: so it is", "report-0", 1, "/summary/deployable")


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        pytest.param(
            matrix(row("web", True), row("app", True)),
            {
                "consumers": ("app", "web"),
                "verified_consumers": ("app", "web"),
                "unverified": (),
                "interactions": 2,
            },
            id="deployable",
        ),
        *(
            pytest.param(
                matrix(row("web", True), deployable=value),
                {"verified_consumers": ("web",), "unverified": (NOT_DEPLOYABLE,)},
                id=f"only true is deployable, {value!r} is not",
            )
            for value in (None, False, "true", 1)
        ),
        pytest.param(
            matrix(row("web", True, "orders"), row("web", False, "billing")),
            {"verified_consumers": (), "interactions": 2, "providers": ("billing", "orders")},
            id="a consumer is verified with each of its providers or not at all",
        ),
        pytest.param(
            matrix(row("web", True), row("app", None, ignored=True), row("old", False, ignored=True)),
            {"consumers": ("app", "old", "web"), "verified_consumers": ("web",), "unverified": ()},
            id="ignored rows neither fail nor verify",
        ),
        pytest.param(
            matrix(row("web", True, ignored=True)),
            {"verified_consumers": ("web",), "unverified": ()},
            id="an ignored row that passed has passed",
        ),
        pytest.param(
            matrix(success=2, failed=0),
            {"consumers": None, "verified_consumers": None, "unverified": (), "interactions": 2},
            id="a summary names no consumer",
        ),
        pytest.param(
            json.dumps({"status": 200, "summary": {"deployable": None, "reason": "", "success": 0, "unknown": 1}}),
            {
                "verified_consumers": None,
                "unverified": (FINDING._replace(message="not deployable: no reason is given", line=1, pointer="/summary/deployable"),),
                "interactions": 0,
            },
            id="not deployable for want of a pact",
        ),
        pytest.param(
            json.dumps({"request": {}, "response": {"status": 200, "body": json.loads(matrix(row("web", False)))}}),
            {
                "unverified": (
                    FINDING._replace(
                        message="web: the pact of version 1 with orders failed its verification",
                        line=1,
                        pointer="/response/body/matrix/0",
                    ),
                )
            },
            id="an answer recorded with its request",
        ),
    ],
)  # fmt: skip
def test_matrices(report: str, expected: dict[str, Any]) -> None:
    assert chosen(facts(contracts, report), expected) == expected


# Pact files


def pact(*names: str, consumer: str = "web", provider: str = "orders", key: str = "interactions") -> str:
    parties = {"consumer": {"name": consumer}, "provider": {"name": provider}}
    return json.dumps(parties | {key: [{"description": name} for name in names]})


@pytest.mark.parametrize(
    ("file", "interactions"),
    [
        pytest.param(pact("a", "b"), 2, id="without metadata"),
        pytest.param(pact("an event", key="messages"), 1, id="messages of version 3, without interactions"),
        pytest.param(json.dumps(json.loads(pact("a")) | {"messages": [{"description": "b"}]}), 2, id="both"),
    ],
)
def test_pact_files(file: str, interactions: int) -> None:
    expected = {
        "interactions": interactions,
        "consumers": ("web",),
        "verified_consumers": None,
        "unverified": None,
    }
    assert chosen(facts(contracts, file), expected) == expected


MESSAGE = json.dumps({
    "consumer": {"name": "app"},
    "provider": {"name": "orders"},
    "interactions": [{"type": "Asynchronous/Messages", "description": "an order", "contents": {}}],
})  # fmt: skip
MESSAGES = json.dumps({
    "consumer": {"name": "mail"},
    "provider": {"name": "orders"},
    "messages": [{"description": "an order", "contents": {}}],
})  # fmt: skip
WEB = rust(("a", "OK"), ("b", "OK"), output=(heading("web"), "  a", "  b"))


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param(
            [WEB, pact("a", "b")],
            {"consumers": ("web",), "verified_consumers": ("web",), "unverified": (), "interactions": 2},
            id="all of a pact was verified",
        ),
        pytest.param(
            [WEB, pact("a", "b", "b")],
            {
                "verified_consumers": (),
                "unverified": (Finding("web: b: was not verified", "report-1", 1, "/interactions/2"),),
                "interactions": 2,
            },
            id="a filtered run",
        ),
        pytest.param(
            [WEB, pact("a", consumer="app")],
            {
                "consumers": ("app", "web"),
                "verified_consumers": ("web",),
                "unverified": (Finding("app: its pact with orders has no verification result", "report-1", 1, ""),),
            },
            id="a consumer without a result",
        ),
        pytest.param(
            [WEB, pact("a", "b", provider="billing")],
            {"verified_consumers": (), "providers": ("billing", "orders")},
            id="the same consumer's pact with another provider",
        ),
        pytest.param(
            [matrix(row("web", True)), pact("a", "b")],
            {"verified_consumers": ("web",), "unverified": (), "interactions": 1},
            id="a matrix verifies whole pacts",
        ),
        pytest.param(
            [matrix(row("web", True)), WEB, pact("a", "b", "c")],
            {"verified_consumers": ("web",), "unverified": (), "interactions": 3},
            id="a matrix beside a filtered run",
        ),
        pytest.param(
            [matrix(row("web", None, ignored=True)), pact("a")],
            {"verified_consumers": (), "unverified": (Finding("web: its pact with orders has no verification result", "report-1", 1, ""),)},
            id="an ignored row is no result",
        ),
        pytest.param(
            [ruby(("web and orders Given a thing A", "passed")), pact("a")],
            {"verified_consumers": ("web",), "unverified": ()},
            id="a provider that is not certain",
        ),
        pytest.param(
            [WEB, rust(("a", "Error"), errors=[error("Verifying a pact between web and orders - a")], output=(heading("web"), "  a"))],
            {"verified_consumers": (), "interactions": 3},
            id="one of two results failed",
        ),
        pytest.param(
            [WEB, rust()],
            {"verified_consumers": ("web",), "interactions": 2},
            id="a run without pacts beside one with",
        ),
        pytest.param(
            [rust(), pact("a")],
            {
                "consumers": ("web",),
                "verified_consumers": None,
                "unverified": (Finding("web: its pact with orders has no verification result", "report-1", 1, ""),),
                "interactions": 0,
            },
            id="a run without pacts, though there is one",
        ),
        pytest.param(
            [matrix(row("web", True), row("app", True), row("mail", True)), pact("a"), MESSAGE, MESSAGES],
            {
                "verified_consumers": ("app", "mail", "web"),
                "verified_event_consumers": ("app", "mail"),
                "message_consumers": ("app", "mail"),
            },
            id="a pact of requests is not about events",
        ),
        pytest.param([pact("a"), pact("b", consumer="app")], {"consumers": ("app", "web"), "interactions": 2}, id="two pacts"),
    ],
)  # fmt: skip
def test_several_files(files: list[str], expected: dict[str, Any]) -> None:
    assert chosen(facts(contracts, *files), expected) == expected


def test_formats_are_named_once() -> None:
    assert collect(contracts, WEB, pact("a"), pact("b")).format == "pact, pact-verifier-rust"


@pytest.mark.parametrize("cut_short", ["", " \n", "{"])
def test_all_files_must_be_readable(cut_short: str) -> None:
    with pytest.raises(Unreadable, match=r"^b\.json: "):
        contracts.collect(tree({"a.json": WEB, "b.json": cut_short}), {})


def test_nothing_is_absent() -> None:
    with pytest.raises(Absent, match=r"^pacts lists no interaction$"):
        contracts.collect(tree({"a.json": pact(), "b.json": pact()}, "pacts"), {})


NEITHER = "unreadable: report-0: the JSON has no supported format"


def edited(report: str, *path: str | int, value: Any) -> str:
    document = json.loads(report)
    inner = document
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return json.dumps(document)


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        (" ", "absent: report-0: the file is empty"),
        (rust(), "absent: reports lists no verified interaction"),
        (matrix(), "absent: reports lists no verified interaction"),
        (matrix(success=0, failed=0, unknown=0), "absent: reports lists no verified interaction"),
        (matrix(row("web", None, ignored=True)), "absent: reports lists no verified interaction"),
        (ruby(), "absent: reports lists no verified interaction"),
        (pact(), "absent: reports lists no interaction"),
        ('{"result": true, "errors": []}', NEITHER),
        ("null", "unreadable: report-0: 0 YAML documents; expected one"),
        ("{}", NEITHER),
        ("[]", NEITHER),
        ('"Verifying a pact between a and b"', "unreadable: report-0: the file has no supported format"),
        ('{"status": 400, "summary": null}', NEITHER),
        ('{"error": {"message": "No pacticipant with name web"}}', NEITHER),
        ('{"consumer": {"name": "web"}, "provider": {"name": "orders"}}', NEITHER),
        ("<testsuites/>", "unreadable: report-0: XML with the root <testsuites> has no supported format"),
        (edited(WEB, "result", value="true"), "unreadable: report-0: result is 'true', neither true nor false"),
        (edited(WEB, "interactionResults", value={}), "unreadable: report-0: interactionResults is an object"),
        (
            edited(WEB, "interactionResults", 0, "result", value="Ok"),
            "unreadable: report-0: the result of 'a' is 'Ok', neither OK nor Error",
        ),
        (
            edited(WEB, "interactionResults", 0, "description", value=7),
            "unreadable: report-0: description of an interaction is 7, not text",
        ),
        (
            json.dumps({"result": True, "interactionResults": [NAMED | {"consumer": " "}]}),
            "unreadable: report-0: consumer is empty",
        ),
        (edited(WEB, "output", value="text"), "unreadable: report-0: output is 'text', not a list"),
        (edited(WEB, "output", value=[1]), "unreadable: report-0: a line of the output is 1, not text"),
        (edited(WEB, "errors", value=["a"]), "unreadable: report-0: errors[0] is 'a', not an object"),
        (
            edited(WEB, "errors", value=[{"interaction": "a"}]),
            "unreadable: report-0: errors[0].mismatch is missing, not an object",
        ),
        (ruby(success="yes"), "unreadable: report-0: success is 'yes', neither true nor false"),
        (ruby(failureCount="0"), "unreadable: report-0: summary.failureCount is '0', not a count"),
        (ruby(testCount=-1), "unreadable: report-0: summary.testCount is -1, not a count"),
        ('{"success": true, "testResults": []}', NEITHER),
        ('{"success": true, "testResults": {}}', NEITHER),
        (ruby(("a and b", 1)), "unreadable: report-0: the status of a check is 1, not text"),  # type: ignore[arg-type]
        (matrix(success="2"), "unreadable: report-0: summary.success is '2', not a count"),
        (edited(matrix(), "matrix", value={}), "unreadable: report-0: matrix is an object, not a list"),
        (matrix(row("", True)), "unreadable: report-0: matrix[0].consumer.name is empty"),
        (
            edited(matrix(row("web", True)), "matrix", 0, "consumer", value="web"),
            "unreadable: report-0: matrix[0].consumer is 'web', not an object",
        ),
        (
            matrix(row("web", True, ignored="yes")),
            "unreadable: report-0: matrix[0].ignored is 'yes', neither true nor false",
        ),
        (
            matrix(row("web", True, verificationResult={"success": "true"})),
            "unreadable: report-0: matrix[0].verificationResult.success is 'true', neither true nor false",
        ),
        (pact("a", consumer=""), "unreadable: report-0: consumer.name is empty"),
        (edited(pact("a"), "provider", value="orders"), "unreadable: report-0: provider is 'orders', not an"),
        (edited(pact("a"), "interactions", value={}), "unreadable: report-0: interactions is an object, not a"),
        (
            edited(pact("a"), "interactions", 0, value={"request": {}}),
            "unreadable: report-0: interactions[0]: description is missing, not text",
        ),
        (WEB[:-2], "unreadable: report-0: line 1: not JSON"),
        (WEB.encode("utf-16-le"), "unreadable: report-0: "),
        ('{"result": NaN, "interactionResults": []}', "unreadable: report-0: result is 'NaN', neither true nor false"),
        (matrix(success=0).replace('"success": 0', '"success": 1e999'), "unreadable: report-0: not JSON: a number"),
        ('{"consumer": ' * 50_000, "unreadable: report-0: line 1: not JSON: nested too deep"),
    ],
    ids=short,
)  # fmt: skip
def test_what_is_no_evidence(report: str | bytes, expected: str) -> None:
    assert outcome(contracts, report).startswith(expected)


STOREFRONTS = ("storefront-v2", "storefront-v3", "storefront-v4")
FOO = {
    "consumers": ("Foo",),
    "verified_consumers": (),  # version 1 was verified, version 3 is the latest
    "providers": ("Bar",),
    "interactions": 0,
}


@needs_samples
@pytest.mark.parametrize(
    ("sample", "expected"),
    [
        ("pact/storefront-v2-orders-api.json", {"consumers": ("storefront-v2",), "interactions": 1}),
        ("pact/storefront-v4-orders-api.json", {"consumers": ("storefront-v4",), "interactions": 2}),
        ("pact/broker-seed-pact_3.json", {"consumers": ("Example App",), "interactions": 3}),
        ("pact/broker-v4-http-and-async.json", {"providers": ("Bar",), "interactions": 2}),
        ("pact-message/billing-events-v3.json", {"consumers": ("billing-events-v3",), "interactions": 1}),
        ("pact-message/broker-v4_sync_messages.json", {"interactions": 1, "verified_consumers": None}),
        (
            "pact-verification/rust-verifier-pass.json",
            {
                "consumers": STOREFRONTS,
                "verified_consumers": STOREFRONTS,
                "unverified": (),
                "interactions": 5,
                "providers": ("orders-api",),
            },
        ),
        ("pact-broker-matrix/matrix_full_body_ui_browse.approved.json", FOO),
        ("pact-broker-matrix/cli-can-i-deploy-o-json-null.json", FOO),
    ],
)
def test_sample(sample: str, expected: dict[str, Any]) -> None:
    assert chosen(facts(contracts, (SAMPLES / sample).read_bytes()), expected) == expected


@needs_samples
@pytest.mark.parametrize(
    ("sample", "expected"),
    [
        ("pact-verification/rust-verifier-no-pacts.json", "absent: reports lists no verified interaction"),
        ("pact-verification/rust-verifier-pass.junit.xml", "unreadable: report-0: "),
        # Five answers under the names of the tests that recorded them.
        ("pact-broker-matrix/features_can_i_deploy_approval_spec.approved.json", NEITHER),
    ],
)
def test_sample_that_is_no_evidence(sample: str, expected: str) -> None:
    assert outcome(contracts, (SAMPLES / sample).read_bytes()).startswith(expected)


@needs_samples
def test_recorded_answers_one_by_one() -> None:
    answers = json.loads(
        (SAMPLES / "pact-broker-matrix/features_can_i_deploy_approval_spec.approved.json").read_text()
    )
    read = [outcome(contracts, json.dumps(answer)) for answer in answers.values()]
    assert [NEITHER in reason for reason in read] == [False, False, True, False, False]
    unverified = [facts(contracts, json.dumps(a)).unverified for a in answers.values() if a["summary"]]
    assert [len(findings) for findings in unverified] == [0, 0, 1, 0]


@needs_samples
def test_samples_together() -> None:
    files = {
        sample: (SAMPLES / sample).read_bytes()
        for sample in (
            "pact-verification/rust-verifier-pass.json",
            "pact/storefront-v2-orders-api.json",
            "pact/storefront-v4-orders-api.json",
        )
    }
    merged = contracts.collect(tree(files), {}).facts
    assert (merged.verified_consumers, merged.unverified) == (STOREFRONTS, ())
