"""Find why something that was open is not any more, and which edits are weakenings because they closed it."""

from collections import defaultdict
from collections.abc import Callable, Collection, Container, Iterable, Iterator

from gatekeeper.judging.changes.causes import Causes, Results, Side
from gatekeeper.judging.changes.manifest_changes import evidence_hidden, evidence_weakened, field_weakened
from gatekeeper.judging.changes.service_matching import ServicePair
from gatekeeper.model.changes import Cause, Change
from gatekeeper.model.evidence import Evidence, EvidenceStatus
from gatekeeper.model.status import Basis

Source = tuple[str, ...]
"""The path of what was edited in a manifest: `("evidence", "api")`."""


class Closings:
    """Finds the cause of each closing, and collects the edits that closed something.

    Args:
        base: The state in which it was open.
        head: The state in which it is not.
        causes: Finds the difference that closed it.
        weakened: What of the manifest asks for less, which is reported already.
    """

    def __init__(self, base: Side, head: Side, causes: Causes, weakened: Collection[Source]) -> None:
        self._base, self._head, self._causes = base, head, causes
        self._weakened = weakened
        self._edited: dict[Source, list[str]] = defaultdict(list)
        self._hidden: dict[str, list[str]] = defaultdict(list)
        self._judged: dict[frozenset[str], tuple[Results, ...]] = {}
        known = [one for of in base.evidence.values() for one in (of, *of.others)]
        self._of_base = frozenset(one.sha256 for one in known if one.sha256)
        self._signed = frozenset(one.signed for one in known if one.basis is Basis.SIGNED_RECORD)
        self._known = self._of_base | head.known_bytes

    def cause(
        self,
        name: str | None,
        is_open: Callable[[Results], bool],
        slots: Iterable[str],
        *,
        is_dead: bool = False,
    ) -> Cause:
        """Return why something is closed, a cause of the closed list unless only the date changed.

        Args:
            name: What is closed; None if what it consists of is reported as well.
            is_open: Whether it is open in results; true for the base.
            slots: The slots of evidence that affect it.
            is_dead: Whether it is a gate that had no criteria, and not a criterion.
        """
        if edited := self._by_edit(name, is_open, slots):
            return edited
        cause = self._causes.of(is_open)
        if cause is Cause.ARTEFACT:
            # By a level that holds again, an exception is in force.
            mapped = {*self._base.service.evidence, *self._head.service.evidence}
            return self._by_edit(name, is_open, mapped) or cause
        if cause is Cause.GOVERNANCE:
            self._add(("owner",), name)
            return Cause.WEAKENING
        if cause is not Cause.PLAN:
            return cause
        if any(source[:1] != ("evidence",) for source in self._weakened):
            return Cause.WEAKENING
        if is_dead or self._is_declared:
            return Cause.DECLARATION
        self._add(("plan",), name)
        return Cause.WEAKENING

    def _by_edit(
        self, name: str | None, is_open: Callable[[Results], bool], slots: Iterable[str]
    ) -> Cause | None:
        """Return as what edits of mappings closed something without new evidence; None if they did not."""
        edited = self._edited_slots(slots)
        if not edited or not self._is_closed_by(frozenset(edited), is_open):
            return None
        if all(self._is_first(slot) for slot in edited):
            return Cause.DECLARATION
        alone = [slot for slot in edited if self._is_closed_by(frozenset({slot}), is_open)]
        for slot in alone or edited:
            self._add(("evidence", slot), name)
        return Cause.WEAKENING

    def hide(self, name: str, slots: Iterable[str]) -> None:
        """Collect evidence that is gone and showed that something is open for another reason than missing."""
        for slot in slots:
            after = self._evidence(slot)[1]
            if self._differs(slot) and (after is None or after.status is EvidenceStatus.MISSING):
                self._hidden[slot].append(name)

    def weakenings(self, pair: ServicePair) -> Iterator[Change]:
        """Yield the edits that closed something and are neither new evidence nor the act of a person."""
        for (field, *slot), closed in self._edited.items():
            if field == "evidence":
                states = [
                    one and (one.sha256, one.produced_at, one.commit, one.status)
                    for one in self._evidence(slot[0])
                ]
                yield evidence_weakened(pair, slot[0], self._edit(slot[0]) or "", states, closed)
            else:
                yield field_weakened(pair, field, closed)
        for hidden, shown in self._hidden.items():
            if ("evidence", hidden) not in self._edited:
                before = self._evidence(hidden)[0]
                yield evidence_hidden(pair, hidden, before and before.sha256, shown)

    @property
    def edited_slots(self) -> frozenset[str]:
        """The slots of which an edit closed something."""
        return frozenset(source[1] for source in self._edited if source[0] == "evidence")

    def _add(self, source: Source, name: str | None) -> None:
        if name is not None and source not in self._weakened:
            self._edited[source].append(name)

    @property
    def _is_declared(self) -> bool:
        """Whether the plan states more, and nothing else than before."""
        base, head = self._base.service, self._head.service
        kept = (
            all(getattr(head, field).get(key) == value for key, value in getattr(base, field).items())
            for field in ("plan", "targets")
        )
        return all(kept) and set(base.labels) <= set(head.labels) and base.service == head.service

    def _edited_slots(self, slots: Iterable[str]) -> list[str]:
        """Return the slots whose mapping was edited, without those that have new bytes."""
        return [slot for slot in sorted(set(slots)) if self._differs(slot) and self._edit(slot)]

    def _is_closed_by(self, slots: frozenset[str], is_open: Callable[[Results], bool]) -> bool:
        """Return whether edits of these slots are needed to close something, or are enough to."""
        if slots not in self._judged:
            self._judged[slots] = tuple(
                _with_slots(of, other, slots).judged(self._causes.rulebook)
                for of, other in ((self._head, self._base), (self._base, self._head))
            )
        reverted, made_alone = self._judged[slots]
        return is_open(reverted) or not is_open(made_alone)

    def _differs(self, slot: str) -> bool:
        was, now = (side.service.evidence.get(slot) for side in (self._base, self._head))
        before, after = self._evidence(slot)
        return before != after or was != now

    def _edit(self, slot: str) -> str | None:
        """Return how a slot was edited without new evidence; None if it has new bytes."""
        before, after = self._evidence(slot)
        if after is None or after.status is not EvidenceStatus.OK:
            return f"the evidence of `{slot}` is gone"
        if before and _is_of_earlier_run(after, before):
            return f"`{slot}` goes back to an earlier record, by the pipeline {after.pipeline}"
        if any(one.sha256 and one.sha256 not in self._known for one in after.others):
            return None
        if after.basis is Basis.SIGNED_RECORD and after.signed not in self._signed:
            return None  # a pipeline signed it
        if before and after.sha256 and after.sha256 == before.sha256:
            return f"`{slot}` has {self._other(before, after)} and the same bytes"
        if after.sha256 in self._known:
            return f"`{slot}` is read from {after.path}, whose bytes the base holds already"
        return None

    def _other(self, before: Evidence, after: Evidence) -> str:
        fields = {
            "another date": "produced_at",
            "another commit": "commit",
            "another path": "path",
            "other facts": "facts",
            "other records": "others",
        }
        names = [name for name, field in fields.items() if getattr(before, field) != getattr(after, field)]
        return " and ".join(names) or "another mapping"

    def _is_first(self, slot: str) -> bool:
        """Return whether a slot is mapped, dated or given a commit for the first time."""
        before, after = self._evidence(slot)
        is_less = ("evidence", slot) in self._weakened
        if is_less or after is None or after.status is not EvidenceStatus.OK:
            return False
        if slot not in self._base.service.evidence:
            return after.sha256 not in self._head.bytes_of_others | self._of_base
        return before is not None and all(
            getattr(before, name) in given
            for name, given in (
                ("sha256", (after.sha256,)),
                ("facts", (after.facts,)),
                ("others", (after.others,)),
                ("produced_at", (None, after.produced_at)),
                ("commit", (None, after.commit)),
            )
        )

    def _evidence(self, slot: str) -> tuple[Evidence | None, Evidence | None]:
        return self._base.evidence.get((slot, ())), self._head.evidence.get((slot, ()))


def _is_of_earlier_run(after: Evidence, before: Evidence) -> bool:
    """Return whether evidence was recorded before other evidence; two signed runs are compared elsewhere."""
    if after.age is None or before.age is None or after.basis is before.basis is Basis.SIGNED_RECORD:
        return False
    return after.age < before.age and not after.is_attempt_after(before)


def _with_slots(side: Side, other: Side, slots: Container[str]) -> Side:
    """Return a state with the mappings and the evidence of another one for some slots."""
    mapped = {slot: one for slot, one in side.service.evidence.items() if slot not in slots}
    mapped |= {slot: one for slot, one in other.service.evidence.items() if slot in slots}
    kept = {key: one for key, one in side.evidence.items() if key[0] not in slots}
    kept |= {key: one for key, one in other.evidence.items() if key[0] in slots}
    return side._replace(service=side.service.model_copy(update={"evidence": mapped}), evidence=kept)
