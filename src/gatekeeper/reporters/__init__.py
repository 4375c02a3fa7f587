"""Verdict -> text: one module per output format, named after the format and found by its name.

A module of this package has `render(report, screen) -> str`. Formats return text; the caller writes it, and
no format changes the exit code. Views of other commands live in `views`.
"""

from collections.abc import Callable
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from gatekeeper.errors import BrokenPlugin
from gatekeeper.model.report import Report, Screen

ENTRY_POINTS = "gatekeeper.reporters"
Render = Callable[[Report, Screen], str]


@cache
def formats() -> tuple[str, ...]:
    """Return the names of the formats that come with the program."""
    found = (module for module in iter_modules(__path__) if not module.ispkg)
    return tuple(sorted(module.name for module in found if not module.name.startswith("_")))


def find(name: str) -> Render | None:
    """Return the format of this name, ours or a plugin's; None where there is none."""
    if name in formats():
        render: Render = import_module(f"{__name__}.{name}").render
        return render
    from importlib.metadata import entry_points

    for entry_point in entry_points(group=ENTRY_POINTS, name=name):
        try:
            plugin: Render = entry_point.load().render
        except Exception as error:
            raise BrokenPlugin(
                f"the plugin {entry_point.value!r} for the format {name!r} cannot be loaded: "
                f"{type(error).__name__}: {error}; mend or uninstall it"
            ) from error
        return plugin
    return None
