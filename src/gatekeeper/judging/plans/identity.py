"""Decide what a service is called by machines, and whether evidence is about it.

Names are compared ignoring case and the difference between `_`, `.`, a space and `-`. The ending `-service`
of a service is optional. A repository is its host and path; an image is its repository without a tag, or its
digest.
"""

import re
from collections.abc import Iterable, Iterator, Mapping

from gatekeeper.errors import UsageError
from gatekeeper.model.attested import SERVICE
from gatekeeper.model.deployed import DeployedSubject, image_url, repository_of
from gatekeeper.model.evidence import Part, Subject, SubjectType
from gatekeeper.model.naming import service_key
from gatekeeper.model.service import Service

Identities = Mapping[SubjectType, frozenset[str]]
"""What a service is called, normalised, by the types that are stated or derived."""


def identities(service: Service, repository: str | None) -> Identities:
    """Return what a service is called.

    Args:
        service: The service; its own name counts without being stated.
        repository: The template of the workspace for repositories, with `{service}`.
    """
    stated = service.identity
    derived = repository.replace("{service}", service.service) if repository else None
    names: dict[SubjectType, Iterable[str | None]] = {
        SubjectType.SERVICE: (service.service, *stated.names, *stated.formerly),
        SubjectType.REPOSITORY: (stated.repository or derived,),
        SubjectType.IMAGE: stated.images,
    }
    known = {of: {form for name in given if name for form in forms(of, name)} for of, given in names.items()}
    return {of: frozenset(given) for of, given in known.items() if given}


def other_subjects(part: Part, known: Identities) -> tuple[Subject, ...]:
    """Return the subjects of a part that is about something else; none if it is ours or unchecked."""
    for of, ours in known.items():
        stated = [subject for subject in part.subjects if subject.type is of]
        if stated and not any(ours & set(forms(of, subject.name)) for subject in stated):
            return tuple(stated)
    return ()


def is_own_image(subject: DeployedSubject, service: Service) -> bool:
    """Return whether `identity.images` names an image that is deployed, or its digest.

    False: nobody knows, because only a digest is given, it is a package, or the service states no images.

    Raises:
        UsageError: It is an image of another service.
    """
    images = service.identity.images
    # The last form is the digest, if one is stated: it names only these bytes of the repository.
    named = {form for image in images for form in [*forms(SubjectType.IMAGE, image)][-1:]}
    if subject.digest_text in named or subject.image in named:
        return True
    if subject.image and images:
        raise UsageError(
            f"--subject {subject.text}: is not an image of {service.service}; identity.images names "
            f"{', '.join(images)}: correct one of the two"
        )
    return False


def deployed_resource(subjects: Iterable[DeployedSubject], service: Service) -> str:
    """Return the URI of the one image or package that is deployed.

    A digest alone is of the service's only image; without one, the service itself is the resource.

    Raises:
        UsageError: The subjects are of several images or packages, or a digest may be of several images.
    """
    named = sorted({subject.resource for subject in subjects if subject.resource})
    if len(named) > 1:
        raise UsageError(
            f"--subject: one statement is about one image or package, found {' and '.join(named)}: run the "
            "command for each"
        )
    if named:
        return named[0]
    images = {form for image in service.identity.images for form in forms(SubjectType.IMAGE, image)}
    repositories = sorted(filter(None, map(repository_of, images)))
    if len(repositories) > 1:
        raise UsageError(
            f"--subject: a digest alone does not say which image it is; write {repositories[0]}@sha256:HEX, "
            f"because identity.images names {', '.join(repositories)}"
        )
    return image_url(repositories[0]) if repositories else f"{SERVICE}{service.service}"


def forms(of: SubjectType, name: str) -> Iterator[str]:
    """Yield the normalised forms of a name, each of which identifies it."""
    folded = name.strip().casefold()
    if of is SubjectType.SERVICE:
        yield service_key(name)
    elif of is SubjectType.REPOSITORY:
        yield _repository(folded)
    elif of is SubjectType.IMAGE:
        repository, _, digest = folded.rpartition("@") if _is_digest(folded) else (folded, "", "")
        yield from [re.sub(r":[^:/]*$", "", repository)] if repository else []
        yield from [digest] if digest else []
    else:
        yield folded


def _is_digest(image: str) -> bool:
    """Return whether a name of an image ends with a digest; it may be the digest alone."""
    return re.search(r"(^|@)sha(256|512):[0-9a-f]+$", image) is not None


def _repository(url: str) -> str:
    """Return host and path of a repository: without scheme, user, port and `.git`."""
    rest = re.sub(r"^[a-z][a-z0-9+.-]*://", "", url)
    rest = re.sub(r"^[^/@]*@", "", rest)
    rest = re.sub(r"^([^/:]+):(\d+(?=/))?/?", r"\1/", rest)
    return rest.rstrip("/").removesuffix(".git")
