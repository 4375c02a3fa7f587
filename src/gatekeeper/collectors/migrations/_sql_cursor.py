"""Read the tokens of a statement one after the other."""

from collections.abc import Iterator

from gatekeeper.collectors.migrations._sql import Statement, Token
from gatekeeper.collectors.migrations._sql_schema import Name
from gatekeeper.syntax import SyntaxProblem

_END = Token("", "", 0, is_text=True)


class Cursor:
    """A position within a statement."""

    def __init__(self, statement: Statement, dialect: str = "postgres") -> None:
        self.tokens = statement
        self.dialect = dialect
        self.at = 0
        self.line = statement[0].line

    @property
    def token(self) -> Token:
        """The next token; after the last one, an empty string."""
        return self.tokens[self.at] if self.at < len(self.tokens) else _END

    @property
    def word(self) -> str:
        """The word of the next token, in upper case."""
        return self.token.word

    @property
    def rest(self) -> Statement:
        """The tokens that are not read yet."""
        return self.tokens[self.at :]

    def has(self, *words: str) -> bool:
        """Return whether these words follow each other in what is not read yet."""
        following = [token.word for token in self.rest]
        return any(tuple(following[at : at + len(words)]) == words for at in range(len(following)))

    def skip_past(self, *words: str) -> bool:
        """Skip everything up to and including these words; return whether they follow."""
        while self.at < len(self.tokens):
            if self.accept(*words):
                return True
            self.at += 1
        return False

    def accept(self, *words: str) -> bool:
        """Skip these words if they are next; return whether they were."""
        following = self.tokens[self.at : self.at + len(words)]
        if len(following) < len(words) or any(
            token.word != word for token, word in zip(following, words, strict=True)
        ):
            return False
        self.at += len(words)
        return True

    def accept_any(self, *words: str) -> bool:
        """Skip one of these words if it is next; return whether it was."""
        return any(self.accept(word) for word in words)

    def expected(self, what: str) -> SyntaxProblem:
        """Return the problem that the next token is a different one."""
        found = repr(self.token.text[:20]) if self.at < len(self.tokens) else "the end of the statement"
        return SyntaxProblem(f"not SQL: expected {what}, found {found}", self.token.line or self.line)

    def identifier(self, what: str = "a name") -> str:
        """Read a name; one that is not quoted is returned in lower case, as the database keeps it."""
        token = self.token
        if token.is_text:
            raise self.expected(what)
        if not token.word:
            self.at += 1
            return token.text
        if not token.word[0].isalpha() and token.word[0] != "_":
            raise self.expected(what)
        self.at += 1
        return token.text.casefold()

    def name(self) -> Name:
        """Read the name of a table, with its schema if written; the name of the database is dropped."""
        parts = [self.identifier("the name of a table")]
        while self.accept("."):
            parts.append(self.identifier("the name of a table"))
        return Name("", parts[-1]).within(parts[-2] if len(parts) > 1 else "")

    def names(self) -> Iterator[Name]:
        """Read names that are separated by commas."""
        yield self.name()
        while self.accept(","):
            yield self.name()

    def items(self) -> Iterator["Cursor"]:
        """Yield the items up to the end of the statement or of the parentheses, separated by commas."""
        item: list[Token] = []
        depth = 0
        while self.at < len(self.tokens) and (depth or self.word != ")"):
            depth += (self.word == "(") - (self.word == ")")
            if self.word == "," and not depth:
                yield from self._cursors(item)
                item = []
            else:
                item.append(self.token)
            self.at += 1
        yield from self._cursors(item)

    def _cursors(self, item: list[Token]) -> Iterator["Cursor"]:
        if item:
            yield Cursor(item, self.dialect)

    def parenthesised(self) -> Iterator["Cursor"]:
        """Yield the items in parentheses."""
        if not self.accept("("):
            raise self.expected("(")
        yield from self.items()
        if not self.accept(")"):
            raise self.expected(")")
