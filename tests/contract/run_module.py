# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run modules as a node does, each in a process of its own that has loaded no code of the collection before.

A line of JSON on standard input, with `module` and `arguments`, is answered by one on standard output, with `returncode`, `stdout`,
`stderr`, `calls`, and the bytes that it read and the memory that it took at most. With `kill` in the request, calls that change a file
system are counted, and SIGKILL comes before the one of that number (0: never); with `watchdog` it comes to the watchdog of a
transaction first, so that nobody is left to put anything back. `hasty` lets time run so many times as fast. With `uid`, the module runs as
that account. What is Ansible's own is loaded once; that halves the time
of hundreds of runs. With the name of a module on the command
line, this process itself becomes the module, and its arguments are read as Ansible hands them over.

Works under every Python that Ansible supports on a managed node; the interpreter needs the directory that holds
`ansible_collections` and an ansible-core of its generation on PYTHONPATH.
"""

import atexit
import ctypes
import json
import os
import runpy
import signal
import sys
import syslog
import tempfile
import time

from ansible.module_utils import basic

PATIENCE = 120  # seconds for one module
# What changes a file system. `open` counts where it may create or write.
CHANGING = (
    "chmod chown fchmod fchown fsync link mkdir open pwrite remove rename replace rmdir symlink unlink utime write"
)


def spy(kill, tally, watchdog, number):
    """Write a byte to the descriptor `tally` for each call that changes something, and let a signal of this number come before number `kill`,
    SIGKILL to the children that were forked first where `watchdog` says so."""
    process, seen, write, fork, children = os.getpid(), [], os.write, os.fork, []

    def forked():
        child = fork()
        if child:
            children.append(child)
        return child

    def watched(name, real):
        def call(*arguments, **named):
            reads = name == "open" and not (arguments[1:] or (0,))[0] & (os.O_CREAT | os.O_WRONLY | os.O_RDWR)
            # Not in the watchdog of a transaction: that lives on.
            if os.getpid() == process and not reads:
                seen.append(name)
                write(tally, b".")
                if len(seen) == kill:
                    for child in children if watchdog else ():
                        try:
                            os.kill(child, signal.SIGKILL)
                            os.waitpid(child, 0)
                        except (ProcessLookupError, ChildProcessError):
                            pass  # its work is done already
                    os.kill(process, number)
            return real(*arguments, **named)

        return call

    os.fork = forked
    for name in CHANGING.split():
        setattr(os, name, watched(name, getattr(os, name)))


def hurry(times):
    """Let time run so many times as fast, for what waits for something that never comes."""
    if times != 1:
        monotonic, sleep = time.monotonic, time.sleep
        time.monotonic = lambda: monotonic() * times
        time.sleep = lambda seconds: sleep(seconds / times)


def become(uid):
    """Take another account, which may still read all files: the interpreter's own may be root's alone."""
    libc = ctypes.CDLL(None, use_errno=True)
    read_all = 1 << 2  # CAP_DAC_READ_SEARCH, capabilities(7)
    libc.prctl(8, 1, 0, 0, 0)  # PR_SET_KEEPCAPS
    os.setgroups([])
    os.setgid(uid)
    os.setuid(uid)
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)  # _LINUX_CAPABILITY_VERSION_3, this process
    if libc.capset(header, (ctypes.c_uint32 * 6)(read_all, read_all, 0, 0, 0, 0)) != 0:
        raise OSError(ctypes.get_errno(), "capset")


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


def child(request, out, err, tally):
    """Never returns: what the module prints goes to two files, and how it ends is how this process does."""
    code, kill, watchdog = 1, request.pop("kill", None), request.pop("watchdog", False)
    number = request.pop("signal", signal.SIGKILL)
    uid = request.pop("uid", None)
    hurry(request.pop("hasty", 1))
    try:
        signal.alarm(PATIENCE)
        for stream, target in ((open(os.devnull), 0), (out, 1), (err, 2)):
            os.dup2(stream.fileno(), target)
        if kill is not None:
            spy(kill, tally.fileno(), watchdog, number)
        if uid is not None:
            become(uid)
        run(**request)
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        atexit._run_exitfuncs()  # Ansible's temporary directory
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def answer(request):
    """Run one module to its end."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err, tempfile.TemporaryFile() as tally:
        pid = os.fork()
        if pid == 0:
            child(request, out, err, tally)
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
        read = bytes_read(pid)
        _pid, status, usage = os.wait4(pid, 0)
        texts = []
        for stream in (out, err):
            stream.seek(0)
            texts.append(stream.read().decode("utf-8", "surrogateescape"))
        calls = os.fstat(tally.fileno()).st_size
    code = os.WEXITSTATUS(status) if os.WIFEXITED(status) else -os.WTERMSIG(status)
    return {
        "returncode": code,
        "stdout": texts[0],
        "stderr": texts[1],
        "calls": calls,
        "read": read,
        "memory": usage.ru_maxrss * 1024,
    }


def bytes_read(pid):
    """How many bytes a process that has ended had read, proc(5); 0 where the kernel does not count them."""
    try:
        with open("/proc/%d/io" % pid) as stream:
            return int(dict(line.split(": ") for line in stream)["rchar"])
    except OSError:
        return 0


def main():
    if len(sys.argv) > 1:
        run(sys.argv[1], json.load(sys.stdin)["ANSIBLE_MODULE_ARGS"])
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
