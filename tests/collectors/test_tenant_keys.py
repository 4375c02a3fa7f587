"""Lists of tenants against the keys that a KMS lists."""

import json
from typing import Any

import pytest

from builders.artefacts import collect, facts, fixture, outcome
from gatekeeper.collectors.tenant_keys import read as tenant_keys
from gatekeeper.model.evidence import Finding


def aliases(**targets: str | None) -> dict[str, Any]:
    """Return what `aws kms list-aliases` writes."""
    return {
        "Aliases": [
            {"AliasName": f"alias/{name}", "AliasArn": f"arn:aws:kms:eu:1:alias/{name}", "TargetKeyId": key}
            for name, key in targets.items()
        ]
    }


def google(name: str, state: str | None = "ENABLED", ring: str = "tenants") -> dict[str, Any]:
    path = f"projects/acme-shop/locations/eu/keyRings/{ring}/cryptoKeys/{name}"
    return {"name": path, "primary": {"state": state}} if state else {"name": path}


def azure(name: str, *, enabled: bool = True) -> dict[str, Any]:
    kid = f"https://acme.vault.azure.net/keys/{name}"
    return {"attributes": {"enabled": enabled}, "kid": kid, "name": name}


def read(tenants: Any, *listings: Any) -> tuple[list[str], list[str]]:
    """Return what is found of tenants without a key, and of shared keys."""
    found = facts(tenant_keys, json.dumps({"tenants": tenants}), *map(json.dumps, listings))
    without, shared = found.tenants_without_key, found.shared_keys
    return [one.message for one in without], [one.message for one in shared]


def test_aliases_of_one_key_are_shared_and_a_tenant_without_a_key_is_named() -> None:
    contents = (fixture("tenant_keys", name) for name in ("tenants.yaml", "aws-aliases.json"))
    collected = collect(tenant_keys, *contents)
    assert collected.facts == (
        ("acme", "acme-labs", "globex", "initech"),
        (Finding("initech has no key", "report-0", 6, "/tenants/3"),),
        (Finding("acme-labs and globex share the key 2222", "report-0", 4, "/tenants/2"),),
    )


@pytest.mark.parametrize(
    "listing",
    [
        aliases(acme="1", globex="2"),
        aliases(**{"prod/acme/orders": "1", "prod/acme/users": "2", "tenant_globex": "3"}),
        [google("acme"), google("globex")],
        [google("data", ring="acme"), google("data", ring="globex")],
        [google("acme", None), google("globex")],
        [azure("tenant-acme"), azure("tenant-globex")],
        ["acme", "globex"],
        aliases(acme="1", globex="2")["Aliases"],
        {"cryptoKeys": [google("acme"), google("globex")], "nextPageToken": ""},
        {"value": [azure("acme"), azure("globex")], "nextLink": None},
        {"data": {"keys": ["acme", "globex"]}, "mount_type": "transit"},
        {"data": {"keys": ["Tenant-ACME", "globex"]}, "request_id": "1"},
    ],
)
def test_each_tool_lists_keys_in_its_own_way(listing: Any) -> None:
    assert read(["acme", "globex"], listing) == ([], [])


@pytest.mark.parametrize(
    "listing",
    [
        {"Aliases": []},
        [],
        aliases(acme="1"),
        aliases(acme="1", globex=None),
        aliases(acme="1", **{"aws/globex": "2"}),
        [google("acme"), google("acme-data")],
        ["acme", "globexx", "notglobex"],
        {"data": {"keys": ["acme"]}},
        {"Keys": [{"KeyId": "globex", "KeyArn": "arn:globex"}]},
    ],
)
def test_a_tenant_without_a_key_of_its_name_has_none(listing: Any) -> None:
    assert "globex has no key" in read(["acme", "globex"], listing)[0]


@pytest.mark.parametrize(
    "listing",
    [
        [google("acme"), google("globex", "DISABLED")],
        [google("acme"), google("globex", None) | {"purpose": "ENCRYPT_DECRYPT"}],
        [azure("acme"), azure("globex", enabled=False)],
        [azure("acme"), azure("globex") | {"scheduledPurgeDate": "2026-09-01T00:00:00+00:00"}],
    ],
)
def test_a_disabled_key_is_none(listing: Any) -> None:
    [said] = read(["acme", "globex"], listing)[0]
    assert said.startswith("globex has no key: ")
    assert said.endswith("globex is disabled or deleted")


@pytest.mark.parametrize("state", [{"Enabled": False}, {"Enabled": True, "DeletionDate": "2026-09-01"}])
def test_an_alias_of_a_key_that_is_disabled_or_deleted_is_none(state: dict[str, Any]) -> None:
    described = {"KeyMetadata": {"KeyId": "1", "Arn": "arn:aws:kms:eu:1:key/1", **state}}
    said = ["acme has no key: alias/acme is disabled or deleted"]
    assert read(["acme"], aliases(acme="1"), described)[0] == said


def test_the_ids_of_tenants_may_be_numbers() -> None:
    assert read([1001, {"id": 1002}], ["tenant-1001", "tenant-1002"]) == ([], [])


@pytest.mark.parametrize("key", ["11", "arn:aws:kms:eu:1:key/11", "alias/k11", "k11"])
def test_a_list_of_tenants_may_say_which_key_is_whose(key: str) -> None:
    ids = {"Keys": [{"KeyId": "11", "KeyArn": "arn:aws:kms:eu:1:key/11"}]}
    assert read([{"id": "acme", "key": key}], ids, aliases(k11="11")) == ([], [])
    assert read([{"id": "acme", "key": "12"}], ids, aliases(acme="11"))[0] == [
        "acme has no key: no listing has 12"
    ]


def test_a_key_with_the_names_of_two_tenants_is_shared() -> None:
    assert read(["acme", "globex"], ["acme-and-globex"])[1] == [
        "acme and globex share the key acme-and-globex"
    ]


def test_the_key_of_a_tenant_is_not_that_of_another_with_a_longer_name() -> None:
    assert read(["acme", "acme-labs"], ["acme-labs"]) == (["acme has no key"], [])


def test_a_project_with_the_name_of_a_tenant_is_no_key_of_it() -> None:
    assert read(["acme"], [google("data")])[0] == ["acme has no key"]


def test_a_listing_with_more_pages_is_partial() -> None:
    page = aliases(acme="1") | {"NextToken": "x"}
    collected = collect(tenant_keys, json.dumps({"tenants": ["acme"]}), json.dumps(page))
    assert [said for origin in collected.origins for said in origin.partial] == ["the listing has more pages"]


@pytest.mark.parametrize(
    ("contents", "said"),
    [
        (['{"tenants": ["acme"]}'], "lists tenants and no keys: add the listing of the KMS"),
        (["[]"], "lists no tenant"),
        (['["acme"]'], "lists no tenant"),
        (['{"tenants": []}', '["acme"]'], "lists no tenant"),
        (['{"tenants": [{"name": "acme"}]}', "[]"], "/tenants/0 names no tenant: write its id"),
        (['{"tenants": ["-"]}', "[]"], "names no tenant"),
        (['{"tenants": ["acme"]}', '{"Aliases": [{"TargetKeyId": "1"}]}'], "/Aliases/0 has no AliasName"),
        (['{"tenants": ["acme"]}', '{"rows": []}'], "neither a list of tenants"),
        (['{"tenants": ["acme"]}', '["alias/acme"]'], "without `--query`"),
        (['{"tenants": ["acme"]}', '["acme/"]'], "/0 is not the name of a key"),
        (['{"tenants": ["acme"]}', '{"data": {"keys": ["acme"]}, "mount_type": "kv"}'], "holds no keys"),
        (['{"tenants": ["acme"]}', '{"value": [{"id": "https://v/secrets/acme"}]}'], "neither a list"),
    ],
)
def test_what_shows_nothing_is_refused_with_what_to_add(contents: list[str], said: str) -> None:
    assert said in outcome(tenant_keys, *contents)
