"""`python -m gatekeeper`."""

from gatekeeper.cli.main import main

main()
