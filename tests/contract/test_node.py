# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What only the module of all parts has to keep; its cases in test_modules.py are those of every part."""

import subprocess
import sys

from module_nodes import ROOT

MAIN = "momentum/etc/conf/default/ecelerity.conf"
SCOPE = 'Binding "b%d" {\n  Max_Outbound_Connections = 3\n}\n'
PARTS = {
    "config": {"settings": [{"scope": ['Binding "b1"'], "option": "Max_Outbound_Connections", "value": 3}]},
    "security": {"role": "standalone"},
    "tls": {"version": "4.2.1", "targets": [{"protocols": "+ALL:-SSLv3"}]},
    "sandbox": {"systemd_version": 252, "directory": "{root}/units"},
}


def test_the_configuration_is_read_once_for_all_parts_that_change_nothing(node_of):
    text = 'TLS_Protocols = "+ALL:-SSLv3"\n' + "".join(SCOPE % number for number in range(3000))
    node = node_of({"files": {MAIN: text}, "arguments": PARTS})
    assert node.run("node").result["changed_parts"] == ["sandbox"]
    read = {}
    for names in (["config"], list(PARTS)):
        node.case["arguments"] = dict(PARTS, only=names)
        outcome = node.run("node")
        assert outcome.result["changed"] is False, outcome.result
        read[len(names)] = outcome.read
    assert read[len(PARTS)] - read[1] < len(text) / 2, read


def test_the_documentation_is_that_of_the_parts():
    ended = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "node_documentation.py"), "--check"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        universal_newlines=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
