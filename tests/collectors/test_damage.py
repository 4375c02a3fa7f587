"""Law 3: no damage to what shows a flaw makes an artefact green, in any format of any kind."""

import pytest

from builders.flaws import FLAWS
from gatekeeper.testing import check_damage


@pytest.mark.parametrize("name", FLAWS)
def test_a_sample_of_damage_never_makes_a_flaw_green(name: str) -> None:
    assert check_damage(FLAWS[name], most=120, seed=3) > 50


@pytest.mark.long
@pytest.mark.parametrize("name", FLAWS)
def test_no_damage_makes_a_flaw_green(name: str) -> None:
    check_damage(FLAWS[name])
    check_damage(FLAWS[name], most=2000, seed=3)
