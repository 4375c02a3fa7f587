"""One criterion as an item of a Markdown list: status, what was seen, findings and remedy."""

from collections.abc import Callable, Iterator

from gatekeeper.model.evidence import Finding
from gatekeeper.model.verdict import CriterionResult
from gatekeeper.reporters.text.screen import SYMBOLS
from gatekeeper.reporters.wording import outcomes

FoundAt = Callable[[CriterionResult, Finding], str | None]


def criterion(
    result: CriterionResult,
    escaped: Callable[[str], str],
    once: outcomes.Once,
    *,
    effort: bool,
    found_at: FoundAt = lambda _result, _finding: None,
) -> Iterator[str]:
    """Yield the lines of an item.

    Args:
        result: The criterion's result.
        escaped: Escapes untrusted text for Markdown, and shortens it.
        once: What the criteria before it have said.
        effort: Whether the remedy shows its effort.
        found_at: Returns the address of a finding on the forge, percent-encoded.
    """
    status = f"{SYMBOLS[result.status][0]} {outcomes.status_words(result)}"
    yield f"- {status} **{escaped(result.rule.id)}** {escaped(result.rule.question)}\n"
    for line in once.seen(result):
        yield f"  - {escaped(line)}\n"
    for finding in result.findings[: outcomes.MOST_FINDINGS]:
        where, address = outcomes.location(finding), found_at(result, finding)
        place = f"[{escaped(where)}]({address})" if where and address else escaped(where or "")
        yield f"  - {escaped(finding.message)}{f' ({place})' if where else ''}\n"
    if len(result.findings) > outcomes.MOST_FINDINGS:
        yield f"  - and {len(result.findings) - outcomes.MOST_FINDINGS:,} more\n"
    if remedy := once.remedy(result):
        yield f"  - → {escaped(remedy)}{f' ({result.rule.effort} work)' if effort else ''}\n"
