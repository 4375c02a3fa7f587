"""Public keys: what OpenSSH writes is parsed and shown as it does; what is unsafe is refused with advice."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from builders.ssh import SK_ECDSA, SK_ED25519, TYPES, mpint, ssh_key, string
from gatekeeper.signatures.public_keys import BadKey, PublicKey, parse_public_key, public_key

PRIME = 2**255 - 19
ED25519 = "ssh-ed25519"


def line(blob: bytes, kind: str | None = None) -> str:
    if kind is None:
        kind = blob[4 : 4 + int.from_bytes(blob[:4], "big")].decode()
    return f"{kind} {base64.b64encode(blob).decode()}"


def refusal(text: str) -> str:
    with pytest.raises(BadKey) as error:
        parse_public_key(text)
    return str(error.value)


@pytest.mark.parametrize("kind", TYPES)
def test_a_key_of_each_type_is_parsed(kind: str) -> None:
    key = ssh_key(kind)
    found = parse_public_key(key.text)
    assert found == PublicKey(kind, key.blob) == public_key(key.blob)
    assert found.text == key.text


def test_the_fingerprint_is_that_of_openssh() -> None:
    text = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEy1q/atefv1q7zK/MJp2FzSZR7UuIW1hp8kGu3wpbop"
    assert parse_public_key(text).fingerprint == "SHA256:mXhe4VT8IZgX1fUCWPH5SZ3xupG1AvwouipH1zOKCA0"


def test_a_comment_and_space_around_are_ignored() -> None:
    key = ssh_key()
    for text in (
        f"{key.text} dana@laptop of work",
        f"  {key.text}\n",
        key.text.replace(" ", "\t"),
        f"{key.text}\r\n",
    ):
        assert parse_public_key(text).text == key.text


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("", "not one line with one key"),
        ("ssh-ed25519", "nothing follows ssh-ed25519"),
        ("ssh-ed25519 AAAA", "write the whole line of the .pub file"),
        ("ssh-ed25519 !!!!", "it is not base64"),
        ("hello world", "keys of the type 'hello' are not supported: create a key with `ssh-keygen -t ed25519`"),
        ("AAAAC3NzaC1lZDI1NTE5AAAAI", "are not supported"),
        ("ssh-dss AAAAB3NzaC1kc3M=", "DSA key, which is no longer safe"),
        ("ssh-ed25519-cert-v01@openssh.com AAAA", "it is a certificate: write the public key that it certifies"),
        ("cert-authority ssh-ed25519 AAAA", "options precede the key"),
        ('namespaces="git" ssh-ed25519 AAAA', "options precede the key"),
        ("-----BEGIN PUBLIC KEY-----\nMCow\n-----END PUBLIC KEY-----", "`ssh-keygen -y -f KEY`"),
        ("---- BEGIN SSH2 PUBLIC KEY ----", "not supported"),
        ("ssh-ed25519 ä", "it is not base64"),
        ("x" * 30_000, "one line"),
    ],
)  # fmt: skip
def test_what_is_not_a_key_is_refused_with_advice(text: str, advice: str) -> None:
    assert advice in refusal(text)


def test_a_private_key_is_refused_without_showing_it() -> None:
    text = ssh_key().file().decode()
    assert "it is a private key" in refusal(text)
    assert text.splitlines()[1] not in refusal(text)


def test_two_keys_are_refused() -> None:
    assert "for each key one entry" in refusal(f"{ssh_key().text}\n{ssh_key(number=2).text}")


def test_a_key_under_the_name_of_another_type_is_refused() -> None:
    assert "it says ssh-rsa and is a key of the type ssh-ed25519" in refusal(line(ssh_key().blob, "ssh-rsa"))


@pytest.mark.parametrize("kind", TYPES)
def test_a_key_with_bytes_too_many_or_too_few_is_refused(kind: str) -> None:
    blob = ssh_key(kind).blob
    assert "bytes follow its end" in refusal(line(blob + b"\0", kind))
    for length in range(1, len(blob)):
        assert "damaged" in refusal(line(blob[:length], kind))


def test_base64_that_is_not_canonical_is_refused() -> None:
    key = ssh_key("ecdsa-sha2-nistp256")
    text = key.text
    assert text.endswith("=")
    for changed in (text.rstrip("="), f"{text}=", f"{text[:-2]}{chr(ord(text[-2]) + 1)}="):
        assert "base64" in refusal(changed)


def ed25519(point: bytes) -> str:
    return line(string(ED25519) + string(point))


def small_order_points() -> list[bytes]:
    order_8 = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7
    found = [0, 1, PRIME - 1, order_8, PRIME - order_8]
    return [(y | sign << 255).to_bytes(32, "little") for y in found for sign in (0, 1)]


@pytest.mark.parametrize("point", small_order_points(), ids=bytes.hex)
def test_an_ed25519_key_of_small_order_is_refused(point: bytes) -> None:
    assert "small order" in refusal(ed25519(point))


def test_an_ed25519_key_that_is_not_on_the_curve_is_refused() -> None:
    refused = 0
    for y in range(2, 200):
        try:
            parse_public_key(ed25519(y.to_bytes(32, "little")))
        except BadKey as reason:
            assert "not on the curve" in str(reason)
            refused += 1
    assert 60 < refused < 140, "half of all numbers are the y of a point"


@pytest.mark.parametrize("sign", [0, 1])
def test_a_second_encoding_of_an_ed25519_key_is_refused(sign: int) -> None:
    for y in range(19):
        assert "not on the curve" in refusal(ed25519((PRIME + y | sign << 255).to_bytes(32, "little")))


@pytest.mark.parametrize("length", [0, 31, 33, 64])
def test_an_ed25519_key_of_another_length_is_refused(length: int) -> None:
    assert "not on the curve" in refusal(ed25519(b"\x05" * length))


@pytest.mark.parametrize("curve", ["nistp256", "nistp384", "nistp521"])
def test_a_point_that_is_not_on_its_curve_is_refused(curve: str) -> None:
    kind = f"ecdsa-sha2-{curve}"
    point = ssh_key(kind).blob[-(1 + 2 * {"nistp256": 32, "nistp384": 48, "nistp521": 66}[curve]) :]
    half = len(point) // 2
    wrong = [
        point[:-1] + bytes([point[-1] ^ 1]),
        b"\x02" + point[1 : 1 + half],  # compressed
        b"\x06" + point[1:],  # hybrid
        b"\0",  # infinity
        b"\x04" + bytes(2 * half),
        b"\x04" + b"\xff" * (2 * half),
        point + b"\0",
        b"",
    ]
    for one in wrong:
        assert f"not on the curve {curve}" in refusal(line(string(kind) + string(curve) + string(one)))


def test_a_key_with_the_curve_of_another_type_is_refused() -> None:
    blob = ssh_key("ecdsa-sha2-nistp384").blob
    changed = blob.replace(b"ecdsa-sha2-nistp384", b"ecdsa-sha2-nistp256")
    assert "its curve is not nistp256" in refusal(line(changed))


def rsa_line(exponent: int, modulus: int) -> str:
    return line(string("ssh-rsa") + mpint(exponent) + mpint(modulus))


def test_rsa_keys_that_are_tiny_or_huge_are_refused() -> None:
    for bits in (512, 1024, 2047, 16385, 100_000):
        assert f"{bits} bits; 2048 to 16384" in refusal(rsa_line(65537, 2 ** (bits - 1) + 1))
    parse_public_key(rsa_line(65537, 2**2047 + 1))


@pytest.mark.parametrize("exponent", [1, 2, 65536, 2**32 + 1])
def test_rsa_keys_with_an_unsafe_exponent_are_refused(exponent: int) -> None:
    assert "unsafe exponent" in refusal(rsa_line(exponent, 2**2047 + 1))


def test_rsa_keys_with_an_even_modulus_are_refused() -> None:
    assert "unsafe exponent or modulus" in refusal(rsa_line(65537, 2**2047))


@pytest.mark.parametrize("number", [b"", b"\0", b"\0\x01", b"\xff\xff", b"\0" * 300])
def test_numbers_that_are_not_in_their_shortest_encoding_are_refused(number: bytes) -> None:
    modulus = mpint(2**2047 + 1)
    assert "a number in it" in refusal(line(string("ssh-rsa") + string(number) + modulus))
    assert "a number in it" in refusal(line(string("ssh-rsa") + string(b"\0" + b"\x01\0\x01") + modulus))


@pytest.mark.parametrize("kind", [SK_ED25519, SK_ECDSA])
def test_a_security_key_for_another_application_is_refused(kind: str) -> None:
    parse_public_key(ssh_key(kind, application=b"ssh:work").text)
    for application in (b"https://example.org", b"SSH:", b"x"):
        assert "for another application" in refusal(ssh_key(kind, application=application).text)


def test_a_pem_private_key_is_refused() -> None:
    private = rsa.generate_private_key(65537, 2048)
    text = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    assert "it is a private key" in refusal(text)
