# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbook `site` ends with a summary of every node: what is open on purpose, what was fixed, and what is left to the operator."""

import json
import re

import pytest
import yaml
from stub_collection import Fleet

from plugins.plugin_utils import node_summary
from tests.integration.cores import NEWEST_FIRST, ROOT

STEPS = yaml.safe_load((ROOT / "playbooks" / "vars" / "operator_steps.yml").read_text("utf-8"))[
    "momentum_operator_steps"
]
UNTOUCHED = {"summary": [], "changed_parts": [], "parts": {}, "exposure": [], "exposure_closed": []}
RELAY = {"name": "open_relay", "status": "open", "accepted": ""}
ACCEPTED = {"name": "http_without_tls", "status": "open", "accepted": "a network {{ 6 * 7 }} of its own"}
UNKNOWN = {"name": "api_proxy_without_authentication", "status": "unknown", "accepted": ""}
WEAKER = {"option": "TLS_Protocols", "scope": "ESMTP_Listener", "removed": False}
SIGNING = [
    {"record": {"name": "s1._domainkey.example.com"}, "published": "match"},
    {"record": {"name": "s2._domainkey.example.com"}, "published": "absent"},
]
RESULTS = {
    "a": UNTOUCHED,
    "b": dict(
        UNTOUCHED,
        changed_parts=["config", "service"],
        exposure=[RELAY, RELAY, ACCEPTED, UNKNOWN],
        exposure_closed=["console_for_every_account"],
        parts={"tls": {"weaker": [WEAKER, dict(WEAKER, removed=True)]}, "dkim_key": {"signing_keys": SIGNING}},
    ),
    "m": {"summary": [], "changed_parts": ["config"], "parts": {}},
    # What no module returns, which the filter refuses.
    "d": {"summary": []},
    "e": UNTOUCHED,
}
SEEN = {"findings": [{"name": "umask"}, {"name": "hostname"}]}
BY_THE_MANUALS = "left to the operator by the manuals: "


def told(output, host):
    """The lines of a host's summary, as they are printed without -v."""
    found = re.search(r'ok: \[%s\] => (\{\s+"msg": \[.*?\n\})' % host, output.partition("Sum up every node")[2], re.S)
    return json.loads(found.group(1))["msg"] if found else None


@pytest.mark.parametrize("core", NEWEST_FIRST)
def test_site_ends_with_a_summary_of_every_node_in_check_mode_as_well(core, tmp_path):
    fleet = Fleet(tmp_path, core, {"momentum_standalone": "abcde", "momentum_cluster_managers": "m"})
    fleet.inventory["all"]["hosts"]["e"] = {"momentum_license": "{{ 1 / 0 }}"}
    for host, result in RESULTS.items():
        (tmp_path / ("%s.json" % host)).write_text(json.dumps(result))
    tell = {
        "ansible.builtin.set_fact": {
            "momentum_node_result": "{{ lookup('file', notes ~ '/' ~ inventory_hostname ~ '.json') | from_json }}"
        },
        "when": "inventory_hostname != 'c'",
    }
    looked = {"ansible.builtin.set_fact": {"momentum_preflight_seen": SEEN}, "when": "inventory_hostname == 'b'"}
    for role in ("standalone", "cluster_manager"):
        path = fleet.collections / "ansible_collections/msys/momentum/roles" / role / "tasks" / "main.yml"
        path.write_text(yaml.safe_dump([tell, looked]))
    done, foretold = (fleet.run("site", *words, momentum_serial=5) for words in ([], ["--check"]))
    for outcome, word in ((done, "fixed"), (foretold, "would be fixed")):
        assert outcome.status == 0, outcome.output
        *own, manuals = told(outcome.output, "a")
        assert own == [
            "open on purpose: nothing",
            "%s: nothing" % word,
            "left to the operator: nothing that was looked at",
        ]
        assert manuals.startswith(BY_THE_MANUALS) and "has all %d steps" % STEPS["standalone"]["count"] in manuals
        assert "ask the vendor for a licence" in manuals
        assert told(outcome.output, "b")[:3] == [
            "open on purpose: http_without_tls (a network {{ 6 * 7 }} of its own)",
            "%s: config, service; closed: console_for_every_account" % word,
            "left to the operator: open: open_relay; nobody can tell: api_proxy_without_authentication; "
            "weaker TLS: TLS_Protocols in ESMTP_Listener; records to publish: s2._domainkey.example.com; the host: umask, hostname",
        ]
        # Nothing was judged there, and the role has not come to it here.
        assert told(outcome.output, "m")[0].startswith("open on purpose: not judged")
        assert "log in to the console as its administrator" in told(outcome.output, "m")[3]
        assert told(outcome.output, "c") is None
        # The work is done, and a summary that cannot be made does not change that.
        assert outcome.failed() == set()
        for host, reason in (("d", "summary_of_node: "), ("e", "division")):
            said = re.search(r"The work on %s is done, but there is no summary of it: .*" % host, outcome.output)
            assert said and reason in said.group(), outcome.output
        assert outcome.output.index("Sum up every node") > outcome.output.index("Install, secure and run standalone")


def test_a_declared_variable_does_away_with_its_steps():
    assert any(one.get("unless") == "momentum_license" for one in STEPS["standalone"]["remind"])
    line = node_summary.lines(UNTOUCHED, {}, STEPS["standalone"], ["momentum_license"], False)[3]
    assert line.startswith(BY_THE_MANUALS) and "licence" not in line


def test_every_kind_of_host_has_its_steps():
    assert tuple(STEPS) == node_summary.KINDS
    assert all(len(one["remind"]) <= 8 and one["count"] >= len(one["remind"]) for one in STEPS.values())
