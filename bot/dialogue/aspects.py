"""Which part of an answer a question asks for."""

from __future__ import annotations

import re

from bot.knowledge import Aspect
from bot.matching import normalise

# In this order: "去哪里办要带什么材料" asks for papers first of all, "materials needed by law" for papers too.
_CUES: tuple[tuple[Aspect, re.Pattern[str]], ...] = (
    (
        "materials",
        re.compile(
            r"材料|证件|资料|清单|原件|复印件|(?:带|准备|提供|提交|交|拿)(?:些|点)?(?:什么|啥|哪些|咩|乜)|要(?:什么|啥|哪些|咩|乜)(?:证|手续|东西|单)|"
            r"哪些证|什么证|啥证|cailiao|zhengjian|dai (?:shenme|sha)|"
            r"\bdocuments?\b|\bpapers\b|\bpaperwork\b|\bmaterials?\b|\bwhat (?:do|should|must|shall) i (?:bring|take|prepare)|\bneed to bring|\bbring with"
        ),
    ),
    (
        "how long",
        re.compile(
            r"多久|多长时间|几天|多少天|几个工作日|多少个工作日|几时|几耐|几长时间|多长日子|什么时候(?:能|可以|到|办好|好)|啥时候(?:能|到|好)|时限|期限|几个月|duojiu|duo jiu|ji tian|"
            r"\bhow long\b|\bhow many (?:days|weeks|months)\b|\btime limit\b|\bdeadline\b|\bhow soon\b|\bwhen will\b|\bhow quickly\b"
        ),
    ),
    (
        "where",
        re.compile(
            r"哪里|哪儿|在哪|去哪|到哪|边度|什么地方|啥地方|哪个(?:部门|单位|窗口|地方|局)|什么部门|啥部门|哪个局|归谁管|找谁|找哪|地址|网点|nali|qu na|zai na|"
            r"\bwhere\b|\bwhich (?:office|counter|agency|department|place|authority)\b|\bwho do i (?:go to|see)\b"
        ),
    ),
    (
        "law",
        re.compile(
            r"法律|依据|哪(?:一)?条|第几条|条文|法规|哪部法|合法|违法|法条|falv|yiju|\blaws?\b|\blegal(?:ly)?\b|\barticles?\b|\bstatut\w+\b|\billegal\b"
        ),
    ),
    (
        "effects",
        re.compile(
            r"影响|后果|有什么(?:损失|坏处|好处)|会怎么?样|会咋样|还能(?:不能)?(?:用|刷|报|看|享受|结算|住院)|能不能(?:刷|用)|还可以(?:用|刷|报)|会不会(?:作废|清零|失效|没)|作废|清零|失效|"
            r"yingxiang|\bwhat happens\b|\beffects?\b|\baffect(?:s|ed)?\b|\bconsequences?\b|\bstill (?:use|work|valid|covered|get|claim|swipe)\b|\blose\b"
        ),
    ),
    ("steps", re.compile(r"流程|步骤|手续|程序|操作|一步步|liucheng|shouxu|\bsteps?\b|\bprocedures?\b|\bprocess\b|\bformalities\b")),
)  # fmt: skip


# What may stand around the words that ask for an aspect without naming a subject: "要带什么", "去哪里办", "how long does it take".
_AROUND = re.compile(
    r"那|这个|这|它|里|儿|要|需要|得|还|能不能|能|可以|去|到|在|我|您|你|请问|办理|办好|办完|办|弄好|弄|搞|呢|吗|啊|了|的|些|都|有|是|什么|啥|哪些|带|准备|交|说|大概|一般|"
    r"\b(?:what|which|how|does|do|did|is|are|it|this|that|the|i|we|you|my|a|to|for|of|be|there|need|needed|take|takes|bring|should|must|go|have|has|will|"
    r"can|and|about|please|exactly|done|get|give)\b|\s"
)


def bare_aspect(text: str) -> Aspect | None:
    """The aspect that a message asks for without naming a subject, as a follow-up to an answer does; else None."""
    plain = normalise(text)
    for aspect, cue in _CUES:
        if cue.search(plain):
            return aspect if not _AROUND.sub("", cue.sub(" ", plain)) else None
    return None


def aspect_of(text: str) -> Aspect | None:
    """The part of the answer that a question asks for, or None where it asks for the whole."""
    plain = normalise(text)
    return next((aspect for aspect, cue in _CUES if cue.search(plain)), None)
