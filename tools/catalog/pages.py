# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads what the vendor's manuals state in tables, headings and examples: options with their scopes, modules with their options.

The manuals are those of https://github.com/SparkPost/support-docs, directory content/momentum. A page is named as the catalog names
it: 4/config/ref-spoolbase is content/momentum/4/config/ref-spoolbase.md.
"""

import re
import subprocess
from pathlib import Path
from typing import Dict, Iterator, List, NamedTuple, Tuple

ROOT = "content/momentum"
STANZA = "{}"
SCOPES = frozenset(
    "binding binding_group cluster control_listener debug_flags domain eccluster_listener ecstream_listener esmtp_listener global host "
    "http_listener listen msgcserver_listener pathway pathway_group peer security snmp snmp_traps threadpool xmpp_listener".split()
)

# Lists of definitions under these headings define commands, variables and formats, not options.
_OTHER_LISTS = re.compile(
    r"console|variables|runtime usage|^usage$|management|schedule file|expansion maps|lua|macros|activefilter|replication scope|topology",
    re.I,
)
_PART = re.compile(r"^#+ (?P<heading>[^\n]*)$|<dt>(?P<term>.*?)</dt>(?P<definition>.*?)(?=<dt>|</dl>|\Z)", re.M | re.S)
_SINCE = re.compile(r"(?:Introduced in|available as of) (?:Momentum|version) ([0-9]+(?:\.[0-9]+)+)")
_TAG = re.compile(r"<.*?>")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*\Z")
_LINK = re.compile(r"\[(.*?)\]\(/momentum/([^)#]*)[^)]*\)")
_BLOCK = re.compile(r"^ *```[^\n]*\n(.*?)^ *```", re.M | re.S)
_PIECE = re.compile(r'#[^\n]*|"(?:\\.|[^"\\])*"|[{}\[\]()=]|[^\s{}\[\]()="#]+|\n')


class OptionRow(NamedTuple):
    """A line of an options summary: name in lower case, release, scopes, and whether the line calls it non-dynamic."""

    name: str
    version: str
    scopes: Tuple[str, ...]
    static: bool


class ModuleRow(NamedTuple):
    """A line of a modules summary: name in lower case, release, page, and the marks of the line."""

    name: str
    version: str
    page: str
    singleton: bool
    automatic: bool
    deprecated: bool


class Pages:
    """The pages of a checkout of the manuals, or of its git directory."""

    def __init__(self, place: Path) -> None:
        self._place = place
        self._tree = (place / ROOT).is_dir()
        self._texts: Dict[str, str] = {}

    def text(self, page: str) -> str:
        """Return the Markdown of a page; FileNotFoundError if there is none."""
        if page not in self._texts:
            self._texts[page] = self._read(page)
        return self._texts[page]

    def _read(self, page: str) -> str:
        name = f"{ROOT}/{page}.md"
        if self._tree:
            return (self._place / name).read_text(encoding="utf-8")
        shown = subprocess.run(
            ["git", f"--git-dir={self._place}", "show", f"HEAD:{name}"], capture_output=True, check=False
        )
        if shown.returncode:
            raise FileNotFoundError(f"{self._place} has no {name}")
        return shown.stdout.decode("utf-8")

    def under(self, directory: str) -> List[str]:
        """Return the names of all pages in a directory and below."""
        if self._tree:
            found = [str(path.relative_to(self._place)) for path in (self._place / ROOT / directory).rglob("*.md")]
        else:
            command = [
                "git",
                f"--git-dir={self._place}",
                "ls-tree",
                "-r",
                "--name-only",
                "HEAD",
                f"{ROOT}/{directory}/",
            ]
            found = subprocess.check_output(command, universal_newlines=True).splitlines()
        return sorted(name[len(ROOT) + 1 : -len(".md")] for name in found if name.endswith(".md"))


def options_summary(text: str) -> Iterator[OptionRow]:
    """Yield the lines of an options summary."""
    for cells in _table(text, 5):
        name = re.match(r"\**\[?\**([A-Za-z0-9_*]+)", cells[0])
        if name:
            scopes = tuple(sorted({scope.strip().lower() for scope in cells[4].split(",")} - {""}))
            yield OptionRow(name.group(1).strip("*").lower(), cells[3], scopes, "non-dynamic" in cells[2])


def modules_summary(text: str) -> Iterator[ModuleRow]:
    """Yield the lines of a modules summary."""
    for cells in _table(text, 7):
        link = _LINK.match(cells[0])
        if link:
            name = re.split(r" [–-] | Module$", link.group(1).strip('\u201c\u201d"'))[0].lower()
            marks = cells[0][link.end() :]
            yield ModuleRow(name, cells[1], link.group(2), "singleton" in marks, bool(cells[3]), "deprecated" in marks)


def option_page(text: str) -> Tuple[List[str], List[str]]:
    """Return the options that a page of the reference is about, and the scopes that its section about scopes names."""
    title = re.search(r'^title: "?(.*?)"?$', text, re.M)
    names = [name.strip().lower() for name in re.split(r",| and ", title.group(1).replace("\\_", "_"))] if title else []
    section = re.search(r"^##+ .*Scope\s*\n(.*?)(?=^##|\Z)", text, re.S | re.M)
    words = re.findall(r"[a-z_]+", section.group(1).lower()) if section and "|" not in section.group(1) else []
    return [name for name in names if _NAME.match(name)], sorted(SCOPES & set(words))


def defined(text: str) -> Dict[str, str]:
    """Return the options that a module's page defines in its lists, each with the release that it came with, if the page says so."""
    found: Dict[str, str] = {}
    heading = ""
    for match in _PART.finditer(_BLOCK.sub("", text)):
        if match.group("heading") is not None:
            title = _TAG.sub("", match.group("heading")).strip()
            heading = heading if title in ("Note", "Warning") else title
        elif not _OTHER_LISTS.search(heading):
            term = _TAG.sub("", match.group("term")).strip().strip("`").split("=")[0].strip()
            if _NAME.match(term):
                since = _SINCE.search(match.group("definition"))
                found[term.lower()] = since.group(1) if since else ""
    return found


def used(text: str) -> Iterator[Tuple[Tuple[str, ...], str]]:
    """Yield what the examples of a page set, each with the names of the stanzas around it, the outermost first; in lower case."""
    for block in _BLOCK.findall(text):
        yield from _assignments(block)


def _table(text: str, columns: int) -> Iterator[List[str]]:
    for line in text.splitlines():
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)][1:-1]
        if line.startswith("| ") and len(cells) == columns and not cells[0].startswith(("---", "Option/", "Name")):
            yield cells


def _assignments(block: str) -> Iterator[Tuple[Tuple[str, ...], str]]:
    """Yield the assignments of an example. Examples leave things out and are misprinted, so nothing is refused."""
    stack: List[str] = []
    head: List[str] = []  # the words of this line, or of the one before: what an opening brace belongs to
    fresh, depth = True, 0
    for piece in _PIECE.findall(block):
        if piece in "[(":
            if piece == "[" and not depth and _name(head[-1:]):
                yield tuple(stack), _name(head[-1:])  # a dictionary, whose = may be left out
            depth += 1
        elif piece in "])":
            depth = max(depth - 1, 0)
        elif depth or piece.startswith("#"):
            continue
        elif piece == "\n":
            fresh = True
        elif piece == "{":
            stack.append(_name(head))
            if stack[-1]:
                yield tuple(stack[:-1]), stack[-1] + STANZA
            head = []
        elif piece == "}":
            del stack[-1:]
            head = []
        elif piece == "=":
            if _name(head[-1:]):
                yield tuple(stack), _name(head[-1:])
            head = []
        else:
            head = [piece] if fresh else head + [piece]
            fresh = False


def _name(words: List[str]) -> str:
    return words[0].lower() if words and _NAME.match(words[0]) else ""
