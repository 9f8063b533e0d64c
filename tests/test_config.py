"""The configuration: defaults, file, environment; and every fault at once, by its name."""

import dataclasses
from pathlib import Path

import pytest
import yaml

from chatsrv.config import Config, ConfigError, load, resolve_secret

SAMPLE = Path(__file__).parent.parent / "config.yaml"


def as_tree(config):
    tree = dataclasses.asdict(config)
    tree["cors"]["origins"] = list(tree["cors"]["origins"])
    tree["webhooks"]["allowed_private"] = list(tree["webhooks"]["allowed_private"])
    return tree


def test_the_sample_holds_every_setting_with_its_default():
    assert yaml.safe_load(SAMPLE.read_text()) == as_tree(Config())
    assert load(SAMPLE, {}) == Config()


def test_every_setting_of_the_sample_is_explained():
    lines = SAMPLE.read_text().splitlines()
    settings = [line for line in lines if ":" in line and not line.lstrip().startswith("#") and not line.endswith(":")]
    assert [line for line in settings if "#" not in line] == []


def test_the_environment_has_the_last_word(tmp_path):
    file = tmp_path / "config.yaml"
    file.write_text("port: 8000\nlimits:\n  body_bytes: 2000\n  text_chars: 5\n")
    config = load(file, {"CHATSRV_PORT": "7000", "CHATSRV_LIMITS_BODY_BYTES": "3000", "CHATSRV_CORS_ORIGINS": "a, b"})
    assert (config.port, config.limits.body_bytes, config.limits.text_chars) == (7000, 3000, 5)
    assert config.cors.origins == ("a", "b")


def test_all_faults_are_told_at_once_with_name_and_what_it_takes(tmp_path):
    file = tmp_path / "config.yaml"
    file.write_text("prot: 8000\nhost: 5\nlimits: 7\nauth:\n  argon2_time: 1\n")
    environ = {"CHATSRV_PUSH_BEAT_SECOND": "1", "CHATSRV_TOKEN": "a bot's", "CHATSRV_BUS": "amqp://x"}
    environ |= {"CHATSRV_STORAGE": "x", "CHATSRV_SECRET": "short", "CHATSRV_MODE": "fast"}
    with pytest.raises(ConfigError) as refused:
        load(file, environ)
    told = "\n".join(refused.value.faults)
    for part in (
        "prot: there is no such setting, did you mean port?",
        "host: takes a text, not 5",
        "limits: takes settings with names",
        "auth.argon2_time: takes a whole number from 2 to 100, not 1",
        "bus: takes memory://… or redis://… or rediss://… or unix://…",
        "storage: takes sqlite:///…",
        "mode: takes development or production, not 'fast'",
        "secret: takes at least 32 bytes",
        "CHATSRV_PUSH_BEAT_SECOND: there is no such setting, did you mean CHATSRV_PUSH_BEAT_SECONDS?",
    ):
        assert part in told
    assert "short" not in told
    assert "TOKEN" not in told


@pytest.mark.parametrize("text", ["a: [", "- 1", "\x00", "!!python/object/apply:os.system [ls]"])
def test_a_file_that_is_no_configuration_is_refused(tmp_path, text):
    file = tmp_path / "config.yaml"
    file.write_text(text)
    with pytest.raises(ConfigError):
        load(file, {})


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(ConfigError):
        load(tmp_path / "absent.yaml", {})


def test_the_secret_may_come_from_a_file_and_is_never_shown(tmp_path):
    (tmp_path / "s").write_text("x" * 40 + "\n")
    config = load(None, {"CHATSRV_SECRET_FILE": str(tmp_path / "s")})
    assert resolve_secret(config) == b"x" * 40
    assert "xxxx" not in repr(config)
    with pytest.raises(ConfigError):
        load(None, {"CHATSRV_SECRET_FILE": str(tmp_path / "absent")})


def test_a_secret_is_made_once_in_development_and_demanded_in_production(tmp_path):
    config = load(None, {"CHATSRV_DATA": str(tmp_path / "data")})
    assert resolve_secret(config) == resolve_secret(config)
    assert len(resolve_secret(config)) >= 32
    with pytest.raises(ConfigError, match="production"):
        resolve_secret(dataclasses.replace(config, mode="production"))
