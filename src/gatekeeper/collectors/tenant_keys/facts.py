"""The keys that a KMS holds, against the list of the tenants.

One file is your own list, as YAML or JSON: `{tenants: [acme, {id: globex, key: alias/globex-2026}]}`. The
others list keys as a tool or its API writes them: `aws kms list-aliases`, `list-keys` or `describe-key`,
`gcloud kms keys list --format json`, `az keyvault key list`, `vault list -format=json transit/keys`. The keys
of a tenant are those under `key`; without it, those whose name has the id of the tenant among its words, as
`alias/acme/data` has. A key that any file shows to be disabled or deleted does not count: for AWS, only
`describe-key` shows it. A listing that has more pages is partial.
Not modelled: what a key encrypts, who may use it, when it expires, and whether a KMS wrote a list of names.
"""

from typing import NamedTuple

from gatekeeper.model.evidence import Finding


class TenantKeysFacts(NamedTuple):
    """Facts about the keys of tenants."""

    tenants: tuple[str, ...] | None = None
    """The ids of the tenants, in the order of the list, each once."""
    tenants_without_key: tuple[Finding, ...] | None = None
    """Tenants for whom no listing has a key that is enabled."""
    shared_keys: tuple[Finding, ...] | None = None
    """Keys of several tenants, also under different aliases."""


FACTS = TenantKeysFacts
PLACES = {"key": frozenset(TenantKeysFacts._fields)}
