"""What is deployed: a container image or a package, by its digest.

Image references have the grammar of https://github.com/distribution/reference (v0.6.0, `reference.go`),
package URLs that of https://github.com/package-url/purl-spec.
"""

import re
from typing import NamedTuple

from gatekeeper.errors import UsageError

_HEX_DIGITS = {"sha256": 64, "sha512": 128}
_MOST_CHARACTERS = 2048
_IMAGE = re.compile(
    r"(?P<repository>(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\d+)?/)?"
    r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*)(?::[\w.-]+)?",
    re.ASCII,
)
NO_DIGEST = "it has no digest, and a name or a tag can be moved to other bytes"
WRITE = (
    "write sha256:HEX, IMAGE@sha256:HEX as `docker inspect --format '{{json .RepoDigests}}' IMAGE` shows it, "
    "or a package URL with its checksum, pkg:npm/basket@1.4.0?checksum=sha256:HEX"
)


class DeployedSubject(NamedTuple):
    """An image or a package that is deployed."""

    algorithm: str
    digest: str
    """In lowercase hexadecimal digits."""
    image: str | None = None
    """The repository of the image, with its registry and without a tag."""
    package: str | None = None
    """The package URL without its checksum; neither for a digest alone."""

    @property
    def digest_text(self) -> str:
        """The digest as registries write it: `sha256:...`."""
        return f"{self.algorithm}:{self.digest}"

    @property
    def text(self) -> str:
        """The subject in one line: `IMAGE@sha256:...`, the package URL with its digest, or the digest."""
        return "@".join(filter(None, [self.image or self.package, self.digest_text]))

    @property
    def resource(self) -> str | None:
        """The package URL of the image's repository, or of the package; None for a digest alone."""
        return image_url(self.image) if self.image else self.package

    @property
    def url(self) -> str | None:
        """The package URL of these very bytes; None for a digest alone."""
        return image_url(self.image, self.digest_text) if self.image else self.package


def image_url(repository: str, digest: str | None = None) -> str:
    """Return the package URL of an image, encoded as purl-spec's `tests/types/oci-test.json` builds it."""
    version = f"@{digest}" if digest else ""
    return f"pkg:oci/{repository.rpartition('/')[2]}{version}?repository_url={repository.replace('/', '%2F')}"


def repository_of(image: str) -> str | None:
    """Return the repository of an image reference; None if it is not one, or is a digest alone."""
    if image.partition(":")[0] in _HEX_DIGITS:
        return None
    found = _IMAGE.fullmatch(image) if len(image) <= _MOST_CHARACTERS else None
    return found["repository"].lower() if found else None


def parse_subject(text: str) -> DeployedSubject:
    """Return the image or package that a text names by its digest.

    Raises:
        UsageError: It is neither `sha256:HEX`, `IMAGE@sha256:HEX` nor a package URL with a digest.
    """
    if len(text) > _MOST_CHARACTERS:
        raise _refused(text, f"it has more than {_MOST_CHARACTERS:,} characters")
    if text.startswith("pkg:"):
        return _package(text)
    image, at, digest = text.rpartition("@")
    if not at and digest.partition(":")[0] not in _HEX_DIGITS:
        raise _refused(text, NO_DIGEST)
    algorithm, value = _digest(text, digest)
    if not at:
        return DeployedSubject(algorithm, value)
    repository = repository_of(image)
    if repository is None:
        raise _refused(text, f"{image[:60]!r} is not an image, as registry.example/team/basket is")
    return DeployedSubject(algorithm, value, image=repository)


def _package(text: str) -> DeployedSubject:
    from packageurl import PackageURL

    try:
        url = PackageURL.from_string(text)
    except ValueError:
        raise _refused(text, "it is not a package URL") from None
    qualifiers = dict(url.qualifiers)
    if url.type in ("oci", "docker"):
        path = "/".join(filter(None, [url.namespace, url.name]))
        registry = str(qualifiers.get("repository_url", ""))
        image = registry or path if url.type == "oci" else "/".join(filter(None, [registry, path]))
        if not url.version:
            raise _refused(text, NO_DIGEST)
        return parse_subject(f"{image}@{url.version}")
    checksums = str(qualifiers.pop("checksum", "")).split(",")
    known = [one for one in checksums if one.partition(":")[0] in _HEX_DIGITS]
    if not known:
        raise _refused(text, "it has no checksum, and a version can be published again")
    algorithm, value = _digest(text, known[0])
    bare = PackageURL(url.type, url.namespace, url.name, url.version, qualifiers, url.subpath).to_string()
    return DeployedSubject(algorithm, value, package=bare)


def _digest(text: str, digest: str) -> tuple[str, str]:
    algorithm, _, value = digest.partition(":")
    if algorithm not in _HEX_DIGITS:
        raise _refused(text, f"{algorithm[:20]!r} is not sha256 or sha512")
    length = _HEX_DIGITS[algorithm]
    if not re.fullmatch(r"[0-9A-Fa-f]+", value) or len(value) != length:
        raise _refused(text, f"a digest of {algorithm} has {length} hexadecimal digits")
    return algorithm, value.lower()


def _refused(text: str, why: str) -> UsageError:
    shown = text if len(text) <= 120 else f"{text[:100]}..."
    return UsageError(f"--subject {shown!r}: {why}; {WRITE}")
