"""Where the program that runs comes from."""

import json
import os
from urllib.parse import urlsplit, urlunsplit

DISTRIBUTION = "readiness-gatekeeper"


def home() -> str | None:
    """Return the address of the repository that the program comes from; None if that has no web address.

    As an action of GitHub, that is the repository of the action. Otherwise pip has written down the address
    that it installed from (PEP 610).
    """
    from importlib.metadata import PackageNotFoundError, distribution

    action = os.environ.get("GITHUB_ACTION_REPOSITORY")
    try:
        if action:
            return _web_address(f"{os.environ.get('GITHUB_SERVER_URL', '')}/{action}")
        written = distribution(DISTRIBUTION).read_text("direct_url.json")
        return _web_address(str(json.loads(written)["url"])) if written else None
    except (PackageNotFoundError, OSError, ValueError, KeyError, TypeError):
        return None


def _web_address(text: str) -> str | None:
    """Return an address without credentials, query and fragment; None if it is not one of the web."""
    parts = urlsplit(text)
    host = parts.netloc.rpartition("@")[2]
    if parts.scheme not in ("http", "https") or not host or not text.isascii() or not text.isprintable():
        return None
    return urlunsplit((parts.scheme, host, parts.path, "", ""))
