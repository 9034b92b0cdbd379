"""External ids: how a lesson's week is named in the target, and how its name is recognised (design §4.3).

The id is EchoDesk's mark of ownership: whatever does not read back to exactly the same text is not ours.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterable
from dataclasses import dataclass

DEFAULT_TEMPLATE = "{slotid}-{week}-{setid}"
_FIELDS = ("slotid", "week", "setid")


class ExternalIdFault(ValueError):
    """A template or a collection of sets from which no unmistakable ids can be made; the text says why."""


@dataclass(frozen=True, slots=True)
class Named:
    """What an external id says."""

    setid: str
    slotid: int
    week: int


@dataclass(frozen=True, slots=True)
class Template:
    """A checked template. `literals` are the texts before, between and after its three fields, in `order`."""

    text: str
    order: tuple[str, str, str]
    literals: tuple[str, str, str, str]

    @classmethod
    def parse(cls, text: str) -> Template:
        """Check a template and take it apart.

        Each of `{slotid}`, `{week}` and `{setid}` must be there once, and something that is not a digit must
        stand between two of them, else two lessons could share an id. Raises ExternalIdFault.
        """
        try:
            parts = list(string.Formatter().parse(text))
        except ValueError as fault:
            raise ExternalIdFault(f"the template {text!r} cannot be read: {fault}") from fault
        literals = [""]
        order: list[str] = []
        for literal, field, spec, conversion in parts:
            literals[-1] += literal
            if field is None:
                continue
            if field not in _FIELDS or spec or conversion:
                raise ExternalIdFault(f"the template {text!r} may hold {{slotid}}, {{week}} and {{setid}} only")
            order.append(field)
            literals.append("")
        if sorted(order) != sorted(_FIELDS):
            raise ExternalIdFault(f"the template {text!r} must hold {{slotid}}, {{week}} and {{setid}}, each once")
        if any(not re.search("[^0-9]", between) for between in literals[1:3]):
            raise ExternalIdFault(f"the template {text!r} needs something other than digits between its fields")
        if text != text.strip() or any(not character.isprintable() for character in text):
            raise ExternalIdFault(
                f"the template {text!r} begins or ends with a space, or holds a control character"
            )
        first, second, third = order
        return cls(text, (first, second, third), (literals[0], literals[1], literals[2], literals[3]))

    def format(self, setid: str, slotid: int, week: int) -> str:
        """The external id of one lesson in one week."""
        return self.text.format(slotid=slotid, week=week, setid=set_in_id(setid))


def set_in_id(setid: str) -> str:
    """A set as external ids hold it: `/` becomes `-`; spaces around it do not count."""
    return setid.strip().replace("/", "-")


class Recogniser:
    """Tells our external ids from others, for one template and the live and former sets.

    Raises ExternalIdFault when two sets look alike in an id, or one is empty there.
    """

    def __init__(self, template: Template, sets: Iterable[str]) -> None:
        self._template = template
        self._set_of: dict[str, str] = {}
        for setid in sorted(set(sets)):
            shown = set_in_id(setid)
            if not shown:
                raise ExternalIdFault("a set without a name cannot be part of an external id")
            if shown in self._set_of:
                raise ExternalIdFault(f"the sets {self._set_of[shown]!r} and {setid!r} look alike in external ids")
            self._set_of[shown] = setid
        alternatives = "|".join(re.escape(shown) for shown in sorted(self._set_of, key=len, reverse=True))
        patterns = {
            "slotid": "(?P<slotid>[0-9]+)",
            "week": "(?P<week>[0-9]+)",
            "setid": f"(?P<setid>{alternatives})",
        }
        pattern = re.escape(template.literals[0])
        for field, literal in zip(template.order, template.literals[1:], strict=True):
            pattern += patterns[field] + re.escape(literal)
        self._pattern = re.compile(pattern) if self._set_of else None

    def read(self, external_id: str | None) -> Named | None:
        """What an id of ours says; None for any other text, None included."""
        if external_id is None or self._pattern is None:
            return None
        found = self._pattern.fullmatch(external_id)
        if found is None or len(found["slotid"]) > 18 or len(found["week"]) > 18:
            return None
        named = Named(self._set_of[found["setid"]], int(found["slotid"]), int(found["week"]))
        # "007" reads as 7, but no lesson of ours is called so.
        return named if self._template.format(named.setid, named.slotid, named.week) == external_id else None

    def is_ours(self, external_id: str | None) -> bool:
        """True if the id matches the template and names a live or former set (decisions: "Ours")."""
        return self.read(external_id) is not None
