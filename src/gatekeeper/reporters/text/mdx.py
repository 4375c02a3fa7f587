"""Foreign text in MDX, the Markdown of Docusaurus: neither expression nor element nor directive."""

import re

from gatekeeper.reporters.text import markdown

_DIRECTIVE = re.compile(r":(?=[:\w])")
"""`:name`, `::name` and `:::name` are directives of remark-directive, which Docusaurus reads too."""
_BRACES = str.maketrans({"{": "&#123;", "}": "&#125;"})


def text(foreign: str) -> str:
    """Return foreign text for a paragraph, an item of a list or a cell of a table.

    It must not stand at the beginning of a line: there MDX takes `import` and `export` for code.
    """
    return _DIRECTIVE.sub("&#58;", markdown.text(foreign).translate(_BRACES))
