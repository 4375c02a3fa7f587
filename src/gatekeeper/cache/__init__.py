"""The cache: what was read and judged before, kept outside the repository and found again by digests only."""
