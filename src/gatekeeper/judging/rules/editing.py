"""Change the rulebook of a workspace in memory: one value at one path, validated like a file."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from gatekeeper.model.evidence_rules import EvidenceRules
from gatekeeper.model.rulebook import Gate, Governance, Levels
from gatekeeper.model.workspace import ManifestKey, Manifests

REMOVED: Final = object()
"""The value of an edit that removes what is at its path."""

Step = str | int


class RuleEdit(NamedTuple):
    """One change of one manifest of the rulebook."""

    manifest: ManifestKey
    """A gate, the levels, governance or the rules on evidence."""
    path: tuple[Step, ...]
    """Where in the manifest, by the keys that the file writes."""
    value: Any
    """The new value as plain data, or `REMOVED`."""


RuleManifest = Gate | Levels | Governance | EvidenceRules
"""A manifest of the rulebook."""


def manifest_of(workspace: Manifests, key: ManifestKey) -> RuleManifest:
    """Return a manifest of the rulebook; raise `KeyError` if the workspace has no such gate."""
    model, name = key
    if model is Levels:
        return workspace.levels
    if model is EvidenceRules:
        return workspace.evidence_rules
    return workspace.governance if model is Governance else workspace.gates[name]


def as_written(manifest: RuleManifest) -> dict[str, Any]:
    """Return a manifest as plain data: what its file states, under the keys that the file writes."""
    return manifest.model_dump(mode="json", by_alias=True, exclude_unset=True)


def value_at(written: Any, path: Sequence[Step]) -> Any:
    """Return the value at a path of plain data; `REMOVED` if the data has no such path."""
    for step in path:
        try:
            written = written[step]
        except (KeyError, IndexError):
            return REMOVED
    return written


def edited(workspace: Manifests, *edits: RuleEdit) -> Manifests:
    """Return a workspace with these edits, one after the other; services and milestones stay as they are.

    Raises:
        ValidationError: A manifest is not valid any more, with all edits made.
        KeyError: A path leads nowhere.
    """
    written: dict[ManifestKey, Any] = {}
    for key, path, value in edits:
        within = written.get(key) or as_written(manifest_of(workspace, key))
        written[key] = _with(within, path, value)
    for (model, name), data in written.items():
        changed: Any = model.model_validate(data)
        match changed:
            case Gate():
                workspace = workspace._replace(gates={**workspace.gates, name: changed})
            case Levels():
                workspace = workspace._replace(levels=changed)
            case EvidenceRules():
                workspace = workspace._replace(evidence_rules=changed)
            case _:
                workspace = workspace._replace(governance=changed)
    return workspace


def _with(within: Any, path: tuple[Step, ...], value: Any) -> Any:
    """Return plain data with another value at a path; mappings and lists that are missing are made."""
    if not path:
        return value
    step, *rest = path
    copy: Any = dict(within) if isinstance(within, Mapping) else list(within)
    if value is REMOVED and not rest:
        del copy[step]
        return copy
    if not isinstance(copy, dict) and step == len(copy):
        copy.append(None)
    nothing: Any = [] if rest and isinstance(rest[0], int) else {}
    inner = copy.get(step, nothing) if isinstance(copy, dict) else copy[int(step)]
    copy[step] = _with(inner, tuple(rest), value)
    return copy
