# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values in force over several files: the last assignment takes precedence, and what it overrode is kept with its place."""

from ecconf.effective import Effective
from ecconf.loader import load
from ecconf.reader import OverlayReader
from ecconf.syntax.limits import INCLUDE_DEPTH, NESTING

CONF = "/opt/msys/ecelerity/etc/conf/default/"
SECURITY = (("Security", None),)

STANDALONE = """\
# Node configuration.
Security {
  User = "ecuser"
  Group = "ecuser"
  Capabilities = "cap_net_bind_service+ep"
}
ThreadPool "swapin" {
  Concurrency = 20
}
include "common.conf"

ESMTP_Listener {
  Listen ":25" {
    Enable = true
  }
  SMTP_Extensions = ( "ENHANCEDSTATUSCODES" "STARTTLS" )
}
#include "ecelerity-cluster.conf"
"""

COMMON = """\
TLS_Protocols = "+ALL:-SSLv3"
Control_Listener {
  Listen "/tmp/2025" { }
}
Relay_Hosts = ( "127.0.0.0/8" )
"""

CLUSTER = """\
/* Everything a node needs to be part of the cluster. */
Security {
  user = "ecuser"
  group = "ecuser"
  capabilities = "cap_net_admin+ep cap_net_bind_service+ep cap_net_raw+ep cap_sys_resource+ep"
}
Cluster {
  cluster_group = "ec_cluster"
  DuraVIP_Network = "duravip"
}
ECCluster_Listener {
  Listen "*:4802" { }
}
"""


def effective(**texts):
    """Of ecelerity.conf (main) and the other files named with _ for - and without .conf, all in conf/default."""
    names = {CONF + name.replace("_", "-") + ".conf": text.encode() for name, text in texts.items() if name != "main"}
    names[CONF + "ecelerity.conf"] = texts["main"].encode()
    configuration = load(CONF + "ecelerity.conf", nodename="mta1", reader=OverlayReader(names))
    assert configuration.problems == []
    return Effective(configuration)


def places(setting):
    return [(item.file[len(CONF) :], item.line, item.value) for item in (setting,) + setting.overridden]


def test_a_standalone_node_reads_its_own_stanza():
    subject = effective(main=STANDALONE, common=COMMON)
    setting = subject.get(SECURITY, "capabilities")
    assert places(setting) == [("ecelerity.conf", 5, "cap_net_bind_service+ep")]
    assert (setting.path, setting.name, setting.raw) == (SECURITY, "Capabilities", '"cap_net_bind_service+ep"')
    assert subject.get((), "relay_hosts").value == ["127.0.0.0/8"]
    assert subject.where((("control_listener", None),)) == [(CONF + "common.conf", 2)]


def test_a_cluster_file_that_is_included_later_wins_and_shows_what_it_overrode():
    main = STANDALONE.replace("#include", "include")
    subject = effective(main=main, common=COMMON, ecelerity_cluster=CLUSTER)
    setting = subject.get(SECURITY, "Capabilities")
    assert places(setting) == [
        ("ecelerity-cluster.conf", 5, "cap_net_admin+ep cap_net_bind_service+ep cap_net_raw+ep cap_sys_resource+ep"),
        ("ecelerity.conf", 5, "cap_net_bind_service+ep"),
    ]
    assert setting.name == "capabilities"
    assert subject.where(SECURITY) == [(CONF + "ecelerity.conf", 2), (CONF + "ecelerity-cluster.conf", 2)]


def test_a_cluster_file_that_is_included_first_loses():
    main = 'include "ecelerity-cluster.conf"\n' + STANDALONE
    subject = effective(main=main, common=COMMON, ecelerity_cluster=CLUSTER)
    assert [place[0] for place in places(subject.get(SECURITY, "user"))] == ["ecelerity.conf", "ecelerity-cluster.conf"]


def test_local_changes_override_the_cluster_file():
    main = 'Local_Changes_File = "%slocal.conf"\n' % CONF + STANDALONE.replace("#include", "include")
    subject = effective(main=main, common=COMMON, ecelerity_cluster=CLUSTER, local='SECURITY { User = "other" }\n')
    assert [place[0] for place in places(subject.get(SECURITY, "user"))] == [
        "local.conf",
        "ecelerity.conf",
        "ecelerity-cluster.conf",
    ]


def test_the_parts_of_a_scope_merge_and_names_compare_without_letter_case():
    subject = effective(main='Binding a { x = 1 }\nBINDING "a" { X = 2 y = 3 }\nbinding A { x = 4 }\n')
    assert places(subject.get((("binding", "a"),), "x")) == [("ecelerity.conf", 2, "2"), ("ecelerity.conf", 1, "1")]
    assert subject.get((("binding", "a"),), "Y").value == "3"
    assert subject.get((("binding", "A"),), "x").value == "4"
    assert list(subject.scopes("BINDING")) == [(("Binding", "a"),), (("binding", "A"),)]


def test_a_repeated_list_replaces_the_earlier_one():
    setting = effective(main="x = ( a b )\nx = ( c )\n").get((), "x")
    assert (setting.value, setting.raw, setting.overridden[0].value) == (["c"], "( c )", ["a", "b"])


def test_an_included_file_belongs_to_the_scope_around_the_include():
    subject = effective(main='a { include "part.conf" }\nb { x = 0 include "part.conf" }\nx = 2\n', part="x = 1")
    assert places(subject.get((("a", None),), "x")) == [("part.conf", 1, "1")]
    assert places(subject.get((("b", None),), "x")) == [("part.conf", 1, "1"), ("ecelerity.conf", 2, "0")]
    assert places(subject.get((), "x")) == [("ecelerity.conf", 3, "2")]


def test_what_follows_an_include_is_later_than_the_included_file():
    subject = effective(main='x = 1\ninclude "part.conf"\nx = 3\ninclude "part.conf"\n', part="x = 2\ny = 1\ny = 2")
    assert [place[2] for place in places(subject.get((), "x"))] == ["2", "1", "2", "3"]


def test_of_the_files_of_a_directory_the_last_in_the_alphabet_wins():
    names = {"/d/%s" % name: b"x = %s" % name.encode() for name in "bca"}
    names["/main.conf"] = b"include d"
    setting = Effective(load("/main.conf", [], reader=OverlayReader(names))).get((), "x")
    assert [item.value for item in setting.overridden + (setting,)] == ["a", "b", "c"]


def test_settings_come_in_load_order_below_a_scope():
    main = "z = 1\na { y = 1 b { x = 1 } y = 2 }\nc { w = 1 }\nz = 2\n"
    subject = effective(main=main)
    assert [(s.name, s.value) for s in subject.settings()] == [("x", "1"), ("y", "2"), ("w", "1"), ("z", "2")]
    assert [s.name for s in subject.settings((("A", None),))] == ["x", "y"]
    assert list(subject.settings((("nowhere", None),))) == []
    assert list(subject.scopes()) == [(("a", None),), (("a", None), ("b", None)), (("c", None),)]


def test_what_is_set_nowhere_is_none():
    subject = effective(main="a { x = 1 }")
    assert subject.get((), "x") is None
    assert subject.get((("b", None),), "x") is None
    assert subject.get((("a", "instance"),), "x") is None
    assert subject.where((("b", None),)) == []


def test_a_configuration_that_cannot_be_loaded_has_no_values():
    subject = Effective(load("/nowhere", [], reader=OverlayReader({})))
    assert (list(subject.settings()), list(subject.scopes()), subject.resolve((), "x")) == ([], [], None)


def test_nesting_that_many_files_make_deep_is_no_trouble():
    """Each file has what one may have; an include in the innermost scope goes on with the next."""
    files, each = INCLUDE_DEPTH, NESTING
    texts = {"/%d" % i: 'a "i" {' * each + "include /%d" % (i + 1) + "}" * each for i in range(files - 1)}
    texts["/%d" % (files - 1)] = "x = 1\n"
    depth = each * (files - 1)
    subject = Effective(load("/0", [], reader=OverlayReader({name: text.encode() for name, text in texts.items()})))
    (setting,) = subject.settings()
    assert (setting.value, setting.line, len(setting.path)) == ("1", 1, depth)
    assert subject.get((("A", "i"),) * depth, "x") == setting


def test_files_that_multiply_are_cut_off_and_reported():
    texts = {"f%d" % i: "include f%d.conf include f%d.conf" % (i + 1, i + 1) for i in range(40)}
    names = {"/%s.conf" % name: text.encode() for name, text in texts.items()}
    names["/f40.conf"] = b"x = 1"
    subject = Effective(load("/f0.conf", [], reader=OverlayReader(names)))
    assert [problem.kind for problem in subject.problems] == ["limit"]
    assert subject.get((), "x").value == "1"


def test_inside_an_included_file_a_scope_has_a_shorter_path():
    main = 'a { include "part.conf" }\nb { include "part.conf" }\n'
    subject = effective(main=main, part='include "deep.conf"', deep="")
    for name in ("part.conf", "deep.conf"):
        assert subject.local_path(CONF + name, (("A", None), ("x", "1"))) == (("x", "1"),)
        assert subject.local_path(CONF + name, (("b", None),)) == ()
        assert subject.local_path(CONF + name, (("c", None),)) is None
        assert subject.local_path(CONF + name, ()) is None
    assert subject.local_path(CONF + "ecelerity.conf", (("a", None),)) == (("a", None),)
    assert subject.local_path(CONF + "other.conf", ()) is None
