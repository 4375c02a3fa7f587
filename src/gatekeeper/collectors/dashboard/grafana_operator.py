"""A GrafanaDashboard of the Grafana operator: a dashboard as text in an object of Kubernetes."""

import zlib
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Sequence

from gatekeeper.collectors.dashboard import grafana, grafana_v2
from gatekeeper.collectors.dashboard._panels import filled
from gatekeeper.collectors.dashboard.read import Dashboard
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.embedded import documents_in
from gatekeeper.collectors.reading.figures import mapping, shown, text
from gatekeeper.collectors.reading.structured import about
from gatekeeper.model.evidence import Unreadable
from gatekeeper.syntax import SyntaxProblem
from gatekeeper.syntax.json import Object

ABOUT = About(
    tool="Grafana operator",
    seen="by its source, v1beta1",
    source="https://grafana.github.io/grafana-operator/docs/api/#grafanadashboard",
    command=None,
    recognised="`kind: GrafanaDashboard` of `grafana.integreatly.org`",
    models="the dashboard in `json` or `gzipJson`, in either model of Grafana",
    not_modelled="dashboards elsewhere: `url`, `configMapRef`, `grafanaCom`, `jsonnet`",
)
_SOURCES = ("json", "gzipJson", "url", "jsonnet", "jsonnetLib", "grafanaCom", "configMapRef", "oci")
"""The fields of which one says where the dashboard is."""
_LARGEST = 20_000_000
_GZIP = 16 + zlib.MAX_WBITS


def recognises(content: Content) -> bool:
    """Return whether the document is a dashboard of the operator, of any version."""
    version = content.fields.get("apiVersion")
    of_operator = isinstance(version, str) and version.startswith(
        ("grafana.integreatly.org/", "integreatly.org/")
    )
    return of_operator and content.fields.get("kind") == "GrafanaDashboard"


def read(content: Content) -> Dashboard:
    """Return the panels of the dashboard in the object."""
    document = content.document
    spec = mapping(document.object.get("spec"), "spec")
    with about(document, "spec"):
        name, written = _text(spec)
    with about(document, "spec", name):
        try:
            found = documents_in(document, written, "spec", name)
        except SyntaxProblem as problem:
            raise Unreadable(f"the dashboard in {name}: {problem}") from None
        dashboard = _dashboard([Content.of(each) for each in found], name)
    uid = filled(spec.get("uid")) or dashboard.uid
    return dashboard._replace(origin=dashboard.origin._replace(format="grafana-operator"), uid=uid)


def _dashboard(documents: Sequence[Content], name: str) -> Dashboard:
    """Return the one dashboard in a text, in either model of Grafana."""
    if len(documents) == 1 and grafana.recognises(documents[0]):
        return grafana.read(documents[0])
    if len(documents) == 1 and grafana_v2.recognises(documents[0]):
        return grafana_v2.read(documents[0])
    raise Unreadable(f"{name} holds no dashboard of Grafana")


def _text(spec: Object) -> tuple[str, str | bytes]:
    """Return the field that has the dashboard, and the dashboard as text."""
    sources = [name for name in _SOURCES if spec.get(name)]
    if len(sources) != 1:
        what = f"{len(sources)} sources: {', '.join(sources)}" if sources else "no source"
        raise Unreadable(f"the GrafanaDashboard has {what}; expected one")
    [name] = sources
    if name == "json":
        return name, text(spec[name], name)
    if name == "gzipJson":
        return name, _unzipped(text(spec[name], name))
    raise Unreadable(f"the dashboard is not in the file: its source is {name}; map the JSON of the dashboard")


def _unzipped(written: str) -> bytes:
    """Return what a text in base64 compresses.

    Raises:
        Unreadable: It is not base64 or not gzip, or decompresses to more than 20 MB.
    """
    try:
        data = b64decode("".join(written.split()), validate=True)
        machine = zlib.decompressobj(_GZIP)
        found = machine.decompress(data, _LARGEST)
    except (NotBase64, ValueError, zlib.error) as error:
        raise Unreadable(f"gzipJson does not decompress: {shown(str(error))}") from None
    if machine.unconsumed_tail:
        raise Unreadable(f"gzipJson decompresses to more than {_LARGEST:,} bytes")
    if not machine.eof:
        raise Unreadable("gzipJson is cut short")
    return found
