"""Forge signatures: none is accepted unless its key made it over the same bytes.

Usage: python benchmarks/fuzz_signatures.py [--number 500000] [--seed 1]

Genuine signatures of 15 keys of seven types are changed at random: bits and bytes, whole fields, numbers (S + L, points of
small order, r and s of zero, RSA with e = 1), keys, namespaces, messages, texts; SSH and DSSE. Prints how many of each way were
forged, how many of them reached the arithmetic, and how many were accepted because the change left a genuine signature, such as
(r, n - s) of ECDSA. Exits 1 if another is accepted or if anything but a refusal is raised.
"""

import argparse
import sys
import time
from collections import Counter
from pathlib import Path
from random import Random

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]

from builders.forged_signatures import Forged, forged, is_genuine
from gatekeeper.signatures.verification import BadSignature, signer_of


def result(one: Forged) -> str:
    """Return what becomes of a forged signature."""
    try:
        signer_of(one.text, one.message)
    except BadSignature as reason:
        return (
            "refused by the arithmetic" if "it is not by the key" in str(reason) else "refused by the format"
        )
    except Exception as error:
        return f"FAILED: {error!r}"
    return "genuine" if is_genuine(one.text, one.message) else "ACCEPTED"


def main() -> int:
    """Forge signatures and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--number", type=int, default=500_000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    random, start, wrong = Random(arguments.seed), time.perf_counter(), 0
    results: Counter[tuple[str, str]] = Counter()
    for _ in range(arguments.number):
        one = forged(random)
        found = result(one)
        results[one.how, found] += 1
        if found.isupper() or found.startswith("FAILED"):
            wrong += 1
            print(f"{found}: {one}")
    columns = ("refused by the format", "refused by the arithmetic", "genuine", "ACCEPTED")
    print(f"{'changed':16}", *(f"{column:>26}" for column in columns))
    for how in sorted({how for how, _ in results}):
        print(f"{how:16}", *(f"{results[how, column]:26,}" for column in columns))
    totals = (sum(count for (_, found), count in results.items() if found == column) for column in columns)
    print(f"{'all':16}", *(f"{total:26,}" for total in totals))
    seconds = time.perf_counter() - start
    print(
        f"{arguments.number:,} forged with the seed {arguments.seed} in {seconds:.0f} s, {wrong} accepted or failed"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
