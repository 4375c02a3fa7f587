"""Signatures of statements: texts and bytes in, the key that signed out.

Our own code reads the formats of OpenSSH; `cryptography` does the arithmetic. No program is run.
"""
