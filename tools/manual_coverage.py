# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write docs/manual-coverage.md from docs/manual-coverage.yml: which step of the vendor's manuals the collection carries out.

Also playbooks/vars/operator_steps.yml: what the summary of the playbook site says of the steps that are left to the operator.

usage: tools/manual_coverage.py [--check]    with --check it fails where one of them is not up to date

Every step says what carries it out, by a reference into the tree:

    roles/ROLE/tasks/FILE.yml: NAME OF A TASK      playbooks/FILE.yml: NAME OF A PLAY OR TASK
    roles/ROLE/vars/main.yml: momentum_PART        what such a task is given
    msys.momentum.MODULE                           msys.momentum.MODULE: option, or option.suboption
    momentum_VARIABLE                              plugins/FILE.py: function, class or constant
"""

import ast
import re
import sys
from collections import Counter
from functools import lru_cache
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "docs" / "manual-coverage.yml"
PAGE = ROOT / "docs" / "manual-coverage.md"
STEPS = ROOT / "playbooks" / "vars" / "operator_steps.yml"
HOSTS = ("standalone", "cluster_node", "cluster_manager")
SITE = "https://docs.sparkpost.com/momentum/"

STATUSES = {"done": "done", "operator": "yours", "not_applicable": "does not apply", "missing": "missing"}
KEYS = {"step", "what", "status", "by", "reason", "differs", "build", "remind"}
STEP = re.compile(r"([0-9]*)([a-z]?)\Z")
DOCUMENTATION = re.compile(r'^DOCUMENTATION = r"""\n(.*?)^"""', re.M | re.S)

INTRODUCTION = """\
# What the manuals demand, and what does it

<!-- Generated from docs/manual-coverage.yml by tools/manual_coverage.py: change it there. -->

Every step of the vendor's manuals on installation, clusters, upgrades, system preparation and security, with what carries it out. Numbers of
sections and steps are those of the page. A step that demands several things has a letter for each, and so has a demand without a number of its own.

* **done**: a role, playbook or module of the collection does it, or proves that it is so. Where it does so in another way than the page, the
  row says how and why.
* **yours**: left to the operator on purpose, with the reason, and the variable or module that helps.
* **does not apply**: about software or systems that the collection does not manage.
* **missing**: nothing does it yet. The row says what would have to be built.

A test fails where a row names a task, module, option, variable or function that is not in the tree, where a row that is not done has no reason,
and where a step that was counted in the page has no row.

"""


class Tree:
    """What references may name."""

    def __init__(self, root=ROOT):
        self.root = root

    @lru_cache(maxsize=4096)  # noqa: B019 (lives as long as the process)
    def names(self, path):
        """The names of plays and tasks in a file, blocks included, or of the variables of a role; None if there is no such file."""
        file = self.root / path
        entries = yaml.safe_load(file.read_text("utf-8")) if file.is_file() and file.suffix == ".yml" else None
        return set(entries if isinstance(entries, dict) else _names(entries)) if entries is not None else None

    @lru_cache(maxsize=4096)  # noqa: B019
    def options(self, module):
        """The options of a module with their suboptions, `option.suboption`; None if there is no such module."""
        file = self.root / "plugins" / "modules" / (module + ".py")
        found = DOCUMENTATION.search(file.read_text("utf-8")) if file.is_file() else None
        return set(_options(yaml.safe_load(found.group(1)).get("options") or {})) if found else None

    @lru_cache(maxsize=4096)  # noqa: B019
    def variables(self):
        """The variables that the roles describe."""
        files = sorted(self.root.glob("roles/*/meta/argument_specs.yml"))
        specifications = [yaml.safe_load(file.read_text("utf-8"))["argument_specs"] for file in files]
        return {name for one in specifications for entry in one.values() for name in entry.get("options") or {}}

    @lru_cache(maxsize=4096)  # noqa: B019
    def definitions(self, path):
        """What a Python file defines at its top: functions, classes, constants."""
        file = self.root / path
        return set(_defined(ast.parse(file.read_text("utf-8")))) if file.is_file() else None

    def complaint(self, reference):
        """What is wrong with a reference, empty if nothing is."""
        place, _colon, name = reference.partition(": ")
        if place.startswith("momentum_"):
            return "" if place in self.variables() and not name else "no role describes this variable"
        if place.startswith("msys.momentum."):
            known = self.options(place.rpartition(".")[2])
            return "there is no such module" if known is None else _unless(not name or name in known, "no such option")
        read = self.definitions if place.endswith(".py") else self.names
        known = read(place) if place.startswith(("roles/", "playbooks/", "plugins/")) else None
        return "there is no such file" if known is None else _unless(name in known, "nothing there has this name")


def _unless(holds, words):
    return "" if holds else words


def _names(entries):
    for entry in entries or []:
        yield entry.get("name")
        for key in ("tasks", "pre_tasks", "post_tasks", "block", "rescue", "always"):
            yield from _names(entry.get(key))


def _options(options, prefix=""):
    for name, one in options.items():
        yield prefix + name
        yield from _options(one.get("suboptions") or {}, prefix + name + ".")


def _defined(module):
    for node in module.body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            yield node.name
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from (target.id for target in targets if isinstance(target, ast.Name))


def load(path=SOURCE):
    """The chapters as they are written down."""
    return yaml.safe_load(path.read_text("utf-8"))


def sections_of(chapter):
    """Each section of a chapter with its page."""
    for page in chapter["pages"]:
        for section in page["sections"]:
            yield page, section


def steps_of(chapter):
    """Each step of a chapter."""
    for _page, section in sections_of(chapter):
        yield from section["steps"]


def problems(chapters, tree):
    """What is wrong with the data, in words with their place."""
    found = []
    for chapter in chapters:
        for page in chapter["pages"]:
            counted = sum(section.get("numbered", 0) + section.get("unnumbered", 0) for section in page["sections"])
            if counted != page["count"]:
                found.append("%s: count is %s, but its sections have %d" % (page["page"], page["count"], counted))
        for page, section in sections_of(chapter):
            place = "%s %s" % (page["page"], section.get("section", "")) if section.get("section") else page["page"]
            found += ["%s: %s" % (place, words) for words in _gaps(section)]
            for step in section["steps"]:
                found += ["%s step %s: %s" % (place, step.get("step"), words) for words in _wrong(step, tree)]
    return found


def _gaps(section):
    """Steps that were counted in the page and have no row, or rows without a step."""
    numbers, letters, parts = [], [], {}
    for step in section["steps"]:
        found = STEP.match(str(step["step"]))
        if found is None or not found.group():
            yield "step %r is neither a number, nor a letter, nor both" % step["step"]
        elif found.group(1):
            numbers.append(int(found.group(1)))
            parts.setdefault(numbers[-1], []).append(found.group(2))
        else:
            letters.append(found.group(2))
    if sorted(set(numbers)) != list(range(1, section.get("numbered", 0) + 1)) or numbers != sorted(numbers):
        yield "the numbered steps are %s, but the page has 1 to %d" % (numbers, section.get("numbered", 0))
    if letters != _alphabet(section.get("unnumbered", 0)):
        yield "the steps without a number are %s, but the page has %d" % (letters, section.get("unnumbered", 0))
    for number, found in parts.items():
        if found not in ([""], _alphabet(len(found))) or found == ["a"]:
            yield "the parts of step %d are %s" % (number, found)


def _alphabet(count):
    return [chr(ord("a") + number) for number in range(count)]


def _wrong(step, tree):
    """What is wrong with one step."""
    for key in sorted(set(step) - KEYS):
        yield "unknown key %s" % key
    status = step.get("status")
    if status not in STATUSES:
        yield "status %r is none of %s" % (status, ", ".join(STATUSES))
    if not step.get("what"):
        yield "what it demands is missing"
    if status == "done" and not step.get("by"):
        yield "done, but not said by what"
    if status != "done" and "differs" in step:
        yield "not done, and so in no other way"
    if status != "done" and not step.get("reason"):
        yield "not done, without a reason"
    if (status == "missing") != bool(step.get("build")):
        yield "what is missing, and nothing else, says in `build` what would have to be built"
    if "remind" in step:
        yield from _wrong_reminder(step, tree)
    for reference in step.get("by") or []:
        words = tree.complaint(reference)
        if words:
            yield "%s: %s" % (reference, words)


def _wrong_reminder(step, tree):
    remind = step["remind"]
    if step.get("status") != "operator":
        yield "only what is left to the operator has a reminder"
    if set(remind) - {"unless"} != {"words", "hosts"} or not set(remind["hosts"]) <= set(HOSTS):
        yield "a reminder has words, hosts of %s, and perhaps unless" % ", ".join(HOSTS)
    if "unless" in remind and remind["unless"] not in tree.variables():
        yield "%s: no role describes this variable" % remind["unless"]


def steps_of_site(chapters):
    """The text of the variables: for each kind of host, how many steps are left to the operator, and of which the summary reminds."""
    found = {}
    for kind in HOSTS:
        steps = [step for one in chapters if kind in one.get("site", ()) for step in steps_of(one)]
        left = [step for step in steps if step["status"] == "operator"]
        reminders = [step["remind"] for step in left if kind in step.get("remind", {}).get("hosts", ())]
        kept = [{key: one[key] for key in ("words", "unless") if key in one} for one in reminders]
        found[kind] = {"count": len(left), "remind": kept}
    head = "# SPDX-License-Identifier: GPL-3.0-or-later\n---\n# Generated from docs/manual-coverage.yml by tools/manual_coverage.py: change it there.\n"
    return head + _Indented.text({"momentum_operator_steps": found})


class _Indented(yaml.SafeDumper):
    """Writes lists below their key indented, as yamllint has it."""

    def increase_indent(self, flow=False, indentless=False):
        super().increase_indent(flow, False)

    def ignore_aliases(self, data):
        return True

    @classmethod
    def text(cls, data):
        return yaml.dump(data, Dumper=cls, sort_keys=False, width=1000)


def counts(chapter):
    """How many steps of a chapter have which status."""
    return Counter(step["status"] for step in steps_of(chapter))


def page_of(chapters):
    """The text of the page."""
    text = INTRODUCTION + _summary(chapters)
    for chapter in chapters:
        text += "\n## %s\n\n%s\n" % (chapter["title"], chapter["about"].strip())
        for page in chapter["pages"]:
            text += _page(page, len(chapter["pages"]) > 1)
    return text


def _summary(chapters):
    head = ["", "steps", *STATUSES.values()]
    rows = [_row(head), _row(["---"] * len(head))]
    for chapter in chapters:
        found = counts(chapter)
        anchor = re.sub(r"[^a-z0-9 -]", "", chapter["title"].lower()).replace(" ", "-")
        numbers = [str(sum(found.values()))] + [str(found[status]) for status in STATUSES]
        rows.append(_row(["[%s](#%s)" % (chapter["title"], anchor), *numbers]))
    total = sum((counts(chapter) for chapter in chapters), Counter())
    rows.append(_row(["together", str(sum(total.values())), *(str(total[status]) for status in STATUSES)]))
    return "\n".join(rows) + "\n"


def _page(page, titled):
    link = "[%s](%s%s)" % (page["page"], SITE, page["page"])
    text = "\n### %s\n\nPage %s, as of %s.\n" % (page["title"], link, page["updated"])
    if not titled:
        text = "\nPage %s, as of %s.\n" % (link, page["updated"])
    rows = [_row(["step", "demands", "", "by, and why"]), _row(["---"] * 4)]
    for section in page["sections"]:
        if section.get("title"):
            rows.append(
                _row(["", "**%s**" % " ".join(filter(None, [section.get("section"), section["title"]])), "", ""])
            )
        rows += [_row(_cells(section, step)) for step in section["steps"]]
    return text + "\n" + "\n".join(rows) + "\n"


def _cells(section, step):
    word = "step" if str(step["step"])[0].isdigit() else ""
    number = " ".join(filter(None, [section.get("section", ""), word, str(step["step"])]))
    if step["status"] == "done":
        words = [", ".join(map(_linked, step["by"])), step.get("reason", "")]
    else:
        words = [
            step["reason"],
            "To build: %s" % step["build"] if "build" in step else "",
            ", ".join(map(_linked, step.get("by") or [])),
        ]
    words.append("Differs: %s" % step["differs"] if "differs" in step else "")
    return [
        number,
        step["what"],
        STATUSES[step["status"]],
        ". ".join(word.strip().rstrip(".") for word in words if word),
    ]


def _linked(reference):
    """A reference as a link to its file, except variables, which have none of their own."""
    place, _colon, name = reference.partition(": ")
    if place.startswith("momentum_"):
        return "`%s`" % place
    if place.startswith("msys.momentum."):
        module = place.rpartition(".")[2]
        return "[`%s`](../plugins/modules/%s.py)%s" % (module, module, " `%s`" % name if name else "")
    if place.endswith(".py"):
        return "[`%s`](../%s) `%s`" % (place.rpartition("/")[2], place, name)
    parts = place.split("/")
    if parts[2:3] == ["vars"]:
        return "[%s/vars](../%s) `%s`" % (parts[1], place, name)
    shown = "/".join(parts[1:2] + parts[3:]) if parts[0] == "roles" else place
    return '[%s](../%s) "%s"' % (shown.replace(".yml", ""), place, name)


def _row(cells):
    return "| %s |" % " | ".join(cell.replace("|", "\\|") for cell in cells)


def main(arguments):
    """Write, or with --check compare."""
    chapters = load()
    found = problems(chapters, Tree())
    for words in found:
        print("%s: %s" % (SOURCE.relative_to(ROOT), words), file=sys.stderr)
    if found:
        return 1
    for path, text in ((PAGE, page_of(chapters)), (STEPS, steps_of_site(chapters))):
        if arguments != ["--check"]:
            path.write_text(text, "utf-8")
        elif path.read_text("utf-8") != text:
            print(
                "%s is not what its data gives; run tools/manual_coverage.py" % path.relative_to(ROOT), file=sys.stderr
            )
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
