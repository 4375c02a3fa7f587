"""Split SQL into statements, with sqlglot's tokenizers, and parse queries and conditions with its parsers.

Definitions are not parsed by it. It returns row-level security as text, and an unknown option of a storage
engine, or a default such as `'1 day'::interval`, would hide a whole table.
"""

import logging
import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise
from typing import Any, NamedTuple

from sqlglot import Dialect, exp
from sqlglot.errors import SqlglotError, TokenError
from sqlglot.tokenizer_core import Token as SqlToken
from sqlglot.tokens import Tokenizer

from gatekeeper.syntax import SyntaxProblem

logging.getLogger("sqlglot").setLevel(logging.ERROR)  # what it does not understand is noted
_PLACEHOLDER = re.compile(r"(?:\$\{([\w.:-]{1,100})\}|\{\{ ?([\w.:-]{1,100}) ?\}\})(\.)?")
_TEXTS = frozenset({
    "STRING", "NATIONAL_STRING", "RAW_STRING", "HEREDOC_STRING", "UNICODE_STRING", "BYTE_STRING",
    "BIT_STRING", "HEX_STRING", "NUMBER",
})  # fmt: skip
_ROUTINES = frozenset({"FUNCTION", "PROCEDURE", "PROC", "TRIGGER", "EVENT", "PACKAGE"})
_BEFORE_ROUTINE = frozenset({"OR", "REPLACE", "ALTER", "CONSTRAINT", "AGGREGATE", "TEMP", "TEMPORARY"})
_BLOCK_GOES_ON = frozenset({"IF", "LOOP", "WHILE", "REPEAT"})
_NO_BLOCK = frozenset({"TRAN", "TRANSACTION", "WORK"})
_CLIENT_COMMANDS = frozenset({"DELIMITER", "GO"})
_PSQL = "\\"
_QUERIES = frozenset({"SELECT", "WITH", "VALUES", "TABLE", "("})
_MOST_TOKENS, _DEEPEST = 20_000, 100
"""The longest and deepest query that is parsed."""
_NAMES_STATEMENTS = frozenset({"GRANT", "REVOKE", "DENY", "AUDIT"})
_BEFORE_STATEMENT = frozenset({"BEGIN", "THEN", "ELSE", "LOOP"})


class Token(NamedTuple):
    """A word, symbol, string or quoted name."""

    text: str
    word: str
    """The first word in upper case; empty for a string or a quoted name."""
    line: int
    is_text: bool = False
    native: Any = None
    """The token as sqlglot returned it."""

    @property
    def spelled(self) -> str:
        """A name as the database keeps it: in lower case unless it is quoted."""
        return self.text.casefold() if self.word else self.text


Statement = Sequence[Token]
"""The tokens of a statement, at least one, without its terminator."""
_END = Token("", "", 0)


def statements(text: str, dialect: str) -> Iterator[Statement]:
    """Yield the statements of a text.

    Raises:
        SyntaxProblem: The text is not SQL of this dialect.
    """
    return _Splitter(_tokens(text, dialect)).split()


def parsed(tokens: Statement, dialect: str, *, condition: bool = False) -> exp.Expr | None:
    """Return the syntax tree of a query, or of a condition; None if sqlglot does not understand it."""
    if not condition and (not tokens or tokens[0].word not in _QUERIES):
        return None
    depths = [0]
    for token in tokens:
        depths.append(depths[-1] + (token.word == "(") - (token.word == ")"))
    if not tokens or len(tokens) > _MOST_TOKENS or max(depths) > _DEEPEST:
        return None
    parser = Dialect.get_or_raise(dialect).parser()
    natives = [token.native for token in tokens]
    try:
        trees = parser.parse_into(exp.Condition, natives, "") if condition else parser.parse(natives, "")
    except (SqlglotError, RecursionError):
        return None
    tree = trees[0] if len(trees) == 1 else None
    return None if tree is None or tree.find(exp.Command) else tree


def block_statements(block: Token, dialect: str) -> Iterator[Statement]:
    """Yield the statements that a block of PL/pgSQL, the text after `DO` or of a function, may run."""
    statement: list[Token] = []
    for token in _tokens(block.text, dialect, block.line):
        if token.word == ";" or token.word in _BEFORE_STATEMENT:
            if statement:
                yield statement
            statement = []
            if token.word == "ELSE":
                yield [token]
        else:
            statement.append(token)
    if statement:
        yield statement


def _tokens(text: str, dialect: str, first_line: int = 1) -> list[Token]:
    try:
        tokens = _tokenizer(dialect).tokenize(filled_in(text))
    except TokenError:
        raise SyntaxProblem("not SQL: a string, a quoted name or a comment has no end") from None
    return [_token(token, first_line - 1) for token in tokens]


@cache
def _tokenizer(dialect: str) -> Tokenizer:
    known = Dialect.get_or_raise(dialect)
    base = known.tokenizer_class
    # Of a command (DO, EXEC, RENAME) it would return everything up to the next semicolon as one string.
    tokenizer: Tokenizer = type(base.__name__, (base,), {"COMMANDS": frozenset()})(dialect=known)
    return tokenizer


def filled_in(text: str) -> str:
    """Return a text with names for the placeholders of the migration tool."""
    return _PLACEHOLDER.sub(_filled_in, text)


def _filled_in(placeholder: re.Match[str]) -> str:
    """Return a name for a placeholder of the migration tool; `${schema}.orders` becomes `orders`."""
    if placeholder[3]:
        return ""
    return "_" + re.sub(r"\W", "_", placeholder[1] or placeholder[2])


def _token(token: SqlToken, offset: int) -> Token:
    kind = token.token_type.name
    line = token.line + offset
    if kind == "UNKNOWN":
        raise SyntaxProblem(f"not SQL: {token.text[:20]!r}", line)
    if kind in _TEXTS:
        # The tokenizer reports the line in which it ends.
        return Token(token.text, "", line - token.text.count("\n"), is_text=True, native=token)
    if kind == "IDENTIFIER":
        return Token(token.text, "", line, native=token)
    return Token(token.text, token.text.partition(" ")[0].upper(), line, native=token)


class _Splitter:
    """Finds the ends of statements: a semicolon; of a routine, the semicolon after its last END."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tokens = tokens
        self.statement: list[Token] = []
        self.parentheses = 0
        self.blocks = 0
        self.in_routine = False

    def split(self) -> Iterator[Statement]:
        skipped_line = psql_line = 0
        for token, following in pairwise([*self.tokens, _END]):
            if psql_line not in (0, token.line):
                yield from self._ended()
                psql_line = 0
            if token.line == skipped_line:
                continue
            if token.word == _PSQL or psql_line:
                if not psql_line:
                    yield from self._ended()
                psql_line = token.line
                self.statement.append(token)
            elif self._is_client_command(token):
                skipped_line = token.line
                yield from self._ended()
            elif token.word == ";" and not self.blocks:
                yield from self._ended()
            else:
                if self._begins_again(token, following):
                    yield from self._ended()
                self._count(token, following)
                self.statement.append(token)
        if self.blocks:
            raise SyntaxProblem("not SQL: the routine that begins here has no end", self.statement[0].line)
        yield from self._ended()

    def _ended(self) -> Iterator[Statement]:
        if self.statement:
            yield self.statement
        self.statement = []
        self.parentheses = self.blocks = 0
        self.in_routine = False

    def _is_client_command(self, token: Token) -> bool:
        """Return whether a line is a command of a client: `DELIMITER`, or `GO` after a batch."""
        if token.word == "GO":
            return not self.parentheses and (not self.statement or self.statement[-1].line < token.line)
        return token.word in _CLIENT_COMMANDS and not self.statement

    def _begins_again(self, token: Token, following: Token) -> bool:
        """Return whether a new statement begins without a semicolon, as in T-SQL or after CREATE SCHEMA."""
        return bool(
            self.statement
            and token.word in ("CREATE", "ALTER")
            and following.word == "TABLE"
            and not self.parentheses
            and not self.in_routine
            and self.statement[0].word not in _NAMES_STATEMENTS
        )

    def _count(self, token: Token, following: Token) -> None:
        word = token.word
        if word == "(":
            self.parentheses += 1
        elif word == ")":
            self.parentheses -= 1
        elif word in _ROUTINES and not self.in_routine:
            self.in_routine = self._are_before_routine()
        elif self.in_routine:
            self._count_blocks(word, following.word)

    def _are_before_routine(self) -> bool:
        words = [token.word for token in self.statement]
        if words[:1] not in (["CREATE"], ["ALTER"]):
            return False
        return words[1:2] == ["DEFINER"] or _BEFORE_ROUTINE.issuperset(words[1:])

    def _count_blocks(self, word: str, following: str) -> None:
        if word.rstrip("$") == "END" and following not in _BLOCK_GOES_ON:
            self.blocks = max(self.blocks - 1, 0)
        elif (word == "BEGIN" and following not in _NO_BLOCK) or (
            word == "CASE" and self.statement[-1].word != "END"
        ):
            self.blocks += 1
