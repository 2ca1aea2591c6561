# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A path that a configuration names is written, or given to an account, only where root alone can write that configuration."""

import base64
import os

import pytest
import yaml
from module_nodes import ROOT

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="gives files to accounts")

MAIN = "momentum/etc/conf/default/ecelerity.conf"
TEXTS = {
    "license": 'License = "{root}/precious"\n',
    "credential": 'securecreds {\n Credentials = "{root}/precious.db"\n Key = "{root}/precious"\n}\n',
    "dkim_key": 'opendkim "o" {\n key = "{root}/precious"\n dkim_domain "example.com" { selector = "s1" }\n}\n',
}
NAMED = {
    "license": {"path": "{root}/precious"},
    "credential": {"database": "{root}/precious.db", "key": "{root}/precious"},
    "dkim_key": {"keys": [{"domain": "example.com", "selector": "s1", "path": "{root}/precious"}]},
}
NOBODY = 65534


def credential_case():
    cases = yaml.safe_load((ROOT / "tests" / "contract" / "cases" / "credential.yml").read_text())
    return next(case for case in cases if case.get("changed") and case.get("files"))


def case_of(module):
    files = {name: text for name, text in credential_case()["files"].items() if name.startswith("momentum/bin")}
    files.update({MAIN: TEXTS[module], "precious": "root:secret\n", "momentum/sbin/ecelerity": "#!/bin/sh\n"})
    given = {
        "license": {"content": base64.b64encode(b"a licence\n").decode(), "group": "0", "replace": "always"},
        "credential": {"group": "nogroup", "entries": [{"documented": "ecdb", "password": "planted-password"}]},
        "dkim_key": {"group": "0", "publication": "ignored", "keys": [{"domain": "example.com", "selector": "s1"}]},
    }
    return {
        "files": files,
        "arguments": dict(given[module], validate="never") if module == "credential" else given[module],
    }


def facts(node):
    info = (node.root / "precious").stat()
    return (node.root / "precious").read_text(), info.st_uid, info.st_gid, info.st_mode


def of_the_account(node):
    os.chown(node.root / MAIN, NOBODY, NOBODY)


def in_a_directory_of_the_account(node):
    os.chown((node.root / MAIN).parent, NOBODY, NOBODY)


def writable_for_a_group(node):
    os.chown(node.root / MAIN, 0, NOBODY)
    os.chmod(node.root / MAIN, 0o660)


@pytest.mark.parametrize("made", [of_the_account, in_a_directory_of_the_account, writable_for_a_group])
@pytest.mark.parametrize("module", list(TEXTS))
def test_a_path_that_others_could_have_named_is_refused(module, made, node_of):
    node = node_of(case_of(module))
    (node.root / "precious").chmod(0o600)
    made(node)
    before = facts(node)
    for check in (True, False):
        result = node.run(module, check=check).result
        assert result.get("failed") and "others than root can write that file" in result["msg"], result
        assert node.fill(MAIN) in result["msg"] and node.fill("{root}/precious") in result["msg"]
    assert facts(node) == before


@pytest.mark.parametrize("module", list(TEXTS))
def test_a_path_that_root_has_named_or_the_task_names_is_taken(module, node_of):
    case = case_of(module)
    del case["files"]["precious"]
    node = node_of(case)
    result = node.run(module, check=True).result
    assert not result.get("failed"), result["msg"]
    of_the_account(node)
    case["arguments"].update(NAMED[module])
    result = node.run(module, check=True).result
    assert not result.get("failed"), result["msg"]


DOCUMENTED = {
    "license": 'License = "{root}/momentum/etc/license"\n',
    "credential": 'securecreds {\n Credentials = "{root}/etc/credentials.db"\n Key = "{root}/etc/credentials.key"\n}\n',
    "dkim_key": 'opendkim "o" {\n key = "{root}/momentum/etc/conf/dkim/%{d}/%{s}.key"\n}\n',
}


@pytest.mark.parametrize("module", list(TEXTS))
def test_a_documented_path_is_taken_whoever_has_written_it(module, node_of):
    case = case_of(module)
    case["files"].update({MAIN: DOCUMENTED[module], "etc/keep": ""})
    node = node_of(case)
    of_the_account(node)
    for check in (True, False):
        result = node.run(module, check=check).result
        assert not result.get("failed"), result["msg"]
