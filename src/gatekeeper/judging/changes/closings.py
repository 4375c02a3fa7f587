"""Find why something that was open is not any more, and which edits are weakenings because they closed it."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

from gatekeeper.judging.changes.causes import Causes, Results, Side
from gatekeeper.judging.changes.manifest_changes import evidence_weakened, owner_weakened
from gatekeeper.judging.changes.service_matching import ServicePair
from gatekeeper.model.changes import Cause, Change
from gatekeeper.model.evidence import Evidence, EvidenceStatus


class Closings:
    """Finds the cause of each closing, and collects the edits that closed something.

    Args:
        base: The state in which it was open.
        head: The state in which it is not.
        causes: Finds the difference that closed it.
        is_weakened: Whether the plan asks for less, which is reported already.
    """

    def __init__(self, base: Side, head: Side, causes: Causes, *, is_weakened: bool) -> None:
        self._base, self._head, self._causes = base, head, causes
        self._is_weakened = is_weakened
        self._edited: dict[str, list[str]] = defaultdict(list)
        self._by_owner: list[str] = []
        self._reverted: dict[frozenset[str], Results] = {}
        self._known = frozenset(one.sha256 for one in base.evidence.values() if one.sha256) | head.held

    def cause(self, name: str, is_open: Callable[[Results], bool], slots: Iterable[str]) -> Cause:
        """Return why something is closed, a cause of the closed list unless only the date changed.

        Args:
            name: What is closed.
            is_open: Whether it is open in results; true for the base.
            slots: The slots of evidence that affect it.
        """
        cause = self._causes.of(is_open)
        if cause is Cause.PLAN:
            return Cause.WEAKENING if self._is_weakened else Cause.DECLARATION
        if cause is Cause.GOVERNANCE:
            self._by_owner.append(name)
            return Cause.WEAKENING
        edited = self._edited_slots(slots) if cause is Cause.ARTEFACT else []
        if not edited or not is_open(self._without(frozenset(edited))):
            return cause
        if all(self._is_first(slot) for slot in edited):
            return Cause.DECLARATION
        for slot in edited:
            self._edited[slot].append(name)
        return Cause.WEAKENING

    def weakenings(self, pair: ServicePair) -> Iterator[Change]:
        """Yield the edits that closed something and are neither new evidence nor the act of a person."""
        for slot, closed in self._edited.items():
            states = [
                (one.sha256, one.collected_at, one.commit, one.status) if one else None
                for one in self._evidence(slot)
            ]
            yield evidence_weakened(pair, slot, self._edit(slot) or "", states, closed)
        if self._by_owner:
            yield owner_weakened(pair, self._by_owner)

    def _edited_slots(self, slots: Iterable[str]) -> list[str]:
        """Return the slots whose mapping was edited, without those that have new bytes."""
        return [slot for slot in sorted(set(slots)) if self._differs(slot) and self._edit(slot)]

    def _without(self, slots: frozenset[str]) -> Results:
        """Judge the head with the evidence that the base has for these slots."""
        if slots not in self._reverted:
            kept = {key: one for key, one in self._head.evidence.items() if key[0] not in slots}
            base = {key: one for key, one in self._base.evidence.items() if key[0] in slots}
            reverted = self._head._replace(evidence=kept | base)
            self._reverted[slots] = reverted.judged(self._causes.rulebook)
        return self._reverted[slots]

    def _differs(self, slot: str) -> bool:
        mapped = (side.service.evidence.get(slot) for side in (self._base, self._head))
        before, after = self._evidence(slot)
        return before != after or len(set(mapped)) > 1

    def _edit(self, slot: str) -> str | None:
        """Return how a slot was edited without new evidence; None if it has new bytes."""
        before, after = self._evidence(slot)
        if after is None or after.status is not EvidenceStatus.OK:
            return f"the evidence of `{slot}` is gone"
        if before and after.sha256 and after.sha256 == before.sha256:
            return f"`{slot}` has another date or commit and the same bytes"
        if after.sha256 in self._known:
            return f"`{slot}` is read from {after.path}, whose bytes the base holds already"
        return None

    def _is_first(self, slot: str) -> bool:
        """Return whether a slot is mapped, dated or given a commit for the first time."""
        before, after = self._evidence(slot)
        if after is None or after.status is not EvidenceStatus.OK:
            return False
        if slot not in self._base.service.evidence:
            return True
        return before is not None and all(
            getattr(before, name) in given
            for name, given in (
                ("sha256", (after.sha256,)),
                ("collected_at", (None, after.collected_at)),
                ("commit", (None, after.commit)),
            )
        )

    def _evidence(self, slot: str) -> tuple[Evidence | None, Evidence | None]:
        return self._base.evidence.get((slot, ())), self._head.evidence.get((slot, ()))
