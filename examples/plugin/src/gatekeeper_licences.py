"""Licences of npm packages, as `license-checker --json` lists them.

The file maps `name@version` to an object with `licenses`: an SPDX expression, a list of them, or `UNKNOWN`.

Not modelled: a licence that is neither a text nor a list of texts.
"""

from typing import Any, NamedTuple

from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.ledger import Ledger
from gatekeeper.model.evidence import Absent, Artefact, Collected, Finding, Options, Origin, Unreadable
from gatekeeper.syntax import SyntaxProblem, json


class LicencesFacts(NamedTuple):
    """What the list says; null where it does not."""

    packages: int | None = None
    licences: tuple[str, ...] | None = None
    """The licences, each once, sorted."""
    unknown: tuple[Finding, ...] | None = None
    """Packages without a known licence."""


FACTS = LicencesFacts
PLACES = {"licence": frozenset({"licences", "unknown"})}


def recognises(content: Content) -> bool:
    """Return whether an entry of the file states licences."""
    return any(isinstance(entry, dict) and "licenses" in entry for entry in content.object.values())


def collect(artefact: Artefact, options: Options) -> Collected:
    """Return the licences of a list of packages.

    Raises:
        Unreadable: The file is not such a list.
        Absent: The list is empty.
    """
    [file] = artefact.files
    try:
        packages = json.load(file.read())
    except SyntaxProblem as problem:
        raise Unreadable(f"{file.name}: {problem}") from None
    if not isinstance(packages, dict) or not all(isinstance(entry, dict) for entry in packages.values()):
        raise Unreadable(f"{file.name}: not a list of packages, as license-checker writes it")
    if not packages:
        raise Absent(f"{file.name} lists no package")
    ledger = Ledger(PLACES)
    licences = {name: _licences(entry, ledger, file.name, name) for name, entry in packages.items()}
    unknown = sorted(name for name, found in licences.items() if not found)
    facts = LicencesFacts(
        packages=len(packages),
        licences=tuple(sorted({licence for found in licences.values() for licence in found})),
        unknown=tuple(Finding(f"{name} has no known licence", file.name) for name in unknown),
    )
    return Collected(facts, (Origin("license-checker", not_understood=ledger.places()),))


def _licences(entry: Any, ledger: Ledger, file: str, package: str) -> list[str]:
    written = entry.get("licenses", [])
    named = written if isinstance(written, list) else [written]
    if not all(isinstance(name, str) for name in named):
        ledger.note("licence", f"{package} has licences in another form", file=file, pointer=f"/{package}")
        return []
    return [name for name in named if name.strip() and name != "UNKNOWN"]
