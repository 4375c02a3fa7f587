"""Forged signatures: genuine ones, changed at random in their bytes, fields, numbers, keys, texts and messages."""

import base64
from collections.abc import Callable
from functools import cache
from random import Random
from typing import NamedTuple

from builders.ssh import (
    CURVES,
    TYPES,
    SshKey,
    armoured,
    compact,
    dsse,
    mpint,
    raw_signature,
    ssh_key,
    sshsig,
    string,
    to_sign,
)

L = 2**252 + 27742317777372353535851937790883648493
"""The order of the base point of Ed25519."""
PRIME = 2**255 - 19
ORDERS = {name: curve.group_order for name, (curve, _) in CURVES.items()}
_ORDER_8 = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7
SMALL_ORDER = tuple(
    (y | sign << 255).to_bytes(32, "little")
    for y in (0, 1, PRIME - 1, PRIME, PRIME + 1, _ORDER_8, PRIME - _ORDER_8)
    for sign in (0, 1)
)
"""The points of Ed25519 that vanish after three doublings, in all encodings."""
MESSAGES = (b"", b"hello", b'{"act":"sign-off","level":"L2"}', b'{"act":"sign-off","level":"L3"}')
HASHES = ("sha256", "sha512")


class Fields(NamedTuple):
    """The fields of a signature of SSH. The signature is its algorithm, its value, and what follows it."""

    key: bytes
    namespace: bytes
    reserved: bytes
    hashed: bytes
    algorithm: bytes
    value: bytes
    end: bytes

    def blob(self, version: int = 1) -> bytes:
        signature = string(self.algorithm) + string(self.value) + self.end
        strings = (self.key, self.namespace, self.reserved, self.hashed, signature)
        return b"SSHSIG" + version.to_bytes(4, "big") + b"".join(map(string, strings))


class Genuine(NamedTuple):
    """A signature that a key made over a message."""

    key: SshKey
    message: bytes
    fields: Fields


class Forged(NamedTuple):
    """A text that may or may not be a signature, and the message that it is said to be over."""

    how: str
    text: str
    message: bytes


@cache
def keys() -> tuple[SshKey, ...]:
    return (*(ssh_key(kind, number) for kind in TYPES for number in (1, 2)), ssh_key("ssh-rsa", bits=3072))


@cache
def genuine() -> tuple[Genuine, ...]:
    return tuple(
        Genuine(key, message, _fields(key, message, hashed, algorithm))
        for key in keys()
        for message in MESSAGES
        for hashed in HASHES
        for algorithm in (("rsa-sha2-256", "rsa-sha2-512") if key.type == "ssh-rsa" else (key.type,))
    )


def _fields(key: SshKey, message: bytes, hashed: str, algorithm: str) -> Fields:
    raw = raw_signature(key, to_sign(message, hashed=hashed), algorithm=algorithm)
    algorithm_, value, end = split(raw, 2)
    found = Fields(key.blob, b"gatekeeper-v1", b"", hashed.encode(), algorithm_, value, end)
    assert found.blob() == sshsig(key.blob, raw, hashed=hashed)
    return found


def split(data: bytes, number: int) -> list[bytes]:
    """Return so many strings that begin data, and the rest."""
    found = []
    for _ in range(number):
        length = int.from_bytes(data[:4], "big")
        found.append(data[4 : 4 + length])
        data = data[4 + length :]
    return [*found, data]


@cache
def signatures() -> frozenset[tuple[str, bytes]]:
    """Return every signature that a key made, in its compact text, with its message."""
    made = {(compact(one.fields.blob()), one.message) for one in genuine()}
    made |= {
        (compact(_other_s(one.fields).blob()), one.message) for one in genuine() if _is_ecdsa(one.fields)
    }
    ed25519 = [key for key in keys() if key.type == "ssh-ed25519"]
    return frozenset(made | {(dsse(key, message), message) for key in ed25519 for message in MESSAGES})


def is_genuine(text: str, message: bytes) -> bool:
    """Whether a key made this signature over this message.

    Two re-encodings are the same signature: the base64 in another block, and (r, n - s) for (r, s) of ECDSA, which
    everybody can compute from the other.
    """
    lines = text.split()
    body = "ssh:" + "".join(lines[3:-3]) if text.startswith("-----BEGIN SSH SIGNATURE-----") else text
    return (body, message) in signatures()


def _is_ecdsa(fields: Fields) -> bool:
    return b"ecdsa" in fields.algorithm[:8]


def _other_s(fields: Fields) -> Fields:
    r, s, _ = split(fields.value, 2)
    n = ORDERS[fields.algorithm.decode().partition("@")[0].rpartition("-")[2]]
    return fields._replace(value=string(r) + mpint(n - int.from_bytes(s, "big")))


def forged(random: Random) -> Forged:
    """Return a genuine signature with one to three changes, or with another message."""
    how = random.choice(list(_WAYS))
    one = random.choice(genuine())
    return _WAYS[how](random, one)._replace(how=how)


def _with(blob: bytes, message: bytes, random: Random) -> Forged:
    return Forged("", compact(blob) if random.random() < 0.8 else armoured(blob), message)


def _bytes_changed(random: Random, one: Genuine) -> Forged:
    blob = one.fields.blob()
    for _ in range(random.randint(1, 3)):
        blob = random.choice(_BYTES)(random, blob)
    return _with(blob, one.message, random)


def _flip(random: Random, data: bytes) -> bytes:
    if not data:
        return b"\1"
    at = random.randrange(len(data) * 8)
    return data[: at // 8] + bytes([data[at // 8] ^ 1 << at % 8]) + data[at // 8 + 1 :]


def _cut(random: Random, data: bytes) -> bytes:
    at = random.randint(0, len(data))
    return data[:at]


def _delete(random: Random, data: bytes) -> bytes:
    at, length = random.randint(0, len(data)), random.randint(1, 8)
    return data[:at] + data[at + length :]


def _insert(random: Random, data: bytes) -> bytes:
    at = random.randint(0, len(data))
    return data[:at] + random.randbytes(random.randint(1, 8)) + data[at:]


def _append(random: Random, data: bytes) -> bytes:
    return data + random.choice((b"\0", b"\n", data, bytes(4), string(b"")))


_BYTES: tuple[Callable[[Random, bytes], bytes], ...] = (_flip, _flip, _flip, _cut, _delete, _insert, _append)


def _fields_changed(random: Random, one: Genuine) -> Forged:
    """Change whole fields: those of another signature, no bytes, other bytes, the version."""
    fields, other = one.fields, random.choice(genuine()).fields
    for name in random.sample(Fields._fields, random.randint(1, 2)):
        now = getattr(fields, name)
        values = (
            getattr(other, name),
            getattr(other, name),
            b"",
            now + b"\0",
            b"\0" + now,
            _flip(random, now),
            now * 2,
        )
        fields = fields._replace(**{name: random.choice(values)})
    return _with(fields.blob(random.choice((1, 1, 1, 1, 0, 2, 2**31))), one.message, random)


def _namespaces(random: Random, one: Genuine) -> Forged:
    """Take a signature that the key made for another namespace, hash or reserved field."""
    names = {
        "namespace": random.choice(("git", "file", "gatekeeper-v", "gatekeeper-v11", "", "gatekeeper-v1")),
        "hashed": random.choice((*HASHES, "sha1", "sha384", "md5")),
    }
    reserved = random.choice((b"", b"x"))
    raw = raw_signature(
        one.key, to_sign(one.message, reserved=reserved, **names) + random.choice((b"", b"\0"))
    )
    algorithm, value, end = split(raw, 2)
    fields = one.fields._replace(algorithm=algorithm, value=value, end=end)
    if random.random() < 0.5:
        fields = fields._replace(namespace=names["namespace"].encode(), hashed=names["hashed"].encode())
    if names == {"namespace": "gatekeeper-v1", "hashed": fields.hashed.decode()}:
        fields = fields._replace(reserved=b"x")
    return _with(fields.blob(), one.message, random)


def _keys_spliced(random: Random, one: Genuine) -> Forged:
    """Put another key of the same type beside the signature, with or without its own value."""
    same = [key for key in keys() if key.type == one.key.type and key != one.key]
    fields = one.fields._replace(key=random.choice(same).blob)
    return _with(fields.blob(), one.message, random)


def _weak_keys(random: Random, one: Genuine) -> Forged:
    """Make signatures that a weak key would accept: points of small order, RSA with e = 1, tiny numbers."""
    digest_to_sign = to_sign(one.message, hashed=one.fields.hashed.decode())
    if random.random() < 0.5:
        point = random.choice(SMALL_ORDER)
        value = random.choice(SMALL_ORDER) + random.choice((0, L)).to_bytes(32, "little")
        kind = "ssh-ed25519"
        if random.random() < 0.2:
            text = f"dsse:{_text(string(kind) + string(point))}.{_text(value)}"
            return Forged("", text, one.message)
        return _with(_ssh(one, kind, string(point), value), one.message, random)
    return _with(_weak_rsa(random, one, digest_to_sign), one.message, random)


def _weak_rsa(random: Random, one: Genuine, signed: bytes) -> bytes:
    import hashlib

    bits = random.choice((1024, 2048, 3072))
    prefix = bytes.fromhex("3051300d060960864801650304020305000440")
    padded = prefix + hashlib.sha512(signed).digest()
    size = bits // 8
    padded = b"\0\1" + b"\xff" * (size - len(padded) - 3) + b"\0" + padded
    modulus = random.choice((2**bits - 1, 2 ** (bits - 1) + 1, 2**bits - 2))
    exponent = random.choice((1, 1, 0, 2, 65537, 3))
    return _ssh(one, "ssh-rsa", mpint(exponent) + mpint(modulus), padded, "rsa-sha2-512")


def _ssh(one: Genuine, kind: str, fields: bytes, value: bytes, algorithm: str = "") -> bytes:
    changed = one.fields._replace(
        key=string(kind) + fields, algorithm=(algorithm or kind).encode(), value=value, end=b""
    )
    return changed.blob()


def _numbers(random: Random, one: Genuine) -> Forged:
    """Change the numbers of a signature: S + L, R of small order, r or s zero, n, negative, in a long encoding."""
    fields = one.fields
    if "ed25519" in one.key.type:
        r, s = fields.value[:32], int.from_bytes(fields.value[32:], "little")
        changed = random.choice((s + L, s + 2 * L, L - s, 0, s, s + 8, s ^ 1 << 255))
        r = random.choice((r, r, random.choice(SMALL_ORDER), r[:31] + bytes([r[31] ^ 128])))
        value = r + (changed % 2**256).to_bytes(32, "little")
    elif one.key.type == "ssh-rsa":
        number, size = int.from_bytes(fields.value, "big"), len(fields.value)
        modulus = int.from_bytes(split(one.key.blob, 3)[2], "big")
        changed = random.choice((number + modulus, modulus - number, 0, 1, modulus - 1, number))
        padding = random.choice((0, 0, 1, -1))
        value = changed.to_bytes(max(size + padding, (changed.bit_length() + 7) // 8), "big")
        value = value[-padding:] if padding < 0 else value
    else:
        value = _ecdsa_numbers(random, fields)
    return _with(fields._replace(value=value).blob(), one.message, random)


def _ecdsa_numbers(random: Random, fields: Fields) -> bytes:
    r_bytes, s_bytes, _ = split(fields.value, 2)
    n = ORDERS[fields.algorithm.decode().partition("@")[0].rpartition("-")[2]]
    r, s = int.from_bytes(r_bytes, "big"), int.from_bytes(s_bytes, "big")
    encodings: tuple[Callable[[int], bytes], ...] = (
        mpint, mpint, mpint, lambda number: string(b"\0" + mpint(number)[4:]), lambda number: string(mpint(-number % n)[4:].lstrip(b"\0")),
    )  # fmt: skip
    pairs = (
        (r, s),
        (r, n - s),
        (n - r, s),
        (0, s),
        (r, 0),
        (0, 0),
        (n, s),
        (r, n),
        (r + n, s),
        (r, s + n),
        (s, r),
        (1, 1),
        (r, 1),
    )
    return b"".join(random.choice(encodings)(number) for number in random.choice(pairs))


def _security_keys(random: Random, one: Genuine) -> Forged:
    """Change flags, counter and application of a signature by a security key, or sign without a touch."""
    sk = [other for other in genuine() if other.key.type.startswith("sk-")]
    one = random.choice(sk)
    if random.random() < 0.3:
        raw = raw_signature(one.key, to_sign(one.message), flags=random.choice((0, 4, 2, 254)))
        return _with(sshsig(one.key.blob, raw), one.message, random)
    ends = (
        b"",
        bytes(5),
        b"\1" + bytes(4),
        one.fields.end + b"\0",
        one.fields.end[1:],
        b"\5" + one.fields.end[1:],
    )
    key = random.choice(
        (one.key.blob, one.key.blob[:-8] + string(b"ssh;"), one.key.blob[:-8] + string(b"https://a"))
    )
    kinds = (
        one.fields.algorithm,
        one.fields.algorithm.removeprefix(b"sk-").partition(b"@")[0],
        b"webauthn-" + one.fields.algorithm,
    )
    fields = one.fields._replace(end=random.choice(ends), key=key, algorithm=random.choice(kinds))
    return _with(fields.blob(), one.message, random)


def _messages(random: Random, one: Genuine) -> Forged:
    """Keep the signature and change the message."""
    others = (
        *MESSAGES,
        one.message + b"\n",
        one.message[:-1],
        b" " + one.message,
        _flip(random, one.message),
    )
    return _with(one.fields.blob(), random.choice(others), random)


def _texts(random: Random, one: Genuine) -> Forged:
    """Change characters of the text: base64, lines of the block, the scheme."""
    blob = one.fields.blob()
    text = random.choice((compact(blob), armoured(blob)))
    for _ in range(random.randint(1, 2)):
        at = random.randint(0, len(text))
        new = random.choice(
            ("", " ", "\n", "\r", "\t", "=", "A", "-", "_", "+", ".", ":", "\0", "é", "ssh:", "dsse:")
        )
        text = text[:at] + new + text[at + random.randint(0, 2) :]
    return Forged("", text, one.message)


def _dsse(random: Random, one: Genuine) -> Forged:
    """Change a signature of DSSE: the key, the value, the payload type, the message, the text."""
    first, second = (ssh_key("ssh-ed25519", number) for number in (1, 2))
    kind = random.choice(
        ("application/vnd.in-toto+json", "application/vnd.in-toto+json", "", "application/json")
    )
    text = dsse(first, one.message, kind)
    _public, value = text.removeprefix("dsse:").split(".")
    raw = base64.b64decode(value)
    s = int.from_bytes(raw[32:], "little")
    values = (
        raw,
        raw + b"\0",
        raw[:63],
        raw[:32] + (s + L).to_bytes(32, "little"),
        _flip(random, raw),
        bytes(64),
    )
    publics = (
        first.blob,
        first.blob,
        second.blob,
        one.key.blob,
        first.blob + b"\0",
        _flip(random, first.blob),
    )
    message = random.choice((one.message, one.message, one.message + b"\0", random.choice(MESSAGES)))
    text = f"dsse:{_text(random.choice(publics))}.{_text(random.choice(values))}"
    return Forged(
        "", random.choice((text, text, text + "\n", text.replace("=", "", 1), text.replace(".", ""))), message
    )


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


_WAYS: dict[str, Callable[[Random, Genuine], Forged]] = {
    "bytes": _bytes_changed,
    "fields": _fields_changed,
    "namespaces": _namespaces,
    "keys spliced": _keys_spliced,
    "weak keys": _weak_keys,
    "numbers": _numbers,
    "security keys": _security_keys,
    "messages": _messages,
    "texts": _texts,
    "dsse": _dsse,
}
