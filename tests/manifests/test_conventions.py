"""Services get the defaults of their profile and of `gatekeeper.yaml`, and mistakes in them are located."""

from pathlib import Path
from typing import Any

import pytest

from builders.in_memory import ROOT, MemoryTree
from builders.profiled import SHOP, workspace
from gatekeeper.manifests.conventions import repository_name, resolve
from gatekeeper.manifests.schema import schema
from gatekeeper.model.conventions import Conventions
from gatekeeper.model.service import Service
from gatekeeper.version import __version__
from gatekeeper.workspace.loading import Validation, validate


def _written(**fields: Any) -> Service:
    return Service.model_validate(SHOP | fields)


def _resolved(conventions: Any, **fields: Any) -> Service:
    return resolve(_written(**fields), Conventions.model_validate(conventions)).service


def _paths(service: Service) -> dict[str, str]:
    return {slot: pointer.path for slot, pointer in service.evidence.items()}


GO = {
    "evidence": {"tests": "report.json", "coverage": "cover.out"},
    "targets": {"p95_ms": 250},
    "labels": ["go", "web"],
}


def test_the_manifest_prevails_over_the_profile_and_the_profile_over_the_workspace() -> None:
    conventions = Conventions.model_validate(
        {"evidence": {"tests": "w", "coverage": "w", "load": "w"}, "profiles": {"go": GO}}
    )
    service, mapped_by = resolve(_written(profile="go", evidence={"coverage": "own"}), conventions)
    assert _paths(service) == {"tests": "report.json", "coverage": "own", "load": "w"}
    assert mapped_by == {"tests": "profile go", "load": "gatekeeper.yaml"}


def test_a_value_prevails_as_a_whole() -> None:
    profile = {"evidence": {"tests": {"path": "a", "parts": 3}}}
    assert (
        _resolved({"profiles": {"go": profile}}, profile="go", evidence={"tests": "b"})
        .evidence["tests"]
        .parts
        is None
    )


def test_none_unmaps_what_is_mapped_by_default() -> None:
    conventions = {
        "evidence": {"tests": "w", "load": "w"},
        "profiles": {"go": {"evidence": {"load": "none"}}},
    }
    service, mapped_by = resolve(
        _written(profile="go", evidence={"tests": "none"}), Conventions.model_validate(conventions)
    )
    assert (_paths(service), mapped_by) == ({}, {})


def test_a_file_named_none_can_be_mapped() -> None:
    assert _paths(_resolved({}, evidence={"tests": "./none"})) == {"tests": "./none"}


def test_targets_of_the_profile_are_overridden_one_by_one_and_labels_are_united() -> None:
    service = _resolved({"profiles": {"go": GO}}, profile="go", targets={"rps": 1}, labels=["web", "eu"])
    assert service.targets == {"p95_ms": 250, "rps": 1}
    assert service.labels == ("web", "eu", "go")


def test_placeholders_are_filled_in_once() -> None:
    conventions = {
        "repository": "https://forge.example/acme/{service}.git",
        "folder": "../{repository}",
        "evidence": {"tests": "{service}/{repository}/{a,b}.xml"},
    }
    service = _resolved(conventions)
    assert (service.folder, _paths(service)) == ("../shop", {"tests": "shop/shop/{a,b}.xml"})


def test_a_default_with_the_repository_does_not_apply_if_it_is_unknown() -> None:
    conventions = {
        "folder": "../{repository}",
        "evidence": {"tests": "{repository}.xml", "load": "load.json"},
    }
    service = _resolved(conventions)
    assert (service.folder, _paths(service)) == (None, {"load": "load.json"})


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("https://forge.example/acme/basket.git", "basket"),
        ("git@forge.example:basket", "basket"),
        ("https://forge.example/acme/basket/", "basket"),
        ("https://forge.example/..", None),
        ("https://forge.example/a*", None),
    ],
)
def test_the_name_of_a_repository_is_the_last_part_of_its_address(address: str, name: str | None) -> None:
    assert repository_name(_written(identity={"repository": address}), Conventions()) == name


def test_a_service_without_defaults_stays_as_it_is_written() -> None:
    written = _written(evidence={"tests": "a"})
    assert resolve(written, Conventions()).service is written


def _validated(settings: Any, **fields: Any) -> Validation:
    return validate(Path(ROOT), MemoryTree(workspace(settings, {"shop": fields})))


def _problems(settings: Any, **fields: Any) -> list[str]:
    return [str(problem) for problem in _validated(settings, **fields).problems]


def test_loaded_services_have_their_defaults() -> None:
    manifests = _validated({"profiles": {"go": GO}}, profile="go").valid().manifests
    assert _paths(manifests.services["shop"]) == {"tests": "report.json", "coverage": "cover.out"}
    assert manifests.mapped_by == {"shop": {"tests": "profile go", "coverage": "profile go"}}
    assert manifests.conventions.profiles.keys() == {"go"}


@pytest.mark.parametrize(
    ("settings", "fields", "message"),
    [
        ({"profiles": {"go-service": GO}}, {"profile": "go-servce"}, "services/shop.yaml:1:117: unknown profile 'go-servce'; did you mean 'go-service'?"),
        ({}, {"profile": "go"}, "unknown profile 'go'; "),
        ({"evidence": {"test": "a"}}, {}, "gatekeeper.yaml:1:36: unknown slot 'test'; did you mean 'tests'?"),
        ({"profiles": {"go": {"evidence": {"test": "a"}}}}, {"profile": "go"}, "gatekeeper.yaml:1:56: unknown slot 'test'; did you mean 'tests'?"),
        ({"profiles": {"go": {"targets": {"p99_ms": 1}}}}, {"profile": "go"}, "gatekeeper.yaml:1:55: unknown target 'p99_ms'; did you mean 'p95_ms'?"),
        ({"profiles": {"go": {"evidence": {"load": {"path": "a", "whole": True}}}}}, {"profile": "go"}, "gatekeeper.yaml:1:78: load_test has no tests that `whole` could choose"),
        ({"folder": "../{servce}"}, {}, "gatekeeper.yaml:1:33: unknown placeholder {servce} in '../{servce}'; did you mean 'service'?"),
        ({"evidence": {"tests": "{owner}/a"}}, {}, "unknown placeholder {owner} in '{owner}/a'; known: service, repository"),
        ({"evidence": {"tests": "/srv/a"}}, {}, "gatekeeper.yaml:1:45: '/srv/a' is not a relative path"),
        ({"folder": "C:\\a"}, {}, "is not a relative path"),
        ({}, {"folder": "/etc"}, "services/shop.yaml:1:116: '/etc' is not a relative path"),
        ({}, {"evidence": {"tests": {"path": "none", "parts": 2}}}, "the path `none` maps nothing: write `./none` for a file of that name"),
        ({"requires": "newest"}, {}, "gatekeeper.yaml:1:35: 'newest' is not a version specifier; write it as \">=0.2\""),
    ],
)  # fmt: skip
def test_mistakes_are_reported_once_with_their_place(settings: Any, fields: Any, message: str) -> None:
    [found] = _problems(settings, **fields)
    assert message in found


@pytest.mark.parametrize("requires", ["===1;$(id)", "=== \x1b[31m", ">=1 ; id", "~=1"])
def test_only_version_specifiers_are_taken(requires: str) -> None:
    [problem] = _problems({"requires": requires})
    assert "is not a version specifier" in problem
    assert "\x1b" not in problem


def test_a_workspace_of_a_newer_program_is_refused_before_anything_else_is_validated() -> None:
    [problem] = _problems({"requires": ">=9000", "a_field_of_the_future": 1}, profile="unknown", other=1)
    assert problem == (
        f"gatekeeper.yaml:1:35: this workspace requires gatekeeper >=9000, this is {__version__}; "
        "upgrade with pip install --upgrade 'readiness-gatekeeper>=9000'"
    )


def test_a_workspace_that_admits_this_version_is_read() -> None:
    assert _problems({"requires": f">={__version__},<9000"}) == []


def test_schemas_say_what_fields_mean_those_of_bases_included() -> None:
    service, settings = schema("service"), schema("gatekeeper")
    assert service["properties"]["profile"]["description"].startswith("The profile of `gatekeeper.yaml`")
    assert settings["properties"]["folder"]["description"].startswith("The folder of a service's artefacts")
    assert settings["$defs"]["Profile"]["properties"]["labels"]["description"].startswith("Labels that ")
