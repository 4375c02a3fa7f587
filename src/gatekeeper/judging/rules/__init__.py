"""The rulebook, bound to the facts of its kinds, and the operators that compare facts."""
