"""Each page of the web client in a real Chromium on a real server; the stories are ``pages/*.mjs``."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.chromium import HERE, needs_chromium, play
from tests.end_to_end.commands import create_staff
from tests.end_to_end.oauth_client import OAuthClient
from tests.end_to_end.processes import ServerProcess

PAGES = HERE / "pages"

pytestmark = [needs_chromium, pytest.mark.timeout(300)]


@pytest.fixture
def reminding(tmp_path: Path) -> Iterator[str]:
    """The address of a server that looks every second for what is due."""
    with ServerProcess(tmp_path, reminders_every_seconds="1") as server:
        yield server.url


@pytest.fixture
def narrow(tmp_path: Path) -> Iterator[ServerProcess]:
    """A server that takes files of two million bytes at most, a fourth of that in a second."""
    with ServerProcess(tmp_path, files_file_bytes="2000000", files_upload_bytes_per_second="500000") as server:
        yield server


@pytest.fixture
def school(tmp_path: Path) -> Iterator[str]:
    """The address of a server with two teachers and an admin, made on the command line."""
    create_staff(tmp_path / "data", vera="teacher", boris="teacher", boss="admin")
    with ServerProcess(tmp_path) as server:
        yield server.url


def test_notifications_arrive_at_once_and_are_read_in_both_tabs(server_process: ServerProcess) -> None:
    play(PAGES / "notifications.mjs", server_process.url, wishes={})


def test_a_dream_of_the_diary_becomes_a_goal_and_its_tasks_are_reminded_of(reminding: str) -> None:
    play(PAGES / "diary.mjs", reminding, wishes={})


def test_one_of_two_moderators_decides_and_the_student_hears_of_it(school: str) -> None:
    play(PAGES / "school.mjs", school, wishes={})


def test_people_articles_and_words_are_found_and_what_is_ones_own_is_ones_own(server_process: ServerProcess) -> None:
    play(PAGES / "people.mjs", server_process.url, wishes={})


def test_what_teachers_and_admins_do_is_live_and_every_page_speaks_russian(school: str) -> None:
    play(PAGES / "staff.mjs", school, wishes={})


def test_an_application_acts_for_somebody_as_long_as_they_let_it(server_process: ServerProcess) -> None:
    with OAuthClient(server_process.url) as client:
        play(PAGES / "consent.mjs", server_process.url, client.url, wishes={})


def test_attachments_are_sent_opened_and_worn_and_a_refused_one_says_why(narrow: ServerProcess) -> None:
    play(PAGES / "attachments.mjs", narrow.url, wishes={"kill": narrow.kill, "restart": narrow.start})
