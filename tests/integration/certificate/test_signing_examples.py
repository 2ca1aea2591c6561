# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The task files of docs/certificate-signing.md: they are YAML, and they keep their contract."""

import json
from datetime import datetime, timezone

import pytest
import yaml
from signing_lab import ROOT, Lab, unit

from plugins.module_utils.pki.authority import issuer, signing
from plugins.module_utils.pki.authority import root as authority
from plugins.module_utils.pki.x509 import certificates, keys, requests

PAGE = ROOT / "docs" / "certificate-signing.md"
REQUESTED = [{"host": "node1", "unit": "smtp", "request": "R1"}, {"host": "node2", "unit": "web", "request": "R2"}]


def blocks():
    """The YAML blocks of the page, those of task files by the name in their first line."""
    found = [part.split("```", 1)[0] for part in PAGE.read_text(encoding="utf-8").split("```yaml\n")[1:]]
    return {text.splitlines()[0].lstrip("# ") if text.startswith("# ") else "play": text for text in found}


TASK_FILES = sorted(set(blocks()) - {"play"})


def test_every_block_is_yaml_with_named_tasks():
    assert TASK_FILES == ["signing-acme-one.yml", "signing-acme.yml", "signing-by-hand.yml", "signing-vault.yml"]
    for name, text in blocks().items():
        for item in yaml.safe_load(text):
            assert item["name"], name


@pytest.mark.parametrize("name", TASK_FILES)
def test_tasks_of_a_task_file_run_on_the_controller(name):
    for task in yaml.safe_load(blocks()[name]):
        local = [
            key for key in task if key.startswith("ansible.builtin.") and key.endswith(("set_fact", "include_tasks"))
        ]
        assert local or task["delegate_to"] == "localhost", task["name"]


def only_facts(name):
    return [task for task in yaml.safe_load(blocks()[name]) if "ansible.builtin.set_fact" in task]


ANSWERS = {
    "signing-vault.yml": {
        "signing_vault": {
            "results": [
                {
                    "item": REQUESTED[0],
                    "data": {"data": {"certificate": "C1", "issuing_ca": "I", "ca_chain": ["I", "J"]}},
                },
                {"item": REQUESTED[1], "data": {"data": {"certificate": "C2", "issuing_ca": "I"}}},
            ]
        }
    },
    "signing-acme-one.yml": {
        "signing_request": REQUESTED[0],
        "signing_finalized": {"selected_chain": {"full_chain": "C1\nI\nJ"}},
    },
}


@pytest.mark.parametrize("name", sorted(ANSWERS))
def test_answers_are_handed_back_as_the_contract_says(tmp_path, name):
    lab = Lab(tmp_path, ["node1"])
    start = {"ansible.builtin.set_fact": dict(ANSWERS[name], momentum_certificates_signed=[])}
    show = {"ansible.builtin.debug": {"var": "momentum_certificates_signed"}}
    run = lab.play(start, *only_facts(name), show)
    assert run.code == 0, run.output
    handed = run.result()["momentum_certificates_signed"]
    expected = [
        {"host": "node1", "unit": "smtp", "signed": "C1\nI\nJ"},
        {"host": "node2", "unit": "web", "signed": "C2\nI"},
    ]
    assert handed == expected[: len(handed)]
    assert len(handed) == len(ANSWERS[name].get("signing_vault", {"results": [1]})["results"])


def test_the_loop_over_orders_runs_once_for_all_nodes_of_a_batch(tmp_path):
    lab = Lab(tmp_path, ["node1", "node2"])
    chain = {"selected_chain": {"full_chain": "chain for {{ signing_request.request }}"}}
    one = [{"ansible.builtin.set_fact": {"signing_finalized": chain}}] + only_facts("signing-acme-one.yml")
    (tmp_path / "signing-acme.yml").write_text(blocks()["signing-acme.yml"])
    (tmp_path / "signing-acme-one.yml").write_text(json.dumps(one))
    start = {"momentum_certificates_signed": [], "momentum_certificate_requests": REQUESTED}
    sign = {
        "ansible.builtin.include_tasks": {"file": "signing-acme.yml", "apply": {"run_once": True}},
        "run_once": True,
    }
    show = {"ansible.builtin.debug": {"var": "momentum_certificates_signed"}}
    run = lab.play({"ansible.builtin.set_fact": start}, sign, show)
    assert run.code == 0, run.output
    for node in lab.nodes:
        assert run.result(node)["momentum_certificates_signed"] == [
            {"host": "node1", "unit": "smtp", "signed": "chain for R1"},
            {"host": "node2", "unit": "web", "signed": "chain for R2"},
        ]


def by_hand(lab, directory):
    """A play around the task file, as the role does it, for the nodes of a lab."""
    (lab.root / "signing.yml").write_text(blocks()["signing-by-hand.yml"])
    ask = {
        "msys.momentum.certificate": {
            "prefix": "{{ node }}/momentum",
            "state_dir": "{{ node }}/state",
            "units": [unit(source="external", signed="{{ signed | default(omit) }}")],
        },
        "register": "asked",
    }
    one = "{'host': item, 'unit': 'smtp', 'request': hostvars[item].asked.units[0].request}"
    facts = {"momentum_certificates_signed": [], "momentum_certificate_requests": []}
    gather = {"momentum_certificate_requests": "{{ momentum_certificate_requests + [%s] }}" % one}
    mine = (
        "{{ hostvars[ansible_play_hosts[0]].momentum_certificates_signed"
        " | selectattr('host', 'equalto', inventory_hostname) | map(attribute='signed') | first | default(omit) }}"
    )
    again = json.loads(json.dumps(ask).replace("{{ signed | default(omit) }}", mine))
    here = {"run_once": True, "vars": {"signing_directory": str(directory)}}
    return [
        ask,
        {"ansible.builtin.set_fact": facts, "run_once": True},
        {"ansible.builtin.set_fact": gather, "run_once": True, "loop": "{{ ansible_play_hosts }}"},
        dict(
            {"ansible.builtin.include_tasks": {"file": str(lab.root / "signing.yml"), "apply": {"run_once": True}}},
            **here,
        ),
        dict(again, when="hostvars[ansible_play_hosts[0]].momentum_certificates_signed | length > 0"),
    ]


def test_certificates_signed_by_hand_are_taken_over_by_a_later_run(tmp_path):
    lab, directory = Lab(tmp_path, ["node1", "node2"]), tmp_path / "requests"
    first = lab.play(*by_hand(lab, directory))
    assert first.code == 0, first.output
    assert sorted(path.name for path in directory.iterdir()) == ["node1.smtp.csr", "node2.smtp.csr"]
    sign_as_a_corporation(directory)
    second = lab.play(*by_hand(lab, directory))
    assert second.code == 0, second.output
    for name in lab.nodes:
        crt = lab.node(name) / "momentum" / "etc" / "certs" / "smtp.crt"
        assert certificates.read(crt.read_bytes()).names == ("DNS:%s.example.com" % name,)
        assert crt.read_bytes() == (directory / (name + ".smtp.pem")).read_bytes()


def sign_as_a_corporation(directory):
    now = datetime.now(timezone.utc)
    key = keys.generate("ec-p384")
    desired = authority.DesiredAuthority("Example Corporation", "ec-p384", ("DNS:example.com",), 3650, 1 / 3, 14, 398)
    root = requests.to_pem(authority.build(key, desired, 1, now))
    by = issuer.load(keys.to_pem(key), root, None, now, "corporate.pem")
    for path in sorted(directory.glob("*.csr")):
        asked = requests.parse(path.read_bytes())
        requested = signing.Asked(asked.names, "", asked.usages, "", 300)
        path.with_suffix(".pem").write_bytes(signing.sign(path.read_bytes(), requested, by, now))
