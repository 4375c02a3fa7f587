"""No code depends on the ids of one document: milestones, levels, gates, destinations and roles are given."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

SRC = Path(__file__).parents[1] / "src/gatekeeper"
FOLDERS = ("judging", "cli", "reporters", "workspace", "evidence", "model", "manifests", "documents")

ID = re.compile(r"L[0-4]|M\d|G[1-8]|internal|staging|production|architecture|security")
PART = re.compile(r"(?<![A-Za-z])([LMG]|\[[LMG]+\])(\\d|\[\d|\d(?![\w]))")
"""An id, or a pattern of ids, inside a longer string: `sign-off:L4`, `G\\d+`, `[LM][0-9]`."""
FIELD = "owner"
"""A role of the document, and a field of manifests: wrong only where it decides."""
OF_OTHERS = frozenset({"catalogues"})
"""Folders of readers of other tools' files, whose keys are those of the tools."""
LETTERS = frozenset("LMG")
LOOKUPS = frozenset({"get", "pop", "setdefault"})
MATCHES = frozenset(
    {"startswith", "endswith", "removeprefix", "removesuffix", "partition", "split", "index", "count"}
    | {"match", "fullmatch", "search", "findall", "finditer", "sub", "compile", "fnmatch", "fnmatchcase"}
)
COLLECTIONS = (ast.Tuple, ast.List, ast.Set, ast.BoolOp, ast.Starred, ast.IfExp, ast.NamedExpr)


def uses_of_ids(source: str) -> list[str]:
    """Return each place where code holds an id of the document or decides by one, as `line: text`."""
    tree = ast.parse(source)
    texts, parts = _docstrings(tree) | _help(tree), _parts(tree)
    decisive = {id(node) for node in _decisive(tree)}
    prefixes = {id(node) for node in _prefixes(tree)}
    return [
        f"{node.lineno}: {node.value}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in texts
        if _is_id(
            node.value,
            is_whole=id(node) not in parts,
            decides=id(node) in decisive,
            continues=id(node) in prefixes,
        )
    ]


def _is_id(text: str, *, is_whole: bool, decides: bool, continues: bool) -> bool:
    return (
        (is_whole and ID.fullmatch(text) is not None)
        or (PART.search(text) is not None and (decides or not re.search(r"\s", text)))
        or (decides and (text == FIELD or text in LETTERS))
        or (continues and re.search(r"(?<![A-Za-z])[LMG]$", text) is not None)
    )


def _docstrings(tree: ast.AST) -> set[int]:
    """Return the strings that are statements: docstrings of modules, functions, classes and fields."""
    return {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}


def _help(tree: ast.AST) -> set[int]:
    given = [word for node in ast.walk(tree) if isinstance(node, ast.Call) for word in node.keywords]
    return {id(word.value) for word in given if word.arg in ("help", "epilog")}


def _decisive(tree: ast.AST) -> Iterator[ast.expr]:
    """Yield the expressions by which code decides: compared, looked up, matched, or a default."""
    for node in ast.walk(tree):
        match node:
            case ast.Compare():
                yield from _leaves(node.left, *node.comparators)
            case ast.Subscript():
                yield from _leaves(node.slice)
            case ast.arguments():
                yield from _leaves(*node.defaults, *filter(None, node.kw_defaults))
            case ast.MatchValue():
                yield from _leaves(node.value)
            case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name)) if name in LOOKUPS | MATCHES:
                yield from _leaves(*node.args[: 1 if name in LOOKUPS else None])


def _leaves(*nodes: ast.expr) -> Iterator[ast.expr]:
    for node in nodes:
        if isinstance(node, COLLECTIONS):
            yield from _leaves(
                *(child for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr))
            )
        elif isinstance(node, ast.Dict):
            yield from _leaves(*filter(None, node.keys))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield from _leaves(*(node.args if node.func.id in ("set", "frozenset", "tuple", "list") else ()))
        else:
            yield node


def _parts(tree: ast.AST) -> set[int]:
    """Return the texts within f-strings, such as the name of a team behind that of its organisation."""
    return {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}


def _prefixes(tree: ast.AST) -> Iterator[ast.expr]:
    """Yield the text before the value that ends an f-string: `M` in `f"M{number}"`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr) and isinstance(node.values[-1], ast.FormattedValue):
            yield from node.values[-2:-1]


@pytest.mark.long
@pytest.mark.parametrize("folder", FOLDERS)
def test_no_code_knows_an_id_of_the_document(folder: str) -> None:
    files = sorted(file for file in (SRC / folder).rglob("*.py") if file.parent.name not in OF_OTHERS)
    assert files
    found = {str(file.relative_to(SRC)): uses_of_ids(file.read_text(encoding="utf-8")) for file in files}
    assert {file: uses for file, uses in found.items() if uses} == {}


@pytest.mark.parametrize(
    "planted",
    [
        'if str(level) == "L4": pass',
        'if "M0" != milestone: pass',
        'if level in ("L3", "L4"): pass',
        'if level in frozenset({"L3"}): pass',
        'FIRST = "M0"',
        'ORDER = ("L0", "L1")',
        'if role == "owner": pass',
        'if role in ["owner", "lead"]: pass',
        'given["owner"]',
        'given.get("owner")',
        'def sign(role="owner"): pass',
        'def sign(*, to="production"): pass',
        'match role:\n    case "owner": pass',
        'match role:\n    case "lead" | "owner": pass',
        'key.startswith("G")',
        'key.startswith(("L", "x"))',
        'sign_offs["sign-off:L4"]',
        'rule.id == "L1.no-customer-endpoints"',
        're.compile(r"G\\d+")',
        're.fullmatch("[LM][0-9]", key)',
        'NUMBER = r"M\\d{1,3}"',
        're.match(r"(?x) M\\d+ # a milestone", key)',
        'following = f"M{number + 1}"',
        'key = f"sign-off:L{rank}"',
        'places = {"internal": 0}',
    ],
)
def test_a_planted_id_is_found(planted: str) -> None:
    assert uses_of_ids(planted)


@pytest.mark.parametrize(
    "innocent",
    [
        '"""Return `M1 is blocked`."""',
        'class A:\n    level: str\n    """`L2`."""',
        'typer.Argument(help="L2, for instance.")',
        'typer.Typer(epilog="Example: gatekeeper check --milestone M2")',
        'row = {"owner": service.owner}',
        'FIELDS = ("plan", "owner")',
        'place = pair.where("owner")',
        "if service.owner == before.owner: pass",
        'text = f"HTML{version}"',
        'path = f"M{x} {y}"',
        'team = f"@{organisation}/security"',
        'team = f"{PLACEHOLDER}architecture"',
        'if algorithm == "SHA256": pass',
        're.compile(r"HTML\\d")',
        'key.startswith("RR-")',
        'say("write it as M0, M1")',
    ],
)
def test_fields_and_words_are_no_ids(innocent: str) -> None:
    assert not uses_of_ids(innocent)
