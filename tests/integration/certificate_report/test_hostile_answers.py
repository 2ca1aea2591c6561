# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Both filters in a playbook over a node that answers with hostile texts: neither Ansible nor a browser takes one for more than text."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
sys.path.append(str(ROOT / "tests" / "unit" / "report"))

from report_pages import HOSTILE, Page
from report_samples import NOW, entry, host

from plugins.module_utils.text import visible
from plugins.plugin_utils.report.certificate_list import LISTS, TEXTS, report
from plugins.plugin_utils.report.certificate_page import page

MODULE = """\
import json
from ansible.module_utils.basic import AnsibleModule
module = AnsibleModule({"file": {"type": "path"}})
with open(module.params["file"]) as answer:
    module.exit_json(**json.load(answer))
"""
PLAYBOOK = """\
- hosts: localhost
  gather_facts: false
  vars:
    momentum_report: "{{ hostvars | msys.momentum.certificate_report(['localhost'], 'found', '%s') }}"
  tasks:
    - answer: {file: "{{ playbook_dir }}/answer.json"}
      register: found
    - ansible.builtin.template: {src: "%s/{{ item }}.j2", dest: "{{ playbook_dir }}/{{ item }}", mode: "0600"}
      loop: [certificates.json, certificates.html]
"""
# Ansible carries no half of a surrogate pair from a node to the controller.
TEXTS_OF_NODES = [text for text in HOSTILE if text.encode("utf-8", "ignore").decode() == text]


def answer(text):
    fields = dict({key: text for key in TEXTS}, **{key: [text, text] for key in LISTS})
    return [entry(**fields), entry(**dict(fields, not_after=text))]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The directory with both files, and what the node answered."""
    directory = tmp_path_factory.mktemp("hostile")
    answered = dict(
        host(*(certificate for text in TEXTS_OF_NODES for certificate in answer(text))),
        problems=[{"kind": text, "message": text} for text in TEXTS_OF_NODES],
    )
    (directory / "library").mkdir()
    (directory / "library" / "answer.py").write_text(MODULE)
    (directory / "answer.json").write_text(json.dumps(answered))
    (directory / "play.yml").write_text(PLAYBOOK % (NOW.isoformat(), ROOT / "playbooks" / "templates"))
    command = [str(Path(sys.executable).with_name("ansible-playbook")), "-i", "localhost,", "-c", "local", "play.yml"]
    done = subprocess.run(
        [*command, "-e", json.dumps({"ansible_python_interpreter": sys.executable})],
        cwd=str(directory),
        env=dict(os.environ, ANSIBLE_COLLECTIONS_PATH=str(ROOT / ".ansible" / "collections")),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        universal_newlines=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return directory, answered


def test_the_page_is_that_of_the_answer_and_holds_its_texts_as_text(made):
    directory, answered = made
    markup = (directory / "certificates.html").read_text(encoding="utf-8")
    harmless = Page(page(report({"localhost": dict(host(*answer("a/b")), problems=[{"message": "x"}] * 9)}, NOW)))
    assert Page(markup).vocabulary() <= harmless.vocabulary()
    assert markup == page(report({"localhost": answered}, NOW))
    for text in TEXTS_OF_NODES:
        assert visible.line(text)[:1900] in Page(markup).text


def test_the_json_holds_the_texts_as_the_node_gave_them(made):
    directory, answered = made
    found = json.loads((directory / "certificates.json").read_text(encoding="utf-8"))
    assert found == json.loads(json.dumps(report({"localhost": answered}, NOW)))
