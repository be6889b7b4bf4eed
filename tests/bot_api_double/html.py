"""Telegram's HTML parse mode, parsed strictly: what the documentation does not allow is refused.

Stricter than the real server on purpose: a lone & or >, unknown named entities, unknown attributes,
a link without a usable address and tags inside code are errors here, since the real server shows
such text garbled instead of refusing it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .entities import utf16_len
from .errors import JsonObject

_TYPES = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "span": "spoiler",
    "tg-spoiler": "spoiler",
    "a": "text_link",
    "tg-emoji": "custom_emoji",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}
_ATTRIBUTES = {
    "span": "class",
    "a": "href",
    "tg-emoji": "emoji-id",
    "code": "class",
    "blockquote": "expandable",
}
_STYLES = frozenset({"bold", "italic", "underline", "strikethrough", "spoiler"})
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_SPECIAL = re.compile(r"[<>&]")
_REFERENCE = re.compile(r"&(?:#(?P<dec>[0-9]{1,7})|#[xX](?P<hex>[0-9a-fA-F]{1,6})|(?P<name>\w+));")
_TAG = re.compile(r"<(?P<end>/?)(?P<name>[A-Za-z][A-Za-z0-9-]*)?(?P<rest>(?:\"[^\"]*\"|'[^']*'|[^<>\"'])*)>")
_ATTRIBUTE = re.compile(
    r"\s+(?P<name>[^\s=\"'<>/]+)"
    r"(?:\s*=\s*(?:\"(?P<dq>[^\"]*)\"|'(?P<sq>[^']*)'|(?P<bare>[A-Za-z0-9.:-]+)))?"
)
_LINK = re.compile(r"(?:https?://[^\s/?#]+\S*|tg://\S+|mailto:\S+|tel:\S+|ton(?:site)?://\S+)\Z")
_USER_LINK = re.compile(r"tg://user\?id=(\d+)\Z")


class HtmlError(ValueError):
    """Text that Telegram's HTML parse mode does not allow."""


@dataclass
class _Open:
    """A tag that waits for its end."""

    tag: str
    offset: int
    attributes: dict[str, str]


def parse(source: str) -> tuple[str, list[JsonObject]]:
    """The plain text and the entities of an HTML message; raises HtmlError."""
    plain: list[str] = []
    entities: list[JsonObject] = []
    stack: list[_Open] = []
    units = 0
    position = 0

    def add(text: str) -> None:
        nonlocal units
        if text:
            plain.append(text)
            units += utf16_len(text)

    while (special := _SPECIAL.search(source, position)) is not None:
        at = special.start()
        add(source[position:at])
        if special.group() == ">":
            raise HtmlError(f'Character ">" must be escaped{_where(source, at)}')
        if special.group() == "&":
            text, position = _reference(source, at)
            add(text)
            continue
        match = _TAG.match(source, at)
        if match is None:
            raise HtmlError(f"Unclosed start tag{_where(source, at)}")
        name = (match["name"] or "").lower()
        position = match.end()
        if match["end"]:
            opened = _close(source, at, name, match["rest"], stack)
            length = units - opened.offset
            if length > 0:
                entities.append(_entity(opened, length, entities))
        else:
            attributes = _start(source, at, name, match["rest"], stack)
            stack.append(_Open(name, units, attributes))
    add(source[position:])
    if stack:
        raise HtmlError(f'Can\'t find end tag corresponding to start tag "{stack[-1].tag}"')
    return "".join(plain), _arrange(entities)


def _where(source: str, at: int) -> str:
    return f" at byte offset {len(source[:at].encode('utf-8', 'surrogatepass'))}"


def _reference(source: str, at: int) -> tuple[str, int]:
    """The character a reference like &lt; or &#8230; stands for, and where the text goes on."""
    match = _REFERENCE.match(source, at)
    if match is None:
        raise HtmlError(f'Character "&" must be escaped{_where(source, at)}')
    if match["name"] is not None:
        if match["name"] not in _NAMED:
            raise HtmlError(f'Unsupported entity "{match.group()}"{_where(source, at)}')
        return _NAMED[match["name"]], match.end()
    code = int(match["dec"]) if match["dec"] is not None else int(match["hex"], 16)
    if code == 0 or code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
        raise HtmlError(f'Invalid character reference "{match.group()}"{_where(source, at)}')
    return chr(code), match.end()


def _start(source: str, at: int, name: str, rest: str, stack: list[_Open]) -> dict[str, str]:
    """Checks a start tag and its surroundings; the attributes it carries."""
    where = _where(source, at)
    if name not in _TYPES:
        raise HtmlError(f'Unsupported start tag "{name}"{where}')
    attributes: dict[str, str] = {}
    position = 0
    while position < len(rest.rstrip()):
        match = _ATTRIBUTE.match(rest, position)
        if match is None:
            raise HtmlError(f'Malformed attributes of the tag "{name}"{where}')
        key = match["name"].lower()
        value = next((match[g] for g in ("dq", "sq", "bare") if match[g] is not None), None)
        if key != _ATTRIBUTES.get(name):
            raise HtmlError(f'Unsupported attribute "{key}" of the tag "{name}"{where}')
        if value is None and key != "expandable":
            raise HtmlError(f'Expected equal sign in declaration of an attribute of the tag "{name}"{where}')
        attributes[key] = _unescape(value or "")
        position = match.end()
    _require(name, attributes, where)
    names = [opened.tag for opened in stack]
    if name == "blockquote" and "blockquote" in names:
        raise HtmlError(f"Nested blockquote{where}")
    if name == "a" and "a" in names:
        raise HtmlError(f"Nested link{where}")
    inside_code = "code" in names or "pre" in names
    # <pre><code class="language-…"> is the documented way to name a language.
    if inside_code and not (name == "code" and names[-1] == "pre" and "code" not in names):
        raise HtmlError(f'Tag "{name}" inside code{where}')
    return attributes


def _unescape(value: str) -> str:
    """An attribute's value with its references resolved; a lone & is common in addresses."""

    def character(match: re.Match[str]) -> str:
        try:
            return _reference(match.group(), 0)[0]
        except HtmlError:
            return match.group()

    return _REFERENCE.sub(character, value)


def _require(name: str, attributes: dict[str, str], where: str) -> None:
    """The attributes without which a tag means nothing."""
    if name == "span" and attributes.get("class") != "tg-spoiler":
        raise HtmlError(f'Tag "span" must have class "tg-spoiler"{where}')
    if name == "tg-emoji" and not attributes.get("emoji-id", "").isdigit():
        raise HtmlError(f"Invalid custom emoji identifier specified{where}")
    if name == "a" and not _LINK.match(attributes.get("href", "")):
        raise HtmlError(f'Invalid link "{attributes.get("href", "")}"{where}')


def _close(source: str, at: int, name: str, rest: str, stack: list[_Open]) -> _Open:
    """Takes the tag that an end tag closes off the stack."""
    where = _where(source, at)
    if rest.strip():
        raise HtmlError(f'Malformed end tag "{name}"{where}')
    if not stack:
        raise HtmlError(f"Unexpected end tag{where}")
    if stack[-1].tag != name:
        raise HtmlError(f'Unmatched end tag{where}, expected "</{stack[-1].tag}>", found "</{name}>"')
    return stack.pop()


def _entity(opened: _Open, length: int, earlier: list[JsonObject]) -> JsonObject:
    """The entity of a closed tag; a pre around nothing but code takes the code's place."""
    entity: JsonObject = {"type": _TYPES[opened.tag], "offset": opened.offset, "length": length}
    if opened.tag == "a":
        link = opened.attributes["href"]
        user = _USER_LINK.match(link)
        if user is not None:
            entity["type"] = "text_mention"
            entity["user"] = {"id": int(user[1]), "is_bot": False, "first_name": "User"}
        else:
            entity["url"] = link
    elif opened.tag == "tg-emoji":
        entity["custom_emoji_id"] = opened.attributes["emoji-id"]
    elif opened.tag == "blockquote" and "expandable" in opened.attributes:
        entity["type"] = "expandable_blockquote"
    elif opened.tag == "code" and opened.attributes.get("class", "").startswith("language-"):
        entity["language"] = opened.attributes["class"].removeprefix("language-")
    elif opened.tag == "pre" and earlier:
        last = earlier[-1]
        same = last["offset"] == opened.offset and last["length"] == length
        if last["type"] == "code" and same:
            earlier.pop()
            if "language" in last:
                entity["language"] = last["language"]
    return entity


def _arrange(entities: list[JsonObject]) -> list[JsonObject]:
    """Entities in the order of the text; styles are cut away where code is, as Telegram does."""
    for entity in entities:
        if entity["type"] == "code":
            entity.pop("language", None)
    code = [(e["offset"], e["offset"] + e["length"]) for e in entities if e["type"] in {"code", "pre"}]
    arranged: list[JsonObject] = []
    for entity in entities:
        pieces = [(entity["offset"], entity["offset"] + entity["length"])]
        if entity["type"] in _STYLES:
            for low, high in code:
                pieces = [
                    piece
                    for start, end in pieces
                    for piece in ((start, min(end, low)), (max(start, high), end))
                    if piece[0] < piece[1]
                ]
        arranged += [{**entity, "offset": start, "length": end - start} for start, end in pieces]
    return sorted(arranged, key=lambda e: (e["offset"], -e["length"]))
