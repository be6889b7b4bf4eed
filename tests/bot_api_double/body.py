"""Reads the parameters of a call from its query and its body, whatever the body's form."""

from __future__ import annotations

import json
from email.message import Message
from urllib.parse import parse_qsl

from .checks import Upload
from .errors import JsonObject, Rejection


def read_params(query: str, content_type: str, body: bytes) -> JsonObject:
    """All parameters by name; files are Upload objects, everything else as it arrived."""
    params: JsonObject = dict(parse_qsl(query, keep_blank_values=True))
    if not body:
        return params
    header = _header("content-type", content_type)
    kind = header.get_content_type() if content_type else ""
    if kind == "application/json":
        params.update(_json(body))
    elif kind == "application/x-www-form-urlencoded":
        text = body.decode("utf-8", "replace")
        params.update(parse_qsl(text, keep_blank_values=True))
    elif kind == "multipart/form-data":
        boundary = header.get_param("boundary")
        if not isinstance(boundary, str) or not boundary:
            raise Rejection("boundary not found", violation="body: multipart without a boundary")
        params.update(_multipart(body, boundary))
    else:
        raise Rejection("unsupported content type", violation=f"body: content type {content_type!r}")
    return _attach(params)


def _header(name: str, value: str) -> Message:
    message = Message()
    message[name] = value
    return message


def _json(body: bytes) -> JsonObject:
    try:
        decoded = json.loads(body)
    except ValueError:
        raise Rejection("can't parse JSON object", violation="body: not JSON") from None
    if not isinstance(decoded, dict):
        raise Rejection("object expected", violation="body: not a JSON object")
    return decoded


def _multipart(body: bytes, boundary: str) -> JsonObject:
    """The parts of a form; read by hand to need no further package."""
    params: JsonObject = {}
    # The first boundary has no line break before it; with one added, all look the same.
    parts = (b"\r\n" + body).split(b"\r\n--" + boundary.encode())
    if len(parts) < 2 or not parts[-1].startswith(b"--"):
        raise Rejection("can't parse multipart body", violation="body: unfinished multipart form")
    for part in parts[1:-1]:
        head, _, data = part.partition(b"\r\n\r\n")
        headers = Message()
        for line in head.decode("utf-8", "replace").splitlines():
            name, _, value = line.partition(":")
            if value:
                headers[name.strip()] = value.strip()
        name_found = headers.get_param("name", header="content-disposition")
        if not isinstance(name_found, str):
            raise Rejection("can't parse multipart body", violation="body: a part without a name")
        filename = headers.get_filename()
        if filename is None:
            params[name_found] = data.decode("utf-8", "replace")
        else:
            params[name_found] = Upload(name_found, filename, headers.get_content_type(), len(data), data)
    return params


def _attach(params: JsonObject) -> JsonObject:
    """Puts files named as attach://part where they belong."""
    uploads = {name: value for name, value in params.items() if isinstance(value, Upload)}
    for name, value in list(params.items()):
        if isinstance(value, str) and value.startswith("attach://"):
            part = uploads.get(value.removeprefix("attach://"))
            if part is not None:
                params[name] = part
                params.pop(part.field, None)
    return params
