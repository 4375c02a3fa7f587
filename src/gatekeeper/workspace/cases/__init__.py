"""Cases of a rulebook: read them, build the world of each, and judge it."""
