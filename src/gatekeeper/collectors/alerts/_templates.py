"""Check the syntax of a template in a label or annotation, as Prometheus does when it loads a rule.

https://pkg.go.dev/text/template and the functions of
https://prometheus.io/docs/prometheus/latest/configuration/template_reference/. An action between braces is
written as one letter for each token, and compared with the shape that its first word demands.
"""

import re
from collections.abc import Iterator

_TOKEN = re.compile(
    r"(?P<space>\s+)|(?P<quoted>\"(?:[^\"\\\n]|\\.)*\"|`[^`]*`)"
    r"|(?P<literal>'(?:[^'\\\n]|\\.)+'|[+-]?(?:0[xXbBoO][\da-fA-F_]+"
    r"|(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)i?(?![\w.])|\b(?:true|false|nil)\b)"
    r"|(?P<keyword>\b(?:if|else|end|range|with|block|define|template|break|continue)\b)"
    r"|(?P<variable>\$\w*)|(?P<field>\.[A-Za-z_]\w*)|(?P<dot>\.)|(?P<name>[A-Za-z_]\w*)|(?P<mark>:=|[=|(),])"
)
_LETTERS = {"space": " ", "field": ".", "dot": "d"}
"""The others have their first letter; a mark its own."""
_END = re.compile(r"\s-\}\}|\}\}")
_COMMENT = re.compile(r"/\*.*?\*/(?:\s-)?\}\}", re.DOTALL)
_FUNCTIONS = frozenset(
    re.findall(
        r"\w+",
        "and call html index slice js len not or print printf println urlquery eq ge gt le lt ne "
        "query first label value sortByLabel strvalue args reReplaceAll safeHtml match title toUpper toLower "
        "graphLink tableLink stripPort stripDomain humanize humanize1024 humanizeDuration humanizePercentage "
        "humanizeTimestamp toTime toDuration now pathPrefix externalURL parseDuration tmpl urlQueryEscape",
    )
)
_GIVEN = ("$", "$labels", "$externalLabels", "$externalURL", "$value")
_CALLED = r"[vng.]\.*"
_OPERAND = rf"(?:{_CALLED}|[qld])"
_PIPELINE = rf" *{_OPERAND}(?: +{_OPERAND})* *(?:\| *{_CALLED}(?: +{_OPERAND})* *)*(?:\| *)?"
_GROUP = re.compile(rf"\({_PIPELINE}\)")
_DECLARED = rf"(?: *v *[:=]{_PIPELINE}|{_PIPELINE})"
_OPENED = rf"k(?= |g){_DECLARED}"
_SHAPES = {
    **dict.fromkeys(("end", "break", "continue"), "k *"),
    **dict.fromkeys(("if", "with"), _OPENED),
    "else": rf"k *|k +{_OPENED}",
    "range": rf"{_OPENED}|k +v *, *v *[:=]{_PIPELINE}",
    "define": "k +q *",
    "template": rf"k +q *(?: {_PIPELINE})?",
    "block": rf"k +q {_PIPELINE}",
    "": _DECLARED,
}


class InvalidTemplate(Exception):  # noqa: N818 - an outcome; the caller decides what it means
    """The template does not parse; the message says why."""


def check(text: str) -> None:
    """Raise `InvalidTemplate` if a text is not a valid template."""
    blocks: list[tuple[str, tuple[str, ...]]] = []
    variables: tuple[str, ...] = _GIVEN
    for tokens, letters in _actions(text):
        shape = letters
        word = tokens[0][1] if shape.startswith("k") else ""
        while (reduced := _GROUP.sub("g", shape)) != shape:
            shape = reduced
        opened = [name for name, _ in blocks]
        if (
            not re.fullmatch(_SHAPES[word], shape)
            or (word == "end" and not opened)
            or (word == "else" and opened[-1:] not in (["if"], ["range"], ["with"]))
            or (word in ("break", "continue") and "range" not in opened)
        ):
            raise InvalidTemplate(f"unexpected {{{{{''.join(written for _, written in tokens)}}}}}")
        if word == "end":
            variables = blocks.pop()[1]
        elif word in ("if", "range", "with", "block", "define"):
            blocks.append((word, variables))
            variables = ("$",) if word == "define" else variables
        elif word == "else" and shape.strip() == "k":
            blocks[-1] = (word, blocks[-1][1])
        variables = _checked_names(tokens, variables, re.match(r"(?:k *)*v *(?:, *v *)?[:=]", shape))
    if blocks:
        raise InvalidTemplate(f"{{{{{blocks[-1][0]}}}}} has no {{{{end}}}}")


def _checked_names(
    tokens: list[tuple[str, str]], variables: tuple[str, ...], declaration: re.Match[str] | None
) -> tuple[str, ...]:
    """Check that functions and variables are defined; return the variables after the action."""
    length = declaration.end() if declaration else 0
    for kind, written in tokens[length:]:
        if kind == "name" and written not in _FUNCTIONS:
            raise InvalidTemplate(f"the function {written!r} is not defined")
        if kind == "variable" and written not in variables:
            raise InvalidTemplate(f"the variable {written!r} is not defined")
    return (*variables, *(written for kind, written in tokens[:length] if kind == "variable"))


def _actions(text: str) -> Iterator[tuple[list[tuple[str, str]], str]]:
    """Yield the tokens of each action between braces, and their letters; comments are left out."""
    at = text.find("{{")
    while at >= 0:
        at += 4 if re.match(r"-\s", text[at + 2 :]) else 2
        tokens: list[tuple[str, str]] = []
        if text.startswith("/*", at):
            end = _COMMENT.match(text, at)
            if not end:
                raise InvalidTemplate("a comment is not closed")
        else:
            while not (end := _END.match(text, at)):
                if not (token := _TOKEN.match(text, at)):
                    unexpected = f"unexpected {text[at : at + 10]!r} in an action"
                    raise InvalidTemplate(unexpected if text[at:] else "an action is not closed")
                at = token.end()
                if tokens or token.lastgroup != "space":
                    tokens.append((str(token.lastgroup), token.group()))
            yield (
                tokens,
                "".join(
                    _LETTERS.get(kind, kind[0]) if kind != "mark" else written[0] for kind, written in tokens
                ),
            )
        at = text.find("{{", end.end())
