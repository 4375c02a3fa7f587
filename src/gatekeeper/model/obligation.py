"""Obligations: what a workspace asks of its services, with everything that decides it."""

import json
from collections.abc import Iterable
from functools import cached_property
from hashlib import sha256
from typing import Any, NamedTuple


class Terms(dict[str, Any]):
    """Everything that decides an obligation, as plain data; what does not apply is left out.

    Obligations with the same terms share one value, which must not be changed.
    """

    @cached_property
    def digest(self) -> str:
        """`sha256:` and the digest of the terms: equal only if all of them are equal."""
        return _digest(self)


class Obligation(NamedTuple):
    """One thing that is asked of a service.

    An obligation of `level/<id>` belongs to the meaning of a level for this service, one of
    `milestone/<id>` to the exit of a milestone. The family `service` holds the targets of the plan and who
    must sign.
    """

    service: str
    family: str
    """`level/<level>`, `milestone/<milestone>` or `service`."""
    id: str
    """The criterion or capability; in the family `service`, `target:<milestone>` or `sign-off:<level>`."""
    terms: Terms

    @property
    def digest(self) -> str:
        """The digest of its terms."""
        return self.terms.digest


def digest_of_all(terms: Iterable[tuple[str, Terms]]) -> str:
    """Return `sha256:` and a digest of terms by family and id, in any order."""
    return _digest(dict(terms))


def _digest(data: Any) -> str:
    written = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return f"sha256:{sha256(written.encode()).hexdigest()}"
