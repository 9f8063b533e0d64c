"""A self-hosted realtime chat and notification server."""

__version__ = "0.1.0"
