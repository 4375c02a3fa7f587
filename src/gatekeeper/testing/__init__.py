"""Tools for tests of readers and formats.

Every function here works with any test runner. Those of `gatekeeper.testing.fuzzing`, and `fuzz_reader`, need
the package hypothesis: `pip install 'readiness-gatekeeper[testing]'`.
"""

from gatekeeper.testing.artefacts import artefact, collect, outcome, tree
from gatekeeper.testing.laws import check_reader, fuzz_reader

__all__ = ["artefact", "check_reader", "collect", "fuzz_reader", "outcome", "tree"]
