"""The encoding of SSH: length-prefixed strings and integers (RFC 4251, section 5), read strictly."""

import base64
import binascii

_LONGEST_NAME = 100


class MalformedWire(Exception):  # noqa: N818 - a result, not an error of the program
    """Bytes are not what the format says; the message is the reason."""


class WireReader:
    """Reads the fields of a message one after another. Every method raises MalformedWire."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def take(self, length: int) -> bytes:
        """Return the next bytes, exactly so many."""
        if length > len(self._data) - self._at:
            raise MalformedWire("it is cut off")
        self._at += length
        return self._data[self._at - length : self._at]

    def uint32(self) -> int:
        """Return a number of four bytes."""
        return int.from_bytes(self.take(4), "big")

    def string(self) -> bytes:
        """Return a string of bytes."""
        return self.take(self.uint32())

    def text(self) -> str:
        """Return a name: a string of printable ASCII characters."""
        found = self.string()
        if len(found) > _LONGEST_NAME or any(not 0x20 < byte < 0x7F for byte in found):
            raise MalformedWire("a name in it is too long, or has characters that no name has")
        return found.decode("ascii")

    def positive(self) -> int:
        """Return an integer greater than zero in its shortest encoding."""
        found = self.string()
        if not found or found[0] & 0x80 or (found[0] == 0 and not found[1:2] >= b"\x80"):
            raise MalformedWire("a number in it is zero, negative, or not in its shortest encoding")
        return int.from_bytes(found, "big")

    def end(self) -> None:
        """Check that nothing follows."""
        if self._at != len(self._data):
            raise MalformedWire("bytes follow its end")


def string(data: bytes) -> bytes:
    """Return bytes as a string of SSH, with their length before them."""
    return len(data).to_bytes(4, "big") + data


def decoded(text: str) -> bytes:
    """Return the bytes of a canonical base64 text with padding.

    Raises:
        MalformedWire: It is not one: of several texts for the same bytes, only one is accepted.
    """
    try:
        found = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        raise MalformedWire("it is not base64, or a part of it is missing") from None
    if encoded(found) != text:
        raise MalformedWire("its base64 has bits that encode nothing")
    return found


def encoded(data: bytes) -> str:
    """Return bytes as base64 with padding."""
    return base64.b64encode(data).decode("ascii")
