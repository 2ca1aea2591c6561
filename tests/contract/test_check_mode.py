# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Check mode asks Momentum's own program, as the run does, and leaves no copy of the configuration, which has secrets."""

import signal
import time

import pytest
from module_nodes import WRITING, Outcome, answer

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


REFUSING = {
    "momentum/bin/ec_dump_config": "#!/bin/sh\necho \"No module provides capability 'config.Global:nonsense'.\"\necho Reconfigure failed.\n",
    "momentum/bin/validate_config": '#!/bin/sh\necho "Configuration valid"\n',
}


# Without a configuration, as in its case here, dhparams asks nobody; it has a case of its own.
WRITE_CONFIGURATION = {"config", "control", "credential", "dkim_key", "node", "security", "tls"}


@pytest.mark.parametrize(("module", "case"), WRITING)
def test_what_the_validator_refuses_in_the_run_is_refused_in_check_mode_in_the_same_words(module, case, node_of):
    refused = dict(case, files=dict(case.get("files", {}), **REFUSING))
    refused["arguments"] = dict(case.get("arguments", {}), validate="auto")
    node = node_of(refused)
    before = node.snapshot()
    check = node.run(module, check=True).result
    assert node.snapshot() == before
    done = node.run(module).result
    assert (check.get("failed"), check.get("msg")) == (done.get("failed"), done.get("msg"))
    assert bool(done.get("failed")) is (module in WRITE_CONFIGURATION)
    if done.get("failed"):
        assert "the configuration was refused" in done["msg"] and done["msg"].count("No module provides") == 1
