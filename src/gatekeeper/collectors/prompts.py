"""A prompt registry, YAML or JSON: which version of a prompt each tenant gets.

The format is ours; one file, or a folder or glob of them that together are the registry:

    tenants: [acme, globex]         # every prompt must pin a version for each of them
    prompts:
      - id: summarise
        versions: ["1.0", "1.1"]    # where they are listed, a pin must be one of them
        pins: {acme: "1.1", globex: "1.0"}

`prompts` may also be a mapping of ids to entries, a file may be a list of entries or a single entry, `pinned`
is another word for `pins`, and pins may be a list of `{tenant, version}`. An entry with `tenants` of its own
must pin a version for those, too.

A pin is a concrete version: not `latest`, a range or a number with a fraction, for 1.10 would be 1.1. The
tenant `*` stands for those that have no pin. Its version must be concrete as well, but it pins no tenant:
raising it changes the prompt for tenants who did not ask for it.
"""

from collections.abc import Iterator, Sequence, Set
from itertools import chain, islice
from typing import NamedTuple

from gatekeeper.collectors import _prompt_registry
from gatekeeper.collectors._opening import opened
from gatekeeper.collectors._prompt_registry import DEFAULT, Entry, Pin, Registry
from gatekeeper.collectors._structured import read_all
from gatekeeper.collectors._versions import flaw_of
from gatekeeper.model.evidence import Absent, Artefact, ArtefactFile, Collected, Finding, Options

_LISTED = 50


class PromptsFacts(NamedTuple):
    """What a prompt registry says; null where it does not."""

    prompts: tuple[str, ...] | None = None
    """Ids, each once."""
    unpinned: tuple[Finding, ...] | None = None
    """Pins that are missing or not concrete, per prompt and tenant.

    A second entry of the same id is one as well: which of the two holds is open.
    """
    tenants: tuple[str, ...] | None = None
    """Tenants that the registry or a pin names, each once, without `*`."""


FACTS = PromptsFacts


def collect(artefact: Artefact, options: Options) -> Collected:  # noqa: ARG001 - this kind has no options
    """Read the entries of all files and judge their pins."""
    registries = [registry for file in artefact.files for registry in _read(file)]
    entries = [entry for registry in registries for entry in registry.entries]
    if not entries:
        raise Absent(f"{artefact.path} registers no prompt")
    tenants = [tenant for registry in registries for tenant in registry.tenants]
    named = [pin.tenant for entry in entries for pin in entry.pins if pin.tenant != DEFAULT]
    facts = PromptsFacts(
        prompts=tuple(dict.fromkeys(entry.id for entry in entries)),
        unpinned=tuple(_unpinned(entries, tenants)),
        tenants=tuple(
            dict.fromkeys([*tenants, *(name for entry in entries for name in entry.tenants), *named])
        ),
    )
    return Collected(", ".join(sorted({registry.format for registry in registries})), facts)


def _read(file: ArtefactFile) -> list[Registry]:
    documents = read_all(file)
    with opened(file):
        return [_prompt_registry.read(document) for document in documents]


def _unpinned(entries: Sequence[Entry], tenants: Sequence[str]) -> Iterator[Finding]:
    every_tenant = dict.fromkeys(tenants).keys()
    first: dict[str, Entry] = {}
    for entry in entries:
        if first.setdefault(entry.id, entry) is not entry:
            earlier = first[entry.id].finding("")
            where = f"{earlier.file}:{earlier.line or earlier.pointer}"
            yield entry.finding(f"{entry.id} is registered a second time, first in {where}")
        yield from _flaws_of_pins(entry)
        yield from _missing_pins(entry, every_tenant)


def _flaws_of_pins(entry: Entry) -> Iterator[Finding]:
    pinned: set[str] = set()
    for pin in entry.pins:
        if pin.tenant in pinned:
            yield pin.finding(f"{entry.id} is pinned a second time for {_shown(pin)}")
        pinned.add(pin.tenant)
        if flaw := flaw_of(pin.version, entry.versions):
            yield pin.finding(f"{entry.id} is not pinned for {_shown(pin)}: {flaw}")


def _missing_pins(entry: Entry, every_tenant: Set[str]) -> Iterator[Finding]:
    """Yield a finding for each tenant without a pin, of very many for the first: not their product."""
    pinned = {pin.tenant for pin in entry.pins}
    own = dict.fromkeys(tenant for tenant in entry.tenants if tenant not in every_tenant)
    missing = (tenant for tenant in chain(every_tenant, own) if tenant not in pinned)
    count = len(every_tenant) + len(own) - sum(name in every_tenant or name in own for name in pinned)
    for tenant in islice(missing, _LISTED):
        yield entry.finding(f"{entry.id} is not pinned for {tenant}: no version is given")
    if count > _LISTED:
        yield entry.finding(f"{entry.id} is not pinned for {count - _LISTED} tenants more")
    if not count and not pinned - {DEFAULT}:
        yield entry.finding(f"{entry.id} is not pinned for any tenant")


def _shown(pin: Pin) -> str:
    return "the tenants without a pin (*)" if pin.tenant == DEFAULT else pin.tenant
