"""The commands of whoever runs a server, beside one that runs: check, stats, migrate."""

import asyncio
import json
import os
import pty
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from storage.sqlite_schema import VERSION
from tests.clients import Person
from tests.end_to_end.commands import Said, chatsrv
from tests.end_to_end.processes import ROOT, ServerProcess
from tests.ports import free_port
from tests.redis_server import RedisServer
from tests.uploading import uploaded


def states(said: Said) -> dict[str, str]:
    """Return how each thing was found."""
    return {one["name"]: one["state"] for one in said.json}


def test_check_finds_nothing_wrong_with_a_running_server(server_process, tmp_path):
    said = chatsrv("check", "--json", data=tmp_path / "data", limits_connections="100")
    assert said.code == 0
    found = states(said)
    assert list(found) == ["configuration", "storage", "clock", "bus", "permissions", "disk", "open files"]
    assert {found[name] for name in ("configuration", "storage", "clock", "bus", "permissions", "open files")} == {"ok"}
    lines = chatsrv("check", data=tmp_path / "data", limits_connections="100").out.splitlines()
    assert [line.split()[0] for line in lines] == list(found.values())
    assert "\x1b" not in "".join(lines)


def test_check_before_the_first_start_makes_nothing(tmp_path):
    said = chatsrv("check", "--json", data=tmp_path / "data")
    assert said.code == 0
    assert "no database yet" in said.out
    assert not (tmp_path / "data").exists()


def test_check_tells_what_is_wrong_and_fails(tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    (data / "secret").write_text("x" * 64)
    (data / "secret").chmod(0o644)
    (data / "chatsrv.db").write_text("this is no database, and long enough to be seen as none" * 20)
    (data / "chatsrv.db").chmod(0o600)
    nobody = f"redis://:hidden@127.0.0.1:{free_port()}/0"
    said = chatsrv("check", "--json", data=data, bus=nobody, host="192.0.2.1", limits_connections="900000000")
    assert said.code == 1
    found = states(said)
    assert {found[name] for name in ("storage", "bus", "permissions")} == {"failure"}
    assert {found[name] for name in ("configuration", "open files")} == {"warning"}
    assert "hidden" not in said.out + said.err


def test_check_tells_every_wrong_setting(tmp_path):
    said = chatsrv("check", "--json", data=tmp_path, port="many", mode="fast")
    assert said.code == 1
    assert [one["said"].split(":")[0] for one in said.json] == ["port", "mode"]
    assert states(chatsrv("check", "--json", data=tmp_path, mode="production"))["configuration"] == "failure"


def test_check_compares_the_clock_with_that_of_redis(tmp_path):
    redis = RedisServer(tmp_path)
    redis.start()
    try:
        said = chatsrv("check", "--json", data=tmp_path / "data", bus=redis.url)
    finally:
        redis.close()
    [clock] = [one for one in said.json if one["name"] == "clock" and "Redis" in one["said"]]
    assert clock["state"] == "ok"
    assert states(said)["bus"] == "ok"


def test_check_reaches_mongodb(tmp_path, mongodb):
    said = chatsrv("check", "--json", data=tmp_path / "data", storage=mongodb)
    assert (said.code, states(said)["storage"]) == (0, "ok")


@pytest.mark.parametrize(("environ", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False)])
def test_colours_are_for_terminals(tmp_path, environ, coloured):
    ours, theirs = pty.openpty()
    plain = {name: value for name, value in os.environ.items() if name != "NO_COLOR"} | {"TERM": "xterm"}
    subprocess.run(
        [sys.executable, "-m", "chatsrv", "check"],
        cwd=ROOT,
        env=plain | {"CHATSRV_DATA": str(tmp_path)} | environ,
        stdout=theirs,
        check=True,
        timeout=60,
    )
    os.close(theirs)
    said = os.read(ours, 65_536)
    os.close(ours)
    assert (b"\x1b[32mok\x1b[0m" in said) is coloured


async def test_stats_count_beside_a_running_server(server_process, tmp_path):
    lyova = Person(server_process, "lyova")
    await lyova.register()
    chat = await lyova.chat()
    for number in range(3):
        await lyova.say(chat, str(number))
    await uploaded(lyova, b"12345")
    await lyova.close()
    said = chatsrv("stats", "--json", data=tmp_path / "data")
    assert said.code == 0
    counted = said.json
    assert [counted[name] for name in ("people", "chats", "messages", "attachments", "attachments_bytes")] == [
        *(1, 1, 3, 1, 5),
    ]
    assert counted["database_bytes"] > 0
    shown = chatsrv("stats", data=tmp_path / "data").out
    assert [line.split()[-1] for line in shown.splitlines() if line.startswith("messages")] == ["3"]


def test_stats_of_nothing_are_refused(tmp_path):
    said = chatsrv("stats", data=tmp_path)
    assert said.code == 2
    assert "there is no database" in said.err


def aged(path: Path) -> None:
    """Make the database what an earlier version left."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP INDEX nonces_id")
        connection.execute("DROP TABLE c_goals")
        connection.execute("PRAGMA user_version = 2")
        connection.commit()


def test_migrations_are_seen_beforehand_and_run_once(tmp_path):
    data = tmp_path / "data"
    assert chatsrv("migrate", data=data).code == 0
    aged(data / "chatsrv.db")
    for _ in range(2):
        told = chatsrv("migrate", "--dry-run", "--json", data=data)
        assert told.code == 1
        assert told.json["made"] is False
        assert f"bring the schema from version 2 to {VERSION}" in told.json["changes"]
        assert "make the table c_goals" in told.json["changes"]
        assert "make the index nonces_id of nonces" in told.json["changes"]
    assert states(chatsrv("check", "--json", data=data))["storage"] == "warning"
    done = chatsrv("migrate", "--json", data=data)
    assert (done.code, done.json) == (0, {"changes": told.json["changes"], "made": True})
    assert chatsrv("migrate", "--dry-run", data=data).code == 0


def test_a_migration_does_not_run_under_a_server(server_process, tmp_path):
    aged(tmp_path / "data" / "chatsrv.db")
    refused = chatsrv("migrate", data=tmp_path / "data")
    assert refused.code == 2
    assert "in use by another process" in refused.err


async def test_logs_are_read_by_machines_where_that_is_wanted(tmp_path):
    server = ServerProcess(tmp_path, log_format="json", log_requests="true")
    await asyncio.to_thread(server.start)
    lyova = Person(server, "lyova")
    await lyova.ask("GET", "/user/me?token=private", headers={"X-Request-ID": "find-me"})
    await lyova.close()
    assert await asyncio.to_thread(server.stop) == 0
    lines = [json.loads(line) for line in (tmp_path / "server.log").read_text().splitlines()]
    [found] = [line for line in lines if line.get("request") == "find-me"]
    assert (found["method"], found["path"], found["status"], found["level"]) == ("GET", "/user/me", 401, "info")
    assert "private" not in (tmp_path / "server.log").read_text()


def test_help_tells_of_every_command_and_of_exit_codes(tmp_path):
    said = chatsrv("--help", data=tmp_path)
    assert said.code == 0
    for command in ("serve", "check", "user", "export", "import", "backup", "restore", "migrate", "stats"):
        assert f"\n    {command} " in said.out
    assert "exit codes: 0 done" in said.out
    assert chatsrv("bakcup", "x", data=tmp_path).code == 2


def test_what_is_no_backup_is_refused_before_anything_is_made(tmp_path):
    data, other = tmp_path / "data", tmp_path / "other.gz"
    missing = chatsrv("restore", tmp_path / "missing.gz", data=data)
    assert (missing.code, missing.err) == (2, f"chatsrv: {tmp_path}/missing.gz: No such file or directory\n")
    other.write_text("somebody else's")
    assert chatsrv("import", other, data=data).code == 2
    assert not (data / "chatsrv.db").exists()


def test_a_command_ends_quietly_when_its_reader_has_read_enough_or_its_caller_had_enough(tmp_path):
    run = [sys.executable, "-m", "chatsrv"]
    environ = os.environ | {"CHATSRV_DATA": str(tmp_path)}
    listing = subprocess.Popen(
        [*run, "routes"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT, env=environ
    )
    listing.stdout.close()
    assert (listing.stderr.read(), listing.wait(60)) == ("", 141)
    listing.stderr.close()
    os.mkfifo(tmp_path / "slow.yaml")
    checking = subprocess.Popen(
        [*run, "check", "--config", tmp_path / "slow.yaml"], stderr=subprocess.PIPE, text=True, cwd=ROOT, env=environ
    )
    with (tmp_path / "slow.yaml").open("wb"):  # once it is open at both ends, the command waits for what comes
        checking.send_signal(signal.SIGINT)
        assert (checking.communicate(timeout=60)[1], checking.returncode) == ("chatsrv: interrupted\n", 130)


def test_a_program_may_read_what_a_transfer_and_the_routes_are(tmp_path):
    data = tmp_path / "data"
    assert chatsrv("migrate", data=data).code == 0
    file = tmp_path / "all.gz"
    told = chatsrv("export", file, "--json", data=data).json
    assert told == {"file": str(file), "things": 0, "bytes": file.stat().st_size}
    assert chatsrv("import", file, "--json", data=tmp_path / "other").json["things"] == 0
    routes = [json.loads(line) for line in chatsrv("routes", "--json", data=data).out.splitlines()]
    assert {"method": "GET", "path": "/metrics", "access": "anyone", "body": "-", "answer": "-"} in routes
