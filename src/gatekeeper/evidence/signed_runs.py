"""What a run of a pipeline states by its record, rebuilt from the file.

The statement names each entry that the run made. An entry that a later run replaced has left its digest in
`replaced`, so that the signature of the earlier run still fits.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from gatekeeper.collectors.reading.figures import mapping, text
from gatekeeper.evidence.plain import is_digest, optional_text
from gatekeeper.model.evidence import Unreadable
from gatekeeper.model.moment import utc_day
from gatekeeper.model.statement import RunStatement, canonical, digest_of
from gatekeeper.syntax.json import Json, Object

Contents = Iterable[tuple[str, Object]]
"""The names and contents of entries."""

_SIGNING = ("replaced", "signature", "bundle")


def statement_of(
    service: str, pipeline: str, collected_at: datetime, fields: Mapping[str, Json], contents: Contents
) -> RunStatement:
    """Return what a run states.

    Args:
        service: The service of the record.
        pipeline: The pipeline of the record.
        collected_at: When the run collected.
        fields: What the file states about the run, besides its entries.
        contents: The entries of the run that are in force.

    Raises:
        Unreadable: A field that belongs to the signature has a value of the wrong type.
    """
    stated = {name: value for name, value in fields.items() if name not in _SIGNING and value is not None}
    problem, predicate, subjects, bundle = None, b"", dict[str, str](), None
    replaced = replaced_by(fields)
    try:
        # The place of the record comes last: no field of the run may state another one.
        predicate = canonical({**stated, "service": service, "pipeline": pipeline})
        subjects = {name: digest_of(entry) for name, entry in contents}
        if fields.get("bundle") is not None:
            bundle = canonical(mapping(fields["bundle"], "bundle"))
    except ValueError as flaw:
        problem = f"it has a value that cannot be signed: {flaw}"
    if both := subjects.keys() & replaced.keys():
        problem = f"`{min(both)}` is both in force and replaced"
    return RunStatement(
        predicate,
        tuple(sorted({**replaced, **subjects}.items())),
        utc_day(collected_at),
        optional_text(dict(fields), "repository", "the run"),
        optional_text(dict(fields), "signature", "the run"),
        bundle,
        problem,
    )


def replaced_by(fields: Mapping[str, Json]) -> dict[str, str]:
    """Return the digests of the entries of a run that later runs replaced, by name.

    Raises:
        Unreadable: They are not digests.
    """
    written = mapping({} if fields.get("replaced") is None else fields["replaced"], "replaced")
    digests = {name: text(digest, f"replaced: {name}") for name, digest in written.items()}
    for name, digest in digests.items():
        if not is_digest(digest):
            raise Unreadable(f"replaced: {name} is not a digest of 64 hexadecimal digits")
    return digests


def is_signed(fields: Mapping[str, Json]) -> bool:
    """Return whether a run has a signature, whether it fits or not."""
    return any(fields.get(name) is not None for name in ("signature", "bundle"))


def with_replaced(fields: Mapping[str, Json], contents: Contents) -> Mapping[str, Json]:
    """Return the fields of a run whose entries were replaced; a signed one keeps their digests."""
    try:
        digests = {name: digest_of(entry) for name, entry in contents} if is_signed(fields) else {}
    except ValueError:
        return fields  # no signature fits such a run
    return {**fields, "replaced": {**replaced_by(fields), **digests}} if digests else fields
