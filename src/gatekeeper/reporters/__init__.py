"""Verdict -> text: one module for each output format, named after the format.

A module of this folder has `render(report, screen) -> str`; `REPORTERS` finds it by its name, in which `_` is
`-`, and no other list names it. The caller writes the text, and no format changes the exit code. `views` has
the output of the other commands, `pages` the content of exit reports, `wording` the sentences, `text` the
escaping.
"""

from gatekeeper.plugins import Registry, Reporter

REPORTERS = Registry[Reporter](
    __name__, group="gatekeeper.reporters", noun="format", offers=("render",), hyphenated=True
)
