"""No forged signature is accepted: whatever is accepted was made by that key over that message."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.forged_signatures import Forged, forged, genuine, is_genuine, signatures
from gatekeeper.signatures.verification import BadSignature, signer_of


def accepted(one: Forged) -> bool:
    try:
        signer_of(one.text, one.message)
    except BadSignature as reason:
        assert str(reason), "every refusal has a reason"
        return False
    return True


def test_genuine_signatures_are_accepted() -> None:
    for text, message in signatures():
        assert accepted(Forged("", text, message))
    assert len(genuine()) > 100


@settings(max_examples=400, deadline=None)
@given(st.randoms(use_true_random=True))
def test_forged_signatures_are_refused(random: Random) -> None:
    one = forged(random)
    assert not accepted(one) or is_genuine(one.text, one.message), one


@pytest.mark.long
def test_many_forged_signatures_are_refused() -> None:
    random = Random(7)  # noqa: S311 - the same each time
    made = [forged(random) for _ in range(40_000)]
    assert [one for one in made if accepted(one) and not is_genuine(one.text, one.message)] == []


@settings(max_examples=200, deadline=None)
@given(
    st.text(max_size=300),
    st.sampled_from(["", "ssh:", "dsse:", "-----BEGIN SSH SIGNATURE-----\n"]),
    st.binary(),
)
def test_any_text_is_refused(text: str, start: str, message: bytes) -> None:
    assert not accepted(Forged("", start + text, message))
