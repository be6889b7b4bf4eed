"""The shapes of the objects a bot hands in: keyboards, replies, entities, command scopes."""

from __future__ import annotations

from collections.abc import Callable

from . import checks as c
from .errors import JsonObject, Malformed

ROW_LIMIT = 8
BUTTON_LIMIT = 100
COMMAND_LIMIT = 100

_ACTIONS = frozenset(
    {
        "url",
        "callback_data",
        "web_app",
        "login_url",
        "switch_inline_query",
        "switch_inline_query_current_chat",
        "switch_inline_query_chosen_chat",
        "copy_text",
        "callback_game",
        "pay",
    }
)
_REQUESTS = frozenset(
    {
        "request_users",
        "request_chat",
        "request_contact",
        "request_location",
        "request_poll",
        "request_managed_bot",
        "web_app",
    }
)
_LOOKS: dict[str, c.Checker] = {
    "style": c.one_of("danger", "success", "primary"),
    "icon_custom_emoji_id": c.string(1),
}


def _anything(value: object) -> object:
    return value


def _one_action(button: JsonObject) -> None:
    actions = sorted(_ACTIONS & button.keys())
    if len(actions) != 1:
        found = ", ".join(actions) or "none"
        raise Malformed(
            f"exactly one action field expected, found: {found}",
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        )


web_app = c.shape({"url": c.secure_address})

inline_button = c.shape(
    {"text": c.string(1, description="can't parse inline keyboard button: text is empty")},
    {
        "url": c.web_address,
        "callback_data": c.string(1, 64, octets=True, description="BUTTON_DATA_INVALID"),
        "web_app": web_app,
        "login_url": c.shape(
            {"url": c.secure_address},
            {
                "forward_text": c.string(),
                "bot_username": c.string(),
                "request_write_access": c.boolean,
            },
        ),
        "switch_inline_query": c.string(0, 256),
        "switch_inline_query_current_chat": c.string(0, 256),
        "switch_inline_query_chosen_chat": c.shape(
            {},
            {
                "query": c.string(0, 256),
                "allow_user_chats": c.boolean,
                "allow_bot_chats": c.boolean,
                "allow_group_chats": c.boolean,
                "allow_channel_chats": c.boolean,
            },
        ),
        "copy_text": c.shape({"text": c.string(1, 256, description="BUTTON_COPY_TEXT_INVALID")}),
        "callback_game": c.shape({}),
        "pay": c.flag,
        **_LOOKS,
    },
    finish=_one_action,
)


def _key(value: object) -> object:
    return {"text": value} if isinstance(value, str) and value else _key_object(value)


def _one_request(button: JsonObject) -> None:
    if len(_REQUESTS & button.keys()) > 1:
        raise Malformed("more than one request field")


_key_object = c.shape(
    {"text": c.string(1)},
    {
        "request_users": _anything,
        "request_chat": _anything,
        "request_managed_bot": _anything,
        "request_contact": c.boolean,
        "request_location": c.boolean,
        "request_poll": c.shape({}, {"type": c.one_of("quiz", "regular")}),
        "web_app": web_app,
        **_LOOKS,
    },
    finish=_one_request,
)


def _sized(field: str) -> Callable[[JsonObject], None]:
    """The check of a keyboard's size, for the field that holds the rows."""

    def finish(markup: JsonObject) -> None:
        rows = markup[field]
        for index, row in enumerate(rows):
            if len(row) > ROW_LIMIT:
                raise Malformed(
                    f"{len(row)} buttons in a row, allowed are {ROW_LIMIT}",
                    "reply markup is too long",
                    f"{field}[{index}]",
                )
            for button in row:
                # The real server accepts these two only as the very first button.
                if ("pay" in button or "callback_game" in button) and button is not rows[0][0]:
                    raise Malformed("must be the first button", "BUTTON_POS_INVALID", field)
        total = sum(map(len, rows))
        if total > BUTTON_LIMIT:
            raise Malformed(f"{total} buttons, allowed are {BUTTON_LIMIT}", "reply markup is too long", field)

    return finish


def _markup(field: str, button: c.Checker, optional: dict[str, c.Checker]) -> c.Checker:
    rows = c.listing(c.listing(button))
    return c.shape({field: rows}, optional, finish=_sized(field))


_placeholder = c.string(1, 64)
inline_keyboard = _markup("inline_keyboard", inline_button, {})
_MARKUPS: dict[str, c.Checker] = {
    "inline_keyboard": inline_keyboard,
    "keyboard": _markup(
        "keyboard",
        _key,
        {
            "is_persistent": c.boolean,
            "resize_keyboard": c.boolean,
            "one_time_keyboard": c.boolean,
            "input_field_placeholder": _placeholder,
            "selective": c.boolean,
        },
    ),
    "remove_keyboard": c.shape({"remove_keyboard": c.flag}, {"selective": c.boolean}),
    "force_reply": c.shape(
        {"force_reply": c.flag},
        {"input_field_placeholder": _placeholder, "selective": c.boolean},
    ),
}


def reply_markup(value: object) -> JsonObject:
    """Any of the four kinds of reply markup."""
    if not isinstance(value, dict):
        raise Malformed("an object expected", "object expected as reply markup")
    kinds = [kind for kind in _MARKUPS if kind in value]
    if len(kinds) != 1:
        raise Malformed(f"not a keyboard: fields {', '.join(value) or 'none'}")
    checked: JsonObject = _MARKUPS[kinds[0]](value)
    return checked


def inline_markup(value: object) -> JsonObject:
    """The only kind of markup a message can be edited to."""
    if isinstance(value, dict) and "inline_keyboard" not in value and value:
        raise Malformed("only an inline keyboard is allowed here", "inline keyboard expected")
    checked: JsonObject = inline_keyboard(value or {"inline_keyboard": []})
    return checked


def _entity_extras(entity: JsonObject) -> None:
    needs = {"text_link": "url", "text_mention": "user", "custom_emoji": "custom_emoji_id"}
    field = needs.get(entity["type"])
    if field is not None and field not in entity:
        raise Malformed(f"a {entity['type']} entity needs {field}", None, field)


entity = c.shape(
    {
        "type": c.one_of(
            *("mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number"),
            *("bold", "italic", "underline", "strikethrough", "spoiler", "blockquote"),
            *("expandable_blockquote", "code", "pre", "text_link", "text_mention"),
            *("custom_emoji", "date_time"),
        ),
        "offset": c.integer(0),
        "length": c.integer(1),
    },
    {
        "url": c.string(1),
        "user": _anything,
        "language": c.string(),
        "custom_emoji_id": c.string(1),
        "unix_time": c.integer(),
        "date_time_format": c.string(),
    },
    finish=_entity_extras,
)
entities = c.listing(entity)

reply_parameters = c.shape(
    {"message_id": c.integer(1)},
    {
        "chat_id": c.chat_id,
        "allow_sending_without_reply": c.boolean,
        "quote": c.string(0, 1024),
        "quote_parse_mode": c.string(),
        "quote_entities": entities,
        "quote_position": c.integer(0),
        "checklist_task_id": c.integer(),
        "poll_option_id": c.string(),
    },
)

link_preview_options = c.shape(
    {},
    {
        "is_disabled": c.boolean,
        "url": c.string(),
        "prefer_small_media": c.boolean,
        "prefer_large_media": c.boolean,
        "show_above_text": c.boolean,
    },
)

command = c.shape(
    {
        "command": c.string(
            1,
            32,
            pattern=r"[a-z0-9_]*",
            description="BOT_COMMAND_INVALID",
        ),
        "description": c.string(1, 256, description="BOT_COMMAND_DESCRIPTION_INVALID"),
    }
)
commands = c.listing(command, high=COMMAND_LIMIT, description="BOT_COMMANDS_TOO_MUCH")

language_code = c.string(pattern=r"(?:[a-z]{2})?", description="LANG_CODE_INVALID")

_SCOPES: dict[str, c.Checker] = {
    **{
        name: c.shape({"type": c.string()})
        for name in (
            *("default", "all_private_chats", "all_group_chats"),
            "all_chat_administrators",
        )
    },
    **{name: c.shape({"type": c.string(), "chat_id": c.chat_id}) for name in ("chat", "chat_administrators")},
    "chat_member": c.shape({"type": c.string(), "chat_id": c.chat_id, "user_id": c.integer(1)}),
}


def scope(value: object) -> JsonObject:
    """The scope of a list of commands."""
    kind = value.get("type") if isinstance(value, dict) else None
    if not isinstance(kind, str) or kind not in _SCOPES:
        raise Malformed(f"unknown scope {value!r}", "can't parse BotCommandScope: unsupported type")
    checked: JsonObject = _SCOPES[kind](value)
    return checked
