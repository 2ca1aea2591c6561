# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the options of the module `node` into its documentation, from those of the modules that are its parts.

usage: tools/node_documentation.py [--check]; with --check it fails where the documentation is not up to date
"""

import re
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "plugins" / "module_utils"))
sys.path.insert(0, str(ROOT))
MODULES = ROOT / "plugins" / "modules"
TARGET = MODULES / "node.py"
BEGIN, END = "  # The parts, written by tools/node_documentation.py.\n", "  # End of the parts.\n"
WIDTH = 150


def documentation(path):
    """The DOCUMENTATION of a module."""
    return yaml.safe_load(re.search(r'^DOCUMENTATION = r"""\n(.*?)^"""', path.read_text("utf-8"), re.M | re.S).group(1))


def led(value, part, names):
    """Texts in which O() and RV() of a module lead to the same option within the part."""
    if isinstance(value, dict):
        return {key: led(item, part, names) for key, item in value.items()}
    if isinstance(value, list):
        return [led(item, part, names) for item in value]
    if not isinstance(value, str):
        return value
    value = re.sub(r"O\((?=(%s)\b)" % "|".join(map(re.escape, names)), "O(%s." % part, value)
    return re.sub(r"RV\((?!msys)([^)]*)\)", r"C(\1)", value)


def option(part):
    """The documentation of one part."""
    known = documentation(MODULES / (part.name + ".py"))
    options = {name: one for name, one in known["options"].items() if name in part.arguments}
    text = ["%s, with the options of M(msys.momentum.%s)." % (known["short_description"].rstrip("."), part.name)]
    return {"description": text, "type": "dict", "suboptions": led(options, part.name, list(options))}


def written(text):
    """The file with the options of today."""
    from plugins.module_utils.options.parts import PARTS

    options = {part.name: option(part) for part in PARTS}
    lines = yaml.safe_dump(options, width=WIDTH - 4, sort_keys=False, allow_unicode=True).splitlines(True)
    start, end = text.index(BEGIN) + len(BEGIN), text.index(END)
    return text[:start] + "".join("  " + line for line in lines).replace("\\", "\\") + text[end:]


def main(arguments):
    """Write, or with --check compare."""
    text = TARGET.read_text("utf-8")
    new = written(text)
    if "--check" in arguments and new != text:
        sys.exit("plugins/modules/node.py does not document its parts as they are; run tools/node_documentation.py")
    TARGET.write_text(new, "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
