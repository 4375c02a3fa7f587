"""An action: the same thing to do in one or many services, what it answers, and who does it."""

from collections.abc import Collection, Iterable, Sequence
from enum import StrEnum
from typing import NamedTuple

from gatekeeper.model.status import Effort


class ActionKind(StrEnum):
    """What kind of work an action is."""

    FIX = "fix"
    """An artefact cannot be read."""
    MAP = "map"
    """Nothing is mapped to a slot, or the mapped file is not there."""
    RENEW = "renew"
    """An artefact is too old, or of another commit."""
    PROVE = "prove"
    """An artefact does not show what is asked."""
    CHANGE = "change"
    """A criterion fails."""
    ATTEST = "attest"
    """A person has to attest something."""
    SIGN = "sign"
    """A level, an entry or a record has to be signed."""
    PLAN = "plan"
    """The manifest has to be edited."""


class Way(StrEnum):
    """An alternative to the work of an action."""

    ATTESTATION = "attestation"
    WAIVER = "waiver"
    EXCEPTION = "exception"


class Option(NamedTuple):
    """An alternative to the work, the role that may use it, and the services that can."""

    way: Way
    by: str | None
    """The role that may use it; None for an exception, which an approver grants."""
    services: tuple[str, ...]


class Share(NamedTuple):
    """The part of an action that one service needs."""

    service: str
    owner: str
    """Who does it: the owner of the service, or of one that it depends on."""
    text: str
    """What to do, in full sentences: the remedy."""
    title: str
    """The same in a few words; it names the place."""
    criteria: tuple[str, ...]
    """The open criteria of the service that it helps to answer."""
    roles: tuple[str, ...] = ()
    """The roles that have to attest or sign."""
    finishes: bool = False
    """Whether the service needs nothing else."""
    recovers: bool = False
    """Whether it undoes a regression of the service."""


class Instruction(NamedTuple):
    """What to do, and for which services it reads like this."""

    text: str
    services: tuple[str, ...]


class Action(NamedTuple):
    """One thing to do, in every service that needs it."""

    kind: ActionKind
    about: tuple[str, ...]
    """What it is about: slots, a criterion, a level, a gate or a person."""
    detail: str
    """The difference from other actions of its kind about the same thing; may be empty."""
    comes_last: bool
    """Whether other work of these services comes first: signatures come after the work that they sign."""
    heading: str
    """What to do in a few words, for any number of services."""
    effort: Effort
    shares: tuple[Share, ...]
    """Its part in each service, in the order of the verdict."""
    excusable: bool = False
    """Whether an exception could cover it for one milestone."""
    unblocks_milestones: tuple[str, ...] = ()
    milestones: tuple[str, ...] = ()
    """The judged milestones that need it."""
    options: tuple[Option, ...] = ()

    @property
    def id(self) -> str:
        """A stable, readable id: `map:domain_source`, `sign:L3`, `change:G1.coverage`."""
        last = "later" if self.comes_last else ""
        return ":".join(filter(None, (self.kind, "+".join(self.about), self.detail, last)))

    @property
    def title(self) -> str:
        """What to do in a few words; for one service, it names the place."""
        titles = {share.title for share in self.shares}
        return titles.pop() if len(titles) == 1 else self.heading

    @property
    def instructions(self) -> tuple[Instruction, ...]:
        """The distinct texts that say what to do, each with its services."""
        found: dict[str, list[str]] = {}
        for share in self.shares:
            found.setdefault(share.text, []).append(share.service)
        return tuple(Instruction(text, _once(services)) for text, services in found.items())

    @property
    def services(self) -> tuple[str, ...]:
        """The services that need it, each once."""
        return _once(share.service for share in self.shares)

    @property
    def owners(self) -> tuple[str, ...]:
        """Who does it, each once."""
        return _once(share.owner for share in self.shares)

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles that have to attest or sign, each once; none if the owners do it."""
        return _once(role for share in self.shares for role in share.roles)

    @property
    def criteria(self) -> tuple[str, ...]:
        """The criteria that it helps to answer, over all services, each once."""
        return _once(criterion for share in self.shares for criterion in share.criteria)

    @property
    def answers(self) -> int:
        """How many open criteria it helps to answer, each counted in each service."""
        return sum(len(share.criteria) for share in self.shares)

    @property
    def unblocks_services(self) -> tuple[str, ...]:
        """Services that need nothing else."""
        return _once(share.service for share in self.shares if share.finishes)

    @property
    def recovers(self) -> bool:
        """Whether it undoes a regression."""
        return any(share.recovers for share in self.shares)

    def of(self, services: Collection[str]) -> "Action | None":
        """Return the action for these services only, without what is known of all services: milestones."""
        return self._only([share for share in self.shares if share.service in services])

    def of_owners(self, owners: Collection[str]) -> "Action | None":
        """Return the action for these owners only, without what is known of all services: milestones."""
        return self._only([share for share in self.shares if share.owner in owners])

    def _only(self, shares: Sequence[Share]) -> "Action | None":
        if not shares:
            return None
        if len(shares) == len(self.shares):
            return self
        left = {share.service for share in shares}
        options = (
            one._replace(services=tuple(name for name in one.services if name in left))
            for one in self.options
        )
        kept = tuple(one for one in options if one.services)
        return self._replace(shares=tuple(shares), options=kept, milestones=(), unblocks_milestones=())


def _once(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))
