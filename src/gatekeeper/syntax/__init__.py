"""Bytes -> plain data, within limits and with positions; shared by manifests and collectors."""


class SyntaxProblem(Exception):  # noqa: N818 - one mistake in a text, told with its position
    """The bytes are not what the format asks for; `line` and `column` are 1-based where known."""

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
    """Return UTF-8 text, without a byte order mark; anything else is a `SyntaxProblem`."""
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
