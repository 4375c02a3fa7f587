"""Texts that break formats which do not escape them."""

from hypothesis import settings
from hypothesis import strategies as st

NASTY = [
    "::error::x", "##[error]x", "::endgroup::", "<script>alert(1)</script>", "]]>", "&amp;", "</testsuite>", "a | b",
    "`x`", "@everyone", "[a](https://example.org)", "![x](y)", "</details>", "x\ny", "x\r\ny", "\x00", "\x1b[31m",
    "\ud800", "\ufffe", "\u202e", "\u2028::error::x", "%0A::error::x", "<!--", "```", "$x$", "'\"", "",
]  # fmt: skip


TEXTS = st.lists(st.text(max_size=30) | st.sampled_from(NASTY), min_size=1, max_size=7)


HOSTILE = settings(max_examples=40)
