# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a concern reads of a node, with nothing desired: on a node with Momentum's files, on one without, and nothing is written."""

import os
import stat

import pytest

from plugins.module_utils import node_options
from plugins.module_utils.concerns import (
    certificate,
    config,
    control,
    credential,
    dhparams,
    keyword_file,
    sandbox,
    security,
    service,
    tls,
)
from plugins.module_utils.concerns import node as whole
from plugins.module_utils.daemon.kinds import ECCMGR, at_home
from plugins.module_utils.files import intended
from plugins.module_utils.options import parts
from plugins.module_utils.pki.units.current import Places
from plugins.module_utils.tls.files import dhparams as parameters

pytestmark = pytest.mark.node

MAIN = """Security {
  User = "nobody"
  Capabilities = "= cap_net_bind_service+ep"
}
ESMTP_Listener {
  TLS_Certificate = "/etc/mx.pem"
  Listen ":25" {}
}
Control_Listener {
  Listen "/tmp/2025" { File_Mode = "0666" }
}
"""


@pytest.fixture
def node(tmp_path):
    """A node without Momentum."""
    given = dict.fromkeys(node_options.ARGUMENTS)
    given.update(prefix=str(tmp_path / "momentum"), nodename="mx", state_dir=str(tmp_path / "state"), validate="auto")
    return node_options.from_params(given)


@pytest.fixture
def configured(node):
    """A node with a configuration that Momentum's samples could have."""
    os.makedirs(os.path.dirname(node.main))
    with open(node.main, "w") as stream:
        stream.write(MAIN)
    return node


@pytest.fixture
def nothing_is_written(tmp_path):
    """What a test calls once its node is made: from then on everything below the node's root stays as it is."""
    before = []

    def seen():
        for path, _directories, files in sorted(os.walk(str(tmp_path))):
            for name in [""] + sorted(files):
                info = os.lstat(os.path.join(path, name))
                yield path, name, info.st_ino, info.st_mtime_ns if stat.S_ISREG(info.st_mode) else 0

    def begin():
        before.extend(seen())

    yield begin
    assert before == list(seen()) and not intended.state()


# Of owners and modes there is only what differs from a manifest, which is what the module returns with state=audit.
WITHOUT = ["permissions"]


def test_every_part_of_a_node_can_be_read():
    concerns = {name: whole.concern(name) for name in parts.NAMES}
    assert [name for name, concern in concerns.items() if not callable(concern.plan)] == []
    assert [name for name, concern in concerns.items() if not callable(getattr(concern, "current", None))] == WITHOUT


def test_the_configuration_of_a_node_without_momentum_is_empty(node, nothing_is_written):
    nothing_is_written()
    now = config.current(node)
    assert [problem.kind for problem in now.problems] == ["missing"] and list(now.effective.settings()) == []


def test_the_configuration_is_what_momentum_reads(configured, nothing_is_written):
    nothing_is_written()
    now = config.current(configured)
    assert now.problems == [] and now.effective is now.effective
    assert [file.path for file in now.configuration.files] == [configured.main]


def test_a_daemon_that_is_not_there_has_no_process(node, nothing_is_written):
    nothing_is_written()
    for now in (service.current(node, unit="no-such"), service.current(at_home(node, ECCMGR), ECCMGR, "no-such")):
        assert (now.process, now.unit, now.pending.level, now.differs) == (None, None, "none", False)


def test_a_daemon_that_does_not_run_has_no_process_whatever_is_wrong_with_its_configuration(
    configured, nothing_is_written
):
    with open(configured.main, "a") as stream:
        stream.write("Security {\n")
    nothing_is_written()
    assert service.current(configured, unit="no-such").process is None


def test_a_pair_that_is_not_there_has_no_parts(node, tmp_path, nothing_is_written):
    nothing_is_written()
    now = certificate.current(Places(str(tmp_path / "no/a.key"), str(tmp_path / "no/a.crt")))
    assert (now.key, now.leaf, now.is_pair, now.problems) == (None, None, False, ("", ""))


def test_a_key_that_nobody_can_read_is_said_and_not_refused(tmp_path, nothing_is_written):
    pytest.importorskip("cryptography")
    (tmp_path / "a.key").write_text("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")
    nothing_is_written()
    now = certificate.current(Places(str(tmp_path / "a.key"), str(tmp_path / "a.crt")))
    assert str(tmp_path / "a.key") in now.problems[0] and now.problems[1] == ""


def test_a_file_of_keywords_is_read_as_it_is(tmp_path, nothing_is_written):
    (tmp_path / "a.conf").write_text("ssl = on\n")
    nothing_is_written()
    assert keyword_file.current(str(tmp_path / "a.conf")).content == b"ssl = on\n"
    assert keyword_file.current(str(tmp_path / "b.conf")) is None


def test_the_security_stanza_is_compared_with_what_the_configuration_takes(configured, nothing_is_written):
    nothing_is_written()
    now = security.current(config.current(configured), "no-such.service")
    assert (now.stanza.user, now.declared.user.line, now.overridden) == ("nobody", 2, [])
    assert [reason.capability for reason in now.needed("linux")] == ["cap_net_bind_service"]
    assert now.compared(now.stanza).verdict == "equal"


def test_a_node_without_momentum_declares_no_security(node, nothing_is_written):
    nothing_is_written()
    now = security.current(config.current(node), "no-such.service")
    assert (set(now.stanza), now.needed(now.platform)) == ({None}, [])


def test_the_console_is_what_the_configuration_opens(configured, nothing_is_written):
    nothing_is_written()
    now = control.current(config.current(configured), "nobody")
    assert (now.endpoints, now.roles, now.acctlog) == (["/tmp/2025"], [], "")
    assert "wide_mode" in [one.check.name for one in now.unsafe()] and now.at("/run/x") is None


def test_a_node_without_momentum_opens_no_console(node, nothing_is_written):
    nothing_is_written()
    now = control.current(config.current(node), "no-such-account")
    assert (now.listens, now.unsafe(), now.endpoints) == ([], [], ["/tmp/2025"])


def test_tls_is_read_scope_by_scope(configured, nothing_is_written):
    nothing_is_written()
    now = tls.current(config.current(configured), "5.3.0")
    (entrance,) = now.entrances()
    assert (entrance.port, entrance.begin) == (25, "none")
    assert "TLSv1.2" in now.in_force(entrance.path)["protocols"]


def test_a_node_without_momentum_has_no_place_for_tls(node, nothing_is_written):
    nothing_is_written()
    now = tls.current(config.current(node), "5.3.0")
    assert (now.entrances(), now.context.engine) == ([], "openssl")


def test_parameters_are_told_by_their_group(tmp_path, nothing_is_written):
    (tmp_path / "dh.pem").write_bytes(parameters.write(parameters.of_group("ffdhe2048")))
    (tmp_path / "words").write_text("no parameters\n")
    nothing_is_written()
    assert dhparams.current(str(tmp_path / "dh.pem")).parameters.group == "ffdhe2048"
    assert dhparams.current(str(tmp_path / "words")).parameters is None
    assert dhparams.current(str(tmp_path / "none/dh.pem")) == (None, None)


def test_credentials_are_where_the_daemon_looks_and_a_second_pair_is_named(node, tmp_path, nothing_is_written):
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/credentials.db").write_bytes(b"1")
    (tmp_path / "etc/credentials.db-journal").write_bytes(b"2")
    nothing_is_written()
    now = credential.current(node, None)
    database, key = str(tmp_path / "etc/credentials.db"), str(tmp_path / "etc/credentials.key")
    assert (now.pair, now.strays, now.unfinished) == ((database, key), [], [database + "-journal"])
    assert (now.files()[database].content, now.files()[key]) == (b"1", None)
    assert credential.current(node, None, "/x.db", "/x.key").strays == [database]


def test_credentials_are_those_of_the_configuration(configured, tmp_path, nothing_is_written):
    with open(configured.main, "a") as stream:
        stream.write('securecreds {\n  Credentials = "%s/a.db"\n}\n' % tmp_path)
    nothing_is_written()
    now = credential.current(configured, config.current(configured))
    assert (now.declared.database, now.strays) == (str(tmp_path / "a.db"), [])


def test_a_unit_without_a_drop_in_has_no_sandbox(tmp_path, nothing_is_written):
    nothing_is_written()
    now = sandbox.current("no-such", str(tmp_path), 252)
    assert (now.name, now.file, now.exposure()) == ("no-such.service", None, None)
    assert sandbox.current("no-such", str(tmp_path)).unit.loaded is False


def test_a_drop_in_is_read_with_its_attributes(tmp_path, nothing_is_written):
    (tmp_path / "a.service.d").mkdir()
    (tmp_path / "a.service.d/50-msys-momentum.conf").write_text("[Service]\n")
    nothing_is_written()
    assert sandbox.current("a", str(tmp_path), 252).file.text == "[Service]\n"
