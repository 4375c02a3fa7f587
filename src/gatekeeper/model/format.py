"""A format described as data: how its marks, its rows and its figures are found in a file."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StrictBool

from gatekeeper.model.manifest import Manifest, Name, Words, short_form

Expression = Annotated[str, Field(min_length=1, max_length=400)]
"""JMESPath."""


class FormatAbout(Manifest):
    """The format in words, for the page "What is read"."""

    tool: Words
    """The tool that writes it, or the standard."""
    seen: Words
    """The versions whose output was read."""
    source: Words
    """The address of the specification, or of the code that writes it."""
    command: Words | None = None
    """What makes the tool write it."""
    models: Words
    """What of it becomes facts."""
    not_modelled: str = ""
    """What of it does not."""


class Marks(Manifest):
    """What only files of this format have."""

    all: tuple[Expression, ...] = Field(min_length=1)
    """Expressions over the document, or over the first line or row; all must be true."""


class Items(Manifest):
    """How the items of one kind are found, within the items around them."""

    in_: Expression = Field(alias="in")
    """The list of them, or the object, or one of them."""
    key: Name | None = None
    """They are the values of an object: the name of their keys in expressions."""
    nested: Expression | None = None
    """Where such an item has more of its kind."""
    chain: Name | None = None
    """The name of the list of the items around one of them and itself, from the outside in."""
    of: Literal["objects", "values"] = "objects"
    """`values`: they may be texts or numbers."""
    optional: StrictBool = False
    """Whether the list may be missing."""


Unit = Literal["s", "ms", "us", "ns", "min", "pct", "ratio", "iso"]


class Value(Manifest):
    """How one value is found and converted."""

    path: Expression
    """The JMESPath expression that finds it."""
    map: dict[str, Any] | None = None
    """The kind's word for each word of the tool."""
    unit: Unit | None = None
    """The unit in which the tool states it."""
    from_: Literal["text", "number"] | None = Field(default=None, alias="from")
    """`text`: the tool writes numbers as text."""


Valued = Annotated[Value, BeforeValidator(short_form("path"), json_schema_input_type=str | Value)]


class Conditions(Manifest):
    """Why a file cannot be taken as it is: sentences, each with its condition."""

    if_: dict[Words, Expression] = Field(default={}, alias="if")
    """Each sentence holds if the expression is true; texts that it finds are added to the sentence."""
    unless: dict[Words, Expression] = {}
    """Each sentence holds if the expression is not true."""


class FormatSubject(Manifest):
    """What the file is about, by machine identifiers."""

    service: Expression | None = None
    """The name of a service, as an expression finds it."""
    repository: Expression | None = None
    """The address of a repository."""
    image: Expression | None = None
    """The name of a container image."""
    package: Expression | None = None
    """The name of a package."""


class Example(Manifest):
    """A file of the format, and facts that must come out."""

    in_: Words = Field(alias="in")
    """The name of the file, beside the description."""
    facts: dict[str, Any] = Field(min_length=1)
    """Facts that must come out; others are not compared."""


class FormatDescription(Manifest):
    """`NAME.yaml` of a format: it is found by its place, `<kind>/NAME.yaml`."""

    format: Name
    """Its name, as results show it."""
    kind: Name
    """The kind of evidence."""
    about: FormatAbout | None = None
    """What the page "What is read" says about it."""
    reads: Literal["json", "jsonl", "yaml", "csv"]
    """The syntax; `jsonl` is a JSON object on each line."""
    recognise: Marks
    """What only files of this format have."""
    items: dict[
        Name, Annotated[Items, BeforeValidator(short_form("in"), json_schema_input_type=str | Items)]
    ] = {}
    """From the outside in. What the last one yields is a row."""
    fields: dict[Name, Valued] = {}
    """The fields of a row; the kind says which it has."""
    figures: dict[Name, Valued] = {}
    """Single values of the document."""
    produced_at: Valued | None = None
    """When the tool wrote it."""
    tool: Expression | None = None
    """The name of the tool, if the file states it; else `about` does."""
    version: Expression | None = None
    """Of the tool."""
    commit: Expression | None = None
    """The commit that the file is about."""
    subject: FormatSubject | None = None
    """What the file is about."""
    unreadable: Conditions | None = None
    """Why a file of the format cannot be read."""
    absent: Conditions | None = None
    """Why it holds no evidence."""
    partial: Conditions | None = None
    """Why something is missing from it."""
    beside: dict[Name, tuple[str, ...]] = {}
    """For the document or an item: its keys that hold lists or objects without rows in them."""
    looks_at: tuple[Literal["code", "configuration", "dependencies", "licences", "secrets"], ...] = ()
    """At what a scanner looks."""
    example: Example | None = None
    """A file of the format, and facts that must come out."""

    @property
    def outermost(self) -> str | None:
        """The name of the first items, which are found in the document; None without items."""
        return next(iter(self.items), None)

    @property
    def expressions(self) -> Mapping[tuple[str | int, ...], str]:
        """Every expression, by its path in the file."""
        found: dict[tuple[str | int, ...], str] = {
            ("recognise", "all", at): mark for at, mark in enumerate(self.recognise.all)
        }
        for name, step in self.items.items():
            found["items", name] = step.in_
            if step.nested:
                found["items", name, "nested"] = step.nested
        for group in ("fields", "figures"):
            found |= {(group, name): value.path for name, value in getattr(self, group).items()}
        if self.produced_at:
            found["produced_at",] = self.produced_at.path
        single = {"tool": self.tool, "version": self.version, "commit": self.commit}
        found |= {(name,): text for name, text in single.items() if text}
        for name, text in self.subject or ():
            if text:
                found["subject", name] = text
        for group in ("unreadable", "absent", "partial"):
            if conditions := getattr(self, group):
                found |= {(group, "if", why): text for why, text in conditions.if_.items()}
                found |= {(group, "unless", why): text for why, text in conditions.unless.items()}
        return found
