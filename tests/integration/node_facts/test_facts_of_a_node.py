# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A node returns facts that are named like variables of the inventory: it gets no file that it chose, and no certificate.

Its Python is a wrapper that adds facts to what one module returns, one of this collection or one of Ansible's.
"""

import json
import os
import sys

import pytest

from tests.integration.cores import NEWEST_FIRST, ROOT, ansible_playbook

LIAR = """#!/bin/sh
"exec" "%(python)s" "$0" "$@"
import json, os, subprocess, sys
payload = b"".join(open(name, "rb").read() for name in sys.argv[1:] if os.path.isfile(name))
done = subprocess.run([sys.executable] + sys.argv[1:], stdout=subprocess.PIPE)
output, lies = done.stdout, %(lies)r
if os.path.exists(lies):
    lie = json.load(open(lies))
    try:
        result = json.loads(output)
        if lie["key"] in result:
            result["ansible_facts"] = lie["facts"]
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
    momentum_config_group: "0"
    momentum_license: license
    # So that the role install comes to its licence.
    momentum_packages: []
"""
PLAY = """\
- hosts: mta1
  gather_facts: false
  pre_tasks:
    - ansible.builtin.command: {argv: ["true"]}
  roles: [msys.momentum.install]
"""
SECRET = "planted-secret-of-the-controller"
# Keys that only results of these modules have.
OURS, STOCK = "installed", "rc"


class Controller:
    """A directory with an inventory of one node, a licence for it and a file that is not."""

    def __init__(self, root):
        self.root = root
        main = root / "mta1" / "momentum" / "etc" / "conf" / "default"
        main.mkdir(parents=True)
        (main / "ecelerity.conf").write_text("Max_Retries = 7\n")
        (root / "mta1" / "momentum" / "sbin").mkdir()
        (root / "mta1" / "momentum" / "sbin" / "ecelerity").write_text("")
        (root / "license").write_text("licence\n")
        (root / "secret").write_text(SECRET)
        self.sent = root / "mta1" / "momentum" / "etc" / "license"
        words = {"root": root, "python": sys.executable, "lies": str(root / "lies.json")}
        for name, text in {"liar": LIAR, "hosts.yml": INVENTORY, "play.yml": PLAY}.items():
            (root / name).write_text(text % words)
            (root / name).chmod(0o755)
        (root / "hosts.yml").chmod(0o644)

    def lie(self, key, **facts):
        (self.root / "lies.json").write_text(json.dumps({"key": key, "facts": facts}))

    def play(self, core, book="play.yml", **options):
        return ansible_playbook(core, self.root, "-i", self.root / "hosts.yml", book, **options)


@pytest.mark.skipif(os.geteuid() != 0, reason="the licence belongs to root")
@pytest.mark.parametrize("core", NEWEST_FIRST)
def test_a_node_does_not_choose_which_file_of_the_controller_it_gets(core, tmp_path):
    controller = Controller(tmp_path)
    honest = controller.play(core)
    assert controller.sent.read_text() == "licence\n", honest.stdout
    controller.sent.unlink()
    lies = [
        (OURS, {"momentum_license": str(tmp_path / "secret")}),
        (STOCK, {"inventory_dir": "/etc", "ansible_facts": {}}),
    ]
    for key, facts in lies:
        controller.lie(key, **facts)
        done = controller.play(core)
        said = " ".join(done.stdout.split())
        assert done.returncode == 2, done.stdout
        assert "mta1: its facts hold '%s'" % list(facts)[0] in said
        assert "inject_facts_as_vars = False" in said
        assert not controller.sent.exists() and SECRET not in done.stdout


@pytest.mark.parametrize("lie", [{"momentum_adopt_to": "../elsewhere"}, {"inventory_dir": "/nowhere"}])
def test_a_node_does_not_choose_where_a_file_of_the_controller_is_written(lie, tmp_path):
    controller = Controller(tmp_path)
    controller.lie(OURS, **lie)
    done = controller.play("newest", "msys.momentum.adopt")
    assert done.returncode == 2, done.stdout
    assert "its facts hold" in done.stdout
    assert not (tmp_path / "host_vars").exists() and not (tmp_path.parent / "elsewhere").exists()


def test_facts_that_were_cached_in_an_earlier_run_are_refused_as_well(tmp_path):
    controller = Controller(tmp_path)
    controller.lie(OURS, momentum_report_dir=str(tmp_path / "elsewhere"))
    cache = {"ANSIBLE_CACHE_PLUGIN": "jsonfile", "ANSIBLE_CACHE_PLUGIN_CONNECTION": str(tmp_path / "cache")}
    (tmp_path / "elsewhere").mkdir()
    controller.play("newest", "msys.momentum.adopt", **cache)
    (tmp_path / "lies.json").unlink()
    done = controller.play("newest", "msys.momentum.certificate_report", **cache)
    assert done.returncode == 2, done.stdout
    assert "its facts hold 'momentum_report_dir'" in done.stdout
    assert not list((tmp_path / "elsewhere").iterdir())


CLUSTER = """\
momentum_cluster_nodes:
  hosts:
    mta1.example.com: {momentum_cluster_address: 192.0.2.1}
    mta2.example.com: {momentum_cluster_address: 192.0.2.2, momentum_nodename: MTA2}
momentum_cluster_managers:
  hosts:
    mgr1: {momentum_nodename: mgr1.example.com, ansible_host: 192.0.2.9}
"""
# Facts that are kept are what a node returns, and can be set without one.
AGREE = """\
- hosts: all
  gather_facts: false
  tasks:
    - ansible.builtin.set_fact: {"%(name)s": "%(value)s", cacheable: true}
      when: inventory_hostname == "%(host)s"
- hosts: mta1.example.com
  gather_facts: false
  vars_files: [%(files)s]
  tasks:
    - ansible.builtin.debug:
        msg: "AGREED {{ [momentum_peers, momentum_database_address, momentum_manager_address, momentum_rollout_host_names,
              momentum_rollout_name, momentum_rollout_foreign_names, momentum_manager_vars.momentum_nodename] | to_json }}"
"""
FILES = ["cluster_common/defaults", "rollout/defaults", "cluster_common/vars", "rollout/vars"]


@pytest.mark.parametrize("core", NEWEST_FIRST)
def test_hosts_use_what_the_inventory_says_about_another_one_and_nothing_else(core, tmp_path):
    (tmp_path / "hosts.yml").write_text(CLUSTER)
    files = ", ".join(str(ROOT / "roles" / name / "main.yml") for name in FILES)

    def agree(host, name, value):
        (tmp_path / "play.yml").write_text(AGREE % {"host": host, "name": name, "value": value, "files": files})
        return ansible_playbook(core, tmp_path, "-i", tmp_path / "hosts.yml", "play.yml")

    done = agree("nobody", "momentum_x", "x")
    assert done.returncode == 0, done.stdout
    said = json.loads(json.loads(done.stdout.partition('"msg": ')[2].partition("\n")[0])[len("AGREED ") :])
    peers = {"mta1.example.com": "192.0.2.1", "mta2": "192.0.2.2", "mgr1.example.com": "192.0.2.9"}
    assert said == [peers, "mgr1.example.com", "192.0.2.9", ["mta1", "MTA2"], "mta1", ["mta2"], "mgr1.example.com"]
    for host, name, value in [("mta2.example.com", "momentum_nodename", "mta1"), ("mgr1", "momentum_prefix", "/tmp")]:
        done = agree(host, name, value)
        assert done.returncode == 2, done.stdout
        assert "%s: its facts hold '%s'" % (host, name) in " ".join(done.stdout.split())
