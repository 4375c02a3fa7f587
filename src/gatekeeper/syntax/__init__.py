"""Parse bytes into plain data, within limits and with positions, for manifests and collectors."""


class SyntaxProblem(Exception):  # noqa: N818 - one mistake in a text, with its position
    """The bytes violate the format; `line` and `column` count from 1 if they are known."""

    def __init__(
        self, message: str, line: int | None = None, column: int | None = None, hint: str | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column
        self.hint = hint

    def __str__(self) -> str:
        where = f"line {self.line}: " if self.line else ""
        hint = f"; {self.hint}" if self.hint else ""
        return f"{where}{self.message}{hint}"


def decode(data: bytes) -> str:
    """Return UTF-8 text without its byte order mark.

    Raises:
        SyntaxProblem: The bytes are not UTF-8.
    """
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        column = error.start - (before.rfind(b"\n") + 1) + 1
        raise SyntaxProblem(
            f"byte 0x{data[error.start]:02x} is not UTF-8",
            before.count(b"\n") + 1,
            column,
            "save the file as UTF-8",
        ) from None
