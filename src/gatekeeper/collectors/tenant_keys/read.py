"""Read evidence of the kind `tenant_keys`."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.fields import check_keys, has_others
from gatekeeper.collectors.reading.files import each, in_file
from gatekeeper.collectors.reading.ledger import Ledger
from gatekeeper.collectors.reading.merging import by_file
from gatekeeper.collectors.reading.node import Node
from gatekeeper.collectors.reading.structured import Structured, read_all
from gatekeeper.collectors.tenant_keys import _listings
from gatekeeper.collectors.tenant_keys._listings import Key
from gatekeeper.collectors.tenant_keys.facts import PLACES, TenantKeysFacts
from gatekeeper.model.evidence import Absent, Artefact, Collected, Finding, Options, Origin, Unrecognised

ABOUT = About(
    tool="a list of tenants, beside the keys that a KMS lists",
    seen="the commands of AWS, Google Cloud, Azure and Vault in 2026",
    source="https://docs.aws.amazon.com/cli/latest/reference/kms/list-aliases.html",
    command=(
        "`aws kms list-aliases`, `gcloud kms keys list --format json`, `az keyvault "
        "key list`, `vault list -format=json transit/keys`"
    ),
    recognised=(
        "a list `tenants` and no key `prompts`; `Aliases`, `Keys` or `KeyMetadata` of AWS, and "
        "the keys of the others"
    ),
    models="the key of each tenant, and whether it is enabled",
    not_modelled="what a key encrypts, who may use it, when it expires",
)

_EXPECTED = "neither a list of tenants (`tenants: [acme, globex]`) nor a list of keys of a known KMS"


class _Tenant(NamedTuple):
    id: str
    key: str | None
    """The name of its key, if the list states it."""
    place: Node


def recognises(content: Content) -> bool:
    """Return whether a document lists tenants and nothing else, or has the marks of a listing of keys."""
    return any(_is_tenants(one) or _listings.is_listing(one.value) for one in content.documents)


def _is_tenants(document: Structured) -> bool:
    value = document.value
    is_list = isinstance(value, dict) and isinstance(value.get("tenants"), list) and "prompts" not in value
    return is_list and isinstance(value, dict) and not has_others(value, "tenants")


def collect(artefact: Artefact, options: Options) -> Collected[TenantKeysFacts]:  # noqa: ARG001 - this kind has no options
    """Read every document of the artefact, and look for the keys of each tenant."""
    documents = [document for found in each(artefact, read_all) for document in found]
    ledger, tenants, listings = Ledger(PLACES), list[_Tenant](), list[list[Key]]()
    for document in documents:
        with in_file(document.file):
            if _is_tenants(document):
                tenants += _tenants(Node.of(document))
                with ledger.noting("key"):
                    check_keys(Node.of(document), "tenants")
            elif _listings.is_listing(document.value) or _listings.is_names(document.value):
                listings.append([*_listings.keys(Node.of(document))])
            else:
                raise Unrecognised(f"{document.file}: {_EXPECTED}", document.file)
    if not tenants:
        raise Absent(f"{artefact.path} lists no tenant")
    if not listings:
        raise Absent(f"{artefact.path} lists tenants and no keys: add the listing of the KMS")
    facts = _facts(tenants, [key for listing in listings for key in listing])
    return Collected(facts, ledger.told_with(by_file(map(_origin, documents))))


def _origin(document: Structured) -> Origin:
    partial = ("the listing has more pages",) if _listings.has_more(document.value) else ()
    return Origin(document.format, document.file, partial=partial)


def _tenants(root: Node) -> Iterator[_Tenant]:
    for entry in root.list_of("tenants"):
        id_, key = entry.value, None
        if isinstance(id_, dict):
            id_, key = id_.get("id"), entry.text("key")
        if isinstance(id_, int) and not isinstance(id_, bool):
            id_ = str(id_)
        if not isinstance(id_, str) or not _run(id_):
            raise entry.flaw("names no tenant: write its id, or `{id: acme, key: name-of-its-key}`")
        yield _Tenant(id_, key, entry)


def _facts(tenants: Sequence[_Tenant], keys: Sequence[Key]) -> TenantKeysFacts:
    named, disabled = _named(tenants, keys), {key.id for key in keys if not key.is_enabled}
    without, owners = list[Finding](), dict[str, dict[str, _Tenant]]()
    for tenant in tenants:
        own = [key for key in keys if tenant.key in key.names] if tenant.key else named.get(tenant.id, [])
        for key in own:
            owners.setdefault(key.id, {})[tenant.id] = tenant
        if all(key.id in disabled for key in own):
            why = f": no listing has {tenant.key}" if tenant.key else ""
            why = f": {own[0].names[0]} is disabled or deleted" if own else why
            without.append(tenant.place.finding(f"{tenant.id} has no key{why}"))
    shared = (
        last.place.finding(f"{' and '.join(of)} share the key {id_}")
        for id_, of in owners.items()
        if len(of) > 1 and (last := [*of.values()][-1])
    )
    return TenantKeysFacts(tuple(dict.fromkeys(one.id for one in tenants)), tuple(without), tuple(shared))


def _named(tenants: Iterable[_Tenant], keys: Iterable[Key]) -> dict[str, list[Key]]:
    """Return the keys by the tenant whose id is among the words of their names; the longest id counts."""
    ids = {tenant.id: _run(tenant.id) for tenant in tenants}
    longest_first = sorted(ids.items(), key=lambda one: -len(one[1]))
    named: dict[str, list[Key]] = {}
    for key in keys:
        rest = _run(key.words_of)
        for id_, run in longest_first:
            if run in rest:
                rest = rest.replace(run, " | ")
                named.setdefault(id_, []).append(key)
    return named


def _run(text: str) -> str:
    """Return the words of a text in lower case, each between blanks; empty without a word."""
    found = re.findall(r"[^\W_]+", text.casefold())
    return f" {' '.join(found)} " if found else ""
