"""What `shebao doctor` says, in Chinese and English."""

from __future__ import annotations

from bot.language import Text
from bot.wording import both

CHECKS: dict[str, Text] = {
    "settings": both("设置", "Settings"),
    "knowledge": both("知识文件", "Knowledge"),
    "data folder": both("数据目录", "Data folder"),
    "database": both("数据库", "Database"),
    "inbox": both("收件箱", "Inbox"),
    "outbox": both("发件箱", "Outbox"),
    "telegram": both("Telegram", "Telegram"),
    "clock": both("本机时间", "Clock"),
    "webhook": both("Webhook", "Webhook"),
    "process": both("运行中的进程", "Running process"),
    "pictures": both("清单图片", "Pictures"),
}
SETTINGS = both("可以使用；接收方式：{way}", "can be used; updates come by {way}")
KNOWLEDGE_WRONG = both(
    "有 {count} 处错误，第一处：{first}。请运行 shebao check 查看全部并改正。",
    "mistakes: {count}, the first: {first}. Run shebao check to see them all, and mend them.",
)
DATA = both("{folder} 可以写入，剩余 {free} MiB", "{folder} can be written, {free} MiB free")
DATA_WRONG = both(
    "{folder} 无法写入（{reason}）。请修改权限，或用 SHEBAO_DATA_DIR 换一个目录。",
    "{folder} cannot be written ({reason}). Make it writable, or name another folder in SHEBAO_DATA_DIR.",
)
DATA_FULL = both(
    "{folder} 只剩 {free} MiB。请清理磁盘，至少留出 {needed} MiB。",
    "{folder} has only {free} MiB left. Free some space; at least {needed} MiB are needed.",
)
DATABASE = both("可以访问，表结构是最新的", "answers, and its tables are up to date")
DATABASE_NEW = both("还没有建立，首次启动时会自动建立", "not there yet; the first start makes it")
DATABASE_OLD = both(
    "表结构与本版本不一致。SQLite：重新启动即可更新；PostgreSQL：请运行 shebao migrate。",
    "its tables are not this version’s. SQLite: starting the bot updates them; PostgreSQL: run shebao migrate.",
)
DATABASE_WRONG = both(
    "无法访问（{reason}）。请检查 SHEBAO_DATABASE_URL，以及数据库是否在运行。",
    "does not answer ({reason}). Check SHEBAO_DATABASE_URL, and whether the database is running.",
)
QUEUE = both("等待处理 {waiting} 条，放弃 {failed} 条", "{waiting} waiting, {failed} given up")
FAILED = both(
    "等待处理 {waiting} 条，放弃 {failed} 条。最近的错误：{errors}。请把错误信息报告给开发者。",
    "{waiting} waiting, {failed} given up. The latest errors: {errors}. Please report them to the developers.",
)
NO_TOKEN = both(
    "没有设置 TELEGRAM_BOT_TOKEN，只有坐席页面和终端对话",
    "TELEGRAM_BOT_TOKEN is not set: there are only the desk and the terminal",
)
TELEGRAM = both("令牌有效，机器人是 @{name}", "the token is valid, the bot is @{name}")
TOKEN_WRONG = both(
    "Telegram 不接受这个令牌。请从 @BotFather 重新复制到 TELEGRAM_BOT_TOKEN。",
    "refuses the token. Copy it from @BotFather again into TELEGRAM_BOT_TOKEN.",
)
TELEGRAM_WRONG = both(
    "连接不上 {address}（{reason}）。请检查网络、代理和 TELEGRAM_API_BASE_URL。",
    "{address} cannot be reached ({reason}). Check the network, the proxy and TELEGRAM_API_BASE_URL.",
)
CLOCK = both("与 Telegram 相差 {seconds} 秒", "{seconds} s from Telegram’s")
CLOCK_WRONG = both(
    "与 Telegram 相差 {seconds} 秒。请打开自动对时（例如 timedatectl set-ntp true）。",
    "{seconds} s from Telegram’s. Let the machine set it by itself (for example timedatectl set-ntp true).",
)
CLOCK_UNKNOWN = both("服务器没有给出时间，无法比较", "the server gives no time to compare with")
POLLING = both(
    "没有登记，由机器人主动获取消息，符合设置", "none is registered; the bot fetches updates, as the settings say"
)
WEBHOOK = both("已登记 {url}，待送达 {pending} 条", "{url} is registered, {pending} updates wait there")
WEBHOOK_LEFT = both(
    "Telegram 那边登记着 {url}，而设置里没有。机器人启动时会取消登记；如果它属于另一个程序，请换一个令牌。",
    "{url} is registered, but not in the settings. Starting the bot removes it; if it belongs to another program, use another token.",
)
WEBHOOK_MISSING = both(
    "Telegram 那边登记的是“{found}”，而不是 {url}。请启动机器人；如果已在运行，请查看日志。",
    "“{found}” is registered, not {url}. Start the bot; if it runs, look into its log.",
)
WEBHOOK_WRONG = both(
    "待送达 {pending} 条；{minutes} 分钟前 Telegram 报告：{reason}。请检查反向代理、证书和 SHEBAO_WEBHOOK_SECRET。",
    "{pending} updates wait; {minutes} minutes ago Telegram said: {reason}. Check the reverse proxy, its certificate and SHEBAO_WEBHOOK_SECRET.",
)
PROCESS = both("{url} 有应答", "{url} answers")
PROCESS_WRONG = both(
    "{url} 没有应答（{reason}）。请查看机器人是否在运行。",
    "{url} does not answer ({reason}). See whether the bot is running.",
)
FONT = both("可以画材料清单，字体是 {font}", "lists of papers are written in {font}")
NO_FONT = both(
    "没有中文字体，所以不提供材料清单图片。请运行 apt-get install {package}，或用 SHEBAO_FONT 指定字体文件。",
    "there is no Chinese font, so lists of papers are not offered as pictures. Run apt-get install {package}, or name a font’s file in SHEBAO_FONT.",
)
ALL_WELL = both("一切正常。", "All is well.")
WRONG = both("有 {count} 项需要处理。", "{count} to be mended.")
