"""The JSON of the Ruby verifier, as published to a broker or printed by its RSpec formatter.

https://github.com/pact-foundation/pact-ruby 1.x, `provider/verification_results/create.rb` and
`provider/rspec/json_formatter.rb`. It lists checks, several for one interaction.
"""

from collections.abc import Iterator
from typing import NamedTuple

from gatekeeper.collectors.contracts._parts import (
    VERIFYING,
    Contract,
    Parties,
    Verification,
    name_of,
    parties,
)
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.figures import count, flag, listing, mapping, objects, section, text
from gatekeeper.collectors.reading.one_line import first_line
from gatekeeper.collectors.reading.structured import Structured
from gatekeeper.model.evidence import Finding, Origin
from gatekeeper.syntax.json import Object
from gatekeeper.syntax.yaml import Step

ABOUT = About(
    tool="the Ruby verifier of Pact",
    seen="pact-ruby 1.x, by its source",
    source="https://github.com/pact-foundation/pact-ruby/blob/master/lib/pact/provider/rspec/json_formatter.rb",
    command="pact-provider-verifier --format json --out results.json PACT --provider-base-url URL",
    recognised=(
        '`testResults.summary`, or `summary` and `examples` of which one begins with "Verifying a pact"'
    ),
    models="the checks by interaction; a pending check that failed is a failure",
)


class _Check(NamedTuple):
    title: str
    status: str
    reason: str
    interaction: tuple[object, ...] | None
    """Identifies its interaction; None if the check does not name it."""
    path: tuple[Step, ...]


def recognises(content: Content) -> bool:
    """Return whether the file is a result of the Ruby verifier; other reports of RSpec have its keys, too."""
    results, summary = content.fields.get("testResults"), content.fields.get("summary")
    if isinstance(results, dict):
        return "summary" in results
    if not isinstance(summary, dict) or not isinstance(examples := content.fields.get("examples"), list):
        return False
    titles = (check.get("full_description") for check in examples if isinstance(check, dict))
    return "pacts" in summary or any(str(title).startswith(VERIFYING) for title in titles)


def read(content: Content) -> Verification:
    """Return the contracts and interactions behind the checks, and the failed checks."""
    document = content.document
    where: tuple[Step, ...] = ("testResults",) if "testResults" in document.object else ()
    results = mapping(document.object["testResults"], "testResults") if where else document.object
    summary = mapping(results.get("summary"), "summary")
    checks = list(_checks(results, where))
    return Verification(
        Origin("pact-verifier-ruby", items=len(checks)),
        contracts=tuple(_contracts(checks, _only_pact(summary))),
        interactions=_interactions(checks, _counter(summary, "example_count", "testCount")),
        unverified=tuple(_unverified(document, checks, summary, where)),
    )


def _checks(results: Object, where: tuple[Step, ...]) -> Iterator[_Check]:
    key = "examples" if "examples" in results else "tests"
    for index, check in enumerate(objects(results.get(key, []), key)):
        exception = section(check, "exception").get("message")
        yield _Check(
            title=text(check.get("full_description", check.get("testFullDescription")), "a full description"),
            status=text(check.get("status"), "the status of a check"),
            reason=first_line(exception) if isinstance(exception, str) else "",
            interaction=_interaction(check),
            path=(*where, key, index),
        )


def _interaction(check: Object) -> tuple[object, ...] | None:
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


def _only_pact(summary: Object) -> Parties | None:
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
        # In a title, the text after the provider's name may belong to the interaction.
        yield Contract(consumer, provider if only else None, all_passed)


def _unverified(
    document: Structured, checks: list[_Check], summary: Object, where: tuple[Step, ...]
) -> Iterator[Finding]:
    failed = [check for check in checks if check.status != "passed"]
    for check in failed:
        reason = f"{check.status}{': ' if check.reason else ''}{check.reason}"
        yield document.finding(f"{check.title.removeprefix(VERIFYING)}: {reason}", *check.path)
    counted = _counter(summary, "failure_count", "failureCount") + _counter(summary, "pending_count")
    if counted > len(failed):
        yield document.finding(f"{counted - len(failed)} failed that are not listed", *where, "summary")
    success = flag(document.object.get("success", True), "success")
    if not success and not failed and not counted:
        yield document.finding("the verifier reports that the verification failed", "success")


def _counter(summary: Object, *keys: str) -> int:
    return next((count(summary[key], f"summary.{key}") for key in keys if key in summary), 0)
