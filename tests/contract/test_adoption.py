# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A hand-made installation, described by config_info as variables, is not changed by a run with these variables."""

from pathlib import Path

import pytest
from test_modules import ROOT, Node

MAIN = "momentum/etc/conf/default/ecelerity.conf"
SAMPLES = ROOT / "tests" / "standin" / "ecelerity" / "etc" / "sample-configs" / "default"
HAND_MADE = {
    "every construct of the language": {
        MAIN: (ROOT / "tests" / "samples" / "every-construct.conf").read_text(),
        "momentum/etc/conf/default/local.conf": "# nothing\n",
        "momentum/etc/conf/default/common.conf": "Relay_Hosts = ( 127.0.0.0/8 )\n",
    },
    "an installation as delivered": {
        "momentum/etc/conf/default/" + path.name: path.read_text() for path in sorted(SAMPLES.glob("*.conf"))
    },
    "a cluster whose stanza wins": {
        MAIN: 'Security {\n  User = "daemon"\n}\nMax_Retries = 7\ninclude "ecelerity-cluster.conf"\nMax_Retries = 9\n',
        "momentum/etc/conf/default/ecelerity-cluster.conf": (
            'security {\n  user = nobody\n  Group = "nogroup"\n  Supplemental_Groups = ( "daemon" 1 )\n'
            '  Capabilities = "cap_net_bind_service+ep"\n}\nMax_Retries = 8\nDomain a.example { Max_Retries = 1 }\n'
        ),
    },
}


@pytest.mark.parametrize("files", HAND_MADE.values(), ids=list(HAND_MADE))
def test_the_first_run_after_adoption_changes_nothing(files: dict, tmp_path: Path) -> None:
    assert MAIN in files
    node = Node(tmp_path, {"files": files})
    before = node.contents()
    live = node.run("config_info").result["variables"]
    assert live["momentum_settings"]
    assert live["momentum_tls_profile"] == ""  # so that the role leaves out msys.momentum.tls; test_roles.py
    prefix = "momentum_security_"
    security = {name[len(prefix) :]: value for name, value in live.items() if name.startswith(prefix)}
    for module, arguments in (("config", {"settings": live["momentum_settings"]}), ("security", security)):
        node.case = {"arguments": arguments}
        done = node.run(module).result
        assert not done.get("failed"), done.get("msg")
        assert done["changed"] is False, done["changes"]
    assert node.contents() == before
