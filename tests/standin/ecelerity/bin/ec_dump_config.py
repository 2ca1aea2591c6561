# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ec_dump_config: print a configuration as XML, or what is wrong with it. The exit status is always 0 (the vendor documents
none), and the schema of the XML is the stand-in's own."""

import argparse
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.realpath(__file__))), "lib"))

from momentum_standin import errors, loading, paths, xmlout  # noqa: E402


def main() -> int:
    parser = argparse.ArgumentParser(prog="ec_dump_config", description=__doc__)
    parser.add_argument("-c", metavar="CONFIGFILE", default=paths.MAIN, help="configuration (%(default)s)")
    parser.add_argument("-e", metavar="EXTDIR", help="directory of modules; the stand-in has none and ignores this")
    parser.add_argument("-f", metavar="OUTFILE", help="write there instead of standard output")
    arguments = parser.parse_args()
    try:
        text = xmlout.document(loading.load(arguments.c, paths.search_path()).tree)
    except errors.ConfigurationError as error:
        print("\n".join(error.lines).encode("utf-8", "replace").decode("utf-8"))
        return 0
    data = text.encode("utf-8")
    if arguments.f:
        with open(arguments.f, "wb") as file:
            file.write(data)
    else:
        sys.stdout.buffer.write(data)
    return 0


if __name__ == "__main__":
    sys.exit(main())
