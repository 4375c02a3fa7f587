"""Read evidence of the kind `prompts`."""

from collections.abc import Iterable, Iterator, Sequence, Set

from gatekeeper.collectors.prompts import _registry
from gatekeeper.collectors.prompts._registry import DEFAULT, OF_AN_ENTRY, PINS, Pin, PromptEntry
from gatekeeper.collectors.prompts._versions import flaw_of
from gatekeeper.collectors.prompts.facts import PLACES, PromptsFacts
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.ledger import Ledger
from gatekeeper.collectors.reading.node import Node
from gatekeeper.collectors.reading.recognition import read_registers
from gatekeeper.model.evidence import Absent, Artefact, Collected, Finding, Options

ABOUT = About(
    tool="a prompt registry, which people write",
    seen="YAML and JSON",
    source="docs/evidence.md#registers-that-you-write",
    command=None,
    recognised="the key `prompts` without `providers`, or entries with `id` and `pins` or `versions`",
    models="the prompts, their versions, the pins of each tenant",
)

_LISTED = 50
_EXPECTED = "not a prompt registry: expected `prompts`, or entries `{id, versions, pins}`"


def recognises(content: Content) -> bool:
    """Return whether the document is a registry, not a configuration of promptfoo, or an entry."""
    fields = content.fields
    entries = [fields, *content.rows]
    marked = any("id" in entry and not entry.keys().isdisjoint(OF_AN_ENTRY) for entry in entries)
    return marked or fields.keys() == {"tenants"} or ("prompts" in fields and "providers" not in fields)


def is_distinct(content: Content) -> bool:
    """Return whether a prompt has pins, or versions below `prompts`: packages have versions, too."""
    prompts = content.fields.get("prompts")
    if "prompts" not in content.fields:
        marked = (one for one in (content.fields, *content.rows) if "id" in one)
        return content.fields.keys() == {"tenants"} or any(not one.keys().isdisjoint(PINS) for one in marked)
    rows = list(prompts.values()) if isinstance(prompts, dict) else prompts
    listed = rows if isinstance(rows, list) else []
    return any(isinstance(row, dict) and not row.keys().isdisjoint(OF_AN_ENTRY) for row in listed)


def collect(artefact: Artefact, options: Options) -> Collected[PromptsFacts]:  # noqa: ARG001 - this kind has no options
    """Read the entries of all files and check their pins."""
    ledger = Ledger(PLACES)
    keys = ("prompts", "tenants", *OF_AN_ENTRY)
    documents, origins = read_registers(artefact, recognises, _EXPECTED, Node.of, ledger, *keys)
    registries = [_registry.read(root, ledger) for root in documents if root.value]
    entries = [entry for registry in registries for entry in registry.entries]
    if not entries:
        raise Absent(f"{artefact.path} registers no prompt")
    tenants = [tenant for registry in registries for tenant in registry.tenants]
    named = [pin.tenant for entry in entries for pin in entry.pins if pin.tenant != DEFAULT]
    with ledger.noting("key"):
        for entry in entries:
            _must_state_tenants(entry, [*tenants, *entry.tenants], named)
    facts = PromptsFacts(
        prompts=tuple(dict.fromkeys(entry.id for entry in entries)),
        unpinned=tuple(_unpinned(entries, tenants)),
        tenants=tuple(
            dict.fromkeys([*tenants, *(name for entry in entries for name in entry.tenants), *named])
        ),
    )
    return Collected(facts, ledger.told_with(origins))


def _must_state_tenants(entry: PromptEntry, stated: Sequence[str], named: Iterable[str]) -> None:
    """Check that an entry lists its tenants, or else has a pin for all tenants that others are pinned for."""
    missing = dict.fromkeys(named).keys() - {pin.tenant for pin in entry.pins}
    if missing and not stated:
        raise entry.place.flaw(f"has no pin for {min(missing)}, as others do; `tenants` says who needs one")


def _unpinned(entries: Sequence[PromptEntry], tenants: Sequence[str]) -> Iterator[Finding]:
    every_tenant = dict.fromkeys(tenants).keys()
    first: dict[str, PromptEntry] = {}
    for entry in entries:
        if first.setdefault(entry.id, entry) is not entry:
            earlier = first[entry.id].place.finding("")
            where = f"{earlier.file}:{earlier.line or earlier.pointer}"
            yield entry.place.finding(f"{entry.id} is registered a second time, first in {where}")
        yield from _flaws_of_pins(entry)
        yield from _missing_pins(entry, every_tenant)


def _flaws_of_pins(entry: PromptEntry) -> Iterator[Finding]:
    pinned: set[str] = set()
    for pin in entry.pins:
        if pin.tenant in pinned:
            yield pin.place.finding(f"{entry.id} is pinned a second time for {_shown(pin)}")
        pinned.add(pin.tenant)
        if flaw := flaw_of(pin.version, entry.versions):
            yield pin.place.finding(f"{entry.id} is not pinned for {_shown(pin)}: {flaw}")


def _missing_pins(entry: PromptEntry, every_tenant: Set[str]) -> Iterator[Finding]:
    """Yield a finding for each tenant without a pin; of very many, for the first ones only."""
    pinned = {pin.tenant for pin in entry.pins}
    asked = dict.fromkeys([*every_tenant, *entry.tenants])
    missing = [tenant for tenant in asked if tenant not in pinned]
    for tenant in missing[:_LISTED]:
        yield entry.place.finding(f"{entry.id} is not pinned for {tenant}: no version is given")
    if len(missing) > _LISTED:
        yield entry.place.finding(f"{entry.id} is not pinned for {len(missing) - _LISTED} more tenants")
    if not missing and not pinned - {DEFAULT}:
        yield entry.place.finding(f"{entry.id} is not pinned for any tenant")


def _shown(pin: Pin) -> str:
    return "the tenants without a pin (*)" if pin.tenant == DEFAULT else pin.tenant
