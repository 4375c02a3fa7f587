"""Verdict -> text: one module an output format, named after the format.

A module of this folder has `render(report, screen) -> str`. Formats return text; the caller writes it, and no
format changes the exit code. What other commands show is in `views`.
"""

from gatekeeper.plugins import Registry, Reporter

REPORTERS = Registry[Reporter](__name__, group="gatekeeper.reporters", noun="format", offers=("render",))
