"""Whether an aggregate keeps its invariants: whether it checks when it is created and before it changes.

A method *checks* if it throws, calls a function named as a guard (`Guard.`, `assert`, `ensure`, `check`,
`validate` ...), creates a failure to return (`Result.fail`, `err`, `left`), or asks whether a result is one.
It also checks if a method of its class that it calls does, or the constructor of a value object that it
creates. A method that is in the tree counts by its body, never by its name; the constructor of a base class
counts only by the methods of the class that it calls.

The constructor of an aggregate must check, or a static factory: a method `create`, or one that creates or
returns the aggregate. A *command*, which is a public method or setter that changes the object's state, must
check too, or change the state only under a condition (`if (!this.closed) ...`, or an early return). Methods
that handle an event (`onPlaced(event)`) are not commands: an event has happened and cannot be refused.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from gatekeeper.collectors.formats.typescript.source import Class
from gatekeeper.collectors.reading.files import in_file
from gatekeeper.collectors.typescript._methods import Call, Method, is_change, is_guard, methods
from gatekeeper.collectors.typescript._roles import VALUE_OBJECT, Roles
from gatekeeper.model.evidence import Finding

_Key = tuple[tuple[str, int], int, str, bool]
_CONSTRUCTOR = "constructor"


class _Member(NamedTuple):
    """A method as it runs in an object of a class."""

    of: Class
    at: int
    """The index of the base that defines it; 0 is the class itself."""
    name: str
    is_static: bool = False

    @property
    def key(self) -> _Key:
        return self.of.key, self.at, self.name, self.is_static


class _Conduct(NamedTuple):
    """What a member does itself, and which members it calls."""

    checks: bool
    changes: list[int]
    """The positions at which it changes the object's state."""
    own: list[tuple[int, _Key]]
    """The members of the same object that it calls, with the positions."""
    others: list[_Key]
    """The members of other classes, and static members of its own, that it calls."""


class Guards:
    """Checks aggregates; the methods of a class are read once."""

    def __init__(self, roles: Roles) -> None:
        self._roles = roles
        self._tables: dict[tuple[str, int], dict[tuple[str, bool], Method]] = {}

    def flaws(self, aggregate: Class) -> Iterator[Finding]:
        """Yield the creation and the commands of an aggregate that check nothing."""
        own = list(self._own(aggregate))
        conducts = self._conducts(own)
        checking = _leading_to(
            (key for key, conduct in conducts.items() if conduct.checks),
            {key: [*conduct.others, *(to for _, to in conduct.own)] for key, conduct in conducts.items()},
        )
        if not any(self._makes(each) and each.key in checking for each in own):
            message = f"{aggregate.name}: neither its constructor nor a factory checks anything"
            yield Finding(message, aggregate.file, aggregate.line)
        changing = _leading_to(
            (key for key, conduct in conducts.items() if conduct.changes),
            {key: [to for _, to in conduct.own] for key, conduct in conducts.items()},
        )
        for each in own:
            method, conduct = self._method(each), conducts[each.key]
            changes = [*conduct.changes, *(at for at, to in conduct.own if to in changing)]
            unconditional = any(at not in method.conditions for at in changes)
            if method.is_command and unconditional and each.key not in checking:
                message = f"{aggregate.name}: {method.name} changes its state and checks nothing"
                yield Finding(message, self._roles.bases(aggregate)[each.at].file, method.line)

    def has_method(self, of: Class, name: str) -> bool:
        """Return whether a class, or one that it extends, has a method with a body."""
        return self._resolve(of, name) is not None

    def _own(self, aggregate: Class) -> Iterator[_Member]:
        """Yield the members of an aggregate, with those of its bases below the one that gives the role."""
        seen: set[tuple[str, bool]] = set()
        for at, base in enumerate(self._roles.bases(aggregate)[: self._roles.own_bases(aggregate)]):
            for name, is_static in self._table(base):
                if (name, is_static) not in seen:
                    seen.add((name, is_static))
                    yield _Member(aggregate, at, name, is_static)
        inherited = self._resolve(aggregate, _CONSTRUCTOR)
        if inherited is not None and (_CONSTRUCTOR, False) not in seen:
            yield inherited

    def _table(self, of: Class) -> Mapping[tuple[str, bool], Method]:
        if of.key not in self._tables:
            with in_file(of.file):
                found = methods(of.node, with_jsx=of.file.endswith("x"))
            self._tables[of.key] = {(method.name, method.is_static): method for method in found}
        return self._tables[of.key]

    def _method(self, member: _Member) -> Method:
        return self._table(self._roles.bases(member.of)[member.at])[member.name, member.is_static]

    def _resolve(self, of: Class, name: str, *, is_static: bool = False, above: int = -1) -> _Member | None:
        for at, base in enumerate(self._roles.bases(of)):
            if at > above and (name, is_static) in self._table(base):
                return _Member(of, at, name, is_static)
        return None

    def _makes(self, member: _Member) -> bool:
        """Return whether a member is a constructor, or a static method that returns the aggregate."""
        method, aggregate = self._method(member), member.of.name
        return member.name == _CONSTRUCTOR or (
            member.is_static
            and (
                member.name.startswith("create")
                or aggregate in method.returns
                or any(call.is_new and call.path in ((aggregate,), ("this",)) for call in method.calls)
            )
        )

    def _conducts(self, start: Iterable[_Member]) -> dict[_Key, _Conduct]:
        """Return the conduct of members and of all members that they call, directly or not."""
        todo = list(start)
        found: dict[_Key, _Conduct] = {}
        while todo:
            member = todo.pop()
            if member.key not in found:
                found[member.key], called = self._conduct(member)
                todo += called
        return found

    def _conduct(self, member: _Member) -> tuple[_Conduct, list[_Member]]:
        method, of = self._method(member), member.of
        is_own = member.at < self._roles.own_bases(of)
        conduct = _Conduct(method.refuses and is_own, list(method.changes), [], [])
        called: list[_Member] = []
        for call in method.calls:
            target = self._called(call, member)
            if target is not None:
                called.append(target)
                if target.of.key == of.key and not target.is_static and not call.is_new:
                    conduct.own.append((call.start, target.key))
                else:
                    conduct.others.append(target.key)
            elif call.path[:1] == ("this",) and len(call.path) == 2 and is_change(call.path[1]):
                conduct.changes.append(call.start)
            # A method that is in the tree counts by its body.
            by_name = target is None or target.at >= self._roles.own_bases(target.of)
            if is_guard(call) and is_own and by_name:
                conduct = conduct._replace(checks=True)
        return conduct, called

    def _called(self, call: Call, caller: _Member) -> _Member | None:
        """Return the called member if it is one of the object or of a value object."""
        match call.path:
            case ("super",):
                return self._resolve(caller.of, _CONSTRUCTOR, above=caller.at)
            case ("super", name):
                return self._resolve(caller.of, name, is_static=caller.is_static, above=caller.at)
            case ("this", name):
                return self._resolve(caller.of, name, is_static=caller.is_static)
            case ("this", "constructor", name):
                return self._resolve(caller.of, name, is_static=True)
            case (name, *rest) if len(rest) == (0 if call.is_new else 1):
                return self._called_of_class(name, rest, caller)
            case _:
                return None

    def _called_of_class(self, name: str, rest: list[str], caller: _Member) -> _Member | None:
        bases = self._roles.bases(caller.of)
        found = self._roles.tree.find(bases[caller.at].file, (name,))
        if found is None:
            return None
        if rest and found.key in (base.key for base in bases):
            return self._resolve(caller.of, rest[0], is_static=True)
        if found.key != caller.of.key and not self._roles.has(VALUE_OBJECT, found):
            return None
        return self._resolve(found, rest[0] if rest else _CONSTRUCTOR, is_static=bool(rest))


def _leading_to(goals: Iterable[_Key], calls: Mapping[_Key, Iterable[_Key]]) -> set[_Key]:
    """Return the goals and all members that call one of them, directly or not."""
    callers: dict[_Key, list[_Key]] = {}
    for caller, called in calls.items():
        for each in called:
            callers.setdefault(each, []).append(caller)
    todo = list(goals)
    found = set(todo)
    while todo:
        new = [each for each in callers.get(todo.pop(), ()) if each not in found]
        found.update(new)
        todo += new
    return found
