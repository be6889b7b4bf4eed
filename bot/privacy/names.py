"""Names: behind words that announce one, and only where what follows can be one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.privacy.marks import Span

_HAN = r"\u3400-\u9fff"
_COMPOUND = "欧阳|歐陽|上官|司马|司馬|诸葛|諸葛|东方|東方|皇甫|尉迟|尉遲|公孙|公孫|慕容|令狐|夏侯|司徒|独孤|南宫|南宮|端木|宇文|长孙|長孫|轩辕|百里|呼延"
# Surnames with which hardly any word begins that could follow "我是".
_PLAIN = (
    "王李张刘陈杨赵吴周徐孙胡朱郭林罗梁郑宋谢唐韩曹许邓萧冯曾程蔡彭潘袁董苏叶吕魏蒋杜丁沈姜范傅钟卢汪戴崔廖邹熊孟秦阎薛侯雷段郝邵史顾赖贺严尹钱施洪龚"
    "邱谭韦贾夏陶翟倪俞鲁葛毕聂岳齐梅庞樊兰殷庄辛管祝左涂谷祁耿牟卜詹凌霍翁涂尤阮蒲骆褚娄甘厉游戚裴欧纪舒屈项柯柴蒙邢闵"
    "張劉陳楊趙吳孫羅鄭謝韓許鄧蕭馮蘇葉呂蔣範鍾盧鄒閻賀嚴錢龔譚韋賈魯畢聶嶽齊龐蘭莊"
)
# Surnames that are also the beginning of many a word; enough behind "我叫".
_AMBIGUOUS = (
    "黄何高马金方江安白常武石田龙任余毛牛宁温万于康向易成乔申文孔阳章华伍关米简饶焦路申党连习黃馬龍萬寧溫華喬關陽簡饒"
)
_NOT_GIVEN = (
    "想要在是的了今去来问和与跟不没有我你您他她刚被从现也就都还呢吗啊吧怎该能可已因为办，的到，于把给请又这那人們们個个"
)
_WORDS = (
    "什么|什麼|老板|老師|老师|老公|老婆|老乡|老人|老爸|老妈|老爹|小孩|小区|小朋友|小时|小學|小学|小姐|小编|阿姨|外卖|单位|江苏|江西|高中|高级|高管|高职|高龄|高工|方便|马上|"
    "金融|安徽|黄牛|广东|白领|常住|成都|武汉|温州|余姚|宁波|宁夏|万一|任何|何时|何必|文员|关于|程序员|管理|管道|左右|许多|于是|向来|路上|连续|游客|周末|周一|罗湖|洪水|"
    "汪汪|兰州|范围|严重|齐全|梅州|莊家|夏天|纪检|项目|党员|习惯|简单|华侨|华人|米其林|康复|易地|阳性"
)
_SURNAME = rf"(?!{_WORDS})(?:{_COMPOUND}|[{_PLAIN}{_AMBIGUOUS}]|[小老阿](?=[{_HAN}]))"
_GIVEN = rf"[{_HAN}](?:(?![{_NOT_GIVEN}])[{_HAN}])?"
_END = rf"(?![{_HAN}A-Za-z0-9])"
_MINORITY = rf"[{_HAN}]{{1,8}}(?:[·•・][{_HAN}]{{1,8}}){{1,4}}"
_BLANK = r"[\s「“\"'：:]{0,3}"

_CALLED = re.compile(
    rf"(?:[我俺咱他她爸妈公婆儿亲夫妻人事友奶爷哥姐弟妹孩工媽兒親爺]叫|(?:名字|名)(?:是|叫)|姓名(?:是|叫|为|爲|[\s：:]))(?:做|作)?{_BLANK}"
    rf"(?P<name>{_MINORITY}|{_SURNAME}{_GIVEN}|[A-Za-z][A-Za-z'’-]+(?:[ ·.][A-Z][A-Za-z'’-]+){{0,3}})"
)
# A form filled in: whatever stands behind the colon is the name.
_FIELD = re.compile(
    rf"(?:姓名|名字|联系人|聯繫人|户名|户主|收件人|参保人|申请人|持卡人|经办人|投保人|患者|死者)\s?[：:]\s{{0,2}}(?P<name>{_MINORITY}|[{_HAN}]{{2,4}}{_END}|{_SURNAME}{_GIVEN})"
)
_I_AM = re.compile(
    rf"(?:我是|俺是|我係|本人|这里是)(?:叫|是)?{_BLANK}(?P<name>{_MINORITY}|(?!{_WORDS})(?:小[{_PLAIN}]|(?:{_COMPOUND}|[{_PLAIN}])[{_HAN}]{{1,2}})(?<![人的工生员户族市省县村岁师兵商军办级职]){_END})"
)
_NO_NAME_EN = (
    r"(?:wrong\w*|mis\w+|spel\w+|not|different\w*|incorrect\w*|on|in|the|an?|changed?|changing|still|also|listed|written|no|being|too|now|never|"
    r"already|printed|shown|registered|and|but|or|so|i|i'm|my|me|you|we|it|is|isn't|was|please|how|what|where|when|which|who|why|can|could|do|does|from|of|for|to|at|"
    r"by|with|under|there|here|back|up|every\w*|names|upon|correct\w*|entered|blank|recorded|just|only|very|really|long|short|chinese|english|same|"
    r"used|missing|gone|removed|deleted|unknown|unclear|lost|have|has|had|will|would|because|since|after|before|need|want|live|work|am|are|this|that)"
)
_WORD_EN = rf"(?!{_NO_NAME_EN}\b)[^\W\d_][^\W\d_{_HAN}]*(?:['’-][^\W\d_{_HAN}]+)*"
_CALLED_EN = re.compile(
    rf"(?<![a-z])(?:(?:my|his|her|(?:mother|father|husband|wife|son|daughter)'?s)\s{{1,2}}(?:full\s)?names?(?:\s{{1,2}}is|['’]s|\s?[:=])|(?:i\s?am|i['’]?m)\s{{1,2}}called|(?<!user )(?<!file )\bname\s?:)"
    rf"\s{{1,3}}[\"“']?(?P<name>{_WORD_EN}(?:\s(?:(?-i:[A-Z])\.|{_WORD_EN})){{0,3}})",
    re.IGNORECASE,
)


def spans(text: str) -> Iterator[Span]:
    """Where names stand."""
    for pattern in (_CALLED, _FIELD, _I_AM, _CALLED_EN):
        for found in pattern.finditer(text):
            yield Span(found.start("name"), found.end("name"), "name")
