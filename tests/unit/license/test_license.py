# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is known of a licence, and what is not; what the module service makes of it is in tests/integration/service."""

import datetime
import os
from types import SimpleNamespace

import pytest

from plugins.module_utils import node_options
from plugins.module_utils.concerns import license as deploy
from plugins.module_utils.host.program import Ran
from plugins.module_utils.license import current as licenses
from plugins.module_utils.license import report, tools

TODAY = datetime.date(2026, 12, 1)
CONTENT = "planted-signature-0123456789abcdef\nplanted-words-of-a-licence\n"


@pytest.fixture
def node(tmp_path):
    prefix = tmp_path / "momentum"
    (prefix / "etc" / "conf" / "default").mkdir(parents=True)
    (prefix / "bin").mkdir()
    (prefix / "etc" / "license").write_text(CONTENT)
    (prefix / "etc" / "license").chmod(0o640)
    names = dict.fromkeys(("main", "search_path", "nodename", "subcluster"))
    values = dict(names, prefix=str(prefix), state_dir=str(tmp_path / "state"), validate="never")
    made = node_options.from_params(values)
    write(made, 'Hostname = "h"\n')
    return made


def write(node, text):
    with open(node.main, "w") as file:
        file.write(text)


def current(node, can_open=lambda paths, identity: {}):
    return licenses.current(node_options.current(node).effective, node.prefix, can_open)


def script(node, text):
    path = os.path.join(node.prefix, "bin", "ec_lic")
    with open(path, "w") as file:
        file.write("#!/bin/sh\n" + text)
    os.chmod(path, 0o755)


def test_the_licence_is_where_the_configuration_has_it(node, tmp_path):
    found = current(node)
    assert (found.path, found.setting, found.is_present) == (node.prefix + "/etc/license", ("", 0), True)
    write(node, 'Hostname = "h"\nLicense = "%s/elsewhere"\n' % tmp_path)
    found = current(node)
    assert (found.path, found.setting) == (str(tmp_path / "elsewhere"), (node.main, 2))
    assert (found.is_present, found.flaw) == (False, "does not exist")
    write(node, 'License = "etc/license"\n')
    assert "no absolute path" in current(node).flaw


def test_what_is_no_file_is_no_licence(node):
    path = node.prefix + "/etc/license"
    os.unlink(path)
    os.mkfifo(path)
    assert (current(node).is_present, current(node).digest) == (False, "")
    assert "a named pipe" in current(node).flaw


def test_in_a_chroot_nothing_is_known_of_who_reads_it(node):
    write(node, 'Security { User = "root" Group = "root" }\n')
    assert current(node, lambda paths, identity: {paths[0]: "denied"}).closed == "denied"
    write(node, 'Security { User = "root" Group = "root" Chroot = "/jail" }\n')
    assert current(node, lambda paths, identity: {paths[0]: "denied"}).closed == ""


def test_ec_lic_gets_a_copy_and_no_way_to_a_server(node, tmp_path):
    path = node.prefix + "/etc/license"
    script(node, 'echo "$@" > %s/arguments; cat "$5" > %s/seen; echo ruined > "$5"\n' % (tmp_path, tmp_path))
    assert tools.ask(node.prefix, path).validity == tools.VALID
    words = (tmp_path / "arguments").read_text().split()
    assert words[:3] == ["-q", "-c", "/dev/null/ecelerity.conf"] and words[-2:] == ["-H", "http://127.0.0.1:0/"]
    assert "-f" not in words and path not in words
    assert (tmp_path / "seen").read_text() == CONTENT
    with open(path) as file:
        assert file.read() == CONTENT


@pytest.mark.parametrize(
    ("text", "validity", "words"),
    [
        ("exit 0", "valid", ""),
        ("exit 3", "unconfirmed", "exit status 3"),
        ("echo fetching", "unconfirmed", "fetching"),
        ('cat "$5"; printf "\\033[2J"', "unconfirmed", "... ... \\x1b[2J"),
        ("head -c 100000 /dev/zero", "unknown", None),
    ],
)
def test_only_silence_is_a_valid_licence_and_no_word_of_it_is_repeated(node, text, validity, words):
    script(node, text + "\n")
    said = tools.ask(node.prefix, node.prefix + "/etc/license")
    assert said.validity == validity and "planted" not in said.words
    assert words is None or said.words == words


@pytest.mark.parametrize(
    ("text", "words"), [("yes", "printed more than 65536 bytes"), ("sleep 60", "did not finish within 0.2 seconds")]
)
def test_of_a_tool_that_never_ends_nothing_is_known_but_that(text, words, node, monkeypatch):
    monkeypatch.setattr(tools, "TIMEOUT", 20.0 if text == "yes" else 0.2)
    script(node, text + "\n")
    said = tools.ask(node.prefix, node.prefix + "/etc/license")
    assert said.validity == tools.UNKNOWN and words in said.words


def test_without_ec_lic_or_a_licence_nothing_is_known(node):
    assert tools.ask(node.prefix, node.prefix + "/etc/license").validity == tools.UNKNOWN
    script(node, "exit 0\n")
    assert tools.ask(node.prefix, "/nonexistent").validity == tools.UNKNOWN


PANICLOG = """\
[Sun 30 Nov 2003 10:31:37] [serious] Validating software license.
[Sun 30 Nov 2003 10:31:37] [serious] Validated MAC address 00:01:02:34:4B:b3
[Sun 30 Nov 2003 10:31:37] [serious] Valid license.
"""


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (PANICLOG, ("00:01:02:34:4b:b3", "valid", "")),
        (
            PANICLOG + "[Wed] <0x1> License machine mismatch\n",
            ("00:01:02:34:4b:b3", "unconfirmed", "License machine mismatch"),
        ),
        ("[Wed] License machine mismatch\n[Thu] Valid license.\n", ("", "valid", "")),
        ("[Sun] ndbm_cache initialized\n", ("", "unknown", "")),
        ("Validated MAC address 00:01:02:34:4b:b3:ff\n", ("", "unknown", "")),
    ],
)
def test_what_the_daemon_has_logged_of_its_licence(text, found):
    assert tools.logged(text) == found


@pytest.mark.parametrize(
    ("text", "kernel", "found"),
    [
        ("openssl_conf = o\n[o]\nalg_section = a\n[a]\ndefault_properties = fips=yes\n", "0", "enforced"),
        (
            "openssl_conf = o\n[o]\nalg_section = a\n[a]\ndefault_properties = provider=base, fips = yes\n",
            "0",
            "enforced",
        ),
        ("openssl_conf = o\n[o]\nproviders = p\n[p]\nfips = f\n[f]\nactivate = 1\n", "0", "not enforced"),
        ("[a]\ndefault_properties = fips=yes\n", "0", "not enforced"),
        ("", "1", "unknown"),
    ],
)
def test_whether_fips_is_enforced(tmp_path, text, kernel, found):
    (tmp_path / "openssl.cnf").write_text(text)
    (tmp_path / "fips_enabled").write_text(kernel + "\n")

    def run(command, timeout):
        return Ran(0, 'OPENSSLDIR: "%s"\n' % tmp_path)

    assert tools.fips(run, str(tmp_path / "fips_enabled")) == found
    assert tools.fips(lambda command, timeout: Ran(1, ""), "/nonexistent") == tools.UNKNOWN


def test_the_report_says_what_is_known_and_unknown_where_nothing_is(node):
    effective = node_options.current(node).effective
    found = report.report(node, effective, "", TODAY, None)
    assert (found["present"], found["mode"], found["problems"]) == (True, "0640", [])
    assert (found["validity"], found["binding"], found["fips"], found["days_left"]) == ("unknown",) * 3 + (None,)
    script(node, 'cat "$5"\n')
    asked = report.report(node, effective, "2026-12-25", TODAY, lambda: PANICLOG)
    assert (asked["validity"], asked["binding"], asked["days_left"]) == ("unconfirmed", "00:01:02:34:4b:b3", 24)
    assert "planted" not in str(asked)
    os.unlink(node.prefix + "/etc/license")
    gone = report.report(node, effective, "", TODAY, lambda: PANICLOG)
    assert (gone["present"], gone["validity"], gone["problems"]) == (False, "unknown", ["it does not exist"])


def test_the_daemons_word_counts_where_there_is_no_ec_lic(node):
    effective = node_options.current(node).effective
    assert report.report(node, effective, "", TODAY, lambda: PANICLOG)["validity"] == "valid"


@pytest.mark.parametrize(
    ("there", "deployed", "replace", "action"),
    [
        ("", "", "never", "installed"),
        ("new", "", "always", "same"),
        ("old", "", "auto", "kept"),
        ("old", "old", "auto", "replaced"),
        ("fetched", "new", "auto", "kept"),
        ("fetched", "old", "auto", "replaced"),
        ("old", "old", "never", "kept"),
        ("fetched", "new", "always", "replaced"),
    ],
)
def test_what_momentum_has_fetched_is_not_replaced_by_what_was_deployed_before(there, deployed, replace, action):
    file = deploy.CurrentFile(there.encode(), 0, 0, 0o640) if there else None
    digest = licenses.digest(deployed.encode()) if deployed else ""
    assert (
        deploy.action(deploy.Current("/l", file, deploy.Deployed(digest)), licenses.digest(b"new"), replace) == action
    )


@pytest.mark.parametrize("path", [None, "/nonexistent/license"])
def test_the_configuration_is_read_once_for_a_deployment(node, monkeypatch, path):
    read, asked = [], deploy.nodes.current
    monkeypatch.setattr(deploy.nodes, "current", lambda *words: read.append(words) or asked(*words))
    params = {"content": "bmV3", "path": path, "mode": "0640", "require": "none", "replace": "always"}
    params.update(owner="root", group="root")
    task = SimpleNamespace(params=params, node=node, check_mode=True, warn=lambda words: None)
    assert deploy.plan(task).result["action"] == ("installed" if path else "replaced")
    assert len(read) == 1
