"""`gatekeeper keys export`: Write the keys of the roster as a list of allowed signers.

Git and `ssh-keygen -Y verify` read such lists. Revoked keys are left out, and named on standard error.

Example: gatekeeper keys export > allowed_signers
"""

import sys

import typer

from gatekeeper.cli.arguments import open_here
from gatekeeper.cli.output import plain, write


def command(context: typer.Context) -> None:
    """Write the list, and name the revoked keys."""
    from gatekeeper.signatures.allowed_signers import written
    from gatekeeper.workspace.signing_keys import keys_of, valid_signers

    roster = open_here(context).loaded.rulebook.governance.roster
    write(written(valid_signers(roster.items())))
    keys = list(keys_of(roster.items()))
    if not keys:
        sys.stderr.write("nobody on the roster has a key: `gatekeeper keys import FILE` adds keys\n")
    for name, key, public in keys:
        if key.revoked:
            sys.stderr.write(plain(f"left out: the revoked key of {name}, {public.fingerprint}\n"))
