"""The methods the double knows, with their parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from . import checks as c
from . import inline, objects
from .checks import Checker, encoded

PHOTO_BYTES = 10 * 1024 * 1024
DOCUMENT_BYTES = 50 * 1024 * 1024
TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024


@dataclass(frozen=True)
class Signature:
    """A method's name as documented, the parameters it cannot do without, and the others."""

    name: str
    required: Mapping[str, Checker]
    optional: Mapping[str, Checker]


_message_id = c.integer(1)
_markup = encoded(objects.reply_markup, "reply_markup")
_inline_markup = encoded(objects.inline_markup, "inline_markup")
_entities = encoded(objects.entities, "entities")
_chat = {"chat_id": c.chat_id}
_updates = encoded(c.listing(c.string(1)), "allowed_updates")
_scope = {
    "scope": encoded(objects.scope, "BotCommandScope"),
    "language_code": objects.language_code,
}

# Fields of all the methods that send something; suggested posts and the like are passed unread.
_SENDING: dict[str, Checker] = {
    "message_thread_id": c.integer(1),
    "direct_messages_topic_id": c.integer(),
    "disable_notification": c.boolean,
    "protect_content": c.boolean,
    "message_effect_id": c.string(),
    "suggested_post_parameters": encoded(lambda value: value, "suggested_post_parameters"),
}
_REPLYING: dict[str, Checker] = {
    "allow_paid_broadcast": c.boolean,
    "reply_parameters": encoded(objects.reply_parameters, "ReplyParameters"),
    "reply_markup": _markup,
}
_CAPTION: dict[str, Checker] = {
    "caption": c.string(),
    "parse_mode": c.string(),
    "caption_entities": _entities,
}
_EDITED: dict[str, Checker] = {
    "business_connection_id": c.string(),
    "chat_id": c.chat_id,
    "message_id": _message_id,
    "inline_message_id": c.string(),
}
_BUSINESS: dict[str, Checker] = {"business_connection_id": c.string()}

_ALL = [
    Signature("getMe", {}, {}),
    Signature(
        "getUpdates",
        {},
        {
            "offset": c.integer(),
            "limit": c.integer(1, 100),
            "timeout": c.integer(0),
            "allowed_updates": _updates,
        },
    ),
    Signature(
        "setWebhook",
        {"url": c.string()},
        {
            "certificate": c.file(DOCUMENT_BYTES),
            "ip_address": c.string(),
            "max_connections": c.integer(1, 100),
            "allowed_updates": _updates,
            "drop_pending_updates": c.boolean,
            "secret_token": c.string(
                1,
                256,
                pattern=r"[A-Za-z0-9_-]*",
                description="secret token contains unallowed characters",
            ),
        },
    ),
    Signature("deleteWebhook", {}, {"drop_pending_updates": c.boolean}),
    Signature("getWebhookInfo", {}, {}),
    Signature(
        "sendMessage",
        {"chat_id": c.chat_id, "text": c.string()},
        {
            "parse_mode": c.string(),
            "entities": _entities,
            "link_preview_options": encoded(objects.link_preview_options, "LinkPreviewOptions"),
            **_BUSINESS,
            **_SENDING,
            **_REPLYING,
        },
    ),
    Signature(
        "sendPhoto",
        {"chat_id": c.chat_id, "photo": c.file(PHOTO_BYTES)},
        {
            "show_caption_above_media": c.boolean,
            "has_spoiler": c.boolean,
            **_BUSINESS,
            **_CAPTION,
            **_SENDING,
            **_REPLYING,
        },
    ),
    Signature(
        "sendDocument",
        {"chat_id": c.chat_id, "document": c.file(DOCUMENT_BYTES)},
        {
            "thumbnail": c.file(200 * 1024),
            "disable_content_type_detection": c.boolean,
            **_BUSINESS,
            **_CAPTION,
            **_SENDING,
            **_REPLYING,
        },
    ),
    Signature(
        "forwardMessage",
        {"chat_id": c.chat_id, "from_chat_id": c.chat_id, "message_id": _message_id},
        {"video_start_timestamp": c.integer(0), **_SENDING},
    ),
    Signature(
        "copyMessage",
        {"chat_id": c.chat_id, "from_chat_id": c.chat_id, "message_id": _message_id},
        {
            "video_start_timestamp": c.integer(0),
            "show_caption_above_media": c.boolean,
            **_CAPTION,
            **_SENDING,
            **_REPLYING,
        },
    ),
    Signature(
        "editMessageText",
        {"text": c.string()},
        {
            "parse_mode": c.string(),
            "entities": _entities,
            "link_preview_options": encoded(objects.link_preview_options, "LinkPreviewOptions"),
            "reply_markup": _inline_markup,
            **_EDITED,
        },
    ),
    Signature("editMessageReplyMarkup", {}, {"reply_markup": _inline_markup, **_EDITED}),
    Signature("deleteMessage", {"chat_id": c.chat_id, "message_id": _message_id}, {}),
    Signature(
        "answerCallbackQuery",
        {"callback_query_id": c.string(1)},
        {
            "text": c.string(0, 200, description="MESSAGE_TOO_LONG"),
            "show_alert": c.boolean,
            "url": c.string(),
            "cache_time": c.integer(0),
        },
    ),
    Signature(
        "answerInlineQuery",
        {"inline_query_id": c.string(1), "results": encoded(inline.results, "InlineQueryResult")},
        {
            "cache_time": c.integer(0),
            "is_personal": c.boolean,
            "next_offset": c.string(0, 64, octets=True, description="NEXT_OFFSET_INVALID"),
            "button": encoded(inline.button, "InlineQueryResultsButton"),
        },
    ),
    Signature(
        "sendChatAction",
        {
            "chat_id": c.chat_id,
            "action": c.one_of(
                *("typing", "upload_photo", "record_video", "upload_video", "record_voice"),
                *("upload_voice", "upload_document", "choose_sticker", "find_location"),
                *("record_video_note", "upload_video_note"),
                description="wrong parameter action in request",
            ),
        },
        {"message_thread_id": c.integer(1), **_BUSINESS},
    ),
    Signature("setMyCommands", {"commands": encoded(objects.commands, "BotCommand")}, _scope),
    Signature("getMyCommands", {}, _scope),
    Signature("deleteMyCommands", {}, _scope),
    *(
        Signature(method, {}, {field: c.string(0, limit), "language_code": objects.language_code})
        for method, field, limit in (
            ("setMyName", "name", 64),
            ("setMyDescription", "description", 512),
            ("setMyShortDescription", "short_description", 120),
        )
    ),
    *(
        Signature(method, {}, {"language_code": objects.language_code})
        for method in ("getMyName", "getMyDescription", "getMyShortDescription")
    ),
    Signature("getChat", _chat, {}),
    Signature("getChatMember", {"user_id": c.integer(1), **_chat}, {}),
    Signature("getChatAdministrators", _chat, {"return_bots": c.boolean}),
    Signature("getChatMemberCount", _chat, {}),
    Signature("leaveChat", _chat, {}),
]

# The real server does not mind the case of a method's name.
METHODS = {signature.name.lower(): signature for signature in _ALL}
