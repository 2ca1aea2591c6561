# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Package first, then the running daemon, never a guess."""

import pytest

from plugins.module_utils import node_options as nodes
from plugins.module_utils.daemon.version import detect, require
from plugins.module_utils.errors import PlanError
from plugins.module_utils.host.program import Ran

NOT_OWNED = Ran(1, "file /opt/msys/ecelerity/sbin/ecelerity is not owned by any package")
MISSING = Ran(None, "rpm: No such file or directory")
SAYS = Ran(0, "Ecelerity Version: 5.0.0.74264 r(abc) (64-bit)")


class Programs:
    """Programs of straw: the answer of each by its name, or by its name and first argument."""

    def __init__(self, **answers):
        self.answers = answers
        self.asked = []

    def __call__(self, command, timeout):
        self.asked.append(list(command))
        name = command[0].rpartition("/")[2].replace("-", "_")
        return self.answers.get(name + command[1].replace("-", "_"), self.answers.get(name, MISSING))


@pytest.fixture
def node(tmp_path):
    (tmp_path / "sbin").mkdir()
    (tmp_path / "sbin" / "ecelerity").write_text("")
    params = dict.fromkeys(("main", "search_path", "nodename", "subcluster"))
    return nodes.from_params(dict(params, prefix=str(tmp_path), state_dir="/nowhere", validate="auto"))


def test_the_package_that_owns_the_daemon_is_believed_and_nobody_else_asked(node):
    programs = Programs(rpm=Ran(0, "5.3.0.12345"), ec_console=SAYS)
    assert detect(node, run=programs) == "5.3.0.12345"
    assert programs.asked == [["rpm", "-qf", "--queryformat", "%{VERSION}\\n", node.prefix + "/sbin/ecelerity"]]


def test_on_a_manager_the_package_of_its_own_daemon_is_asked(node, tmp_path):
    """Also while eccmgr is stopped, as in an upgrade; packages that an upgrade removes depend on the version."""
    (tmp_path / "sbin" / "ecelerity").rename(tmp_path / "sbin" / "eccmgr")
    programs = Programs(rpm=Ran(0, "4.6.0.1"))
    assert detect(node, run=programs) == "4.6.0.1"
    assert [command[-1] for command in programs.asked] == [node.prefix + "/sbin/eccmgr"]


def test_a_database_that_cannot_be_asked_is_named_where_nobody_else_says_the_version(node):
    damaged = Ran(1, "error: cannot open Packages database in /var/lib/rpm\n" + NOT_OWNED.output)
    with pytest.raises(PlanError, match="the RPM database cannot be asked .error: cannot open Packages database"):
        require(node, None, run=Programs(rpm=damaged))
    with pytest.raises(PlanError, match="no package owns a daemon"):
        require(node, None, run=Programs(rpm=NOT_OWNED))


def test_where_rpm_knows_nothing_dpkg_is_asked(node):
    owner = Ran(0, "msys-ecelerity:amd64, msys-other: %s/sbin/ecelerity" % node.prefix)
    programs = Programs(rpm=NOT_OWNED, dpkg_query__search=owner, dpkg_query__show=Ran(0, "1:4.2.38-1"))
    assert detect(node, run=programs) == "4.2.38"
    assert programs.asked[-1][-1] == "msys-ecelerity:amd64"


@pytest.mark.parametrize(
    "packages",
    [
        {},
        {"rpm": NOT_OWNED, "dpkg_query__search": Ran(1, "dpkg-query: no path found matching pattern /x")},
        {"rpm": Ran(0, "(none)")},
        {"dpkg_query__search": Ran(0, "diversion by other from: /x"), "dpkg_query__show": Ran(0, "9.9")},
        {"dpkg_query__search": Ran(0, "msys: /x"), "dpkg_query__show": Ran(1, "9.9 is not installed")},
    ],
)
def test_where_no_package_owns_it_the_running_daemon_is_asked_at_the_endpoint(node, packages):
    programs = Programs(ec_console=SAYS, **packages)
    assert detect(node, "/run/ecelerity/control", programs) == "5.0.0.74264"
    assert programs.asked[-1] == [node.prefix + "/bin/ec_console", "/run/ecelerity/control", "version"]


@pytest.mark.parametrize("words", [MISSING, Ran(1, "Connection refused by 10.0.0.1"), Ran(0, "hello")])
def test_nobody_who_says_is_no_version(node, words):
    assert detect(node, run=Programs(ec_console=words)) is None


def test_all_places_of_the_console_share_one_limit_of_time(node, monkeypatch):
    """The service account names them, and may keep silent at each."""
    monkeypatch.setattr("plugins.module_utils.daemon.version._endpoints", lambda *_: ["/a", "/b", "/c"])
    now, limits = [0.0], []
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    monkeypatch.setattr("plugins.module_utils.host.tcp.Deadline.__init__.__defaults__", (lambda: now[0],))

    def silent(command, timeout):
        if "ec_console" in command[0]:
            limits.append(timeout)
            now[0] += min(timeout, 20)
        return MISSING

    assert detect(node, run=silent) is None
    assert limits == [30.0, 10.0]


def test_where_nothing_is_installed_nothing_is_asked(node):
    programs = Programs(rpm=Ran(0, "5.3.0"))
    assert detect(node._replace(prefix="/nonexistent"), run=programs) is None
    assert programs.asked == []


def test_what_the_task_says_wins_and_nothing_is_asked(node):
    programs = Programs(rpm=Ran(0, "5.3.0"))
    assert require(node, "4.2.1", run=programs) == "4.2.1"
    assert programs.asked == []
    assert require(node, "", run=programs) == "5.3.0"
    assert require(node, None, run=programs) == "5.3.0"


def test_an_unknown_version_is_an_error_that_names_the_option(node):
    with pytest.raises(PlanError) as refused:
        require(node, None, "/run/ecelerity/control", Programs())
    for words in ("'version'", "5.3.0", "/run/ecelerity/control", node.prefix):
        assert words in str(refused.value)


@pytest.mark.parametrize("text", ["latest", "v5.3", "-"])
def test_a_word_that_is_no_version_is_refused(node, text):
    with pytest.raises(PlanError, match="no version of Momentum"):
        require(node, text, run=Programs())
