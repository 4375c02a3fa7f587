"""C#: namespaces that directives import, and names that are written in full.

What is imported is the name as it is written: `OpenAI.Chat` of `using OpenAI.Chat;`, `using static`, an alias
with what it is for, `global::OpenAI.ChatClient` and `OpenAI.Chat.ChatClient` in code, and the plain text that
`Type.GetType` or `Assembly.Load` is given. NuGet packages are not read: one may have any namespaces.
Namespaces of .NET are listed like others: `System.*`, or `std` for all of these.

A project imports for all its files: `global using`, `<Using Include>` and `<ImplicitUsings>` of the `.csproj`
and of `Directory.Build.props`. So a project file that imports counts like a file of the code. Without a
project file in the tree, what a file imports through it is not understood.

A name in code counts as one of a namespace if it begins like a namespace that the tree imports, or like a
NuGet package that it uses; a name that a slot lists counts however it begins. A namespace that the tree
declares and that begins like .NET or a NuGet package may be of either.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from gatekeeper.collectors.formats.grammar import Grammar, content, source_text
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.source._dotted import DOTTED, NAME, DottedCode, DottedTree, Syntax, naming, written
from gatekeeper.collectors.source._language import Selects
from gatekeeper.collectors.source._parsed import Imported, ParsedFile, WrittenImport
from gatekeeper.model.evidence import ArtefactFile

if TYPE_CHECKING:
    from tree_sitter import Node

ABOUT = About(
    tool="C#, which people write",
    seen="what tree-sitter-c-sharp 0.23 parses; the rest of a file is read as plain text",
    source="https://learn.microsoft.com/dotnet/csharp/language-reference/keywords/using-directive",
    command=None,
    recognised="the ending `.cs`",
    models="files with code, imports, also of projects, names of namespaces in code, types loaded by a plain "
    "name, tests",
    not_modelled="types loaded by a computed name and calls of language models, which are not understood",
)

EXTENSIONS: Mapping[str, str] = {"cs": "c#"}
_GRAMMAR = Grammar("tree_sitter_c_sharp", extra="languages")
GRAMMARS: Mapping[str, Grammar] = {"cs": _GRAMMAR}

_QUALIFIED = rb"%b(?:\s*+(?:\.|::)\s*+%b)*+" % (NAME, NAME)
_USING = re.compile(
    rb"(?<![\w.$@])using\s++(?:(?:static|unsafe)\s++)*+(?:(?P<alias>%b)\s*+=\s*+)?(?P<name>%b)\s*+(?=[;<\[?*])"
    % (NAME, _QUALIFIED)
)
_ALIAS = re.compile(rb"(?<![\w.$@])extern\s++alias\s++(%b)" % NAME)
_NAMESPACE = re.compile(rb"(?<![\w.$@])namespace\s++(%b)" % DOTTED)
_HEAD = re.compile(rb"%b|%b|%b" % (_USING.pattern, _ALIAS.pattern, _NAMESPACE.pattern))
_DECLARED = re.compile(
    rb"(?<![\w.$@])(?:class|interface|struct|enum|record)\s++(%b)"
    rb"|(?<![\w.$@])delegate\s++[^;(){}=]{1,200}?(%b)\s*+(?:<[^<>()]{0,200}>\s*+)?\(" % (NAME, NAME)
)
_EXTENSION = re.compile(rb"\(\s*+this\s|(?<![\w.$@])extension\s*+[<(]")
"""A method or a block that extends a type: a call of it does not name its class."""
_FUNCTION = re.compile(rb"(%b)\s*+(?:<[^<>()]{0,200}>\s*+)?\(" % NAME)
_LOADS = re.compile(
    rb"\.\s*+GetType\b(?!\s*+\(\s*+\))(?:\s*+\()?"
    rb"|\bAssembly\s*+\.\s*+(?:Load|LoadFrom|LoadFile|LoadWithPartialName|UnsafeLoadFrom|ReflectionOnlyLoad)\b"
    rb"(?:\s*+\((?:\s*+new\s++AssemblyName\s*+\()?)?"
    rb"|\.\s*+(?:LoadFromAssemblyName|LoadFromAssemblyPath|LoadFromStream|CreateInstanceAndUnwrap)\b(?:\s*+\()?"
    rb"|using\s++static\s++System\s*+\.\s*+Type\b"
    rb"|\bActivator\s*+\.\s*+CreateInstance(?:From)?\s*+\((?=\s*+\")"
)
_MOST_NESTED = 20
"""The most namespaces of a file that may be nested in each other."""

_GLOBAL_USING = re.compile(rb"(?m)^\s*+global\s++using\b")
_BEGINS_LIKE = re.compile(rb"using\s++(?:static\s++)?(?:[\w@]++\s*+=\s*+)?(?:global::)?(\w++)[\w.]*+\s*+[;<]")
_PACKAGE_ID = re.compile(
    rb"<Package(?:Reference|Version)\s[^>]{0,300}?(?:Include|Update)\s*=\s*[\"']([\w.]++)"
)
_XML_COMMENT = re.compile(rb"<!--.*?(?:-->|\Z)", re.DOTALL)
_PROJECT_USING = re.compile(rb"<Using\s[^>]{0,300}?(Include|Remove)\s*=\s*[\"']([^\"']*+)")
_SDK = re.compile(rb"<(?:Project\s[^>]{0,500}?Sdk|Sdk\s[^>]{0,300}?Name)\s*=\s*[\"']([\w.]++)")
_IMPLICIT = re.compile(rb"<ImplicitUsings>\s*+(?:enable|true|\$)", re.IGNORECASE)
_NOT_IMPLICIT = re.compile(rb"<ImplicitUsings>\s*+(?:disable|false)", re.IGNORECASE)
_OF_SDK = (
    "System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Net.Http",
    "System.Threading", "System.Threading.Tasks",
)  # fmt: skip
_OF_HOST = tuple(
    f"Microsoft.Extensions.{name}" for name in ("Configuration", "DependencyInjection", "Hosting", "Logging")
)
_OF_WEB = (
    "System.Net.Http.Json",
    *(f"Microsoft.AspNetCore.{name}" for name in ("Builder", "Hosting", "Http", "Routing")),
)
_IMPLICIT_USINGS = {
    "Microsoft.NET.Sdk": _OF_SDK,
    "Microsoft.NET.Sdk.Razor": _OF_SDK,
    "Microsoft.NET.Sdk.Worker": (*_OF_SDK, *_OF_HOST),
    "Microsoft.NET.Sdk.Web": (*_OF_SDK, *_OF_WEB, *_OF_HOST),
}
"""What `<ImplicitUsings>` imports, by the SDK of the project. An SDK that is not here counts as an import."""
_OF_PROJECT = "the global usings of its project"
"""The import, in each file, of what its project imports for it."""
_DOTNET = frozenset({"System", "Microsoft", "Windows"})

_KINDS = "Acceptance|Architecture|Component|Contract|E2E|EndToEnd|Functional|Integration|Performance|Unit"
_TESTS = re.compile(
    rf"(?:.*/)?(?P<project>[^/]+)\.(?:\w*Tests?|Specs?)/(?P<path>.*)|(?:.*/)?(?:{_KINDS})Tests/(?P<alone>.*)"
)
_TEST_NAME = re.compile(r"(?P<name>(?:.*/)?\w+?)(?:Tests?|Specs?|Should)")
_OUTPUT = re.compile(r"(?:^|/)(?:bin|obj)/(?:[^/]+/)?(?:Debug|Release)/")


def is_source(path: str) -> bool:
    """Return whether a file has code of the product.

    Tests are known by the project, `Acme.Orders.Tests` or `UnitTests`, and by the name, `OrderTests.cs`. What
    a build writes, in `obj/Debug/`, is left out.
    """
    return not (_TESTS.match(path) or path.endswith("Tests.cs") or _OUTPUT.search(path))


def is_test(path: str) -> bool:
    """Return whether a file has tests: `OrderTests.cs`, and in a project of tests `OrderTest.cs`."""
    is_named = _TEST_NAME.fullmatch(path.removesuffix(".cs")) and (
        _TESTS.match(path) or path.endswith("Tests.cs")
    )
    return bool(is_named and not _OUTPUT.search(path))


def tested_by(test: str) -> str | None:
    """Return which file a test is for: the one at the same place of the project that is tested."""
    if (named := _TEST_NAME.fullmatch(test.removesuffix(".cs"))) is None:
        return None
    if (place := _TESTS.fullmatch(named["name"])) is None:
        return named["name"]
    return f"**/{place['project']}/{place['path']}" if place["project"] else f"**/{place['alone']}"


class CsharpTree(DottedTree):
    """The selected files of a tree in C#, and the project files that import for them."""

    TITLE = "C#"
    DECLARES = _NAMESPACE

    def __init__(self, files: Sequence[ArtefactFile], selected: Sequence[str]) -> None:
        super().__init__(files, selected)
        settings = {each for name in selected for each in self._settings_of(name)}
        for name in settings & self._last.keys():
            del self._last[name]  # what it imports depends on other files, too
        self._selected = [*selected, *sorted(name for name in settings if self.source(name).imports)]

    def syntax(self, name: str) -> Syntax:  # noqa: ARG002 - one for all files
        """Return the syntax of C#."""
        return _SYNTAX

    def is_code(self, name: str) -> bool:
        """Return whether a file of the tree is code of the product."""
        return name.endswith(".cs") and is_source(name)

    def parse(self, name: str, data: bytes) -> ParsedFile:
        """Return a file, parsed; a project file has imports only."""
        if not name.endswith(".cs"):
            return ParsedFile(name, b"", None, list(self._imports_of_project(name)))
        found = self.read_code(name, source_text(data))
        return found._replace(imports=[WrittenImport(_OF_PROJECT, 1), *found.imports])

    def imported(self, importer: str, name: str) -> Imported:
        """Return what a name refers to: files of the tree, a namespace, or either."""
        code = self.code(importer)
        if name == _OF_PROJECT:
            return Imported(None, self._through_project(importer))
        around = code.packages if code is not None else ()
        if name in around:
            prefixes = {prefix for package in around for prefix in _prefixes(package)} | {""}
            return Imported(None, sorted({importer}.union(*(self.used(each, importer) for each in prefixes))))
        own = self._own(importer, name, around)
        is_using = code is None or name in code.imported
        if is_using or name.partition(".")[0] in self._begins_like:
            is_of_package = own is None or self._may_be_of_package(name)
            return Imported(
                (name if is_using else name.rpartition(".")[0]) if is_of_package else None, own or ()
            )
        return Imported(None, own or (importer,))  # of a value: `Console.Out`

    def _own(self, importer: str, name: str, around: Sequence[str]) -> list[str] | None:
        """Return the files that a name within some namespaces refers to; None: it is not of the tree."""
        for outer in (*(prefix for package in around for prefix in _prefixes(package)), ""):
            full = f"{outer}.{name}".strip(".")
            if full in self._namespaces:
                return sorted(self.used(full, importer) | {importer})
            parts = full.split(".")
            for end in range(len(parts) - 1, 0, -1):
                declared = self.package(".".join(parts[:end]))
                if (files := declared.get(parts[end].encode())) is not None:
                    return list(files)
        return None

    @cached_property
    def _namespaces(self) -> frozenset[str]:
        """The namespaces that the tree declares, and those around them."""
        found = (
            _nested([written(each) for each in _NAMESPACE.findall(data)]) for data in self.contents.values()
        )
        return frozenset(prefix for names in found for name in names for prefix in _prefixes(name))

    @cached_property
    def _packages_used(self) -> frozenset[str]:
        """The ids of the NuGet packages that the projects of the tree use."""
        settings = (
            content(file) for name, file in self._files.items() if name.endswith((".csproj", ".props"))
        )
        return frozenset(written(each) for data in settings for each in _PACKAGE_ID.findall(data))

    @cached_property
    def _begins_like(self) -> frozenset[str]:
        """The first parts of the namespaces that the tree imports."""
        found = {written(each) for data in self.contents.values() for each in _BEGINS_LIKE.findall(data)}
        return _DOTNET | found | {each.partition(".")[0] for each in self._packages_used}

    def _may_be_of_package(self, name: str) -> bool:
        prefixes = _prefixes(name)
        return prefixes[-1] in _DOTNET or not self._packages_used.isdisjoint(prefixes)

    @cached_property
    def _projects(self) -> Mapping[str, list[str]]:
        """The project files by their folders."""
        found: dict[str, list[str]] = {}
        for name in self._files:
            if name.endswith(".csproj"):
                found.setdefault(name.rpartition("/")[0], []).append(name)
        return found

    def _project_of(self, name: str) -> str | None:
        """Return the folder of the project that a file belongs to."""
        return next((folder for folder in _folders(name) if folder in self._projects), None)

    def _settings_of(self, name: str) -> list[str]:
        """Return the project files of a file, and the settings around them; empty without a project."""
        project = self._project_of(name)
        if project is None:
            return []
        files = (
            f"{folder}/{file}".strip("/")
            for folder in _folders(f"{project}/x".strip("/"))
            for file in _INCLUDED
        )
        return [*self._projects[project], *(file for file in files if file in self._files)]

    @cached_property
    def _global_usings(self) -> Mapping[str | None, list[str]]:
        """The files with global usings, by the folder of their project."""
        found: dict[str | None, list[str]] = {}
        for name, data in self.contents.items():
            if _GLOBAL_USING.search(data):
                found.setdefault(self._project_of(name), []).append(name)
        return found

    def _through_project(self, importer: str) -> list[str]:
        """Return the files that import for a file, and those of the tree that it uses through them."""
        settings = self._settings_of(importer)
        if not settings:
            return []
        importing = [*settings, *self._global_usings.get(self._project_of(importer), ())]
        names = {each.name for file in importing for each in self.source(file).imports} & self._namespaces
        return sorted({*importing}.union(*(self.used(name, importer) for name in names)))

    def _imports_of_project(self, name: str) -> Iterator[WrittenImport]:
        """Yield what a project file imports for the files of the project."""
        data = _XML_COMMENT.sub(lambda found: re.sub(rb"[^\n]", b" ", found[0]), content(self._files[name]))
        usings = [
            (using, each.strip())
            for using in _PROJECT_USING.finditer(data)
            for each in using[2].decode(errors="replace").split(";")
        ]
        removed = {each for using, each in usings if using[1] == b"Remove"}
        for using, each in usings:
            if using[1] == b"Include" and each not in removed:
                yield WrittenImport(each, data.count(b"\n", 0, using.start()) + 1)
        sdk = _SDK.search(data) if name.endswith(".csproj") else None
        if sdk is None:
            return
        named = sdk[1].decode()
        around = [content(self._files[file]) for file in self._settings_of(name)]
        is_implicit = any(map(_IMPLICIT.search, around)) and not _NOT_IMPLICIT.search(data)
        for each in (
            (_IMPLICIT_USINGS[named] if is_implicit else ()) if named in _IMPLICIT_USINGS else (named,)
        ):
            if each not in removed:
                yield WrittenImport(each, data.count(b"\n", 0, sdk.start()) + 1)

    def naming(self, packages: Sequence[str]) -> Selects:
        """Return a predicate for names below one of the listed names, which begin with a capital letter."""
        return naming(
            [*packages, *(["System.*"] if "std" in packages else [])],
            re.compile(r"\*|[A-Z][\w*]*(?:\.[\w*]+)*|\w+(?:\.[\w*]+)+").fullmatch,
        )


_INCLUDED = ("Directory.Build.props", "Directory.Build.targets")


def _prefixes(name: str) -> list[str]:
    """Return a dotted name and the names around it, the longest first."""
    parts = name.split(".")
    return [".".join(parts[:end]) for end in range(len(parts), 0, -1)]


def _folders(name: str) -> Iterator[str]:
    """Yield the folders of a file, the innermost first."""
    while name:
        name = name.rpartition("/")[0]
        yield name


def _nested(namespaces: Sequence[str]) -> list[str]:
    """Return the namespaces of a file, each also within those that come before it."""
    found: list[str] = []
    for name in namespaces[:_MOST_NESTED]:
        found += [*(f"{outer}.{name}" for outer in found[:_MOST_NESTED]), name]
    return found or [""]


def _packages(code: DottedCode) -> Sequence[str]:
    return _nested([written(each) for each in _NAMESPACE.findall(code.text)])


def _aliases(code: DottedCode) -> Mapping[str, str]:
    found = {"global": "", **{written(each): "" for each in _ALIAS.findall(code.text)}}
    for using in _USING.finditer(code.text):
        if using["alias"]:
            found.setdefault(written(using["alias"]), written(using["name"]).removeprefix("global."))
    return found


def _imports(code: DottedCode) -> Iterator[WrittenImport]:
    for using in _USING.finditer(code.text):
        name = code.full(written(using["name"]))
        if not using["alias"] or not re.fullmatch("[a-z]+", name):  # `using Id = int;`
            yield WrittenImport(name, code.line(using.start()))
    first = _NAMESPACE.search(code.text)
    for name in code.packages:
        if name:
            yield WrittenImport(name, code.line(first.start()) if first else 1)


def _declared(code: DottedCode, name: str) -> Iterator[bytes]:  # noqa: ARG001 - it may have any name
    for found in _DECLARED.finditer(code.text):
        declared = (found[1] or found[2]).strip(b"@")
        yield from (declared, declared.removesuffix(b"Attribute"))
    if _EXTENSION.search(code.text):
        yield from _FUNCTION.findall(code.text)


_RUNS = """
[(block) (arrow_expression_clause) (global_statement)] @runs
(record_declaration (parameter_list) @runs)
(class_declaration (parameter_list) @runs)
(struct_declaration (parameter_list) @runs)
(class_declaration body: (declaration_list (property_declaration) @runs))
(record_declaration body: (declaration_list (property_declaration) @runs))
(struct_declaration body: (declaration_list (property_declaration) @runs))
(field_declaration) @field
"""


def _runs(root: "Node") -> bool:
    found = _GRAMMAR.captures(_RUNS, root)
    fields = (node.text or b"" for node in found.get("field", ()))
    return "runs" in found or not all(re.match(rb"[^=]*(?:\bconst\b|\Z)", text) for text in fields)


_SYNTAX = Syntax(
    _GRAMMAR,
    hidden="""
    [(string_literal) (verbatim_string_literal) (raw_string_literal) (interpolated_string_expression)
     (character_literal)] @text
    [(comment) (preproc_region) (preproc_endregion) (preproc_pragma) (preproc_warning)
     (preproc_error)] @comment
    (interpolation) @code
    """,
    reflection=_LOADS,
    inner="+",
    imports=_imports,
    head=_HEAD,
    runs=_runs,
    packages=_packages,
    aliases=_aliases,
    declared=_declared,
)


def read(files: Sequence[ArtefactFile], selected: Sequence[str]) -> CsharpTree:
    """Read the selected files; others of the tree are parsed if an import refers to their namespace."""
    return CsharpTree(files, selected)
