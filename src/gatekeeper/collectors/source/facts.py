"""A source tree in any language: a folder, a glob or a file.

The slot's `include`, a glob or a list of them, selects the files that count; other files of the tree are
read only for what those use. Each language is parsed with its grammar of tree-sitter. Tests are not read;
they are known by their names (`a.test.ts`, `__tests__/`, `a_test.go`, `test_a.py`, `src/test/`). Neither is
what others wrote (declaration files, `vendor/`). A file that does not parse is unreadable, unless the
statements that the grammar cannot read contain nothing that a fact depends on.

A file in a language that is not read, such as Ruby or Vue, and an import under a computed name are not
understood: all facts that depend on them are null.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from gatekeeper.model.evidence import Finding

OPTIONS = frozenset({"include", "allowed_imports", "frameworks", "llm_sdks", "llm_hosts", "ai_port"})


class SourceFacts(NamedTuple):
    """Facts about a source tree; null if the slot does not name what they are about."""

    files: tuple[str, ...] | None = None
    """The files that a coverage report must list, relative to the repository: those with code at run time.

    Null if there are none. Coverage tools leave out files with types, imports and exports only; all other
    facts include them.
    """
    files_without_code: tuple[str, ...] | None = None
    """The files that are read and not among `files`."""
    folders: tuple[str, ...] | None = None
    """The names of the folders around what `include` selects; Git keeps no empty folders.

    These are the folders below the parent of its parent; below its parent, if that parent is the whole tree.
    Without `include` it is all folders.
    """
    languages: tuple[str, ...] | None = None
    """The languages of the files by their extensions, in lower case, those that are not read included."""
    extensions: Mapping[str, Any] | None = None
    """The number of files by extension: `{ts: 12, tsx: 3}`."""
    imports: tuple[str, ...] | None = None
    """What is imported from outside of the tree, as written; imports by a relative path are left out."""
    packages: tuple[str, ...] | None = None
    """The packages of `imports`: `@nestjs/core` of `@nestjs/core/adapters`. An alias of a path is one too.

    In Go it is the module, in Python the first part of the import name, in Java and Kotlin what is before the
    first capital letter, in C# the namespace.
    """
    disallowed_imports: tuple[Finding, ...] | None = None
    """Imports of packages that the slot's `allowed_imports` does not list; null if it lists none.

    Built-in modules are listed like packages (`node:crypto`, also imported as `crypto`); `std` is the whole
    standard library of Go and Python, `java.*` and `kotlin.*`, and `System.*`. Imports of files of the tree
    are followed. In TypeScript, these are known by relative path, by alias (`paths` of a `tsconfig.json`,
    `imports` and `name` of a `package.json`, `@/`, `~/`, `#`) or by the end of the path
    (`src/shared/money`); in Go, by `go.mod` and `go.work`; in Python, by relative path and from the folder
    of the project; in Java, Kotlin and C#, by the packages and namespaces that files of the tree declare.
    An import of types only counts, and the finding says so: without the package the code does not compile.
    So do JSX and `/// <reference types>`.
    """
    framework_imports: tuple[Finding, ...] | None = None
    """Imports of the packages that the slot's `frameworks` lists, types included; null if it lists none."""
    test_files: tuple[str, ...] | None = None
    """The tests of the tree in the languages of the selected files, by the languages' own naming."""
    files_without_tests: tuple[str, ...] | None = None
    """Those of `files` for which no test of the tree is named.

    By the conventions of the languages: `order.test.ts` beside `order.ts`, in `__tests__/`, or with the same
    path in `tests/`; `order_test.go` in the same package; `test_order.py` beside `order.py`, or with the same
    path in `tests/`; `src/test/**/OrderTest.java` in the same package; `Orders.Tests/Domain/OrderTests.cs` at
    the same place of `Orders`. A test with which two files agree alike is for neither. The slot has to read
    the tests, too: tests outside of its path are not seen.
    """
    llm_sdk_imports: tuple[Finding, ...] | None = None
    """Imports of the packages that `llm_sdks` lists, types included; null if the slot lists none."""
    llm_hosts_named: tuple[Finding, ...] | None = None
    """Literals with a host that `llm_hosts` lists, whatever calls it; null if the slot lists none.

    `*` matches a part of the host: `bedrock-runtime.*.amazonaws.com`.
    """
    prompts: tuple[str, ...] | None = None
    """The prompts that calls of the slot's `ai_port` name, each once; null without `ai_port`.

    A call names its prompt as its first argument, or as `prompt`, `promptId` or `promptKey` of an object; one
    that is given something else, such as a variable, is not understood.
    """
    ai_calls: int | None = None
    """The number of calls of a language model, through the port or not.

    Null if the slot has neither `llm_sdks` nor `ai_port`; also if there are none, and a file in another
    language than TypeScript and JavaScript imports an SDK or names the port: calls are not found there.
    Values of the port or of an SDK are followed by name; every call on them counts, except of JavaScript's
    own methods.
    """
    ai_calls_outside_port: tuple[Finding, ...] | None = None
    """Calls of an SDK that bypass the slot's `ai_port`; null without `llm_sdks`.

    Calls within a class that implements the port do not count.
    """


FACTS = SourceFacts
_OF_IMPORTS = frozenset({
    "imports", "packages", "disallowed_imports", "llm_sdk_imports", "ai_calls", "ai_calls_outside_port",
    "prompts", "framework_imports",
})  # fmt: skip
PLACES = {
    "import": _OF_IMPORTS,
    "file": _OF_IMPORTS
    | {
        "files",
        "files_without_code",
        "files_without_tests",
        "llm_hosts_named",
        "test_files",
    },
    "call": frozenset({"ai_calls", "ai_calls_outside_port", "prompts"}),
    "prompt": frozenset({"prompts"}),
}

LANGUAGES = frozenset({
    "astro", "c", "c#", "c++", "clojure", "coffeescript", "dart", "elixir", "elm", "erlang", "f#", "go",
    "groovy", "haskell", "java", "javascript", "julia", "jupyter", "kotlin", "lua", "mdx", "nim",
    "objective-c", "ocaml", "perl", "php", "python", "r", "razor", "ruby", "rust", "scala", "script",
    "svelte", "swift", "typescript", "visual basic", "vue", "zig",
})  # fmt: skip
"""The names that `languages` may have, of languages that are read or not."""
