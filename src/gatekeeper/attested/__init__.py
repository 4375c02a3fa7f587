"""Attested results: a verdict as a signed statement that others can verify.

The statement is in-toto's Statement v1 with the predicate of a SLSA Verification Summary v1, the envelope is
DSSE v1.0. Nothing else in the program needs a key, or the library that signs.
"""


class Unverified(Exception):  # noqa: N818 - it is an outcome, told apart from our own errors
    """A report does not hold what it claims; the message says why in a sentence."""
