"""Results of tests that GNU Automake ran, `.trs` files, for the kind `tests`.

https://www.gnu.org/software/automake/manual/html_node/Log-files-generation-and-test-results-recording.html

A line `:test-result: PASS total is right` states the result of a test, and perhaps its name. `PASS` passed,
and so did `XFAIL`, a failure that the test expects; `SKIP` was skipped; everything else failed.
"""

import re
from pathlib import PurePosixPath

from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.tests.read import CaseOutcome, TestCase, TestReport
from gatekeeper.model.evidence import Absent, Origin

_RESULT = re.compile(r":test-result:\s*(\S+)\s*(.*)", re.ASCII)
_OUTCOMES = {
    "PASS": CaseOutcome.PASSED,
    "XFAIL": CaseOutcome.PASSED,
    "SKIP": CaseOutcome.SKIPPED,
}


def recognises(content: Content) -> bool:
    """Return whether the file begins with a field of such a file."""
    return content.head.startswith((b":test-result:", b":test-global-result:"))


def read(content: Content) -> TestReport:
    """Return the results of a file.

    Raises:
        Absent: The file has no result.
    """
    lines = content.data.decode("utf-8", "replace").splitlines()
    found = [result for result in map(_RESULT.fullmatch, lines) if result]
    if not found:
        raise Absent("the file has no line `:test-result:`")
    return TestReport(Origin("trs"), [_case(result, content.name) for result in found])


def _case(result: re.Match[str], file: str) -> TestCase:
    name = result[2].strip() or PurePosixPath(file).stem
    return TestCase(name, outcome=_OUTCOMES.get(result[1], CaseOutcome.FAILED))
