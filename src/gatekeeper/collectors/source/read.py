"""Read evidence of the kind `source`."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.globs import chooser, texts
from gatekeeper.collectors.source._language import UNREAD, Language, LanguageTree
from gatekeeper.collectors.source.facts import OF_CONTENT, SourceFacts
from gatekeeper.model.evidence import Absent, Artefact, Collected, Finding, NotUnderstood, Options, Origin
from gatekeeper.plugins import Registry

_REGISTRY = Registry[Language](
    "gatekeeper.collectors.source",
    group="gatekeeper.languages",
    noun="language",
    offers=("EXTENSIONS", "is_source", "read", "naming"),
    but=("facts", "read"),
)


class _ReadTree(NamedTuple):
    language: Language
    tree: LanguageTree


@cache
def _languages() -> dict[str, Language]:
    """Return by extension the module that reads such files."""
    found = filter(None, map(_REGISTRY.find, _REGISTRY.names))
    return {extension: language for language in found for extension in language.EXTENSIONS}


def _language_of(extension: str) -> str | None:
    """Return the name of the language, read or not; None if such files are no code that imports packages."""
    known = _languages().get(extension.casefold())
    return known.EXTENSIONS[extension.casefold()] if known else UNREAD.get(extension.casefold())


def _by_extension(names: Iterable[str]) -> dict[str, list[str]]:
    """Return the files that are source by their extension, as it is written."""
    found: dict[str, list[str]] = {}
    for name in names:
        extension = name.rpartition("/")[2].partition(".")[2].rpartition(".")[2]
        language = _languages().get(extension)
        is_unread = language is None and _language_of(extension) and "/node_modules/" not in f"/{name}"
        if is_unread or (language is not None and language.is_source(name)):
            found.setdefault(extension, []).append(name)
    return found


def _read(artefact: Artefact, selected: Mapping[str, Sequence[str]]) -> list[_ReadTree]:
    of_language: dict[Language, list[str]] = {}
    for extension, names in selected.items():
        if language := _languages().get(extension):
            of_language.setdefault(language, []).extend(names)
    return [
        _ReadTree(language, language.read(artefact.files, sorted(names)))
        for language, names in of_language.items()
    ]


def _unread(selected: Mapping[str, Sequence[str]]) -> Iterator[NotUnderstood]:
    for extension, names in sorted(selected.items()):
        if extension not in _languages():
            plural = "s are" if len(names) > 1 else " is"
            message = f"{len(names)} .{extension} file{plural} not read"
            yield NotUnderstood(Finding(message, names[0]), OF_CONTENT)


def recognises(content: Content) -> bool:
    """Return whether the name is that of code, in a language that is read or not."""
    return bool(_by_extension([content.name]))


def collect(artefact: Artefact, options: Options) -> Collected[SourceFacts]:
    """Read the files that the slot selects, each by the reader of its language."""
    chosen = chooser(options.get("include"))
    selected = _by_extension(file.name for file in artefact.files if chosen(file.name))
    if not selected:
        which = f" that matches {options['include']}" if options.get("include") else ""
        raise Absent(f"{artefact.path} has no source file{which}")
    trees = _read(artefact, selected)
    files = sorted((file for each in trees for file in each.tree.files), key=lambda file: file.name)
    facts = SourceFacts(
        files=tuple(file.name for file in files if file.runs) or None,
        files_without_code=tuple(file.name for file in files if not file.runs),
        folders=_folders([file.name for file in artefact.files], artefact.path),
        languages=_sorted(map(_language_of, selected)),
        extensions={extension: len(names) for extension, names in sorted(selected.items())},
        imports=_sorted(each.name for file in files for each in file.imports if each.package),
        packages=_sorted(each.package for file in files for each in file.imports),
        framework_imports=_imports(trees, texts(options.get("frameworks"))),
        llm_sdk_imports=_imports(trees, texts(options.get("llm_sdks"))),
    )
    origin = Origin(
        ", ".join(facts.languages or ()),
        not_understood=(*_unread(selected), *(place for file in files for place in file.not_understood)),
        items=sum(map(len, selected.values())),
    )
    return Collected(_with_calls(facts, trees, options), (origin,))


def _sorted(names: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(sorted({name for name in names if name}))


def _imports(trees: Sequence[_ReadTree], packages: tuple[str, ...]) -> tuple[Finding, ...] | None:
    """Return the imports of packages; None if no packages are given."""
    found = (
        Finding(f"imports {'types of ' if each.types_only else ''}{each.name}", file.name, each.line)
        for language, tree in trees
        for is_meant in [language.naming(packages)]
        for file in tree.files
        for each in file.imports
        if is_meant(each.name)
    )
    return tuple(found) if packages else None


def _with_calls(facts: SourceFacts, trees: Sequence[_ReadTree], options: Options) -> SourceFacts:
    sdks = texts(options.get("llm_sdks"))
    port = next(iter(texts(options.get("ai_port"))), None)
    if not sdks and not port:
        return facts
    calls = [tree.calls(language.naming(sdks) if sdks else None, port) for language, tree in trees]
    outside = tuple(flaw for each in calls for flaw in each.outside_port) if sdks else None
    return facts._replace(ai_calls=sum(each.total for each in calls), ai_calls_outside_port=outside)


def _folders(paths: Sequence[str], root: str) -> tuple[str, ...]:
    """Return the names of the folders of an artefact, its own folder included."""
    steps = root.split("/")
    wild = next((i for i, step in enumerate(steps) if set("*?{") & set(step)), len(steps))
    above = max(0, wild - 1)
    return tuple(sorted({step for path in paths for step in path.split("/")[above:-1] if step != ".."}))
