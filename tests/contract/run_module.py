# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run modules as a node does, each in a process of its own that has loaded no code of the collection before.

A line of JSON on standard input, with `module` and `arguments`, is answered by one on standard output, with `returncode`, `stdout`
and `stderr`. What is Ansible's own is loaded once; that halves the time of hundreds of runs. With the name of a module on the command
line, this process itself becomes the module, and its arguments are read as Ansible hands them over.

Works under every Python that Ansible supports on a managed node; the interpreter needs the folder that holds
`ansible_collections` and an ansible-core of its generation on PYTHONPATH.
"""

import json
import os
import runpy
import signal
import sys
import syslog
import tempfile

from ansible.module_utils import basic

PATIENCE = 120  # seconds for one module


def run(module, arguments):
    """Become the module."""
    # What would go to the node's log is looked through for secrets, too.
    basic.has_journal = False
    syslog.syslog = lambda _priority, message: sys.stderr.write(message + "\n")
    log = basic.AnsibleModule.log

    def log_with_fields(module, message, log_args=None):
        # What systemd's journal would get as fields, which Ansible does not look through.
        sys.stderr.write("".join("%s=%s\n" % field for field in (log_args or {}).items()))
        log(module, message, log_args)

    basic.AnsibleModule.log = log_with_fields

    basic._ANSIBLE_ARGS = json.dumps({"ANSIBLE_MODULE_ARGS": arguments}).encode("utf-8")
    if hasattr(basic, "_ANSIBLE_PROFILE"):
        basic._ANSIBLE_PROFILE = "legacy"
    runpy.run_module(
        "ansible_collections.msys.momentum.plugins.modules.%s" % module, run_name="__main__", alter_sys=True
    )


def child(request, out, err):
    """Never returns: what the module prints goes to two files, and how it ends is how this process does."""
    code = 1
    try:
        signal.alarm(PATIENCE)
        for stream, target in ((open(os.devnull), 0), (out, 1), (err, 2)):
            os.dup2(stream.fileno(), target)
        run(**request)
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def answer(request):
    """Run one module to its end."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        pid = os.fork()
        if pid == 0:
            child(request, out, err)
        status = os.waitpid(pid, 0)[1]
        texts = []
        for stream in (out, err):
            stream.seek(0)
            texts.append(stream.read().decode("utf-8", "surrogateescape"))
    code = os.WEXITSTATUS(status) if os.WIFEXITED(status) else -os.WTERMSIG(status)
    return {"returncode": code, "stdout": texts[0], "stderr": texts[1]}


def main():
    if len(sys.argv) > 1:
        run(sys.argv[1], json.load(sys.stdin)["ANSIBLE_MODULE_ARGS"])
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
