"""Find the format of a file among those of a kind, and read the file in it.

A format is a module in the folder of its kind or a description there, a description of the workspace, or the
module of a plugin under the entry point `<kind>.<format>` of the group `gatekeeper.formats`. Those of the
workspace are asked only if no format of the program recognises the file, and plugins only if none of these
does: they can add a format and cannot replace one.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import cached_property, partial
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from gatekeeper.collectors.reading import descriptions, kubernetes
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.described import DescribedFormat
from gatekeeper.collectors.reading.fields import check_keys
from gatekeeper.collectors.reading.files import each, in_file, opened
from gatekeeper.collectors.reading.ledger import Ledger
from gatekeeper.collectors.reading.merging import by_file
from gatekeeper.collectors.reading.node import Node
from gatekeeper.collectors.reading.structured import Structured, about, read_all
from gatekeeper.collectors.reading.subjects import services
from gatekeeper.model.evidence import (
    FORMATS_OPTION,
    Absent,
    Artefact,
    ArtefactFile,
    Options,
    Origin,
    Unreadable,
    Unrecognised,
)
from gatekeeper.plugins import Format, Registry
from gatekeeper.syntax import SyntaxProblem

GROUP = "gatekeeper.formats"
_OF_JSON = ("json", "jsonl")
NO_OPTIONS: Options = MappingProxyType({})
Part = TypeVar("Part")
Named = tuple[str, Format[Part]]


def is_marked(member: Any, content: Content) -> bool:
    """Return whether content has the marks of a format or a kind, and enough if no slot names the kind."""
    if not member.recognises(content):
        return False
    is_distinct = getattr(member, "is_distinct", None)
    return is_distinct is None or bool(is_distinct(content))


class PluginFormat(Generic[Part]):
    """A format or a kind of a plugin; if it crashes, the artefact is unreadable and the plugin is named."""

    asked = 0
    """How often any plugin was asked in this process: what it answers may depend on anything."""

    def __init__(self, name: str, module: Format[Part]) -> None:
        self._name = name
        self._module = module

    def recognises(self, content: Content) -> bool:
        """Return whether the plugin recognises content; a file that does not parse is not recognised."""
        PluginFormat.asked += 1
        try:
            return self._module.recognises(content)
        except (SyntaxProblem, Unreadable):
            return False
        except (Exception, SystemExit) as error:
            raise self._crashed(error) from error

    def read(self, content: Content) -> Part:
        """Return what the plugin reads."""
        try:
            return self._module.read(content)
        except (Absent, Unreadable, SyntaxProblem):
            raise
        except (Exception, SystemExit) as error:
            raise self._crashed(error) from error

    def _crashed(self, error: BaseException) -> Unreadable:
        what = f"{type(error).__name__}: {error}"
        return Unreadable(f"the plugin format {self._name!r} crashed: {what}; fix or uninstall it")


class Formats(Generic[Part]):
    """The formats of one kind, imported when the first file is read.

    Args:
        kind: The name of the kind, and of its folder.
        must_hold: Raises `Absent` if a file that no format recognises holds no evidence in any of them.
    """

    def __init__(self, kind: str, must_hold: Callable[[Content], None] = lambda _: None) -> None:
        self._kind = kind
        self._must_hold = must_hold
        self._registry = Registry[Format[Part]](
            f"gatekeeper.collectors.{kind}",
            group=GROUP,
            noun=f"format of the kind {kind}",
            offers=(),
            but=("facts", "read"),
            prefix=f"{kind}.",
        )

    @cached_property
    def _modules(self) -> list[Named[Part]]:
        found = ((name, self._registry.find(name)) for name in self._registry.names)
        return [(name, format_) for name, format_ in found if format_ is not None]

    @cached_property
    def _described(self) -> list[tuple[str, DescribedFormat[Part]]]:
        return [(name, descriptions.compiled(text)) for name, text in descriptions.own(self._kind).items()]

    @cached_property
    def _own(self) -> list[Named[Part]]:
        return [*self._modules, *self._described]

    @cached_property
    def _own_besides_json(self) -> list[Named[Part]]:
        others = [named for named in self._described if named[1].description.reads not in _OF_JSON]
        return [*self._modules, *others]

    def _candidates(self, content: Content) -> list[Named[Part]]:
        """Return the formats of the program that content may have: most descriptions are of JSON."""
        if content.is_xml:
            return self._modules
        return self._own if content.is_json else self._own_besides_json

    @cached_property
    def _plugins(self) -> list[Named[Part]]:
        return [(name, self._of_plugin(name, module)) for name, module in self._registry.plugins()]

    def _of_plugin(self, name: str, module: Any) -> Format[Part]:
        """Return the format of a plugin: its module, or the one that its text `DESCRIPTION` describes."""
        try:
            described = getattr(module, "DESCRIPTION", None)
            format_ = descriptions.valid(described, self._kind) if isinstance(described, str) else module
            for function in ("recognises", "read"):
                getattr(format_, function)
        except (AttributeError, SyntaxProblem, ValueError) as error:
            raise self._registry.broken(name, getattr(module, "__name__", name), error) from error
        return PluginFormat(name, format_)

    @staticmethod
    def _of_workspace(options: Options) -> list[Named[Part]]:
        """Return the formats that the options of a slot bring, described by the workspace."""
        return [(name, descriptions.compiled(text)) for name, text in options.get(FORMATS_OPTION, {}).items()]

    def read_each(self, artefact: Artefact, options: Options = NO_OPTIONS) -> list[Part]:
        """Read every file of an artefact, as `files.each` does; the options may bring own formats."""
        return list(each(artefact, lambda file: self.read(file, options)))

    def read(self, file: ArtefactFile, options: Options = NO_OPTIONS) -> Part:
        """Read a file in the one format that recognises it.

        Raises:
            Unreadable: No format recognises the file, or two do.
            Absent: The file is empty, or holds no evidence.
        """
        with in_file(file.name):
            large = Content.large(file)
            if large:
                return self.parse(large, options)
        with opened(file) as data:
            return self.parse(Content(file.name, data), options)

    def parse(self, content: Content, options: Options = NO_OPTIONS) -> Part:
        """Read content in the one format that recognises it; raises as `read` does.

        The `origin` of what is returned has the name of the file.
        """
        format_ = self.find(content, options)
        if format_ is None:
            self._must_hold(content)
            raise Unrecognised(self._unknown(content))
        return _placed(format_.read(content), content.name)

    def names(self, content: Content, *, of_plugins: bool) -> list[str]:
        """Return the names of the formats of the program, or of those of plugins, that recognise content."""
        return self._recognising(content, self._plugins if of_plugins else self._candidates(content))

    def own_names(self, content: Content, options: Options) -> list[str]:
        """Return the names of the workspace's own formats that recognise content."""
        return self._recognising(content, self._of_workspace(options))

    @staticmethod
    def _recognising(content: Content, formats: Iterable[Named[Part]]) -> list[str]:
        found = []
        for name, format_ in formats:
            with suppress(SyntaxProblem, Unreadable):
                found += [name] if is_marked(format_, content) else []
        return found

    def find(self, content: Content, options: Options = NO_OPTIONS) -> Format[Part] | None:
        """Return the one format that recognises content; None if none does.

        Raises:
            Unreadable: Two formats recognise it, or a plugin crashed.
            SyntaxProblem: The file is not JSON, YAML or XML, and no format recognises it.
        """
        problem: SyntaxProblem | Unreadable | None = None
        matches: list[Named[Part]] = []
        for named in self._candidates(content):
            try:
                if named[1].recognises(content):
                    matches.append(named)
            except (SyntaxProblem, Unreadable) as error:
                # A file that one parser refuses may still be of another format.
                problem = problem or error
        if not matches:
            matches = [named for named in self._of_workspace(options) if named[1].recognises(content)]
        if not matches:
            matches = [named for named in self._plugins if named[1].recognises(content)]
        if len(matches) > 1:
            names = " and ".join(name for name, _ in matches)
            raise Unreadable(f"the file matches two formats: {names}")
        if problem and not matches:
            raise problem
        return matches[0][1] if matches else None

    def read_documents(self, artefact: Artefact, options: Options = NO_OPTIONS) -> list[Part]:
        """Read every JSON or YAML document of an artefact; other objects of Kubernetes are skipped.

        The items of a List are documents, and so are the texts of a ConfigMap that has one in these formats.

        Raises:
            Unreadable: No format recognises a document, or any of the objects of Kubernetes in a file.
            Absent: The one file is empty.
        """
        return [part for found in each(artefact, read_all) for part in self._of_file(found, options)]

    def _of_file(self, found: Sequence[Structured], options: Options) -> Iterable[Part]:
        known = partial(self._is_known, options=options)
        return self._parts(list(kubernetes.unwrapped(found, known)), options)

    def _is_known(self, document: Structured, options: Options) -> bool:
        with suppress(SyntaxProblem, Unrecognised):
            return self.find(Content.of(document), options) is not None
        return False

    def _parts(self, found: Sequence[Structured], options: Options) -> Iterable[Part]:
        others = {document for document in found if self._is_other_object(document, options)}
        for document in found:
            if document not in others or len(others) == len(found):
                with about(document):
                    part = self.parse(Content.of(document), options)
                yield part

    def _is_other_object(self, document: Structured, options: Options) -> bool:
        return kubernetes.is_object(document.value) and self.find(Content.of(document), options) is None

    def _unknown(self, content: Content) -> str:
        what = "the file has "
        if content.is_xml:
            what = f"XML with the root <{(content.xml_root or '')[:60]}> has "
        elif content.is_json:
            what = "the JSON has "
        return f"{what}no supported format of the kind {self._kind}; `gatekeeper facts --formats` lists them"


def read_registers(
    artefact: Artefact,
    recognises: Callable[[Content], bool],
    expected: str,
    read: Callable[[Structured], Part],
    ledger: Ledger,
    *keys: str,
) -> tuple[list[Part], tuple[Origin, ...]]:
    """Read each document of a kind whose files people write; they state syntax and perhaps `service`.

    A list or an object under a key of a document that is not one of `keys` is noted in the ledger.

    Raises:
        Unrecognised: A document has no mark of the kind; the reason says what is expected.
        Absent: The one file is empty.
    """
    documents = [document for found in each(artefact, read_all) for document in found]
    for document in documents:
        if (document.value not in ({}, [])) and not recognises(Content.of(document)):
            raise Unrecognised(f"{document.file}: {expected}", document.file)
    parts = []
    for document in documents:
        with in_file(document.file):
            parts.append(read(document))
        if isinstance(document.value, dict):
            with ledger.noting("key"):
                check_keys(Node.of(document), *keys)
    return parts, by_file(
        Origin(document.format, document.file, subjects=services(Content.of(document).fields.get("service")))
        for document in documents
    )


def _placed(part: Part, file: str) -> Part:
    """Return what a format has read, with the file in its origin."""
    origin = getattr(part, "origin", None)
    placed: Part = part._replace(origin=origin._replace(file=file)) if origin else part  # type: ignore[attr-defined]
    return placed
