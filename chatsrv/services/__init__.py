"""What the server does: the list of its services, and how they are joined."""

from dataclasses import dataclass
from typing import NamedTuple

from chatsrv.clock import Clock, IdMaker
from chatsrv.config import Config
from chatsrv.security import Passwords, Tokens
from chatsrv.services.accounts import Accounts
from chatsrv.services.articles import ARTICLES, Articles
from chatsrv.services.attendance import Attendance
from chatsrv.services.callouts import Callouts
from chatsrv.services.chats import CHATS, Chats
from chatsrv.services.contacts import CONTACTS, Contacts
from chatsrv.services.conversations import Conversations
from chatsrv.services.guests import OPEN_CHATS, Guests
from chatsrv.services.members import Members
from chatsrv.services.messages import MESSAGES, Messages
from chatsrv.services.notifications import Notifications
from chatsrv.services.people import PEOPLE, People
from chatsrv.services.places import Places
from chatsrv.services.presence import Presence
from chatsrv.services.rooms import CONVERSATIONS, INBOX, Rooms
from chatsrv.services.search import Search
from chatsrv.services.sessions import SESSIONS, Sessions
from chatsrv.services.streams import Publish, Streams
from chatsrv.services.sync import Sync
from chatsrv.services.votes import Votes
from storage.base import Storage, Unavailable

__all__ = ["COLLECTIONS", "KINDS", "Services", "Unavailable", "create_services"]

KINDS = (ARTICLES, CHATS, MESSAGES)
COLLECTIONS = (PEOPLE, SESSIONS, CONTACTS, CONVERSATIONS, INBOX, OPEN_CHATS)


@dataclass(frozen=True, slots=True)
class Services:
    """One of each; both edges call these and nothing below them."""

    accounts: Accounts
    articles: Articles
    chats: Chats
    contacts: Contacts
    conversations: Conversations
    guests: Guests
    members: Members
    messages: Messages
    notifications: Notifications
    people: People
    places: Places
    presence: Presence
    rooms: Rooms
    search: Search
    sessions: Sessions
    streams: Streams
    sync: Sync
    votes: Votes
    storage: Storage


class _Ground(NamedTuple):
    """What all others stand on."""

    streams: Streams
    people: People
    rooms: Rooms
    places: Places
    notifications: Notifications
    callouts: Callouts


class _Talk(NamedTuple):
    """What people say to each other, and where."""

    messages: Messages
    members: Members
    chats: Chats
    conversations: Conversations


def create_services(
    config: Config,
    storage: Storage,
    publish: Publish,
    passwords: Passwords,
    tokens: Tokens,
    clock: Clock,
    ids: IdMaker,
    attendance: Attendance,
) -> Services:
    """Join the services; does no I/O."""
    limits, ground = config.limits, _ground(config, storage, publish, clock, ids)
    streams, people, rooms, places, notifications, callouts = ground
    messages, members, chats, conversations = _talk(config, storage, ground, clock, ids)
    sessions = Sessions(storage, people, streams, tokens, clock, refresh_days=config.auth.refresh_days)
    contacts = Contacts(storage, people, clock)
    articles = Articles(storage, streams, people, clock)
    return Services(
        articles=articles,
        accounts=Accounts(
            storage, people, sessions, rooms, places, chats, members, conversations, contacts, passwords, clock, ids
        ),
        chats=chats,
        contacts=contacts,
        conversations=conversations,
        guests=Guests(storage, streams, people, members, messages, clock, ids),
        members=members,
        messages=messages,
        notifications=notifications,
        people=people,
        places=places,
        presence=Presence(storage, streams, people, rooms, members, attendance, clock, small_room=limits.small_room),
        rooms=rooms,
        search=Search(storage, people, rooms, chats, articles, limits.search_chars, limits.search_words),
        sessions=sessions,
        streams=streams,
        sync=Sync(streams, rooms),
        votes=Votes(storage, streams, people, rooms, messages, callouts),
        storage=storage,
    )


def _ground(config: Config, storage: Storage, publish: Publish, clock: Clock, ids: IdMaker) -> _Ground:
    streams = Streams(storage, publish, ids, resume_changes=config.limits.resume_changes)
    people, places = People(storage), Places(storage, streams)
    rooms = Rooms(storage, clock, streams_per_connection=config.limits.streams_per_connection)
    notifications = Notifications(storage, streams, people, places, clock)
    return _Ground(streams, people, rooms, places, notifications, Callouts(people, rooms, notifications))


def _talk(config: Config, storage: Storage, ground: _Ground, clock: Clock, ids: IdMaker) -> _Talk:
    streams, people, rooms, places, notifications, callouts = ground
    limits = config.limits
    messages = Messages(storage, streams, people, rooms, places, callouts, clock, text_chars=limits.text_chars)
    members = Members(
        storage, streams, people, rooms, places, notifications, limits.chats_per_person, limits.chat_members
    )
    chats = Chats(storage, streams, people, rooms, places, messages, members, clock, ids)
    return _Talk(messages, members, chats, Conversations(storage, streams, people, rooms, places, messages, ids))
