"""A log of Inspect as it writes it by default, `.eval`: a zip archive of JSON files.

https://inspect.aisi.org.uk/eval-logs.html and `inspect_ai/log/_recorders/eval.py`: `header.json` has the run
and its results, `summaries.json` every sample with its scores, without messages and events. While the run
goes on, and after it was interrupted, there are `_journal/start.json` and the summaries so far in
`_journal/summaries/`. The places of findings are those in the log as JSON, as `inspect log dump` prints it.
"""

import re
from collections.abc import Iterator

from gatekeeper.collectors.evals import _inspect_log
from gatekeeper.collectors.evals._report import EvalReport
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.archive import Archive, is_archive
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.figures import mapping, objects
from gatekeeper.collectors.reading.structured import Structured
from gatekeeper.model.evidence import Unreadable
from gatekeeper.syntax import json
from gatekeeper.syntax.json import Json, Object

ABOUT = About(
    tool="Inspect, in its own format `.eval`",
    seen="0.3.120, and 0.3.285 with Zstandard",
    source="https://inspect.aisi.org.uk/eval-logs.html",
    command="inspect eval TASK --log-dir logs",
    recognised="a zip archive with `header.json` or `_journal/start.json`",
    models="the status of the run, every sample with its scores and errors, limits, the revision, prompts",
    not_modelled="messages, events and attachments; metrics over all samples, reducers of epochs",
)
_HEADER, _START, _SUMMARIES = "header.json", "_journal/start.json", "summaries.json"
_BATCH = re.compile(r"_journal/summaries/([0-9]{1,9})\.json")
_SAMPLE = re.compile(r"samples/.+_epoch_[0-9]+\.json")


def recognises(content: Content) -> bool:
    """Return whether the file is a log in a zip archive."""
    if not is_archive(content.head):
        return False
    names = Archive(content.data).names
    return _HEADER in names or _START in names


def read(content: Content) -> EvalReport:
    """Return the results of a log."""
    archive = Archive(content.data)
    is_finished = _HEADER in archive.names
    header = mapping(_load(archive, _HEADER if is_finished else _START), "the header")
    log: Object = {"status": "started", **header} if not is_finished else header
    if not isinstance(log.get("eval"), dict) or "status" not in log:
        raise Unreadable(f"{_HEADER} has no `eval` or no `status`")
    samples: list[Json] = [_as_in_json(one) for one in _summaries(archive)]
    document = Structured(content.name, "json", {**log, "samples": samples}, b"")
    report = _inspect_log.report(document)
    files = sum(_SAMPLE.fullmatch(name) is not None for name in archive.names)
    if files > len(samples):
        partial = (*report.origin.partial, f"{len(samples)} of {files} samples are in the summaries")
        report = report._replace(origin=report.origin._replace(partial=partial))
    return report._replace(origin=report.origin._replace(format="inspect-eval"))


def _summaries(archive: Archive) -> Iterator[Object]:
    if _SUMMARIES in archive.names:
        yield from objects(_load(archive, _SUMMARIES), _SUMMARIES)
        return
    batches = ((int(found[1]), name) for name in archive.names if (found := _BATCH.fullmatch(name)))
    for _, name in sorted(batches):
        yield from objects(_load(archive, name), name)


def _as_in_json(summary: Object) -> Object:
    """Return the summary of a sample as the log in JSON has it: an error is an object."""
    error = summary.get("error")
    if summary.get("completed") is False and error is None:
        return {**summary, "error": {"message": "the sample was not completed"}}
    return summary if error is None else {**summary, "error": {"message": error}}


def _load(archive: Archive, name: str) -> Json:
    return json.load(archive.read(name))
