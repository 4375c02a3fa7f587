"""A prompt registry, YAML or JSON: which version of a prompt each tenant gets.

The format is ours; one file, or a folder or glob of them that together are the registry:

    tenants: [acme, globex]         # every prompt must pin a version for each of them
    prompts:
      - id: summarise
        versions: ["1.0", "1.1"]    # where they are listed, a pin must be one of them
        pins: {acme: "1.1", globex: "1.0"}

`prompts` may also be a mapping of ids to entries, a file may be a list of entries or a single entry, `pinned`
is another word for `pins`, and pins may be a list of `{tenant, version}`. An entry with `tenants` of its own
must pin a version for those, too.

A pin is a concrete version: not `latest`, a range or a number with a fraction, for 1.10 would be 1.1. The
tenant `*` stands for those that have no pin. Its version must be concrete as well, but it pins no tenant:
raising it changes the prompt for tenants who did not ask for it.
"""

from typing import NamedTuple

from gatekeeper.model.evidence import Finding


class PromptsFacts(NamedTuple):
    """What a prompt registry says; null where it does not."""

    prompts: tuple[str, ...] | None = None
    """Ids, each once."""
    unpinned: tuple[Finding, ...] | None = None
    """Pins that are missing or not concrete, per prompt and tenant.

    A second entry of the same id is one as well: which of the two holds is open.
    """
    tenants: tuple[str, ...] | None = None
    """Tenants that the registry or a pin names, each once, without `*`."""


FACTS = PromptsFacts
