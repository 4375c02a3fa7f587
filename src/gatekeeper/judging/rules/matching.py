"""Give each of several askers a choice of its own: a maximum matching in a bipartite graph."""

from collections.abc import Sequence


def left_out(choices: Sequence[Sequence[int]]) -> list[int]:
    """Return who gets none of its choices if each choice is given once, and to as many as possible.

    Who comes first is served first. Linear in the number of choices unless somebody has to take another one.
    """
    owner: dict[int, int] = {}
    hopeless: set[int] = set()
    return [one for one in range(len(choices)) if not _is_placed(one, choices, owner, hopeless)]


def _is_placed(
    start: int, choices: Sequence[Sequence[int]], owner: dict[int, int], hopeless: set[int]
) -> bool:
    """Give one a choice, directly or by letting owners take others; return whether that is possible."""
    asked_by: dict[int, int] = {}
    queue, held = [start], dict[int, int]()
    for one in queue:
        for choice in choices[one]:
            if choice in asked_by or choice in hopeless:
                continue
            asked_by[choice] = one
            if choice not in owner:
                _hand_over(choice, asked_by, held, owner)
                return True
            held[owner[choice]] = choice
            queue.append(owner[choice])
    hopeless.update(asked_by)  # no later search finds a free choice from here either
    return False


def _hand_over(choice: int, asked_by: dict[int, int], held: dict[int, int], owner: dict[int, int]) -> None:
    """Give a free choice to who asked for it, what that one held to who asked for it, and so on."""
    given: int | None = choice
    while given is not None:
        owner[given] = asked_by[given]
        given = held.get(owner[given])
