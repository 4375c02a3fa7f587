"""What the module of a language offers. Every public module of this folder but `facts` and `read` is one.

`_parsed.py` has what languages share that are parsed file by file.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

from gatekeeper.collectors.formats.grammar import Grammar
from gatekeeper.model.evidence import ArtefactFile, Finding, NotUnderstood

UNREAD: Mapping[str, str] = {
    extension: language
    for language, extensions in {
        "astro": "astro", "c": "c h", "c++": "cc cpp cxx hh hpp", "clojure": "clj cljc cljs",
        "coffeescript": "coffee", "dart": "dart", "elixir": "ex exs", "elm": "elm", "erlang": "erl",
        "f#": "fs fsx", "groovy": "groovy", "haskell": "hs", "jupyter": "ipynb",
        "lua": "lua", "mdx": "mdx", "objective-c": "m mm", "ocaml": "ml", "perl": "pl pm",
        "php": "php phtml", "python": "pyw pyx", "r": "r", "razor": "cshtml razor", "ruby": "rake rb",
        "rust": "rs", "scala": "sc scala", "svelte": "svelte", "swift": "swift", "visual basic": "vb",
        "vue": "vue", "java": "jsp jspx", "javascript": "es6 jsm", "julia": "jl", "nim": "nim", "zig": "zig",
    }.items()
    for extension in extensions.split()
} | {"": "script"}  # fmt: skip
"""The languages, by extension, that no module reads: code that imports packages."""

Selects = Callable[[str], bool]
"""Whether the name of an import, or a text of the code, is selected."""


class ImportedName(NamedTuple):
    """An import, wherever and however the file makes it."""

    name: str
    """As it is written."""
    line: int
    package: str | None
    """The package that it is in; None if it is a file of the tree."""
    types_only: bool = False
    """Whether it does not exist at run time."""


class CodeFile(NamedTuple):
    """A file of the product, read."""

    name: str
    runs: bool = False
    """Whether it has code at run time that a test could cover."""
    imports: Sequence[ImportedName] = ()
    not_understood: Sequence[NotUnderstood] = ()
    unparsed: str = ""
    """Why it cannot be parsed; nothing else is known of it then."""


class ModelCalls(NamedTuple):
    """The calls of a language model in a tree."""

    total: int
    outside_port: Sequence[Finding]
    prompts: Sequence[str] = ()
    """The prompts that calls of the port name."""
    unnamed: Sequence[Finding] = ()
    """Calls of the port that are given something, and no prompt by its name."""
    not_followed: Sequence[Finding] = ()
    """Files that import an SDK or name the port, of a language in which calls are not found."""


class LanguageTree(Protocol):
    """The files of one language that the slot selects."""

    @property
    def files(self) -> Sequence[CodeFile]:
        """The selected files, read; one that cannot be parsed says why."""
        ...

    def naming(self, packages: Sequence[str]) -> Selects:
        """Return a predicate for names of imports that are of one of the packages; `*` matches a name."""
        ...

    def disallowed(self, packages: Sequence[str]) -> tuple[Sequence[Finding], Sequence[NotUnderstood]]:
        """Return the imports of other packages, also through files that are not selected.

        The second result lists imports of which it is not known what they refer to.
        """
        ...

    def literals(self, selects: Selects) -> Iterable[Finding]:
        """Yield the literals of text that are selected, with the text as message; `x` is a computed part."""
        ...

    def calls(self, is_sdk: Selects | None, port: str | None) -> ModelCalls:
        """Return the calls of a language model, or the files in which they cannot be found."""
        ...


class Language(Protocol):
    """A language, or several that import each other."""

    EXTENSIONS: Mapping[str, str]
    """The name of the language by extension: `{"ts": "typescript"}`."""

    GRAMMARS: Mapping[str, Grammar]
    """The grammar by extension. A file of a grammar that is not installed is not read, and says so."""

    def is_source(self, path: str) -> bool:
        """Return whether a file with such an extension is code of the product.

        Tests are not, nor is code that others wrote (`vendor/`). Generated code is: it runs.
        """
        ...

    def is_test(self, path: str) -> bool:
        """Return whether a file with such an extension has tests, by its name; helpers of tests have none."""
        ...

    def tested_by(self, test: str) -> str | None:
        """Return which file a test is for, by the convention of names: its path without extension.

        `**/` matches any folders: `orders/src/main/**/acme/Order` of
        `orders/src/test/java/acme/OrderTest.java`. None: the convention does not say.
        """
        ...

    def read(self, files: Sequence[ArtefactFile], selected: Sequence[str]) -> LanguageTree:
        """Read the selected files, and what else of the tree that takes."""
        ...
