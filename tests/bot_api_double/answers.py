"""The methods that answer queries, set the bot up and tell about chats."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from . import sending
from .errors import JsonObject, Rejection
from .validation import check_contents
from .world import Chat, Query, User, World

Method = Callable[[World, JsonObject], Any]

_OLD = "query is too old and response timeout expired or query ID is invalid"


def get_me(world: World, params: JsonObject) -> JsonObject:
    """getMe."""
    return {
        **world.bot.body(),
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": True,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def answer_callback_query(world: World, params: JsonObject) -> bool:
    """answerCallbackQuery."""
    query = _query(world.callbacks, params["callback_query_id"], "callback_query_id")
    if query.answer is not None:
        raise Rejection(_OLD, violation=f"callback_query_id: {query.id} was answered before")
    query.answer = params
    return True


def answer_inline_query(world: World, params: JsonObject) -> bool:
    """answerInlineQuery."""
    query = _query(world.inline_queries, params["inline_query_id"], "inline_query_id")
    check_contents(params["results"])
    query.answer = params
    return True


def _query(queries: dict[str, Query], query_id: str, parameter: str) -> Query:
    query = queries.get(query_id)
    if query is None:
        raise Rejection(_OLD, violation=f"{parameter}: {query_id} was never delivered")
    if query.expired:
        raise Rejection(_OLD)
    return query


def _scope(params: JsonObject) -> tuple[str, str]:
    scope = params.get("scope", {"type": "default"})
    return json.dumps(scope, sort_keys=True), params.get("language_code", "")


def set_my_commands(world: World, params: JsonObject) -> bool:
    """setMyCommands."""
    scope = params.get("scope", {})
    if "chat_id" in scope and scope["chat_id"] not in world.chats:
        # No violation: a bot cannot know whether somebody has ever written to it.
        raise Rejection("chat not found")
    names = [command["command"] for command in params["commands"]]
    for name in names:
        if names.count(name) > 1:
            raise Rejection("BOT_COMMAND_INVALID", violation=f"commands: {name!r} is listed twice")
    world.commands[_scope(params)] = params["commands"]
    return True


def get_my_commands(world: World, params: JsonObject) -> list[JsonObject]:
    """getMyCommands."""
    return world.commands.get(_scope(params), [])


def delete_my_commands(world: World, params: JsonObject) -> bool:
    """deleteMyCommands."""
    world.commands.pop(_scope(params), None)
    return True


def _setter(field: str) -> Method:
    def store(world: World, params: JsonObject) -> bool:
        world.settings[field, params.get("language_code", "")] = params.get(field, "")
        return True

    return store


def _getter(field: str) -> Method:
    def load(world: World, params: JsonObject) -> JsonObject:
        default = world.settings.get((field, ""), "")
        return {field: world.settings.get((field, params.get("language_code", "")), default)}

    return load


def get_chat(world: World, params: JsonObject) -> JsonObject:
    """getChat."""
    chat = world.open_chat(params["chat_id"])
    gifts = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription")
    return {
        **chat.body(),
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys((*gifts, "gifts_from_channels"), False),
    }


def member_body(user: User, status: str) -> JsonObject:
    """A ChatMember object."""
    body: JsonObject = {"user": user.body(), "status": status}
    if status in {"creator", "administrator"}:
        body["is_anonymous"] = False
    if status == "kicked":
        body["until_date"] = 0
    if status == "administrator":
        rights = (
            *("can_be_edited", "can_manage_chat", "can_delete_messages", "can_manage_video_chats"),
            *("can_restrict_members", "can_promote_members", "can_change_info"),
            *("can_invite_users", "can_post_stories", "can_edit_stories", "can_delete_stories"),
        )
        body |= {right: right != "can_promote_members" for right in rights}
    return body


def _status(world: World, chat: Chat, user_id: int) -> str:
    if user_id == world.bot.id:
        return chat.bot_status
    if chat.user is not None:
        return "member" if user_id == chat.user.id else "left"
    return chat.members.get(user_id, "left")


def get_chat_member(world: World, params: JsonObject) -> JsonObject:
    """getChatMember."""
    chat = world.open_chat(params["chat_id"])
    user = world.users.get(params["user_id"])
    if user is None:
        raise Rejection("PARTICIPANT_ID_INVALID")
    return member_body(user, _status(world, chat, user.id))


def _group(world: World, params: JsonObject, description: str) -> Chat:
    chat = world.open_chat(params["chat_id"])
    if chat.user is not None:
        raise Rejection(description, violation="chat_id: a private chat")
    return chat


def get_chat_administrators(world: World, params: JsonObject) -> list[JsonObject]:
    """getChatAdministrators; other bots are none of this world's."""
    chat = _group(world, params, "there are no administrators in the private chat")
    return [
        member_body(world.users[user_id], status)
        for user_id, status in chat.members.items()
        if status in {"creator", "administrator"}
    ]


def get_chat_member_count(world: World, params: JsonObject) -> int:
    """getChatMemberCount."""
    chat = world.open_chat(params["chat_id"])
    return 2 if chat.user is not None else len(chat.members) + 1


def leave_chat(world: World, params: JsonObject) -> bool:
    """leaveChat."""
    _group(world, params, "chat member status can't be changed in private chats").bot_status = "left"
    return True


METHODS: dict[str, Method] = {
    "getMe": get_me,
    "sendMessage": sending.send_message,
    "sendPhoto": sending.send_photo,
    "sendDocument": sending.send_document,
    "copyMessage": sending.copy_message,
    "forwardMessage": sending.forward_message,
    "sendChatAction": sending.send_chat_action,
    "editMessageText": sending.edit_message_text,
    "editMessageReplyMarkup": sending.edit_message_reply_markup,
    "deleteMessage": sending.delete_message,
    "answerCallbackQuery": answer_callback_query,
    "answerInlineQuery": answer_inline_query,
    "setMyCommands": set_my_commands,
    "getMyCommands": get_my_commands,
    "deleteMyCommands": delete_my_commands,
    "setMyName": _setter("name"),
    "setMyDescription": _setter("description"),
    "setMyShortDescription": _setter("short_description"),
    "getMyName": _getter("name"),
    "getMyDescription": _getter("description"),
    "getMyShortDescription": _getter("short_description"),
    "getChat": get_chat,
    "getChatMember": get_chat_member,
    "getChatAdministrators": get_chat_administrators,
    "getChatMemberCount": get_chat_member_count,
    "leaveChat": leave_chat,
}
