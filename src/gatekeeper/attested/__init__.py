"""Attested results: a verdict as a signed statement that others can verify.

The statement is an in-toto Statement v1 with a SLSA Verification Summary v1 as its predicate; the envelope is
DSSE v1.0. `keys` reads keys, `envelope` signs and opens envelopes, `statement` checks the content,
`verification` does all three. Only this package uses keys and the signing library.
"""


class Unverified(Exception):  # noqa: N818 - an outcome, not an error of this program
    """A report does not verify; the message says why."""
