"""Law 3: no damage to what shows a flaw makes an artefact green, in any format of any kind."""

import pytest

from builders.flaws import FLAWS
from gatekeeper import collectors
from gatekeeper.collectors import catalogue
from gatekeeper.testing import check_damage

WITHOUT_FLAW = {
    "pen_test/nikto_json": "a report without an item is absent: no file of it is green",
    "source/csharp": "a name that is damaged does not compile; its own tests try the forms that do",
    "source/jvm": "a name that is damaged does not compile; its own tests try the forms that do",
    "vulnerabilities/gitleaks": "an empty list is not recognised: no file of it is green",
    "vulnerabilities/trufflehog": "an empty file is absent: no file of it is green",
}
"""Formats without a flaw in the table -> why."""


def formats(kind: str) -> set[str]:
    """Return `kind/format` of every format of a kind; of a kind without formats its name."""
    found = {one.name for one in catalogue.formats() if one.kind == kind}
    return {f"{kind}/{name}" for name in found - {kind}} or {kind}


@pytest.mark.parametrize("kind", collectors.KINDS.names)
def test_every_format_has_a_flaw_or_a_reason(kind: str) -> None:
    named = {name.partition(":")[0] for name in FLAWS}
    assert formats(kind) - named == {name for name in WITHOUT_FLAW if name.partition("/")[0] == kind}


@pytest.mark.long
@pytest.mark.parametrize("name", FLAWS)
def test_a_sample_of_damage_never_makes_a_flaw_green(name: str) -> None:
    assert check_damage(FLAWS[name], most=120, seed=3) > 50


@pytest.mark.long
@pytest.mark.parametrize("name", FLAWS)
def test_no_damage_makes_a_flaw_green(name: str) -> None:
    check_damage(FLAWS[name])
    check_damage(FLAWS[name], most=2000, seed=3)
