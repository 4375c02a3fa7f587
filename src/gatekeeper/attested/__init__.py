"""Attested results: a verdict as a signed statement that others can verify.

The statement is in-toto's Statement v1 with the predicate of a SLSA Verification Summary v1, the envelope is
DSSE v1.0. No other part of the program needs a key or the signing library.
"""


class Unverified(Exception):  # noqa: N818 - a result, not an error of the program
    """A report does not verify; the message is a sentence with the reason."""
