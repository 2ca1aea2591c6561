# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every command with a playbook that README and docs print is run as it is printed, over a fleet whose roles are stubs: the playbook, its options and
its variables are real. The scenario `getting_started` runs the commands of its page on a real node."""

import os
import re
import subprocess

import pytest
import yaml
from stub_collection import Fleet

from tests.integration.cores import OPTIONS, PROGRAMS, ROOT

ELSEWHERE = "getting-started.md"
GROUPS = {"momentum_standalone": "ab", "momentum_cluster_nodes": "c", "momentum_cluster_managers": "m"}
BLOCK = re.compile(r"^ *```console\n(.*?)^ *```", re.MULTILINE | re.DOTALL)


def printed():
    """The commands, each once, with the lines that continue it. README's and the first of each other playbook run every time."""
    found, due = {}, {}
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]:
        for block in BLOCK.findall(page.read_text(encoding="utf-8")) if page.name != ELSEWHERE else ():
            for command in re.sub(r"\\\n\s*", "", block).splitlines():
                if re.match(r"\s*([A-Z_]+=\S+ )*ansible-playbook ", command):
                    found.setdefault(meant(command), (page.name, command.strip()))
    for _page, command in found.values():
        due.setdefault(re.search(r"msys\.momentum\.\w+|$", command).group(), command)
    return [
        pytest.param(
            command,
            id="%s: %s" % (page, command),
            marks=() if page == "README.md" or command in due.values() else pytest.mark.long,
        )
        for page, command in found.values()
    ]


def meant(command):
    """The words of a command but for comment and inventory: one that several pages print is run once."""
    return tuple(sorted(re.sub(r"#.*| -i \S+", "", command).split()))


def installed(prefix):
    """What a playbook that reads nodes finds there."""
    for name in ("etc/conf/default/ecelerity.conf", "etc/conf/default/eccluster.conf", "sbin/ecelerity", "sbin/eccmgr"):
        (prefix / name).parent.mkdir(parents=True, exist_ok=True)
        (prefix / name).write_text("Max_Retries = 5\n" if name.endswith(".conf") else "#!/bin/sh\n")
        (prefix / name).chmod(0o755)
    return prefix


@pytest.mark.parametrize("command", printed())
def test_a_printed_command_does_what_it_can(command, tmp_path):
    fleet = Fleet(tmp_path, "newest", GROUPS)
    fleet.inventory["all"]["vars"]["broken"] = []  # what a test of batches gives
    fleet.inventory["all"]["vars"]["momentum_prefix"] = str(installed(tmp_path / "momentum"))
    (tmp_path / "inventory" / "reports").mkdir(parents=True)
    for name in ("inventory.yml", "inventory/hosts.yml"):
        (tmp_path / name).write_text(yaml.safe_dump(fleet.inventory))
    own = {"ANSIBLE_COLLECTIONS_PATH": str(fleet.collections), "ANSIBLE_HOME": str(tmp_path / ".ansible")}
    path = "%s:%s" % (PROGRAMS["newest"], os.environ["PATH"])
    done = subprocess.run(
        ["sh", "-c", command],
        cwd=str(tmp_path),
        env=dict(os.environ, **dict(OPTIONS, **own), PATH=path),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        universal_newlines=True,
        check=False,
        timeout=180,
    )
    assert done.returncode == 0, done.stdout
    assert "unknown variable" not in done.stdout
