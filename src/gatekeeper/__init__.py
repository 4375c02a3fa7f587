"""gatekeeper: may this milestone exit, and if not, what exactly blocks it?"""

__version__ = "0.1.0"
