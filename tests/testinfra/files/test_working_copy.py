# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A node whose configuration eccfg keeps: nothing is edited in passing, and what is requested is committed, once, with the password out of sight."""

import hashlib
import json
import os
import re
import subprocess
import tarfile
from pathlib import Path
from typing import Any, Dict

import files
import node
import plays
import pytest

ECCFG = node.PREFIX + "/bin/eccfg"
BY_HAND = "--username hand --password by-hand"
REPOSITORY = "/var/ecconfigd/repo"
# Of what eccfg tracks, the owner must be ecuser (page eccfg).
VARIABLES: Dict[str, Any] = {
    "momentum_permissions_manual_modes": ["config", "programs"],
    "momentum_permissions_take_over_from": ["ecuser"],
    "momentum_config_owner": "ecuser",
}


def client(host: Any, directory: Path) -> None:
    """Install eccfg, as whoever still uses it does (manuals/upgrade-manual 2.4.1)."""
    with tarfile.open(os.environ["MOMENTUM_STANDIN_BUNDLE"]) as archive:
        (package,) = [one for one in archive if re.search("/msys-ecelerity-config-client-[^/]*[.]rpm$", one.name)]
        package.name = "client.rpm"
        archive.extract(package, str(directory))
    place = "%(MOMENTUM_TEST_NAME)s-%(MOLECULE_SCENARIO_NAME)s-mta1:/root/client.rpm" % os.environ
    subprocess.run([os.environ["CONTAINER_ENGINE"], "cp", str(directory / "client.rpm"), place], check=True)
    host.check_output("rpm -i --nodeps /root/client.rpm && rm /root/client.rpm")


def revision(host: Any) -> int:
    """The newest revision of the repository. A commit does not change that of the working copy as a whole."""
    return int(json.loads(host.check_output("cat %s/standin.json", REPOSITORY))["revision"])


def status(host: Any) -> str:
    return str(host.check_output(ECCFG + " status"))


@pytest.fixture(scope="module")
def copy(host: Any, tmp_path_factory: Any) -> Any:
    """The node's configuration, committed as it is."""
    client(host, tmp_path_factory.mktemp("client"))
    secret = "planted-eccfg-password-1-" + os.environ["MOMENTUM_TEST_NAME"]
    lines = [
        "%s:ecconfigd repo:%s" % (name, hashlib.md5(("%s:ecconfigd repo:%s" % (name, password)).encode()).hexdigest())
        for name, password in (("hand", "by-hand"), ("ansible", secret))
    ]
    host.check_output("mkdir -p %s" % REPOSITORY)
    host.check_output("printf '%%s\n' %s > %s", "\n".join(lines), REPOSITORY + "/svn-auth.htdigest")
    fresh = node.PREFIX + "/etc/fresh"
    host.check_output("%s bootstrap --singlenode %s --wc %s" % (ECCFG, BY_HAND, fresh))
    host.check_output(
        "mv %s/.svn %s/.svn && rm -r %s && chown -R ecuser:ecuser %s" % (fresh, files.CONF, fresh, files.CONF)
    )
    assert "Committed revision 2." in host.check_output("%s commit %s --add-all --delete-all" % (ECCFG, BY_HAND))
    yield
    host.check_output(
        "rm -rf %s/.svn %s/etc/cluster.boot %s && rpm -e msys-ecelerity-config-client"
        % (files.CONF, node.PREFIX, REPOSITORY)
    )
    assert plays.play().code == 0


def test_without_a_word_of_the_operator_nothing_is_edited(host: Any, copy: Any) -> None:
    before = node.checksums(host)
    run = plays.play(momentum_settings=[{"option": "Max_Retries", "value": 21}], **VARIABLES)
    assert run.code != 0 and "is a working copy of eccfg" in str(plays.message(run))
    assert node.checksums(host) == before


def test_what_a_run_changes_is_committed_once_and_the_daemon_has_it(host: Any, copy: Any) -> None:
    variables = dict(VARIABLES, momentum_working_copy="commit", momentum_eccfg_username="ansible")
    variables["momentum_settings"] = [{"option": "Max_Retries", "value": 22}]
    before = revision(host)
    check = plays.play(check=True, **variables)
    assert check.code == 0 and revision(host) == before and status(host) == ""
    run = plays.play(verbosity=3, **variables)
    assert run.code == 0, plays.message(run)
    assert revision(host) == before + 1 and status(host) == ""
    assert "22" in host.check_output(node.CONSOLE + "config eval Max_Retries")
    assert "planted-eccfg" not in run.output
    assert files.planted(host, "planted-eccfg") == ""
    assert node.look(host, node.MAIN).startswith("ecuser:")
    assert plays.play(**variables).changed() == [] and revision(host) == before + 1


def test_changes_of_others_are_neither_committed_nor_lost(host: Any, copy: Any) -> None:
    other = node.CONFIGURATION + "/common.conf"
    host.check_output("cp -p %s /root/common.conf && echo '# by hand' >> %s", other, other)
    variables = dict(VARIABLES, momentum_working_copy="commit", momentum_eccfg_username="ansible")
    before = node.checksums(host), revision(host)
    run = plays.play(momentum_settings=[{"option": "Max_Retries", "value": 23}], **variables)
    assert run.code != 0 and "common.conf (modified)" in str(plays.message(run))
    assert (node.checksums(host), revision(host)) == before
    host.check_output("cp -p /root/common.conf %s && rm /root/common.conf", other)


def test_a_restart_does_not_lose_what_is_not_committed(host: Any, copy: Any) -> None:
    host.check_output("echo '# by hand' >> %s", node.MAIN)
    before = node.pid(host)
    run = plays.task(files.SERVICE, state="restarted", working_copy="edit")
    assert run.code != 0 and "set autoupdate=ifunchanged there" in run.output
    assert node.pid(host) == before
    host.check_output("sed -i s/autoupdate=true/autoupdate=ifunchanged/ %s/etc/cluster.boot", node.PREFIX)
    run = plays.task(files.SERVICE, state="restarted", working_copy="edit")
    assert run.code == 0 and node.pid(host) != before
    assert "# by hand" in host.check_output("tail -n 1 %s", node.MAIN)
    host.check_output("%s revert %s %s" % (ECCFG, BY_HAND, node.MAIN))
