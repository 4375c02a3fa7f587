"""Reading along the tokens of a statement."""

from collections.abc import Iterator

from gatekeeper.collectors.migrations._sql import Statement, Token
from gatekeeper.collectors.migrations._sql_schema import Name
from gatekeeper.syntax import SyntaxProblem

_END = Token("", "", 0, is_text=True)


class Cursor:
    """A place within a statement."""

    def __init__(self, statement: Statement) -> None:
        self.tokens = statement
        self.at = 0
        self.line = statement[0].line

    @property
    def token(self) -> Token:
        """The token that comes next; behind the last one, a text of nothing."""
        return self.tokens[self.at] if self.at < len(self.tokens) else _END

    @property
    def word(self) -> str:
        """Its word, in capitals."""
        return self.token.word

    def accept(self, *words: str) -> bool:
        """Step over these words, if they come next."""
        following = self.tokens[self.at : self.at + len(words)]
        if len(following) < len(words) or any(
            token.word != word for token, word in zip(following, words, strict=True)
        ):
            return False
        self.at += len(words)
        return True

    def accept_any(self, *words: str) -> bool:
        """Step over one of these words."""
        return any(self.accept(word) for word in words)

    def skip(self, *words: str) -> None:
        """Step over as many of these words as there are."""
        while self.accept_any(*words):
            pass

    def expected(self, what: str) -> SyntaxProblem:
        """Return the problem that something else comes next."""
        found = repr(self.token.text[:20]) if self.at < len(self.tokens) else "the end of the statement"
        return SyntaxProblem(f"not SQL: {found} where {what} belongs", self.token.line or self.line)

    def identifier(self, what: str = "a name") -> str:
        """Step over a name; what is not quoted is in small letters, as the database has it."""
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
        """Step over a table's name, maybe with its schema; that of the database is left out."""
        parts = [self.identifier("the name of a table")]
        while self.accept("."):
            parts.append(self.identifier("the name of a table"))
        return Name("", parts[-1]).within(parts[-2] if len(parts) > 1 else "")

    def names(self) -> Iterator[Name]:
        """Step over names with commas between."""
        yield self.name()
        while self.accept(","):
            yield self.name()

    def items(self) -> Iterator["Cursor"]:
        """Step over what is left, or what stands in the parentheses that were just opened, item by item."""
        item: list[Token] = []
        depth = 0
        while self.at < len(self.tokens) and (depth or self.word != ")"):
            depth += (self.word == "(") - (self.word == ")")
            if self.word == "," and not depth:
                yield from _cursors(item)
                item = []
            else:
                item.append(self.token)
            self.at += 1
        yield from _cursors(item)

    def parenthesised(self) -> Iterator["Cursor"]:
        """Step over parentheses, item by item."""
        if not self.accept("("):
            raise self.expected("(")
        yield from self.items()
        if not self.accept(")"):
            raise self.expected(")")


def _cursors(item: list[Token]) -> Iterator[Cursor]:
    if item:
        yield Cursor(item)
