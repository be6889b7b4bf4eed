"""Short messages that steer the conversation, whole: cancel, back, hello, "the second one", "I don't know"."""

from __future__ import annotations

import re
from typing import Literal

from bot.matching import normalise
from bot.numerals import from_chinese

Control = Literal["cancel", "start-over", "back", "greeting", "thanks", "help", "unknown", "none-of-these"]

_PHRASES: dict[Control, str] = {
    "cancel": "算了|不问了|不用了|取消|不办了|先不问了|没事了|不需要了|放弃|退出|结束|算了不问了|唔使了|cancel|never mind|nevermind|"
    "forget it|stop|quit|exit|no need|leave it|drop it",
    "start-over": "重新开始|重来|从头来|从头开始|重新来|重新问|重新来过|再来一次|start over|restart|start again|begin again|from the beginning|reset",
    "back": "返回|上一步|回去|后退|退回|回到上一步|返回上一步|上一题|说错了|选错了|点错了|按错了|back|go back|previous|undo|step back|wrong button|oops",
    "greeting": "你好|您好|在吗|在不在|在么|有人吗|哈喽|哈罗|嗨|早上好|下午好|晚上好|你好啊|喂|早|雷好|hi|hello|hey|hi there|hello there|"
    "good morning|good afternoon|good evening|nihao|ni hao|yo",
    "thanks": "谢谢|谢谢你|谢谢您|多谢|感谢|谢了|谢谢啊|十分感谢|非常感谢|唔该|好的谢谢|好的|好|知道了|明白了|了解|懂了|收到|嗯|嗯嗯|哦|行|再见|拜拜|"
    "thanks|thank you|thank you very much|thanks a lot|thx|ty|cheers|ok thanks|ok thank you|great thanks|ok|okay|got it|i see|"
    "bye|goodbye|xiexie|xie xie",
    "help": "帮助|使用说明|怎么用|怎么使用|你能做什么|你会什么|你能干什么|你是谁|你是机器人吗|你能帮我什么|能问什么|help|what can you do|who are you|"
    "how does this work|how do i use this|what is this|are you a bot|can you help me|帮帮我",
    "unknown": "不知道|不清楚|不确定|不晓得|说不准|说不清|忘了|不记得|不懂|不太清楚|我不知道|我不清楚|我也不知道|搞不清楚|不了解|唔知|唔清楚|跳过|都行|随便|"
    "don't know|i don't know|do not know|i do not know|dont know|i dont know|not sure|i'm not sure|im not sure|unsure|no idea|idk|dunno|skip|"
    "bu zhidao|either",
    "none-of-these": "都不是|不是这些|以上都不是|都不对|没有一个是|没有我要的|都不是我要的|none of these|none|neither|none of them|none of the above|"
    "not these|no none",
}  # fmt: skip
_PARTICLES = "吧啊呀了呢哈哦喔嘛啦的"
_CONTROLS: dict[str, Control] = {}
for _control, _all in _PHRASES.items():
    for _phrase in _all.split("|"):
        _CONTROLS.setdefault(_phrase.replace(" ", ""), _control)

_CORRECTION = re.compile(
    r"说错|讲错|打错|弄错|搞错|选错|点错|不对|更正|改成|改一下|应该是|其实是|我是说|"
    r"\b(?:actually|i meant|i mean|wrong|correction|mistake|sorry|rather|change (?:it|that) to)\b"
)
_ORDINAL_EN = {word: i for i, words in enumerate(
    ("first 1st one", "second 2nd two", "third 3rd three", "fourth 4th four", "fifth 5th five", "sixth 6th six"), 1
) for word in words.split()}  # fmt: skip
_NUMBER = re.compile(
    r"(?:我?选|第|选第|选项|答案是?|option|number|no|choice)?\s*([0-9]{1,2}|[一二两三四五六七八九十]{1,2}|[a-f])\s*(?:个|项|号|种|条|那个|这个)?(?:吧|的)?"
)
_ENGLISH = re.compile(r"(?:the\s+)?(\w+)(?:\s+(?:one|option|choice))?(?:\s+please)?")
_LAST = re.compile(r"(?:the\s+)?last(?:\s+(?:one|option))?|最后(?:一|那)?个")
_TRIMMED_QUESTION = 12


def control(text: str) -> Control | None:
    """What a whole message asks the conversation to do, if that is all it says."""
    plain = normalise(text).replace(" ", "")
    if not plain or len(plain) > 24:
        return None
    while plain:
        if plain in _CONTROLS:
            return _CONTROLS[plain]
        if plain[-1] not in _PARTICLES:
            return None
        plain = plain[:-1]
    return None


def corrects(text: str) -> bool:
    """Whether a message takes something back ("说错了，是单位办")."""
    return bool(_CORRECTION.search(normalise(text)))


def ordinal(text: str, count: int) -> int | None:
    """Which of `count` choices a message names by its place, from 0: "2", "第二个", "the second one", "最后一个", "b"."""
    plain = normalise(text)
    if not plain or len(plain) > _TRIMMED_QUESTION + 12:
        return None
    if _LAST.fullmatch(plain):
        return count - 1 if count else None
    place: int | None = None
    if found := _NUMBER.fullmatch(plain):
        said = found.group(1)
        place = ord(said) - ord("a") + 1 if said in "abcdef" else from_chinese(said)
    elif found := _ENGLISH.fullmatch(plain):
        place = _ORDINAL_EN.get(found.group(1))
    return place - 1 if place is not None and 1 <= place <= count else None
