"""What the server does: the list of its services, and how they are joined."""

import dataclasses

from chatsrv.addresses import Allowed
from chatsrv.clock import Clock, IdMaker
from chatsrv.config import Config, Limits
from chatsrv.pictures import Pictures
from chatsrv.security import Passwords, Tokens
from chatsrv.services.accounts import Accounts
from chatsrv.services.achievements import Achievements
from chatsrv.services.announcements import ANNOUNCEMENTS, Announcements
from chatsrv.services.applications import APPLICATIONS, CONSENTS, Applications
from chatsrv.services.arrivals import ARRIVALS, Arrivals
from chatsrv.services.articles import ARTICLES, Articles
from chatsrv.services.attachment_records import ATTACHMENTS, AttachmentRecords
from chatsrv.services.attachments import Attachments
from chatsrv.services.attendance import Attendance
from chatsrv.services.audit import AUDIT, Audit
from chatsrv.services.authorization import CODES, Authorization
from chatsrv.services.banners import Banners
from chatsrv.services.blocks import BLOCKS, Blocks
from chatsrv.services.bots import Bots
from chatsrv.services.bulletins import Bulletins
from chatsrv.services.callouts import Callouts
from chatsrv.services.chats import CHATS, Chats
from chatsrv.services.contacts import CONTACTS, Contacts
from chatsrv.services.contents import CONTENTS, Contents
from chatsrv.services.conversations import Conversations
from chatsrv.services.departures import DEPARTURES, Departures
from chatsrv.services.diary import DIARY
from chatsrv.services.dream_diary import create_dream_diary
from chatsrv.services.dreams import DREAMS
from chatsrv.services.errands import Errands
from chatsrv.services.events import SchoolEvents
from chatsrv.services.goals import GOALS
from chatsrv.services.groups import GROUP_MEMBERS, GROUPS, Groups
from chatsrv.services.guests import OPEN_CHATS, Guests
from chatsrv.services.holdings import Holdings
from chatsrv.services.honours import Honours
from chatsrv.services.imports import IMPORTS, Imports
from chatsrv.services.medals import MEDALS, Medals
from chatsrv.services.members import Members
from chatsrv.services.messages import MESSAGES, Messages
from chatsrv.services.notifications import Notifications
from chatsrv.services.offices import Offices
from chatsrv.services.people import PEOPLE, People
from chatsrv.services.places import Places
from chatsrv.services.presence import Presence
from chatsrv.services.quotas import QUOTAS, Quotas
from chatsrv.services.reminders import Reminders
from chatsrv.services.reports import Reports
from chatsrv.services.retention import RETENTIONS, Retention
from chatsrv.services.rooms import CONVERSATIONS, INBOX, Rooms
from chatsrv.services.search import Search
from chatsrv.services.sessions import SESSIONS, Sessions
from chatsrv.services.shares import SHARES
from chatsrv.services.streams import Publish, Streams
from chatsrv.services.sweeping import Sweeping
from chatsrv.services.sync import Sync
from chatsrv.services.takeout import Takeout
from chatsrv.services.tasklists import TASKS
from chatsrv.services.tellings import TELLINGS
from chatsrv.services.uploads import UploadLimits, Uploads
from chatsrv.services.votes import Votes
from chatsrv.services.webhook_courier import Courier, Rounds
from chatsrv.services.webhook_ledger import Ledger, Patience
from chatsrv.services.webhook_posting import Outlet, Posting
from chatsrv.services.webhook_records import WEBHOOKS, WebhookRecords
from chatsrv.services.webhook_targets import Targets
from chatsrv.services.webhook_watch import Watched
from chatsrv.services.webhooks import Bounds, Webhooks
from storage.base import Storage, Unavailable
from storage.files import Files

__all__ = ["COLLECTIONS", "KINDS", "Services", "Unavailable"]

KINDS = (ARTICLES, CHATS, MESSAGES)
COLLECTIONS = (
    *(PEOPLE, SESSIONS, CONTACTS, CONVERSATIONS, INBOX, ARRIVALS, OPEN_CHATS, IMPORTS),
    *(ATTACHMENTS, CONTENTS, QUOTAS),
    *(BLOCKS, AUDIT, DEPARTURES, TELLINGS, RETENTIONS),
    *(DIARY, DREAMS, GOALS, TASKS, SHARES),
    *(APPLICATIONS, CONSENTS, CODES),
    *(ANNOUNCEMENTS, GROUPS, GROUP_MEMBERS, MEDALS),
    WEBHOOKS,
)


class Services:
    """One of each; both edges call these and nothing below them. Joining them does no I/O."""

    def __init__(
        self,
        config: Config,
        storage: Storage,
        files: Files,
        publish: Publish,
        passwords: Passwords,
        tokens: Tokens,
        clock: Clock,
        ids: IdMaker,
        attendance: Attendance,
        outlet: Outlet,
    ) -> None:
        limits, self._watched = config.limits, Watched(publish)
        self.storage = storage
        self.imports = Imports(storage, COLLECTIONS)
        self.streams = Streams(storage, self._watched.publish, ids, resume_changes=limits.resume_changes)
        self.people = People(storage)
        self.audit = Audit(storage, self.people, clock, ids)
        self.sessions = Sessions(
            storage, self.people, self.streams, tokens, clock, refresh_days=config.auth.refresh_days
        )
        self.rooms = Rooms(storage, clock, streams_per_connection=limits.streams_per_connection)
        self.places = Places(storage, self.streams)
        self.sync = Sync(self.streams, self.rooms)
        # What may take long goes apart, so that nobody waits for it who is to be told something.
        self.errands, self.upkeep = Errands(), Errands()
        self._join_files(config, files, clock)
        self.blocks = Blocks(storage, self.streams, self.people, self.rooms, attendance, clock)
        self.notifications = Notifications(storage, self.streams, self.people, self.places, self.blocks, clock)
        self._join_talk(limits, clock, ids)
        self._join_school(clock, ids)
        self._join_diary(config, clock)
        self.retention = Retention(
            storage, self.chats, self.messages, self.upkeep, clock, **dataclasses.asdict(config.retention)
        )
        self._join_webhooks(config, outlet, clock)
        self._join_people(limits, passwords, clock, ids, attendance)

    def _join_files(self, config: Config, files: Files, clock: Clock) -> None:
        """Attachments and uploads."""
        wanted, quotas = config.files, Quotas(self.storage)
        contents = Contents(self.storage, files, quotas, clock, users=ATTACHMENTS.name, most=wanted.total_bytes)
        records = AttachmentRecords(self.storage, contents, quotas, clock, person_bytes=wanted.person_bytes)
        self.attachments = Attachments(records, files, per_thing=wanted.per_thing)
        self.sweeping = Sweeping(records, self.attachments, contents, unattached_hours=wanted.unattached_hours)
        pictures = Pictures(most_pixels=wanted.picture_pixels, side=wanted.thumbnail_pixels)
        limits = UploadLimits(
            wanted.file_bytes, wanted.uploads_at_once, wanted.name_chars, wanted.upload_bytes_per_second
        )
        self.uploads = Uploads(records, contents, files, pictures, limits)

    def _join_diary(self, config: Config, clock: Clock) -> None:
        """The dream diary and its reminders."""
        self.dream_diary = create_dream_diary(
            self.storage, self.streams, self.people, self.rooms, self.attachments, clock, config.limits
        )
        before, goals = config.reminders.before_seconds, self.dream_diary.goals
        self.reminders = Reminders(self.storage, self.notifications, goals, clock, before_seconds=before)

    def _join_talk(self, limits: Limits, clock: Clock, ids: IdMaker) -> None:
        """Chats, conversations and the forum."""
        storage, streams, people, rooms, places = self.storage, self.streams, self.people, self.rooms, self.places
        files, callouts, blocks = self.attachments, Callouts(people, rooms, self.notifications), self.blocks
        self.messages = Messages(
            storage, streams, people, rooms, places, files, callouts, blocks, clock, ids, text_chars=limits.text_chars
        )
        arrivals, most = Arrivals(storage, clock), (limits.chats_per_person, limits.chat_members)
        self.members = Members(
            storage, streams, people, rooms, places, self.notifications, blocks, arrivals, self.errands, *most
        )
        self.chats = Chats(storage, streams, people, rooms, places, self.messages, self.members, files, clock, ids)
        self.conversations = Conversations(
            storage, streams, people, rooms, places, self.messages, blocks, self.errands, ids
        )
        self.votes = Votes(storage, streams, people, rooms, self.messages, callouts, blocks)
        self.reports = Reports(storage, streams, people, self.messages, files, self.audit, self.errands, clock)
        self.articles = Articles(storage, streams, people, clock)
        self.guests = Guests(storage, streams, people, self.members, self.messages, clock, ids)
        self.search = Search(
            storage, people, rooms, self.chats, self.articles, limits.search_chars, limits.search_words
        )

    def _join_webhooks(self, config: Config, outlet: Outlet, clock: Clock) -> None:
        """Webhooks, and the courier who serves them."""
        wanted, streams, watched = config.webhooks, self.streams, self._watched
        # Longer than anything that a process does between two looks at what it holds.
        lease = (2 * wanted.timeout_seconds + 3) * 1000
        records = WebhookRecords(self.storage, clock, lease_milliseconds=lease)
        posting = Posting(outlet, clock, body_bytes=wanted.body_bytes)
        targets = Targets(Allowed(wanted.allowed_private), plain_http=wanted.plain_http)
        bounds = Bounds(wanted.per_chat, wanted.per_person, wanted.rotation_hours * 3_600_000)
        self.webhooks = Webhooks(
            records, streams, self.people, self.chats, posting, targets, watched.renew, clock, bounds
        )
        most = wanted.backoff_most_seconds * 1000
        patience = Patience(wanted.attempts, wanted.backoff_milliseconds, most, wanted.failures, wanted.deliveries)
        ledger, rounds = Ledger(patience, outlet.chance), Rounds(wanted.at_once, wanted.look_seconds)
        self.courier = Courier(
            records, streams, watched, self.webhooks, posting, ledger, self.notifications, clock, rounds
        )

    def _join_school(self, clock: Clock, ids: IdMaker) -> None:
        """Achievements, and what the school tells."""
        storage, streams, people, notifications = self.storage, self.streams, self.people, self.notifications
        self.achievements = Achievements(
            storage, streams, people, self.attachments, notifications, self.audit, clock, ids
        )
        self.errands.add(self.achievements.tell_again)
        self.honours = Honours(storage, people, self.attachments, self.achievements, clock)
        announcements = Announcements(storage, notifications, self.errands, clock)
        self.events = SchoolEvents(storage, streams, announcements, self.errands, self.audit, clock)
        self.banners = Banners(storage, streams, self.audit, clock)
        self.medals = Medals(storage, people, notifications, self.errands, self.audit, clock, ids)
        self.groups = Groups(storage, people, self.chats, self.members, self.audit, ids)
        self.bulletins = Bulletins(people, self.groups, notifications, announcements, self.audit, ids)

    def _join_people(
        self, limits: Limits, passwords: Passwords, clock: Clock, ids: IdMaker, attendance: Attendance
    ) -> None:
        """Accounts, contacts and who is here."""
        storage, people, rooms = self.storage, self.people, self.rooms
        self.offices = Offices(storage, self.streams, people, self.sessions, self.audit)
        self.contacts = Contacts(storage, people, clock)
        self.applications = Applications(storage, self.sessions, clock, most=limits.applications_per_person)
        self.authorization = Authorization(storage, self.applications, self.sessions, clock)
        self.presence = Presence(
            storage,
            self.streams,
            people,
            rooms,
            self.members,
            self.blocks,
            attendance,
            clock,
            small_room=limits.small_room,
        )
        self.departures = Departures(storage, people, self.upkeep, clock)
        self.accounts = Accounts(
            storage,
            people,
            self.sessions,
            self.places,
            self.members,
            self.conversations,
            self.attachments,
            self.departures,
            passwords,
            clock,
            ids,
        )
        self.bots = Bots(storage, people, self.sessions, self.accounts, clock, ids, most=limits.bots_per_person)
        self._join_departures()
        self.takeout = Takeout(Holdings(storage, people, rooms, self.places), self.attachments, clock)

    def _join_departures(self) -> None:
        """Say what goes with a person, beside the account itself, which goes first."""
        self.departures.add(
            self.contacts.forget,
            self.blocks.forget,
            self.applications.forget,
            self.authorization.forget,
            self.dream_diary.forget,
            self.webhooks.forget,
            self.groups.forget,
            self.medals.forget,
            self.achievements.forget,
            self.chats.forget,
        )
        self.departures.add(
            self.messages.forget,
            self.votes.forget,
            self.articles.forget,
            self.reports.forget,
            self.attachments.forget,
            of_words=True,
        )
        self.departures.add(self.notifications.forget)
