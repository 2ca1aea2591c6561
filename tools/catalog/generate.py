# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write data of plugins/module_utils/catalog and their tables in docs from tools/catalog/options.tsv and modules.tsv.

python tools/catalog/generate.py            writes the files
python tools/catalog/generate.py --check    says which of them differ from their source and fails
"""

import argparse
import sys
from pathlib import Path
from typing import Dict, Iterable, List, NamedTuple, Sequence

ROOT = Path(__file__).resolve().parent.parent.parent
SOURCE = ROOT / "tools" / "catalog" / "options.tsv"
MODULES = ROOT / "tools" / "catalog" / "modules.tsv"
DATA = ROOT / "plugins" / "module_utils" / "catalog" / "data.py"
MANUAL_DATA = ROOT / "plugins" / "module_utils" / "catalog" / "manual_data.py"
TABLE = ROOT / "docs" / "options.md"
MODULE_TABLE = ROOT / "docs" / "modules.md"

LINE_LENGTH = 120
COLUMNS = "name scopes type default since deprecated removed activation platforms note source".split()
MODULE_COLUMNS = "name since deprecated removed activation singleton options source".split()
PLATFORMS = {"linux,solaris": "", "linux": "l", "solaris": "s"}

HEADER = '''\
# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Data of %s. Generated from %s by tools/catalog/generate.py: change it there."""
'''

INTRODUCTION = """\
# Options of Momentum

<!-- Generated from tools/catalog/options.tsv by tools/catalog/generate.py: change it there. -->

Every option, scope and module that the collection knows, as Momentum's manuals describe them. The table is data, not
advice.

* **Scopes**: where the option is valid: the union of its own page and of the options summary, which often differ.
  `any` is any scope, `?` means that no page says. Momentum ignores the letter case of scope names.
* **Since**: first releases; `;` separates major lines, `,` maintenance branches that each received the option. Empty:
  the manuals do not say. **Gone**: first release without it; with `?` it merely is absent from the manuals from then
  on.
* **Needs**: `restart` when the options summary marks the option non-dynamic or when its page asks for a restart,
  `reload` otherwise. An option within a scope that needs a restart needs one too. The manuals are known to be
  incomplete here.
* **Default**: empty when it is unset, undocumented or not the same in all releases.

"""

MODULE_INTRODUCTION = """\
# Modules of Momentum

<!-- Generated from tools/catalog/modules.tsv by tools/catalog/generate.py: change tools/catalog/corrections.tsv, and collect anew. -->

The stanzas of modules that the collection knows, with the options that the module's page defines or that an example of the manuals
has in the stanza. Every module has `enabled` and `debug_level`, too. Options that a module adds to domains and bindings are among the
[options](options.md). The table is data, not advice.

* **Options**: a name with `{}` is a stanza within the module's, whose options are among those of the module. `@` precedes the first
  release of an option that came later than the module. `#` stands for a number, `*` for the rest of a name.
* **Since**, **Gone**, **Needs**: as for options. Every module that the summary of 4.x has from 4.0 on existed in 3.x.

"""

TITLES = "Option Type Scopes Default Since Deprecated Gone Needs Platforms Remarks".split()


MODULE_TITLES = "Module Since Deprecated Gone Needs Options Page".split()


class ModuleRow(NamedTuple):
    """One line of modules.tsv, every field as written there."""

    name: str
    since: str
    deprecated: str
    removed: str
    activation: str
    singleton: str
    options: str
    source: str


class Row(NamedTuple):
    """One line of options.tsv, every field as written there."""

    name: str
    scopes: str
    type: str
    default: str
    since: str
    deprecated: str
    removed: str
    activation: str
    platforms: str
    note: str
    source: str


def read(path: Path = SOURCE) -> List[Row]:
    """The rows of the source table in order; ValueError with the line number when one is malformed or out of order."""
    lines = path.read_text(encoding="utf-8").splitlines()
    if lines[0].split("\t") != COLUMNS:
        raise ValueError(f"{path}:1: the columns must be {' '.join(COLUMNS)}")
    rows: List[Row] = []
    for number, line in enumerate(lines[1:], 2):
        fields = line.split("\t")
        if len(fields) != len(COLUMNS):
            raise ValueError(f"{path}:{number}: {len(fields)} columns instead of {len(COLUMNS)}")
        row = Row(*fields)
        problem = _problem(row, rows)
        if problem:
            raise ValueError(f"{path}:{number}: {problem}")
        rows.append(row)
    return rows


def read_modules(path: Path = MODULES) -> List[ModuleRow]:
    """The rows of the table of modules in order."""
    return [ModuleRow(*line.split("\t")) for line in path.read_text(encoding="utf-8").splitlines()[1:]]


def data_module(rows: List[Row]) -> str:
    """The text of the data module."""
    sets: Dict[str, int] = {}
    lines = [_line(row, sets.setdefault(row.scopes, len(sets))) for row in rows]
    scope_sets = "\n".join(_wrapped(scopes) for scopes in sets)
    header = HEADER % ("catalog.py", "tools/catalog/options.tsv")
    return _fitting(f'{header}\nSCOPE_SETS = (\n{scope_sets}\n)\n\nENTRIES = """\n' + "\n".join(lines) + '\n"""\n')


def manual_module(rows: List[Row], modules: List[ModuleRow]) -> str:
    """The text of the data module about modules, and about the pages of options where their names do not give them away."""
    header = HEADER % ("manual.py", "modules.tsv and options.tsv")
    lines = [line for module in modules for line in _module_lines(module)]
    names = [row.name for row in rows]
    by_page: Dict[str, List[str]] = {}
    for row in rows:
        page = row.source.split("; ")[0]
        if page != usual_page(row.name):
            alone = names.count(row.name) == 1
            by_page.setdefault(page, []).append(row.name if alone else f"{row.name}/{row.scopes.split(',')[0]}")
    pages = [line for page in sorted(by_page) for line in _folded([page] + by_page[page])]
    return _fitting(
        header + '\nMODULES = """\n' + "\n".join(lines) + '\n"""\n\nPAGES = """\n' + "\n".join(pages) + '\n"""\n'
    )


def usual_page(name: str) -> str:
    """The page that most options have."""
    return "4/config/ref-" + name.replace("_", "-")


def module_reference(modules: List[ModuleRow]) -> str:
    """The text of docs/modules.md."""
    lines = [_table_line(MODULE_TITLES), "|---" * len(MODULE_TITLES) + "|"]
    for row in modules:
        options = ", ".join(f"`{option}`" for option in row.options.split())
        lines.append(_table_line([f"`{row.name}`", *row[1:5], options, row.source.split("; ")[0]]))
    return MODULE_INTRODUCTION + "\n".join(lines) + f"\n\n{len(modules)} modules.\n"


def reference(rows: List[Row]) -> str:
    """The text of docs/options.md."""
    lines = [_table_line(TITLES), "|---" * len(TITLES) + "|"] + [_table_line(_cells(row)) for row in rows]
    return INTRODUCTION + "\n".join(lines) + f"\n\n{len(rows)} entries.\n"


def generated(rows: List[Row], modules: List[ModuleRow]) -> Dict[Path, str]:
    """All generated files with their texts."""
    return {
        DATA: data_module(rows),
        TABLE: reference(rows),
        MANUAL_DATA: manual_module(rows, modules),
        MODULE_TABLE: module_reference(modules),
    }


def main(arguments: List[str]) -> int:
    """Write the generated files, or with --check compare them; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    check = parser.parse_args(arguments).check
    stale = 0
    for path, text in generated(read(), read_modules()).items():
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale += 1
        if check:
            print(
                f"{path.relative_to(ROOT)} is not what {SOURCE.parent.relative_to(ROOT)} says: run tools/catalog/generate.py"
            )
        else:
            path.write_text(text, encoding="utf-8")
            print(f"wrote {path.relative_to(ROOT)}")
    return 1 if check and stale else 0


def _problem(row: Row, before: List[Row]) -> str:
    if before and (before[-1].name, before[-1].scopes) >= (row.name, row.scopes):
        return "rows must be sorted by name and scopes, and be distinct"
    if row.activation not in ("reload", "restart"):
        return f"activation must be reload or restart, not {row.activation!r}"
    if row.platforms not in PLATFORMS:
        return f"platforms must be one of {', '.join(PLATFORMS)}"
    if row.scopes.split(",") != sorted(set(row.scopes.lower().split(","))):
        return "scopes must be lower case, sorted and distinct"
    clash = {scope for other in before if other.name == row.name for scope in other.scopes.split(",")}
    if clash & set(row.scopes.split(",")):
        return "the same name stands twice in one scope"
    return "" if row.source else "the source page is missing"


def _line(row: Row, scopes: int) -> str:
    restart = "r" if row.activation == "restart" else ""
    fields = [row.name, str(scopes), row.type, restart, row.since, row.default, row.deprecated, row.removed]
    fields.append(PLATFORMS[row.platforms])
    if any("~" in field for field in fields):
        raise ValueError(f"{row.name}: '~' separates the fields of the generated module")
    return "~".join(fields).rstrip("~")


def _module_lines(row: ModuleRow) -> List[str]:
    """A module's line: what is known of it, then its options. Longer ones go on in lines that begin with a blank."""
    page = row.source.split("; ")[0]
    fields = [row.name, row.since, row.deprecated, row.removed, "" if page == usual_module_page(row.name) else page]
    return _folded(["~".join(fields), *row.options.replace("{}", "").split()])


def usual_module_page(name: str) -> str:
    """The page that most modules have."""
    return "4/modules/" + name.replace("_", "-")


def _folded(words: Iterable[str]) -> List[str]:
    """Words in lines that fit; all but the first begin with a blank."""
    lines = [""]
    for word in words:
        if len(lines[-1]) + len(word) >= LINE_LENGTH:
            lines.append("")
        lines[-1] += word if lines == [""] else " " + word
    return lines


def _fitting(text: str) -> str:
    for line in text.splitlines():
        if len(line) > LINE_LENGTH or "\\" in line:
            raise ValueError(f"does not fit into the generated module: {line}")
    return text


def _wrapped(scopes: str) -> str:
    """One string constant as a tuple item; a long one over several lines, joined by the compiler."""
    chunks = [""]
    for scope in scopes.split(","):
        if len(chunks[-1]) + len(scope) > LINE_LENGTH - 20:
            chunks.append("")
        chunks[-1] += scope + ","
    chunks[-1] = chunks[-1][:-1]
    return "\n".join(f'    "{chunk}"' for chunk in chunks) + ","


def _cells(row: Row) -> List[str]:
    scopes = {"*": "any"}.get(row.scopes, row.scopes).replace(",", ", ")
    default = f"`{row.default}`" if row.default else ""
    return [f"`{row.name}`", row.type, scopes, default, *row[4:10]]


def _table_line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
