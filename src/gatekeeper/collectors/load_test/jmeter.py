"""JMeter's samples (jtl), in CSV and in XML.

https://jmeter.apache.org/usermanual/listeners.html#csvlogformat, and `CSVSaveService` and
`SampleResultConverter` in its code. Times are whole milliseconds, so percentiles are exact, by nearest rank;
JMeter interpolates its own. A sampler counts once, whatever it fetched. A Transaction Controller, recognised
by its response message, sums up other samples: it counts only in a file that has no other samples.

Not modelled: rows that sum up several samples (`SampleCount`), a CSV file without a header, times in a format
that begins with the month.
"""

import re
from collections.abc import Iterator

from gatekeeper.collectors.load_test._jmeter_samples import JMeterRun, JMeterSample
from gatekeeper.collectors.load_test._jmeter_xml import JMeterXml
from gatekeeper.collectors.load_test.read import LoadReport
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.syntax import xml

ABOUT = About(
    tool="JMeter's samples (jtl)",
    seen="2.13, and 5.6 by its source",
    source="https://jmeter.apache.org/usermanual/listeners.html#csvlogformat",
    command="jmeter -n -t plan.jmx -l samples.jtl",
    recognised="a header with `elapsed`, or the XML root `testResults`",
    models="each sample: time, success, assertions; those of a Transaction Controller, or itself",
    not_modelled="rows that sum up several samples; CSV without a header",
)
_HEADER = re.compile(rb"(?:\xef\xbb\xbf)?(?:timeStamp[,;\t])?elapsed[,;\t]\w")
_COLUMNS = (
    "timeStamp",
    "elapsed",
    "success",
    "responseMessage",
    "SampleCount",
    "failureMessage",
    "threadName",
)


def recognises(content: Content) -> bool:
    """Return whether the file begins with a header of samples, or the root element is `testResults`."""
    return content.xml_root == "testResults" if content.is_xml else _HEADER.match(content.head) is not None


def read(content: Content) -> LoadReport:
    """Return the figures of the samples."""
    run = JMeterRun()
    if not content.is_xml:
        for sample in _rows(content):
            run.take(sample)
        return run.report()
    listener = JMeterXml(run.take)
    xml.parse(content.data, listener)
    return run.report(listener.checks)


def _rows(content: Content) -> Iterator[JMeterSample]:
    for record in content.records():
        row = {name: text for name, text in record.object.items() if isinstance(text, str)}
        start, elapsed, success, message, summed, failure, thread = map(row.get, _COLUMNS)
        where = f"line {record.line(())}"
        verdict = "false" if failure else success
        yield JMeterSample(where, start, elapsed, verdict, message, summed, thread)
