"""`gatekeeper keys export`: Write the keys of the roster as a list of allowed signers.

Git and `ssh-keygen -Y verify` read such lists. Revoked keys are left out, and named on standard error.

Example: gatekeeper keys export > allowed_signers
"""

import sys

import typer

from gatekeeper.cli.arguments import open_here
from gatekeeper.cli.output import plain, write_data


def command(context: typer.Context) -> None:
    """Write the list, and name the revoked keys."""
    from gatekeeper.signatures.allowed_signers import valid_signers, written
    from gatekeeper.signatures.public_keys import parse_public_key

    governance = open_here(context).loaded.rulebook.governance
    keys = [one for one in governance.owned_keys() if one.group == "roster"]
    write_data(written(valid_signers(keys)))
    if not keys:
        sys.stderr.write("nobody on the roster has a key: `gatekeeper keys import FILE` adds keys\n")
    for one in keys:
        if one.key.revoked:
            fingerprint = parse_public_key(one.key.key).fingerprint
            sys.stderr.write(plain(f"left out: the revoked key of {one.owner}, {fingerprint}\n"))
