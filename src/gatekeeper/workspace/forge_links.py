"""Addresses of findings on the forge: in which repository a finding is, and at which commit.

A record's finding is in the repository of the service, at the commit of the record. Any other finding in a
file of this workspace's repository is at the commit that was judged; otherwise it is in the repository of the
service, at the commit that its evidence states.
"""

from functools import cache

from gatekeeper.model.evidence import Evidence, Finding, shared
from gatekeeper.model.forge_address import Spot, address, names
from gatekeeper.model.overview import FindingLink, no_link
from gatekeeper.model.verdict import CriterionResult
from gatekeeper.trees import EntryKind, refusal
from gatekeeper.workspace.loading import LoadedWorkspace


def finding_links(loaded: LoadedWorkspace, commit: str | None) -> FindingLink:
    """Return how reports link findings; without `links` in `gatekeeper.yaml`, they have no links.

    Args:
        loaded: The workspace.
        commit: The commit that was judged, if any.
    """
    manifests = loaded.manifests
    template = manifests.links
    if template is None:
        return no_link
    is_of_services = names(template, "repository")

    @cache
    def is_here(file: str) -> bool:
        path = f"{loaded.tree.root}/{file}"
        return loaded.tree.entry(path) is EntryKind.FILE and not refusal(loaded.tree, path)

    def link(service: str, result: CriterionResult, finding: Finding) -> str | None:
        if finding.file is None:
            return None
        evidence = _evidence(result, finding)
        is_recorded = evidence is not None and evidence.pipeline is not None
        if not is_recorded and is_here(finding.file):
            spot = None if is_of_services else Spot(finding.file, finding.line, commit)
        elif is_recorded or is_of_services:
            repository = manifests.conventions.repository_of(manifests.services[service])
            spot = Spot(finding.file, finding.line, _commit(evidence), repository)
        else:
            spot = None
        return address(template, spot) if spot else None

    return link


def _evidence(result: CriterionResult, finding: Finding) -> Evidence | None:
    """Return the evidence that has a finding."""
    of_outcomes = ((one.condition.slot, one.findings) for one in result.outcomes)
    of_reasons = ((reason.slot, reason.places) for reason in result.reasons)
    slots = {slot for slot, findings in (*of_outcomes, *of_reasons) if finding in findings}
    return shared(one for one in result.evidence if one.slot in slots)


def _commit(evidence: Evidence | None) -> str | None:
    return shared(part.commit for part in evidence.parts) if evidence else None
