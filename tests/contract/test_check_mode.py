# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What check mode leaves where it is killed while Momentum's program judges: no copy of the configuration, which has secrets."""

import signal
import time

import test_modules
from test_modules import Outcome, answer

node_of = test_modules.node_of

KILLED = {
    "files": {
        "momentum/etc/conf/default/ecelerity.conf": "Max_Retries = 20\nOutbound_SMTP_AUTH_Pass = planted-old\n",
        "momentum/bin/ec_dump_config": '#!/bin/sh\ncp "$2" {root}/seen\nkill -9 $PPID\nsleep 1\n',
        "momentum/bin/validate_config": '#!/bin/sh\necho "Configuration valid"\n',
    },
    "arguments": {"settings": [{"option": "Max_Retries", "value": 21}]},
}


def left_in(directory):
    return [path for path in directory.rglob("*") if not path.is_dir()]


def test_a_check_that_is_killed_leaves_no_copy_of_the_configuration(node_of):
    node = node_of(KILLED)
    died = answer(node.request("config", check=True))
    assert died["returncode"] == -signal.SIGKILL
    # The program had seen the planned configuration.
    assert (node.root / "seen").read_text().startswith("Max_Retries = 21\nOutbound_SMTP_AUTH_Pass = planted-old\n")
    end = time.monotonic() + 20
    while left_in(node.root / "tmp") and time.monotonic() < end:
        time.sleep(0.05)
    assert left_in(node.root / "tmp") == []
    assert not (node.root / "state").exists()


def test_a_check_keeps_its_copy_of_the_configuration_to_itself(node_of):
    program = '#!/bin/sh\nstat -c "%a %U" "$(dirname "$2")" "$2" >{root}/seen\necho "<config/>"\n'
    node = node_of(dict(KILLED, files=dict(KILLED["files"], **{"momentum/bin/ec_dump_config": program})))
    assert Outcome(**answer(node.request("config", check=True))).result["changed"] is True
    assert [line.split()[0] for line in (node.root / "seen").read_text().splitlines()] == ["700", "600"]
    assert list((node.root / "tmp").iterdir()) == []
