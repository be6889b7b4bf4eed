"""Short messages that steer the conversation, whole: cancel, back, hello, "the second one", "I don't know"."""

from __future__ import annotations

import re
from typing import Literal

from bot.matching import fold, normalise
from bot.numerals import from_chinese

Control = Literal[
    "cancel", "start-over", "back", "greeting", "thanks", "ok", "help", "explain", "repeat", "unknown", "none-of-these",
    "chinese", "simplified", "traditional", "english", "distress",
]  # fmt: skip

_PHRASES: dict[Control, str] = {
    "cancel": "算了|不问了|不用了|不用|取消|不办了|不弄了|不转了|不取了|不想办了|先不办了|先不问了|没事了|不需要了|放弃|退出|结束|先这样|就这样|唔使了|"
    "cancel|cancelit|cancelthat|nevermind|nvm|forgetit|forgetaboutit|stop|quit|exit|noneed|leaveit|dropit|stopit|"
    "nevermindforgetit|nothanks|nothankyou|idontwanttocontinue",
    "start-over": "重新开始|重来|从头来|从头开始|重新来|重新问|重新来过|再来一次|换个问题|startover|restart|startagain|letmestartagain|beginagain|"
    "fromthebeginning|reset|newquestion",
    "back": "返回|上一步|回去|后退|退回|回到上一步|返回上一步|上一题|说错了|选错了|点错了|按错了|打错了|错了|back|goback|previous|undo|stepback|"
    "wrongbutton|oops|mymistake",
    "greeting": "你好|您好|在吗|在不在|在么|有人吗|哈喽|哈罗|嗨|早上好|下午好|晚上好|喂|早|雷好|hi|hello|hey|hithere|hellothere|goodmorning|"
    "goodafternoon|goodevening|nihao|yo",
    "thanks": "谢谢|谢谢你|谢谢您|多谢|感谢|谢了|十分感谢|非常感谢|唔该|再见|拜拜|thanks|thankyou|thankyouverymuch|thanksalot|thx|ty|cheers|bye|"
    "goodbye|xiexie|greatthanks|okthanks|okthankyou|好的谢谢",
    "ok": "好的|好|知道了|明白了|了解|懂了|收到|嗯|嗯嗯|哦|行|可以|ok|okay|gotit|isee|alright|fine",
    "help": "帮助|使用说明|怎么用|怎么使用|你能做什么|你会什么|你能干什么|你是谁|你是机器人吗|你能帮我什么|能问什么|帮帮我|help|whatcanyoudo|whoareyou|"
    "howdoesthiswork|howdoiusethis|whatisthis|areyouabot|canyouhelpme",
    "explain": "什么意思|啥意思|没懂|看不懂|听不懂|为什么要问这个|为什么问这个|问这个干嘛|有什么区别|有啥区别|怎么区分|什么区别|什么|啥|"
    "whatdoyoumean|whatdoesthatmean|whydoyouask|whatisthedifference|whatsthedifference|what|idontunderstand|meaning",
    "repeat": "再说一遍|重复一遍|再说一次|再发一遍|重发|repeat|sayitagain|sayagain|again|comeagain",
    "unknown": "不知道|不清楚|不确定|不晓得|说不准|说不清|忘了|不记得|不懂|不太清楚|不太确定|搞不清楚|不了解|唔知|唔清楚|跳过|都行|随便|都可以|都有可能|没问过|"
    "不好说|dontknow|donotknow|notsure|imnotsure|unsure|noidea|ihavenoidea|idk|dunno|skip|buzhidao|either|itdepends",
    "none-of-these": "都不是|不是这些|以上都不是|都不对|没有一个是|没有我要的|都不是我要的|noneofthese|neither|noneofthem|noneoftheabove|notthese",
    "chinese": "中文|说中文|用中文|讲中文|用中文说|用中文回答|请说中文|chinese|chineseplease|inchinese|speakchinese",
    "simplified": "简体|简体字|简体中文|用简体|用简体字|改成简体|换成简体|切换到简体|切换简体|能用简体吗|可以用简体吗|用简体中文|说简体|转简体|"
    "simplified|simplifiedchinese|insimplifiedchinese",
    "traditional": "繁体|繁体字|繁体中文|正体|正体字|正体中文|用繁体|用繁体字|改成繁体|换成繁体|切换到繁体|切换繁体|能用繁体吗|可以用繁体吗|用繁体中文|"
    "用正体|用正体中文|说繁体|转繁体|用繁体回答|用繁体字回答|用繁体中文回答|"
    "traditional|traditionalchinese|intraditionalchinese",
    "english": "英文|英语|说英文|说英语|用英文|用英语|用英文说|用英文回答|english|inenglish|speakenglish|canyouspeakenglish|doyouspeakenglish|inenglishplease",
}  # fmt: skip
_CONTROLS: dict[str, Control] = {}
for _control, _all in _PHRASES.items():
    for _phrase in _all.split("|"):
        _CONTROLS.setdefault(_phrase, _control)
_LONGEST = 30
# Words of manners around a steering word: "那就算了吧，谢谢", "go back please".
_BEFORE = (
    "请",
    "麻烦",
    "那就",
    "那",
    "先",
    "我",
    "还是",
    "好吧",
    "好像",
    "应该",
    "please",
    "pls",
    "sorry",
    "hmm",
    "well",
    "ok",
    "i",
)
_AFTER = (
    "谢谢你",
    "谢谢",
    "吧",
    "啊",
    "呀",
    "了",
    "呢",
    "哈",
    "哦",
    "喔",
    "嘛",
    "啦",
    "的",
    "我不办了",
    "我不问了",
    "please",
    "thanks",
    "now",
    "then",
)
_DISTRESS = re.compile(
    r"不想活|活不下去|活着没意思|我(?:真的|就|都)?(?:想|要)(?:去)?(?:死(?!亡|者)|自杀|轻生)|\b(?:kill|hurt) myself\b|\bwant to die\b|\bsuicidal\b|\bend my life\b"
)
_CORRECTION = re.compile(
    r"(?:我)?(?:说|讲|打|弄|搞|选|点)错了?|不对|哦不|更正(?:一下)?|改成|改一下|应该是|其实是?|我是说|"
    r"\b(?:actually|no wait|wait|i meant|i mean|wrong|correction|mistake|sorry|rather|change (?:it|that) to)\b"
)
_ORDINAL_EN = {word: place for place, words in enumerate(
    ("first 1st one former", "second 2nd two latter", "third 3rd three", "fourth 4th four", "fifth 5th five", "sixth 6th six"), 1
) for word in words.split()}  # fmt: skip
_NUMBER = re.compile(
    r"(?:我?选择?)?\s*(?:第|选项|答案是?|option|number|no|choice)?\s*([0-9]{1,2}|[一二两三四五六七八九十]{1,2}|[a-f])\s*"
    r"(?:个|项|号|种|条|那个|这个)?\s*(?:选项)?(?:吧|的)?"
)
_ENGLISH = re.compile(r"(?:the\s+)?(\w+)(?:\s+(?:one|option|choice))?(?:\s+please)?")
_LAST = re.compile(r"(?:the\s+)?last(?:\s+(?:one|option))?|(?:最后|最下面)(?:的?那?一?)个?")
_ASKS = re.compile(
    r"[?？]|怎么|怎样|咋|如何|什么|啥|吗|多少|多久|几[个天时年月]|哪|谁|为何|能不能|可不可以|是不是|有没有|会不会|要不要|行不行|点解|"
    r"^(?:so |and |but |then |ok )?(?:how|what|where|when|why|who|which|can|could|do|does|did|is|are|should|shall|will|would|may|must)\b"
)
_DENIES = re.compile(
    r"[不没未非别无冇]|除了|\bno\b|\bnot\b|n't\b|\bnever\b|\bnone\b|\bwithout\b|\bcannot\b|\bexcept\b|\bnothing\b|\brefus"
)
_UNSURE = re.compile(
    r"不知道|不清楚|不确定|不晓得|拒绝回答|不想说|不方便说|没问过|没说|说不准|搞不清|不好说|不记得|唔知|\b(?:don't|do not|dont) (?:know|think)\b|\bnot sure\b|\bno idea\b|\bunsure\b|"
    r"\bnot that i know\b|\bhaven't asked\b|\bwon't say\b"
)
_SHORT = 24


def control(text: str) -> Control | None:
    """What a whole message asks the conversation to do, if that is all it says."""
    plain = normalise(text)
    if _DISTRESS.search(plain):
        return "distress"
    squeezed = plain.replace(" ", "").replace("'", "")
    if len(squeezed) > _LONGEST:
        return None
    waiting, seen = [squeezed], set()
    while waiting:
        said = waiting.pop(0)
        if said in _CONTROLS:
            return _CONTROLS[said]
        seen.add(said)
        shorter = [said[len(word) :] for word in _BEFORE if said.startswith(word)]
        shorter += [said[: -len(word)] for word in _AFTER if said.endswith(word)]
        waiting += [each for each in shorter if each and each not in seen]
    return None


def asks(text: str) -> bool:
    """Whether a message has the form of a question."""
    return bool(_ASKS.search(fold(text)))


def denies(text: str) -> bool:
    """Whether a message holds a negation."""
    return bool(_DENIES.search(fold(text).replace("’", "'")))


def unsure(text: str) -> bool:
    """Whether a short message says that its writer does not know."""
    return len(text) <= _SHORT * 2 and bool(_UNSURE.search(fold(text).replace("’", "'")))


def corrects(text: str) -> bool:
    """Whether a message takes something back ("说错了，是单位办")."""
    return bool(_CORRECTION.search(normalise(text)))


def without_correction(text: str) -> str:
    """What a correction puts in the place of what it takes back."""
    return _CORRECTION.sub(" ", normalise(text)).strip()


def ordinal(text: str, count: int) -> int | None:
    """Which of `count` choices a message names by its place, from 0: "2", "第二个", "the second one", "最后一个", "b"."""
    plain = normalise(text)
    if not plain or len(plain) > _SHORT:
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
