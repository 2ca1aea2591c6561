# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A node that lies to the playbook adopt: nothing that it says is run, and nothing that is not its own is written.

Its Python is a wrapper that changes what modules return. What adopt wrote is then used by another play, as site does.
"""

import json

import pytest
from hostile import settings

from plugins.plugin_utils.adoption.text import sorted_settings
from tests.integration.cores import INTERPRETER, NEWEST_FIRST, ansible_playbook

LIAR = """#!/bin/sh
"exec" "%(python)s" "$0" "$@"
import json, os, subprocess, sys
done = subprocess.run([sys.executable] + sys.argv[1:], stdout=subprocess.PIPE)
output, lies = done.stdout, %(lies)r
if os.path.exists(lies):
    try:
        result = json.loads(output)
        if "installation" in result:
            result["variables"].update(json.load(open(lies)))
        output = json.dumps(result).encode()
    except ValueError:
        pass
sys.stdout.buffer.write(output)
sys.exit(done.returncode)
"""
INVENTORY = """\
momentum_standalone:
  hosts: {mta1: }
  vars:
    ansible_connection: local
    ansible_python_interpreter: "%(root)s/liar"
    ansible_remote_tmp: "%(root)s/tmp"
    momentum_prefix: "%(root)s/mta1/momentum"
    momentum_state_dir: "%(root)s/mta1/state"
    momentum_version: "5.3.0"
ungrouped:
  hosts:
    localhost: {ansible_connection: local, ansible_python_interpreter: "%(python)s"}
"""
# Templates that use what adopt wrote: whole, by element, in a text, in a variable made of it, in a loop, as a fact.
USE = """\
- hosts: mta1
  gather_facts: false
  vars:
    ansible_python_interpreter: "%(python)s"
    again: "{{ momentum_settings }}"
    first: "{{ momentum_settings | map(attribute='value') | list }}"
  tasks:
    - ansible.builtin.set_fact:
        kept: "{{ again }}"
    - ansible.builtin.copy:
        content: "{{ {'whole': momentum_settings, 'again': again, 'kept': kept, 'values': first} | to_json }}"
        dest: "%(root)s/used.json"
        mode: "0600"
    - ansible.builtin.debug:
        msg: "{{ item }}"
      loop: "{{ (kept | map(attribute='value') | list)[:20] + (momentum_settings | map(attribute='option') | list)[:20] }}"
      loop_control: {label: "{{ momentum_security_user }}"}
    - ansible.builtin.debug:
        msg: "{{ 'user: ' ~ momentum_security_user }} {{ kept[0].value }}"
"""


class Controller:
    """A directory with an inventory of one node that lies."""

    def __init__(self, root):
        self.root = root
        self.marker = root / "marker"
        main = root / "mta1" / "momentum" / "etc" / "conf" / "default"
        main.mkdir(parents=True)
        (main / "ecelerity.conf").write_text('Security {\n  User = "daemon"\n  Group = "daemon"\n}\n')
        (root / "mta1" / "momentum" / "sbin").mkdir()
        (root / "mta1" / "momentum" / "sbin" / "ecelerity").write_text("")
        self.lies = root / "lies.json"
        words = {"root": root, "python": INTERPRETER, "lies": str(self.lies)}
        (root / "liar").write_text(LIAR % words)
        (root / "liar").chmod(0o755)
        (root / "hosts.yml").write_text(INVENTORY % words)
        (root / "use.yml").write_text(USE % words)
        self.file = root / "host_vars" / "mta1" / "momentum.yml"

    def adopt(self, core, lies):
        self.lies.write_text(json.dumps(lies))
        return ansible_playbook(core, self.root, "-i", self.root / "hosts.yml", "msys.momentum.adopt")


@pytest.mark.parametrize("core", NEWEST_FIRST)
def test_no_text_of_a_node_is_run_and_every_one_comes_back_as_it_was(core, tmp_path):
    controller = Controller(tmp_path)
    said = settings("touch %s" % controller.marker)
    user = (
        "#jinja2: variable_start_string:'[%%', variable_end_string:'%%]'\n[%% lookup('pipe', 'touch %s') %%]"
        % controller.marker
    )
    done = controller.adopt(core, {"momentum_settings": said, "momentum_security_user": user})
    assert done.returncode == 0, done.stdout[-3000:]
    done = ansible_playbook(core, tmp_path, "-i", tmp_path / "hosts.yml", "use.yml")
    assert done.returncode == 0, done.stdout[-3000:]
    assert not controller.marker.exists()
    used = json.loads((tmp_path / "used.json").read_text())
    requested = sorted_settings(said)
    assert used["whole"] == used["again"] == used["kept"] == requested
    assert used["values"] == [entry["value"] for entry in requested]


REFUSED = {
    "ansible_ssh_common_args": "-o ProxyCommand=planted",
    "ansible_connection": "local",
    "momentum_bundle": "/etc/shadow",
    "momentum_certificates_authority": {"certificate": "ca.pem", "key": "ca.key"},
    "momentum_license": "/etc/shadow",
    "momentum_credentials": [{"password": "planted"}],
    "momentum_security_user": ["root"],
    "momentum_health_ports": ["25"],
    "momentum_settings": [{"option": "a", "scope": [], "value": "b", "file": "/etc/shadow"}],
    "x: 1\nmomentum_license": "planted",
}


def test_only_variables_of_an_adoption_are_written_and_the_others_named(tmp_path):
    controller = Controller(tmp_path)
    done = controller.adopt("newest", REFUSED)
    assert done.returncode == 2, done.stdout
    said = " ".join(done.stdout.replace("\\n", " ").split())
    assert "mta1: the node returned variables that no installation has" in said
    for name in REFUSED:
        assert name.partition("\n")[2] or name in said
    assert not controller.file.exists()
