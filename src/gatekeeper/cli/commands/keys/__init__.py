"""`gatekeeper keys`: Import, export or require the keys of people.

Example: gatekeeper keys import .github/allowed_signers

Heading: Record and sign
"""
