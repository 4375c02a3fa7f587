"""What is known about evidence, in words."""

from datetime import UTC, datetime

import pytest

from builders.judging import service
from gatekeeper.model.evidence import (
    Evidence,
    EvidenceStatus,
    Finding,
    NotUnderstood,
    Part,
    Subject,
    SubjectType,
)
from gatekeeper.model.status import Basis
from gatekeeper.reporters.wording.provenance import MOST_PLACES, compared, flaws, known_about

OLD, NEW = (datetime(2026, 11, day, tzinfo=UTC) for day in (2, 18))
SHOP = Subject(SubjectType.SERVICE, "shop")


def evidence(*parts: Part, basis: Basis = Basis.ARTEFACT) -> Evidence:
    return Evidence("tests", EvidenceStatus.OK, path="reports", facts={}, parts=parts, basis=basis)


def part(path: str = "a.xml", **known: object) -> Part:
    return Part(path, format="junit")._replace(**known)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ([part()], "junit; undated; subject unchecked; whole"),
        (
            [part(producer="vitest 3.2.1", produced_at=NEW, produced_at_basis=Basis.ARTEFACT)],
            "junit by vitest 3.2.1; of 2026-11-18, stated by the file; subject unchecked; whole",
        ),
        (
            [
                part(
                    produced_at=NEW,
                    produced_at_basis=Basis.TYPED,
                    commit="c0ffee1",
                    commit_basis=Basis.TYPED,
                )
            ],
            "junit; of 2026-11-18 and commit c0ffee1, typed in the manifest; subject unchecked; whole",
        ),
        (
            [
                part(
                    produced_at=NEW,
                    produced_at_basis=Basis.ARTEFACT,
                    commit="c0ffee1",
                    commit_basis=Basis.RECORD,
                    subjects=(SHOP,),
                    subjects_basis=Basis.ARTEFACT,
                    partial=("3 of 5 shards",),
                )
            ],
            (
                "junit; of 2026-11-18, stated by the file; commit c0ffee1, by a record; "
                "subject shop, stated by the file; partial"
            ),
        ),
        (
            [
                part(produced_at=NEW, produced_at_basis=Basis.ARTEFACT, commit="aaaaaaa"),
                part("b.xml", produced_at=OLD, produced_at_basis=Basis.TYPED),
            ],
            (
                "2 parts; junit; oldest of 2026-11-02, typed in the manifest; commit aaaaaaa, unknown; "
                "subject unchecked; whole"
            ),
        ),
        (
            [part(produced_at=NEW, produced_at_basis=Basis.ARTEFACT), part("b.xml")],
            "2 parts; junit; 1 of 2 undated; subject unchecked; whole",
        ),
    ],
)
def test_it_says_what_is_known_and_who_says_so(parts: list[Part], words: str) -> None:
    assert known_about(evidence(*parts)) == words


def test_a_subject_is_unchecked_if_the_service_states_nothing_of_its_type() -> None:
    image = part(subjects=(Subject(SubjectType.IMAGE, "acme/shop"),), subjects_basis=Basis.ARTEFACT)
    types = compared(service(), None)
    assert "subject acme/shop, stated by the file, unchecked" in known_about(evidence(image), types)
    stated = compared(service(identity="{images: [acme/shop]}"), "https://forge.example/acme/{service}")
    assert stated == types | {SubjectType.IMAGE, SubjectType.REPOSITORY}
    assert "unchecked" not in known_about(evidence(image), stated)
    assert "unchecked" not in known_about(evidence(part(subjects=(SHOP,))), types)


def test_a_record_is_named() -> None:
    assert "recorded by the service's CI" in known_about(evidence(part(), basis=Basis.RECORD))


def test_what_was_not_read_has_only_its_status() -> None:
    assert known_about(Evidence("tests", EvidenceStatus.UNREADABLE, "broken", "a.xml")) == "unreadable"


def test_flaws_are_placed() -> None:
    place = NotUnderstood(Finding("`oneOf` in a parameter", "api.yaml", 12), frozenset({"breaking"}))
    parts = part(partial=("the run was interrupted",)), part("b.xml", not_understood=(place,))
    assert flaws(evidence(*parts)) == [
        "partial: the run was interrupted (a.xml)",
        "not understood: `oneOf` in a parameter  api.yaml:12; it decides breaking",
    ]


def test_many_flaws_are_counted() -> None:
    parts = [part(f"{number}.xml", partial=("interrupted",)) for number in range(MOST_PLACES + 2)]
    assert len(flaws(evidence(*parts))) == MOST_PLACES + 1
    assert flaws(evidence(*parts))[-1] == "and 2 more"


def test_nothing_special_needs_no_line() -> None:
    assert flaws(evidence(part(), part("b.xml"))) == []
