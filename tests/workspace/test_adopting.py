"""Services of repositories: what becomes a manifest, what is added to one, and what never is."""

from datetime import date
from pathlib import Path

import pytest

from builders.polyglot import clones
from builders.repositories import commit_all, git
from builders.workspaces import Run, edit, write
from gatekeeper.errors import UsageError
from gatekeeper.manifests.catalogues.scan import scan
from gatekeeper.manifests.catalogues.services import services_in
from gatekeeper.workspace.adopting import Adoption, adopt
from gatekeeper.workspace.loading import open_workspace
from gatekeeper.workspace.plan_templates import NewPlans, plans_of, usual_plans

TODAY = date(2026, 11, 27)
WORDS = ("--levels", "nil,low,high", "--milestones", "q1,q2", "--gates", "build,api", "--service", "none")


@pytest.fixture
def plan(run: Run, tmp_path: Path) -> Path:
    """Return a workspace without services, in a repository with two packages and a catalogue."""
    packages = {
        "package.json": '{"private": true, "workspaces": ["packages/*"]}',
        "CODEOWNERS": "/packages/ @acme/shop\n",
        "packages/basket/package.json": '{"name": "@acme/basket", "scripts": {"start": "node ."}}',
        "packages/basket/junit.xml": '<testsuite name="a"><testcase name="adds"/></testsuite>',
        "packages/ledger/go.mod": "module acme.example/ledger\n",
        "packages/ledger/main.go": "package main\n",
        "packages/kit/package.json": '{"name": "kit"}',
    }
    for name, text in packages.items():
        write(tmp_path / "shop" / name, text)
    assert run("-C", tmp_path / "shop", "init", "plan", "--minimal", *WORDS).code == 0
    commit_all(tmp_path / "shop")
    git(tmp_path / "shop", "remote", "add", "origin", "https://forge.example/acme/shop.git")
    return tmp_path / "shop/plan"


def adopted(plan: Path, *paths: Path, plans: NewPlans | None = None) -> Adoption:
    loaded = open_workspace(plan)
    return adopt(loaded, services_in(scan(paths)), plans or usual_plans(loaded, TODAY))


def written(plan: Path, *paths: Path) -> Adoption:
    adoption = adopted(plan, *paths)
    assert adoption.edited
    adoption.edited.write()
    return adoption


def text(plan: Path, service: str) -> str:
    return (plan / f"services/{service}.yaml").read_text("utf-8")


def test_a_new_service_gets_what_its_repository_says_and_the_smallest_plan(plan: Path) -> None:
    assert [one.name for one in written(plan, plan.parent).services] == ["basket", "ledger"]
    assert text(plan, "basket") == (
        "service: basket\n"
        "owner: shop\n"
        "profile: node-service\n"
        "folder: ../packages/basket\n"
        "identity:\n"
        "  repository: forge.example/acme/shop\n"
        "plan:\n"
        "  q1:\n"
        "    level: low\n"
        "    gates:\n"
        "      api:\n"
        "      build:\n"
    )
    assert open_workspace(plan).manifests.services["basket"].evidence["tests"].path == "junit.xml"


def test_it_proposes_nothing_again_and_only_what_changed(plan: Path) -> None:
    written(plan, plan.parent)
    assert adopted(plan, plan.parent).edited is None
    write(plan.parent / "packages/mail/go.mod", "module acme.example/mail\n")
    write(plan.parent / "packages/mail/main.go", "package main\n")
    again = written(plan, plan.parent)
    assert [one.name for one in again.services if one.adds] == ["mail"]


def test_conventions_of_the_workspace_are_not_written_again(plan: Path) -> None:
    edit(plan / "gatekeeper.yaml", "roadmap:", 'folder: "../packages/{service}"\nroadmap:')
    written(plan, plan.parent)
    assert "folder" not in text(plan, "basket")
    edit(plan / "gatekeeper.yaml", "roadmap:", 'repository: "https://forge.example/acme/{service}"\nroadmap:')
    for service in ("basket", "ledger"):
        (plan / f"services/{service}.yaml").unlink()
    git(plan.parent, "remote", "set-url", "origin", "git@forge.example:acme/ledger.git")
    written(plan, plan.parent)
    assert ("identity" in text(plan, "basket"), "identity" in text(plan, "ledger")) == (True, False)


KNOWN = "# ours\nservice: {name}\nowner: Team Basket  # since May\n{more}plan:\n  q1: {{level: low, gates: {{build: }}}}\n"


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("basket", ""),
        ("Basket-Service", ""),
        ("cart", "identity:\n  names: [basket]\n"),
    ],
)
def test_a_known_service_gets_only_keys_that_it_lacks(plan: Path, name: str, more: str) -> None:
    (plan.parent / "packages/ledger/go.mod").unlink()
    write(plan / f"services/{name}.yaml", KNOWN.format(name=name, more=more))
    [one] = written(plan, plan.parent).services
    assert (one.name, one.is_new, one.owner) == (name, False, "Team Basket")
    now = text(plan, name)
    for line in KNOWN.format(name=name, more=more).splitlines():
        assert f"{line}\n" in now
    assert "profile: node-service\n" in now
    assert "repository: forge.example/acme/shop" in now
    assert "level: nil" not in now


def test_a_known_service_is_recognised_by_its_repository(plan: Path, tmp_path: Path) -> None:
    clones(tmp_path / "clones")
    more = "identity: {repository: 'https://forge.example/acme/mail-service'}\n"
    write(plan / "services/letters.yaml", KNOWN.format(name="letters", more=more))
    [one] = adopted(plan, tmp_path / "clones/mail-service").services
    assert (one.name, list(one.fields)) == ("letters", ["profile"])


def test_a_service_of_another_repository_is_not_taken(plan: Path, tmp_path: Path) -> None:
    clones(tmp_path / "clones")
    more = "identity: {repository: forge.example/other/mail-service}\n"
    write(plan / "services/mail-service.yaml", KNOWN.format(name="mail-service", more=more))
    adoption = adopted(plan, tmp_path / "clones/mail-service")
    assert (adoption.services, adoption.edited) == ((), None)
    assert "is of another repository by its manifest: forge.example/other" in adoption.not_taken[-1].why


def test_what_a_signature_is_about_is_not_changed(plan: Path) -> None:
    signed = "level: low\nsign_offs:\n  low:\n    lead: {by: ada, on: 2026-11-01}\n"
    edit(plan / "gates/governance.yaml", "roster: {}", "roster:\n  ada: {roles: [lead]}")
    write(plan / "services/basket.yaml", KNOWN.format(name="basket", more="") + signed)
    basket = next(one for one in adopted(plan, plan.parent).services if one.name == "basket")
    assert list(basket.fields) == ["profile", "folder"]
    assert basket.left_to_do == (
        "add `identity: {repository: forge.example/acme/shop}`: it has signed levels, so that you decide",
    )


def test_mappings_keep_their_meaning(plan: Path) -> None:
    more = "evidence: {api: openapi.yaml}\n"
    write(plan / "services/basket.yaml", KNOWN.format(name="basket", more=more))
    basket = next(one for one in adopted(plan, plan.parent).services if one.name == "basket")
    assert "folder" not in basket.fields
    assert basket.left_to_do == (
        "add `folder: ../packages/basket`, and make the paths of its evidence relative to it",
    )


@pytest.mark.parametrize("place", ["apps", "shop/apps"])
def test_artefacts_of_a_service_within_another_are_not_its_own(
    plan: Path, tmp_path: Path, place: str
) -> None:
    files = {
        "package.json": '{"name": "shop", "scripts": {"start": "node ."}}',
        "cart/package.json": '{"name": "basket-api", "scripts": {"start": "node ."}}',
        "cart/out/junit.xml": '<testsuite name="a"><testcase name="adds"/></testsuite>',
    }
    for name, content in files.items():
        write(tmp_path / place / "shop" / name, content)
    services = adopted(plan, tmp_path / place / "shop").services
    mapped = {one.name: [of.path for of in one.wiring.proposals] for one in services if one.wiring}
    assert mapped == {"basket-api": ["out/junit.xml"], "shop": []}


def test_an_owner_that_nobody_names_is_asked_for_or_open(plan: Path) -> None:
    (plan.parent / "CODEOWNERS").unlink()
    loaded, found = open_workspace(plan), services_in(scan([plan.parent]))
    adoption = adopt(loaded, found, usual_plans(loaded, TODAY), {"basket": "team-a"}.get)
    assert [one.owner for one in adoption.services] == ["team-a", "unowned"]
    assert [one.left_to_do for one in adoption.services] == [(), ("name the owner instead of `unowned`",)]


def test_it_depends_on_services_of_the_workspace_and_lists_the_others(plan: Path) -> None:
    head = "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: mail}\n"
    needed = "[component:ledger-service, component:mail, component:tax]"
    text_ = f"{head}spec: {{type: service, owner: a, dependsOn: {needed}}}\n"
    write(plan.parent / "packages/mail/catalog-info.yaml", text_)
    text_ = head.replace("mail", "ledger") + "spec: {type: service, owner: a}\n"
    write(plan.parent / "packages/ledger/catalog-info.yaml", text_)
    mail = written(plan, plan.parent).services[-1]
    assert (mail.name, mail.depends_on) == ("mail", ("ledger",))
    assert mail.left_to_do == ("it depends on tax, which the workspace does not have",)
    assert "depends_on: [ledger]\n" in text(plan, "mail")


# The plan


def plans(plan: Path, file: str, content: str) -> NewPlans:
    return plans_of(open_workspace(plan), content.encode(), file, TODAY)


PAGE = """\
# Readiness

### Basket_Service

| Milestone | Level | Gates |
|---|---|---|
| q1 | low | build |
| q2 | high | build, api (orders); vouchers |
| q9 | high | |
"""


def test_the_plan_is_the_row_of_a_page_and_the_smallest_without_one(plan: Path) -> None:
    page = plans(plan, "page.md", PAGE)
    assert [remark.message for remark in page.remarks] == [
        "Basket_Service: the workspace has no milestone q9"
    ]
    basket, ledger = adopted(plan, plan.parent, plans=page).services
    assert basket.fields["plan"] == {
        "q1": {"level": "low", "gates": {"build": None}},
        "q2": {"level": "high", "gates": {"build": None, "api": "orders"}, "adds": ["vouchers"]},
    }
    assert (basket.sources["plan"], ledger.sources["plan"]) == ("page.md", "low at q1, all gates")


def test_the_plan_is_that_of_a_template(plan: Path) -> None:
    template = plans(plan, "p.yaml", "plan:\n  q2: {level: high, gates: {build: }}\n")
    adoption = adopted(plan, plan.parent, plans=template)
    assert {one.fields["plan"]["q2"]["level"] for one in adoption.services} == {"high"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("plan: {q1: {levels: low}}", "p.yaml:1:13: unknown field 'levels'"),
        ("service: a\nplan: {q1: {level: low}}", "p.yaml:1:1: unknown field 'service'"),
        ("a: [", "p.yaml:2:1: not YAML"),
    ],
)
def test_a_template_with_mistakes_is_refused(plan: Path, text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said.replace("[", r"\[")):
        plans(plan, "p.yaml", text)


def test_a_plan_that_the_workspace_does_not_allow_is_refused(plan: Path) -> None:
    template = plans(plan, "p.yaml", "plan:\n  q7: {level: low, gates: {build: }}\n")
    with pytest.raises(UsageError, match="nothing was written"):
        adopted(plan, plan.parent, plans=template)
