"""What whoever runs the bot sees: probes, metrics, logs, and `shebao doctor`."""

from __future__ import annotations

import json
import logging
import re
import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot import log, metrics
from bot.doctor import examine, examine_quickly, render, texts
from bot.errors import SettingsError
from bot.knowledge import Knowledge
from bot.settings import read
from bot.storage import Store, migrate
from tests.bot_api_double import BotApiDouble
from tests.conftest import ROOT, SMALL
from tests.postgres import Postgres
from tests.process import SECRET, TOKEN, Bot, free_port
from tests.test_cli import shebao
from tests.test_telegram import api, both_engines, launch, someone, told

__all__ = ["api", "launch"]


async def get(port: int, path: str) -> httpx.Response:
    async with httpx.AsyncClient(trust_env=False) as client:
        return await client.get(f"http://127.0.0.1:{port}{path}", timeout=10)


def sample(text: str, name: str, **labels: str) -> float | None:
    for family in text_string_to_metric_families(text):
        for each in family.samples:
            if each.name == name and labels.items() <= each.labels.items():
                return each.value
    return None


def failed(bot: Bot) -> bool:
    """Whether an update is set aside: nobody is told where it names no chat."""
    return bot.rows("select count(*) from inbox where state = 'failed'") == [(1,)]


@both_engines
async def test_probes_and_metrics_tell_how_the_bot_does(
    api: BotApiDouble, launch: Callable[..., Bot], knowledge: Knowledge
) -> None:
    port = free_port()
    bot = launch(SHEBAO_HTTP_LISTEN=f"127.0.0.1:{port}")
    chat = someone(api)
    api.fail_next("sendMessage", times=1, status=500)
    chat.say("停保后怎么恢复")
    chat.say("车险怎么理赔")
    await told(api, chat, 2)
    api.queue_raw({"message": "not a message"})
    chat.say("谢谢")
    await told(api, chat, 3)
    await api.wait_until(lambda: failed(bot), timeout=10)
    ready = await get(port, "/readyz")
    assert (ready.status_code, ready.json()) == (200, {"database": "ok", "knowledge": "ok", "telegram": "ok"})
    assert (await get(port, "/healthz")).text == "ok\n"
    text = (await get(port, "/metrics")).text
    assert sample(text, "shebao_updates_received_total", by="polling") == 4
    assert sample(text, "shebao_decisions_total", outcome="answered") == 1
    assert sample(text, "shebao_decisions_total", outcome="none") == 2
    assert sample(text, "shebao_sends_total", method="sendMessage", result="ok") == 3
    assert sample(text, "shebao_sends_total", method="sendMessage", result="error") == 1
    assert sample(text, "shebao_send_retries_total") == 1
    assert sample(text, "shebao_poison_updates_total") == 1
    assert sample(text, "shebao_inbox_depth", state="waiting") == 0
    assert sample(text, "shebao_inbox_depth", state="failed") == 1
    assert sample(text, "shebao_outbox_depth", state="waiting") == 0
    assert sample(text, "shebao_reply_stored_seconds_count") == 3
    assert sample(text, "shebao_reply_sent_seconds_count") == 3
    assert sample(text, "shebao_knowledge_info", revision=knowledge.revision) == 1
    assert sample(text, "process_resident_memory_bytes")
    assert str(chat.id) not in text


async def test_without_telegram_the_bot_lives_but_is_not_ready(api: BotApiDouble, launch: Callable[..., Bot]) -> None:
    port = free_port()
    api.fail_next("getMe", times=1, status=429, retry_after=4)
    bot = launch(SHEBAO_HTTP_LISTEN=f"127.0.0.1:{port}")

    def listening() -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{port}/healthz", trust_env=False).status_code == 200
        except httpx.HTTPError:
            return False

    await api.wait_until(listening, timeout=20)
    ready = await get(port, "/readyz")
    assert (ready.status_code, ready.json()["telegram"], ready.json()["database"]) == (503, "not ready", "ok")
    chat = someone(api)
    chat.say("谢谢")
    await told(api, chat, 1)
    assert (await get(port, "/readyz")).status_code == 200
    assert bot.end() == 0


async def test_json_logs_follow_an_update_by_its_request_id_and_hold_nothing_personal(
    api: BotApiDouble, launch: Callable[..., Bot]
) -> None:
    bot = launch(SHEBAO_LOG_FORMAT="json", SHEBAO_LOG_LEVEL="DEBUG")
    chat = someone(api)
    chat.say("谢谢")
    await told(api, chat, 1)
    api.fail_next("sendMessage", times=1, status=500, description=f"Internal error at /bot{TOKEN}/sendMessage")
    chat.say("我的身份证号是110101199003078515，停保后怎么恢复")
    await told(api, chat, 2)
    api.queue_raw({"message": "13812345678"})
    chat.say("谢谢")
    await told(api, chat, 3)
    assert bot.end() == 0
    lines = [json.loads(line) for line in bot.log.splitlines()]
    assert all({"time", "level", "logger", "message"} <= set(line) for line in lines)
    [[number]] = bot.rows("select max(update_id) - 2 from inbox")
    mine = [(line["logger"].rpartition(".")[2], line["message"]) for line in lines if line.get("request") == number]
    assert mine[0] == ("worker", "handled")
    assert [message for name, message in mine if name == "sender"][-1] == "sendMessage: ok"
    assert any("sending does not work" in message for _, message in mine)
    failed = [line for line in lines if "could not be handled" in line["message"]]
    assert len(failed) == 3
    assert "Traceback" in failed[0]["error"]
    for secret in ("secret_part", "110101199003078515", "13812345678", "停保", "张三"):
        assert secret not in bot.log


def test_the_formatters_mask_what_any_library_may_say(capsys: pytest.CaptureFixture[str]) -> None:
    said = f"POST https://api.telegram.org/bot{TOKEN}/getMe for 13812345678 failed"
    for form in (log.SafeFormatter(), log.JsonFormatter()):
        record = logging.LogRecord("httpx", 20, "", 0, said, None, None)
        with log.about(7):
            line = form.format(record)
        assert "secret_part" not in line
        assert "13812345678" not in line
        assert "7" in line


Doctor = Callable[..., Awaitable[str]]


@pytest.fixture
def doctor(api: BotApiDouble, monkeypatch: pytest.MonkeyPatch) -> Doctor:
    """The report in English, in this process; the command itself is in the first test below."""

    async def report(**environment: str) -> str:
        settings = {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_BASE_URL": api.base_url, **environment}
        with monkeypatch.context() as patch:
            for name, value in settings.items():
                patch.setenv(name, value)
            text = render(await examine(), "en")
        assert "secret_part" not in text
        return text

    return report


def test_doctor_ends_with_1_where_something_is_wrong_and_speaks_two_languages() -> None:
    done = shebao("doctor", "--lang", "zh")
    assert (done.returncode, done.stderr) == (0, "")
    assert "✓ 数据库：还没有建立" in done.stdout
    assert done.stdout.endswith("一切正常。\n")
    done = shebao("doctor", "--quick", SHEBAO_DATA_DIR="/proc/nowhere")
    assert (done.returncode, done.stderr) == (1, "")
    assert "✗ Data folder: /proc/nowhere cannot be written" in done.stdout
    done = shebao("doctor", SHEBAO_ANSWER_AT="7")
    assert (done.returncode, done.stderr) == (1, "")
    assert "✗ Settings: SHEBAO_ANSWER_AT cannot be used" in done.stdout


async def test_doctor_finds_nothing_wrong_where_nothing_is(
    api: BotApiDouble, launch: Callable[..., Bot], doctor: Doctor
) -> None:
    assert "Database: not there yet" in await doctor()
    launch()
    chat = someone(api)
    chat.say("谢谢")
    await told(api, chat, 1)
    out = await doctor()
    assert [line.partition(":")[0] for line in out.splitlines()[:-1]] == [
        f"✓ {texts.CHECKS[name].en}"
        for name in [
            "settings",
            "knowledge",
            "data folder",
            "pictures",
            "database",
            "inbox",
            "outbox",
            "telegram",
            "clock",
            "webhook",
        ]
    ]
    assert "the bot is @double_bot" in out
    assert out.endswith("All is well.")


async def test_doctor_says_what_is_wrong_and_what_to_do(api: BotApiDouble, doctor: Doctor, tmp_path: Path) -> None:
    await (await Store.open(f"sqlite+aiosqlite:///{tmp_path / 'data/shebao.db'}")).close()
    folder = tmp_path / "broken"
    folder.mkdir()
    for name, text in SMALL.items():
        (folder / name).write_text(text.replace("see: [card-use]", "see: [nowhere]"), encoding="utf-8")
    api.shift_clock(-300)
    with sqlite3.connect(tmp_path / "data/shebao.db") as connection:
        connection.execute("update alembic_version set version_num = '0001'")
    connection.close()
    webhook = {"SHEBAO_WEBHOOK_URL": "http://127.0.0.1:9/telegram", "SHEBAO_WEBHOOK_SECRET": SECRET}
    out = await doctor(SHEBAO_KNOWLEDGE_DIR=str(folder), **webhook)
    assert "✗ Knowledge: mistakes: 1, the first: faq.yaml:23" in out
    assert "✗ Database: its tables are not this version’s" in out
    assert "shebao migrate" in out
    assert re.search("✗ Clock: (299|30[0-9]) s from Telegram’s", out)
    assert "✗ Webhook: “” is registered, not http://127.0.0.1:9/telegram" in out
    assert out.endswith("4 to be mended.")


async def test_doctor_looks_at_postgresql_too(doctor: Doctor, postgres: Postgres) -> None:
    url = postgres.database()
    assert "✗ Database: its tables are not this version’s" in await doctor(SHEBAO_DATABASE_URL=url)
    await migrate(url)
    out = await doctor(SHEBAO_DATABASE_URL=url)
    assert "✓ Database: " in out
    assert "✓ Outbox: 0 waiting, 0 given up" in out
    away = f"postgresql://shebao@127.0.0.1:{free_port()}/shebao"
    assert "✗ Database: does not answer (" in await doctor(SHEBAO_DATABASE_URL=away)


async def test_doctor_shows_updates_that_were_set_aside(
    api: BotApiDouble, launch: Callable[..., Bot], doctor: Doctor
) -> None:
    bot = launch()
    chat = someone(api)
    api.queue_raw({"message": "13812345678 is not a message"})
    chat.say("谢谢")
    await told(api, chat, 1)
    await api.wait_until(lambda: failed(bot), timeout=10)
    out = await doctor()
    assert out.endswith("All is well.")  # the bot works on
    assert "! Inbox: 0 waiting, 1 given up. The latest errors: 1: " in out
    assert "13812345678" not in out


async def test_doctor_tells_of_a_webhook_that_does_not_work(api: BotApiDouble, doctor: Doctor) -> None:
    url = f"http://127.0.0.1:{free_port()}/telegram"
    async with httpx.AsyncClient(trust_env=False) as client:
        await client.post(f"{api.base_url}/bot{TOKEN}/setWebhook", json={"url": url, "secret_token": SECRET})
    someone(api).say("谢谢")
    await api.wait_until(lambda: api.world.webhook.get("last_error_message"), timeout=10)
    out = await doctor(SHEBAO_WEBHOOK_URL=url, SHEBAO_WEBHOOK_SECRET=SECRET)
    assert "✗ Webhook: 1 updates wait; 0 minutes ago Telegram said: Connection failed" in out
    assert f"✗ Webhook: {url} is registered, but not in the settings" in await doctor()


async def test_doctor_on_a_refused_token_and_a_telegram_out_of_reach(api: BotApiDouble, doctor: Doctor) -> None:
    assert "✗ Telegram: refuses the token" in await doctor(TELEGRAM_BOT_TOKEN="999:other-secret_part")
    away = f"http://127.0.0.1:{free_port()}"
    assert f"✗ Telegram: {away} cannot be reached (ConnectError" in await doctor(TELEGRAM_API_BASE_URL=away)
    api.fail_next("getMe", times=1, status=502)
    assert "cannot be reached (ValueError: status 502)" in await doctor()
    assert "! Telegram: TELEGRAM_BOT_TOKEN is not set" in await doctor(TELEGRAM_BOT_TOKEN="")


async def test_doctor_quick_asks_the_running_process_without_telegram(
    api: BotApiDouble, launch: Callable[..., Bot], monkeypatch: pytest.MonkeyPatch
) -> None:
    port = free_port()
    monkeypatch.setenv("SHEBAO_HTTP_LISTEN", f"0.0.0.0:{port}")
    assert "does not answer" in render(await examine_quickly(), "en")
    launch(SHEBAO_HTTP_LISTEN=f"127.0.0.1:{port}")
    chat = someone(api)
    chat.say("谢谢")
    await told(api, chat, 1)
    calls = len(api.calls("getMe"))
    assert f"http://127.0.0.1:{port}/healthz answers" in render(await examine_quickly(), "en")
    assert len(api.calls("getMe")) == calls


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"SHEBAO_WEBHOOK_URL": "https://x.org/t"}, "SHEBAO_WEBHOOK_SECRET is missing"),
        ({"SHEBAO_WEBHOOK_SECRET": "with space"}, "SHEBAO_WEBHOOK_SECRET may only hold"),
        ({"SHEBAO_WEBHOOK_SECRET": "x" * 257}, "SHEBAO_WEBHOOK_SECRET may only hold"),
        ({"SHEBAO_WEBHOOK_SECRET": "密码"}, "SHEBAO_WEBHOOK_SECRET may only hold"),
        ({"SHEBAO_WEBHOOK_URL": "http://x.org/t", "SHEBAO_WEBHOOK_SECRET": "x"}, "SHEBAO_WEBHOOK_URL is no https"),
        ({"SHEBAO_WEBHOOK_URL": "https:///t", "SHEBAO_WEBHOOK_SECRET": "x"}, "SHEBAO_WEBHOOK_URL is no https"),
        ({"SHEBAO_WEBHOOK_URL": "https://x.org/metrics", "SHEBAO_WEBHOOK_SECRET": "x"}, "use another path"),
        (
            {
                "SHEBAO_WEBHOOK_URL": "https://x.org",
                "SHEBAO_WEBHOOK_SECRET": "x",
                "SHEBAO_HTTP_LISTEN": "127.0.0.1:8080",
            },
            "must not be SHEBAO_WEBHOOK_LISTEN",
        ),
        ({"SHEBAO_WEBHOOK_LISTEN": "8080"}, "SHEBAO_WEBHOOK_LISTEN is no host and port"),
        ({"SHEBAO_HTTP_LISTEN": "::1:8081"}, "SHEBAO_HTTP_LISTEN is no host and port"),
        ({"SHEBAO_HTTP_LISTEN": "127.0.0.1:99999"}, "SHEBAO_HTTP_LISTEN is no host and port"),
        ({"SHEBAO_SECRETS_DIR": "/nowhere/at/all"}, "SHEBAO_SECRETS_DIR: /nowhere/at/all is no folder"),
        ({"SHEBAO_LOG_FORMAT": "xml"}, "SHEBAO_LOG_FORMAT cannot be used"),
        ({"SHEBAO_LOG_LEVEL": "loud"}, "SHEBAO_LOG_LEVEL cannot be used"),
    ],
)
def test_a_wrong_setting_is_named_without_its_secret(
    environment: dict[str, str], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=said) as error:
        read()
    assert len(str(error.value).splitlines()) == 1
    if len(secret := environment.get("SHEBAO_WEBHOOK_SECRET", "")) > 1:
        assert secret not in str(error.value)


def test_settings_are_read_from_files_too_and_the_environment_goes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "TELEGRAM_BOT_TOKEN").write_text(f"{TOKEN}\n", encoding="utf-8")
    (tmp_path / "SHEBAO_WEBHOOK_SECRET").write_text(f"{SECRET}\n", encoding="utf-8")
    monkeypatch.setenv("SHEBAO_SECRETS_DIR", str(tmp_path))
    monkeypatch.setenv("SHEBAO_WEBHOOK_URL", "https://bot.example.org/telegram")
    settings = read()
    assert settings.token
    assert settings.webhook_secret
    assert (settings.token.get_secret_value(), settings.webhook_secret.get_secret_value()) == (TOKEN, SECRET)
    assert SECRET not in repr(settings)
    monkeypatch.setenv("SHEBAO_WEBHOOK_SECRET", "another")
    changed = read().webhook_secret
    assert changed
    assert changed.get_secret_value() == "another"
    assert settings.webhook_path == "/telegram"
    (tmp_path / "SHEBAO_DATABASE_URL").write_bytes(b"\xff\xfe")
    with pytest.raises(SettingsError, match="SHEBAO_DATABASE_URL cannot be read"):
        read()


def test_the_documents_list_every_metric() -> None:
    document = (ROOT / "docs/operations.md").read_text("utf-8")
    ours = {family.name for family in metrics.REGISTRY.collect() if family.name.startswith("shebao_")}
    assert len(ours) >= 12
    for name in ours:
        assert f"`{name}" in document, name
