"""CSAF 2.0 and 2.1, profile VEX (https://docs.oasis-open.org/csaf/csaf/v2.0/, profile 5).

Products have an id; what identifies them is in the product tree: package URLs, CPEs and hashes. A
relationship is a component in a product, or on a system: both must match. A range of versions holds for the
package URLs of its product. `known_not_affected` demands a flag for the product, or a threat of the
category `impact`.
"""

from collections.abc import Iterator, Mapping

from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.figures import entries, first_text, listed, mapping, section, shown
from gatekeeper.collectors.vulnerabilities import _purl, _report
from gatekeeper.collectors.vulnerabilities._report import Names, Product, VexStatement, VulnerabilityReport
from gatekeeper.model.evidence import Unreadable
from gatekeeper.syntax.json import Object

ABOUT = About(
    tool="CSAF, profile VEX",
    seen="CSAF 2.0 and 2.1, by the specification",
    source="https://docs.oasis-open.org/csaf/csaf/v2.0/csaf-v2.0.html",
    command=None,
    recognised="`document.csaf_version`",
    models="a statement for each vulnerability, status and product, with relationships, ranges and hashes",
    not_modelled="scores and remediations",
)

_STATUSES = {
    "known_not_affected": True,
    "fixed": True,
    "first_fixed": True,
    "known_affected": False,
    "first_affected": False,
    "last_affected": False,
    "under_investigation": False,
    "unknown": False,
}
"""`recommended` is omitted: it says which version to use, not whether it is affected."""
_LONGEST_PATH = 20


def recognises(content: Content) -> bool:
    """Return whether the file is a CSAF document."""
    described = content.object.get("document")
    return isinstance(described, dict) and "csaf_version" in described


def read(content: Content) -> VulnerabilityReport:
    """Return a statement for each vulnerability, status and product."""
    return _report.vex_report("csaf-vex", content, _statements(content.object))


def _statements(document: Object) -> Iterator[VexStatement]:
    described = mapping(document["document"], "document")
    if described.get("category") != "csaf_vex":
        raise Unreadable(f"CSAF of the category {shown(described.get('category'))}; supported is csaf_vex")
    tracking = section(described, "tracking", "document.tracking")
    released = _report.instant(tracking.get("current_release_date"), tracking.get("initial_release_date"))
    tree = section(document, "product_tree")
    paths, groups = _paths(tree), _groups(tree)
    for place, vulnerability in enumerate(listed(document, "vulnerabilities", "a vulnerability")):
        known_as = _names(vulnerability)
        reasons = _justifications(vulnerability, groups)
        products = section(vulnerability, "product_status")
        for status, closing in _STATUSES.items():
            for product in _report.names(*entries(products.get(status), status)):
                why = reasons.get(product, reasons.get(""))
                yield VexStatement(
                    names=known_as,
                    closes=closing,
                    status=status,
                    products=(Product(product, paths.get(product, ((),))),),
                    justification=why,
                    instant=released,
                    pointer=f"/vulnerabilities/{place}/product_status/{status}",
                    lacks=_lack(status, why, first_text(tracking, "status")),
                )


def _lack(status: str, why: str | None, of_document: str | None) -> str | None:
    """Return what a statement lacks that its profile demands; None if it lacks nothing."""
    if of_document == "draft":
        return "a document that is more than a draft"
    if status == "known_not_affected" and not why:
        return "a flag for the product or a threat of the category impact"
    return None


def _names(vulnerability: Object) -> tuple[str, ...]:
    ids = listed(vulnerability, "ids", "an id")
    return _report.names(vulnerability.get("cve"), *(id_.get("text") for id_ in ids))


def _justifications(vulnerability: Object, groups: Mapping[str, Names]) -> dict[str, str]:
    """Return why products are not affected, by product id; under the empty id, why all are not."""
    reasons: dict[str, str] = {}
    for threat in listed(vulnerability, "threats", "a threat"):
        words = first_text(threat, "details")
        if words and threat.get("category") == "impact":
            has_products = any(threat.get(key) for key in ("product_ids", "group_ids"))
            reasons |= dict.fromkeys(_referred(threat, groups) if has_products else ("",), words)
    for flag in listed(vulnerability, "flags", "a flag"):
        # A flag without a product is invalid (6.1.32).
        if label := _report.justification(first_text(flag, "label")):
            reasons |= dict.fromkeys(_referred(flag, groups), label)
    return reasons


def _groups(tree: Object) -> dict[str, Names]:
    """Return the ids of products by that of their group."""
    groups = listed(tree, "product_groups", "a group of products")
    return {first_text(one, "group_id") or "": _ids(one) for one in groups}


def _referred(reason: Object, groups: Mapping[str, Names]) -> Names:
    of_groups = _report.names(*entries(reason.get("group_ids"), "group_ids"))
    return (*_ids(reason), *(id_ for group in of_groups for id_ in groups.get(group, ())))


def _ids(owner: Object) -> Names:
    return _report.names(*entries(owner.get("product_ids"), "product_ids"))


def _paths(tree: Object) -> dict[str, tuple[Names, ...]]:
    """Return the identifiers of products by id; those of a component follow those of what it is part of."""
    paths: dict[str, tuple[Names, ...]] = {}
    pending = [tree]
    while pending:
        branch = pending.pop()
        others = entries(branch.get("full_product_names"), "full_product_names")
        is_range = branch.get("category") == "product_version_range"
        range_ = (first_text(branch, "name") or "?") if is_range else None
        for product in (branch.get("product"), *others):
            if product is not None:
                described = mapping(product, "a product")
                if id_ := first_text(described, "product_id"):
                    own = (_identifiers(described, range_),)
                    # What two products share identifies none of them.
                    paths[id_] = own if paths.get(id_, own) == own else ((),)
        pending += listed(branch, "branches", "a branch")
    for relationship in listed(tree, "relationships", "a relationship"):
        whole = mapping(relationship.get("full_product_name"), "full_product_name")
        ends = (
            first_text(relationship, key) for key in ("relates_to_product_reference", "product_reference")
        )
        path = tuple(names_ for end in ends for names_ in paths.get(end or "", ((),)))
        if id_ := first_text(whole, "product_id"):
            paths[id_] = path if len(path) <= _LONGEST_PATH else ((),)
    return paths


def _identifiers(product: Object, range_: str | None) -> Names:
    helper = section(product, "product_identification_helper")
    purls = _report.names(helper.get("purl"), *entries(helper.get("purls"), "purls"))  # 2.1 has a list
    if range_ is not None:
        return tuple(_purl.within(purl, range_) for purl in purls)
    files = listed(helper, "hashes", "the hashes of a file")
    hashes = (one for file in files for one in listed(file, "file_hashes", "a hash"))
    digests = (f"{one.get('algorithm')}:{one.get('value')}" for one in hashes)
    return _report.names(*purls, helper.get("cpe"), *digests)
