"""gatekeeper: may this milestone exit, and if not, what exactly blocks it?

```python
import gatekeeper

workspace = gatekeeper.open("examples/pilot")
verdict = workspace.judge("M1", as_of="2026-11-20")
verdict.outcome      # 'blocked'
verdict.blocked_by   # ('catalogue-service', 'notifications-service', 'orders-service')
```

The names in `__all__` are the stable Python API; every other module is internal.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from gatekeeper.version import __version__

if TYPE_CHECKING:
    from gatekeeper.errors import (
        BrokenPlugin,
        ExitCode,
        GatekeeperError,
        InvalidWorkspace,
        Problem,
        UsageError,
    )
    from gatekeeper.model.action import Action
    from gatekeeper.model.artefact_facts import ArtefactFacts
    from gatekeeper.model.changes import Change, Comparison
    from gatekeeper.model.evidence import Finding
    from gatekeeper.model.forecast import Lapse
    from gatekeeper.model.obligation import Obligation
    from gatekeeper.model.screen import Screen
    from gatekeeper.model.shipping import Shipping
    from gatekeeper.model.verdict import CriterionResult, GateResult, Reason, ServiceResult
    from gatekeeper.workspace.api import Workspace, open  # noqa: A004 - as in `zipfile.open`
    from gatekeeper.workspace.verdict import Verdict


__all__ = [
    "Action",
    "ArtefactFacts",
    "BrokenPlugin",
    "Change",
    "Comparison",
    "CriterionResult",
    "ExitCode",
    "Finding",
    "GateResult",
    "GatekeeperError",
    "InvalidWorkspace",
    "Lapse",
    "Obligation",
    "Problem",
    "Reason",
    "Screen",
    "ServiceResult",
    "Shipping",
    "UsageError",
    "Verdict",
    "Workspace",
    "__version__",
    "open",
]


_MODULES = {
    "errors": ("BrokenPlugin", "ExitCode", "GatekeeperError", "InvalidWorkspace", "Problem", "UsageError"),
    "model.artefact_facts": ("ArtefactFacts",),
    "model.changes": ("Change", "Comparison"),
    "model.evidence": ("Finding",),
    "model.forecast": ("Lapse",),
    "model.obligation": ("Obligation",),
    "model.screen": ("Screen",),
    "model.shipping": ("Shipping",),
    "model.action": ("Action",),
    "model.verdict": ("CriterionResult", "GateResult", "Reason", "ServiceResult"),
    "workspace.api": ("Workspace", "open"),
    "workspace.verdict": ("Verdict",),
}
"""Which module defines which names; it is imported when one of them is used."""


if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        """Import a name of the API when it is first used: `gatekeeper --help` must not wait for it."""
        for module, names in _MODULES.items():
            if name in names:
                return getattr(import_module(f"{__name__}.{module}"), name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

    def __dir__() -> list[str]:
        """List the API, imported or not."""
        return __all__
