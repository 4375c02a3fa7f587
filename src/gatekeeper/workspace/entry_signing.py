"""Sign entries of manifests with a person's key: whether it may, and the edits that write signatures."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import TYPE_CHECKING
from uuid import uuid4

from gatekeeper.errors import UsageError
from gatekeeper.judging.places import Place
from gatekeeper.judging.verdicts.signatures import objection_to_key, owner_of, signature_of
from gatekeeper.manifests.text_edit import Step
from gatekeeper.model.rule import Rulebook
from gatekeeper.model.rulebook import Governance
from gatekeeper.model.service import Service, Withdrawn
from gatekeeper.model.signature import SignatureState
from gatekeeper.model.statement import Statement
from gatekeeper.signatures.public_keys import PublicKey
from gatekeeper.syntax.yaml import load
from gatekeeper.workspace.editing import Edit, Edited, changed, value_of
from gatekeeper.workspace.loading import LoadedWorkspace
from gatekeeper.workspace.selection import person_hint
from gatekeeper.workspace.statements import StatementEntry, entries_of

if TYPE_CHECKING:
    from gatekeeper.attested.signing import StatementSigner


def changed_and_signed(loaded: LoadedWorkspace, edit: Edit, signer: "StatementSigner | None") -> Edited:
    """Return the workspace with an entry, signed if there is a signer.

    Raises:
        UsageError: The entry is invalid, or must be signed, or the key may not sign it.
    """
    edited = changed(loaded, edit)
    place = Place(edit.file, tuple(step.key for step in edit.path))
    [entry] = entries_at(edited.loaded, [place])
    check_signer(loaded, entry.statement, entry.service, signer)
    return _signed(loaded, [edit], [entry], signer) if signer else edited


def sign_entries(
    loaded: LoadedWorkspace, entries: Iterable[StatementEntry], signer: "StatementSigner"
) -> Edited:
    """Return the workspace with signatures of entries that it has already.

    Raises:
        UsageError: The key may not sign one of them.
    """
    chosen = list(entries)
    for entry in chosen:
        check_signer(loaded, entry.statement, entry.service, signer)
    return _signed(loaded, [], chosen, signer)


def check_signer(
    loaded: LoadedWorkspace, statement: Statement, service: Service | None, signer: "StatementSigner | None"
) -> None:
    """Check that a statement counts if it is signed by this signer, or without a signature.

    Raises:
        UsageError: It does not.
    """
    try:
        seen = signature_of(statement._replace(signature=None), loaded.rulebook, service)
    except ValueError:
        raise UsageError("it contains bytes that are not UTF-8; write it in UTF-8") from None
    if seen.why and not seen.is_unsigned:
        raise UsageError(f"it would not count: {seen.why}; write it with another date or link")
    if signer is None:
        if seen.why:
            raise UsageError(
                f"it would not count: {seen.why}; run the command again with `--key FILE`, "
                f"which is an SSH key of {statement.by}"
            )
        return
    workspace_id(loaded)
    check_owner(loaded, statement.by, signer.public_key)
    if why := objection_to_key(signer.public_key, statement.by, statement.on, loaded.rulebook):
        raise UsageError(f"it would not count: {why}; sign with another key")


def workspace_id(loaded: LoadedWorkspace) -> str:
    """Return the id of the workspace.

    Raises:
        UsageError: It has none, so that nothing can be signed.
    """
    if loaded.rulebook.workspace is None:
        raise UsageError(
            "nothing can be signed here, because the workspace has no id by which a signature counts in no "
            f"other one; add this line to gatekeeper.yaml:\nworkspace: {uuid4()}"
        )
    return loaded.rulebook.workspace


def withdrawn(loaded: LoadedWorkspace, entry: StatementEntry, by: str | None, on: date) -> Edited:
    """Return the workspace without an entry about a service; signed or grandfathered, it never counts again.

    Args:
        loaded: The workspace.
        entry: The entry.
        by: Who withdraws it; by default its own person.
        on: The day of that.

    Raises:
        UsageError: The person is not on the roster.
    """
    statement, service, governance = entry.statement, entry.service, loaded.rulebook.governance
    removal = Edit(entry.place.file, [*map(Step, entry.place.path)], None)
    if service is None or not _may_return(statement, loaded.rulebook):
        return changed(loaded, removal)
    person = by or statement.by
    if person.casefold() not in governance.people:
        raise UsageError(
            f"{person} is not on the roster{person_hint(governance, person)}; "
            "name who withdraws it: --by NAME; nothing was written"
        )
    mark = Withdrawn.model_construct(digest=statement.digest(workspace_id(loaded)), by=person, on=on)
    path = Step("withdrawn"), Step(len(service.withdrawn))
    return changed(loaded, removal, Edit(entry.place.file, path, value_of(mark)))


def _may_return(statement: Statement, rulebook: Rulebook) -> bool:
    """Return whether a statement would count again if somebody wrote it back: nobody else can make one."""
    if statement.signature is not None:
        return True
    kept = rulebook.governance.grandfathered
    return bool(kept) and rulebook.workspace is not None and statement.digest(rulebook.workspace) in kept


def entries_at(loaded: LoadedWorkspace, places: Collection[Place]) -> list[StatementEntry]:
    """Return the entries at these places."""
    found = {entry.place: entry for entry in entries_of(loaded) if entry.place in places}
    return [found[place] for place in places]


def check_owner(loaded: LoadedWorkspace, by: str, key: PublicKey) -> None:
    """Check that a key is one of a person's on the roster, whatever its dates.

    Raises:
        UsageError: It is not; the message shows the line to add.
    """
    owner = owner_of(key, loaded.rulebook.governance)
    if owner is None:
        raise UsageError(
            f"the key {key.fingerprint} is not on the roster; if it is a key of {by}, let a change that is "
            f"reviewed add it to `roster: {by}: keys:` in {loaded.manifests.files[Governance, '']}:\n"
            f'- "{key.text}"'
        )
    if owner.casefold() != by.casefold():
        raise UsageError(f"the key {key.fingerprint} is a key of {owner}, not of {by}")


def _signed(
    loaded: LoadedWorkspace, edits: list[Edit], entries: list[StatementEntry], signer: "StatementSigner"
) -> Edited:
    """Return the workspace with edits, and with signatures of the entries that it then has."""
    workspace = workspace_id(loaded)
    signatures = [
        Edit(entry.place.file, _path(loaded, entry.place), signer.sign(entry.statement.message(workspace)))
        for entry in entries
    ]
    edited = changed(loaded, *edits, *signatures)
    for entry in entries_at(edited.loaded, [entry.place for entry in entries]):
        seen = signature_of(entry.statement, edited.loaded.rulebook, entry.service)
        if seen.state is not SignatureState.SIGNED:
            raise UsageError(f"the signature does not count: {seen.why}; nothing was written")
    return edited


def _path(loaded: LoadedWorkspace, place: Place) -> list[Step]:
    """Return the path to the signature of an entry; a single exit may be written with its day as `on`."""
    path = place.path
    if path[:1] == ("exited",) and "on" in load(_text(loaded, place.file)).value.get("exited", ()):
        path = path[:1]
    return [*map(Step, path), Step("signature")]


def _text(loaded: LoadedWorkspace, file: str) -> bytes:
    return loaded.tree.open(str(loaded.root / file)).read()
