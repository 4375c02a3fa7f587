"""Whether an aggregate keeps its invariants: whether it checks when it is created and before it changes.

The constructor of an aggregate must check, or a static factory: a method `create`, or one that creates or
returns the aggregate; or what it is given has a type that is checked. A *command*, which is a public method
or setter that changes the object's state, must check before each change, change the state only under a
condition, or write only values of checked types. Methods that handle an event (`onPlaced(event)`) are not
commands: an event has happened and cannot be refused.

A method that is in the tree counts by its body, never by its name; the constructor of the base that all
aggregates share counts only by the methods of the class that it calls, and the events that it keeps are not
part of the state.
"""

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from gatekeeper.collectors.formats.grammar import first, text
from gatekeeper.collectors.formats.typescript.source import Class
from gatekeeper.collectors.formats.typescript.tree import is_declaration
from gatekeeper.collectors.reading.files import in_file
from gatekeeper.collectors.reading.ledger import Ledger
from gatekeeper.collectors.reading.placeholders import is_reason
from gatekeeper.collectors.typescript._conditions import truth, varies
from gatekeeper.collectors.typescript._flow import Flow, Mutation, is_failed
from gatekeeper.collectors.typescript._frame import Context, Frame, Summary
from gatekeeper.collectors.typescript._members import CONSTRUCTOR, Method, declared, methods, settings
from gatekeeper.collectors.typescript._names import names_a_guard
from gatekeeper.collectors.typescript._roles import Roles
from gatekeeper.collectors.typescript._types import Types, type_arguments
from gatekeeper.model.evidence import Finding

if TYPE_CHECKING:
    from tree_sitter import Node

_NOTHING = Summary(guards=False, ends=False, changes=False, always=None)
_NO_VALUE = frozenset({"false", "null", "undefined"})


class _Run(NamedTuple):
    """A function that was followed."""

    frame: Frame
    flow: Flow


class Guards:
    """Checks aggregates; each function is followed once."""

    def __init__(self, roles: Roles, ledger: Ledger) -> None:
        self.roles = roles
        self.types = Types(roles.tree, self)
        self._ledger = ledger
        self._tables: dict[tuple[str, int], dict[tuple[str, bool], Method]] = {}
        self._runs: dict[Context, _Run] = {}
        self._summaries: dict[Context, Summary] = {}
        self.excused: dict[Finding, None] = {}
        """Commands that check nothing, each with the reason that its `@no-precondition` gives."""

    def flaws(self, aggregate: Class) -> Iterator[Finding]:
        """Yield the creation and the commands that check nothing; note what cannot be decided."""
        try:
            yield from list(self._flaws(aggregate))
        except RecursionError:
            self._summaries.clear()
            self._ledger.note(
                "call", f"{aggregate.name} is nested too deeply", file=aggregate.file, line=aggregate.line
            )

    def _flaws(self, aggregate: Class) -> Iterator[Finding]:
        own = dict(self._own(aggregate))
        makers = [context for method, context in own.values() if self._makes(method, context)]
        unseen = self._unseen_base(aggregate)
        handed = next(settings(aggregate.node), "") if unseen else ""
        doubt = f"what its base {unseen} does with {handed}" if handed else ""
        if not self._checks_creation(aggregate, makers):
            doubts = [doubt for each in makers for doubt in self._run(each).frame.doubts]
            doubts += [doubt] if doubt else []
            doubts += [f"whether its base {unseen} calls {method.name}()" for method, context in own.values()
                       if unseen and names_a_guard(method.name) and self.summary(context).guards]  # fmt: skip
            message = f"{aggregate.name}: neither its constructor nor a factory checks anything"
            flaw = Finding(message, aggregate.file, aggregate.line)
            yield from self._unless_doubted(flaw, "call", doubts[0] if doubts else "")
        for method, context in own.values():
            if method.is_command and (bad := self._unguarded(context)) is not None:
                name = f"{aggregate.name}: {method.name}"
                flaw = Finding(f"{name} changes its state and checks nothing", context.file, method.line)
                if method.excuse is None:
                    kind = "call" if bad or doubt or not method.decorators else "decorator"
                    of_decorators = f"what {method.decorators[0]} does" if kind == "decorator" else ""
                    yield from self._unless_doubted(flaw, kind, bad or doubt or of_decorators)
                elif is_reason(method.excuse):
                    self.excused[flaw._replace(message=f"{name}: {method.excuse}")] = None
                else:
                    yield flaw._replace(message=f"{flaw.message}, and its @no-precondition gives no reason")

    def _unless_doubted(self, flaw: Finding, kind: str, doubt: str) -> Iterator[Finding]:
        """Yield a flaw; note it instead if something that decides it is not known."""
        if doubt:
            self._ledger.add(kind, flaw._replace(message=f"{flaw.message}, but it is not known {doubt}"))
        else:
            yield flaw

    def has_method(self, of: Class, name: str) -> bool:
        """Return whether a class has or inherits a method, with a body or in a declaration file."""
        return self.resolve(of, name) is not None or any(
            name in declared(base.node) for base in self.roles.bases(of) if is_declaration(base.file)
        )

    def _unseen_base(self, aggregate: Class) -> str:
        """Return the name of a base whose body is not in the tree; empty without one."""
        extended = [each for each in self.roles.tree.ancestors(aggregate) if each.is_extended]
        unseen = [each for each in extended if each.found is None or is_declaration(each.found.file)]
        return unseen[0].reference[-1] if unseen else ""

    def _own(self, aggregate: Class) -> Iterator[tuple[tuple[str, bool], tuple[Method, Context]]]:
        """Yield the methods of an aggregate, with those of its bases below the one that gives the role."""
        seen: set[tuple[str, bool]] = set()
        for at, base in enumerate(self.roles.bases(aggregate)[: self.roles.own_bases(aggregate)]):
            for key, method in self._table(base).items():
                if key not in seen:
                    seen.add(key)
                    yield key, (method, self._context(aggregate, at, method))
        inherited = self.resolve(aggregate, CONSTRUCTOR)
        if inherited is not None and (CONSTRUCTOR, False) not in seen:
            base = self.roles.bases(aggregate)[inherited.at]
            yield (CONSTRUCTOR, False), (self._table(base)[CONSTRUCTOR, False], inherited)

    def _table(self, of: Class) -> Mapping[tuple[str, bool], Method]:
        if of.key not in self._tables:
            with in_file(of.file):
                self._tables[of.key] = {
                    (method.name, method.is_static): method for method in methods(of.node)
                }
        return self._tables[of.key]

    def _context(self, of: Class, at: int, method: Method) -> Context:
        return Context(self.roles.bases(of)[at].file, method.function, of, at, method.is_static)

    def resolve(self, of: Class, name: str, *, is_static: bool = False, above: int = -1) -> Context | None:
        """Return the method of a class, its own or an inherited one; None if it is not in the tree."""
        for at, base in enumerate(self.roles.bases(of)):
            if at > above and (method := self._table(base).get((name, is_static))) is not None:
                return self._context(of, at, method)
        return None

    # What functions do.

    def _run(self, context: Context) -> _Run:
        if context not in self._runs:
            frame = Frame(context, self)
            self._runs[context] = _Run(frame, Flow(context.function.child_by_field_name("body"), frame))
        return self._runs[context]

    def summary(self, context: Context) -> Summary:
        """Return what a call of a function does."""
        if context not in self._summaries:
            self._summaries[context] = _NOTHING  # until it is known: it may call itself
            frame, flow = self._run(context)
            bad = self._unguarded(context)
            self._summaries[context] = Summary(
                guards=flow.guards and (frame.is_own or bool(flow.exits)),
                ends=flow.ends,
                changes=bad is not None,
                always=self._always(context, frame),
                fails=flow.fails,
            )
        return self._summaries[context]

    @staticmethod
    def _always(context: Context, frame: Frame) -> "Node | bool | None":
        body = context.function.child_by_field_name("body")
        if body is not None and body.type == "statement_block":
            only = first(body) if len(body.named_children) == 1 else None
            body = first(only) if only is not None and only.type == "return_statement" else None
        value = truth(body, frame.known)
        return body if body is not None and value is None and not varies(body, frame.known) else value

    def _unguarded(self, context: Context) -> str | None:
        """Return None if something covers each change; else what is not known of it, empty if nothing is."""
        frame, flow = self._run(context)
        bare = [change for change in flow.changes if not change.is_covered]
        certain = [change for change in bare if not change.doubt]
        given = [self._given(change, frame) for change in certain]
        parameters = frame.types_of_parameters
        is_checked = bool(parameters) and all(map(self.types.is_checked, parameters))
        if False in given or (certain and not is_checked and True not in given):
            return next(iter(frame.doubts), "")
        return next((change.doubt for change in bare if change.doubt), None)

    def _given(self, change: Mutation, frame: Frame) -> bool | None:
        """Return whether what is written has checked types only; None if callers give nothing of it."""
        node = change.node
        value = node.child_by_field_name("right") or node.child_by_field_name("arguments")
        found = [self.types.is_checked(typed) for typed in frame.given(value)] if value is not None else []
        return all(found) if found else None

    # Creation.

    def _makes(self, method: Method, context: Context) -> bool:
        """Return whether a method is a constructor, or a static one that returns the aggregate."""
        name = context.of.name if context.of is not None else ""
        return method.name == CONSTRUCTOR or (
            method.is_static
            and (
                method.name.startswith("create")
                or name in re.findall(r"\w+", text(method.function.child_by_field_name("return_type")))
                or bool(self._run(context).flow.made)
            )
        )

    def _checks_creation(self, aggregate: Class, makers: list[Context]) -> bool:
        if any(self._asks(context) for context in makers):
            return True
        given = [typed for context in makers for typed in self._run(context).frame.types_of_parameters]
        if (aggregate.node.child_by_field_name("body") is not None) and not any(
            context.at == 0 and not context.is_static for context in makers
        ):
            given += type_arguments(self.roles.bases(aggregate)[:1])
        return any(self.types.is_checked(typed, any_part=True) for typed in given)

    def _asks(self, context: Context) -> bool:
        """Return whether a function that makes an object asks something on each way."""
        if not context.is_static and context.of is not None:
            return self.summary(context).guards
        flow = self._run(context).flow
        if flow.made and all(made.is_covered for made in flow.made):
            return True
        ways_out = [
            each for each in flow.exits if not _is_failed(each.node, [b.presence for b in each.branches])
        ]
        return bool(flow.throws or flow.exits) and all(
            any(not guard.presence for guard in each.guards) for each in ways_out
        )

    def makes_checked(self, of: Class) -> bool:
        """Return whether objects of a class come from code that checks."""
        constructor = self.resolve(of, CONSTRUCTOR)
        if constructor is None or of.is_abstract:
            return False
        if self.summary(constructor).guards:
            return True
        given = self._run(constructor).frame.types_of_parameters
        if given and all(typed is not None and self.types.is_checked(typed) for typed in given):
            return True
        method = self._table(self.roles.bases(of)[constructor.at])[CONSTRUCTOR, False]
        makers = [self._context(of, at, each)
                  for at, base in enumerate(self.roles.bases(of)) for each in self._table(base).values()
                  if each.is_static and self._run(self._context(of, at, each)).flow.made]  # fmt: skip
        makers = [each for each in makers if self._run(each).frame.types_of_parameters]
        return method.is_hidden and bool(makers) and all(map(self._asks, makers))

    def asks_first(self, file: str, cast: "Node") -> bool:
        """Return whether the function around a cast asks something before it."""
        node = cast.parent
        while node is not None and node.child_by_field_name("body") is None:
            node = node.parent
        return node is not None and "function" in node.type and self._asks(Context(file, node))


def _is_failed(node: "Node", asked: list[str]) -> bool:
    """Return whether a `return` shows a failure: nothing, `Result.fail(...)`, a failed result."""
    value = first(node)
    if node.type != "return_statement":
        return False
    if value is None or value.type in _NO_VALUE or is_failed(value):
        return True
    return any(each.startswith(f"{text(value)}.") for each in asked)
