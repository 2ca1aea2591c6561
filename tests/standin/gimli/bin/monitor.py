# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""monitor PROGRAM: run a daemon and watch it, as gimli's monitor does. A stand-in for tests.

The monitor stays who it is (root); the daemon below it gives up root by itself. A daemon that dies of a signal is started
again, at most 5 times; one that exits is not, and its exit status becomes the monitor's. GIMLI_DETACH=0 keeps the monitor in
the foreground, GIMLI_PID_FILE names its own pid file, GIMLI_QUIET=1 silences it, GIMLI_STOP_INTERVAL is how many seconds a
daemon has to stop."""

import os
import signal
import subprocess
import sys
import time
from typing import List, Optional

RESTARTS = 5
FORWARDED = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Monitor:
    """Watches one program."""

    def __init__(self, program: List[str]) -> None:
        self.program, self.stopping = program, False
        self.child: "Optional[subprocess.Popen[bytes]]" = None

    def run(self) -> int:
        """Until the program ends by itself or by order; the exit status."""
        for number in FORWARDED:
            signal.signal(number, self._forward)
        for attempt in range(RESTARTS + 1):
            self.child = subprocess.Popen(self.program)
            if self.stopping:
                self.child.terminate()
            status = self.child.wait()
            if status >= 0 or self.stopping:
                return max(status, 0)
            say("the daemon died of signal %d%s" % (-status, "" if attempt == RESTARTS else ", starting it again"))
            time.sleep(1)
        say("giving up")
        return 1

    def _forward(self, number: int, _frame: object) -> None:
        if number != signal.SIGHUP and not self.stopping:
            self.stopping = True
            signal.signal(signal.SIGALRM, self._kill)
            signal.alarm(int(os.environ.get("GIMLI_STOP_INTERVAL", "30")))
        if self.child is not None and self.child.poll() is None:
            self.child.send_signal(number)

    def _kill(self, _number: int, _frame: object) -> None:
        if self.child is not None:
            self.child.kill()


def say(message: str) -> None:
    """A message, unless GIMLI_QUIET."""
    if os.environ.get("GIMLI_QUIET", "0") in ("", "0"):
        print("monitor (stand-in): " + message, file=sys.stderr, flush=True)


def main(arguments: List[str]) -> int:
    if not arguments or arguments[0] in ("-h", "--help"):
        print(__doc__)
        return 0 if arguments else 2
    if os.environ.get("GIMLI_DETACH", "1") != "0":
        if os.fork():
            return 0
        os.setsid()
    pidfile = os.environ.get("GIMLI_PID_FILE", "")
    if pidfile:
        with open(pidfile, "w") as file:
            file.write("%d\n" % os.getpid())
    try:
        return Monitor(arguments).run()
    finally:
        for path in (pidfile, "/var/run/ecelerity.pid"):
            if path and os.path.exists(path):
                os.unlink(path)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
