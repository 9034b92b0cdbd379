"""Templates of what a schedule says: its title and the external id of its section (design §4.14)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from echodesk.errors import WrongUse

TITLE_FIELDS = ("module", "group", "module name")
SECTION_FIELDS = ("moduleid", "grpcode", "setid")

_FIELD = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Template:
    """Text with fields in braces. Make it with `Template.of`, which refuses fields that it does not know."""

    literals: tuple[str, ...]
    """The text before, between and after the fields."""
    fields: tuple[str, ...]

    @classmethod
    def of(cls, text: str, fields: tuple[str, ...]) -> Template:
        """Raises `WrongUse` for an unknown field, or a text without any field."""
        pieces = _FIELD.split(text)
        literals, found = tuple(pieces[::2]), tuple(pieces[1::2])
        unknown = [field for field in found if field not in fields]
        if unknown or not found:
            raise WrongUse(
                "Template cannot be used",
                f'"{text}" names {"no field" if not found else "the unknown field {" + unknown[0] + "}"}.',
                "Fields to choose from: " + ", ".join("{" + field + "}" for field in fields),
            )
        return cls(literals, found)

    def fill(self, values: Mapping[str, str]) -> str:
        """The text with every field replaced; what an empty field leaves between words is one space."""
        filled = self.literals[0]
        for field, literal in zip(self.fields, self.literals[1:], strict=True):
            filled += values[field] + literal
        return " ".join(filled.split())
