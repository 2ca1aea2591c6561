# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What module tls says of a private key that others can read, in check mode and in the run."""

import subprocess

import pytest
from module_nodes import Node

MAIN = "momentum/etc/conf/default/ecelerity.conf"
PAIR = {"certificate": "{root}/pki/mx.pem", "key": "{root}/pki/mx.key"}
OWN = {"certificate": "{root}/momentum/etc/certs/mx.pem", "key": "{root}/momentum/etc/certs/mx.key"}


@pytest.fixture
def node(tmp_path):
    root = tmp_path / "node"
    root.mkdir(mode=0o755)
    node = Node(root, {"files": {MAIN: "ESMTP_Listener {\n}\n", "pki/keep": "", "momentum/etc/certs/keep": ""}})
    for directory in ("pki", "momentum/etc/certs"):
        words = "req -new -x509 -nodes -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -subj /CN=mx.example"
        files = ["-keyout", str(root / directory / "mx.key"), "-out", str(root / directory / "mx.pem")]
        subprocess.run(["openssl"] + words.split() + files, check=True, stderr=subprocess.DEVNULL)
        (root / directory / "mx.key").chmod(0o644)
    return node


def both(node, target):
    node.case = dict(node.case, arguments={"version": "4.7.7", "targets": [target]})
    return node.run("tls", check=True).result, node.run("tls").result


def test_a_key_that_every_account_can_read_is_refused_outside_of_the_managed_directories(node):
    before = node.contents()
    for result in both(node, PAIR):
        assert result.get("failed") is True
        for words in (str(node.root / "pki" / "mx.key"), "mode 0644", "every account", "chmod 0640"):
            assert words in result["msg"]
    assert node.contents() == before
    (node.root / "pki" / "mx.key").chmod(0o600)
    assert [result["changed"] for result in both(node, PAIR)] == [True, True]


def test_inside_of_them_it_is_a_warning_because_permissions_closes_it(node):
    for result in both(node, OWN):
        assert not result.get("failed"), result["msg"]
        (warning,) = [words for words in result["warnings"] if "private key" in str(words)]
        assert str(node.root / OWN["key"].replace("{root}/", "")) in str(warning)


def test_a_key_of_a_scope_that_the_task_is_not_about_is_a_warning(node):
    spelled = node.fill('HTTP_Listener {\n  TLS_Certificate = "%(certificate)s"\n  TLS_Key = "%(key)s"\n}\n' % PAIR)
    node.write(MAIN, spelled)
    for result in both(node, {"protocols": "+ALL:-SSLv3"}):
        assert not result.get("failed"), result["msg"]
        assert [words for words in result["warnings"] if "private key" in str(words) and "every account" in str(words)]
