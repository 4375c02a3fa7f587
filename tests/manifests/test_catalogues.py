"""What repositories say about their services: catalogues, package manifests, and what is refused."""

import os
from pathlib import Path

import pytest

from builders.repositories import git
from builders.workspaces import write
from gatekeeper.manifests.catalogues.entry import CodePlace, place
from gatekeeper.manifests.catalogues.scan import MOST_BYTES, scan
from gatekeeper.manifests.catalogues.services import FoundService, FoundServices, services_in

COMPONENT = """
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {{name: {name}}}
spec: {{type: {type}, lifecycle: production, owner: "group:default/team-a"{more}}}
"""


def component(name: str, type_: str = "service", more: str = "") -> str:
    return COMPONENT.format(name=name, type=type_, more=more)


def found(*folders: Path) -> FoundServices:
    return services_in(scan(folders))


def only(folder: Path) -> FoundService:
    [service] = found(folder).services
    return service


def not_taken(*folders: Path) -> dict[str, str]:
    return {one.name: one.why for one in found(*folders).not_taken}


# Catalogues


def test_a_component_of_backstage_is_a_service_with_owner_and_dependencies(tmp_path: Path) -> None:
    more = ", dependsOn: [component:default/ledger, resource:db], consumesApis: [mail-api]"
    mail = component("mail", more=", providesApis: [mail-api]")
    text = f"{component('basket', more=more)}---{mail}---{component('kit', 'library')}"
    write(tmp_path / "catalog-info.yaml", text)
    basket, other = found(tmp_path).services
    assert (basket.name, basket.owner, basket.depends_on) == ("basket", "team-a", ("ledger", "mail"))
    assert basket.sources["name"] == f"{tmp_path}/catalog-info.yaml:4"
    assert other.name == "mail"
    assert not_taken(tmp_path) == {"kit": "type library"}


def test_the_files_of_a_location_are_read_within_the_folder_only(tmp_path: Path) -> None:
    head = "apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: {name: all}\nspec:\n  targets: "
    write(
        tmp_path / "a/catalog-info.yaml", f"{head}[./more/basket.yaml, ../b/secret.yaml, 'https://c/d.yaml']"
    )
    write(tmp_path / "a/more/basket.yaml", component("basket"))
    write(tmp_path / "b/secret.yaml", component("secret"))
    looked = scan([tmp_path / "a"])
    assert [one.name for one in services_in(looked).services] == ["basket"]
    [unread] = looked.unread
    assert unread.place.endswith("b/secret.yaml")
    assert unread.why == "is outside the repository once links are followed"


OTHERS = {
    "opslevel.yml": "version: 1\nservice:\n  name: Core Payments\n  owner: pay_team\n  dependencies: [{alias: ledger}]\n"
    "  repositories: [{name: acme/pay, path: /, provider: github}]\n",
    "cortex.yaml": "openapi: 3.0.1\ninfo:\n  title: Core\n  x-cortex-tag: core-payments\n  x-cortex-type: service\n"
    "  x-cortex-owners: [{type: email, email: a@b.c}, {type: GROUP, name: pay_team}]\n"
    "  x-cortex-git: {github: {repository: acme/pay}}\n  x-cortex-dependency: [{tag: ledger}]\n",
    "service.datadog.yaml": "schema-version: v2\ndd-service: core-payments\nteam: pay_team\n"
    "repos: [{name: a, url: 'https://github.com/acme/pay'}]\n",
    "entity.datadog.yaml": "apiVersion: v3\nkind: service\nmetadata: {name: core-payments, owner: pay_team}\n"
    "spec: {dependsOn: [service:ledger, datastore:db]}\n"
    "datadog: {codeLocations: [{repositoryURL: 'https://github.com/acme/pay.git', paths: ['app/**']}]}\n",
}


@pytest.mark.parametrize("file", OTHERS)
def test_the_other_catalogues_say_the_same(tmp_path: Path, file: str) -> None:
    write(tmp_path / file, OTHERS[file])
    service = only(tmp_path)
    assert (service.name, service.owner, service.repository) == (
        "core-payments",
        "pay_team",
        "github.com/acme/pay",
    )
    assert service.depends_on == (() if file == "service.datadog.yaml" else ("ledger",))


def test_several_catalogues_of_one_service_are_put_together(tmp_path: Path) -> None:
    write(
        tmp_path / "catalog-info.yaml",
        component("core-payments").replace(', owner: "group:default/team-a"', ""),
    )
    write(tmp_path / "opslevel.yml", OTHERS["opslevel.yml"])
    service = only(tmp_path)
    assert (service.owner, service.depends_on) == ("pay_team", ("ledger",))
    assert service.sources["owner"].endswith("opslevel.yml:3")


def test_a_file_of_another_program_is_no_catalogue(tmp_path: Path) -> None:
    write(tmp_path / "cortex.yaml", "kind: api\nname: iris\n")
    assert found(tmp_path) == FoundServices((), (), {})


def test_a_catalogue_may_list_the_services_of_other_repositories(tmp_path: Path) -> None:
    for name in ("catalogue", "shop"):
        (tmp_path / name).mkdir()
        git(tmp_path / name, "init", "-q", "--template=")
        git(tmp_path / name, "remote", "add", "origin", f"git@github.com:acme/{name}.git")
    annotation = (
        "metadata: {name: %s, annotations: {backstage.io/source-location: 'url:https://github.com/acme/%s'}}"
    )
    texts = [
        component(name).replace(f"metadata: {{name: {name}}}", annotation % (name, where))
        for name, where in (("basket", "shop/tree/main/packages/basket"), ("mail", "mail"))
    ]
    write(tmp_path / "catalogue/catalog-info.yaml", "---".join(texts))
    write(tmp_path / "shop/packages/basket/go.mod", "module github.com/acme/shop/packages/basket\n")
    basket, mail = found(tmp_path).services
    assert (basket.folder, basket.repository) == (tmp_path / "shop/packages/basket", "github.com/acme/shop")
    assert basket.technology == "go-service"
    assert (mail.folder, mail.repository) == (None, "github.com/acme/mail")


# Packages


APPLICATIONS = {
    "node-service": {"package.json": '{"name": "@acme/basket", "scripts": {"start": "node ."}}'},
    "spring-boot": {
        "pom.xml": "<project><artifactId>basket</artifactId><build><plugins><plugin>"
        "<artifactId>spring-boot-maven-plugin</artifactId></plugin></plugins></build></project>"
    },
    "spring-boot by Gradle": {
        "build.gradle.kts": 'plugins {\n  // id("application")\n  id("org.springframework.boot") version "3"\n}',
        "settings.gradle.kts": 'rootProject.name = "basket"',
    },
    "go-service": {"go.mod": "module acme.example/basket/v2\n", "cmd/basket/main.go": "package main\n"},
    "python-service": {
        "pyproject.toml": '[project]\nname = "basket"\n',
        "src/basket/main.py": "from fastapi import FastAPI\n\napp = FastAPI()\n",
    },
    "dotnet-service": {"basket.csproj": '<Project Sdk="Microsoft.NET.Sdk.Web"/>'},
}


@pytest.mark.parametrize("technology", APPLICATIONS)
def test_an_application_is_a_service_of_its_technology(tmp_path: Path, technology: str) -> None:
    for name, text in APPLICATIONS[technology].items():
        write(tmp_path / "a" / name, text)
    service = only(tmp_path)
    assert (service.name, service.technology) == ("basket", technology.partition(" ")[0])
    assert (service.folder, service.owner) == (tmp_path / "a", None)


LIBRARIES = {
    "package.json": '{"name": "a", "scripts": {"start": "storybook"}, "files": ["dist"]}',
    "pom.xml": "<project><artifactId>a</artifactId></project>",
    "build.gradle": "plugins { id 'org.springframework.boot' apply false }",
    "go.mod": "module acme.example/a\n",
    "pyproject.toml": '[project]\nname = "a"\n[project.scripts]\na = "a:main"\n',
    "a.csproj": '<Project Sdk="Microsoft.NET.Sdk"/>',
}


@pytest.mark.parametrize("file", LIBRARIES)
def test_a_library_is_listed_with_the_reason_and_a_dockerfile_makes_it_a_service(
    tmp_path: Path, file: str
) -> None:
    write(tmp_path / "a" / file, LIBRARIES[file])
    assert not_taken(tmp_path) == {"a": "no mark of an application: a library"}
    write(tmp_path / "a/Dockerfile", "FROM scratch\n")
    assert only(tmp_path).name == "a"


def test_a_dockerfile_is_enough_in_other_languages_and_not_within_an_application(tmp_path: Path) -> None:
    write(tmp_path / "go.mod", "module all\n")
    for name in ("quote/composer.json", "quote/Dockerfile", "kafka/Dockerfile", "ad/protos/Dockerfile"):
        write(tmp_path / name, "")
    write(tmp_path / "ad/requirements.txt", "")
    write(tmp_path / "ad/manage.py", "")
    write(tmp_path / "ad/protos/requirements.txt", "")
    assert [(one.name, one.technology) for one in found(tmp_path).services] == [
        ("ad", "python-service"),
        ("quote", None),
    ]
    assert not_taken(tmp_path)["protos"] == "it is a part of ad"


def test_what_holds_packages_together_is_none_itself_and_libraries_of_others_are_passed_over(
    tmp_path: Path,
) -> None:
    write(
        tmp_path / "package.json", '{"name": "all", "workspaces": ["packages/*"], "scripts": {"start": "x"}}'
    )
    write(tmp_path / "packages/basket/package.json", '{"name": "basket", "scripts": {"start": "x"}}')
    write(tmp_path / "node_modules/left/package.json", '{"name": "left", "scripts": {"start": "x"}}')
    assert only(tmp_path).name == "basket"
    assert not_taken(tmp_path) == {"all": "it holds other packages together"}


def test_a_catalogue_decides_what_is_a_service(tmp_path: Path) -> None:
    write(tmp_path / "catalog-info.yaml", component("basket"))
    for name in ("basket", "tool"):
        write(tmp_path / name / "package.json", f'{{"name": "{name}", "scripts": {{"start": "x"}}}}')
    assert only(tmp_path).folder == tmp_path / "basket"
    assert not_taken(tmp_path) == {"tool": "the catalogue of its repository does not list it"}


def test_the_team_of_code_owners_is_the_owner(tmp_path: Path) -> None:
    write(tmp_path / ".github/CODEOWNERS", "* @ada\n/basket/ @ada @acme/team-basket\n")
    for name in ("basket", "mail"):
        write(tmp_path / name / "go.mod", f"module a/{name}\n")
        write(tmp_path / name / "main.go", "package main\n")
    write(tmp_path / "go.mod", "module a\n")
    basket, mail = found(tmp_path).services
    assert (basket.owner, mail.owner) == ("team-basket", None)


def test_two_services_of_one_name_are_left_out(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write(tmp_path / name / "package.json", '{"name": "demo", "scripts": {"start": "x"}}')
    assert found(tmp_path).services == ()
    assert not_taken(tmp_path) == {
        "demo": "another service found has this name: name each in a catalog-info.yaml"
    }


# What strangers write


REFUSED = {
    "catalog-info.yaml": ["a: &a [x]\nb: *a\n", "a: !!python/object:os.system {}\n", "a: {{ name }}\n", "\xff: [", "a: [" * 500],
    "package.json": ["{", "[" * 9999, '{"name": 1e999}'],
    "pom.xml": ['<!DOCTYPE a [<!ENTITY b "c">]><project>&b;</project>', "<project>" * 99, ""],
    "pyproject.toml": ["a = ", "a = " + "[" * 9999],
    "go.mod": ["module \0\ud800"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("file", "text"), [(file, text) for file, texts in REFUSED.items() for text in texts]
)
def test_a_file_that_cannot_be_read_is_reported(tmp_path: Path, file: str, text: str) -> None:
    (tmp_path / file).write_bytes(text.encode("utf-8", "surrogatepass"))
    looked = scan([tmp_path], ["here"])
    assert [one.place.partition(":")[0] for one in looked.unread] == [f"here/{file}"]
    assert services_in(looked).services == ()


@pytest.mark.parametrize("name", ["../../x", "a/b", "a\\b", '"a\\u001bb"', "..", "-", "x" * 300])
def test_a_name_that_is_a_path_is_refused(tmp_path: Path, name: str) -> None:
    write(tmp_path / "opslevel.yml", f"service:\n  name: {name}\n")
    write(tmp_path / "catalog-info.yaml", component(name))
    assert found(tmp_path).services == ()


def test_folders_that_no_manifest_can_name_are_not_looked_at(tmp_path: Path) -> None:
    write(tmp_path / "apps/a\x1b[31m/package.json", '{"name": "shop", "scripts": {"start": "node ."}}')
    looked = scan([tmp_path])
    assert services_in(looked).services == ()
    assert [one.why for one in looked.unread] == [
        "it has names with characters that a manifest cannot have: 'a\\x1b[31m'"
    ]


def test_links_and_large_files_are_not_read(tmp_path: Path) -> None:
    write(tmp_path / "outside/catalog-info.yaml", component("secret"))
    write(tmp_path / "a/package.json", " " * (MOST_BYTES + 1))
    (tmp_path / "a/catalog-info.yaml").symlink_to(tmp_path / "outside/catalog-info.yaml")
    (tmp_path / "a/more").symlink_to(tmp_path / "outside")
    os.mkfifo(tmp_path / "a/go.mod")
    looked = scan([tmp_path / "a"])
    unread = sorted(Path(one.place).name for one in looked.unread)
    assert unread == ["catalog-info.yaml", "go.mod", "more", "package.json"]
    assert services_in(looked).services == ()


@pytest.mark.parametrize(
    ("url", "repository", "folder"),
    [
        ("https://token@github.com/acme/shop.git", "github.com/acme/shop", ""),
        ("git@forge.example:acme/shop.git", "forge.example/acme/shop", ""),
        (
            "https://github.com/acme/shop/tree/main/packages/basket/",
            "github.com/acme/shop",
            "packages/basket",
        ),
        ("https://gitlab.com/acme/a/b/-/blob/main/README.md", "gitlab.com/acme/a/b", "README.md"),
        ("https://forge.example/acme/shop/src/branch/main/a", "forge.example/acme/shop", "a"),
    ],
)
def test_an_address_leads_to_a_repository_and_a_folder(url: str, repository: str, folder: str) -> None:
    assert place(url) == CodePlace(repository, folder)


@pytest.mark.parametrize(
    "url", ["", "https://", "https://forge.example", "https://a/%1b[2J", "https://[a/b", "a b"]
)
def test_an_address_that_leads_nowhere_is_left_out(url: str) -> None:
    assert place(url) is None


def test_a_place_outside_of_the_repository_is_no_folder_of_a_service(tmp_path: Path) -> None:
    write(tmp_path / "secret/a.txt", "")
    text = OTHERS["entity.datadog.yaml"].replace("app/**", "../secret/**")
    write(tmp_path / "a/entity.datadog.yaml", text)
    assert only(tmp_path / "a").folder == tmp_path / "a"


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("build.gradle", "/*" * 400_000),
        ("build.gradle", "id 'org.springframework.boot' " * 30_000 + "apply false"),
        ("build.gradle", "\n" * 900_000),
        ("settings.gradle", "\n" * 900_000),
        ("main.py", "a" * 900_000),
        ("main.py", "a = FastAPI " * 70_000),
        ("main.go", "package  " * 100_000),
    ],
)
def test_no_text_takes_long(tmp_path: Path, file: str, text: str) -> None:
    """Each of these takes minutes if an expression tries again from every place."""
    for name in ("build.gradle", "go.mod", "requirements.txt"):
        write(tmp_path / name, "")
    write(tmp_path / file, text)
    assert len(found(tmp_path).services) <= 1


def test_the_only_project_of_a_solution_is_in_the_folder_of_the_repository(tmp_path: Path) -> None:
    web, plain = '<Project Sdk="Microsoft.NET.Sdk.Web"/>', '<Project Sdk="Microsoft.NET.Sdk"/>'
    write(tmp_path / ".git/HEAD", "ref: refs/heads/main\n")
    write(tmp_path / "src/Shop.Api/Shop.Api.csproj", web)
    write(tmp_path / "tests/Shop.Api.Tests/Shop.Api.Tests.csproj", plain)
    [alone] = found(tmp_path).services
    assert alone.folder == tmp_path
    write(tmp_path / "src/Cart.Api/Cart.Api.csproj", web)
    assert {one.folder for one in found(tmp_path).services} == {
        tmp_path / "src/Shop.Api",
        tmp_path / "src/Cart.Api",
    }


@pytest.mark.long
def test_many_entries_take_time_in_proportion(tmp_path: Path) -> None:
    names = [f"s{number}" for number in range(1_000)]
    write(tmp_path / "catalog-info.yaml", "---".join(map(component, names)))
    write(tmp_path / "service.datadog.yaml", "---\n".join(f"dd-service: {name}\nteam: a\n" for name in names))
    for name in names[:200]:
        write(tmp_path / name / "go.mod", f"module a/{name}\n")
    services = found(tmp_path).services
    assert (len(services), sum(one.folder is not None for one in services)) == (1_000, 200)
