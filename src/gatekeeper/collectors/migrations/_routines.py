"""What a function returns, as expressions of its arguments."""

from collections.abc import Iterator, Sequence

from sqlglot import exp

from gatekeeper.collectors.migrations._sql import Statement, block_statements, parsed, statements
from gatekeeper.collectors.migrations._sql_query import spelled
from gatekeeper.collectors.migrations._sql_schema import Routine
from gatekeeper.syntax import SyntaxProblem

_WITHOUT_VALUE = frozenset({"IF", "ELSIF", "EXCEPTION", "RAISE", "END", "NULL", "WHEN", "PERFORM"})


def returned(routine: Routine, arguments: Sequence[exp.Expr]) -> Sequence[exp.Expr]:
    """Return what a function returns or assigns to its variables; empty if that is not known."""
    try:
        written = [one for one in _values(routine) if one]
    except SyntaxProblem:
        return ()
    trees = [parsed(one, "postgres", condition=one[0].word not in ("SELECT", "WITH")) for one in written]
    known = [_filled_in(tree, routine, arguments) for tree in trees if tree is not None]
    return known if len(known) == len(trees) else ()


def _values(routine: Routine) -> Iterator[Statement]:
    """Yield the expressions that a function returns or assigns.

    Raises:
        SyntaxProblem: It does something else, too.
    """
    text = routine.body[0] if len(routine.body) == 1 and routine.body[0].is_text else None
    if text is None:
        yield routine.body
    elif routine.language == "sql":
        written = list(statements(text.text, "postgres"))
        if len(written) != 1:
            raise SyntaxProblem("a function of several statements, or of none")
        yield written[0]
    else:
        yield from (part for one in block_statements(text, "postgres") for part in _assigned(one))


def _assigned(statement: Statement) -> Iterator[Statement]:
    words = [token.word for token in statement]
    assigns = next((at for at, word in enumerate(words) if word == ":=" or (word == "=" and at == 1)), 0)
    if assigns:
        yield statement[assigns + 1 :]
    elif words[0] == "RETURN":
        yield statement[1:]
    elif words[0] == "SELECT" and "INTO" in words and "FROM" not in words:
        yield statement[1 : words.index("INTO")]
    elif words[0] not in _WITHOUT_VALUE and len(statement) > (3 if words[0] == "DECLARE" else 2):
        raise SyntaxProblem("a function that does something else")


def _filled_in(tree: exp.Expr, routine: Routine, arguments: Sequence[exp.Expr]) -> exp.Expr:
    """Return an expression with the arguments; a variable has the values that the function assigns to it."""
    given = dict(zip(routine.parameters, arguments, strict=False))
    numbered = {str(at): argument for at, argument in enumerate(arguments, 1)}
    has_variables = routine.language == "plpgsql" and not tree.find(exp.Select)

    def fill(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Parameter):
            return numbered.get(node.name, node).copy()
        if isinstance(node, exp.Column) and not node.args.get("table"):
            return given.get(spelled(node.this), exp.Null() if has_variables else node).copy()
        return node

    return tree.transform(fill)
