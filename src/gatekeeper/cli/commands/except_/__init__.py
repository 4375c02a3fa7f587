"""`gatekeeper except`: Manage the exceptions: services that ship below their target.

Example: gatekeeper except list --milestone M4

Heading: Record and sign
"""
