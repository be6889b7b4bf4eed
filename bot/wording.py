"""Every sentence that the bot itself says, in Chinese and English; what it knows stands in the knowledge files."""

from __future__ import annotations

from bot.language import Language, Text


def both(zh: str, en: str) -> Text:
    """A text of ours. Not validated: some are separators, whose spaces count."""
    return Text.model_construct(zh=zh, en=en)


_t = both


# ------------------------------------------------------------------ answers
SECTIONS: dict[str, Text] = {
    "conditions": _t("适用条件", "When this applies"),
    "steps": _t("办理步骤", "Steps"),
    "materials": _t("所需材料", "Papers to bring"),
    "where": _t("在哪里办", "Where"),
    "how long": _t("时限和期限", "Time limits"),
    "effects": _t("有什么影响", "What follows"),
    "warnings": _t("请注意", "Please note"),
    "law": _t("法律依据", "Legal basis"),
}
IF_ANY = _t("（如有）", " (if any)")
SOURCES = _t("资料来源", "Sources")
RELATED = _t("相关问题", "Related questions")
IN_SHORT = _t("内容概要", "in short")
LOCAL_RULES = _t(
    "各地规定可能不同，请以当地经办机构的答复为准。咨询电话：社会保险 12333，医疗保险 12393。",
    "Local rules differ: the agency where the person is insured has the last word. Hotlines: 12333 (social insurance), 12393 (medical insurance).",
)
SHORTENED = _t(
    "（内容较长，这里没有列全，可以私聊机器人看全文。）",
    "(Too long to be shown in full here: ask the bot in a private chat for all of it.)",
)
TRANSLATION = _t("以下为本项目的译文；以中文正式文本为准。", "Our translation; the Chinese text is the official one.")
ARTICLE = _t("《{statute}》第{number}条", "{statute}, Article {number}")
ARTICLE_ALONE = _t("第{number}条", "Article {number}")
CHAPTER = _t("第{number}章 {title}", "Chapter {number}: {title}")
IF = _t("{label}：", "{label}: ")
OR = _t("或", " or ")
AND = _t("，", ", ")
PASSAGES: dict[str, Text] = {
    "bring": _t("请带", "Please bring"),
    "where": _t("在哪里办", "Where"),
}
SMS_HOTLINE = _t("咨询：社保12333，医保12393。", "Hotlines: 12333, medical insurance 12393.")
REFERENCE = _t("编号 {entry} · 版本 {revision}", "Ref. {entry} · revision {revision}")
LIST_COMMA = _t("、", ", ")
CASE = _t("您的情况", "Your case")
CASE_COMMA = _t("，", "; ")
REVIEWED = _t("内容核对日期：{date}", "Held against its sources on {date}")

# ------------------------------------------------------------------ conversation
GREETING = _t(
    "您好，我可以回答社保、医保方面的问题。请直接说您想办什么事，例如“医保账户怎么注销”。",
    "Hello. I answer questions about social and medical insurance. Just say what you need, for example “how do I cancel a medical insurance account?”",
)
THANKS = _t("不客气，还有问题请直接发给我。", "You are welcome. Send me another question any time.")
HELP = _t(
    "用平常的话提问就可以，例如“停保需要什么材料”。如果答案因人而异，我会先问清楚；点选项或打字回答都行。\n"
    "随时可以说“返回”改上一个回答，“重新开始”从头再来，“算了”不问了。\n"
    "想看法律原文，发“第二十七条”。\n"
    "想删除这里保存的全部对话记录，发 /forget。请不要发送证件号、电话等个人信息，办事咨询用不着。",
    "Ask in everyday words, for example “which papers do I need to stop medical insurance?”. If the answer depends on your case, I "
    "ask first; press an option or type.\n"
    "Say “back” to change your last reply, “start over” to begin again, “cancel” to drop the question.\n"
    "To read an article of the law, send “article 27”.\n"
    "To erase everything kept of our conversation, send /forget. Please send no ID or phone numbers: no answer needs them.",
)
EMPTY = _t("请用文字写下您的问题。", "Please write your question in words.")
ONLY_TEXT = _t("我只能看懂文字，请把问题打字发给我。", "I can only read text. Please type your question.")
NONE = _t(
    "这个问题我答不上来，不想误导您。请拨打 12333（社会保险）或 12393（医疗保险）咨询。",
    "I do not know the answer to this, and will not guess. Please call 12333 (social insurance) or 12393 (medical insurance).",
)
NONE_TOPICS = _t("我能回答的问题，例如：", "What I can help with, for example:")
CLARIFY = _t("您想问的是哪一个？", "Which of these do you mean?")
ALSO_ASKED = _t("您还问到“{title}”", "You also asked “{title}”")
ALSO_LATER = _t(
    "（您还问到“{title}”，答完这一项再为您说明。）", "(You also asked “{title}”; I will come to that next.)"
)
NONE_OF_THESE = _t("都不是", "None of these")
DONT_KNOW = _t("不清楚", "I don’t know")
NOT_UNDERSTOOD = _t(
    "没有看懂您的回答。请点选或回复序号。", "I did not understand that. Please press or type one of the options."
)
EXPLAIN = _t(
    "问这个是因为答案会因此不同。说不准的话，选“不清楚”，我会把各种情况都列出来。",
    "I ask because the answer depends on it. If you cannot tell, choose “I don’t know” and I will show every case.",
)
DISTRESS = _t(
    "您现在一定很难受。请不要一个人扛着：可以拨打全国统一心理援助热线 12356；有危险时请马上拨打 120 或 110。",
    "I am sorry that you are in such distress. Please do not carry it alone: call the national psychological support hotline "
    "12356, or 120 or 110 if you are in danger.",
)
CANCELLED = _t(
    "好的，这个问题不再继续。需要时请再问我。", "All right, I have dropped that question. Ask me whenever you like."
)
NOTHING_TO_CANCEL = _t(
    "现在没有进行中的问题。您可以直接提问。", "There is no open question. You can ask one right away."
)
STARTED_OVER = _t("好的，我们重新开始。请说您想问什么。", "All right, let us start over. What would you like to ask?")
NOTHING_BEFORE = _t("前面没有可以返回的内容。", "There is nothing to go back to.")
OLD_CHOICE = _t("这个选项已经过时，请重新提问。", "That option is out of date. Please ask again.")
EXPIRED = _t(
    "（之前的问题已超过半小时，按新问题处理。）",
    "(Your earlier question is more than half an hour old, so I took this as a new one.)",
)
NO_ARTICLE = _t(
    "《社会保险法》一共{count}条，没有第{number}条。",
    "The Social Insurance Law has {count} articles; there is no Article {number}.",
)
NO_SUMMARY = _t(
    "这里没有《{statute}》第{number}条的内容。有概要的是第{known}条。",
    "I have nothing on Article {number} of the {statute}. I have summaries of articles {known}.",
)
TOPICS = _t("您想了解哪一方面？", "Which of these is it about?")
TOPIC: dict[str, Text] = {
    "medical": _t("医疗保险", "Medical insurance"),
    "pension": _t("养老保险", "Pension"),
    "work-injury": _t("工伤保险", "Work injury insurance"),
    "unemployment": _t("失业保险", "Unemployment insurance"),
    "maternity": _t("生育保险", "Maternity insurance"),
    "general": _t("参保缴费与办事", "Joining, paying, getting things done"),
}
TOPIC_QUESTIONS = _t("{topic}，我能回答这些问题：", "{topic}: I can answer these questions:")
TOO_LONG = _t("（内容较长，只看了前面一部分。）", "(That was long: I read only the first part.)")

# ------------------------------------------------------------------ terminal
CONNECT_TELEGRAM = _t(
    "要接入 Telegram：设置环境变量 TELEGRAM_BOT_TOKEN 后重新运行。要在终端里对话：shebao chat。",
    "To connect Telegram, set TELEGRAM_BOT_TOKEN and run again. To talk in the terminal: shebao chat.",
)
DESK_AT = _t("坐席页面：{url}", "The desk: {url}")
DESK_BEHIND = _t(
    "坐席页面监听 {url}。其他机器要经反向代理用 https 打开，见 docs/desk.md。",
    "The desk listens on {url}. Other machines open it by https, through a reverse proxy: see docs/desk.md.",
)

# ------------------------------------------------------------------ Telegram
COMMANDS: dict[str, Text] = {
    "start": _t("开始使用", "Start"),
    "ask": _t("提问，如 /ask 社保卡丢了怎么办", "Ask, e.g. /ask how do I replace a lost card"),
    "help": _t("使用说明", "How to use this bot"),
    "topics": _t("能回答哪些问题", "Questions I can answer"),
    "law": _t("查看社会保险法条文，如 /law 27", "Read an article of the law, e.g. /law 27"),
    "lang": _t("切换语言：简体、繁体、英文", "Switch language: Simplified or Traditional Chinese, English"),
    "cancel": _t("放弃当前问题", "Drop the current question"),
    "forget": _t("删除您的全部记录", "Erase everything kept about you"),
}
GROUP_COMMANDS = ("ask", "law", "help", "lang", "forget")
"""What may be said in groups."""
BOT_DESCRIPTION = _t(
    "社保、医保问题，用平常的话问就行。我会告诉您办理步骤、所需材料和法律依据。不知道的，会告诉您打哪个电话。",
    "Ask about China’s social and medical insurance in everyday words. I reply with steps, papers and the articles of the law. "
    "When I do not know, I say whom to call.",
)
BOT_SHORT_DESCRIPTION = _t(
    "社保、医保问答：步骤、材料、法律依据", "Social and medical insurance: steps, papers, the law"
)
COPY_SCRIPT = _t("复制简短说明", "Copy short version")
COPY_MATERIALS = _t("复制材料清单", "Copy list of papers")
PICTURE = _t("材料清单图片", "Papers as a picture")
HELPFUL = _t("👍 有用", "👍 Helpful")
NOT_HELPFUL = _t("👎 没用", "👎 Not helpful")
FEEDBACK_THANKS = _t("谢谢您的反馈。", "Thank you for telling us.")
ASK_HERE = _t(
    "请把问题完整地写在这里，例如“停保需要什么材料”。答案因人而异的，我会先问清楚。",
    "Please write your whole question here, for example “which papers do I need to stop medical insurance?”. If the answer depends "
    "on your case, I ask first.",
)
INLINE_NOTHING = _t("没有找到，点这里私聊提问", "Nothing found: ask in a private chat")
ASK_LAW = _t("要看第几条？例如：/law 27", "Which article? For example: /law 27")
LANGUAGES: dict[Language, str] = {"zh": "简体中文", "zh-hant": "繁體中文", "en": "English"}
CHOOSE_LANGUAGE = _t("请选择语言 / Choose a language", "请选择语言 / Choose a language")
LANGUAGE_SET = _t(
    "好的，按钮和说明用中文。您用哪种语言提问，我就用哪种语言回答。",
    "All right, buttons and help are in English. I answer each question in its own language.",
)
FORGOTTEN = _t(
    "您的对话、提问和评价都已删除。以后再发消息，我会当作第一次联系。Telegram 里的聊天记录请您自己清除。",
    "Your conversation, questions and feedback are erased. If you write again, I will take it as the first time. The messages in "
    "Telegram itself are for you to delete.",
)
# ------------------------------------------------------------------ groups and forwarded questions
INTRODUCTION = _t(
    "大家好，我回答社保、医保问题：@{name} 加上问题，或者回复别人的提问并 @{name}（发 /ask 也行）。平时不打扰。",
    "Hello. I answer questions about social and medical insurance: write @{name} and the question, or reply to somebody’s "
    "question with @{name} or /ask. Otherwise I stay silent.",
)
GROUP_HELP = _t(
    "写 @{name} 加上问题，或者回复别人的提问发 /ask。查法条发 /law 27。细聊请点下面的按钮，到私聊里问。",
    "Write @{name} and the question, or reply to somebody’s question with /ask. /law 27 shows an article. To talk it over, press below.",
)
GROUP_EMPTY = _t(
    "请在 @{name} 后面写上问题，例如“@{name} 社保卡丢了怎么办”，或者回复别人的提问。",
    "Please write the question behind @{name}, for example “@{name} how do I replace a lost card?”, or reply to somebody’s question.",
)
GROUP_NO_TEXT = _t(
    "那条消息里没有文字，请把问题打字发出来。", "There is no text in that message. Please type the question."
)
NOT_YOURS = _t("只有提问的人和群管理员可以点。", "Only who asked, and the group’s admins, can press this.")
ADMINS_ONLY = _t("只有群管理员可以设置。", "Only the group’s admins can set this.")
PARTS: dict[str, Text] = {
    "steps": _t("办理步骤", "Steps"),
    "materials": _t("所需材料", "Papers"),
    "law": _t("法律依据", "Law"),
}
FOLD = _t("收起 {part}", "Hide {part}")
IN_PRIVATE = _t("私聊看全文", "Whole answer in private")
ASK_IN_PRIVATE = _t("私聊提问", "Ask in private")
FORGOTTEN_IN_GROUP = _t("您在这里和私聊中的记录都已删除。", "What was kept of you, here and in private, is erased.")
ONLY_IF = _t("如果：{label}", "If: {label}")
FORWARDED = _t("问：", "Question: ")
POST_IN = _t("发到「{group}」", "Post in “{group}”")
POSTED = _t("已发到群里。", "Posted in the group.")
NOT_POSTED = _t(
    "发不了：您要是那个群的管理员，我也要在群里。",
    "That cannot be posted: you must be an admin of the group, and I must be in it.",
)
SLOW_DOWN = _t("您问得有点快，请稍等一分钟再问。", "That is a lot of questions. Please wait a minute and ask again.")
UNKNOWN_COMMAND = _t(
    "没有这个命令。发 /help 看使用说明。", "There is no such command. Send /help to see how to use this bot."
)
TROUBLE = _t(
    "抱歉，刚才这条消息没能处理。请换个说法再问，或拨打 12333、12393。",
    "Sorry, that message could not be handled. Please ask in other words, or call 12333 or 12393.",
)

# ------------------------------------------------------------------ admins
KNOWLEDGE_HELD = _t("共 {entries} 个条目，版本 {revision}", "{entries} entries, revision {revision}")
ADMIN_COMMANDS: dict[str, Text] = {
    "stats": _t("运行统计", "Figures"),
    "unanswered": _t("没答好的问题，如 /unanswered 30", "Questions not answered well, e.g. /unanswered 30"),
    "reload": _t("重新载入知识文件", "Load the knowledge files anew"),
}
STATS_TODAY = _t("今天（北京时间）", "Today (Beijing time)")
STATS_WEEK = _t("最近 7 天", "Last 7 days")
STATS_MONTH = _t("最近 30 天", "Last 30 days")
STATS_QUESTIONS = _t(
    "提问 {total}：回答 {answered}，追问情况 {asking}，请用户挑选 {clarify}，答不上来 {none}",
    "{total} questions: {answered} answered, {asking} asked for details, {clarify} asked which is meant, {none} not known",
)
STATS_SHARE = _t("答得上来的占 {share}%（不算追问和挑选）", "{share}% answered (of those answered or not known)")
STATS_ASKED = _t("最近 30 天回答最多的", "Answered most in the last 30 days")
STATS_COUNT = _t("{title}（{count}）", "{title} ({count})")
STATS_BOT = _t("机器人", "The bot")
STATS_QUEUES = _t(
    "收件箱：待处理 {inbox}，搁置 {aside}\n发件箱：待发 {outbox}，未能送达 {refused}",
    "Inbox: {inbox} waiting, {aside} set aside\nOutbox: {outbox} waiting, {refused} refused",
)
STATS_UPTIME = _t(
    "本进程已运行 {days} 天 {hours} 小时 {minutes} 分", "This process has run for {days} d {hours} h {minutes} min"
)
UNANSWERED = _t(
    "最近 {days} 天没答好的问题，新的在前", "Questions not answered well, last {days} days, the newest first"
)
UNANSWERED_NO = _t("最近 {days} 天没有答不好的问题。", "Every question of the last {days} days was answered well.")
UNANSWERED_MORE = _t("还有 {count} 个没有列出。", "{count} more are not listed.")
UNANSWERED_DAYS = _t(
    "请写 1 到 365 之间的天数，例如：/unanswered 30",
    "Write a number of days from 1 to 365, for example: /unanswered 30",
)
RELOADED = _t(
    "知识已更新：版本 {before} → {after}，条目 {entries_before} → {entries} 个。",
    "The knowledge is up to date: revision {before} → {after}, entries {entries_before} → {entries}.",
)
RELOAD_UNCHANGED = _t(
    "知识文件没有变化：版本 {after}，共 {entries} 个条目。",
    "The knowledge files have not changed: revision {after}, {entries} entries.",
)
RELOAD_REFUSED = _t(
    "知识文件有 {count} 处错误，没有采用，仍按版本 {revision} 回答。改正后请再发 /reload：",
    "Mistakes in the knowledge files: {count}. They are not used; revision {revision} goes on answering. Mend them and send /reload again:",
)
RELOAD_FAILED = _t(
    "没能载入知识文件（{reason}），仍按版本 {revision} 回答。详情见日志。",
    "The knowledge files could not be loaded ({reason}); revision {revision} goes on answering. The log says more.",
)

# ------------------------------------------------------------------ shebao feedback
VERDICTS: dict[str, Text] = {
    "up": _t("👍 有用", "👍 helpful"),
    "down": _t("👎 没用", "👎 not helpful"),
    "none": _t("没有答上来", "not answered"),
    "bad": _t("有错或过时", "wrong or outdated"),
}
NO_FEEDBACK = _t("还没有反馈。", "There is no feedback yet.")
