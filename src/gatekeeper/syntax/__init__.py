"""Parse bytes to plain data, within limits and with positions; manifests and collectors share it."""


class SyntaxProblem(Exception):  # noqa: N818 - one error in a text, with its position
    """The bytes do not follow the format. `line` and `column` are 1-based, or None if not known."""

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
    """Decode UTF-8 text, without a byte order mark.

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
