"""Write docs/reference: what the program itself says about its commands, manifests, criteria and facts.

python docs/reference.py
"""

import ast
import contextlib
import inspect
import io
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

from gatekeeper import collectors
from gatekeeper.cli import main
from gatekeeper.cli.command_list import commands, load
from gatekeeper.collectors.catalogue import Listed, formats
from gatekeeper.collectors.reading import descriptions, known_tools
from gatekeeper.manifests.schema import MODELS, documented, meanings, models, schema
from gatekeeper.model.evidence import Kind
from gatekeeper.model.manifest import Manifest
from gatekeeper.model.rule import Rule
from gatekeeper.reporters.views.explain import decided_by
from gatekeeper.workspace.loading import open_workspace

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "docs/reference"
NOTE = "<!-- Written by `python docs/reference.py`: change the program, not this page. -->\n\n"


def pages() -> dict[str, str]:
    """Return the pages by the names of their files."""
    made = {"commands": _commands(), "manifests": _manifests(), "criteria": _criteria(), "facts": _facts()}
    made["formats"] = _formats_read()
    return {f"{name}.md": NOTE + "\n".join(lines).rstrip() + "\n" for name, lines in made.items()}


def _commands() -> Iterator[str]:
    yield "# Commands\n"
    yield "The output of `gatekeeper COMMAND --help`. Global options go before the command.\n"
    yield from ("```text", _help(), "```\n")
    for name in commands():
        yield from (f"## {name}\n", "```text", _help(name), "```\n")
        for sub in getattr(load(name), "commands", {}):
            yield from (f"### {name} {sub}\n", "```text", _help(name, sub), "```\n")
    yield "## Exit codes\n"
    yield "0 ready, 1 blocked, 2 wrong usage, 3 invalid workspace, 70 a bug in the program, 130 interrupted."


def _help(*command: str) -> str:
    said = io.StringIO()
    os.environ["COLUMNS"] = "80"
    with contextlib.redirect_stdout(said):
        main.run([*command, "--help"])
    return said.getvalue().rstrip()


def _manifests() -> Iterator[str]:
    yield "# Manifests, field by field\n"
    yield "What `gatekeeper schema NAME` says. [The workspace](../workspace.md) shows each by example.\n"
    yield "An unknown field is an error. What has no default must be written.\n"
    for name in MODELS:
        described = schema(name)
        yield f"## {name}\n"
        yield from _fields(described, MODELS[name])
        for part, definition in sorted(described.get("$defs", {}).items()):
            if "properties" in definition:
                yield f"### {name}: {part}\n"
                yield from _fields(definition, models()[part])


def _fields(described: Mapping[str, Any], model: type[Manifest]) -> Iterator[str]:
    yield _text(described.get("description", "")) + "\n"
    yield from ("| field | value | default | meaning |", "|---|---|---|---|")
    says = meanings(model)
    needed = described.get("required", ())
    for name, field in described["properties"].items():
        default = "" if name in needed else f"`{_written(field)}`"
        yield f"| `{name}` | {_cell(_shape(field))} | {default} | {_cell(says.get(name, ''))} |"
    yield ""


def _written(field: Mapping[str, Any]) -> str:
    """Return a default as it is written in YAML."""
    value = field.get("default")
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int) and f"L{value}" in field.get("enum", ()):
        return f"L{value}"
    return "none" if value in (None, [], {}) else str(value)


def _shape(field: Mapping[str, Any]) -> str:
    """Describe the type of a field in words."""
    if "$ref" in field:
        return str(field["$ref"]).rpartition("/")[2]
    if ways := field.get("anyOf") or field.get("oneOf"):
        return " or ".join(dict.fromkeys(_shape(way) for way in ways if way.get("type") != "null"))
    if "enum" in field:
        return "one of " + ", ".join(f"`{word}`" for word in field["enum"])
    if "const" in field:
        return f"`{field['const']}`"
    return _type(field)


_TYPES = {"integer": "whole number", "boolean": "true or false", "string": "text", None: "anything"}


def _type(field: Mapping[str, Any]) -> str:
    match field.get("type"):
        case "array":
            return f"list of {_shape(field['items'])}" if field.get("items") else "list"
        case "object":
            patterns = [field.get("additionalProperties"), *field.get("patternProperties", {}).values()]
            of = next((pattern for pattern in patterns if isinstance(pattern, Mapping) and pattern), None)
            return f"mapping to {_shape(of)}" if of else "mapping"
        case "string" if field.get("pattern") not in (None, r"\S"):
            return f"text like `{field['pattern']}`"
        case other:
            return _TYPES.get(other, str(other))


def _criteria() -> Iterator[str]:
    rulebook = open_workspace(ROOT).rulebook
    yield "# Criteria\n"
    yield (
        "The reference rulebook, which `gatekeeper init --reference` copies. `gatekeeper explain "
        "G1.coverage` shows the status of one criterion in each of your services.\n"
    )
    for gate in rulebook.gates.values():
        yield f"## {gate.gate} {gate.name}\n"
        for rule in gate.rules:
            yield from _criterion(rule)
    for level in rulebook.levels.values():
        if level.rules:
            yield f"## Level {level.level}\n"
            yield _text(f"{level.meaning} For: {level.audience}.") + "\n"
            for rule in level.rules:
                yield from _criterion(rule)


def _criterion(rule: Rule) -> Iterator[str]:
    yield f"### {rule.id}\n"
    yield f"**{_text(rule.question)}**\n"
    yield _text(rule.why) + "\n"
    if rule.gate and rule.level.rank > 1:
        yield f"Asked from {rule.level} on.\n"
    yield "Decided by:\n"
    yield from (f"- {_text(line)}" for line in decided_by(rule))
    if rule.limits:
        yield f"\nLimits (what a pass does not show): {_text(rule.limits)}"
    yield f"\nRemedy, usually {rule.effort} work: {_text(rule.remedy)}\n"


def _facts() -> Iterator[str]:
    yield "# Facts of every kind\n"
    yield (
        "The facts that conditions can compare, by kind. [Evidence](../evidence.md) lists the formats; "
        "`gatekeeper facts KIND PATH` shows the facts of your file. A value that a file does not state is "
        "null. So is a fact that depends on something that the reader met and did not understand; the second "
        "table of a kind says what that may be.\n"
    )
    for name in sorted(collectors.KINDS.names):
        yield from _kind(name)


def _kind(name: str) -> Iterator[str]:
    kind = collectors.find(name)
    if kind is None:
        return
    module = import_module(f"gatekeeper.collectors.{name}.facts")
    yield f"## {name}\n"
    yield _text(inspect.getdoc(module) or "") + "\n"
    if kind.options:
        yield f"Slot options: {', '.join(f'`{option}`' for option in sorted(kind.options))}.\n"
    if kind.facts is not None and kind.fields is not None:
        meanings = documented(kind.facts)
        yield from ("| fact | type | meaning |", "|---|---|---|")
        for field, shape in kind.fields.items():
            yield f"| `{field}` | {shape.value} | {_cell(meanings.get(field, ''))} |"
        yield ""
    yield from _not_understood(kind)
    yield from _formats(name)


def _not_understood(kind: Kind) -> Iterator[str]:
    """Yield the places that the reader may not understand, with the facts that depend on them."""
    if kind.places:
        yield from ("| not understood may be a | touched is then |", "|---|---|")
        for place, touched in sorted(kind.places.items()):
            every = touched == frozenset(kind.fields or ())
            facts = "every fact" if every else ", ".join(f"`{field}`" for field in sorted(touched))
            yield f"| {_cell(place)} | {facts} |"
        yield ""


def _formats(name: str) -> Iterator[str]:
    """Yield what is read of each format of a kind, as its module says."""
    folder = import_module(f"gatekeeper.collectors.{name}").__path__
    modules = sorted(found.name for found in iter_modules(folder) if not found.name.startswith("_"))
    for format_ in modules:
        if format_ not in ("facts", "read"):
            module = import_module(f"gatekeeper.collectors.{name}.{format_}")
            yield f"**{format_.replace('_', ' ')}**: {_text(inspect.getdoc(module) or '')}\n"


def _formats_read() -> Iterator[str]:
    """Yield what is read: an overview, the formats of each kind, and what is only recognised."""
    yield "# What is read\n"
    yield (
        "Every format, with the versions whose output was seen, its marks, and what becomes facts. A format "
        "is recognised by its marks alone, whatever the name of the file. `gatekeeper facts --formats` lists "
        "the formats, and `gatekeeper facts PATH` says what your file is. A plugin or a workspace may "
        "[add its own](../add-a-kind.md#a-format-of-an-existing-kind). [Facts of every kind](facts.md) says "
        "what each fact means.\n"
    )
    every = formats()
    by_kind = {kind: [one for one in every if one.kind == kind] for kind in sorted(collectors.KINDS.names)}
    yield from ("| kind | formats |", "|---|---|")
    for kind, of_kind in by_kind.items():
        named = [one.title for one in of_kind if one.name != kind]
        yield f"| `{kind}` | {', '.join(named) or (of_kind[0].about and _cell(of_kind[0].about.tool))} |"
    yield ""
    for kind, of_kind in by_kind.items():
        yield f"## {kind}\n"
        for one in of_kind:
            yield from _format_read(one)
    yield from _described_fields()
    yield from _only_recognised()


def _described_fields() -> Iterator[str]:
    """Yield what a description of a format may state, by kind."""
    yield "## Fields of a description\n"
    yield (
        "What a [description](../add-a-kind.md#describe-it) may state under `fields` and `figures`, by kind. "
        "A time is text in ISO 8601, or a number since 1970 with its `unit`. A duration is in seconds "
        "without a `unit`, a share in percent.\n"
    )
    for kind in sorted(collectors.KINDS.names):
        if (adapter := descriptions.adapter_of(kind)) is None:
            continue
        below = _docstrings_of_names(adapter)
        yield f"### Described formats of `{kind}`\n"
        for group, types in (("fields", adapter.FIELDS), ("figures", adapter.FIGURES)):
            yield from (f"| `{group}` | value | |", "|---|---|---|")
            for name, field in types.items():
                words = [f"`{word}`" for word in adapter.WORDS.get(name, ())]
                notes = ["required"] if group == "fields" and name in adapter.REQUIRED else []
                notes += [f"one of {', '.join(words)}"] if words else []
                yield f"| `{name}` | {field.value} | {'; '.join(notes)} |"
            yield f"\n{_text(below.get(group.upper(), ''))}\n"


def _docstrings_of_names(module: Any) -> dict[str, str]:
    """Return the docstrings below the constants of a module."""
    told: dict[str, str] = {}
    for constant, below in pairwise(ast.parse(inspect.getsource(module)).body):
        match constant, below:
            case (
                ast.AnnAssign(target=ast.Name(id=name)) | ast.Assign(targets=[ast.Name(id=name)]),
                ast.Expr(value=ast.Constant(value=str(text))),
            ):
                told[name] = inspect.cleandoc(text)
            case _:
                pass
    return told


def _format_read(one: Listed) -> Iterator[str]:
    if one.name != one.kind:
        yield f"### {one.title}\n"
    if one.about is None:
        yield "It says nothing about itself.\n"
        return
    about = one.about
    source = about.source.removeprefix("docs/")
    link = source if source == about.source else f"../{source}"
    yield f"- **Tool:** {_text(about.tool)} ([source]({link}))"
    yield f"- **Seen:** {_text(about.seen)}"
    if about.command:
        yield f"- **Write it:** {_command(about.command)}"
    yield f"- **Recognised by** {_text(about.recognised)}"
    yield f"- **Read:** {_text(about.models)}"
    yield f"- **Not read:** {_text(about.not_modelled) or 'nothing that matters to the facts'}"
    yield ""


def _command(text: str) -> str:
    """Return a command as code; a sentence about it as it is."""
    is_sentence = "`" in text or text[0].isupper() or text.split(maxsplit=1)[0] in ("a", "an", "any", "the")
    return _text(text) if is_sentence else f"`{text}`"


def _only_recognised() -> Iterator[str]:
    yield "## Recognised, and not read\n"
    yield "A file of these is unreadable evidence; the reason says what it is, and what to do instead.\n"
    yield from ("| file | kind | instead |", "|---|---|---|")
    for tool in known_tools.every():
        kind = f"`{tool.kind}`" if tool.kind else ""
        yield f"| {_cell(tool.name)} | {kind} | {_cell(tool.instead)} |"


def _cell(text: str) -> str:
    return _text(" ".join(text.split())).replace("|", "\\|")


def _text(text: str) -> str:
    """Escape Markdown in a text, except for code in backticks."""
    parts = re.split(r"(`[^`\n]*`)", text)
    return "".join(part if part.startswith("`") else _plain(part) for part in parts)


def _plain(text: str) -> str:
    return re.sub(r"([<\[*])", r"\\\1", text)


def write(folder: Path, made: Mapping[str, str]) -> Iterable[Path]:
    """Write the pages, and delete those that are no longer made."""
    folder.mkdir(exist_ok=True)
    for page in folder.glob("*.md"):
        if page.name not in made:
            page.unlink()
    for name, text in made.items():
        (folder / name).write_text(text, encoding="utf-8")
        yield folder / name


if __name__ == "__main__":
    for written in write(FOLDER, pages()):
        print(written.relative_to(ROOT))
