# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check texts and names against the list of terms in tools/terms.yml.

Print PLACE: the term, and the one to use instead; exit 1 if there is any. In Python, comments and strings are texts, and names are
looked at word by word (`old_folder`, `OldFolder`). In every other file each line is text. An exception that matches nothing is an
error too, so the list cannot outlive what it excuses.

usage: tools/terms.py [FILE...]    without FILE: every file that git tracks in the checked directories
"""

import fnmatch
import io
import re
import subprocess
import sys
import tokenize
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
# A string such as "old_folder" is a key or a path, and "old, new" a list of parameters: no sentence.
NAME = re.compile(r"[\w./{}%()-]*(, \w+)*\Z")
TEXT_TOKENS = {tokenize.COMMENT, tokenize.STRING, getattr(tokenize, "FSTRING_MIDDLE", tokenize.STRING)}


class Terms:
    """The rules, and which exceptions have been of use."""

    def __init__(self, data):
        self.texts = [(re.compile(rule["text"], re.IGNORECASE | re.VERBOSE), rule["use"]) for rule in data["terms"]]
        self.words = {word: rule["use"] for rule in data["terms"] for word in rule.get("names", "").split()}
        self.exceptions = [
            (
                group["where"],
                set(group.get("names", "").split()),
                [re.compile(text, re.IGNORECASE) for text in group.get("texts", [])],
            )
            for group in data["exceptions"]
        ]
        self.used = set()

    def text(self, path, line):
        """Yield ("text", term, use instead) for each term in a line of text."""
        for pattern, use in self.texts:
            for match in pattern.finditer(line):
                # A name in backticks is looked at where it is defined.
                quoted = line[: match.start()].endswith("`") and line[match.end() :].startswith("`")
                if not quoted and not self.is_excused_text(path, line, match):
                    yield "text", match.group(), use

    def name(self, path, name):
        """Yield ("name", name, use instead) for a name with a term as one of its words."""
        for word in WORDS.findall(name):
            use = self.words.get(word.lower())
            if use and not self.is_excused_name(path, name):
                yield "name", name, use

    def is_excused_text(self, path, line, match):
        for where, _names, texts in self.exceptions:
            if fnmatch.fnmatch(path, where):
                for text in texts:
                    if any(m.start() <= match.start() and match.end() <= m.end() for m in text.finditer(line)):
                        self.used.add((where, text.pattern))
                        return True
        return False

    def is_excused_name(self, path, name):
        for where, names, _texts in self.exceptions:
            if name in names and fnmatch.fnmatch(path, where):
                self.used.add((where, name))
                return True
        return False

    def unused(self):
        """Return the exceptions that excused nothing."""
        every = [
            (where, one)
            for where, names, texts in self.exceptions
            for one in [*names, *(text.pattern for text in texts)]
        ]
        return sorted(set(every) - self.used)


def python_findings(terms, path, source):
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        number = token.start[0]
        if token.type == tokenize.NAME:
            for finding in terms.name(path, token.string):
                yield (number, *finding)
        elif token.type in TEXT_TOKENS:
            for offset, line in enumerate(token.string.splitlines()):
                if token.type != tokenize.COMMENT and NAME.match(line.strip("\"'bfru")):
                    found = [finding for name in line.strip("\"'").split(", ") for finding in terms.name(path, name)]
                else:
                    found = terms.text(path, line)
                for finding in found:
                    yield (number + offset, *finding)


def findings(terms, path, source):
    """Yield (line number, kind, term, use instead) for one file."""
    if path.endswith(".py"):
        yield from python_findings(terms, path, source)
        return
    for number, line in enumerate(source.splitlines(), 1):
        for finding in terms.text(path, line):
            yield (number, *finding)


def tracked(data):
    names = subprocess.run(
        ["git", "ls-files", "-z", *data["check"]], cwd=ROOT, stdout=subprocess.PIPE, check=True
    ).stdout
    return [name for name in names.decode("utf-8").split("\0") if name and (ROOT / name).is_file()]


def main(arguments):
    data = yaml.safe_load((ROOT / "tools/terms.yml").read_text(encoding="utf-8"))
    terms = Terms(data)
    every = tracked(data)
    chosen = {str(Path(one).resolve().relative_to(ROOT)) for one in arguments}
    count = 0
    for path in every:
        if (chosen and path not in chosen) or any(fnmatch.fnmatch(path, where) for where in data["skip"]):
            continue
        for number, kind, term, use in findings(
            terms, path, (ROOT / path).read_text(encoding="utf-8", errors="replace")
        ):
            print("%s:%d: %s %r; use: %s" % (path, number, kind, term, use))
            count += 1
    for where, what in [] if chosen else terms.unused():
        print("tools/terms.yml: the exception %r for %s matches nothing. Remove it." % (what, where))
        count += 1
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
