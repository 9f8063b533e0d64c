"""What the server does: the list of its services, and how they are joined."""

from dataclasses import dataclass

from chatsrv.clock import Clock, IdMaker
from chatsrv.config import Config
from chatsrv.security import Passwords, Tokens
from chatsrv.services.accounts import Accounts
from chatsrv.services.articles import ARTICLES, Articles
from chatsrv.services.attendance import Attendance
from chatsrv.services.chats import CHATS, Chats
from chatsrv.services.contacts import CONTACTS, Contacts
from chatsrv.services.conversations import Conversations
from chatsrv.services.diary import DIARY
from chatsrv.services.dream_diary import DreamDiary, create_dream_diary
from chatsrv.services.dreams import DREAMS
from chatsrv.services.goals import GOALS
from chatsrv.services.guests import OPEN_CHATS, Guests
from chatsrv.services.members import Members
from chatsrv.services.messages import MESSAGES, Messages
from chatsrv.services.people import PEOPLE, People
from chatsrv.services.places import Places
from chatsrv.services.presence import Presence
from chatsrv.services.rooms import CONVERSATIONS, INBOX, Rooms
from chatsrv.services.search import Search
from chatsrv.services.sessions import SESSIONS, Sessions
from chatsrv.services.shares import SHARES
from chatsrv.services.streams import Publish, Streams
from chatsrv.services.sync import Sync
from chatsrv.services.tasklists import TASKS
from chatsrv.services.votes import Votes
from storage.base import Storage, Unavailable

__all__ = ["COLLECTIONS", "KINDS", "Services", "Unavailable", "create_services"]

KINDS = (ARTICLES, CHATS, MESSAGES)
COLLECTIONS = (PEOPLE, SESSIONS, CONTACTS, CONVERSATIONS, INBOX, OPEN_CHATS, DIARY, DREAMS, GOALS, TASKS, SHARES)


@dataclass(frozen=True, slots=True)
class Services:
    """One of each; both edges call these and nothing below them."""

    accounts: Accounts
    articles: Articles
    chats: Chats
    contacts: Contacts
    conversations: Conversations
    dream_diary: DreamDiary
    guests: Guests
    members: Members
    messages: Messages
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
    limits = config.limits
    streams = Streams(storage, publish, ids, resume_changes=limits.resume_changes)
    people = People(storage)
    sessions = Sessions(storage, people, streams, tokens, clock, refresh_days=config.auth.refresh_days)
    rooms = Rooms(storage, clock, streams_per_connection=limits.streams_per_connection)
    places = Places(storage, streams)
    messages = Messages(storage, streams, people, rooms, places, clock, text_chars=limits.text_chars)
    members = Members(storage, streams, people, rooms, places, limits.chats_per_person, limits.chat_members)
    chats = Chats(storage, streams, people, rooms, places, messages, members, clock, ids)
    conversations = Conversations(storage, streams, people, rooms, places, messages, ids)
    contacts = Contacts(storage, people, clock)
    articles = Articles(storage, streams, people, clock)
    dream_diary = create_dream_diary(storage, streams, people, rooms, clock, limits)
    return Services(
        articles=articles,
        accounts=Accounts(
            storage,
            people,
            sessions,
            rooms,
            places,
            chats,
            members,
            conversations,
            contacts,
            dream_diary,
            passwords,
            clock,
            ids,
        ),
        chats=chats,
        contacts=contacts,
        conversations=conversations,
        dream_diary=dream_diary,
        guests=Guests(storage, streams, people, members, messages, clock, ids),
        members=members,
        messages=messages,
        people=people,
        places=places,
        presence=Presence(storage, streams, people, rooms, members, attendance, clock, small_room=limits.small_room),
        rooms=rooms,
        search=Search(storage, people, rooms, chats, articles, limits.search_chars, limits.search_words),
        sessions=sessions,
        streams=streams,
        sync=Sync(streams, rooms),
        votes=Votes(storage, streams, people, rooms, messages),
        storage=storage,
    )
