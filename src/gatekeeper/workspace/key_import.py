"""Add the keys of a list of allowed signers to the people of the roster."""

from collections.abc import Iterator
from typing import NamedTuple

from gatekeeper.errors import UsageError
from gatekeeper.manifests.fragments import Value, flow
from gatekeeper.manifests.text_edit import Step
from gatekeeper.model.rulebook import Governance
from gatekeeper.model.signature import ImportedKey
from gatekeeper.signatures.allowed_signers import AllowedSigner, read_allowed_signers
from gatekeeper.signatures.public_keys import parse_public_key
from gatekeeper.syntax import SyntaxProblem, decode
from gatekeeper.workspace.editing import Edit, Edited, changed
from gatekeeper.workspace.loading import LoadedWorkspace

MOST_BYTES = 5_000_000


class PreparedImport(NamedTuple):
    """What an import does with each line, and the edit; None if it adds nothing."""

    lines: tuple[ImportedKey, ...]
    file: str
    """The governance, relative to the workspace."""
    edited: Edited | None


def prepare_import(loaded: LoadedWorkspace, data: bytes) -> PreparedImport:
    """Return what the import of a list does.

    Raises:
        UsageError: It is not a list of allowed signers.
    """
    file = loaded.manifests.files[Governance, ""]
    signers, problems = read_allowed_signers(_text(data))
    if not signers:
        why = f": line {problems[0].line}: {problems[0].message}" if problems else ""
        raise UsageError(f"the list has no key of a signer{why}")
    importing = _Import(loaded.rulebook.governance)
    lines = tuple(line for signer in signers for line in importing.lines_of(signer))
    refused = (ImportedKey(f"line {one.line}", "", "refused", one.message) for one in problems)
    edits = [Edit(file, path, value) for path, value in importing.edits]
    edited = changed(loaded, *edits) if edits else None
    return PreparedImport((*lines, *refused), file, edited)


def _text(data: bytes) -> str:
    if len(data) > MOST_BYTES:
        raise UsageError(f"the list has {len(data):,} bytes; at most {MOST_BYTES:,} are read")
    try:
        return decode(data)
    except SyntaxProblem as problem:
        raise UsageError(f"the list cannot be read: {problem.message}") from None


class _Import:
    """The edits of a roster, collected signer by signer."""

    def __init__(self, governance: Governance) -> None:
        self.names = {name.casefold(): name for name in governance.roster}
        self.owners = {parse_public_key(one.key.key): one.owner for one in governance.owned_keys()}
        self.counts = {name: len(person.keys) for name, person in governance.roster.items()}
        self.edits: list[tuple[tuple[Step, ...], Value]] = []

    def lines_of(self, signer: AllowedSigner) -> Iterator[ImportedKey]:
        """Yield what is done for each principal of a line."""
        known = [name for principal in signer.principals if (name := self.names.get(principal.casefold()))]
        for name in dict.fromkeys(known):
            yield self._of_person(name, signer)
        if not known:
            yield self._unknown(signer)

    def _of_person(self, name: str, signer: AllowedSigner) -> ImportedKey:
        fingerprint, owner = signer.key.fingerprint, self.owners.get(signer.key)
        if owner == name:
            return ImportedKey(name, fingerprint, "known")
        if owner is not None:
            return ImportedKey(name, fingerprint, "refused", f"it is the key of {owner}; a key has one owner")
        path = Step("roster"), Step(name), Step("keys"), Step(self.counts[name])
        self.edits.append((path, _value(signer)))
        self.owners[signer.key] = name
        self.counts[name] += 1
        return ImportedKey(name, fingerprint, "added")

    def _unknown(self, signer: AllowedSigner) -> ImportedKey:
        principal, fingerprint = signer.principals[0], signer.key.fingerprint
        name = principal.partition("@")[0]
        if person := self.names.get(name.casefold()):
            why = f"the roster has {person}: if they are the same, write {person} instead in the list"
            return ImportedKey(principal, fingerprint, "refused", why)
        line = f"{name}: {{roles: [ROLE], keys: {flow([_value(signer)])}}}"
        return ImportedKey(principal, fingerprint, "unknown", line)


def _value(signer: AllowedSigner) -> Value:
    """Return a key as the roster states it."""
    days = {"from": signer.valid_from, "until": signer.valid_until}
    stated = {name: day.isoformat() for name, day in days.items() if day}
    return {"key": signer.key.text, **stated} if stated else signer.key.text
