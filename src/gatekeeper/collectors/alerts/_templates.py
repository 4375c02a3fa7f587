"""Check the syntax of a template in a label or annotation, as Prometheus does when it loads a rule.

https://pkg.go.dev/text/template and the functions of
https://prometheus.io/docs/prometheus/latest/configuration/template_reference/.
"""

import re
from collections.abc import Iterator

_TOKEN = re.compile(
    r"(?P<space>\s+)|(?P<text>\"(?:[^\"\\\n]|\\.)*\"|`[^`]*`|'(?:[^'\\\n]|\\.)+')"
    r"|(?P<number>[+-]?(?:0[xXbBoO][\da-fA-F_]+|(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)i?(?![\w.]))"
    r"|(?P<variable>\$\w*)|(?P<field>\.[A-Za-z_]\w*)|(?P<dot>\.)|(?P<name>[A-Za-z_]\w*)|(?P<mark>:=|[=|(),])"
)
_COMMENT = re.compile(r"/\*.*?\*/(?:\s-)?\}\}", re.DOTALL)
_END = re.compile(r"\s-\}\}|\}\}")
_FUNCTIONS = frozenset(
    re.findall(
        r"\w+",
        "and call html index slice js len not or print printf println urlquery eq ge gt le lt ne "
        "query first label value sortByLabel strvalue args reReplaceAll safeHtml match title toUpper toLower "
        "graphLink tableLink stripPort stripDomain humanize humanize1024 humanizeDuration humanizePercentage "
        "humanizeTimestamp toTime toDuration now pathPrefix externalURL parseDuration tmpl urlQueryEscape",
    )
)
_CONSTANTS = frozenset({"true", "false", "nil"})
_GIVEN = ("$", "$labels", "$externalLabels", "$externalURL", "$value")
_Token = tuple[str, str]
"""What it is, and its text."""
_Block = tuple[str, tuple[str, ...]]
"""The word that opened a block, and the variables before it."""


class InvalidTemplate(Exception):  # noqa: N818 - an outcome; the caller decides what it means
    """The template does not parse; the message says why."""


def check(text: str) -> None:
    """Raise `InvalidTemplate` if a text is not a valid template."""
    blocks: list[_Block] = []
    variables: tuple[str, ...] = _GIVEN
    for action in _actions(text):
        word = action[0][1] if action and action[0][0] == "name" else ""
        rest = action[1:]
        match word:
            case "end":
                if not blocks or rest:
                    raise InvalidTemplate("unexpected {{end}}")
                _, variables = blocks.pop()
            case "else":
                variables = _continued(blocks, rest, variables)
            case "if" | "range" | "with" | "block" | "define":
                blocks.append((word, variables))
                variables = _opened(word, rest, variables)
            case "template":
                _opened(word, rest, variables)
            case "break" | "continue":
                if rest or "range" not in {opened for opened, _ in blocks}:
                    raise InvalidTemplate(f"unexpected {{{{{word}}}}}")
            case _:
                variables = _declared(action, variables)
    if blocks:
        raise InvalidTemplate(f"{{{{{blocks[-1][0]}}}}} has no {{{{end}}}}")


def _continued(blocks: list[_Block], rest: list[_Token], variables: tuple[str, ...]) -> tuple[str, ...]:
    """Check an `else`, which may open a block of its own; return the variables in it."""
    word, before = blocks.pop() if blocks else ("", ())
    if word not in ("if", "range", "with"):
        raise InvalidTemplate("unexpected {{else}}")
    chained = rest[:1] in ([("name", "if")], [("name", "with")])
    if rest and not chained:
        raise InvalidTemplate("unexpected words after {{else")
    blocks.append((word if chained else "else", before))
    return _declared(rest[1:], variables) if chained else variables


def _opened(word: str, rest: list[_Token], variables: tuple[str, ...]) -> tuple[str, ...]:
    """Check what follows a word that begins a block; return the variables in the block."""
    if word in ("if", "range", "with"):
        return _declared(rest, variables, in_range=word == "range")
    if not rest or rest[0][0] != "text":
        raise InvalidTemplate(f"{{{{{word}}}}} needs a name in quotes")
    if word == "block" or (word == "template" and rest[1:]):
        _pipeline(rest[1:], variables)
    elif rest[1:]:
        raise InvalidTemplate(f"unexpected words in {{{{{word}}}}}")
    return ("$",) if word == "define" else variables


def _actions(text: str) -> Iterator[list[_Token]]:
    """Yield the tokens of each action between braces; comments are left out."""
    at = text.find("{{")
    while at >= 0:
        at += 4 if re.match(r"-\s", text[at + 2 :]) else 2
        if text.startswith("/*", at):
            comment = _COMMENT.match(text, at)
            if not comment:
                raise InvalidTemplate("a comment is not closed")
            at = text.find("{{", comment.end())
            continue
        tokens: list[_Token] = []
        joined = False
        while not (end := _END.match(text, at)):
            token = _TOKEN.match(text, at)
            if not token or (joined and not _may_follow(tokens[-1], token)):
                unexpected = f"unexpected {text[at : at + 10]!r} in an action"
                raise InvalidTemplate(unexpected if text[at:] else "an action is not closed")
            at = token.end()
            joined = token.lastgroup != "space"
            if joined:
                tokens.append((str(token.lastgroup), token.group()))
        yield tokens
        at = text.find("{{", end.end())


def _may_follow(last: _Token, token: re.Match[str]) -> bool:
    """Return whether a token may follow another without a space between them."""
    kind, text = last
    ends_operand = kind != "mark" or text == ")"
    match token.lastgroup:
        case "space":
            return True
        case "field":
            return not ends_operand or kind in ("variable", "field", "name", "mark")
        case "mark" if token.group() != "(":
            return True
        case _:
            return not ends_operand


def _declared(tokens: list[_Token], variables: tuple[str, ...], *, in_range: bool = False) -> tuple[str, ...]:
    """Check a pipeline, perhaps with variables before it; return the variables after it."""
    names = [text for kind, text in tokens[:4] if kind == "variable"]
    for length in (1, 2) if in_range else (1,):
        marks = [text for kind, text in tokens[: 2 * length] if kind == "mark"]
        if (
            len(names) >= length
            and marks in ([":="], ["="], [",", ":="], [",", "="])
            and len(marks) == length
        ):
            _pipeline(tokens[2 * length :], variables)
            return (*variables, *names[:length])
    _pipeline(tokens, variables)
    return variables


def _pipeline(tokens: list[_Token], variables: tuple[str, ...]) -> None:
    """Check commands that are separated by `|`; what is in parentheses is a pipeline, too."""
    commands: list[list[_Token]] = [[]]
    inner: list[list[_Token]] = []
    for kind, text in tokens:
        if text == "(" and kind == "mark":
            inner.append([])
        if not inner:
            if text == "|" and kind == "mark":
                commands.append([])
            else:
                commands[-1].append((kind, text))
        elif text == ")" and kind == "mark":
            _pipeline(inner.pop()[1:], variables)
            (inner or commands)[-1].append(("group", ""))
        else:
            inner[-1].append((kind, text))
    if inner:
        raise InvalidTemplate("a parenthesis is not closed")
    if not commands[-1] and commands[1:]:
        commands.pop()  # Go accepts a `|` at the end
    for stage, command in enumerate(commands):
        _command(command, variables, is_first=stage == 0)


def _command(tokens: list[_Token], variables: tuple[str, ...], *, is_first: bool) -> None:
    if not tokens:
        raise InvalidTemplate("a value is missing")
    kind, first = tokens[0]
    if not is_first and (kind in ("text", "number", "dot") or (kind == "name" and first in _CONSTANTS)):
        raise InvalidTemplate(f"{first} cannot follow `|`")
    for kind, text in tokens:
        if kind == "mark":
            raise InvalidTemplate(f"unexpected {text!r}")
        if kind == "name" and text not in _FUNCTIONS | _CONSTANTS:
            raise InvalidTemplate(f"the function {text!r} is not defined")
        if kind == "variable" and text not in variables:
            raise InvalidTemplate(f"the variable {text!r} is not defined")
