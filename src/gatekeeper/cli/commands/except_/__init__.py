"""`gatekeeper except`: Manage the exceptions: services that ship at L3 instead of L4.

Example: gatekeeper except list --milestone M4

Heading: Record and sign
"""
