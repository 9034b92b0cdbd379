"""What no file may contain, and how long one may be."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator, Mapping

from tests.house_rules.source import Source

MOST_LINES = 400
# Files that are longer, with the length they may not exceed. The list shrinks; nothing is added to it.
LONG_FILES: dict[str, int] = {}

SILENCER = re.compile(r"#\s*(type:\s*ignore|noqa|pragma:\s*no cover)(?P<rest>.*)", re.IGNORECASE)
# A rule by its code, then at least two words that say why it does not apply.
REASONED = re.compile(r"\s*(\[[\w\-, ]+\]|:\s*[A-Z]+\d+(\s*,\s*[A-Z]+\d+)*)\W+\w[\w'-]*\s+\w+")

# Written in parts, so that this file does not contain what it forbids.
MACHINE_PATHS = tuple(f"/{name}/" for name in ("work", "root", "tmp", "farm"))
REGISTRIES = tuple(f"{name}.org" for name in ("pypi", "files.pythonhosted", "registry.npmjs"))
FORBIDDEN = re.compile(
    "|".join([rf"(?<![\w.-]){path}" for path in MACHINE_PATHS] + [re.escape(each) for each in REGISTRIES])
)

TOP_LEVEL = {
    *(".ci", ".gitignore", "pyproject.toml", "requirements.lock"),
    *("CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "README.md"),
    *("echodesk", "packaging", "resources", "sql", "tests"),
}


def broken_silencers(source: Source) -> Iterator[str]:
    """Checks switched off without the rule's code and a reason."""
    for token in tokenize.generate_tokens(io.StringIO(source.text).readline):
        silencer = SILENCER.search(token.string) if token.type == tokenize.COMMENT else None
        if silencer and not REASONED.match(silencer["rest"]):
            yield f"{source.path}:{token.start[0]}: a check is switched off without saying which and why"


def broken_length(source: Source, listed: Mapping[str, int] = LONG_FILES) -> Iterator[str]:
    """A file that has grown past what one reads at a sitting, or is listed as long and is no more."""
    lines = len(source.text.splitlines())
    if lines > listed.get(source.path, MOST_LINES):
        yield f"{source.path}: {lines} lines; look for a second room past {MOST_LINES}"
    if source.path in listed and lines <= MOST_LINES:
        yield f"{source.path}: {lines} lines only; take it off LONG_FILES"


def broken_words(path: str, text: str) -> Iterator[str]:
    """Paths of one machine, and hosts of package registries."""
    for number, line in enumerate(text.splitlines(), start=1):
        if found := FORBIDDEN.search(line):
            yield f"{path}:{number}: {found.group()!r} belongs to one machine, not into the project"


def broken_top(paths: list[str]) -> Iterator[str]:
    """Things at the top of the tree that have no place there."""
    for entry in sorted({path.split("/")[0] for path in paths} - TOP_LEVEL):
        yield f"{entry}: not one of the project's top folders and files"
