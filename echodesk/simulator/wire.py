"""Requests and answers as values, and the forms in which Echo360 words a refusal (API facts §4.4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import parse_qsl, unquote

import msgspec

ErrorForm = Literal["code", "param", "text", "plain"]
"""How a refusal is written: `code` = error + message, `param` = JsonError, `text` = the text as `error`,
`plain` = the bare text."""

JSON_HEADERS = (("content-type", "application/json"),)
TEXT_HEADERS = (("content-type", "text/plain; charset=utf-8"),)


@dataclass(frozen=True, slots=True)
class SimRequest:
    """One HTTP request. `path` is percent-encoded as it came, header names are in lower case."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def segments(self) -> list[str]:
        """The decoded path segments; a slash inside one (`%2F`) stays inside it."""
        return [unquote(part) for part in self.path.strip("/").split("/")]

    def parameters(self) -> dict[str, str]:
        """The decoded query; of a repeated name the last value counts."""
        return dict(parse_qsl(self.query, keep_blank_values=True)) if self.query else {}


@dataclass(frozen=True, slots=True)
class SimResponse:
    """One HTTP answer; `content-length` is left to whoever writes it to a socket."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def json(self) -> object:
        """The body as JSON values. Raises `msgspec.DecodeError` if it is none."""
        return msgspec.json.decode(self.body)

    def header(self, name: str) -> str | None:
        """The value of a header (name in lower case), or None."""
        return next((value for key, value in self.headers if key == name), None)


class Refusal(Exception):
    """Ends the handling of a request with this answer."""

    def __init__(self, response: SimResponse) -> None:
        super().__init__(response.status, response.body)
        self.response = response


def json_response(status: int, value: object, headers: tuple[tuple[str, str], ...] = ()) -> SimResponse:
    """An answer with a JSON body."""
    return SimResponse(status, JSON_HEADERS + headers, msgspec.json.encode(value))


def refusal(
    status: int,
    form: ErrorForm,
    code: str,
    message: str,
    *,
    path: str = "obj",
    headers: tuple[tuple[str, str], ...] = (),
) -> Refusal:
    """A refusal in one of the forms of API facts §4.4; `path` names the field where the form has one."""
    if form == "plain":
        return Refusal(SimResponse(status, TEXT_HEADERS + headers, message.encode()))
    if form == "text":
        return Refusal(json_response(status, {"error": message}, headers))
    if form == "param":
        return Refusal(json_response(status, json_error({path: [message]}), headers))
    return Refusal(json_response(status, {"error": code, "message": message}, headers))


def json_error(problems: Mapping[str, list[str]]) -> dict[str, object]:
    """The document of a field refusal, as the Play framework writes it."""
    param = {path: [{"msg": text, "args": []} for text in texts] for path, texts in problems.items()}
    return {"error": "JsonError", "param": param}
