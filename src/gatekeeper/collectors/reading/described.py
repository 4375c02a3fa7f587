"""Formats described as data: from a description to what a kind reads.

A description is YAML in the folder of its kind, in a workspace's `gates/formats/<kind>/`, or in a plugin. It
is compiled once, and here a file of the format becomes rows, figures and an origin. The adapter of the kind,
its module `_described`, makes its report of them.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cached_property
from typing import Any, Generic, Protocol, TypeVar

from gatekeeper.collectors.reading import subjects
from gatekeeper.collectors.reading.compiled import Plan, RowTypes
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.expression_compiler import Compiler, Getter, is_true
from gatekeeper.collectors.reading.expressions import TooMuchWork
from gatekeeper.collectors.reading.figures import shown
from gatekeeper.collectors.reading.one_line import one_line
from gatekeeper.collectors.reading.rows import Row, UnknownLists, Walk, place_of
from gatekeeper.collectors.reading.structured import Structured
from gatekeeper.collectors.reading.values import Convert, Field, Unmapped
from gatekeeper.model.evidence import Absent, Origin, Subject, Unreadable
from gatekeeper.model.format import FormatDescription
from gatekeeper.syntax.json import Json

__all__ = ["Adapter", "Described", "DescribedFormat", "Field", "Row"]

_MOST_TEXTS = 3
Part_co = TypeVar("Part_co", covariant=True)


class Adapter(RowTypes, Protocol[Part_co]):
    """What the module `_described` of a kind offers: which rows the kind reads, and what it makes of them."""

    def part(self, described: "Described") -> Part_co:
        """Return the report of a file."""
        ...


class DescribedFormat(Generic[Part_co]):
    """A format whose description is compiled; it offers what the module of a format offers.

    Args:
        description: A valid description.
        adapter: That of its kind.
    """

    def __init__(self, description: FormatDescription, adapter: Adapter[Part_co]) -> None:
        self.description = description
        self.adapter = adapter
        self.compiler = Compiler()

    @cached_property
    def _marks(self) -> list[Getter]:
        return [self.compiler.compile(mark) for mark in self.description.recognise.all]

    @cached_property
    def plan(self) -> Plan:
        """What is compiled when the first file of the format is read."""
        return Plan(self.description, self.adapter, self.compiler)

    def recognises(self, content: Content) -> bool:
        """Return whether a file has all marks."""
        first = _first(content, self.description.reads)
        if first is None:
            return False
        self.compiler.refill()
        try:
            for mark in self._marks:
                if not is_true(mark(first)):
                    return False
        except TooMuchWork:
            return False
        return True

    def read(self, content: Content) -> Part_co:
        """Return what the adapter of the kind makes of a file.

        Raises:
            Unreadable: A value has a wrong type, a list is missing, or reading takes too much work.
            Absent: It holds no evidence.
        """
        self.compiler.refill(content.size)  # the work is linear, unless an expression makes it quadratic
        described = Described(self.plan, content)
        try:
            part = self.adapter.part(described)
        except TooMuchWork as error:
            raise Unreadable(f"the format {self.description.format}: {error}") from None
        described.finish()
        return part


def _first(content: Content, reads: str) -> Json:
    """Return what the marks are looked for in; None if the file has another syntax."""
    match reads:
        case "json":
            return content.json if content.is_json and not content.is_lines else None
        case "jsonl":
            return content.first
        case "csv":
            return content.first_record
        case _:
            return (
                None
                if content.is_xml or content.is_lines or len(content.documents) != 1
                else content.document.value
            )


def _documents(content: Content, reads: str) -> Iterator[Structured]:
    match reads:
        case "json":
            yield content.json_document
        case "jsonl":
            yield from content.stream()
        case "csv":
            yield from content.records()
        case _:
            yield content.document


class Described:
    """A file of a described format: its rows, its figures, and what it states about itself."""

    def __init__(self, plan: Plan, content: Content) -> None:
        self._plan = plan
        self._content = content
        self._lists = UnknownLists(plan.doubts)
        self._figures: dict[str, Any] = {}
        self._texts: dict[str, str] = {}
        self._times: list[datetime] = []
        self._subjects: dict[Subject, None] = {}
        self._met: dict[str, tuple[str, ...]] = {}
        """The sentences whose condition was true somewhere, each with the texts that it found."""
        self.unmapped_figures: dict[str, str] = {}
        self._rest = self._read()

    @property
    def description(self) -> FormatDescription:
        """The description of the format."""
        return self._plan.description

    @property
    def file(self) -> str:
        """The name of the file."""
        return self._content.name

    @property
    def rows(self) -> Iterator[Row]:
        """The rows; they are read once."""
        return self._rest

    @property
    def figures(self) -> Mapping[str, Any]:
        """The figures by name, without those that the file does not state. Rows that are left are read."""
        self.finish()
        return self._figures

    @property
    def tool(self) -> str:
        """The tool that wrote it, by the description."""
        self.finish()
        about = self.description.about
        return self._texts.get("tool") or (about.tool if about else self.description.format)

    @property
    def version(self) -> str | None:
        """The version of the tool, as the file states it."""
        self.finish()
        return self._texts.get("version")

    def origin(self, items: int | None = None) -> Origin:
        """Return what the file states about itself."""
        self.finish()
        partial = tuple(
            one_line(": ".join(filter(None, (why, ", ".join(self._met.get(why, ()))))))
            for why, _, if_true in self._plan.partial
            if (why in self._met) is if_true
        )
        return Origin(
            self.description.format,
            self.file,
            f"{self.tool} {self._texts.get('version', '')}".strip(),
            produced_at=min(self._times, default=None),
            commit=self._texts.get("commit"),
            subjects=tuple(self._subjects),
            partial=partial,
            not_understood=self._lists.places(),
            items=items,
        )

    def finish(self) -> None:
        """Read what is left of the file."""
        for _ in self._rest:
            pass

    def _read(self) -> Iterator[Row]:
        reads, plan = self.description.reads, self._plan
        is_whole = reads in ("json", "yaml")
        first: Structured | None = None
        for document in _documents(self._content, reads):
            first = first or document
            if type(document.value) is not type(first.value):
                found, expected = shown(document.value), shown(first.value)
                raise Unreadable(f"{place_of(document, ())}it is {found}, and the first line is {expected}")
            plan.spend(plan.work_on_document)
            self._take(document)
            if is_whole:
                self._refuse()
            yield from Walk(plan, document, self._lists).rows()
        if not is_whole:
            self._refuse()

    def _take(self, document: Structured) -> None:
        """Keep what a document, or a line, says besides its rows."""
        plan, value = self._plan, document.value
        for name, get, convert in plan.figures:
            if (found := plan.stated(get(value))) is not None:
                self._figure(name, found, convert, document)
        for get, convert in plan.times:
            if (found := plan.stated(get(value))) is not None:
                self._times.append(_converted(convert, found, document))
        self._take_names(value)
        for why, get, _ in (*plan.unreadable, *plan.absent, *plan.partial):
            if why not in self._met and is_true(found := get(value)):
                self._met[why] = _first_texts(found)

    def _take_names(self, value: Json) -> None:
        for name, get in self._plan.texts.items():
            if isinstance(found := get(value), str) and found.strip():
                self._texts.setdefault(name, found)
        for name, get in self._plan.subjects.items():
            found = get(value)
            for subject in _SUBJECTS[name](*(found if isinstance(found, list) else [found])):
                self._subjects[subject] = None

    def _figure(self, name: str, found: Any, convert: Convert, document: Structured) -> None:
        value = _converted(convert, found, document)
        if isinstance(value, Unmapped):
            self.unmapped_figures[name] = value.word
        elif self._plan.of_text and self._figures.get(name, value) != value:
            stated = f"{shown(self._figures[name])} and {shown(value)}"
            raise Unreadable(f"{place_of(document, ())}{name} is stated twice: {stated}")
        else:
            self._figures[name] = value

    def _refuse(self) -> None:
        for error, conditions in ((Unreadable, self._plan.unreadable), (Absent, self._plan.absent)):
            for why, _, if_true in conditions:
                if (why in self._met) is if_true:
                    raise error(why)


def _first_texts(found: Any) -> tuple[str, ...]:
    listed = found if isinstance(found, list) else [found]
    return tuple(one for one in listed if isinstance(one, str) and one)[:_MOST_TEXTS]


def _converted(convert: Convert, found: Any, document: Structured) -> Any:
    try:
        return convert(found)
    except Unreadable as flaw:
        raise Unreadable(f"{place_of(document, ())}{flaw}") from None


_SUBJECTS = {
    "service": subjects.services,
    "repository": subjects.repositories,
    "image": subjects.images,
    "package": subjects.packages,
}
