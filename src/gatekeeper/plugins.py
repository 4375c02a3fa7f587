"""Kinds, formats and reporters: what a module of each must offer, and one registry that finds them by name.

Every member is one module. The modules of the program are found in their package, the modules of plugins by
their entry point. A module is imported when it is first used.
"""

from collections.abc import Iterator, Sequence
from functools import cached_property
from importlib import import_module
from pathlib import Path
from pkgutil import ModuleInfo, iter_modules
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from gatekeeper.errors import BrokenPlugin

if TYPE_CHECKING:
    from gatekeeper.collectors.reading.content import Content
    from gatekeeper.model.evidence import Artefact, Collected, Options
    from gatekeeper.model.report import Report
    from gatekeeper.model.screen import Screen

CONTRACT = 1
"""The version of what this module asks of plugins. A plugin may state the version it was written for."""

Part_co = TypeVar("Part_co", covariant=True)


class KindFacts(Protocol):
    """A kind of evidence: the module `facts` of its folder, or the module of a plugin."""

    FACTS: Any
    """The NamedTuple of its facts, each of which may be null. None: the slot's `select` names them."""


class KindReader(Protocol):
    """The reader of a kind: the module `read` of its folder, or the same module of a plugin."""

    def collect(self, artefact: "Artefact", options: "Options") -> "Collected":
        """Return the facts of an artefact.

        What the reader met and does not model is in `Origin.not_understood`, with the facts that depend on
        it: a list or count among them may only grow, or is null. What shows that the artefact is not whole
        is in `Origin.partial`.
        `gatekeeper.testing.check_damage` tests both.

        Raises:
            Unreadable: The artefact is not what it claims to be.
            Absent: The artefact is readable and holds no evidence.
        """
        ...


class Format(Protocol[Part_co]):
    """A file layout that the reader of a kind understands: a module in the folder of the kind."""

    def recognises(self, content: "Content") -> bool:
        """Return whether a file is positively of this format; the format raises nothing here."""
        ...

    def read(self, content: "Content") -> Part_co:
        """Return what the file says, in the type that the reader of the kind merges."""
        ...


class Reporter(Protocol):
    """An output format of `check`.

    If it defines `SHOWS_FORECAST = True`, the report has the forecast; by default, `--details` asks for it.
    """

    def render(self, report: "Report", screen: "Screen") -> str:
        """Return the report as text; the caller writes it."""
        ...


Member = TypeVar("Member")


class Registry(Generic[Member]):
    """The modules of one package, and those that plugins add to it, by name.

    Args:
        package: The package that holds one module a member, or one folder a member where `part` is given.
        group: The group of entry points that plugins use.
        noun: What a member is called in messages.
        offers: The names that every member must define.
        part: The module of a member's folder that is the member; empty where members are modules.
        but: Public modules of the package that are not members.
        prefix: What the names of entry points begin with.
        hyphenated: Whether names have hyphens where the names of modules have underscores.
    """

    def __init__(  # noqa: PLR0913 - each is a keyword
        self,
        package: str,
        *,
        group: str,
        noun: str,
        offers: Sequence[str],
        part: str = "",
        but: Sequence[str] = (),
        prefix: str = "",
        hyphenated: bool = False,
    ) -> None:
        self._package = package
        self._group = group
        self._noun = noun
        self._offers = offers
        self._part = part
        self._but = but
        self._prefix = prefix
        self._hyphenated = hyphenated

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of the members that come with the program, sorted."""
        modules = iter_modules(import_module(self._package).__path__)
        found = (module.name for module in modules if self._is_member(module))
        return tuple(sorted(name.replace("_", "-") if self._hyphenated else name for name in found))

    def _is_member(self, module: ModuleInfo) -> bool:
        if module.name.startswith("_") or module.name in self._but:
            return False
        if not self._part:
            return not module.ispkg
        folder = Path(getattr(module.module_finder, "path", ""), module.name)
        return module.ispkg and (folder / f"{self._part}.py").is_file()

    def find(self, name: str) -> Member | None:
        """Return a member, imported; None if neither the program nor a plugin has it.

        Raises:
            BrokenPlugin: A plugin has it and cannot be used.
        """
        if name in self.names:
            part = f".{self._part}" if self._part else ""
            module = name.replace("-", "_") if self._hyphenated else name
            member: Member = import_module(f"{self._package}.{module}{part}")  # type: ignore[assignment]
            return member
        return next((member for _, member in self._plugins(name)), None)

    def plugins(self) -> Iterator[tuple[str, Member]]:
        """Yield the name and the module of every member that a plugin brings.

        It looks through all installed distributions, which takes longer than a check of a small workspace.
        """
        return self._plugins()

    def _plugins(self, name: str | None = None) -> Iterator[tuple[str, Member]]:
        from importlib.metadata import entry_points

        for entry_point in entry_points(group=self._group):
            own = entry_point.name.removeprefix(self._prefix)
            if (self._prefix and own == entry_point.name) or name not in (None, own):
                continue
            try:
                module = entry_point.load()
                self._check(module)
            except (Exception, SystemExit) as error:
                raise self.broken(own, entry_point.value, error) from error
            yield own, module

    def _check(self, module: object) -> None:
        written_for = getattr(module, "GATEKEEPER_CONTRACT", CONTRACT)
        if repr(written_for) != repr(CONTRACT):
            raise ValueError(f"it is written for plugin contract {written_for!r}, and this is {CONTRACT}")
        for name in self._offers:
            getattr(module, name)

    def broken(self, name: str, module: str, error: BaseException) -> BrokenPlugin:
        """Return the error for a plugin that cannot be used."""
        return BrokenPlugin(
            f"the plugin {module!r} for the {self._noun} {name!r} cannot be loaded: "
            f"{type(error).__name__}: {error}; fix or uninstall it"
        )
