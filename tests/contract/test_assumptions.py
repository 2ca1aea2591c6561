# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What check mode takes for granted, because an earlier task may make it, is a warning in the words of the run's refusal."""

import os
import re

import pytest
from module_nodes import load_cases

CREDMGR = "momentum/bin/credmgr"
TOOL = next(case["files"][CREDMGR] for case in load_cases("credential") if CREDMGR in case.get("files", {}))
MAIN = {"momentum/etc/conf/default/ecelerity.conf": "X = 1\n", CREDMGR: TOOL}
CONSOLE = {"socket_owner": "root", "socket_group": "root", "validate": "never"}
FILE = {"path": "{root}/a.conf", "owner": "root", "group": "root"}
PAIR = {"database": "{root}/a", "key": "{root}/b", "owner": "root", "group": "root"}

CASES = {
    "owner of a configuration file": ("config", {"files": [dict(FILE, owner="nobody-yet")]}),
    "group of a configuration file": ("config", {"files": [dict(FILE, group="nobody-yet")]}),
    "source of a configuration file": ("config", {"files": [dict(FILE, source="{root}/none")]}),
    "main file": ("config", {"main": "{root}/none.conf", "settings": [{"option": "Y", "value": "1"}]}),
    "owner of a file of keywords": (
        "keyword_file",
        {"files": [{"path": "{root}/k", "content": "a", "owner": "nobody-yet"}]},
    ),
    "directory of a file of keywords": ("keyword_file", {"files": [{"path": "{root}/none/k", "content": "a"}]}),
    "owner of Diffie-Hellman parameters": ("dhparams", {"path": "{root}/dh", "owner": "nobody-yet"}),
    "directory of Diffie-Hellman parameters": ("dhparams", {"path": "{root}/none/dh"}),
    "directory of credentials": ("credential", dict(PAIR, key="{root}/none/b")),
    "owner of credentials": ("credential", dict(PAIR, owner="nobody-yet")),
    "directory of unit files": ("sandbox", {"directory": "{root}/none/system", "systemd_version": 250}),
    "directory of the console's passwords": (
        "control",
        dict(
            CONSOLE,
            tcp=[{"address": "127.0.0.1:8025"}],
            password_file={"path": "{root}/none/p", "owner": "root", "group": "root"},
        ),
    ),
    "directory of what is made at boot": (
        "control",
        dict(CONSOLE, socket="{root}/run/c", boot_file="{root}/none/none/boot"),
    ),
    "directory of the environment": (
        "control",
        dict(CONSOLE, socket="{root}/run/c", environment_file="{root}/none/environment"),
    ),
    "directory of the name of a database server": (
        "database_schema",
        {
            "host": "manager.example.com",
            "admin_password": "planted-admin-password",
            "superuser": "root",
            "psql": "{root}/bin/none",
            "password_file": "{root}/etc/none",
            "host_file": "{root}/none/etc/dbhost",
        },
    ),
    "certificate that is served": (
        "certificate_served",
        {"endpoints": [{"port": 1, "protocol": "smtp", "timeout": 1, "certificate": "{root}/none.pem"}]},
    ),
    "user of the daemon": ("security", {"user": "nobody-yet"}),
    "chroot of the daemon": ("security", {"chroot": "{root}/none"}),
    "certificates of a database server": (
        "database_schema",
        {
            "host": "manager.example.com",
            "admin_password": "planted-admin-password",
            "superuser": "root",
            "psql": "{root}/bin/none",
            "password_file": "{root}/etc/svcpasswd",
            "host_file": "{root}/etc/dbhost",
            "ca_file": "{root}/none.pem",
        },
    ),
    "owner of a certificate": (
        "certificate",
        {"units": [{"name": "a", "key": "{root}/k", "certificate": "{root}/c", "owner": "nobody-yet"}]},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_check_mode_warns_of_what_a_run_would_be_refused_for(name, node_of):
    module, arguments = CASES[name]
    node = node_of({"files": MAIN, "arguments": arguments})
    check, done = node.run(module, check=True).result, node.run(module).result
    assert not check.get("failed"), check["msg"]
    assert done.get("failed") and ("none" in done["msg"] or "nobody-yet" in done["msg"]), done
    warnings = [one["event"]["msg"] if isinstance(one, dict) else one for one in check.get("warnings", [])]
    assumed = [one for one in warnings if "unless an earlier task" in one]
    # init_schema and its SQL, which the package of the manager brings, are not on these nodes either.
    named = re.compile("none|nobody-yet|init_schema")
    assert all(one.startswith(os.uname().nodename + ": ") for one in warnings), warnings
    assert assumed and all(named.search(one) for one in assumed), warnings
