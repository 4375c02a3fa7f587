"""Tools for tests of readers and formats.

Every function here works with any test runner. Those of `gatekeeper.testing.fuzzing`, and `fuzz_reader`, need
the package hypothesis: `pip install 'readiness-gatekeeper[testing]'`.
"""

from gatekeeper.testing.artefacts import artefact, collect, outcome, tree
from gatekeeper.testing.damage import Damage, Flawed, check_damage, damages, is_green
from gatekeeper.testing.laws import check_reader, fuzz_reader

__all__ = [
    "Damage",
    "Flawed",
    "artefact",
    "check_damage",
    "check_reader",
    "collect",
    "damages",
    "fuzz_reader",
    "is_green",
    "outcome",
    "tree",
]
