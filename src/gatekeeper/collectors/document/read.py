"""Read evidence of the kind `document`."""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from gatekeeper.collectors.document.facts import DocumentFacts
from gatekeeper.collectors.reading import instants
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.files import only_file, opened
from gatekeeper.collectors.reading.placeholders import is_to_do, is_unwritten
from gatekeeper.model.evidence import Artefact, Collected, Options, Origin, Unreadable, Unrecognised
from gatekeeper.syntax import SyntaxProblem, decode, yaml
from gatekeeper.syntax.json import Json, Object

if TYPE_CHECKING:
    from markdown_it.token import Token

ABOUT = About(
    tool="Markdown, which people write",
    seen="CommonMark 0.31, YAML front matter",
    source="https://spec.commonmark.org/0.31.2/",
    command=None,
    recognised="the ending of the name, such as `.md`; without one, a heading",
    models="front matter, headings with text or without, words, links, dashboards of Grafana",
    not_modelled="tables and images as evidence; other markup, such as AsciiDoc",
)

_MAX_BYTES = 5_000_000
_ENDINGS = (".md", ".markdown", ".mdown", ".mkd")
_ENDING = re.compile(r"\.[a-z]\w{0,9}$")
_HEADING = re.compile(rb"^(#{1,6}[ \t]+\S|\S.*\r?\n(=+|-+)[ \t]*\r?$)", re.MULTILINE)
_UNDERLINE = re.compile(r"={3,}|-{3,}")
_FENCE = re.compile(r"---[ \t]*")
_CLOSING_FENCE = re.compile(r"(---|\.\.\.)[ \t]*")
_YAML_COMMENT = re.compile(r"^[ \t]*#.*$", re.MULTILINE)
_BARE_URL = re.compile(r"https?://[^\s<>\"'`]+[^\s<>\"'`.,;:!?)\]}*_]")
_COMMENT = re.compile(r"<!--.*?(-->|\Z)", re.DOTALL)
_TAG = re.compile(r"</?(?!img\b)[a-z][^<>]*>", re.IGNORECASE)
_DASHBOARD = re.compile(r"(?:^|/)d(?:-solo|-embed)?/([^/?#\s]+)")
_WORD = re.compile(r"\w+")
_TO_COME = re.compile(
    r"(?s:lorem ipsum.*)|[\W_]*(?:tbc|wip|n/a|coming soon|work in progress"
    r"|not yet (?:decided|defined|done|known|measured|planned|written)"
    r"|(?:.{0,40}\b(?:is|are|has|have|needs?) (?:yet |still )?)?to be (?:added|agreed|announced|confirmed"
    r"|decided|defined|described|determined|documented|done|filled in|measured|planned|written))\b.{0,40}",
    re.IGNORECASE,
)
"""A paragraph that announces what somebody will write."""
_TEXT = frozenset({"inline", "fence", "code_block", "html_block"})
"""The tokens that may have text."""


def recognises(content: Content) -> bool:
    """Return whether the name is that of Markdown, or says nothing and the file is text with a heading."""
    name = content.name.casefold()
    if name.endswith(_ENDINGS):
        return True
    says_nothing = name.endswith(".txt") or not _ENDING.search(name)
    return says_nothing and bool(_HEADING.search(content.head)) and not _is_of_another_language(content)


def is_distinct(content: Content) -> bool:
    """Return whether the name is that of Markdown, or each heading is alone between blank lines.

    Lines that begin with `#` are comments in other files.
    """
    name = content.name.casefold().rpartition("/")[2]
    if name.endswith(_ENDINGS):
        return True
    lines = [line.strip() for line in content.head.decode("utf-8", "replace").split("\n")]
    blocks = [list(block) for is_text, block in groupby(lines, bool) if is_text]
    marked = [block for block in blocks if any(line.startswith("#") for line in block)]
    underlined = any(len(block) == 2 and _UNDERLINE.fullmatch(block[1]) for block in blocks)
    is_text = any(len(block) > 1 or len(block[0].split()) > 3 for block in blocks)
    headed = any(block[0].startswith("##") for block in marked) or underlined
    return not name.startswith(".") and is_text and headed and all(len(block) == 1 for block in marked)


def _is_of_another_language(content: Content) -> bool:
    """Return whether a text is a script, XML, JSON, or YAML other than front matter."""
    if content.is_xml or content.head.startswith(b"#!"):
        return True
    try:
        return isinstance(yaml.load(content.data).value, dict | list)
    except SyntaxProblem:
        # Of Markdown with front matter, too, since it is several documents.
        return content.is_json


def collect(artefact: Artefact, options: Options) -> Collected[DocumentFacts]:  # noqa: ARG001 - this kind has no options
    """Read the outline, front matter and links of the document; `date` in the front matter dates it."""
    file = only_file(artefact)
    with opened(file) as data:
        if not recognises(Content(file.name, data)):
            raise Unrecognised("not Markdown: the name does not end in .md, and no heading shows it")
        facts = _facts(_text(data))
        written = instants.from_text((facts.front_matter or {}).get("date"))
        return Collected(facts, (Origin("markdown", file.name, produced_at=written),))


def _text(data: bytes) -> str:
    if len(data) > _MAX_BYTES:
        raise SyntaxProblem(f"the file has {len(data):,} bytes; at most {_MAX_BYTES:,} are read")
    text = decode(data)
    if "\x00" in text:
        raise Unreadable("binary, not text")
    return text


def _facts(text: str) -> DocumentFacts:
    from markdown_it import MarkdownIt

    front_matter, body = _split(text)
    tokens = MarkdownIt("commonmark").parse(body)
    sections = list(_sections(tokens))
    links = tuple(dict.fromkeys(_links(tokens)))
    return DocumentFacts(
        front_matter=front_matter,
        sections=tuple(title for title, is_filled in sections if is_filled),
        empty_sections=tuple(title for title, is_filled in sections if not is_filled),
        words=sum(
            len(_WORD.findall(_BARE_URL.sub("", _written_text(token))))
            for index, token in enumerate(tokens)
            if _is_text(tokens, index)
        ),
        links=links,
        dashboards=tuple(dict.fromkeys(uid[1] for uid in map(_DASHBOARD.search, links) if uid)),
    )


def _split(text: str) -> tuple[Object | None, str]:
    """Return the front matter, None if the document does not begin with one, and the rest."""
    lines = text.splitlines(keepends=True)
    if not lines or not _FENCE.fullmatch(lines[0].rstrip("\r\n")):
        return None, text
    for number, line in enumerate(lines[1:], start=1):
        if _CLOSING_FENCE.fullmatch(line.rstrip("\r\n")):
            return _front_matter("".join(lines[1:number])), "".join(lines[number + 1 :])
    raise SyntaxProblem("the front matter has no end", 1, 1, "close it with ---")


def _front_matter(text: str) -> Object:
    if not _YAML_COMMENT.sub("", text).strip():
        return {}
    try:
        value = yaml.load(text.encode()).value
    except SyntaxProblem as problem:
        # The first line of the document is the fence.
        line = problem.line and problem.line + 1
        raise SyntaxProblem(f"front matter: {problem.message}", line, problem.column, problem.hint) from None
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise SyntaxProblem("the front matter is not a mapping", 2, 1)
    return {key: _written(item) for key, item in value.items() if not _is_unwritten(item)}


def _written(value: Json) -> Json:
    return [item for item in value if not _is_unwritten(item)] if isinstance(value, list) else value


def _is_unwritten(value: Json) -> bool:
    return isinstance(value, str) and (is_unwritten(value) or bool(_TO_COME.fullmatch(value.strip())))


def _sections(tokens: Sequence["Token"]) -> Iterator[tuple[str, bool]]:
    """Yield the headings in their order, and whether there is text below each.

    A heading within a quotation or a list is plain text.
    """
    open_sections: list[tuple[int, int]] = []
    titles: list[str] = []
    filled: list[bool] = []
    for index, token in enumerate(tokens):
        if _is_heading(token):
            level = int(token.tag[1:])
            open_sections = [(outer, number) for outer, number in open_sections if outer < level]
            open_sections.append((level, len(titles)))
            titles.append(_plain(tokens[index + 1]))
            filled.append(False)
        elif _is_text(tokens, index) and _written_text(token):
            for _, number in open_sections:
                filled[number] = True
    yield from ((title, is_filled) for title, is_filled in zip(titles, filled, strict=True) if title)


def _is_text(tokens: Sequence["Token"], index: int) -> bool:
    return tokens[index].type in _TEXT and not (index and _is_heading(tokens[index - 1]))


def _is_heading(token: "Token") -> bool:
    return token.type == "heading_open" and token.level == 0


def _written_text(token: "Token") -> str:
    """Return a text without markup; nothing if it is still to be written."""
    if token.type == "html_block":
        text = _TAG.sub("", _COMMENT.sub("", token.content))
    else:
        text = "".join(map(_shown, token.children)) if token.children else token.content
    return "" if is_to_do(text) or _TO_COME.fullmatch(text.strip()) else text


def _shown(child: "Token") -> str:
    if child.type == "image":
        return "(image)"
    return "\n" if child.type.endswith("break") else "" if child.type == "html_inline" else child.content


def _plain(inline: "Token") -> str:
    """Return the text of a heading, without markup."""
    return "".join(child.content for child in inline.children or () if child.type != "html_inline").strip()


def _links(tokens: Sequence["Token"]) -> Iterator[str]:
    for token in tokens:
        within_link = False
        for child in token.children or ():
            if child.type == "link_open":
                within_link = True
                yield str(child.attrs.get("href", ""))
            elif child.type == "link_close":
                within_link = False
            elif child.type == "text" and not within_link:
                yield from _BARE_URL.findall(child.content)
