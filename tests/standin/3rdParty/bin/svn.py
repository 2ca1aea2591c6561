# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""svn info PATH, svn status [--xml] [--no-ignore] [--non-interactive] PATH, svn proplist --verbose --recursive --xml PATH, of 3rdParty/bin.
A stand-in for tests."""

import os
import sys
from typing import List
from xml.sax.saxutils import escape, quoteattr

sys.dont_write_bytecode = True
PREFIX = os.environ.get("MOMENTUM_STANDIN_ROOT", "").rstrip("/") + "/opt/msys/ecelerity"
HERE = os.path.join(os.path.dirname(os.path.dirname(os.path.realpath(__file__))), "lib")
sys.path.insert(0, HERE if os.path.isdir(HERE + "/momentum_standin") else PREFIX + "/lib")

from momentum_standin import repository  # noqa: E402


def main(arguments: List[str]) -> int:
    words = [one for one in arguments if not one.startswith("--")]
    if len(words) != 2 or words[0] not in ("info", "status", "proplist"):
        print(__doc__)
        return 1
    path, sign, revision = words[1].rpartition("@")
    sign = "" if "/" in revision else sign
    if sign and revision:  # svnbook, "Peg and Operative Revisions"
        print("svn: E205000: Syntax error parsing peg revision '%s'" % revision, file=sys.stderr)
        return 1
    try:
        copy = repository.WorkingCopy(path if sign else words[1])
    except repository.Refused as error:
        print(error, file=sys.stderr)
        return 1
    if os.stat(copy.record).st_uid != os.geteuid():
        # What another account leaves in the database, its owner cannot open any more.
        print("svn: E200031: sqlite[S8]: attempt to write a readonly database", file=sys.stderr)
        return 1
    if words[0] == "info":
        print(
            "Path: %s\nRepository Root: https://localhost:2027/config/default\nRevision: %d" % (copy.top, copy.revision)
        )
        return 0
    if words[0] == "proplist":
        print('<?xml version="1.0" encoding="UTF-8"?>\n<properties>')
        for name, patterns in copy.ignore.items():
            place = quoteattr(os.path.join(copy.top, name).rstrip("/"))
            print(
                '<target\n   path=%s>\n<property\n   name="svn:ignore">%s</property>\n</target>'
                % (place, escape(patterns))
            )
        print("</properties>")
        return 0
    found = sorted(copy.changes().items())
    if "--no-ignore" in arguments:
        found += [(name, "ignored") for name in copy.ignored()]
    if "--xml" not in arguments:
        print("\n".join("%s       %s/%s" % (state[0].upper(), words[1], name) for name, state in found))
        return 0
    print('<?xml version="1.0" encoding="UTF-8"?>\n<status>\n<target\n   path=%s>' % quoteattr(words[1]))
    for name, state in found:
        print(
            '<entry\n   path=%s>\n<wc-status\n   props="none"\n   item="%s">\n</wc-status>\n</entry>'
            % (quoteattr(words[1] + "/" + name), state)
        )
    print("</target>\n</status>")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
