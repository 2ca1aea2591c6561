# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Modes without quotes, from a playbook to the file: YAML makes the number 416 of 0640, and ansible-core 2.16 the text `416` where a
template is more than the name of a variable that holds a number."""

import os
import stat

import pytest

from tests.integration.cores import CORES, INTERPRETER, ansible_playbook

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="the files belong to root")

INVENTORY = """\
momentum_standalone:
  hosts: {mta1: }
  vars:
    ansible_connection: local
    ansible_python_interpreter: "%(python)s"
    ansible_remote_tmp: "%(root)s/tmp"
    momentum_prefix: "%(root)s/momentum"
    momentum_state_dir: "%(root)s/state"
    momentum_config_group: "0"
    momentum_packages: []
    momentum_samples: [ecelerity.conf]
    momentum_config_mode: %(mode)s
    momentum_config_directory_mode: 0710
    momentum_report_mode: %(mode)s
"""
ROLE = """\
- hosts: mta1
  gather_facts: false
  roles: [msys.momentum.install]
"""
TASKS = """\
- hosts: mta1
  gather_facts: false
  vars:
    mode: 0640
    alias: "{{ mode }}"
    common: {path: "%(root)s/plain.conf", owner: root, group: root}
  tasks:
    - name: Numbers as they are
      msys.momentum.config: &config
        prefix: "{{ momentum_prefix }}"
        main: "%(root)s/main.conf"
        state_dir: "{{ momentum_state_dir }}"
        files:
          - {path: "%(root)s/main.conf", owner: root, group: root, mode: 0640}
        settings:
          - {option: Spool_Mode, value: 0640}
    - name: A number through a template
      msys.momentum.config:
        <<: *config
        files: ["{{ common | combine({'mode': mode}) }}"]
        settings: []
    - name: A number through a filter and a template
      ansible.builtin.copy:
        content: ""
        dest: "%(root)s/filtered"
        mode: "{{ mode | msys.momentum.file_mode('mode') }}"
    - name: A number through two templates
      msys.momentum.config:
        <<: *config
        files:
          - {path: "%(root)s/templated.conf", owner: root, group: root, mode: "{{ alias }}"}
        settings: []
"""


def mode_of(path):
    return "%04o" % stat.S_IMODE(path.stat().st_mode)


def prepare(root, mode="0640"):
    samples = root / "momentum" / "etc" / "sample-configs" / "default"
    for directory in (samples, root / "momentum" / "sbin"):
        directory.mkdir(parents=True)
    (samples / "ecelerity.conf").write_text("Max_Retries = 7\n")
    (root / "momentum" / "sbin" / "ecelerity").touch()
    words = {"root": root, "python": INTERPRETER, "mode": mode}
    for name, text in {"hosts.yml": INVENTORY, "role.yml": ROLE, "tasks.yml": TASKS}.items():
        (root / name).write_text(text % words)


def play(core, root, book):
    return ansible_playbook(core, root, "-i", root / "hosts.yml", book)


@pytest.mark.parametrize("core", CORES)
def test_a_variable_of_a_role_needs_no_quotes(core, tmp_path):
    prepare(tmp_path)
    done = play(core, tmp_path, "role.yml")
    main = tmp_path / "momentum" / "etc" / "conf" / "default" / "ecelerity.conf"
    assert main.exists(), done.stdout
    assert (mode_of(main), mode_of(main.parent)) == ("0640", "0710"), done.stdout


@pytest.mark.parametrize(
    "mode, words",
    [
        ('"416"', "leading zero"),
        pytest.param("0666", "every account", marks=pytest.mark.long),
        pytest.param("640", "leading zero", marks=pytest.mark.long),
    ],
)
def test_what_would_open_a_file_to_everybody_is_refused_with_the_name_of_the_variable(mode, words, tmp_path):
    prepare(tmp_path, mode)
    done = play("newest", tmp_path, "role.yml")
    said = " ".join(done.stdout.split())
    assert done.returncode == 2 and "momentum_config_mode" in said and words in said, done.stdout
    assert not (tmp_path / "momentum" / "etc" / "conf").exists()


@pytest.mark.parametrize("core", CORES)
def test_a_task_gets_the_mode_that_was_written_or_is_refused(core, tmp_path):
    prepare(tmp_path)
    done = play(core, tmp_path, "tasks.yml")
    said = " ".join(done.stdout.split())
    for name in ("main.conf", "plain.conf", "filtered"):
        assert mode_of(tmp_path / name) == "0640", done.stdout
    assert "Spool_Mode = 0640\n" in (tmp_path / "main.conf").read_text()
    if core == "2.16":
        assert done.returncode == 2 and "'416'" in said and "leading zero" in said
        assert not (tmp_path / "templated.conf").exists()
    else:
        assert done.returncode == 0 and mode_of(tmp_path / "templated.conf") == "0640", done.stdout
