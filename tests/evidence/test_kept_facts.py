"""What comes out of the cache is exactly what was collected; nothing else is kept."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.artefacts import FIXTURES, tree
from builders.flaws import FLAWS
from gatekeeper import collectors
from gatekeeper.cache.store import Store, open_store
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.recognition import PluginFormat
from gatekeeper.collectors.tests import facts as of_tests
from gatekeeper.evidence import kept_facts
from gatekeeper.evidence.kept_facts import is_same
from gatekeeper.model.evidence import (
    Absent,
    Artefact,
    ArtefactFile,
    Collected,
    Finding,
    Kind,
    NotUnderstood,
    Options,
    Origin,
    Subject,
    SubjectType,
    Unreadable,
    Unrecognised,
)
from gatekeeper.model.moment import UNSTATED

REPORT = tree({"report.xml": b"<testsuite><testcase name='a'/></testsuite>"})
NEVER_KEPT = {"quality_gate/sonarqube.json"}
"""The verdict is of a type of its own."""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(tmp_path / "cache")
    assert store is not None
    with closing(store):
        yield store


def digests(artefact: Artefact) -> dict[str, str]:
    return {file.name: sha256(file.read()).hexdigest() for file in artefact.files}


def ask(
    store: Store,
    read: Callable[[], Collected],
    kind: str = "tests",
    artefact: Artefact = REPORT,
    **options: Any,
) -> object:
    """What a reader collects or raises, through the cache."""
    try:
        return kept_facts.collected(store, kind, artefact, digests(artefact), options, read)
    except (Absent, Unreadable) as reason:
        return type(reason), str(reason)


def is_kept(store: Store, outcome: object, **options: Any) -> bool:
    """Whether an outcome of a reader is found the second time; it is the same both times."""
    times = 0

    def read() -> Any:
        nonlocal times
        times += 1
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    first = ask(store, read, **options)
    store.commit()
    assert is_same(ask(store, read, **options), first)
    return times == 1


def outcome_of(kind: Kind, artefact: Artefact, options: Options) -> Collected | Absent | Unreadable:
    try:
        return kind.collect(artefact, options)
    except (Absent, Unreadable) as reason:
        return reason


def artefacts() -> Iterator[Any]:
    for kind in collectors.KINDS.names:
        for file in sorted((FIXTURES / kind).rglob("*")):
            if file.is_file():
                yield pytest.param(kind, file, id=f"{kind}-{file.name}")


@pytest.mark.parametrize(("kind", "file"), list(artefacts()))
def test_the_facts_of_every_format_come_back(kind: str, file: Path, tmp_path: Path) -> None:
    artefact = tree({file.name: file.read_bytes()})
    options = {"select": {"value": "@"}} if kind == "json" else {}
    found = collectors.find(kind)
    assert found is not None
    outcome = outcome_of(found, artefact, options)
    encoded = kept_facts.encoded(found, outcome)
    assert (encoded is None) == (f"{kind}/{file.name}" in NEVER_KEPT or isinstance(outcome, Unrecognised))
    if encoded is not None and isinstance(outcome, Collected):
        assert is_same(kept_facts.decoded(found, encoded), outcome)


@pytest.mark.parametrize("label", FLAWS)
def test_the_facts_of_flawed_artefacts_come_back(label: str) -> None:
    flawed, kind = FLAWS[label], collectors.find(label.partition(":")[0].partition("/")[0])
    assert kind is not None
    artefact = tree({flawed.name: flawed.content, **flawed.beside})
    outcome = outcome_of(kind, artefact, flawed.options or {})
    encoded = kept_facts.encoded(kind, outcome)
    if encoded is not None and isinstance(outcome, Collected):
        assert is_same(kept_facts.decoded(kind, encoded), outcome)


FINDINGS = st.builds(
    Finding,
    st.text(),
    st.none() | st.text(),
    st.none() | st.integers(0, 10**9),
    st.none() | st.text(),
)
NAMES = st.none() | st.lists(st.text()).map(tuple)
TIMES = st.datetimes(timezones=st.sampled_from([UTC, UNSTATED, timezone(timedelta(hours=2)), None]))
ORIGINS = st.builds(
    Origin,
    st.text(),
    st.none() | st.text(),
    st.none() | st.text(),
    st.none() | TIMES,
    st.none() | st.text(),
    st.lists(st.builds(Subject, st.sampled_from(SubjectType), st.text()), max_size=3).map(tuple),
    st.lists(st.text(), max_size=3).map(tuple),
    st.lists(st.builds(NotUnderstood, FINDINGS, st.frozensets(st.text())), max_size=3).map(tuple),
    st.none() | st.integers(0, 10**9),
)


@given(
    facts=st.fixed_dictionaries({"passed": NAMES, "failed": st.none() | st.lists(FINDINGS).map(tuple)}),
    origins=st.lists(ORIGINS, max_size=3).map(tuple),
)
def test_any_facts_come_back_or_are_not_kept(facts: Mapping[str, Any], origins: tuple[Origin, ...]) -> None:
    kind = collectors.find("tests")
    assert kind is not None
    outcome = Collected(of_tests.TestsFacts()._replace(**facts), origins)
    encoded = kept_facts.encoded(kind, outcome)
    assert encoded is None or is_same(kept_facts.decoded(kind, encoded), outcome)


def test_more_findings_than_a_record_places_come_back_with_their_places(store: Store) -> None:
    failed = tuple(Finding(f"test {number}", "a.py", number) for number in range(1_000))
    assert is_kept(store, Collected(of_tests.TestsFacts(failed=failed), (Origin("JUnit"),)))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, 1.0),
        (1, True),
        (0.0, -0.0),
        ((), []),
        ((1, 2), (1,)),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UNSTATED)),
        (datetime(2026, 1, 1, 2, tzinfo=timezone(timedelta(hours=2))), datetime(2026, 1, 1, tzinfo=UTC)),
        (Subject(SubjectType.IMAGE, "a"), (SubjectType.IMAGE, "a")),
        (SubjectType.IMAGE, "image"),
    ],
)
def test_what_differs_only_in_type_order_or_zone_is_not_the_same(one: object, other: object) -> None:
    assert is_same(one, one)
    assert is_same([other], [other])
    assert not is_same([one], [other])


COLLECTED = Collected(of_tests.TestsFacts(passed=("a",)), (Origin("JUnit"),))


@pytest.mark.parametrize("outcome", [COLLECTED, Absent("no tests"), Unreadable("line 1: what is this")])
def test_what_the_artefact_decides_is_kept(store: Store, outcome: object) -> None:
    assert is_kept(store, outcome)


def caused(error: BaseException, *, stated: bool) -> Unreadable:
    """A refusal that was raised because of another error, or while it was handled."""
    refusal = Unreadable("refused")
    refusal.__context__ = error
    refusal.__cause__ = error if stated else None
    return refusal


@pytest.mark.parametrize(
    "outcome",
    [
        caused(OSError(5, "an error of the disk"), stated=False),
        caused(RecursionError(), stated=False),
        caused(MemoryError(), stated=False),
        caused(ModuleNotFoundError(), stated=False),
        caused(ValueError("a crash"), stated=True),
        caused(Unrecognised("perhaps another kind"), stated=False),
        Unrecognised("perhaps another kind"),
        Unreadable("password=hunter2hunter2"),
        Collected(of_tests.TestsFacts(passed=("AKIA" + "A" * 16,)), (Origin("JUnit"),)),
        Collected(of_tests.TestsFacts(passed=(b"bytes",)), (Origin("JUnit"),)),  # type: ignore[arg-type]
    ],
)
def test_what_something_else_may_decide_is_not_kept(store: Store, outcome: object) -> None:
    assert not is_kept(store, outcome)


def test_an_answer_for_which_a_plugin_was_asked_is_not_kept(store: Store) -> None:
    times: list[int] = []

    def read() -> Collected:
        times.append(1)
        with suppress(Unreadable):
            PluginFormat[object]("plugin", object()).recognises(Content("", b""))  # type: ignore[arg-type]
        return COLLECTED

    ask(store, read)
    ask(store, read)
    assert len(times) == 2


def test_the_answer_of_a_kind_of_a_plugin_is_not_kept(store: Store) -> None:
    assert not is_kept(store, COLLECTED, kind="a-plugin")


def test_an_option_that_has_no_text_is_not_looked_up(store: Store) -> None:
    assert not is_kept(store, COLLECTED, include={1})
    assert is_kept(store, COLLECTED, include=["a"])
    assert is_kept(store, COLLECTED, include=["b"])


def test_another_name_content_or_kind_is_another_artefact(store: Store) -> None:
    assert is_kept(store, COLLECTED)
    assert is_kept(store, COLLECTED, artefact=tree({"report.xml": b"<testsuite/>"}))
    assert is_kept(store, COLLECTED, artefact=tree({"report2.xml": REPORT.files[0].read()}))
    assert is_kept(store, COLLECTED, artefact=REPORT._replace(path="other"))
    assert is_kept(store, Absent("no tests"), kind="coverage")


@pytest.mark.parametrize(("later", "kept"), [(b"a", True), (b"b", False), (None, False)])
def test_a_large_file_that_changes_while_it_is_read_is_not_kept(
    store: Store, later: bytes | None, kept: bool
) -> None:
    def stream() -> BytesIO:
        if later is None:
            raise Unreadable("it cannot be read any more")
        return BytesIO(later * 2_000_000)

    file = ArtefactFile("log", lambda: b"a" * 2_000_000, stream=stream)
    assert is_kept(store, COLLECTED, artefact=Artefact("log", (file,))) == kept


def test_a_small_file_is_read_once_and_need_not_be_looked_at_again(store: Store) -> None:
    file = ArtefactFile("log", lambda: b"a", stream=lambda: BytesIO(b"b"))
    assert is_kept(store, COLLECTED, artefact=Artefact("log", (file,)))


def test_without_a_cache_everything_is_read() -> None:
    assert kept_facts.collected(None, "tests", REPORT, {}, {}, lambda: COLLECTED) == COLLECTED
