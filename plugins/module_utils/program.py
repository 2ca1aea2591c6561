# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run a program of the node: no shell, a clean environment, from `/`, with a limit of time."""

from typing import Callable, NamedTuple, Optional, Sequence

ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"}


class Ran(NamedTuple):
    """What a program did: its exit status (None: not started, or not finished in time) and its words."""

    status: Optional[int]
    output: str


Run = Callable[[Sequence[str], float], Ran]


def run(command: Sequence[str], timeout: float) -> Ran:
    """Run `command`; `timeout` in seconds. Standard output and standard error come as one text.

    The output goes to a file, not to a pipe: a daemon that the program leaves behind may hold it open for ever.
    """
    import subprocess
    import tempfile

    with tempfile.TemporaryFile() as output:
        try:
            # The core is free of AnsibleModule and its run_command.
            status = subprocess.call(  # pylint: disable=ansible-bad-function
                list(command),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd="/",
                env=ENVIRONMENT,
                timeout=timeout,
            )  # type: Optional[int]
            complaint = ""
        except OSError as error:
            status, complaint = None, "%s: %s" % (command[0], error.strerror)
        except subprocess.TimeoutExpired:
            status, complaint = None, "%s did not finish within %g seconds" % (command[0], timeout)
        output.seek(0)
        words = output.read(65536).decode("utf-8", "replace")
    return Ran(status, "\n".join(part for part in (words.strip(), complaint) if part))
