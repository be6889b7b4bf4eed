"""Every sentence of the desk's own, in both languages."""

from __future__ import annotations

from bot.language import Language, Text


def _t(zh: str, en: str) -> Text:
    return Text.model_construct(zh=zh, en=en)


TEXTS: dict[str, Text] = {
    "title": _t("社保坐席台", "Social insurance desk"),
    "skip": _t("跳到答案", "Skip to the answer"),
    "search": _t("来电人怎么说", "What the caller says"),
    "placeholder": _t("输入来电人的话，或条文号，如“第27条”", "The caller’s words, or “article 27”"),
    "candidates": _t("可能的问题", "What it may be"),
    "sure": _t("把握大", "sure"),
    "likely": _t("可能是", "may be"),
    "unsure": _t("把握小", "unlikely"),
    "confidence": _t("把握 {percent}%", "{percent} % sure"),
    "matched": _t("对上：", "Matched: "),
    "nothing": _t(
        "没有对得上的问题，换个说法再试。仍没有的，记下来转给编辑；医保的事也可请来电人拨打 12393。",
        "Nothing fits: try other words. If there is still nothing, tell the editor; for medical insurance the caller may also call 12393.",
    ),
    "doubtful": _t("都没有把握，请先问清楚。", "None of these is likely: ask the caller first."),
    "count": _t("{count} 个候选，按回车打开第一个", "{count} candidates; Enter opens the first"),
    "pinned": _t("置顶", "Pinned"),
    "recent": _t("最近问过", "Recent"),
    "recent_note": _t("只存在这个浏览器里，已隐去个人信息。", "Kept in this browser only, personal data masked."),
    "clear": _t("清空", "Clear"),
    "cleared": _t("最近的问题已清空", "Recent questions cleared"),
    "topics": _t("全部问题", "All questions"),
    "welcome": _t("接起电话，边听边输入", "Pick up, listen, type"),
    "welcome_note": _t(
        "从第二个字起就有候选。回车打开，数字键选情况，C 复制。",
        "Candidates appear from the second character on. Enter opens, digits choose the case, C copies.",
    ),
    "ask_now": _t("请问来电人", "Ask the caller"),
    "known": _t("已知", "Known"),
    "ask_later": _t("还要问", "Then ask"),
    "unknown": _t("不清楚", "Not known"),
    "tab_script": _t("口述", "Read out"),
    "tab_full": _t("全文", "Full answer"),
    "tab_materials": _t("材料", "Papers"),
    "tab_law": _t("法条", "Law"),
    "tabs": _t("答案的形式", "Forms of the answer"),
    "no_materials": _t("这个问题没有材料清单。", "There is no list of papers for this question."),
    "checklist": _t("逐项核对，勾选来电人已有的", "Go through it with the caller and tick what they have"),
    "have": _t("已有 {done}/{all}", "{done} of {all}"),
    "law_search": _t("在全部条文里查找", "Search all articles"),
    "law_placeholder": _t("条文号或关键词", "A number or words"),
    "law_found": _t("找到 {count} 条", "{count} found"),
    "law_more": _t("还有 {count} 条没有列出，请加一个词。", "{count} more are not listed; add a word."),
    "law_none": _t("条文里没有这些字。", "No article holds these words."),
    "law_all": _t("全部条文", "All articles"),
    "official": _t("中文为正式文本", "The Chinese text is the official one"),
    "cited_by": _t("用到这一条的问题", "Questions that rest on this article"),
    "previous": _t("上一条", "Previous"),
    "next": _t("下一条", "Next"),
    "copy": _t("复制", "Copy"),
    "copy_sms": _t("复制为短信", "Copy as SMS"),
    "copied": _t("已复制，共 {count} 字", "Copied, {count} characters"),
    "copy_failed": _t("浏览器不让复制，请手动选取。", "The browser does not allow copying: select the text yourself."),
    "nothing_to_copy": _t("这一页没有可复制的内容", "There is nothing to copy here"),
    "with_reference": _t("附编号", "With reference"),
    "pin": _t("置顶", "Pin"),
    "unpin": _t("取消置顶", "Unpin"),
    "pinned_now": _t("已置顶", "Pinned"),
    "unpinned_now": _t("已取消置顶", "Unpinned"),
    "link": _t("复制链接", "Copy link"),
    "link_copied": _t("链接已复制", "Link copied"),
    "print": _t("打印", "Print"),
    "not_answered": _t("没有答上来", "Not answered"),
    "wrong": _t("有错或过时", "Wrong or outdated"),
    "note": _t("补充说明（可不填，请勿写个人信息）", "Note (optional; no personal data)"),
    "send": _t("发给编辑", "Send to the editor"),
    "cancel": _t("取消", "Cancel"),
    "sent": _t("已转给编辑，谢谢", "Sent to the editor, thank you"),
    "see": _t("相关问题", "Related questions"),
    "entry_id": _t("编号", "Ref."),
    "revision": _t("版本", "revision"),
    "reviewed": _t("{date} 核对", "reviewed {date}"),
    "language": _t("English", "中文"),
    "language_hint": _t("切换到英文", "Switch to Chinese"),
    "theme": _t("明暗", "Theme"),
    "theme_auto": _t("跟随系统", "System"),
    "theme_light": _t("浅色", "Light"),
    "theme_dark": _t("深色", "Dark"),
    "tools": _t("工具", "Tools"),
    "keys": _t("快捷键", "Keys"),
    "keys_title": _t("键盘就够了", "The keyboard suffices"),
    "close": _t("关闭", "Close"),
    "key_search": _t("回到输入框", "Back to the search box"),
    "key_arrows": _t("选候选，打开", "Choose a candidate, open it"),
    "key_digits": _t("选当前要问的情况", "Choose an option of the open question"),
    "key_tabs": _t("换答案的形式", "Switch between the forms of the answer"),
    "key_copy": _t("复制眼前这一页", "Copy what the open tab shows"),
    "key_sms": _t("复制为短信（不超过 300 字）", "Copy as SMS (300 characters at most)"),
    "key_pin": _t("置顶或取消", "Pin or unpin"),
    "key_help": _t("这张表", "This list"),
    "offline": _t("服务没有应答，请稍后再试。", "The server does not answer. Try again in a moment."),
    "stale": _t("页面已过期，请刷新（F5）。", "The page is out of date: load it again (F5)."),
    "login": _t("登录", "Log in"),
    "login_title": _t("坐席登录", "Log in to the desk"),
    "login_wrong_password": _t("密码不对。", "The password is wrong."),
    "login_cookie": _t(
        "浏览器没有留住这一页的 Cookie：请用 https 开头的地址打开，并允许 Cookie。",
        "The browser did not keep this page’s cookie: open the desk by its https address, and allow cookies.",
    ),
    "login_ended": _t(
        "登录已过期，请重新登录。刚才输入的还在。", "The session has ended: log in again. What you typed is kept."
    ),
    "name": _t("账号", "Name"),
    "password": _t("密码", "Password"),
    "login_wrong": _t("账号或密码不对。", "Name or password is wrong."),
    "login_wait": _t("错得太多，请 {seconds} 秒后再试。", "Too many wrong attempts. Try again in {seconds} s."),
    "logout": _t("退出", "Log out"),
    "trouble": _t("打不开这一页", "This page cannot be shown"),
    "refused": _t("不能这样打开。", "It cannot be opened like this."),
    "not_found": _t("没有这个条目或条文。", "There is no such entry or article."),
    "home": _t("回到首页", "To the start"),
    "noscript": _t(
        "查找要用到 JavaScript；条目和条文的页面不用。",
        "Searching needs JavaScript; the pages of entries and articles do not.",
    ),
    "local_rules": _t(
        "各地规定可能不同，以当地经办机构答复为准",
        "Local rules differ; the agency where the person is insured has the last word",
    ),
}

SCRIPT_KEYS = (
    "copied", "copy_failed", "nothing_to_copy", "pinned_now", "unpinned_now", "pin", "unpin", "link_copied", "sent",
    "cleared", "offline", "stale", "have", "theme_auto", "theme_light", "theme_dark",
)  # fmt: skip
"""What the page's scripts say."""


class Speech:
    """The texts in one language, as a template asks for them: `say("copied", count=3)`.

    Args:
        language: which.
    """

    def __init__(self, language: Language) -> None:
        self.language = language

    def __call__(self, key: str, **values: object) -> str:
        """A text, filled in."""
        text = TEXTS[key].of(self.language)
        return text.format(**values) if values else text
