"""Untrusted text in MDX, the Markdown of Docusaurus: never an expression, an element or a directive."""

import re

from gatekeeper.reporters.text import markdown

_DIRECTIVE = re.compile(r":(?=[:\w])")
"""`:name`, `::name` and `:::name` are directives of remark-directive, which Docusaurus uses."""
_BRACES = str.maketrans({"{": "&#123;", "}": "&#125;"})


def text(untrusted: str) -> str:
    """Return untrusted text for a paragraph, an item of a list or a cell of a table.

    It must not start a line, where MDX reads `import` and `export` as code.
    """
    return _DIRECTIVE.sub("&#58;", markdown.text(untrusted).translate(_BRACES))
