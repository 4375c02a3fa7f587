"""What is known about evidence in words: its parts, and where date, commit and subject come from."""

from collections.abc import Collection, Iterable, Iterator

from gatekeeper.model.evidence import Evidence, EvidenceStatus, Part, SubjectType, formats_of
from gatekeeper.model.service import Service
from gatekeeper.model.status import Basis, weakest
from gatekeeper.reporters.wording.counts import first_few
from gatekeeper.reporters.wording.outcomes import located

MOST_PLACES = 5
"""How many flaws of the parts of one artefact a screen lists."""
_FEW = 3
_BASIS = {
    Basis.ARTEFACT: "stated by the file",
    Basis.RECORD: "by a record",
    Basis.TYPED: "typed in the manifest",
}
_RECORDED = {Basis.RECORD: "recorded", Basis.SIGNED_RECORD: "recorded and signed"}


Compared = frozenset[SubjectType]
"""The types of subjects that a service states or derives for itself; others are not compared."""


def compared(service: Service, repository: str | None) -> Compared:
    """Return the types of subjects that are compared; `repository` is the template of the workspace."""
    of, types = service.identity, {SubjectType.SERVICE}
    types |= {SubjectType.REPOSITORY} if of.repository or repository else set()
    return frozenset(types | ({SubjectType.IMAGE} if of.images else set()))


def known_about(seen: Evidence, checked: Compared | None = None) -> str:
    """Return what is known about an artefact: `lcov; of 2026-11-18, stated by the file; whole`.

    Args:
        seen: The artefact.
        checked: The types of subjects that were compared; None if the artefact is of no service.
    """
    if seen.status is not EvidenceStatus.OK:
        return str(seen.status)
    parts = seen.parts
    told = [f"{len(parts):,} parts"] if len(parts) > 1 else []
    told += filter(None, [_read_as(parts), _recorded(seen)])
    date, of_date = _date(seen)
    commit, of_commit = _commit(parts)
    if of_date and of_date == of_commit:
        told.append(f"{date} and {commit}, {of_date}")
    else:
        told += [", ".join(filter(None, one)) for one in ((date, of_date), (commit, of_commit)) if one[0]]
    if seen.is_flaky:
        told.append(f"passed on attempt {len(seen.attempts) + 1}, failed before on the same commit")
    return "; ".join([*told, _subject(parts, checked), _whole(parts)])


def flaws(seen: Evidence, facts: Collection[str] | None = None) -> list[str]:
    """Return why parts are not whole, and the places on which these facts depend; None: all places."""
    told = list(dict.fromkeys(_flaws(seen, facts)))
    more = [f"and {len(told) - MOST_PLACES:,} more"] if len(told) > MOST_PLACES else []
    return told[:MOST_PLACES] + more


def _flaws(seen: Evidence, facts: Collection[str] | None) -> Iterator[str]:
    for part in seen.parts:
        of = f" ({part.path})" if part.path and len(seen.parts) > 1 else ""
        yield from (f"partial: {why}{of}" for why in part.partial)
        for one in part.not_understood:
            if facts is not None and one.touches.isdisjoint(facts):
                continue
            touched = f"; it decides {', '.join(sorted(one.touches))}" if one.touches else ""
            yield f"not understood: {located(one.place)}{touched}"


def _recorded(seen: Evidence) -> str:
    by = f", pipeline {seen.pipeline}" if seen.pipeline else ""
    how = _RECORDED.get(seen.basis)
    return f"{how} by the service's CI{by}" if how else ""


def _read_as(parts: Iterable[Part]) -> str:
    by = first_few(sorted({part.producer for part in parts if part.producer}), _FEW)
    formats = formats_of(parts)
    return f"{formats} by {by}" if by else formats


def _date(seen: Evidence) -> tuple[str, str | None]:
    undated = sum(part.produced_at is None for part in seen.parts)
    if seen.produced_at is None:
        return "undated" if undated == len(
            seen.parts
        ) else f"{undated:,} of {len(seen.parts):,} undated", None
    when = f"of {seen.produced_at.date()}"
    several = len({part.produced_at for part in seen.parts}) > 1
    return f"oldest {when}" if several else when, _stated_by(part.produced_at_basis for part in seen.parts)


def _commit(parts: Iterable[Part]) -> tuple[str, str | None]:
    commits = list(dict.fromkeys(part.commit for part in parts))
    if commits == [None]:
        return "", None
    named = first_few([commit or "unknown" for commit in commits], _FEW)
    return f"commit {named}", _stated_by(part.commit_basis for part in parts)


def _subject(parts: Iterable[Part], checked: Compared | None) -> str:
    names = list(dict.fromkeys(subject.name for part in parts for subject in part.subjects))
    if not names:
        return "subject unchecked"
    types = {subject.type for part in parts for subject in part.subjects}
    doubt = "unchecked" if checked is not None and checked.isdisjoint(types) else None
    basis = _stated_by(part.subjects_basis for part in parts)
    return ", ".join(filter(None, [f"subject {first_few(names, _FEW)}", basis, doubt]))


def _whole(parts: Iterable[Part]) -> str:
    return "partial" if any(part.partial for part in parts) else "whole"


def _stated_by(bases: Iterable[Basis | None]) -> str | None:
    basis = weakest(bases)
    return _BASIS.get(basis) if basis else None
