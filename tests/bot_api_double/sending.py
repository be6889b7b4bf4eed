"""The methods that put messages into chats, change them and take them away."""

from __future__ import annotations

import time

from .checks import Upload
from .errors import JsonObject, Rejection
from .validation import Composed, compose
from .world import Chat, Entry, Version, World

_NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same"
    " as a current content and reply markup of the message"
)
_PRIVATE_ONLY = ("request_contact", "request_location", "request_poll", "web_app")


def send_message(world: World, params: JsonObject) -> JsonObject:
    """sendMessage."""
    composed = compose(params)
    content: JsonObject = {"text": composed.text}
    if composed.entities:
        content["entities"] = composed.entities
    if "link_preview_options" in params:
        content["link_preview_options"] = params["link_preview_options"]
    return _send(world, params, "sendMessage", composed, content)


def send_photo(world: World, params: JsonObject) -> JsonObject:
    """sendPhoto."""
    size = params["photo"].size if isinstance(params["photo"], Upload) else 1000
    photo = {**_stored(params["photo"]), "width": 90, "height": 90, "file_size": size}
    return _send_file(world, params, "sendPhoto", params["photo"], {"photo": [photo]})


def send_document(world: World, params: JsonObject) -> JsonObject:
    """sendDocument."""
    file = params["document"]
    document = _stored(file)
    if isinstance(file, Upload):
        document |= {
            "file_name": file.filename,
            "mime_type": file.content_type,
            "file_size": file.size,
        }
    return _send_file(world, params, "sendDocument", file, {"document": document})


def copy_message(world: World, params: JsonObject) -> JsonObject:
    """copyMessage."""
    origin = _origin(world, params, "to copy")
    content = {
        name: value
        for name, value in origin.body.items()
        if name in {"text", "entities", "caption", "caption_entities", "photo", "document"}
        or name in {"sticker", "voice", "contact"}
    }
    text, entities = _words(content)
    composed = Composed(text, text, entities)
    if "caption" in params and "text" not in content:
        composed = compose(params, "caption", "caption_entities")
        content |= {"caption": composed.text, "caption_entities": composed.entities}
    body = _send(world, params, "copyMessage", composed, content)
    return {"message_id": body["message_id"]}


def forward_message(world: World, params: JsonObject) -> JsonObject:
    """forwardMessage."""
    origin = _origin(world, params, "to forward").body
    dropped = {"message_id", "from", "chat", "date", "message_thread_id", "is_topic_message"}
    dropped |= {"reply_to_message", "reply_markup", "edit_date"}
    content = {name: value for name, value in origin.items() if name not in dropped}
    content.setdefault(
        "forward_origin",
        {"type": "user", "sender_user": origin["from"], "date": origin["date"]},
    )
    text, entities = _words(content)
    return _send(world, params, "forwardMessage", Composed(text, text, entities), content)


def send_chat_action(world: World, params: JsonObject) -> bool:
    """sendChatAction."""
    _thread(world.open_chat(params["chat_id"]), params)
    return True


def edit_message_text(world: World, params: JsonObject) -> JsonObject:
    """editMessageText."""
    composed = compose(params)
    entry = _editable(world, params)
    if "text" not in entry.body:
        raise Rejection(
            "there is no text in the message to edit",
            violation="message_id: the message has no text",
        )
    return _edit(world, params, entry, composed)


def edit_message_reply_markup(world: World, params: JsonObject) -> JsonObject:
    """editMessageReplyMarkup."""
    return _edit(world, params, _editable(world, params), None)


def delete_message(world: World, params: JsonObject) -> bool:
    """deleteMessage."""
    chat = world.open_chat(params["chat_id"])
    entry = world.entry(chat, params["message_id"], "to delete")
    foreign = entry.sent is None and chat.user is None
    if foreign and chat.bot_status != "administrator":
        raise Rejection("message can't be deleted for everyone")
    entry.deleted = True
    if entry.sent is not None:
        entry.sent.deleted = True
    return True


def _send_file(world: World, params: JsonObject, method: str, file: Upload | str, content: JsonObject) -> JsonObject:
    composed = compose(params, "caption", "caption_entities")
    if composed.text:
        content["caption"] = composed.text
    if composed.entities:
        content["caption_entities"] = composed.entities
    return _send(world, params, method, composed, content, file)


def _send(
    world: World,
    params: JsonObject,
    method: str,
    composed: Composed,
    content: JsonObject,
    file: object = None,
) -> JsonObject:
    """What all sending methods share: where to, in reply to what, with which keyboard."""
    chat = world.open_chat(params["chat_id"])
    thread_id = _thread(chat, params)
    replied = _replied(world, chat, params)
    markup: JsonObject | None = params.get("reply_markup")
    if markup is not None:
        _check_place(chat, markup)
        if markup.get("inline_keyboard"):
            content["reply_markup"] = markup
    if replied is not None and thread_id is None and chat.forum:
        # A reply goes where the message it answers is.
        thread_id = replied.body.get("message_thread_id")
    entry = world.post(chat, world.bot, content, thread_id=thread_id, reply_to=replied)
    reply_to = replied.body["message_id"] if replied is not None else None
    world.record(entry, composed, method, markup, reply_to, file)
    return entry.body


def _thread(chat: Chat, params: JsonObject) -> int | None:
    """The topic a call names, which must be one of the chat's."""
    thread_id: int | None = params.get("message_thread_id")
    if thread_id is not None and thread_id not in chat.topics:
        raise Rejection(
            "message thread not found",
            violation=f"message_thread_id: chat {chat.id} has no topic {thread_id}",
        )
    return thread_id


def _replied(world: World, chat: Chat, params: JsonObject) -> Entry | None:
    """The message a call replies to."""
    reply: JsonObject | None = params.get("reply_parameters")
    if reply is None:
        return None
    place = world.chat(reply["chat_id"], "reply_parameters.chat_id") if "chat_id" in reply else chat
    try:
        return world.entry(place, reply["message_id"], "to be replied", "reply_parameters.message_id")
    except Rejection:
        if reply.get("allow_sending_without_reply"):
            return None
        raise


def _check_place(chat: Chat, markup: JsonObject) -> None:
    """Refuses buttons that work in private chats only."""
    if chat.type == "private":
        return
    for row in markup.get("inline_keyboard", []):
        if any("web_app" in button for button in row):
            raise Rejection("BUTTON_TYPE_INVALID", violation="reply_markup: web_app in a group")
    for row in markup.get("keyboard", []):
        for button in row:
            if any(button.get(name) for name in _PRIVATE_ONLY):
                raise Rejection(
                    "this button can be used in private chats only",
                    violation=f"reply_markup: {button['text']!r} asks for something in a group",
                )


def _editable(world: World, params: JsonObject) -> Entry:
    """The message of the bot that an editing call means."""
    if "inline_message_id" in params:
        raise Rejection(
            "MESSAGE_ID_INVALID",
            violation="inline_message_id: inline messages are not supported by this double",
        )
    for name in ("chat_id", "message_id"):
        if name not in params:
            raise Rejection("message identifier is not specified", violation=f"{name}: missing")
    chat = world.open_chat(params["chat_id"])
    entry = world.entry(chat, params["message_id"], "to edit")
    if entry.sent is None or entry.sent.method == "forwardMessage":
        raise Rejection("message can't be edited", violation="message_id: not the bot's own message")
    if "inline_keyboard" not in (entry.sent.reply_markup or {"inline_keyboard": []}):
        raise Rejection(
            "message can't be edited",
            violation="message_id: the message has a reply keyboard and cannot be edited",
        )
    return entry


def _edit(world: World, params: JsonObject, entry: Entry, composed: Composed | None) -> JsonObject:
    """Changes a message; a call without a keyboard takes the old one away."""
    sent = entry.sent
    assert sent is not None
    markup: JsonObject | None = params.get("reply_markup")
    if markup is not None:
        _check_place(world.chat(params["chat_id"]), markup)
        if not markup["inline_keyboard"]:
            markup = None
    new = composed or Composed(sent.text, sent.html, sent.entities)
    old_markup = entry.body.get("reply_markup")
    if (new.text, new.entities, markup) == (sent.text, sent.entities, old_markup):
        raise Rejection(_NOT_MODIFIED)
    sent.history.append(Version(sent.text, sent.html, sent.entities, sent.reply_markup, time.monotonic()))
    sent.text, sent.html, sent.entities = new.text, new.source, new.entities
    sent.reply_markup = markup
    # A new object: the old one may be on its way to the bot inside an update.
    body = {**entry.body, "edit_date": int(time.time())}
    for name in ("entities", "reply_markup") if composed else ("reply_markup",):
        body.pop(name, None)
    if composed is not None:
        body["text"] = new.text
        if new.entities:
            body["entities"] = new.entities
    if markup is not None:
        body["reply_markup"] = markup
    entry.body = body
    return body


def _origin(world: World, params: JsonObject, purpose: str) -> Entry:
    """The message to copy or forward."""
    chat = world.chat(params["from_chat_id"], "from_chat_id")
    return world.entry(chat, params["message_id"], purpose)


def _words(content: JsonObject) -> tuple[str, list[JsonObject]]:
    text: str = content.get("text") or content.get("caption") or ""
    entities: list[JsonObject] = content.get("entities") or content.get("caption_entities") or []
    return text, entities


def _stored(file: Upload | str) -> JsonObject:
    """The ids under which the server keeps a file."""
    if isinstance(file, Upload):
        name = f"{file.filename}-{file.size}"
    else:
        name = file if "/" not in file else f"link-{abs(hash(file))}"
    return {"file_id": f"FILE-{name}", "file_unique_id": f"UNIQUE-{name}"}
