# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the options that several roles have into each role's argument_specs.yml and defaults, from tools/role_options.yml.

usage: tools/role_options.py [--check]; with --check it fails where a role has them otherwise
"""

import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
DATA = Path(__file__).with_suffix(".yml")
BEGIN = "# Options that other roles have too, written by tools/role_options.py.\n"
OURS = ("roles", "comment")
WIDTH = 115


class Dumper(yaml.SafeDumper):
    """Indents lists, as yamllint has it."""

    def increase_indent(self, flow=False, indentless=False):
        """Never without."""
        return super().increase_indent(flow, False)


def dumped(value, indent):
    """YAML, indented."""
    text = yaml.dump(value, Dumper=Dumper, width=WIDTH - indent, sort_keys=False, allow_unicode=True)
    return "".join(" " * indent + line for line in text.splitlines(True))


def shared():
    """The options that several roles have: for each its specification, the names of the roles, and what the defaults say above it."""
    found = yaml.safe_load(DATA.read_text("utf-8"))
    return {
        name: ({key: one[key] for key in one if key not in OURS}, *(one.get(key) for key in OURS))
        for name, one in found.items()
    }


def default_of(name, spec, comment):
    """The line of the defaults, below its comment; nothing for an option without a default."""
    return (
        "" if "default" not in spec else ("\n# %s\n" % comment if comment else "") + dumped({name: spec["default"]}, 0)
    )


def files_of(role):
    """The files of a role with their texts, as they should be."""
    own = {name: (spec, comment) for name, (spec, roles, comment) in shared().items() if role in roles}
    defaults = "".join(default_of(name, *one) for name, one in own.items())
    specs = dumped({name: spec for name, (spec, _comment) in own.items()}, 6)
    parts = {"meta/argument_specs.yml": specs, "defaults/main.yml": defaults}
    for name, text in parts.items():
        path = ROOT / "roles" / role / name
        begin = " " * (6 if name.startswith("meta") else 0) + BEGIN
        kept = path.read_text("utf-8").partition(begin)[0]
        yield path, kept + begin + text


def main(arguments):
    """Write, or with --check compare."""
    for role in sorted({role for _spec, roles, _comment in shared().values() for role in roles}):
        for path, text in files_of(role):
            if "--check" in arguments and path.read_text("utf-8") != text:
                sys.exit("%s does not have its shared options as they are; run tools/role_options.py" % path.name)
            path.write_text(text, "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
