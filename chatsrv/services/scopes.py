"""Scopes: what an application may be let do for a person; one table, shown when it asks and checked when it acts."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

SCOPES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "talk:read": "read your chats, conversations and messages, and search them",
        "talk:write": "write messages as you, found chats, invite people and show them out",
        "people:read": "read your profile, your contacts and other people's profiles",
        "people:write": "change your contacts",
        "forum:write": "publish, change and delete articles as you",
        "files:read": "read your files",
        "files:write": "upload and remove files as you",
        "notifications:read": "read your notifications",
        "notifications:write": "mark your notifications as read, change which you get, send those that you may send",
        "growth:read": "read your diary, dreams, goals and tasks",
        "growth:write": "change your diary, dreams, goals and tasks",
        "school:read": "read achievements, events, medals and groups that you may read",
        "school:write": "submit achievements as you, and do at school what your role may do",
        "live": "hear and speak live in all your chats and conversations",
    }
)
"""Who an account is, its role, its password and its end are in no scope: no application may touch these."""


def scope_of(topic: str, method: str) -> str:
    """Return the scope that a request of this method about the topic needs."""
    return f"{topic}:{'read' if method == 'GET' else 'write'}"
