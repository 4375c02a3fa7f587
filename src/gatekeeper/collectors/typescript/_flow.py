"""The flow of control through one function: what it changes, and what it has asked by then.

A guard covers a change only if every path to the change passes it and it can refuse: a condition that varies
and whose other branch throws, returns or skips the change, or a call of a function that throws on some
arguments. What `catch` swallows, what comes after the change, and what is in a function that nobody calls
guard nothing. A loop guards what follows it by what its body asks of each element.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar, NamedTuple, Protocol

from gatekeeper.collectors.formats.grammar import first, text
from gatekeeper.collectors.formats.typescript.syntax import WRAPPERS, arguments
from gatekeeper.collectors.typescript._conditions import presence, truth, varies
from gatekeeper.collectors.typescript._names import ITERATIONS, ON_SUCCESS, Path, called, is_failure

if TYPE_CHECKING:
    from tree_sitter import Node


_FUNCTIONS = frozenset({
    "arrow_function", "function_declaration", "function_expression", "generator_function",
    "generator_function_declaration", "method_definition",
})  # fmt: skip
_LOOPS = frozenset({"do_statement", "for_in_statement", "for_statement", "while_statement"})
_PATTERNS = frozenset({"array_pattern", "object_pattern"})


class Guard(NamedTuple):
    """Something that was asked, and that not every run of the program gets past."""

    how: str
    """What ends the other branch: `throw`, `return`, or `skip` for the next round of a loop."""
    presence: str = ""
    """The value, if it asks only whether that is there, and what follows is passed over in silence."""


class CallEffect(NamedTuple):
    """What a call does."""

    guards: bool = False
    """Whether it throws on some arguments."""
    ends: bool = False
    """Whether it never returns."""
    changes: bool = False
    """Whether it changes the state of the object without a check of its own."""
    makes: bool = False
    """Whether it makes an object of the class."""
    doubt: str = ""
    """Why it is not known whether it changes the state."""


class Mutation(NamedTuple):
    """A place that changes the state of the object."""

    node: "Node"
    target: Path
    guards: frozenset[Guard]
    branches: "tuple[Branch, ...]"
    doubt: str = ""
    """Why it is not known whether it changes anything; empty if it does."""

    @property
    def is_covered(self) -> bool:
        """Whether something guards it."""
        guards = [*self.guards, *(Guard("branch", each.presence) for each in self.branches if each.decides)]
        return any(not guard.presence or not self._needs(guard.presence) for guard in guards)

    def _needs(self, value: str) -> bool:
        """Return whether it could not run without a value: `if (this.items) this.items.push(name)`."""
        if f"{'.'.join(self.target)}.".startswith(f"{value}.") and ".".join(self.target) != value:
            return True
        return not value.startswith("this.") and value in text(self.node)


class Branch:
    """A part of a function that runs only under a condition."""

    def __init__(self, asked: str) -> None:
        self.presence = asked
        self.decides = True
        """Whether there is a way around the changes: not if each branch makes one."""


class WayOut(NamedTuple):
    """A place where the function returns."""

    node: "Node"
    guards: frozenset[Guard]
    branches: tuple[Branch, ...]


class Around(Protocol):
    """What a function's flow asks about what is around it."""

    def effect(self, call: "Node") -> CallEffect:
        """Return what a call does."""
        ...

    @property
    def is_own(self) -> bool:
        """Whether what the function asks counts: not in the base that all classes of a role share."""
        ...

    def known(self, node: "Node") -> "Node | bool | None":
        """Return what a name always is."""
        ...

    def changed(self, node: "Node") -> Path:
        """Return the part of the object's state that a call or an assignment changes; empty if none."""
        ...

    def may_fail(self, node: "Node") -> bool:
        """Return whether a value is a result that shows a failure in some runs."""
        ...


class Flow:
    """Follows one function.

    Raises:
        RecursionError: It is nested too deeply.
    """

    def __init__(self, body: "Node | None", around: Around) -> None:
        self._around = around
        self.changes: list[Mutation] = []
        self.made: list[Mutation] = []
        """The places that make an object of the class."""
        self.exits: list[WayOut] = []
        self.throws: list[int] = []
        self._ends: list[str] = []
        """How each part that did not come to its end was left: `throw`, `fail`, `return`, `skip`."""
        self._state: frozenset[Guard] | None = frozenset()
        """What has been asked; None: this is not reached."""
        self._branches: list[Branch] = []
        self._breaks: list[list[frozenset[Guard] | None]] = []
        self._left: list[Branch] = []
        """Branches that changed something and were left: what follows is the way around them."""
        self._local: dict[str, Node] = {}
        self._running: list[Node] = []
        self._followed: set[int] = set()
        self.visit(body)
        for function in list(self._local.values()):
            if function.id not in self._followed:
                self._apart(function)
        if (state := self._now()) is not None and body is not None:
            self.exits.append(WayOut(body, state, ()))

    @property
    def guards(self) -> bool:
        """Whether it throws on some arguments, and returns only on others."""
        return bool(self.exits or self.throws) and all(
            any(guard.how == "throw" for guard in each.guards)
            or (any(branch.decides for branch in each.branches) and self._throws_after(each))
            for each in self.exits
        )

    @property
    def fails(self) -> bool:
        """Whether it returns a failure in some runs."""
        returned = (
            first(each.node) if each.node.type == "return_statement" else each.node for each in self.exits
        )
        return any(is_failed(part) for value in returned if value is not None for part in walk(value))

    @property
    def ends(self) -> bool:
        """Whether it never returns."""
        return not self.exits

    def _throws_after(self, way_out: WayOut) -> bool:
        is_after = any(at > way_out.node.start_byte for at in self.throws)
        return is_after and self._state is None and self._around.is_own

    def _now(self) -> frozenset[Guard] | None:
        return self._state

    def visit(self, node: "Node | None") -> None:
        """Follow a statement or an expression."""
        if node is None or self._state is None:
            return
        self._STEPS.get(node.type, Flow._parts)(self, node)

    def _parts(self, node: "Node") -> None:
        for part in node.named_children:
            if part.named_child_count:  # a name or a literal does nothing
                self.visit(part)

    def _define(self, node: "Node") -> None:
        name = text(node.child_by_field_name("name")) if "declaration" in node.type else ""
        parent = node.parent
        if not name and parent is not None and parent.type == "variable_declarator":
            name = text(parent.child_by_field_name("name"))
        if name:
            self._local[name] = node
        else:
            self._apart(node)

    def _apart(self, function: "Node") -> None:
        """Follow a function that may be called later, or never: it guards nothing outside."""
        before, exits, throws, ends = self._state, self.exits, self.throws, len(self._ends)
        self.exits, self.throws = [], []
        self._state = before or frozenset()
        self._run(function)
        self._state, self.exits, self.throws = before, exits, throws
        del self._ends[ends:]

    def _run(self, function: "Node") -> None:
        if function not in self._running:
            self._running.append(function)
            self._followed.add(function.id)
            self.visit(function.child_by_field_name("body"))
            self._running.pop()

    def _inline(self, function: "Node") -> None:
        """Follow a function where it is called."""
        exits, self.exits, ends = self.exits, [], len(self._ends)
        self._run(function)
        self._state = _joined([self._state, *(each.guards for each in self.exits)])
        self.exits = exits
        self._ends[ends:] = [] if self._state is not None else ["throw"]

    def _statement(self, node: "Node") -> None:
        if node.type == "variable_declarator":
            self.visit(node.child_by_field_name("value"))
            return
        for child in node.named_children:
            if child.type.endswith("function_declaration"):
                self._define(child)
        for child in node.named_children:
            if not child.type.endswith("function_declaration"):
                self.visit(child)

    def _write(self, node: "Node") -> None:
        self.visit(node.child_by_field_name("right"))
        left = node.child_by_field_name("left") or node.child_by_field_name("argument")
        if left is not None and left.type not in _PATTERNS:
            self._parts(left)
        self._note(node)

    def _note(self, node: "Node") -> None:
        if (target := self._around.changed(node)) and self._state is not None:
            self._add(self.changes, node, target)

    def _add(self, places: list[Mutation], node: "Node", target: Path, doubt: str = "") -> None:
        places.append(Mutation(node, target, self._state or frozenset(), tuple(self._branches), doubt))
        if not places[-1].is_covered:
            for branch in self._left:
                branch.decides = False

    def _unary(self, node: "Node") -> None:
        self._parts(node)
        if text(node.child_by_field_name("operator")) == "delete":
            self._note(node)

    def _throw(self, node: "Node") -> None:
        self._parts(node)
        if self._state is not None:
            self.throws.append(node.start_byte)
            self._leave("throw")

    def _return(self, node: "Node") -> None:
        self._parts(node)
        if self._state is not None:
            self.exits.append(WayOut(node, self._state, tuple(self._branches)))
            self._leave("fail" if is_failed(first(node)) else "return")

    def _skip(self, node: "Node") -> None:
        if node.type == "break_statement" and self._breaks:
            self._breaks[-1].append(self._state)
        self._leave("skip")

    def _leave(self, how: str) -> None:
        self._ends.append(how)
        self._state = None

    def _if(self, node: "Node") -> None:
        condition = node.child_by_field_name("condition")
        parts = [node.child_by_field_name("consequence"), node.child_by_field_name("alternative")]
        self.visit(condition)
        self._choose(condition, parts)

    def _logical(self, node: "Node") -> None:
        operator, left = text(node.child_by_field_name("operator")), node.child_by_field_name("left")
        right = node.child_by_field_name("right")
        self.visit(left)
        if operator in ("&&", "||", "??"):
            self._choose(left, [right, None] if operator == "&&" else [None, right])
        else:
            self.visit(right)

    def _choose(self, condition: "Node | None", parts: "Sequence[Node | None]") -> None:
        """Follow the branches of a condition: the first if it is true, the second if it is not."""
        if condition is None or self._state is None:
            return
        value = truth(condition, self._around.known)
        if value is not None:
            self.visit(parts[0 if value else 1])
            return
        asked = ".".join(presence(condition)) if not any(map(is_failed, parts)) else ""
        self._branch(parts, asked, varies=varies(condition, self._around.known))

    def _branch(self, parts: "Sequence[Node | None]", asked: str, *, varies: bool) -> None:
        before, branch, begun = self._state, Branch(asked), len(self._ends)
        ways, changing = [], []
        self._branches.append(branch)
        for part in parts:
            self._state, changes = before, self._count
            self.visit(part)
            ways.append(self._state)
            changing.append(self._count > changes)
        self._branches.pop()
        branch.decides = varies and not all(changing)
        self._state = _joined(ways)
        left = [changed for way, changed in zip(ways, changing, strict=True) if way is None]
        if any(left):
            self._left.append(branch)
        if varies and left and not all(left) and self._state is not None and self._around.is_own:
            self._state |= {self._guard(begun, asked)}

    @property
    def _count(self) -> int:
        return len(self.changes) + len(self.made)

    def _guard(self, begun: int, asked: str) -> Guard:
        hows = set(self._ends[begun:])
        if hows <= {"throw", "fail"}:
            return Guard("throw" if hows == {"throw"} else "return")
        return Guard("skip" if "skip" in hows else "return", asked)

    def _loop(self, node: "Node") -> None:
        body, before = node.child_by_field_name("body"), self._state
        over, condition = node.child_by_field_name("right"), node.child_by_field_name("condition")
        for part in node.named_children:
            if part != body:
                self.visit(part)
        if node.type == "for_in_statement":
            self._note(node)
        is_empty = over is not None and over.type == "array" and not over.named_children
        never = truth(condition, self._around.known) is False and node.type != "do_statement"
        if is_empty or never:
            return
        self._breaks.append([])
        ends = len(self._ends)
        self.visit(body)
        self._breaks.pop()
        self._after_rounds(before, ends)

    def _after_rounds(self, before: frozenset[Guard] | None, ends: int) -> None:
        """Set what holds after a loop: what each round has asked, unless that only ended the round."""
        hows, self._ends[ends:] = (
            set(self._ends[ends:]),
            [each for each in self._ends[ends:] if each != "skip"],
        )
        if self._state is None:
            asked = {Guard("throw")} if hows == {"throw"} else set()
        else:
            asked = {guard for guard in self._state if guard.how != "skip"}
        self._state = (
            (before or frozenset()) | asked
            if "skip" not in hows or self._state is None
            else ((before or frozenset()) | {guard for guard in asked if guard.how == "throw"})
        )

    def _labeled(self, node: "Node") -> None:
        before, ends = self._state, len(self._ends)
        self._parts(node)
        if any(how == "skip" for how in self._ends[ends:]):
            self._after_rounds(before, ends)

    def _switch(self, node: "Node") -> None:
        self.visit(node.child_by_field_name("value"))
        body = node.child_by_field_name("body")
        cases = [part for part in (body.named_children if body is not None else ()) if "switch" in part.type]
        before, branch, begun = self._state, Branch(""), len(self._ends)
        has_default = any(case.type == "switch_default" for case in cases)
        self._branches.append(branch)
        self._breaks.append([])
        self._state, changing = None, []
        for case in cases:
            self._state, changes = _joined([self._state, before]), self._count
            self._parts(case)
            if case.named_children[1 if case.type == "switch_case" else 0 :]:
                changing.append(self._count > changes)
        self._branches.pop()
        ways = [self._state, *self._breaks.pop(), *([] if has_default else [before])]
        ends = self._ends[begun:]
        branch.decides = not has_default or (len(cases) > 1 and not all(changing))
        self._state = _joined(ways)
        left = [how for how in ends if how != "skip"]
        if left and self._state is not None and (len(cases) > 1 or not has_default) and self._around.is_own:
            self._state |= {Guard("throw" if set(left) == {"throw"} else "return")}
        self._ends[begun:] = left

    def _try(self, node: "Node") -> None:
        before, ends, throws = self._state or frozenset(), len(self._ends), len(self.throws)
        self.visit(node.child_by_field_name("body"))
        after = self._state
        handler = node.child_by_field_name("handler")
        if handler is not None:
            caught, in_body = self.throws[throws:], self._ends[ends:]
            self._state = before
            self.visit(handler.child_by_field_name("body"))
            rethrows = self._state is None and self._ends[-1] == "throw"
            if not rethrows:
                self.throws = [at for at in self.throws if at not in caught]
            after = self._after_catch(before, after, rethrows=rethrows)
            if not rethrows and after is not None:
                self._ends[ends:] = [how for how in self._ends[ends:] if how != "throw" or how not in in_body]
        self._state = before
        self.visit(node.child_by_field_name("finalizer"))
        finally_asked = self._now()
        self._state = None if finally_asked is None or after is None else after | finally_asked

    def _after_catch(
        self, before: frozenset[Guard], after: frozenset[Guard] | None, *, rethrows: bool
    ) -> frozenset[Guard] | None:
        if rethrows:
            return after
        if self._state is None:  # the handler returns: what the body refuses is refused
            refused = {
                Guard("return" if each.how == "throw" else each.how, each.presence) for each in after or ()
            }
            return None if after is None else before | refused
        if after is None:
            return self._state
        return before | {guard for guard in after if guard.how != "throw"}

    def _call(self, node: "Node") -> None:
        function = node.child_by_field_name("function") or node.child_by_field_name("constructor")
        local = self._function(function)
        if function is not None and local is None:
            self._parts(function)
        over = function and function.child_by_field_name("object")
        is_empty = over is not None and over.type == "array" and not over.named_children
        iterates = not is_empty and text(function and function.child_by_field_name("property")) in ITERATIONS
        succeeds = iterates or text(function and function.child_by_field_name("property")) in ON_SUCCESS
        succeeds = succeeds and over is not None and self._around.may_fail(over)
        for argument in arguments(node):
            if succeeds and (callback := self._function(argument)) is not None:
                self._on_success(callback)
            else:
                self._argument(argument, iterates=iterates)
        if self._state is None:
            return
        if local is not None:
            self._inline(local)
            return
        effect, target = self._around.effect(node), self._around.changed(node)
        if target or effect.changes or effect.doubt:
            self._add(
                self.changes, node, target or called(node), "" if target or effect.changes else effect.doubt
            )
        if effect.makes:
            self._add(self.made, node, called(node))
        if effect.guards:
            self._state |= {Guard("throw")}
        if effect.ends:
            self.throws.append(node.start_byte)
            self._leave("throw")

    def _on_success(self, callback: "Node") -> None:
        """Follow a function that runs only with the value of a successful result."""
        before, ends = self._state, len(self._ends)
        self._branches.append(Branch(""))
        self._inline(callback)
        self._branches.pop()
        self._state = before
        del self._ends[ends:]

    def _argument(self, node: "Node", *, iterates: bool) -> None:
        callback = self._function(node)
        if callback is not None and iterates:
            before, ends = self._state, len(self._ends)
            self._inline(callback)
            self._after_rounds(before, ends)
        elif callback is not None:
            self._apart(callback)
        else:
            self.visit(node)

    def _function(self, node: "Node | None") -> "Node | None":
        """Return the function that an expression is, or that is defined under its name in this one."""
        while node is not None and node.type in WRAPPERS:
            node = first(node)
        if node is None or node.type in _FUNCTIONS:
            return node
        return self._local.get(text(node)) if node.type == "identifier" else None

    def _nothing(self, node: "Node") -> None:
        """Pass over a class within the function: it runs elsewhere."""

    _STEPS: ClassVar = {
        "assignment_expression": _write,
        "augmented_assignment_expression": _write,
        "binary_expression": _logical,
        "break_statement": _skip,
        "call_expression": _call,
        "class": _nothing,
        "class_declaration": _nothing,
        "continue_statement": _skip,
        "if_statement": _if,
        "labeled_statement": _labeled,
        "new_expression": _call,
        "return_statement": _return,
        "statement_block": _statement,
        "switch_statement": _switch,
        "ternary_expression": _if,
        "throw_statement": _throw,
        "try_statement": _try,
        "unary_expression": _unary,
        "update_expression": _write,
        "variable_declarator": _statement,
        **dict.fromkeys(_LOOPS, _loop),
        **dict.fromkeys(_FUNCTIONS, _define),
    }


def _joined(ways: Sequence[frozenset[Guard] | None]) -> frozenset[Guard] | None:
    """Return what has been asked on each way that comes here; None if no way does."""
    alive = [way for way in ways if way is not None]
    return frozenset.intersection(*alive) if alive else None


def is_failed(node: "Node | None") -> bool:
    """Return whether an expression is a failure to return."""
    while node is not None and node.type in WRAPPERS:
        node = first(node)
    if node is None or node.type not in ("call_expression", "new_expression"):
        return False
    return is_failure(called(node))


def walk(node: "Node") -> "Iterator[Node]":
    """Yield a node and all nodes in it."""
    todo = [node]
    while todo:
        node = todo.pop()
        yield node
        todo += reversed(node.named_children)
