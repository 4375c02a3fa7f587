"""Load a workspace in shards: what all services share once, then some services at a time.

The problems of the shared part, of all shards and of the claims together are those of `validate`.
"""

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from gatekeeper import collectors
from gatekeeper.errors import Problem, in_order
from gatekeeper.judging.plans.validation import (
    Claim,
    check_defaults,
    check_identities,
    check_services,
    claimed_twice,
    claims,
)
from gatekeeper.judging.rules.binding import bind
from gatekeeper.manifests.load import locate_mistakes
from gatekeeper.manifests.shards import Shared, load_shard, load_shared
from gatekeeper.model.rule import Rulebook
from gatekeeper.model.workspace import Mistake
from gatekeeper.trees import Tree
from gatekeeper.trees.observations import Observations
from gatekeeper.workspace.kept_parts import content_of, observed
from gatekeeper.workspace.loading import LoadedWorkspace, disk_tree


class SharedWorkspace(NamedTuple):
    """What all services of a workspace share, and the problems in it."""

    root: Path
    tree: Tree
    shared: Shared
    rulebook: Rulebook | None
    """None if it cannot be bound."""
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    seen: Observations | None = None
    """What was read for it; None if that was not observed, or cannot be compared later."""
    content: str | None = None
    """The digest of that."""

    @property
    def services(self) -> frozenset[str]:
        """The names of all services, by their files."""
        return self.shared.services

    def names(self) -> tuple[str, ...]:
        """Return the names of all services, in the order of their files."""
        return tuple(sorted(self.services, key=lambda name: f"{name}.yaml"))


class Shard(NamedTuple):
    """Some services of a workspace, with those on which they depend."""

    loaded: LoadedWorkspace | None
    """None if there is a problem here or in what all services share."""
    problems: tuple[Problem, ...]
    """Those of these services, of those on which they depend, and of their entries of the register."""
    claims: Mapping[str, tuple[Claim, ...]]
    """By service, what it is called: no other service may be called the same."""
    warnings: tuple[Problem, ...] = ()


def open_shared(root: Path, tree: Tree | None = None) -> SharedWorkspace:
    """Load everything but the manifests of services, of which only the names are read."""
    tree = tree or disk_tree(root)
    with observed(tree) as reading:
        opened = _opened(root, tree)
    seen = reading.seen(opened.rulebook)
    return opened._replace(seen=seen, content=seen and content_of(seen))


def _opened(root: Path, tree: Tree) -> SharedWorkspace:
    shared = load_shared(root, tree)
    manifests = shared.loaded.workspace
    rulebook, mistakes = None, tuple[Mistake, ...]()
    if manifests:
        bound = bind(manifests, collectors.find)
        rulebook = None if bound.mistakes else bound.rulebook
        mistakes = bound.mistakes or (
            *check_services(manifests, bound.rulebook),
            *check_defaults(manifests, bound.rulebook),
        )
    problems = in_order([*shared.loaded.problems, *locate_mistakes(root, tree, mistakes)])
    return SharedWorkspace(root, tree, shared, rulebook, problems, in_order(shared.loaded.warnings))


def open_shard(of: SharedWorkspace, services: Collection[str]) -> Shard:
    """Load some services, and those on which they depend.

    Raises:
        UsageError: There is no such service.
    """
    found = load_shard(of.root, of.tree, of.shared, services)
    manifests = found.workspace
    if manifests is None or of.rulebook is None:
        return Shard(None, in_order(found.problems), {}, in_order(found.warnings))
    mistakes = check_services(manifests, of.rulebook)
    problems = in_order([*found.problems, *locate_mistakes(of.root, of.tree, mistakes)])
    known = manifests.services
    claimed = {name: tuple(claims(name, known[name])) for name in services if name in known}
    if problems or of.problems:
        return Shard(None, problems, claimed)
    warnings = in_order(found.warnings)
    return Shard(
        LoadedWorkspace(manifests, of.rulebook, of.root, found.services_folder, of.tree, warnings=warnings),
        problems,
        claimed,
    )


def check_claims(of: SharedWorkspace, claimed: Mapping[str, Iterable[Claim]]) -> tuple[Problem, ...]:
    """Return the problem of each name or image that two services claim; `claimed` has those of all shards."""
    twice = claimed_twice(claimed)
    manifests = load_shard(of.root, of.tree, of.shared, twice).workspace if twice else None
    mistakes = check_identities(manifests) if manifests else ()
    return in_order(locate_mistakes(of.root, of.tree, mistakes))
