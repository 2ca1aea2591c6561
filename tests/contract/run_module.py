# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run one module as a node does: arguments on standard input, the result as JSON on standard output.

usage: python run_module.py NAME < ARGUMENTS.json

Works under every Python that Ansible supports on a managed node; the interpreter needs the folder that holds
`ansible_collections` and an ansible-core of its generation on PYTHONPATH.
"""

import runpy
import sys
import syslog


def main():
    from ansible.module_utils import basic

    # What would go to the node's log is looked through for secrets, too.
    basic.has_journal = False
    syslog.syslog = lambda _priority, message: sys.stderr.write(message + "\n")

    basic._ANSIBLE_ARGS = sys.stdin.read().encode("utf-8")
    if hasattr(basic, "_ANSIBLE_PROFILE"):
        basic._ANSIBLE_PROFILE = "legacy"
    runpy.run_module(
        "ansible_collections.msys.momentum.plugins.modules.%s" % sys.argv[1], run_name="__main__", alter_sys=True
    )


if __name__ == "__main__":
    main()
