# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A node on which the module service starts and stops a daemon of straw, and runs as a process."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
ECUSER = 900
CONFIGURATION = """\
PidFile = "{root}/run/pid"
Security {{ User = "{user}" Group = "{user}" }}
Control_Listener {{ Listen "{root}/console" {{}} }}
"""
# The daemon of straw is sleep(1) below the daemon's name; setpriv gives up root as the daemon does.
STARTER = """\
#!/bin/sh
case $1 in
    start)
        setpriv --reuid {user} --regid {user} --clear-groups {prefix}/sbin/ecelerity 60 >/dev/null 2>&1 &
        echo $! > {root}/run/pid ;;
    stop) kill -9 $(cat {root}/run/pid) && rm {root}/run/pid ;;
esac
"""


class Node:
    """An installation in a directory that every account can enter."""

    def __init__(self):
        self.root = tempfile.mkdtemp(prefix="momentum-service-")
        os.chmod(self.root, 0o755)
        self.prefix = self.root + "/opt/ecelerity"
        self.program = self.prefix + "/sbin/ecelerity"
        for directory in ("bin", "sbin", "etc/conf/default"):
            os.makedirs(os.path.join(self.prefix, directory))
        os.mkdir(self.root + "/run")
        shutil.copy("/bin/sleep", self.program)
        with open(self.prefix + "/etc/conf/default/ecelerity.conf", "w") as file:
            file.write(CONFIGURATION.format(root=self.root, user=ECUSER))
        self.script("ec_ctl", STARTER.format(root=self.root, prefix=self.prefix, user=ECUSER))
        self.script("ec_console", "#!/bin/sh\necho 'Ecelerity Version: 5.3.0.1'\n")
        self.children = []

    def script(self, name, text):
        path = os.path.join(self.prefix, "bin", name)
        with open(path, "w") as file:
            file.write(text)
        os.chmod(path, 0o755)

    def run_as(self, uid, *command, executable=None):
        """Run a program as another account."""
        child = subprocess.Popen(command, executable=executable, preexec_fn=lambda: (os.setgid(uid), os.setuid(uid)))
        self.children.append(child)

    def lookalikes(self, uid):
        """What an account can do: an interpreter's argument, a name and a command line, the installed program itself."""
        python, code = os.path.realpath("/usr/bin/python3"), "import time; time.sleep(60)"
        if os.path.exists(python):
            # -c ends the options, so this is the first word that begins without a dash, as a script would be.
            self.run_as(uid, "python3", "-c" + code, self.program, executable=python)
        self.run_as(uid, self.program, "60", executable="/bin/sleep")
        self.run_as(uid, self.program, "60")

    def service(self, **arguments):
        health = {"ports": [], "timeout": 10, "require_capabilities": False}
        known = dict(prefix=self.prefix, state_dir=self.root + "/state", validate="never", health=health)
        done = subprocess.run(
            [sys.executable, str(ROOT / "tests" / "contract" / "run_module.py"), "service"],
            input=json.dumps({"ANSIBLE_MODULE_ARGS": dict(known, _ansible_remote_tmp=self.root + "/tmp", **arguments)}),
            env=dict(os.environ, PYTHONPATH=str(ROOT / ".ansible" / "collections")),
            stdout=subprocess.PIPE,
            universal_newlines=True,
            check=False,
        )
        return json.loads(done.stdout)

    def remove(self):
        for child in self.children:
            child.send_signal(signal.SIGKILL)
            child.wait()
        subprocess.call([self.prefix + "/bin/ec_ctl", "stop"], stderr=subprocess.DEVNULL)
        shutil.rmtree(self.root)
