"""A report in XML that says what a report in JSON says, read as that."""

from gatekeeper.collectors.reading.structured import Structured
from gatekeeper.model.evidence import Finding
from gatekeeper.syntax.json import Object
from gatekeeper.syntax.yaml import Step


class AsJson(Structured):
    """The values of a document under the names of the JSON report; places in it are not those of the file."""

    def __init__(self, file: str, value: Object) -> None:
        super().__init__(file, "xml", value, b"")

    def finding(self, message: str, *_: Step) -> Finding:
        """Return a finding without a place."""
        return Finding(message, self.file)
