"""What is deployed: image references, digests and package URLs, and what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packageurl import PackageURL

from builders.hostile import HOSTILE, NASTY
from gatekeeper.errors import UsageError
from gatekeeper.model.deployed import DeployedSubject, image_url, parse_subject

HEX = "0123456789abcdef" * 4
SHA512 = HEX * 2
IMAGE = "registry.example/acme/basket"


def refused(text: str) -> str:
    with pytest.raises(UsageError) as found:
        parse_subject(text)
    return str(found.value)


@pytest.mark.parametrize(
    ("text", "image"),
    [
        (f"sha256:{HEX}", None),
        (f"sha256:{HEX.upper()}", None),
        (f"{IMAGE}@sha256:{HEX}", IMAGE),
        (f"{IMAGE}:1.4.0@sha256:{HEX}", IMAGE),
        (f"Registry.Example:5000/acme/basket@sha256:{HEX}", "registry.example:5000/acme/basket"),
        (f"localhost:5000/basket:v1@sha256:{HEX}", "localhost:5000/basket"),
        (f"basket@sha256:{HEX}", "basket"),
        (f"pkg:oci/basket@sha256%3A{HEX}?repository_url=registry.example%2Facme%2Fbasket&tag=1.4", IMAGE),
        (f"pkg:oci/basket@sha256:{HEX}", "basket"),
        (f"pkg:docker/acme/basket@sha256:{HEX}?repository_url=registry.example", IMAGE),
    ],
)
def test_an_image_is_its_repository_and_digest(text: str, image: str | None) -> None:
    assert parse_subject(text) == DeployedSubject("sha256", HEX, image=image)


@pytest.mark.parametrize(
    ("text", "package", "algorithm"),
    [
        (f"pkg:npm/%40acme/basket@1.4.0?checksum=sha256:{HEX}", "pkg:npm/%40acme/basket@1.4.0", "sha256"),
        (f"pkg:pypi/basket@1.4?checksum=md5:ab,sha512:{SHA512}", "pkg:pypi/basket@1.4", "sha512"),
        (
            f"pkg:maven/a/b@1?type=jar&checksum=sha256:{HEX}&classifier=x",
            "pkg:maven/a/b@1?classifier=x&type=jar",
            "sha256",
        ),
    ],
)
def test_a_package_is_its_url_and_checksum(text: str, package: str, algorithm: str) -> None:
    found = parse_subject(text)
    assert (found.package, found.algorithm, found.image) == (package, algorithm, None)
    assert found.resource == found.url == package


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "it has no digest"),
        ("basket", "it has no digest"),
        (f"{IMAGE}:1.4.0", "it has no digest, and a name or a tag can be moved"),
        ("pkg:oci/basket", "it has no digest"),
        ("pkg:oci/basket@latest", "'latest' is not sha256 or sha512"),
        ("pkg:npm/basket@1.4.0", "it has no checksum, and a version can be published again"),
        (f"pkg:npm/basket@1.4.0?checksum=md5:{HEX[:32]}", "it has no checksum"),
        ("pkg:", "it is not a package URL"),
        ("sha256:abc", "a digest of sha256 has 64 hexadecimal digits"),
        (f"sha512:{HEX}", "a digest of sha512 has 128 hexadecimal digits"),
        (f"sha256:{HEX}\n", "a digest of sha256 has 64 hexadecimal digits"),
        (f"sha256:{HEX[:-1]}\uff11", "a digest of sha256 has 64 hexadecimal digits"),
        (f"md5:{HEX[:32]}", "it has no digest"),
        (f"basket@md5:{HEX[:32]}", "'md5' is not sha256 or sha512"),
        (f"@sha256:{HEX}", "'' is not an image"),
        (f"https://{IMAGE}@sha256:{HEX}", "is not an image"),
        (f"docker://{IMAGE}@sha256:{HEX}", "is not an image"),
        (f"acme/Basket@sha256:{HEX}", "'acme/Basket' is not an image"),
        (f"basket\n@sha256:{HEX}", "is not an image"),
        (f"b\u00e4sket@sha256:{HEX}", "is not an image"),
        (f"basket\u202e@sha256:{HEX}", "is not an image"),
        (f"a@sha256:{HEX}@sha256:{HEX}", "is not an image"),
        (f"{'a/' * 2000}a@sha256:{HEX}", "it has more than 2,048 characters"),
        (f"{'-' * 1000}@sha256:{HEX}", "is not an image"),
    ],
)
def test_a_bad_form_is_refused_with_what_to_write(text: str, told: str) -> None:
    message = refused(text)
    assert told in message
    assert "write sha256:HEX, IMAGE@sha256:HEX" in message
    assert len(message) < 600
    assert "\n" not in message


@HOSTILE
@given(st.text(max_size=40) | st.sampled_from(NASTY), st.sampled_from(["{}", f"{{}}@sha256:{HEX}", "pkg:{}"]))
def test_any_text_is_an_image_or_refused(text: str, around: str) -> None:
    try:
        found = parse_subject(around.format(text))
    except UsageError as reason:
        assert "--subject" in str(reason)
    else:
        assert found.text.isascii()
        assert found.text.isprintable()


def test_the_url_of_an_image_is_that_of_the_specification() -> None:
    """purl-spec at 16f3d0e, `tests/types/oci-test.json`: build test for PURL type: oci."""
    url = image_url("docker.io/library/debian", "sha256:244fd47e07d10")
    assert url == "pkg:oci/debian@sha256:244fd47e07d10?repository_url=docker.io%2Flibrary%2Fdebian"
    parsed = PackageURL.from_string(url)
    assert (parsed.name, parsed.version) == ("debian", "sha256:244fd47e07d10")
    assert parsed.qualifiers == {"repository_url": "docker.io/library/debian"}
    assert parse_subject(f"{IMAGE}@sha256:{HEX}").resource == image_url(IMAGE)


def test_what_is_written_is_read_again() -> None:
    for subject in (DeployedSubject("sha256", HEX), DeployedSubject("sha512", SHA512, image=IMAGE)):
        assert parse_subject(subject.text) == subject
        assert subject.url is None or parse_subject(subject.url) == subject
