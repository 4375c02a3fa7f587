"""The readiness page, a published document: parse, render, compare and import it.

`parse` reads a page, `render` writes one from the workspace, `compare` lists where page and workspace
disagree, `import_` makes a workspace of a page. `notation` reads and writes the texts in cells. The other
modules are private to these.
"""
