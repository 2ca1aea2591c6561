# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Collect the modules of Momentum from the vendor's manuals, and compare the catalog of options with them.

python tools/catalog/collect.py PAGES            writes modules.tsv and counts.tsv, prints the counts and each difference without a reason
python tools/catalog/collect.py PAGES --check    compares instead of writing

PAGES is a checkout of https://github.com/SparkPost/support-docs, or its git directory. What a program cannot know of a page is in
corrections.tsv, and where the catalog is not what a page has, differences.tsv has the reason. Both fail when they are of no use any more.
Then run generate.py.
"""

import argparse
import csv
import re
import sys
from pathlib import Path
from typing import Dict, Iterator, List, NamedTuple, Optional, Set, Tuple

sys.path.insert(0, str(Path(__file__).resolve().parent))

import pages as manual  # noqa: E402
from generate import MODULE_COLUMNS, MODULES, ROOT, Row, read  # noqa: E402

HERE = Path(__file__).resolve().parent
CORRECTIONS = HERE / "corrections.tsv"
DIFFERENCES = HERE / "differences.tsv"
COUNTS = HERE / "counts.tsv"

OPTIONS_4, OPTIONS_3 = "4/config-options-summary", "3/3-reference/options-summary"
MODULES_4, MODULES_3 = "4/modules/summary-all-modules", "3/3-reference/modules-summary"
# Where examples are. The pages of the API have C in theirs.
EXAMPLES = ("4", "3", "mobile", "manuals")
NO_EXAMPLES = "3/3-api/"
COMMON = frozenset(["enabled", "debug_level"])  # page 4/4-module-config: of every module
CORE_SCOPES = frozenset(["global", "domain", "binding", "binding_group"])


_RELEASE = re.compile(r"[0-9]+(?:\.[0-9]+)+")
_HOT_FIX = re.compile(r"([0-9]+\.[0-9]+)-HF([0-9]+)")  # 4.1-HF4 is 4.1.0.4 of the catalog


class Correction(NamedTuple):
    """A line of corrections.tsv."""

    module: str
    change: str
    value: str
    reason: str


class Difference(NamedTuple):
    """Something that a page has and the catalog has not, or has otherwise."""

    page: str
    what: str


Options = Dict[
    str, str
]  # name, with {} for a stanza -> the release that it came with, empty where the module has had it


def table(path: Path) -> List[List[str]]:
    """Return the lines of a table without its head."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))[1:]


class Collector:
    """The modules of all pages with their options."""

    def __init__(self, pages: manual.Pages, rows: List[Row]) -> None:
        self.pages = pages
        self.corrections = [Correction(*line) for line in table(CORRECTIONS)]
        self.used: Set[Correction] = set()
        self.restarts = {row.name for row in rows if row.activation == "restart" and "global" in row.scopes.split(",")}
        self.core = {row.name for row in rows if CORE_SCOPES & set(row.scopes.split(","))}
        self.examples = self._examples()

    def modules(self) -> List[List[str]]:
        """Return the lines of modules.tsv."""
        known: Dict[str, Dict[int, manual.ModuleRow]] = {}
        for major, page in ((3, MODULES_3), (4, MODULES_4)):
            for row in manual.modules_summary(self.pages.text(page)):
                known.setdefault(row.name, {})[major] = row
        for correction in self.corrections:
            if correction.change == "page":
                known.setdefault(correction.module, {})
        found = [self._module(name, by_major) for name, by_major in known.items() if not self._is(name, "no-stanza")]
        return sorted(found)

    def unused(self) -> List[Correction]:
        """Return the corrections that changed nothing."""
        return [correction for correction in self.corrections if correction not in self.used]

    def _module(self, name: str, by_major: Dict[int, manual.ModuleRow]) -> List[str]:
        stanza = self._one(name, "stanza") or name
        sources = [by_major[major].page for major in sorted(by_major, reverse=True)]
        sources += [correction.value for correction in self._all(name, "page")]
        since = ";".join(by_major[major].version for major in sorted(by_major))
        newer = 4 in by_major or any(not page.startswith("3/") for page in sources)
        deprecated = "3.0" if any(row.deprecated for row in by_major.values()) else ""
        singleton = any(row.singleton for row in by_major.values())
        options = self._options(name, stanza, sources)
        return [
            stanza,
            self._one(name, "since") or since,
            self._one(name, "deprecated") or deprecated,
            "" if newer else "4.0?",
            "restart" if stanza in self.restarts else "reload",
            "singleton" if singleton else "",
            " ".join(option + ("@" + first if first else "") for option, first in sorted(options.items())),
            "; ".join(dict.fromkeys(sources)),
        ]

    def _options(self, name: str, stanza: str, sources: List[str]) -> Options:
        found: Options = {}
        for page in sources:
            for option, since in manual.defined(self.pages.text(page)).items():
                found[option] = found.get(option) or since
        for option in self.examples.get(stanza, []):
            found.setdefault(option, "")
        for correction in self._all(name, "option"):
            for option, _at, since in (word.partition("@") for word in correction.value.split()):
                self._note(correction, option not in found)
                found[option] = since
        for correction in self._all(name, "no-option"):
            for option in correction.value.split():
                self._note(correction, option in found)
                found.pop(option, None)
        stanzas = {option[: -len(manual.STANZA)] for option in found if option.endswith(manual.STANZA)}
        own = stanza + "_"
        return {
            option: since
            for option, since in found.items()
            if option not in COMMON and option not in stanzas and not (option in self.core and option.startswith(own))
        }

    def _examples(self) -> Dict[str, List[str]]:
        found: Dict[str, Dict[str, None]] = {}
        for directory in EXAMPLES:
            for page in self.pages.under(directory):
                for path, name in () if page.startswith(NO_EXAMPLES) else manual.used(self.pages.text(page)):
                    if path:
                        found.setdefault(path[0], {})[name] = None
        return {module: list(names) for module, names in found.items()}

    def _all(self, module: str, change: str) -> Iterator[Correction]:
        for correction in self.corrections:
            if (correction.module, correction.change) == (module, change):
                if "option" not in change:
                    self.used.add(correction)
                yield correction

    def _one(self, module: str, change: str) -> str:
        return next((correction.value for correction in self._all(module, change)), "")

    def _is(self, module: str, change: str) -> bool:
        return any(True for _correction in self._all(module, change))

    def _note(self, correction: Correction, useful: bool) -> None:
        if not useful:
            raise ValueError(
                f"{CORRECTIONS.name}: {correction.module}: {correction.change} {correction.value}: a word of it changes nothing"
            )
        self.used.add(correction)


def differences(pages: manual.Pages, rows: List[Row]) -> Iterator[Difference]:
    """Yield what the summaries and the pages of the reference have of options, and the catalog has not."""
    known: Dict[str, Dict[str, Row]] = {}
    for row in rows:
        for scope in row.scopes.split(","):
            known.setdefault(row.name, {})[scope] = row
    for page in (OPTIONS_4, OPTIONS_3):
        for line in manual.options_summary(pages.text(page)):
            for what in _of_line(line, known.get(line.name, {})):
                yield Difference(page, what)
    for page in reference_pages(pages):
        names, scopes = manual.option_page(pages.text(page))
        for name in names:
            missing = sorted(set(scopes) - set(known.get(name, {})) - {name})
            if name not in known or missing:
                yield Difference(page, f"{name} in {', '.join(missing)}" if name in known else name)
    for row in rows:
        for page in row.source.split("; "):
            if not _mentions(pages, page, row.name):
                yield Difference(page, f"nothing about {row.name}")


def reference_pages(pages: manual.Pages) -> List[str]:
    """Return the pages that are about single options."""
    newer = [page for page in pages.under("4/config") if not page.endswith("/index")]
    return newer + [page for page in pages.under("3/3-reference") if "conf-ref-" in page]


def counts(pages: manual.Pages, rows: List[Row], modules: List[List[str]]) -> List[Tuple[str, int]]:
    """Return what there is to count on the pages and in the catalog."""
    lines = {page: list(manual.options_summary(pages.text(page))) for page in (OPTIONS_4, OPTIONS_3)}
    tables = {page: list(manual.modules_summary(pages.text(page))) for page in (MODULES_4, MODULES_3)}
    named = {line.name for page in lines for line in lines[page]}
    named_modules = {line.name for page in tables for line in tables[page]}
    options = [option for module in modules for option in module[6].split()]
    return [
        ("options in the summary of 4.x", len({line.name for line in lines[OPTIONS_4]})),
        ("options in the summary of 3.x", len({line.name for line in lines[OPTIONS_3]})),
        ("options in both together", len(named)),
        (
            "places (an option in a scope) in both together",
            len({(line.name, scope) for page in lines for line in lines[page] for scope in line.scopes}),
        ),
        ("pages of the reference about options", len(reference_pages(pages))),
        ("options in the catalog", len({row.name for row in rows})),
        ("of these, not in a summary", len({row.name for row in rows} - named)),
        ("places in the catalog", sum(len(row.scopes.split(",")) for row in rows)),
        ("scopes in the catalog", len({scope for row in rows for scope in row.scopes.split(",")} - {"*", "?"})),
        ("modules in the summary of 4.x", len(tables[MODULES_4])),
        ("modules in the summary of 3.x", len({line.name for line in tables[MODULES_3]})),
        ("modules in both together", len(named_modules)),
        ("modules in the catalog", len(modules)),
        ("options of modules in the catalog", len([option for option in options if manual.STANZA not in option])),
        ("stanzas within modules in the catalog", len([option for option in options if manual.STANZA in option])),
    ]


def _of_line(line: manual.OptionRow, entries: Dict[str, Row]) -> Iterator[str]:
    if not entries:
        yield line.name
    missing = [scope for scope in line.scopes if scope not in entries]
    if entries and missing:
        yield f"{line.name} in {', '.join(missing)}"
    rows = {entries[scope]: scope for scope in line.scopes if scope in entries}
    for row, scope in rows.items():
        if not all(
            _known_since(row.since, release)
            for release in _RELEASE.findall(_HOT_FIX.sub(r"\1.0.\2", line.version.split(" through ")[0]))
        ):
            yield f"{line.name} in {scope}: {line.version}"
        if line.static and row.activation != "restart":
            yield f"{line.name} in {scope}: non-dynamic"


def _known_since(since: str, release: str) -> bool:
    """Whether the catalog has the release of a summary. The first one of a manual is where that manual begins, not the option."""
    firsts = re.split("[;,]", since)
    return (
        release in firsts
        or release.endswith(".0")
        and any(_numbers(first) <= _numbers(release) for first in firsts if first)
    )


def _numbers(release: str) -> List[int]:
    return [int(part) for part in release.split(".")]


def _mentions(pages: manual.Pages, page: str, name: str) -> bool:
    try:
        text = pages.text(page).lower().replace("\\_", "_")
    except FileNotFoundError:
        return False
    return name.lstrip("*") in text


def explained(found: List[Difference]) -> Tuple[List[Difference], List[str]]:
    """Return the differences without a reason, and the reasons without a difference."""
    reasons = {Difference(line[0], line[1]) for line in table(DIFFERENCES)}
    return [one for one in found if one not in reasons], [
        f"{one.page}: {one.what}" for one in sorted(reasons - set(found))
    ]


def written(lines: List[List[str]], head: List[str]) -> str:
    """Return the text of a table."""
    return "".join("\t".join(line) + "\n" for line in [head] + lines)


def main(arguments: Optional[List[str]] = None) -> int:
    """Collect, compare, print; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pages", type=Path, help="a checkout of the manuals, or its git directory")
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    options = parser.parse_args(arguments)
    pages, rows = manual.Pages(options.pages), read()
    collector = Collector(pages, rows)
    modules = collector.modules()
    counted = counts(pages, rows, modules)
    found = list(differences(pages, rows))
    without, of_no_use = explained(found)
    counted += [
        ("differences with a reason", len(found) - len(without)),
        ("differences without a reason", len(without)),
    ]
    problems = [f"{one.page}: {one.what}" for one in without]
    problems += [f"{DIFFERENCES.name}: {what}: no such difference" for what in of_no_use]
    problems += [
        f"{CORRECTIONS.name}: {one.module}: {one.change} {one.value}: changes nothing" for one in collector.unused()
    ]
    texts = {
        MODULES: written(modules, MODULE_COLUMNS),
        COUNTS: written([[what, str(number)] for what, number in counted], ["what", "number"]),
    }
    for path, text in texts.items():
        if not options.check:
            path.write_text(text, encoding="utf-8")
        elif path.read_text(encoding="utf-8") != text:
            problems.append(f"{path.relative_to(ROOT)} is not what the pages give: run tools/catalog/collect.py")
    for what, number in counted:
        print(f"{number:6}  {what}")
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
