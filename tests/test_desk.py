"""The desk by HTTP: its pages, its interface for other systems, and whom it lets in."""

from __future__ import annotations

import asyncio
import json
import re
import sqlite3
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answers import compose, script
from bot.desk import write_account
from bot.desk.accounts import Accounts, session_key
from bot.desk.attempts import FREE, LONGEST, Attempts
from bot.desk.cases import Cases
from bot.desk.guard import HEADERS
from bot.desk.login import local_path
from bot.desk.rendering import marked
from bot.dialogue import Assistant
from bot.errors import SettingsError, StorageError, UsageError
from bot.feedback import as_lines
from bot.knowledge import UNKNOWN, Knowledge
from bot.settings import read
from bot.storage import Judgement, Question, Store, latest_judgements, migrate
from tests.bot_api_double import BotApiDouble
from tests.browser import desk
from tests.process import Bot, free_port
from tests.test_cli import shebao
from tests.test_telegram import api, launch, someone, told

__all__ = ["api", "launch"]

CANCEL = "medical-account-cancel"
PASSWORD = "correct horse battery"
PERSONAL = "我叫张三，身份证110101199003078515，电话13812345678，"


class Visitor(httpx.AsyncClient):
    """Somebody with a browser's manners: one session, its token shown with every post."""

    token = ""

    async def look(self, path: str = "/", **headers: str) -> httpx.Response:
        """A page; its token is kept."""
        answer = await self.get(path, headers=headers)
        if found := re.search(r'name="csrf" (?:content|value)="([^"]+)"', answer.text):
            self.token = found[1]
        return answer

    async def say(self, path: str, message: object, **headers: str) -> httpx.Response:
        """A post as the page's scripts make it."""
        sent = {"X-CSRF-Token": self.token, "Origin": str(self.base_url).rstrip("/"), **headers}
        return await self.post(path, json=message, headers={name: value for name, value in sent.items() if value})

    async def log_in(self, **fields: str) -> httpx.Response:
        await self.look("/login")
        return await self.post("/login", data={"csrf": self.token, **fields})


def visitor(address: str) -> Visitor:
    return Visitor(base_url=address, trust_env=False, timeout=20)


@pytest.fixture
async def site(assistant: Assistant, tmp_path: Path) -> AsyncIterator[Visitor]:
    """The desk as it is on one's own machine."""
    async with desk(assistant, tmp_path) as address, visitor(address) as someone:
        await someone.look()
        yield someone


@pytest.fixture
async def guarded(assistant: Assistant, tmp_path: Path) -> AsyncIterator[Visitor]:
    """The desk with a password, and a token for other systems."""
    settings = {"SHEBAO_DESK_PASSWORD": PASSWORD, "SHEBAO_DESK_API_TOKEN": "t" * 24}
    async with desk(assistant, tmp_path, **settings) as address, visitor(address) as someone:
        yield someone


def kept(folder: Path) -> list[tuple[Any, ...]]:
    """What the store keeps of feedback: question, outcome, entry, details, verdict, note."""
    with sqlite3.connect(folder / "shebao.db") as connection:
        query = (
            "select text, outcome, entry_id, details, verdict, note from feedback join questions on questions.id ="
            " question_id order by feedback.id"
        )
        rows = connection.execute(query).fetchall()
    connection.close()
    return rows


# ---------------------------------------------------------------------------- finding and answering


async def test_half_a_question_has_candidates_with_confidence_and_the_words_that_matched(site: Visitor) -> None:
    found = (await site.say("/api/v1/match", {"text": "医保账户注"})).json()
    assert found["candidates"][0]["entry_id"] == CANCEL
    assert 0.5 < found["candidates"][0]["confidence"] <= 1
    assert "".join(found["candidates"][0]["matched"]) in "医保账户注"
    part = (await site.say("/parts/candidates", {"text": "医保账户注"})).text
    assert f'data-entry="{CANCEL}"' in part
    assert "<mark>医保账户</mark>怎么注销" in part
    assert 'aria-selected="true"' in part


async def test_in_english_the_law_stands_beside_the_official_text_and_says_so(site: Visitor) -> None:
    found = (await site.say("/api/v1/answer", {"entry_id": CANCEL, "language": "en"})).json()["texts"]
    page = (await site.look(f"/entry/{CANCEL}?lang=en")).text
    official = "参加职工基本医疗保险的个人，达到法定退休年龄时累计缴费达到国家规定年限的"
    assert official in found["law"]
    assert official in page
    for text in (found["law"], found["full"], page):
        assert "Our translation; the Chinese text is the official one." in text


async def test_an_article_that_is_named_is_a_candidate(site: Visitor) -> None:
    assert 'data-href="/law/27"' in (await site.say("/parts/candidates", {"text": "27"})).text
    found = (await site.say("/api/v1/match", {"text": "社保法第27条"})).json()
    assert found["articles"] == [{"statute": "law", "number": 27, "name": "《社会保险法》第二十七条"}]
    assert 'data-href="/law/27"' in (await site.say("/parts/candidates", {"text": "第27条"})).text


async def test_what_the_question_states_is_known_and_the_rest_is_asked(site: Visitor) -> None:
    answer = (await site.say("/api/v1/answer", {"entry_id": CANCEL, "question": "我爸走了医保账户怎么注销"})).json()
    assert answer["details"] == {"insured": "deceased"}
    assert [(each["id"], each["chosen"]) for each in answer["asked"]] == [
        ("insured", "deceased"),
        ("outstanding-expenses", None),
    ]
    assert "有未结清费用：" in answer["texts"]["full"]
    decided = (
        await site.say(
            "/api/v1/answer", {"entry_id": CANCEL, "details": {**answer["details"], "outstanding-expenses": "no"}}
        )
    ).json()
    assert "有未结清费用：" not in decided["texts"]["full"]
    assert "关系证明" in decided["texts"]["script"]
    assert decided["reference"] == f"编号 {CANCEL} · 版本 {decided['revision']}"


async def test_the_part_that_was_asked_for_comes_first_and_the_language_is_the_questions(site: Visitor) -> None:
    question = "which papers do I need to cancel my medical insurance account"
    answer = (await site.say("/api/v1/answer", {"entry_id": CANCEL, "question": question})).json()
    assert (answer["language"], answer["aspect"]) == ("en", "materials")
    assert answer["sections"][0]["kind"] == "materials"
    assert answer["texts"]["law"].startswith("How to cancel")


async def test_an_option_may_lead_to_another_entry(site: Visitor) -> None:
    wanted = {"entry_id": "medical-transfer", "details": {"from-region": "shenzhen"}}
    assert (await site.say("/api/v1/answer", wanted)).json()["entry_id"] == "shenzhen-medical-transfer"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_script_and_text_message_is_short_and_in_the_entrys_own_words(
    knowledge: Knowledge, assistant: Assistant, language: Any
) -> None:
    cases = Cases(assistant)
    for entry in knowledge.entries.values():
        decided = {detail.id: detail.options[0].id for detail in entry.details or () if not detail.options[0].entry}
        for details in ({}, decided, {detail.id: UNKNOWN for detail in entry.details or ()}):
            case = cases.answer(entry.id, language, details)
            assert case
            sms = case.texts["sms"] + "\n" + case.reference
            assert len(sms) <= script.SMS_LIMIT, entry.id
            assert "…" not in sms, (entry.id, "cut within a sentence: shorten the summary")
            assert case.passages[0].text in {entry.summary.of(language), entry.script.of(language)}
            said = " ".join(line.of(language) for section in case.answer.sections for line in section.lines)
            for passage in case.passages[1:]:
                for piece in re.split(r"；|; ", passage.text.rstrip("。.")):
                    assert piece in said, (entry.id, piece)


def test_a_conclusion_too_long_for_a_text_message_is_cut_at_a_sentence(knowledge: Knowledge) -> None:
    answer = compose(knowledge, knowledge.entries[CANCEL], {})
    long = answer.summary.model_copy(update={"en": "It holds. " + "Very " * 80 + "long.", "zh": "长" * 400})
    for language, ends in (("en", "It holds."), ("zh", "…")):
        said = script.render_sms(
            type(answer)(**{**vars(answer), "summary": long, "script": long}),
            language,  # type: ignore[arg-type]
            decided=True,
        )
        assert said.splitlines()[0].endswith(ends)
        assert len(said) < script.SMS_LIMIT


# ---------------------------------------------------------------------------- pages


async def test_an_entry_has_an_address_of_its_own_with_the_case_in_it(site: Visitor) -> None:
    page = await site.look(f"/entry/{CANCEL}?insured=deceased&outstanding-expenses=no&gone=x")
    assert page.status_code == 200
    assert "<h1" in page.text
    assert "有未结清费用：" not in page.text
    assert f'data-address="/entry/{CANCEL}?insured=deceased&amp;outstanding-expenses=no"' in page.text
    english = await site.look(f"/entry/{CANCEL}?lang=en")
    assert "How to cancel a medical insurance account" in english.text
    assert 'lang="en"' in (await site.look("/")).text, "the language is remembered"


async def test_articles_have_addresses_and_name_the_entries_that_rest_on_them(site: Visitor) -> None:
    page = (await site.look("/law/27")).text
    assert "参加职工基本医疗保险的个人，达到法定退休年龄时累计缴费达到国家规定年限的" in page
    assert f'href="/entry/{CANCEL}"' in page
    assert 'href="/law/26" rel="prev"' in page
    assert "内容概要" in (await site.look("/handling/20")).text
    whole = (await site.look("/law")).text
    assert whole.count('<article class="quote"') == 98 + 33


@pytest.mark.parametrize(
    "path", ["/entry/nothing", "/law/99", "/law/abc", "/handling/1", "/law/²", "/nothing", "/entry/"]
)
async def test_what_is_not_there_says_so(site: Visitor, path: str) -> None:
    answer = await site.look(path)
    assert answer.status_code == 404
    assert "没有这个条目或条文" in answer.text


async def test_the_law_is_searched_by_number_and_by_words(site: Visitor) -> None:
    by_number = (await site.say("/parts/law", {"text": "二十七"})).text
    assert "第二十七条" in by_number
    assert by_number.count('class="name"') == 1
    both = (await site.say("/parts/law", {"text": "社会保险法58条和27条"})).text
    assert both.count('class="name"') == 2
    in_traditional = (await site.say("/parts/law", {"text": "失業保險"})).text
    assert "<mark>失业保险</mark>" in in_traditional
    by_words = (await site.say("/parts/law", {"text": "工伤 职业病"})).text
    assert "<mark>工伤</mark>" in by_words
    assert "<mark>职业病</mark>" in by_words
    assert "没有这些字" in (await site.say("/parts/law", {"text": "量子"})).text
    assert "还有" in (await site.say("/parts/law", {"text": "社会保险"})).text
    assert (await site.say("/parts/law", {"text": "x" * 101})).status_code == 422


async def test_what_is_written_is_escaped(site: Visitor) -> None:
    attack = "医保账户注销\"'><script>alert(1)</script>"
    for path, message in (
        ("/parts/candidates", {"text": attack}),
        ("/parts/answer", {"entry_id": CANCEL, "question": attack}),
        ("/parts/law", {"text": attack}),
    ):
        answer = await site.say(path, message)
        assert answer.status_code == 200
        assert "<script" not in answer.text
    assert "<script>alert" not in (await site.look("/login?next=<script>alert(1)</script>")).text


@given(text=st.text(max_size=40), words=st.lists(st.text(max_size=6), max_size=4))
def test_marking_words_changes_nothing_but_marks(text: str, words: list[str]) -> None:
    shown = str(marked(text, words))
    assert shown.replace("<mark>", "").replace("</mark>", "") == str(marked(text, ()))


# ---------------------------------------------------------------------------- feedback, and what is kept


async def test_feedback_is_kept_redacted_and_an_editor_sees_it(site: Visitor, tmp_path: Path) -> None:
    report = {
        "verdict": "wrong",
        "question": PERSONAL + "医保账户怎么注销",
        "entry_id": CANCEL,
        "details": {"insured": "deceased"},
        "note": "他的电话13812345678，窗口不要结算证明\0",
    }
    answer = await site.say("/api/v1/feedback", report)
    assert (answer.status_code, answer.json()) == (201, {"id": 1})
    missing = {"verdict": "not-answered", "question": "社保卡能坐公交吗"}
    assert (await site.say("/api/v1/feedback", missing)).status_code == 201
    [(text, outcome, entry, details, verdict, note), other] = kept(tmp_path)
    assert (outcome, entry, json.loads(details), verdict) == ("answered", CANCEL, {"insured": "deceased"}, "bad")
    for personal in ("张三", "110101199003078515", "13812345678"):
        assert personal not in text + note
    assert "窗口不要结算证明" in note
    assert other == ("社保卡能坐公交吗", "none", None, "{}", "none", None)
    listed = shebao("feedback", SHEBAO_DATA_DIR=str(tmp_path)).stdout
    assert "有错或过时" in listed
    assert f"{CANCEL}?insured=deceased" in listed
    assert listed.index("社保卡能坐公交吗") < listed.index("窗口不要结算证明"), "the newest first"


async def test_thumbs_from_telegram_are_in_the_same_list(
    api: BotApiDouble, launch: Callable[..., Bot], tmp_path: Path
) -> None:
    bot = launch()
    chat = someone(api)
    chat.say("停保后怎么恢复")
    chat.press(await told(api, chat, 1), "👎 没用")
    data = str(tmp_path / "data")
    await api.wait_until(lambda: bot.rows("select verdict from feedback") == [("down",)], timeout=20)
    line = json.loads(shebao("feedback", "--jsonl", "--limit", "1", SHEBAO_DATA_DIR=data).stdout)
    assert (line["by"], line["question"], line["entry_id"]) == (
        "telegram",
        "停保后怎么恢复",
        "medical-insurance-resume",
    )
    [shown] = as_lines([Judgement(**line)], "en")[:1]
    assert "👎 not helpful" in shown


async def test_a_list_without_feedback_or_with_a_database_of_another_version_says_so(tmp_path: Path) -> None:
    assert "There is no feedback yet." in shebao("feedback", "--lang", "en", SHEBAO_DATA_DIR=str(tmp_path)).stdout
    (tmp_path / "empty.db").touch()
    with pytest.raises(StorageError, match="this version's tables"):
        await latest_judgements(f"sqlite:///{tmp_path / 'empty.db'}", 1)
    with pytest.raises(StorageError, match="check SHEBAO_DATABASE_URL"):
        await latest_judgements("postgresql://nobody@127.0.0.1:9/none", 1)


async def test_reports_from_the_desk_stand_in_either_database(database: str) -> None:
    await migrate(database)
    store = await Store.open(database)
    number = await store.report(Question("问", "zh", "none", None, {}), "none", "", "12345678")
    await store.close()
    [found] = await latest_judgements(database, 5)
    assert (found.number, found.by, found.question, found.verdict, found.revision) == (
        number,
        "desk",
        "问",
        "none",
        "12345678",
    )


async def test_feedback_that_cannot_be_stored_is_said_not_lost_in_silence(
    site: Visitor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object, **__: object) -> int:
        raise OSError("disk full")

    monkeypatch.setattr(Store, "report", broken)
    answer = await site.say("/api/v1/feedback", {"verdict": "wrong"})
    assert (answer.status_code, "try again later" in answer.json()["error"]) == (503, True)


async def test_a_question_comes_back_masked_and_nothing_of_it_is_in_an_address(site: Visitor) -> None:
    answer = await site.say("/parts/answer", {"entry_id": CANCEL, "question": PERSONAL + "医保账户怎么注销"})
    assert "110101199003078515" not in answer.text
    assert "张三" not in answer.text
    assert f'data-address="/entry/{CANCEL}"' in answer.text
    assert (await site.get("/parts/candidates", params={"text": "医保"})).status_code == 405


# ---------------------------------------------------------------------------- limits and errors of the interface


@pytest.mark.parametrize(
    ("path", "message", "status"),
    [
        ("match", {"text": ""}, 422),
        ("match", {"text": "医" * 4097}, 422),
        ("match", {"text": "医保", "limit": 11}, 422),
        ("match", {"text": "医保", "more": 1}, 422),
        ("match", {"text": "医" * 4096}, 200),
        ("match", {"text": "\ud800"}, 400),
        ("match", [], 422),
        ("answer", {"entry_id": "nothing"}, 404),
        ("answer", {"entry_id": "../../etc"}, 422),
        ("answer", {"entry_id": CANCEL, "details": {"insured": "gone"}}, 404),
        ("feedback", {"verdict": "fine"}, 422),
        ("feedback", {"verdict": "wrong", "note": "x" * 1001}, 422),
        ("feedback", {"verdict": "wrong", "entry_id": "nothing"}, 404),
    ],
)
async def test_a_message_that_is_wrong_is_refused_with_its_reason(
    site: Visitor, path: str, message: object, status: int
) -> None:
    content = json.dumps(message)
    headers = {"X-CSRF-Token": site.token, "Content-Type": "application/json"}
    answer = await site.post(f"/api/v1/{path}", content=content, headers=headers)
    assert answer.status_code == status
    if status != 200:
        assert set(answer.json()) == {"error"}
        assert "x" * 50 not in answer.text


async def test_bodies_have_a_limit_and_must_be_json(site: Visitor) -> None:
    as_json = {"Content-Type": "application/json"}
    assert (await site.post("/api/v1/match", content="{", headers=as_json)).status_code == 400
    assert (await site.post("/api/v1/match", content='{"text": "医保"}')).status_code == 415
    long = b'{"text": "' + b"x" * 70_000 + b'"}'
    assert (await site.post("/api/v1/match", content=long, headers=as_json)).status_code == 413

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b" " * 1000

    assert (await site.post("/api/v1/match", content=endless(), headers=as_json)).status_code == 413


async def test_the_document_describes_every_route(site: Visitor) -> None:
    document = (await site.get("/api/v1/openapi.json")).json()
    assert document["openapi"].startswith("3.1")
    assert set(document["paths"]) == {
        "/api/v1/match",
        "/api/v1/answer",
        "/api/v1/articles",
        "/api/v1/articles/{statute}/{number}",
        "/api/v1/feedback",
    }
    articles = (await site.get("/api/v1/articles", params={"language": "en"})).json()["articles"]
    assert len(articles) == 98 + 33
    assert (await site.get("/api/v1/articles/law/27")).json()["entries"][0]
    assert (await site.get("/api/v1/articles/law/999")).status_code == 404
    assert (await site.get("/api/v1/articles", params={"language": "fr"})).status_code == 422


# ---------------------------------------------------------------------------- whom it lets in


async def test_every_answer_has_the_security_headers_and_no_script_of_its_own(site: Visitor) -> None:
    for path in ("/", f"/entry/{CANCEL}", "/law/27", "/nothing", "/static/desk.js", "/api/v1/articles", "/static/no"):
        answer = await site.get(path)
        for name, value in HEADERS.items():
            assert answer.headers[name] == value, path
        if "html" in answer.headers["content-type"]:
            assert "unsafe" not in answer.headers["Content-Security-Policy"]
            assert not re.search(r"<script(?![^>]* src=\"/static/)|<style|\sstyle=|\son\w+=|https?://", answer.text), (
                path
            )
            assert answer.headers["cache-control"] == "no-store"
    site.cookies.clear()
    assert "samesite=strict" in (await site.get("/")).headers["set-cookie"].lower()


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "192.168.1.5:8080", "", "[", "localhost.evil"]
)
async def test_without_a_login_only_this_machines_own_names_are_answered_to(site: Visitor, host: str) -> None:
    answer = await site.get("/", headers={"Host": host})
    assert answer.status_code in {400, 403}
    assert (await site.get("/", headers={"Host": "localhost:1234"})).status_code == 200
    assert (await site.get("/", headers={"X-Forwarded-For": "10.0.0.9"})).status_code == 403


async def test_a_change_needs_the_sessions_token_and_its_own_origin(site: Visitor, tmp_path: Path) -> None:
    report = {"verdict": "wrong"}
    assert (await site.say("/api/v1/feedback", report, **{"X-CSRF-Token": ""})).status_code == 403
    assert (await site.say("/api/v1/feedback", report, **{"X-CSRF-Token": "x" * 32})).status_code == 403
    for path in ("/api/v1/feedback", "/api/v1/match", "/parts/answer"):
        assert (await site.say(path, report, Origin="https://evil.example")).status_code == 403
        assert (await site.say(path, report, Origin="null")).status_code == 403
        assert (await site.say(path, report, Origin="", **{"Sec-Fetch-Site": "cross-site"})).status_code == 403
    async with visitor(str(site.base_url)) as stranger:
        stranger.token = site.token
        assert (await stranger.say("/api/v1/feedback", report)).status_code == 403, "another session's token"
    assert kept(tmp_path) == []


async def test_a_link_from_another_system_opens_with_the_session_that_is_there(guarded: Visitor) -> None:
    await guarded.log_in(password=PASSWORD)
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    async with visitor(str(guarded.base_url)) as withheld:  # a strict cookie is not sent along
        first = await withheld.get(f"/entry/{CANCEL}", headers=headers)
    assert 'http-equiv="refresh"' in first.text
    assert "set-cookie" not in first.headers
    assert (await guarded.get(f"/entry/{CANCEL}")).status_code == 200


async def test_with_a_password_nothing_is_shown_before_the_login(guarded: Visitor) -> None:
    page = await guarded.get(f"/entry/{CANCEL}?insured=deceased")
    assert page.status_code == 303
    assert page.headers["location"] == f"/login?next=/entry/{CANCEL}%3Finsured%3Ddeceased"
    for path in ("/parts/answer", "/api/v1/answer", "/api/v1/feedback"):
        assert (await guarded.say(path, {"entry_id": CANCEL})).status_code == 401
    assert (await guarded.get("/api/v1/articles")).status_code == 401
    assert (await guarded.get("/api/v1/openapi.json")).status_code == 401
    done = await guarded.log_in(password=PASSWORD, next=f"/entry/{CANCEL}")
    assert (done.status_code, done.headers["location"]) == (303, f"/entry/{CANCEL}")
    assert (await guarded.look(f"/entry/{CANCEL}")).status_code == 200
    assert (await guarded.say("/parts/answer", {"entry_id": CANCEL})).status_code == 200
    await guarded.look()
    assert (await guarded.say("/logout", {}, **{"X-CSRF-Token": ""})).status_code == 403
    assert (await guarded.say("/logout", {})).status_code == 204
    assert (await guarded.get("/")).status_code == 303


async def test_no_host_and_no_odd_path_leads_past_the_login(guarded: Visitor) -> None:
    for host in ("127.0.0.1/login?x=", "127.0.0.1/static/", "x/login#", "/login?", "a b"):
        for path in ("/", "/law/27", "/api/v1/articles", "/static/../law", "//login/../law"):
            answer = await guarded.get(path, headers={"Host": host})
            assert answer.status_code in {303, 400, 401, 404}, (host, path)
            assert "社会保险法》第" not in answer.text, (host, path)
            guarded.cookies.clear()  # each comes as a stranger


async def test_a_login_begins_a_new_session_and_needs_its_forms_token(guarded: Visitor) -> None:
    await guarded.look("/login")
    before = guarded.cookies["desk"]
    assert (await guarded.post("/login", data={"csrf": "x", "password": PASSWORD})).status_code == 403
    await guarded.log_in(password=PASSWORD)
    assert guarded.cookies["desk"] != before
    forged = guarded.cookies["desk"][:-4] + "AAAA"
    async with visitor(str(guarded.base_url)) as stranger:
        stranger.cookies.set("desk", forged)
        assert (await stranger.get("/")).status_code == 303


async def test_wrong_passwords_have_to_wait(guarded: Visitor) -> None:
    for _ in range(FREE):
        assert (await guarded.log_in(password="wrong wrong wrong")).status_code == 401
    answer = await guarded.log_in(password=PASSWORD)
    assert (answer.status_code, int(answer.headers["retry-after"])) == (429, 2)
    assert "秒后再试" in answer.text


def test_the_wait_grows_and_ends() -> None:
    attempts = Attempts()
    waits = []
    for _ in range(20):
        attempts.failed(("a", "b"), 100.0)
        waits.append(attempts.wait(("b",), 100.0))
    assert waits[: FREE + 2] == [0] * (FREE - 1) + [2, 4, 8]
    assert waits[-1] == LONGEST
    assert attempts.wait(("a", "c"), 100.0 + LONGEST) == 0
    attempts.passed(("a",))
    assert attempts.wait(("a",), 100.0) == 0
    for number in range(11_000):
        attempts.failed((str(number),), 100.0)
    assert len(attempts._failed) == 10_000


async def test_another_system_shows_its_token(guarded: Visitor) -> None:
    shown = {"Authorization": "Bearer " + "t" * 24}
    async with visitor(str(guarded.base_url)) as system:
        assert (await system.post("/api/v1/match", json={"text": "停保"}, headers=shown)).status_code == 200
        assert (await system.post("/api/v1/feedback", json={"verdict": "wrong"}, headers=shown)).status_code == 201
        assert (await system.get("/api/v1/openapi.json", headers=shown)).status_code == 200
        wrong = {"Authorization": "Bearer " + "u" * 24}
        assert (await system.post("/api/v1/match", json={"text": "停保"}, headers=wrong)).status_code == 401
        assert (await system.get("/", headers=shown)).status_code == 303, "not the pages"


async def test_accounts_are_checked_by_name_and_end_with_their_password(assistant: Assistant, tmp_path: Path) -> None:
    file = tmp_path / "accounts"
    for name in ("li", "wang"):
        write_account(file, name, PASSWORD + name)
    assert file.stat().st_mode & 0o077 == 0
    assert PASSWORD not in file.read_text("utf-8")
    async with (
        desk(assistant, tmp_path, SHEBAO_DESK_ACCOUNTS=file) as address,
        visitor(address) as li,
        visitor(address) as wang,
    ):
        assert (await li.log_in(name="li", password=PASSWORD + "wang")).status_code == 401
        assert (await li.log_in(name="nobody", password=PASSWORD)).status_code == 401
        assert (await li.log_in(name="li", password=PASSWORD + "li")).status_code == 303
        assert (await wang.log_in(name="wang", password=PASSWORD + "wang")).status_code == 303
        assert 'data-account="li"' in (await li.look()).text
        write_account(file, "li", "another password")
        assert (await li.get("/")).status_code == 303
        assert (await wang.get("/")).status_code == 200
        file.unlink()
        assert (await wang.get("/")).status_code == 303


async def test_sessions_survive_a_restart_and_not_a_new_password(assistant: Assistant, tmp_path: Path) -> None:
    cookies = httpx.Cookies()
    async with desk(assistant, tmp_path, SHEBAO_DESK_PASSWORD=PASSWORD) as address, visitor(address) as first:
        await first.log_in(password=PASSWORD)
        cookies.set("desk", first.cookies["desk"])
    for password, status in ((PASSWORD, 200), (PASSWORD + "!", 303)):
        async with desk(assistant, tmp_path, SHEBAO_DESK_PASSWORD=password) as address, visitor(address) as again:
            again.cookies = cookies
            assert (await again.get("/")).status_code == status


async def test_off_this_machine_the_cookie_goes_by_https_only(assistant: Assistant, tmp_path: Path) -> None:
    settings = {"SHEBAO_DESK_LISTEN": "0.0.0.0:8080", "SHEBAO_DESK_PASSWORD": PASSWORD}
    async with desk(assistant, tmp_path, **settings) as address, visitor(address) as someone:
        answer = await someone.get("/login")
    cookie = answer.headers["set-cookie"].lower()
    assert all(part in cookie for part in ("secure", "httponly", "samesite=strict"))
    assert answer.headers["strict-transport-security"]
    async with desk(assistant, tmp_path, SHEBAO_DESK_PASSWORD=PASSWORD) as address, visitor(address) as someone:
        near = await someone.get("/login?lang=en")
        someone.cookies.clear()
        proxied = await someone.get("/login?lang=en", headers={"X-Forwarded-Proto": "https"})
    assert all("secure" not in cookie.lower() for cookie in near.headers.get_list("set-cookie"))
    assert len(cookies := proxied.headers.get_list("set-cookie")) == 2
    assert all("; secure" in cookie.lower() for cookie in cookies)
    assert proxied.headers["strict-transport-security"]


async def test_a_browser_that_keeps_no_cookie_is_told_why_it_is_not_let_in(guarded: Visitor) -> None:
    await guarded.look("/login")
    guarded.cookies.clear()
    answer = await guarded.post("/login", data={"csrf": guarded.token, "password": PASSWORD})
    assert answer.status_code == 403
    assert "https" in answer.text


@pytest.mark.parametrize(
    "path", ["//evil.example", "/\\evil.example", "https://evil.example", "/a\nb", "", "/" + "x" * 600]
)
def test_after_the_login_one_stays_here(path: str) -> None:
    assert local_path(path) == "/"
    assert local_path("/law/27?lang=en") == "/law/27?lang=en"


# ---------------------------------------------------------------------------- starting


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"SHEBAO_DESK_LISTEN": "0.0.0.0:8080"}, "set SHEBAO_DESK_PASSWORD or SHEBAO_DESK_ACCOUNTS"),
        ({"SHEBAO_DESK_LISTEN": "[::]:8080"}, "set SHEBAO_DESK_PASSWORD or SHEBAO_DESK_ACCOUNTS"),
        ({"SHEBAO_DESK_LISTEN": "desk.example:8080"}, "set SHEBAO_DESK_PASSWORD or SHEBAO_DESK_ACCOUNTS"),
        ({"SHEBAO_DESK_LISTEN": "8080"}, "SHEBAO_DESK_LISTEN is no host and port"),
        ({"SHEBAO_DESK_PASSWORD": "short"}, "SHEBAO_DESK_PASSWORD is too short"),
        ({"SHEBAO_DESK_API_TOKEN": "short"}, "SHEBAO_DESK_API_TOKEN must hold 20"),
        ({"SHEBAO_DESK_PASSWORD": PASSWORD, "SHEBAO_DESK_ACCOUNTS": "x"}, "both set"),
        ({"SHEBAO_HTTP_LISTEN": "127.0.0.1:8080"}, "SHEBAO_DESK_LISTEN must not be SHEBAO_HTTP_LISTEN"),
    ],
)
def test_it_does_not_start_where_others_could_come_in(
    settings: dict[str, str], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as refused:
        read()
    assert said in str(refused.value)
    assert PASSWORD not in str(refused.value)


def test_beside_a_webhook_the_desk_is_there_only_where_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    assert str(read().desk_address) == "127.0.0.1:8080"
    monkeypatch.setenv("SHEBAO_WEBHOOK_URL", "https://bot.example.org/telegram")
    monkeypatch.setenv("SHEBAO_WEBHOOK_SECRET", "secret")
    assert read().desk_address is None
    monkeypatch.setenv("SHEBAO_DESK_LISTEN", "127.0.0.1:8080")
    with pytest.raises(SettingsError, match="must not be SHEBAO_WEBHOOK_LISTEN"):
        read()
    monkeypatch.setenv("SHEBAO_DESK_LISTEN", "127.0.0.1:8090")
    assert str(read().desk_address) == "127.0.0.1:8090"


def test_accounts_that_cannot_be_used_are_said(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.touch()
    for file, said in ((tmp_path / "none", "cannot be read"), (empty, "holds no account")):
        with pytest.raises(SettingsError, match=said):
            Accounts(file=file)
    written = shebao("account", "li", stdin=PASSWORD + "\n", SHEBAO_DESK_ACCOUNTS=str(empty))
    assert (written.returncode, "li may log in" in written.stdout) == (0, True)
    assert empty.read_text("utf-8").startswith("li:$argon2id$")
    for name, password in (("a:b", PASSWORD), ("li", "short")):
        with pytest.raises(UsageError):
            write_account(empty, name, password)
    with pytest.raises(UsageError, match="cannot be written"):
        write_account(Path("/proc/nowhere/accounts"), "li", PASSWORD)


def test_a_damaged_key_of_the_sessions_is_said(tmp_path: Path) -> None:
    (tmp_path / "desk.key").write_text("short", encoding="ascii")
    with pytest.raises(SettingsError, match="is damaged: delete it"):
        session_key(tmp_path / "desk.key")
    with pytest.raises(SettingsError, match="SHEBAO_DATA_DIR"):
        session_key(Path("/proc/nowhere/desk.key"))


def test_switched_off_it_says_so() -> None:
    done = shebao("desk", SHEBAO_DESK_LISTEN="off")
    assert (done.returncode, "SHEBAO_DESK_LISTEN" in done.stderr) == (2, True)


async def test_run_without_a_token_serves_the_desk_until_it_is_told_to_stop(
    api: BotApiDouble, launch: Callable[..., Bot]
) -> None:
    port, probes = free_port(), free_port()
    bot = launch(
        TELEGRAM_BOT_TOKEN="", SHEBAO_DESK_LISTEN=f"127.0.0.1:{port}", SHEBAO_HTTP_LISTEN=f"127.0.0.1:{probes}"
    )
    await api.wait_until(lambda: f"http://127.0.0.1:{port}" in bot.log, timeout=30)
    assert "TELEGRAM_BOT_TOKEN" in bot.log
    async with visitor(f"http://127.0.0.1:{port}") as someone:
        assert (await someone.look()).status_code == 200
        assert (await someone.get(f"http://127.0.0.1:{probes}/readyz")).json() == {"database": "ok", "knowledge": "ok"}
        assert "shebao_build_info" in (await someone.get(f"http://127.0.0.1:{probes}/metrics")).text
        taken = await asyncio.to_thread(shebao, "desk", SHEBAO_DESK_LISTEN=f"127.0.0.1:{port}")
        assert (taken.returncode, "SHEBAO_DESK_LISTEN" in taken.stderr) == (1, True)
        await someone.say("/api/v1/match", {"text": PERSONAL})
        await someone.say("/api/v1/feedback", {"verdict": "wrong", "question": PERSONAL})
    assert bot.end() == 0
    assert "张三" not in bot.log
    assert "138123" not in bot.log


async def test_beside_telegram_both_are_served_over_one_store(api: BotApiDouble, launch: Callable[..., Bot]) -> None:
    port = free_port()
    bot = launch(SHEBAO_DESK_LISTEN=f"127.0.0.1:{port}")
    chat = someone(api)
    chat.say("停保后怎么恢复")
    await told(api, chat, 1)
    async with visitor(f"http://127.0.0.1:{port}") as agent:
        await agent.look()
        assert (await agent.say("/api/v1/feedback", {"verdict": "not-answered"})).status_code == 201
    assert bot.rows("select chat like 'telegram:%' from questions order by id") == [(1,), (0,)]
    assert bot.end() == 0
