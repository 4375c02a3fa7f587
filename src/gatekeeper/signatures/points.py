"""Whether a public key is a point of its curve, computed without `cryptography`, which loads slowly."""

from typing import NamedTuple


class _Curve(NamedTuple):
    """The curve y² = x³ - 3x + b modulo a prime (FIPS 186-5, SP 800-186)."""

    prime: int
    b: int


_CURVES = {
    "nistp256": _Curve(
        2**256 - 2**224 + 2**192 + 2**96 - 1,
        0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B,
    ),
    "nistp384": _Curve(
        2**384 - 2**128 - 2**96 + 2**32 - 1,
        0xB3312FA7E23EE7E4988E056BE3F82D19181D9C6EFE8141120314088F5013875AC656398D8A2ED19D2A85C8EDD3EC2AEF,
    ),
    "nistp521": _Curve(
        2**521 - 1,
        0x51953EB9618E1C9A1F929A21A0B68540EEA2DA725B99B315F3B8B489918EF109E156193951EC7E937B1652C0BD3BB1BF073573DF883D2C34F1EF451FD46B503F00,
    ),
}

_PRIME = 2**255 - 19
_D = -121665 * pow(121666, -1, _PRIME) % _PRIME


def is_on_nist_curve(curve: str, point: bytes) -> bool:
    """Whether bytes are an uncompressed point of a NIST curve; all points of these have the full order."""
    prime, b = _CURVES[curve]
    size = (prime.bit_length() + 7) // 8
    if len(point) != 1 + 2 * size or point[0] != 4:
        return False
    x, y = (int.from_bytes(half, "big") for half in (point[1 : 1 + size], point[1 + size :]))
    return x < prime and y < prime and (y * y - (x * x - 3) * x - b) % prime == 0


def is_on_ed25519(point: bytes) -> bool:
    """Whether bytes are a point of Ed25519 (RFC 8032, section 5.1.3) that is not of small order.

    For a key of small order, signatures exist that fit most messages.
    """
    if len(point) != 32:
        return False
    y = int.from_bytes(point, "little") & ~(1 << 255)
    if y >= _PRIME:  # a second encoding of y - _PRIME
        return False
    above, below = (y * y - 1) % _PRIME, (_D * y * y + 1) % _PRIME
    x_squared = above * pow(below, -1, _PRIME) % _PRIME
    is_square = pow(x_squared, (_PRIME - 1) // 2, _PRIME) <= 1
    return is_square and not _is_of_small_order(y, x_squared)


def _is_of_small_order(y: int, x_squared: int) -> bool:
    """Whether the order is 1, 2, 4 or 8: x = 0, y = 0, or the double has y = 0.

    The y of the double is (x² + y²) / (1 - dx²y²).
    """
    return x_squared == 0 or y == 0 or (y * y + x_squared) % _PRIME == 0
