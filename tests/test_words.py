"""The words of the project: no message, docstring, comment or page uses a phrase that readers stumble over."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from builders.workspaces import ROOT

PHRASES = {
    r"\b(tells|told)\b": "reports, shows, says; is reported as",
    r"\bstands?\b(?! for\b)(?!-)": "is, appears",
    r"\b[Ii]s none\b": "is not one; is not supported; not found",
    r"(?<![Tt]here )\bis no (?!longer\b|more\b|less\b|such\b)\w+": "is not a",
    r"\bmend(s|ed|ing)?\b": "fix",
    r"\bforeign\b(?! key)": "untrusted",
    r"\b(hold|holds|held|holding)\b([^\w.]+\w+){0,6} against\b": "compare with",
    r"\bas far as\b": "if; when; what",
    r"\bwhere (that|it) fits\b": "if it fits",
    r"\b(white ?space|letter case) aside\b": "ignoring case and whitespace",
    r"\bwhat became of\b": "the status of",
    r"\b(has|have|had|having) (a|no|any) say\b": "affects",
    r"\bon (its|their) way\b": "pending",
    r"\bto go\b(?=[.,:;)\"'`]|$)": "remaining",
    r"\b(lost|loses?|losing) ground\b|\bground (that )?(was|is) lost\b": "regression",
    r"\b(wins?|won|winning) (back|\w+ ground)\b": "restores",
    r"\bword of a person\b|\b(person|owner|architecture|security)'s word\b|\bpeople's words?\b": "attestation",
    r"\bwhose (it|is it|word|it is)\b|\b(on|of) whose\b": "name who, in a clause of its own",
    r"\bof whom\b": "name who, in a clause of its own",
    r"[\d}] off\b": "below (or above) the threshold",
    r"\blikeness\b": "similarity",
    r"\b(lent|lends)\b": "in force",
}
"""What is refused, and what to write instead."""

IN_DOCSTRINGS = {r"\bstands\b": "is, appears; means"}
"""What docstrings may not say besides."""

ANY = re.compile("|".join(f"(?:{phrase})" for phrase in PHRASES | IN_DOCSTRINGS))

ALLOWED = {
    (
        "src/gatekeeper/reporters/pages/templates/parts.html.j2",
        "cell.target is none",
    ): "the test for None in the language of the templates",
}
"""A file and a passage that may stay, and why."""

ARTEFACTS = re.compile(r"examples/(pilot|quarters)/(source|platform|services/[^/]+)/")
"""The examples' own files: services of another team, and what tools wrote of them."""

PAGES = ("*.md", "*.yaml", "*.yml", "*.html", "*.j2", "*.js", "*.css")


class Passage(NamedTuple):
    """A text for readers, and where it begins."""

    file: str
    line: int
    text: str
    is_docstring: bool = False


def _files() -> Iterator[Path]:
    for folder in ("src", "docs", "gates", "milestones", "services", "ci", "benchmarks", "examples"):
        yield from (ROOT / folder).rglob("*")
    yield from ROOT.glob("*.md")
    yield from (ROOT / "action.yml", ROOT / "mkdocs.yml", ROOT / ".pre-commit-hooks.yaml")


@cache
def _passages() -> tuple[Passage, ...]:
    return tuple(_read_passages())


def _read_passages() -> Iterator[Passage]:
    for file in sorted(_files()):
        name = file.relative_to(ROOT).as_posix()
        if "node_modules" in file.parts or ARTEFACTS.match(name):
            continue
        if file.suffix == ".py":
            yield from _of_python(name, file.read_text(encoding="utf-8"))
        elif any(file.match(pattern) for pattern in PAGES):
            yield Passage(name, 1, _without_output(file.read_text(encoding="utf-8")))


def _without_output(text: str) -> str:
    """Blank what the program prints out of a page: its messages are checked where they are written."""
    blank = re.compile(r"^```console\n.*?^```$", re.MULTILINE | re.DOTALL)
    return blank.sub(lambda block: "\n" * block[0].count("\n"), text)


def _of_python(name: str, source: str) -> Iterator[Passage]:
    tree = ast.parse(source)
    docstrings = {
        node.body[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield Passage(name, node.lineno, "".join(_piece(value) for value in node.values))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield Passage(name, node.lineno, node.value, node in docstrings)
    yield from _comments(name, source)


def _piece(node: ast.expr) -> str:
    return str(node.value) if isinstance(node, ast.Constant) else "{}"


def _comments(name: str, source: str) -> Iterator[Passage]:
    """Yield blocks of comments: a phrase may be broken over two lines."""
    start, block = 0, ""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            start = start if block else token.start[0]
            block += f"{token.string}\n"
        elif block and token.type != tokenize.NL:
            yield Passage(name, start, block)
            block = ""
    if block:
        yield Passage(name, start, block)


def _found(passage: Passage) -> Iterator[str]:
    # A phrase may be broken over lines, of a comment or of a quotation, too.
    text = re.sub(r"\s[\s#>]*", " ", passage.text)
    if not ANY.search(text):
        return
    gaps = list(re.finditer(r"\s[\s#>]*", passage.text))
    for phrase, instead in (PHRASES | (IN_DOCSTRINGS if passage.is_docstring else {})).items():
        for match in re.finditer(phrase, text):
            context = text[max(0, match.start() - 30) : match.end() + 30]
            if not any(passage.file == file and allowed in context for file, allowed in ALLOWED):
                before = text.count(" ", 0, match.start())
                line = passage.line + passage.text.count("\n", 0, gaps[before - 1].end() if before else 0)
                yield f"{passage.file}:{line}: {context!r}: write: {instead}"


@pytest.mark.long
def test_no_text_uses_a_phrase_that_readers_stumble_over() -> None:
    found = sorted({text for passage in _passages() for text in _found(passage)})
    assert found == [], "\n" + "\n".join(found)


@pytest.mark.long
def test_what_is_allowed_is_there() -> None:
    texts: dict[str, str] = {}
    for passage in _passages():
        texts[passage.file] = texts.get(passage.file, "") + " " + " ".join(passage.text.split())
    assert [entry for entry in ALLOWED if entry[1] not in texts[entry[0]]] == []


@pytest.mark.parametrize(
    "text",
    [
        "a key that is none",
        "The reader is\ntold to wait",
        "It tells which",
        "The note stands in the file",
        "rules stand\n    there",
        "`main` is no revision",
        "mend the test",
        "all foreign text is escaped",
        "a page is held against the workspace",
        "hold a published page\nagainst it",
        "as far as that is known",
        "letter case aside",
        "3 steps of 2 owners to go.",
        "evidence that lost ground",
        "a step that wins back what was earned",
        "what blocks, and whose is it",
        "at least 95, 23.5714 off",
        "# a comment that holds all of it\n# against a page",
    ],
)
def test_a_phrase_is_found(text: str) -> None:
    assert list(_found(Passage("a.md", 1, text)))


@pytest.mark.parametrize(
    "text",
    ["M0 stands for the first milestone", "There is no such file", "It is no longer current", "x is None",
     "a foreign key", "L2 is signed off", "A step to go through", "It holds. Nothing counts against it"],
)  # fmt: skip
def test_an_ordinary_word_is_not(text: str) -> None:
    assert list(_found(Passage("a.md", 1, text))) == []


def test_python_is_read_with_its_messages_docstrings_and_comments() -> None:
    source = '"""Stands for x."""\n# that is none\nx = f"{a} off"\ny = "it was told"\n'
    found = [text for passage in _of_python("a.py", source) for text in _found(passage)]
    assert sorted(text.split(":")[1] for text in found) == ["2", "3", "4"]
    upper = [text for passage in _of_python("a.py", '"""What stands for x."""') for text in _found(passage)]
    assert len(upper) == 1


def test_output_of_the_program_is_left_out() -> None:
    page = "a\n```console\n$ x\nit was told\n```\nb\n"
    assert _without_output(page) == "a\n\n\n\n\nb\n"
