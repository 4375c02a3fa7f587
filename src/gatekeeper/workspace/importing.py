"""Make the manifests of a workspace from a published readiness document."""

from pathlib import Path
from tempfile import TemporaryDirectory

from gatekeeper.documents.import_ import ImportedPage, import_page
from gatekeeper.documents.parse import read_document
from gatekeeper.errors import UsageError
from gatekeeper.judging.rules.citations import unbound_names
from gatekeeper.manifests.scaffold import with_id, write_new
from gatekeeper.model.workspace import Manifests
from gatekeeper.workspace.loading import Validation, validate


def import_document(data: bytes, name: str) -> tuple[ImportedPage, Manifests]:
    """Return the texts of the manifests, and the valid workspace that they make.

    Raises:
        UsageError: The document contains no plan, or its manifests would not be valid.
    """
    document = read_document(data, name)
    if not any(service.cells for service in document.services.values()):
        remarks = "\n".join(f"{name}:{remark.line}: {remark.message}" for remark in document.remarks)
        raise UsageError(f"{remarks}\nno plan was found in it; nothing was written")
    adopted = import_page(document)
    if adopted.refused:
        cells = "\n".join(f"{name}:{cell.line}: {cell.message}" for cell in adopted.refused)
        raise UsageError(f"{cells}\nno valid plan can be made of it; nothing was written")
    validation = _validated(adopted)
    if validation.loaded and (asides := unbound_names(validation.loaded.manifests)):
        adopted = import_page(document, asides)
        validation = _validated(adopted)
    if validation.loaded is None:
        problems = "\n".join(map(str, validation.problems))
        raise UsageError(f"{name} makes no valid workspace, so nothing was written:\n{problems}")
    return adopted._replace(texts=with_id(adopted.texts)), validation.loaded.manifests


def _validated(adopted: ImportedPage) -> Validation:
    with TemporaryDirectory() as folder:
        write_new(Path(folder), dict(adopted.texts))
        return validate(Path(folder))
