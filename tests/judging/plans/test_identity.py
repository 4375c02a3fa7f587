"""What machines call a service, and whether evidence is about it."""

import pytest

from builders.judging import service, workspace
from gatekeeper import collectors
from gatekeeper.errors import UsageError
from gatekeeper.judging.plans.identity import (
    deployed_resource,
    forms,
    identities,
    is_own_image,
    other_subjects,
)
from gatekeeper.judging.plans.validation import check_plan
from gatekeeper.judging.rules.binding import bind
from gatekeeper.model.deployed import parse_subject
from gatekeeper.model.evidence import Part, Subject, SubjectType
from gatekeeper.model.service import Service

SERVICE, REPOSITORY, IMAGE = SubjectType.SERVICE, SubjectType.REPOSITORY, SubjectType.IMAGE
HEX, OTHER = "a" * 64, "b" * 64
SHOP, WORKER = "registry.example/acme/shop", "registry.example/acme/worker"
PACKAGE = "pkg:npm/shop@1.3.0"
TEMPLATE = "https://forge.example/acme/{service}"


def is_other(of: SubjectType, *names: str, template: str | None = None, **fields: str) -> bool:
    known = identities(service(service="orders-service", **fields), template)
    return bool(other_subjects(Part(subjects=tuple(Subject(of, name) for name in names)), known))


@pytest.mark.parametrize(
    ("of", "name", "is_about_another"),
    [
        (SERVICE, "orders-service", False),
        (SERVICE, "orders", False),
        (SERVICE, "Orders_Service", False),
        (SERVICE, "payments", True),
        (SERVICE, "orders-service-legacy", True),
        (REPOSITORY, "git@forge.example:acme/orders-service.git", False),
        (REPOSITORY, "ssh://git@forge.example:2222/acme/orders-service", False),
        (REPOSITORY, "https://FORGE.example/acme/orders-service/", False),
        (REPOSITORY, "https://forge.example/acme/payments-service", True),
        (REPOSITORY, "https://elsewhere.example/acme/orders-service", True),
        (IMAGE, "anything:1.0", False),
    ],
)
def test_a_name_is_compared_as_it_is_meant(of: SubjectType, name: str, *, is_about_another: bool) -> None:
    assert is_other(of, name, template=TEMPLATE) == is_about_another


@pytest.mark.parametrize(
    ("name", "is_about_another"),
    [
        ("registry.example:5000/acme/orders:1.2", False),
        ("registry.example:5000/acme/orders@sha256:ab", False),
        ("mirror.example/orders@sha256:cd", False),
        ("registry.example:5000/acme/payments:1.2", True),
    ],
)
def test_an_image_is_its_repository_or_its_digest(name: str, *, is_about_another: bool) -> None:
    images = "{images: ['registry.example:5000/acme/orders', 'x@sha256:cd']}"
    assert is_other(IMAGE, name, identity=images) == is_about_another


@pytest.mark.parametrize(
    ("name", "is_about_another"), [("sha256:ab", False), ("SHA256:CD", True), ("x@sha256:ab", False)]
)
def test_an_image_may_be_called_by_its_digest_alone(name: str, *, is_about_another: bool) -> None:
    assert is_other(IMAGE, name, identity="{images: ['sha256:ab']}") == is_about_another


def test_a_set_of_subjects_is_ours_if_it_contains_us() -> None:
    assert not is_other(SERVICE, "payments", "orders")
    assert is_other(SERVICE, "payments", "basket")


def test_what_is_neither_stated_nor_derived_is_not_compared() -> None:
    assert not is_other(REPOSITORY, "https://forge.example/acme/payments")
    assert not is_other(SubjectType.PACKAGE, "pkg:npm/payments")
    assert is_other(
        REPOSITORY, "https://forge.example/acme/payments", identity="{repository: forge.example/o}"
    )


def mistakes(*services: Service) -> list[tuple[str, tuple[str | int, ...]]]:
    manifests = workspace(*services)
    found = check_plan(manifests, bind(manifests, collectors.find).rulebook)
    assert all("is called too" in one.message for one in found)
    return [(one.file, one.path) for one in found]


def test_a_name_that_two_services_claim_is_a_mistake() -> None:
    one, other = service(service="orders"), service(service="orders-service")
    assert mistakes(one, other) == [("services/orders-service.yaml", ("service",))]
    named = service(service="shop", identity="{names: [till, Orders], images: [a/b]}")
    assert mistakes(one, named) == [("services/shop.yaml", ("identity", "names", 1))]
    imaged = service(service="till2", identity="{images: ['A/b:3']}")
    assert mistakes(named, imaged) == [("services/till2.yaml", ("identity", "images", 0))]
    assert mistakes(named, service(service="pay", identity="{repository: forge.example/acme/all}")) == []


def test_a_package_has_no_other_form_than_its_name() -> None:
    assert list(forms(SubjectType.PACKAGE, " Left-Pad ")) == ["left-pad"]


def with_images(*images: str) -> Service:
    return service(service="shop", identity=f"{{images: {list(images)}}}" if images else "{}")


@pytest.mark.parametrize(
    ("subject", "images", "is_known"),
    [
        (f"{SHOP}:1.3@sha256:{HEX}", (SHOP,), True),
        (f"{SHOP}@sha256:{HEX}", (WORKER, f"{SHOP}:1.2"), True),
        (f"{SHOP}@sha256:{HEX}", (f"{SHOP}@sha256:{HEX}",), True),
        (f"sha256:{HEX}", (f"{SHOP}@sha256:{HEX}",), True),
        (f"sha256:{HEX}", (f"sha256:{HEX}",), True),
        (f"sha256:{HEX}", (SHOP,), False),
        (f"{SHOP}@sha256:{HEX}", (), False),
        (f"{PACKAGE}?checksum=sha256:{HEX}", (SHOP,), False),
    ],
)
def test_an_image_that_is_deployed_is_known_by_its_repository_or_the_digest_that_is_stated(
    subject: str, images: tuple[str, ...], *, is_known: bool
) -> None:
    assert is_own_image(parse_subject(subject), with_images(*images)) == is_known


@pytest.mark.parametrize(
    ("subject", "image"),
    [(f"{WORKER}@sha256:{HEX}", SHOP), (f"{SHOP}@sha256:{OTHER}", f"{SHOP}@sha256:{HEX}")],
)
def test_an_image_that_the_service_does_not_state_is_refused(subject: str, image: str) -> None:
    told = f"--subject {subject}: is not an image of shop; identity.images names {image}: correct one"
    with pytest.raises(UsageError) as refused:
        is_own_image(parse_subject(subject), with_images(image))
    assert str(refused.value).startswith(told)


SHOP_URL = "pkg:oci/shop?repository_url=registry.example%2Facme%2Fshop"


@pytest.mark.parametrize(
    ("subjects", "images", "resource"),
    [
        ((f"{SHOP}:1.3@sha256:{HEX}",), (WORKER,), SHOP_URL),
        ((f"{SHOP}@sha256:{HEX}", f"{SHOP}@sha256:{OTHER}", f"sha256:{HEX}"), (), SHOP_URL),
        ((f"{PACKAGE}?checksum=sha256:{HEX}",), (SHOP,), PACKAGE),
        ((f"sha256:{HEX}",), (f"{SHOP}:1.3@sha256:{HEX}", SHOP), SHOP_URL),
        ((f"sha256:{HEX}",), (f"sha256:{HEX}",), "gatekeeper:service/shop"),
        ((f"sha256:{HEX}",), (), "gatekeeper:service/shop"),
    ],
)
def test_what_is_deployed_is_the_image_that_is_named_the_only_one_that_is_stated_or_the_service(
    subjects: tuple[str, ...], images: tuple[str, ...], resource: str
) -> None:
    assert deployed_resource(map(parse_subject, subjects), with_images(*images)) == resource


@pytest.mark.parametrize(
    ("subjects", "told"),
    [
        ((f"{SHOP}@sha256:{HEX}", f"{WORKER}@sha256:{OTHER}"), "one statement is about one image or package"),
        ((f"sha256:{HEX}",), f"write {SHOP}@sha256:HEX, because identity.images names {SHOP}, {WORKER}"),
    ],
)
def test_what_is_deployed_is_refused_if_it_may_be_of_several_images(
    subjects: tuple[str, ...], told: str
) -> None:
    with pytest.raises(UsageError, match=told):
        deployed_resource(map(parse_subject, subjects), with_images(WORKER, SHOP))
