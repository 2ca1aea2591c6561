# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A controller and nodes in one directory: nodes are this machine, each with its directory and a Python of its own.

That Python is a wrapper that notes what reaches the node, and that can lie: it can change whatever a module returns.
"""

import json
import sys
from contextlib import contextmanager
from pathlib import Path

import yaml

from tests.integration.cores import ansible_playbook

ROOT = Path(__file__).resolve().parents[3]
PASSPHRASE = "planted-passphrase-of-the-authority"
# A line of shell that Python reads as a text: the path of an interpreter may hold a blank, which #! cannot.
WRAPPER = """#!/bin/sh
"exec" "%s" "$0" "$@"
import json, os, subprocess, sys
payload = b"".join(open(name, "rb").read() for name in sys.argv[1:] if os.path.isfile(name))
given = b"" if sys.stdin.isatty() else sys.stdin.buffer.read()
with open(%r, "ab") as record:
    record.write(" ".join(sys.argv).encode() + b"\\n" + payload + given)
done = subprocess.run([sys.executable] + sys.argv[1:], input=given, stdout=subprocess.PIPE)
output, lie = done.stdout, %r
if os.path.exists(lie):
    start = output.find(b"{")
    try:
        result = json.loads(output[start:])
        exec(open(lie).read(), {"result": result})
        output = json.dumps(result).encode()
    except ValueError:
        pass
sys.stdout.buffer.write(output)
sys.exit(done.returncode)
"""


class Lab:
    """A controller's directory with an authority, and nodes below it."""

    def __init__(self, root, nodes):
        self.root = root
        self.nodes = nodes
        self.hosts = {}
        for name in nodes:
            self.node(name).mkdir()
            wrapper = root / (name + "-python")
            wrapper.write_text(WRAPPER % (sys.executable, str(self.record(name)), str(self.lie(name))))
            wrapper.chmod(0o755)
            self.hosts[name] = {
                "ansible_connection": "local",
                "ansible_python_interpreter": str(wrapper),
                "node": str(self.node(name)),
            }
        inventory = {"all": {"vars": {"passphrase": PASSPHRASE}, "children": {"nodes": {"hosts": self.hosts}}}}
        (root / "inventory.yml").write_text(yaml.safe_dump(inventory))

    def node(self, name="node1"):
        return self.root / name

    def record(self, name):
        return self.root / (name + "-received")

    def lie(self, name="node1"):
        return self.root / (name + "-lie")

    @contextmanager
    def lying(self, code, name="node1"):
        """The node runs `code` (Python) over the `result` of every module that it runs, of ours and of others."""
        self.lie(name).write_text(code)
        try:
            yield
        finally:
            self.lie(name).unlink()

    def play(self, *tasks, flags=(), hosts="nodes", core="newest", directory=None):
        book = (directory or self.root) / "book.yml"
        book.write_text(json.dumps([{"hosts": hosts, "gather_facts": False, "tasks": list(tasks)}]))
        (self.root / "tasks").write_text("")
        options = {
            "ANSIBLE_CALLBACK_PLUGINS": str(ROOT / "tests" / "testinfra" / "callbacks"),
            "ANSIBLE_CALLBACKS_ENABLED": "record",
            "MOMENTUM_RECORD": str(self.root / "tasks"),
        }
        done = ansible_playbook(core, self.root, "-i", self.root / "inventory.yml", book, *flags, **options)
        entries = [json.loads(line) for line in (self.root / "tasks").read_text().splitlines()]
        return Run(done.returncode, done.stdout, entries)

    def authority(self, **options):
        requested = {
            "name": "Example Mail CA",
            "key": str(self.root / "ca" / "ca.key"),
            "certificate": str(self.root / "ca" / "ca.pem"),
            "bundle": str(self.root / "ca" / "bundle.pem"),
            "permitted": ["example.com"],
            "passphrase": "{{ passphrase }}",
        }
        task = {"msys.momentum.certificate_authority": dict(requested, **options), "delegate_to": "localhost"}
        interpreter = {"ansible_python_interpreter": sys.executable}
        return dict(task, run_once=True, vars=interpreter)

    def task(self, *units, authority=None, **options):
        authority = authority or {"passphrase": "{{ passphrase }}"}
        files = {"certificate": "ca/ca.pem", "key": str(self.root / "ca" / "ca.key")}
        arguments = {
            "prefix": "{{ node }}/momentum",
            "state_dir": "{{ node }}/state",
            "authority": dict(files, **authority),
            "units": list(units) or [unit()],
        }
        return {"msys.momentum.certificate": dict(arguments, **options), "register": "made"}

    def tree(self, name="node1"):
        return {
            str(path.relative_to(self.node(name))): path.read_bytes()
            for path in sorted(self.node(name).rglob("*"))
            if path.is_file() and path.name != "lock"
        }


class Run:
    def __init__(self, code, output, entries):
        self.code = code
        self.output = output
        self.entries = entries

    def results(self, host="node1"):
        return [entry["result"] for entry in self.entries if entry["host"] == host]

    def result(self, host="node1"):
        return self.results(host)[-1]


def unit(name="smtp", **options):
    requested = {
        "name": name,
        "source": "authority",
        "key": "{{ node }}/momentum/etc/certs/%s.key" % name,
        "certificate": "{{ node }}/momentum/etc/certs/%s.crt" % name,
        "names": ["{{ inventory_hostname }}.example.com"],
    }
    return dict(requested, **options)
