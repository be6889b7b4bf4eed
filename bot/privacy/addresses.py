"""Addresses with numbers, and e-mail addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.privacy.marks import Span

_N = r"(?:[0-9０-９]{1,5}[A-Za-z]?(?:\s?[-－—]\s?[0-9０-９]{1,4}){0,3}|[A-Za-zＡ-Ｚ](?=[栋幢座])|[零〇一二三四五六七八九十百甲乙丙丁]{1,5})"
_PART = (
    rf"[\s，,]{{0,2}}{_N}\s{{0,2}}(?:号院|号楼|號樓|号|號|栋|棟|幢|座|弄|单元|單元|楼|樓|层|層|室|房|户|组|組|队|门)"
)
_STREET = r"(?:(?<![走上半一修出])路|大街|大道|街道|街|巷|胡同)(?:[东西南北中]段?)?"
_ESTATE = r"(?:花园|花園|小区|小區|新村|公寓|家园|家園|大厦|大廈|宿舍|苑|社区|村|屯)"
_LAST = r"(?:\s?[0-9０-９]{3,4}(?![0-9０-９年月日天元块岁条]))?"
_PLACES = re.compile(
    rf"(?P<street>{_STREET})(?![，,])(?:(?:{_PART}){{1,6}}|\s{{0,2}}{_N}(?:{_PART}){{1,5}}|[0-9０-９]{{1,4}}(?:(?:\s?[-－—]\s?[0-9０-９]{{1,4}}){{1,3}}|(?=[\s，。,.;；!！?？]|\Z))){_LAST}"
    rf"|(?P<estate>{_ESTATE})(?![，,])(?P<parts>(?:{_PART}){{1,6}}){_LAST}"
)
# A house without its street: "3栋502室", "5号楼2单元301".
_HOUSE = re.compile(
    rf"(?<![0-9０-９])[0-9０-９]{{1,4}}\s?(?:号楼|栋|棟|幢|座|单元|單元)(?:{_PART}){{0,3}}\s?[0-9０-９]{{1,4}}(?:室|房|号|號|户)?(?![0-9０-９年月日天元块岁条])"
)
_BACK = 10
# What ends a street's name on its left.
_BOUNDARY = re.compile(r"[省市区區县縣镇鎮乡鄉州盟旗住在于於到去是为址的：:，,。；;、！？!?]|[^\u3400-\u9fff]")

_NO_STREET_EN = r"(?!(?:years?|months?|days?|weeks?|people|persons?|times|percent|yuan|of|in|on|the|an?|and|or|for|to|from|at|by|per|all|is|are|was|i|my|we|insurance|hours?|km|miles|blocks|before|after|across|down|along)\b)"
_ROOM_EN = (
    r"(?:(?:room|rm|apt|apartment|unit|flat|suite|building|bldg|block|floor)\.?\s?#?\s?\d{1,5}[a-z]?,?\s{1,2}){0,4}"
)
_ROOM_AFTER_EN = (
    r"(?:,?\s{1,2}(?:room|rm|apt|apartment|unit|flat|suite|building|bldg|block|floor|#)\.?\s?#?\s?\d{1,5}[a-z]?\b){0,4}"
)
_STREET_EN = re.compile(
    rf"{_ROOM_EN}(?<![\w.])(?:no\.?\s?)?\d{{1,5}}[a-z]?(?:-\d{{1,4}})?,?\s{{1,2}}(?:{_NO_STREET_EN}[\w'’.]{{1,20}}\s{{1,2}}){{1,4}}?"
    rf"(?:(?:street|road|avenue|lane|boulevard|alley|highway)\b|(?-i:(?:St|Rd|Ave|Ln|Dr|Drive|Blvd|Court|Ct|Square|Sq|Place|Pl|Way|Hwy)\b\.?)){_ROOM_AFTER_EN}"
    rf"|(?-i:\b[A-Z]\w{{1,20}}\s(?:Road|Street|Avenue|Rd|St|Ave)\.?,?\s(?:[Nn]o\.?\s?)?\d{{1,5}}\b){_ROOM_AFTER_EN}",
    re.IGNORECASE,
)
_LOCAL = r"A-Za-z0-9Ａ-Ｚａ-ｚ０-９._%+\-．＿"
_EMAIL = re.compile(
    rf"(?<![{_LOCAL}])[{_LOCAL}]++\s?[@＠]\s?[A-Za-z0-9Ａ-Ｚａ-ｚ０-９\-]++(?:[.．。][A-Za-zＡ-Ｚａ-ｚ0-9\-]++)++"
)


def email_spans(text: str) -> Iterator[Span]:
    """Where e-mail addresses stand."""
    if "@" in text or "＠" in text:
        for found in _EMAIL.finditer(text):
            yield Span(found.start(), found.end(), "email")


def spans(text: str) -> Iterator[Span]:
    """Where addresses stand: from the street's name to the last number; the town stays, since the answer may hang on it."""
    for found in _PLACES.finditer(text):
        if found.group("estate") in {"村", "屯"} and not re.search("[组組队户室栋棟]", found.group("parts")):
            continue  # 村15号: a day as well as a house
        yield Span(_begin(text, found.start()), found.end(), "address")
    for pattern in (_HOUSE, _STREET_EN):
        for found in pattern.finditer(text):
            yield Span(found.start(), found.end(), "address")


def _begin(text: str, sign: int) -> int:
    """Where the name begins that ends in a street's sign."""
    start = sign
    while start > max(0, sign - _BACK) and not _BOUNDARY.match(text[start - 1]):
        start -= 1
    return start
