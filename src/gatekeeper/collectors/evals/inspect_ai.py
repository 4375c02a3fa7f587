"""A log of Inspect in JSON; `_inspect_log` says what is read of it."""

from gatekeeper.collectors.evals import _inspect_log
from gatekeeper.collectors.evals._report import EvalReport, only_object
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content

ABOUT = About(
    tool="Inspect, in JSON",
    seen="0.3.75 to 0.3.285",
    source="https://inspect.aisi.org.uk/eval-logs.html",
    command="inspect eval TASK --log-format json",
    recognised="`status`, and an object `eval`",
    models=(
        "samples with their scores, errors and epochs, the status of the run, limits, the revision, prompts"
    ),
    not_modelled="metrics over all samples, reducers of epochs, messages and events",
)


def recognises(content: Content) -> bool:
    """Return whether the file is such a log."""
    document = only_object(content)
    of_task = document.get("eval")
    return isinstance(of_task, dict) and "task" in of_task and "status" in document


def read(content: Content) -> EvalReport:
    """Return the results of a log."""
    [document] = content.lines
    return _inspect_log.report(document)
