"""A criterion as an item of a Markdown list: what was seen, where it is wrong, and what to do."""

from collections.abc import Callable, Iterator

from gatekeeper.model.verdict import CriterionResult
from gatekeeper.reporters.text.screen import SYMBOLS
from gatekeeper.reporters.wording import sentences
from gatekeeper.reporters.wording.details import MOST_FINDINGS


def criterion(result: CriterionResult, escaped: Callable[[str], str], *, effort: bool) -> Iterator[str]:
    """Yield the lines of an item.

    Args:
        result: What is told.
        escaped: Makes foreign text fit for Markdown, and as short as it may be.
        effort: Whether the remedy is told with the work that it is.
    """
    optional = ", optional" if result.optional else ""
    status = f"{SYMBOLS[result.status][0]} {result.status}{optional}"
    yield f"- {status} **{escaped(result.rule.id)}** {escaped(result.rule.question)}\n"
    for line in sentences.seen(result):
        yield f"  - {escaped(line)}\n"
    for finding in result.findings[:MOST_FINDINGS]:
        where = sentences.location(finding)
        yield f"  - {escaped(finding.message)}{f' ({escaped(where)})' if where else ''}\n"
    if len(result.findings) > MOST_FINDINGS:
        yield f"  - and {len(result.findings) - MOST_FINDINGS:,} more\n"
    if result.is_open:
        yield f"  - → {escaped(result.remedy)}{f' ({result.rule.effort} work)' if effort else ''}\n"
