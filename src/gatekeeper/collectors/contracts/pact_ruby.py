"""The JSON of the Ruby verifier: as it is published to a broker, or as its RSpec formatter prints it.

https://github.com/pact-foundation/pact-ruby 1.x, `provider/verification_results/create.rb` and
`provider/rspec/json_formatter.rb`. It lists checks, several for one interaction.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from gatekeeper.collectors.contracts._verification import (
    VERIFYING,
    Contract,
    Parties,
    Verification,
    first_line,
    name_of,
    parties,
)
from gatekeeper.collectors.reading.figures import count, listing, mapping, shown, text
from gatekeeper.collectors.reading.structured import Structured
from gatekeeper.model.evidence import Finding, Unreadable
from gatekeeper.syntax.yaml import Step


class _Check(NamedTuple):
    title: str
    status: str
    reason: str
    interaction: tuple[object, ...] | None
    """What tells its interaction from the others."""
    path: tuple[Step, ...]


def recognises(value: object) -> bool:
    """Tell whether this is a result of the Ruby verifier."""
    return isinstance(value, dict) and ("testResults" in value or {"examples", "summary"} <= value.keys())


def read(document: Structured) -> Verification:
    """Read the checks, whose consumers they are of, and the counters."""
    where: tuple[Step, ...] = ("testResults",) if "testResults" in document.object else ()
    results = mapping(document.object["testResults"], "testResults") if where else document.object
    summary = mapping(results.get("summary"), "summary")
    checks = list(_checks(results, where))
    return Verification(
        "pact-verifier-ruby",
        contracts=tuple(_contracts(checks, _only_pact(summary))),
        interactions=_interactions(checks, _counter(summary, "example_count", "testCount")),
        unverified=tuple(_unverified(document, checks, summary, where)),
    )


def _checks(results: dict[str, Any], where: tuple[Step, ...]) -> Iterator[_Check]:
    key = "examples" if "examples" in results else "tests"
    for index, entry in enumerate(listing(results.get(key, []), key)):
        check = mapping(entry, f"{key}[{index}]")
        exception = mapping(check.get("exception") or {}, "exception").get("message")
        yield _Check(
            title=text(check.get("full_description", check.get("testFullDescription")), "a full description"),
            status=text(check.get("status"), "the status of a check"),
            reason=first_line(exception) if isinstance(exception, str) else "",
            interaction=_interaction(check),
            path=(*where, key, index),
        )


def _interaction(check: dict[str, Any]) -> tuple[object, ...] | None:
    if "interaction_index" in check:
        return str(check.get("pact_url")), str(check["interaction_index"])
    if "interactionDescription" in check:
        return str(check.get("interactionProviderState")), str(check["interactionDescription"])
    return None


def _interactions(checks: list[_Check], counted: int) -> int | None:
    if not checks and not counted:
        return 0
    keys = {(_heading(check), check.interaction) for check in checks}
    return None if not keys or any(interaction is None for _, interaction in keys) else len(keys)


def _heading(check: _Check) -> str:
    return check.title.partition(" Given ")[0]


def _only_pact(summary: dict[str, Any]) -> Parties | None:
    match listing(summary.get("pacts", []), "summary.pacts"):
        case [pact]:
            named = mapping(pact, "summary.pacts[0]")
            return Parties(name_of(named, "consumer_name"), name_of(named, "provider_name"))
        case _:
            return None


def _contracts(checks: list[_Check], only: Parties | None) -> Iterator[Contract]:
    passed: dict[Parties, bool] = {}
    for check in checks:
        if check.title.startswith(VERIFYING) and (owner := only or parties(_heading(check))):
            passed[owner] = passed.get(owner, True) and check.status == "passed"
    for (consumer, provider), all_passed in passed.items():
        # In a title, what follows the provider's name may belong to the interaction.
        yield Contract(consumer, provider if only else None, all_passed)


def _unverified(
    document: Structured, checks: list[_Check], summary: dict[str, Any], where: tuple[Step, ...]
) -> Iterator[Finding]:
    failed = [check for check in checks if check.status != "passed"]
    for check in failed:
        reason = f"{check.status}{': ' if check.reason else ''}{check.reason}"
        yield document.finding(f"{check.title.removeprefix(VERIFYING)}: {reason}", *check.path)
    counted = _counter(summary, "failure_count", "failureCount") + _counter(summary, "pending_count")
    if counted > len(failed):
        yield document.finding(f"{counted - len(failed)} failed that are not listed", *where, "summary")
    success = document.object.get("success", True)
    if not isinstance(success, bool):
        raise Unreadable(f"success is {shown(success)}, neither true nor false")
    if not success and not failed and not counted:
        yield document.finding("the verifier says that the verification failed", "success")


def _counter(summary: dict[str, Any], *keys: str) -> int:
    return next((count(summary[key], f"summary.{key}") for key in keys if key in summary), 0)
