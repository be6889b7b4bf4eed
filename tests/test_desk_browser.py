"""The desk in Chromium, as an agent uses it: by the keyboard, in both languages, by day and night, on a phone, on paper."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
import pytest_asyncio
from playwright.async_api import Browser, ConsoleMessage, Page, Request, Route, expect

from bot.dialogue import Assistant
from bot.knowledge import Knowledge
from tests.browser import LAPTOP, PHONE, browser, desk, opened

pytestmark = pytest.mark.asyncio(loop_scope="module")

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")
CANCEL = "medical-account-cancel"
QUESTION = "我爸走了医保账户怎么注销"
SERIOUS = {"serious", "critical"}


@dataclass
class Site:
    """The desk, a browser, and what pages did that they must not."""

    address: str
    folder: Path
    browser: Browser
    faults: list[str]

    async def open(self, path: str = "/", size: tuple[int, int] = LAPTOP, **manner: Any) -> Page:
        page = await opened(self.browser, "about:blank", size, **manner)
        page.on("pageerror", self._note)
        page.on("console", self._hear)
        page.on("request", self._look)
        await page.goto(self.address + path)
        return page

    def _note(self, fault: object) -> None:
        self.faults.append(str(fault))

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.faults.append(message.text)

    def _look(self, request: Request) -> None:
        if not request.url.startswith((self.address, "about:")):
            self.faults.append(f"a request to {request.url}")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(assistant: Assistant, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    folder = tmp_path_factory.mktemp("desk")
    async with desk(assistant, folder) as address, browser() as started:
        yield Site(address, folder, started, [])


@pytest_asyncio.fixture(loop_scope="module")
async def site(shared: Site) -> AsyncIterator[Site]:
    shared.faults.clear()
    yield shared
    for context in shared.browser.contexts:
        await context.close()
    assert shared.faults == []


async def copied(page: Page) -> str:
    said: str = await page.evaluate("navigator.clipboard.readText()")
    return said


async def toast(page: Page, text: str) -> None:
    await expect(page.locator("[data-toasts] p")).to_contain_text(text)


async def ask(page: Page, text: str) -> None:
    await page.locator("#q").fill(text)
    async with page.expect_response("**/parts/answer"):
        await page.keyboard.press("Enter")
    await expect(page.locator("[data-answer]")).to_be_visible()


async def test_from_the_callers_words_to_the_copied_answer_by_the_keyboard_alone(
    site: Site, knowledge: Knowledge
) -> None:
    page = await site.open()
    await expect(page.locator("#q")).to_be_focused()
    await page.keyboard.type("医")
    await page.wait_for_timeout(150)
    await expect(page.locator("[role=option]")).to_have_count(0)
    await page.keyboard.type("保账户注销")
    await expect(page.locator("[role=option]").first).to_contain_text("医保账户怎么注销")
    await expect(page.locator("[role=option]").first).to_contain_text("99%")
    await page.keyboard.press("ArrowDown")
    await expect(page.locator("[role=option]").nth(1)).to_have_attribute("aria-selected", "true")
    await expect(page.locator("#q")).to_have_attribute("aria-activedescendant", "option-1")
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("Enter")
    await expect(page.locator("h1")).to_be_focused()
    loads = await page.evaluate("performance.getEntriesByType('navigation').length")
    await page.keyboard.press("2")
    await expect(page.locator("[data-detail=insured] [aria-pressed=true]")).to_have_text("参保人已去世")
    await page.keyboard.press("2")
    await expect(page.locator("[data-detail=outstanding-expenses] [aria-pressed=true]")).to_have_text("没有未结清费用")
    assert await page.evaluate("performance.getEntriesByType('navigation').length") == loads
    assert page.url.endswith(f"/entry/{CANCEL}?insured=deceased&outstanding-expenses=no")
    await page.keyboard.press("c")
    await toast(page, "已复制")
    text = await copied(page)
    assert text.startswith("停止缴费且没有未结清的医疗费用")
    assert "关系证明" in text
    assert text.endswith(f"\n\n编号 {CANCEL} · 版本 {knowledge.revision}")


async def test_keys_that_come_faster_than_answers_are_not_lost(site: Site) -> None:
    page = await site.open()

    async def slow(route: Route) -> None:
        await asyncio.sleep(0.2)
        await route.continue_()

    await page.route("**/parts/*", slow)
    await page.keyboard.type("医保账户注销")
    for key in ("Enter", "2", "2", "ArrowRight", "c"):
        await page.keyboard.press(key)
    await toast(page, "已复制")
    assert page.url.endswith("?insured=deceased&outstanding-expenses=no")
    assert "继承人或法定代理人的有效身份证件" in (text := await copied(page))
    assert text.startswith("医保账户怎么注销\n"), "the full answer, which the arrow opened"
    await expect(page.locator("#q")).to_have_value("医保账户注销")
    await page.locator("#q").fill("qq zz")
    await page.keyboard.press("Enter")
    await expect(page.locator("#q")).to_be_focused()


async def test_each_tab_copies_what_it_shows_and_the_reference_can_be_left_off(site: Site) -> None:
    page = await site.open(f"/entry/{CANCEL}?insured=deceased&outstanding-expenses=no")
    await page.locator("h1").focus()
    texts = []
    for heading in ("口述", "全文", "材料", "法条"):
        await expect(page.get_by_role("tab", name=heading)).to_have_attribute("aria-selected", "true")
        await page.keyboard.press("c")
        await toast(page, "已复制")
        texts.append(await copied(page))
        await page.keyboard.press("ArrowRight")
    assert "办理步骤：\n1. " in texts[1]
    assert texts[2].count("☐") == 4
    assert "参加职工基本医疗保险的个人，" in texts[3]
    await page.get_by_label("附编号").uncheck()
    await page.locator("h1").focus()
    await page.keyboard.press("m")
    await toast(page, "已复制")
    assert "编号" not in await copied(page)
    await page.reload()
    await expect(page.get_by_label("附编号")).not_to_be_checked()
    await page.get_by_label("附编号").check()
    await page.get_by_role("button", name="复制为短信").click()
    await toast(page, "已复制")
    sms = await copied(page)
    assert len(sms) <= 300
    assert sms.splitlines()[-1].startswith(f"编号 {CANCEL}")


async def test_papers_are_ticked_off_and_the_ticks_are_copied_and_survive_a_detail(site: Site) -> None:
    page = await site.open(f"/entry/{CANCEL}?insured=deceased")
    await page.get_by_role("tab", name="材料").click()
    await page.get_by_label("医保卡，原件和复印件").check()
    await expect(page.locator("[data-have]")).to_have_text("已有 1/5")
    await page.keyboard.press("2")
    await expect(page.locator("[data-have]")).to_have_text("已有 1/4")
    await expect(page.get_by_role("tab", name="材料")).to_have_attribute("aria-selected", "true")
    await page.keyboard.press("c")
    await toast(page, "已复制")
    assert "\n☑ 医保卡，原件和复印件\n" in await copied(page)


async def test_what_the_caller_said_is_known_and_a_chip_can_be_taken_back(site: Site) -> None:
    page = await site.open()
    await ask(page, QUESTION)
    await expect(page.locator("[data-detail=insured] [aria-pressed=true]")).to_have_text("参保人已去世")
    await expect(page.locator("[data-active] legend")).to_contain_text("还有没结清的医疗费用吗")
    await page.locator("[data-detail=insured] [aria-pressed=true]").click()
    await expect(page.locator("[data-active] legend")).to_contain_text("参保人现在是哪种情况")
    await expect(page.locator("[data-detail=insured] [data-option=deceased]")).to_be_focused()


async def test_keys_do_nothing_while_somebody_writes(site: Site) -> None:
    page = await site.open(f"/entry/{CANCEL}")
    await page.locator("#q").click()
    await page.keyboard.type("c2mp/?c 1")
    await expect(page.locator("#q")).to_have_value("c2mp/?c 1")
    await page.locator("#main [data-note]").click()
    await page.keyboard.type("c2p")
    await page.get_by_role("tab", name="法条").click()
    await page.locator("#law-q").click()
    await page.keyboard.type("2c")
    assert page.url.endswith(f"/entry/{CANCEL}")
    await expect(page.locator("[data-toasts] p")).to_have_count(0)
    await page.keyboard.press("Escape")
    await expect(page.locator("#q")).to_be_focused()
    await page.locator("h1").focus()
    await page.keyboard.press("Control+c")
    await expect(page.locator("[data-toasts] p")).to_have_count(0)
    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog")).to_be_visible()
    await page.keyboard.press("Escape")
    await page.keyboard.press("/")
    await expect(page.locator("#q")).to_be_focused()


async def test_an_answer_that_comes_late_does_not_replace_a_newer_one(site: Site) -> None:
    page = await site.open()

    async def slow_first(route: Route) -> None:
        if "停保" in (route.request.post_data or ""):
            await asyncio.sleep(0.7)
        await route.continue_()

    await page.route("**/parts/candidates", slow_first)
    await page.locator("#q").fill("停保")
    await page.wait_for_timeout(150)
    await page.locator("#q").fill("医保账户注销")
    await expect(page.locator("[role=option]").first).to_contain_text("医保账户怎么注销")
    await page.wait_for_timeout(900)
    await expect(page.locator("[role=option]").first).to_contain_text("医保账户怎么注销")
    await page.locator("#q").fill("停保材料")
    await page.keyboard.press("Enter")  # before its candidates are there: it waits for them
    await expect(page.locator("h1")).to_contain_text("停保")


async def test_the_language_changes_in_place(site: Site) -> None:
    page = await site.open()
    await ask(page, QUESTION)
    await page.get_by_role("link", name="English").click()
    await expect(page.locator("h1")).to_have_text("How to cancel a medical insurance account")
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    await expect(page.locator("#q")).to_have_value(QUESTION)
    await expect(page.locator("[data-detail=insured] [aria-pressed=true]")).to_have_text("Deceased")
    await page.get_by_role("tab", name="Papers").click()
    await page.locator("h1").focus()
    await page.keyboard.press("c")
    await toast(page, "Copied")
    assert (await copied(page)).endswith(
        f"Ref. {CANCEL} · revision {(await page.locator('.ref code').last.text_content())}"
    )
    await page.reload()
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    await page.get_by_role("link", name="中文").click()
    await expect(page.locator("h1")).to_have_text("医保账户怎么注销")


async def test_the_law_is_searched_word_for_word_and_what_is_found_is_copied(site: Site) -> None:
    page = await site.open(f"/entry/{CANCEL}")
    await page.get_by_role("tab", name="法条").click()
    await expect(page.locator("[data-law-cited] .quote")).to_have_count(5)
    await page.locator("#law-q").fill("58")
    await expect(page.locator("[data-law-found] .name")).to_have_text(re.compile("第五十八条"))
    await expect(page.locator("[data-law-cited]")).to_be_hidden()
    await page.get_by_role("tab", name="法条").focus()
    await page.keyboard.press("c")
    await toast(page, "已复制")
    assert "第五十八条" in (await copied(page)).splitlines()[0]
    await page.locator("#law-q").fill("职业病")
    await expect(page.locator("[data-law-found] mark").first).to_have_text("职业病")
    await page.locator("[data-law-found] .name a").first.click()
    await expect(page.locator("[data-article]")).to_be_visible()
    assert "/law/" in page.url
    await page.keyboard.press("c")
    await toast(page, "已复制")
    await page.go_back()
    await expect(page.locator("h1")).to_have_text("医保账户怎么注销")


async def test_recent_questions_are_masked_pinned_entries_stay_and_both_are_only_here(site: Site) -> None:
    page = await site.open()
    await ask(page, "我叫张三，电话13812345678，医保账户怎么注销")
    await expect(page.locator("[data-recent] a")).to_contain_text("医保账户怎么注销")
    kept = await page.evaluate("JSON.stringify(localStorage)")
    assert "张三" not in kept
    assert "13812345678" not in kept
    assert "13812345678" not in page.url
    await page.keyboard.press("p")
    await toast(page, "已置顶")
    await page.reload()
    await expect(page.locator("[data-pinned] a")).to_have_text("医保账户怎么注销")
    await page.get_by_role("button", name="清空").click()
    await expect(page.locator("[data-recent]")).to_be_hidden()
    await page.goto(site.address)
    await page.locator("[data-pinned] a").click()
    await expect(page.get_by_role("button", name="取消置顶")).to_be_visible()
    await page.keyboard.press("p")
    await expect(page.locator("[data-pinned]")).to_be_hidden()


async def test_one_click_tells_the_editor(site: Site) -> None:
    page = await site.open()
    await ask(page, QUESTION)
    await page.locator("#main [data-note]").fill("窗口说不要结算证明")
    await page.get_by_role("button", name="有错或过时").click()
    await toast(page, "已转给编辑")
    async with page.expect_response("**/parts/candidates"):
        await page.locator("#q").fill("怎么给汽车上牌照")
    await expect(page.locator("[data-candidates] .quiet")).to_be_visible()
    await page.locator("[data-candidates] [data-note]").fill("第三个人问了")
    async with page.expect_response("**/api/v1/feedback"):
        await page.locator("[data-candidates]").get_by_role("button", name="没有答上来").click()
    await expect(page.locator("[data-candidates]").get_by_role("button", name="没有答上来")).to_be_disabled()
    with sqlite3.connect(site.folder / "shebao.db") as connection:
        query = "select text, entry_id, verdict, note from feedback join questions on questions.id = question_id"
        rows = connection.execute(query + " order by feedback.id").fetchall()
    connection.close()
    assert rows == [(QUESTION, CANCEL, "bad", "窗口说不要结算证明"), ("怎么给汽车上牌照", None, "none", "第三个人问了")]


async def test_a_server_that_is_gone_is_said(site: Site) -> None:
    page = await site.open()
    await page.route("**/parts/*", lambda route: route.abort())
    await page.locator("#q").fill("医保")
    await toast(page, "服务没有应答")
    await page.unroute("**/parts/*")
    await page.keyboard.press("Enter")  # the same words again
    await expect(page.locator("[data-answer]")).to_be_visible()
    site.faults[:] = [fault for fault in site.faults if "ERR_FAILED" not in fault]


async def test_enter_never_opens_what_was_found_for_other_words(site: Site) -> None:
    page = await site.open()
    await page.locator("#q").fill("停保")
    await expect(page.locator("[role=option]").first).to_be_visible()
    await page.route("**/parts/*", lambda route: route.abort())
    await page.locator("#q").fill("工伤认定多久出结果")
    await toast(page, "服务没有应答")
    await expect(page.locator("[role=option]")).to_have_count(0)
    await page.unroute("**/parts/*")
    await page.keyboard.press("Enter")
    await expect(page.locator("h1")).to_contain_text("工伤认定")
    site.faults[:] = [fault for fault in site.faults if "ERR_FAILED" not in fault]


async def test_a_server_that_hangs_is_said_and_what_needs_none_works(site: Site) -> None:
    page = await site.open(f"/entry/{CANCEL}")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    await page.route("**/parts/*", hold)
    await page.locator("#q").fill("停保材料")
    await page.keyboard.press("Enter")
    await page.locator("[data-do=theme]").click()
    await expect(page.locator("html")).to_have_attribute("data-theme", "light")
    await toast(page, "服务没有应答")
    await page.locator("h1").focus()
    await page.keyboard.press("c")
    await toast(page, "已复制")
    await page.unroute("**/parts/*")


async def test_the_next_caller_has_not_ticked_anything_and_is_read_to_first(site: Site) -> None:
    page = await site.open()
    await ask(page, "医保账户注销")
    await page.get_by_role("tab", name="材料").click()
    await page.locator("[data-paper]").first.check()
    await page.locator("#main [data-note]").fill("上一位说的")
    await ask(page, "医保账户注销")
    await expect(page.locator("#main [data-note]")).to_have_value("")
    await page.get_by_role("tab", name="材料").click()
    await page.locator("[data-paper]").first.check()
    await page.locator(".brand").click()
    await expect(page.locator("#q")).to_be_focused()
    await ask(page, "我妈去世了医保怎么注销")
    await expect(page.get_by_role("tab", name="口述")).to_have_attribute("aria-selected", "true")
    await page.get_by_role("tab", name="材料").click()
    await expect(page.locator("[data-have]")).to_have_text(re.compile("^已有 0/"))


async def test_recent_questions_keep_the_callers_words(site: Site) -> None:
    page = await site.open()
    await ask(page, "我妈走了医保怎么注销")
    await ask(page, QUESTION)
    await ask(page, "停保要什么材料")
    recent = page.locator("[data-recent] a span")
    await expect(recent).to_have_text(["停保要什么材料", QUESTION, "我妈走了医保怎么注销"])
    await recent.nth(1).click()
    await expect(page.locator("[data-answer]")).to_have_attribute("data-question", QUESTION)
    await expect(recent).to_have_text([QUESTION, "停保要什么材料", "我妈走了医保怎么注销"])
    await page.go_back()
    await expect(page.locator("[data-answer]")).to_have_attribute("data-question", "停保要什么材料")
    await page.reload()
    await expect(page.locator("[data-answer]")).to_have_attribute("data-question", "停保要什么材料")


async def test_what_is_written_beside_an_answer_survives_a_detail_and_the_language(site: Site) -> None:
    page = await site.open()
    await ask(page, "医保账户注销要带什么材料")
    await page.locator("#main [data-note]").fill("窗口另要照片")
    await page.get_by_role("tab", name="法条").click()
    await page.locator("#law-q").fill("失業保險")
    await expect(page.locator("[data-law-found] mark").first).to_have_text("失业保险")
    await page.get_by_role("tab", name="材料").click()
    await page.locator("[data-paper]").nth(1).check()
    first = await page.locator("#panel-full .part").first.get_attribute("class")
    await page.locator("[data-active] [data-option]").first.click()
    await expect(page.locator("[data-changed]")).not_to_be_empty()
    for _ in range(2):
        await expect(page.locator("#main [data-note]")).to_have_value("窗口另要照片")
        await expect(page.locator("#law-q")).to_have_value("失業保險")
        await expect(page.locator("[data-paper]").nth(1)).to_be_checked()
        assert await page.locator("#panel-full .part").first.get_attribute("class") == first
        await page.get_by_role("link", name="English").or_(page.get_by_role("link", name="中文")).click()
        await page.wait_for_load_state("networkidle")


async def test_candidates_come_in_the_other_language_too(site: Site) -> None:
    page = await site.open()
    await page.locator("#q").fill("停保材料")
    await expect(page.locator("[role=option]").first).to_contain_text("停保")
    await page.get_by_role("link", name="English").click()
    await expect(page.locator("[role=option]").first).to_contain_text("stop")
    await page.locator("#q").focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("[data-answer]")).to_be_visible()


async def test_an_arrow_right_after_the_last_letter_counts_and_a_composing_input_method_is_left_alone(
    site: Site,
) -> None:
    page = await site.open()
    await page.locator("#q").fill("医保卡丢了")
    await page.keyboard.press("ArrowDown")
    await page.wait_for_timeout(300)
    await expect(page.locator("[role=option]").nth(1)).to_have_attribute("aria-selected", "true")
    key = "new KeyboardEvent('keydown', {key: 'Enter', keyCode: 229, bubbles: true})"
    await page.evaluate(f"document.querySelector('#q').dispatchEvent({key})")
    await page.wait_for_timeout(200)
    await expect(page.locator("[data-answer]")).to_have_count(0)


async def test_words_never_come_into_an_address_be_there_scripts_or_not(site: Site) -> None:
    context = await site.browser.new_context(java_script_enabled=False, locale="zh-CN")
    page = await context.new_page()
    await page.goto(f"{site.address}/entry/{CANCEL}")
    for panel in ("script", "full", "materials", "law"):
        await expect(page.locator(f"#panel-{panel}")).to_be_visible()
    await expect(page.locator(".bar, .judge, .search")).to_have_count(3)
    await expect(page.locator(".search")).to_be_hidden()
    assert await page.locator("form[data-search] [name]").count() == 0


async def test_what_was_typed_when_the_session_ended_is_there_after_the_login(
    site: Site, assistant: Assistant, tmp_path: Path
) -> None:
    async with desk(assistant, tmp_path, SHEBAO_DESK_PASSWORD="correct horse battery") as address:
        page = await opened(site.browser, address + "/")
        await page.get_by_label("密码").fill("correct horse battery")
        await page.keyboard.press("Enter")
        await expect(page.locator("[data-theme-name]")).not_to_be_empty()  # the scripts are at work
        await page.context.clear_cookies()
        await page.locator("#q").focus()
        await page.keyboard.insert_text("停保要什么材料")
        await expect(page.locator(".card")).to_contain_text("登录已过期")
        await page.get_by_label("密码").fill("correct horse battery")
        await page.keyboard.press("Enter")
        await expect(page.locator("#q")).to_have_value("停保要什么材料")
        await expect(page.locator("[role=option]").first).to_be_visible()
        # Logged out and in again in another tab: this page's token is of before.
        other = await page.context.new_page()
        await other.goto(address)
        await other.get_by_role("button", name="退出").click()
        await other.get_by_label("密码").fill("correct horse battery")
        await other.keyboard.press("Enter")
        await expect(other.locator("#q")).to_be_visible()
        await page.locator("[data-candidates]").get_by_role("button", name="没有答上来").click()
        await toast(page, "已转给编辑")
        draft = {"account": "wang", "question": "别人的话"}
        await page.evaluate("draft => sessionStorage.setItem('desk.draft', JSON.stringify(draft))", draft)
        await page.reload()
        await expect(page.locator("[data-welcome]")).to_be_visible()
        await page.wait_for_load_state("networkidle")
        await expect(page.locator("#q")).to_have_value("")
        await page.context.close()


async def test_the_theme_follows_the_system_until_one_is_chosen(site: Site) -> None:
    page = await site.open(scheme="dark")
    shade = "getComputedStyle(document.body).backgroundColor"
    dark = await page.evaluate(shade)
    await page.locator("[data-do=theme]").click()
    await expect(page.locator("[data-theme-name]")).to_have_text("浅色")
    light = await page.evaluate(shade)
    assert dark != light
    await page.reload()
    assert await page.evaluate(shade) == light


async def test_a_hand_out_has_steps_papers_and_law_and_nothing_to_press(site: Site) -> None:
    page = await site.open(f"/entry/{CANCEL}?insured=deceased")
    await page.emulate_media(media="print")
    for shown in ("#panel-full", "#panel-law", "h1"):
        await expect(page.locator(shown)).to_be_visible()
    for hidden in (".side", ".top", ".bar", "#panel-script", ".judge", ".acts", ".rests"):
        await expect(page.locator(hidden).first).to_be_hidden()
    await page.evaluate("document.documentElement.dataset.theme = 'dark'")
    assert await page.evaluate("getComputedStyle(document.querySelector('h1')).color") == "rgb(23, 33, 31)"


async def test_a_phone_shows_everything_without_scrolling_sideways(site: Site) -> None:
    page = await site.open(size=PHONE)
    await ask(page, QUESTION)
    await expect(page.locator("[data-candidates]")).to_be_hidden()
    await page.locator("[data-active] [data-option=no]").click()
    await expect(page.locator("[data-active]")).to_have_count(0)
    for name in ("口述", "全文", "材料", "法条"):
        await page.get_by_role("tab", name=name).click()
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
    for path in ("/", "/law/27", "/login"):
        await page.goto(site.address + path)
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    site.faults[:] = [fault for fault in site.faults if "404" not in fault]


async def test_a_phone_takes_the_next_question_while_an_answer_is_open(site: Site) -> None:
    page = await site.open(size=PHONE)
    await ask(page, QUESTION)
    await page.locator("#q").fill("怎么给汽车上牌照")
    async with page.expect_response("**/api/v1/feedback"):
        await page.locator("[data-candidates]").get_by_role("button", name="没有答上来").click()
    await page.locator("#q").fill("停保要什么材料")
    await page.locator("[role=option]").first.click()
    await expect(page.locator("h1")).to_contain_text("停保")
    await expect(page.locator("[data-candidates]")).to_be_hidden()
    for path in ("/", f"/entry/{CANCEL}", "/law"):
        await page.goto(f"{site.address}{path}?lang=en")
        for width in (390, 320):
            await page.set_viewport_size({"width": width, "height": 800})
            assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (path, width)


async def _findings(page: Page) -> list[str]:
    result = await page.evaluate(f"(async () => {{ {AXE}; return await axe.run(document); }})()")
    return [
        f"{each['id']} ({each['impact']}): {each['nodes'][0]['html'][:120]}"
        for each in result["violations"]
        if each["impact"] in SERIOUS
    ]


@pytest.mark.parametrize(
    ("scheme", "size", "language"),
    [("light", LAPTOP, "zh"), ("dark", LAPTOP, "en"), ("light", PHONE, "en"), ("dark", PHONE, "zh")],
)
async def test_a_screen_reader_and_weak_eyes_find_everything(
    site: Site, scheme: str, size: tuple[int, int], language: str
) -> None:
    page = await site.open(f"/?lang={language}", scheme=scheme, size=size)
    await page.locator("#q").fill("医保账户注销")
    await expect(page.locator("[role=option]").first).to_be_visible()
    found = {"welcome, candidates": await _findings(page)}
    await page.keyboard.press("Enter")
    await expect(page.locator("[data-answer]")).to_be_visible()
    await page.locator("#law-q").evaluate(
        "field => { field.value = '失业'; field.dispatchEvent(new Event('input', {bubbles: true})); }"
    )
    await expect(page.locator("[data-law-found] .quote").first).to_be_attached()
    await page.evaluate(
        "document.querySelectorAll('[role=tabpanel]').forEach((panel) => panel.toggleAttribute('data-open', true))"
    )
    found["all tabs"] = await _findings(page)
    for path in ("/law/27", "/law"):
        await page.goto(site.address + path)
        found[path] = await _findings(page)
    assert {name: each for name, each in found.items() if each} == {}


async def test_the_login_page_has_no_finding_and_lets_in(site: Site, assistant: Assistant, tmp_path: Path) -> None:
    async with desk(assistant, tmp_path, SHEBAO_DESK_PASSWORD="correct horse battery") as address:
        page = await opened(site.browser, address + f"/entry/{CANCEL}")
        assert await _findings(page) == []
        await page.get_by_label("密码").fill("correct horse battery")
        await page.keyboard.press("Enter")
        await expect(page.locator("h1")).to_have_text("医保账户怎么注销")
        await expect(page.locator("h1")).to_be_focused()
        await page.get_by_role("button", name="退出").click()
        await expect(page.get_by_label("密码")).to_be_visible()
        await page.context.close()
