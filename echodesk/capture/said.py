"""What a refusal of Echo360 says, in whichever of its three forms it comes (API facts §4.4)."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from echodesk.capture.line import Got
from echodesk.capture.parsing import Unreadable, decoded

TEXT_SHOWN = 500
HTML = re.compile(rb"\s*(?:<!doctype|<html|<head|<\?xml|<!--)", re.IGNORECASE)
_LETTERS = re.compile(r"[^\W\d_]")
_JSON_WORDS = ("null", "true", "false", "NaN", "Infinity", "-Infinity")
_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Said:
    """What a refusal says, in whichever of the three forms it came."""

    code: str
    text: str
    """For people: the message, or the faults of single fields."""

    @property
    def key(self) -> str:
        """The code for comparing."""
        return re.sub(r"[^a-z]", "", self.code.lower())

    @property
    def words(self) -> str:
        """Text and code together, in lower case, a code's words apart: `TimingClash` is `timing clash`."""
        return f"{self.text} {_WORDS.sub(' ', self.code)}".lower()


def read(got: Got) -> Said | None:
    """The refusal in any of the three forms (API facts §4.4); without a word if the body holds none; None if it is
    none of Echo360's."""
    body = got.body.removeprefix(codecs.BOM_UTF8).strip()
    if HTML.match(body) or "html" in got.content_type.lower():
        return None
    if body[:1] not in (b"{", b"["):
        words = body.decode("utf-8", "replace").strip().strip('"')
        return Said("", _cut(words) if _LETTERS.search(words) and words not in _JSON_WORDS else "")
    try:
        document = decoded(body)
    except Unreadable:
        return None
    if not isinstance(document, dict):
        return None
    code, message = document.get("error"), document.get("message")
    faults = "; ".join(_faults(document.get("param")))
    texts = [part for part in (message if isinstance(message, str) else "", faults) if part]
    if not isinstance(code, str):
        return Said("", _cut("; ".join(texts))) if texts or not document else None
    if not texts and " " in code.strip():
        # The third form: free text where the code should be.
        return Said("", _cut(code))
    return Said(code, _cut("; ".join(texts)))


def shown(got: Got) -> str:
    """The beginning of a body, for a message."""
    if HTML.match(got.body):
        return "a web page"
    return _cut(got.body[: TEXT_SHOWN * 4].decode("utf-8", "replace")) or "no text"


def _faults(param: object) -> list[str]:
    if not isinstance(param, dict):
        return []
    found = []
    for field, faults in param.items():
        for fault in faults if isinstance(faults, list) else ():
            if isinstance(fault, dict) and isinstance(fault.get("msg"), str):
                found.append(f"{field.removeprefix('obj.')}: {fault['msg']}")
    return found


def _cut(text: str) -> str:
    return text if len(text) <= TEXT_SHOWN else text[: TEXT_SHOWN - 1] + "…"
