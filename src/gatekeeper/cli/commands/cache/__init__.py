"""`gatekeeper cache`: Show or clear the cache.

The cache keeps what was read and judged, outside the repository, so that the next run is faster. It is safe
to delete. `--no-cache` before a command does without it, and `--cache DIR` keeps it elsewhere.

Example: gatekeeper cache info

Heading: Set up
"""
