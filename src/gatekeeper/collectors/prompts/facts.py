"""A prompt registry in YAML or JSON: the version of each prompt that each tenant gets.

The format is gatekeeper's own. The registry is one file, or the files of a folder or glob:

    tenants: [acme, globex]         # every prompt must pin a version for each of them
    prompts:
      - id: summarise
        versions: ["1.0", "1.1"]    # optional: a pin must be one of them
        pins: {acme: "1.1", globex: "1.0"}

`prompts` may also be a mapping of ids to entries, and a file may be a list of entries or a single entry.
`pinned` means the same as `pins`, and pins may be a list of `{tenant, version}`. An entry with `tenants` of
its own must pin a version for those, too.

A pin is a concrete version: not `latest`, not a range, and not a number with a fraction, because 1.10 would
be 1.1. The tenant `*` means all tenants without a pin. Its version must be concrete as well, but it pins no
tenant, because raising it changes the prompt for tenants who did not ask for it.
"""

from typing import NamedTuple

from gatekeeper.model.evidence import Finding


class PromptsFacts(NamedTuple):
    """Facts about a prompt registry."""

    prompts: tuple[str, ...] | None = None
    """The ids of the prompts, each once."""
    unpinned: tuple[Finding, ...] | None = None
    """Pins that are missing or not concrete, per prompt and tenant.

    A second entry with the same id counts too, because it is not clear which of the two applies.
    """
    tenants: tuple[str, ...] | None = None
    """The tenants that the registry or a pin names, each once, without `*`."""


FACTS = PromptsFacts
PLACES = {"key": frozenset(PromptsFacts._fields)}
