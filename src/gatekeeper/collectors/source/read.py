"""Read evidence of the kind `source`."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache

from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.globs import chooser, texts
from gatekeeper.collectors.source._language import UNREAD, CodeFile, Language, LanguageTree
from gatekeeper.collectors.source.facts import PLACES, SourceFacts
from gatekeeper.model.evidence import (
    Absent,
    Artefact,
    ArtefactFile,
    Collected,
    Finding,
    NotUnderstood,
    Options,
    Origin,
    Unreadable,
)
from gatekeeper.plugins import Registry

_REGISTRY = Registry[Language](
    "gatekeeper.collectors.source",
    group="gatekeeper.languages",
    noun="language",
    offers=("EXTENSIONS", "GRAMMARS", "is_source", "is_test", "tested_by", "read"),
    but=("facts", "read"),
)
_SCRIPT = re.compile(rb"#![^\n]*\b(bun|deno|node|perl|php|python|ruby|ts-node|tsx)")
"""The first line of a script whose language imports packages."""


@cache
def _languages() -> dict[str, Language]:
    """Return by extension the module that reads such files."""
    found = filter(None, map(_REGISTRY.find, _REGISTRY.names))
    return {extension: language for language in found for extension in language.EXTENSIONS}


def _language_of(extension: str) -> str | None:
    """Return the name of the language, read or not; None if such files are no code that imports packages."""
    known = _languages().get(extension.casefold())
    return known.EXTENSIONS[extension.casefold()] if known else UNREAD.get(extension.casefold())


def _by_extension(files: Iterable[ArtefactFile]) -> dict[str, list[str]]:
    """Return the files that are source by their extension, as it is written; a script may have none."""
    found: dict[str, list[str]] = {}
    for file in files:
        extension = _extension(file.name)
        language = _languages().get(extension)
        if language.is_source(file.name) if language else _is_unread(file, extension):
            found.setdefault(extension, []).append(file.name)
    return found


def _extension(path: str) -> str:
    return path.rpartition("/")[2].partition(".")[2].rpartition(".")[2]


def _is_unread(file: ArtefactFile, extension: str) -> bool:
    """Return whether a file is source in a language that is not read."""
    if "/node_modules/" in f"/{file.name}":
        return False
    return bool(_language_of(extension) if extension else _SCRIPT.match(file.read()))


def _read(artefact: Artefact, selected: Mapping[str, Sequence[str]]) -> dict[Language, LanguageTree]:
    of_language: dict[Language, list[str]] = {}
    for extension, names in selected.items():
        if (language := _reader(extension)) is not None:
            of_language.setdefault(language, []).extend(names)
    return {language: language.read(artefact.files, sorted(names)) for language, names in of_language.items()}


def _reader(extension: str) -> Language | None:
    """Return the module that reads such files; None if no module does, or if its grammar is missing."""
    language = _languages().get(extension)
    return language if language is not None and language.GRAMMARS[extension].is_installed else None


def _not_read(selected: Mapping[str, Sequence[str]]) -> Iterator[NotUnderstood]:
    for extension in sorted(selected):
        if _reader(extension) is None:
            names, language = selected[extension], _languages().get(extension)
            what = f".{extension} file" if extension else "extensionless script"
            are, their = ("s are", "their") if len(names) > 1 else (" is", "its")
            message = f"{len(names)} {what}{are} not read"
            if language is not None:
                extra = language.GRAMMARS[extension].extra
                message += f"; install {their} grammar: pip install 'readiness-gatekeeper[{extra}]'"
            yield NotUnderstood(Finding(message, names[0]), PLACES["file"])


def _unparsed(files: Sequence[CodeFile]) -> Iterator[NotUnderstood]:
    """Yield the files that do not parse.

    Raises:
        Unreadable: None of them does.
    """
    if files and all(file.unparsed for file in files):
        raise Unreadable(f"{files[0].name}: {files[0].unparsed}")
    for file in files:
        if file.unparsed:
            yield NotUnderstood(Finding(file.unparsed, file.name), PLACES["file"])


def _tests(artefact: Artefact, languages: Iterable[Language]) -> dict[Language, list[str]]:
    """Return the names of the tests of a tree by language."""
    found: dict[Language, list[str]] = {language: [] for language in languages}
    for file in artefact.files:
        language = _languages().get(_extension(file.name))
        if language is not None and language in found and language.is_test(file.name):
            found[language].append(file.name)
    return found


def _tested(artefact: Artefact, tests: Mapping[Language, Sequence[str]]) -> Iterator[str]:
    """Yield the files that a test is for by its name; of several, the outermost one if there is only one."""
    by_name: dict[tuple[Language, str], list[tuple[str, str]]] = {}
    for file in artefact.files:
        language = _languages().get(_extension(file.name))
        if language is not None and language in tests and language.is_source(file.name):
            path = file.name.rpartition(".")[0]
            by_name.setdefault((language, path.rpartition("/")[2]), []).append((path, file.name))
    for language, names in tests.items():
        for path in filter(None, map(language.tested_by, names)):
            folder, wild, tail = path.rpartition("**/")
            candidates = by_name.get((language, path.rpartition("/")[2]), ())
            meant = [
                (each.count("/"), name) for each, name in candidates
                if each == path or (wild and each.startswith(folder) and f"/{each}".endswith(f"/{tail}"))
            ]  # fmt: skip
            outermost = [name for depth, name in meant if depth == min(meant)[0]]
            yield from outermost if len(outermost) == 1 else ()


def recognises(content: Content) -> bool:
    """Return whether the name is that of code, in a language that is read or not."""
    return bool(_by_extension([ArtefactFile(content.name, lambda: content.data)]))


def collect(artefact: Artefact, options: Options) -> Collected[SourceFacts]:
    """Read the files that the slot selects, each by the reader of its language."""
    chosen = chooser(options.get("include"))
    selected = _by_extension(file for file in artefact.files if chosen(file.name))
    if not selected:
        which = f" that matches {options['include']}" if options.get("include") else ""
        raise Absent(f"{artefact.path} has no source file{which}")
    by_language = _read(artefact, selected)
    trees = list(by_language.values())
    files = sorted((file for tree in trees for file in tree.files), key=lambda file: file.name)
    unparsed = list(_unparsed(files))
    tests = _tests(artefact, by_language)
    tested = set(_tested(artefact, tests))
    allowed, frameworks, sdks = (
        texts(options.get(name)) for name in ("allowed_imports", "frameworks", "llm_sdks")
    )
    disallowed = [tree.disallowed(allowed) for tree in trees] if allowed else []
    facts = SourceFacts(
        files=tuple(file.name for file in files if file.runs) or None,
        files_without_code=tuple(file.name for file in files if not file.runs),
        folders=_folders([file.name for file in artefact.files], artefact.path, chosen, selected),
        languages=_sorted(map(_language_of, selected)),
        extensions={extension: len(names) for extension, names in sorted(selected.items())},
        imports=_sorted(each.name for file in files for each in file.imports if each.package),
        packages=_sorted(each.package for file in files for each in file.imports),
        disallowed_imports=tuple(flaw for flaws, _ in disallowed for flaw in flaws) if allowed else None,
        framework_imports=tuple(_imports(trees, frameworks)) if frameworks else None,
        test_files=_sorted(name for names in tests.values() for name in names),
        files_without_tests=tuple(file.name for file in files if file.runs and file.name not in tested),
        llm_sdk_imports=tuple(_imports(trees, sdks)) if sdks else None,
        llm_hosts_named=_hosts(trees, texts(options.get("llm_hosts"))),
    )
    facts, of_calls = _with_calls(facts, trees, options)
    origin = Origin(
        ", ".join(facts.languages or ()),
        not_understood=(
            *_not_read(selected),
            *unparsed,
            *(place for file in files for place in file.not_understood),
            *(place for _, places in disallowed for place in places),
            *_alike(trees, options),
            *of_calls,
        ),
        items=sum(map(len, selected.values())),
    )
    return Collected(facts, (origin,))


def _sorted(names: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(sorted({name for name in names if name}))


def _imports(trees: Sequence[LanguageTree], packages: tuple[str, ...], *, own: bool = False) -> list[Finding]:
    """Return the imports of packages; or those of files of the tree that have the names of the packages."""
    return [
        Finding(f"imports {'types of ' if each.types_only else ''}{each.name}", file.name, each.line)
        for tree in trees
        for is_meant in [tree.naming(packages)]
        for file in tree.files
        for each in file.imports
        if (each.package is None) is own and is_meant(each.name)
    ]


def _alike(trees: Sequence[LanguageTree], options: Options) -> Iterator[NotUnderstood]:
    """Yield the imports of files of the tree that have the name of a package: a decoy would hide it."""
    for option, fact in (("frameworks", "framework_imports"), ("llm_sdks", "llm_sdk_imports")):
        for found in _imports(trees, texts(options.get(option)), own=True):
            message = f"{found.message}, of the tree or of a package"
            yield NotUnderstood(found._replace(message=message), frozenset({fact}))


def _hosts(trees: Sequence[LanguageTree], hosts: tuple[str, ...]) -> tuple[Finding, ...] | None:
    """Return the literals that name one of the hosts; None if no hosts are given."""
    if not hosts:
        return None
    named = "|".join(re.escape(host).replace(r"\*", r"[\w${}-]+") for host in hosts)
    host = re.compile(rf"(?<![\w-])(?:{named})(?![\w-]|\.\w)", re.IGNORECASE)
    found = [one for tree in trees for one in tree.literals(lambda text: bool(host.search(text)))]
    return tuple(one._replace(message=f"names {name}") for one in found for name in host.findall(one.message))


def _with_calls(
    facts: SourceFacts, trees: Sequence[LanguageTree], options: Options
) -> tuple[SourceFacts, Sequence[NotUnderstood]]:
    """Return the facts with those about calls, and the calls and files that are not understood."""
    sdks = texts(options.get("llm_sdks"))
    port = next(iter(texts(options.get("ai_port"))), None)
    if not sdks and not port:
        return facts, ()
    calls = [tree.calls(tree.naming(sdks) if sdks else None, port) for tree in trees]
    total: int | None = sum(each.total for each in calls)
    unknown = [NotUnderstood(at, PLACES["call"]) for each in calls for at in each.not_followed]
    outside = tuple(flaw for each in calls for flaw in each.outside_port) if sdks else None
    prompts = _sorted(prompt for each in calls for prompt in each.prompts) if port else None
    if unknown:  # an empty list and a zero are answers
        total, prompts = total or None, prompts or None
    facts = facts._replace(ai_calls=total, ai_calls_outside_port=outside, prompts=prompts)
    unnamed = [NotUnderstood(call, PLACES["prompt"]) for each in calls for call in each.unnamed]
    return facts, [*unknown, *unnamed]


def _folders(
    paths: Sequence[str], root: str, chosen: Callable[[str], bool], selected: Mapping[str, Sequence[str]]
) -> tuple[str, ...]:
    """Return the names of the folders of an artefact around the selected ones, its own folder included."""
    steps = root.split("/")
    wild = next((i for i, step in enumerate(steps) if set("*?{") & set(step)), len(steps))
    above = max(0, wild - 1)
    around = {_around(name, chosen) for names in selected.values() for name in names}
    near = (path for path in paths if any(path.startswith(folder) for folder in around))
    return _sorted(step for path in near for step in path.split("/")[above:-1] if step != "..")


def _around(path: str, chosen: Callable[[str], bool]) -> str:
    """Return the folder two above the outermost selected one; one above if two above is the whole tree."""
    *folders, name = path.split("/")
    at = next((i for i in range(len(folders)) if chosen("/".join([*folders[: i + 1], name]))), 0)
    return "".join(f"{folder}/" for folder in folders[: max(at - 1, min(at, 1))])
