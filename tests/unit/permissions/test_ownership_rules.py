# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Modes, patterns, manifests, the choice of rules, and judgements: all without a file system."""

import fnmatch
import stat
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.module_utils.errors import PlanError
from plugins.module_utils.permissions import manifest, manifests_data, modes
from plugins.module_utils.permissions.judge import CHANGE, FINE, LINK, REFUSE, SPECIAL, Policy, Seen, Setting, judge
from plugins.module_utils.permissions.patterns import matcher
from plugins.module_utils.permissions.rules import Rule, below, choose, inherit, rule_for, start, step, tree_of
from plugins.module_utils.permissions.umask import READ, SEARCH, Subject, breaking_lines, permits, permits_by_list

SERVICE = 990
FILE, DIRECTORY, SYMLINK = stat.S_IFREG, stat.S_IFDIR, stat.S_IFLNK
POLICY = Policy(frozenset([0, SERVICE]), True)
UNPROTECTED = POLICY._replace(protected=False)
SAFE, THEIRS = Setting(True, 0, False), Setting(False, SERVICE, False)
RULE = Rule("/conf", 0, SERVICE, modes.parse("0640"), modes.parse("0750"), True)


@pytest.mark.parametrize(
    "text, before, directory, after",
    [
        ("0640", 0o777, False, 0o640),
        (0o640, 0o7777, False, 0o640),
        ("04755", 0o640, False, 0o4755),
        ("go-w", 0o666, False, 0o644),
        ("go-w", 0o4777, False, 0o4755),
        ("u=rwX,g=rX,o=", 0o604, False, 0o640),
        ("u=rwX,g=rX,o=", 0o600, True, 0o750),
        ("u=rwX,go=rX", 0o100, False, 0o755),
        ("a+r", 0o200, False, 0o644),
        ("+r", 0o200, False, 0o644),
        ("g=,o=", 0o777, False, 0o700),
        ("g+rX,g-r", 0o740, True, 0o750 - 0o040),
    ],
)
def test_a_mode_says_what_becomes_of_permission_bits(text, before, directory, after):
    assert modes.parse(text).of(before, directory) == after


@pytest.mark.parametrize(
    "text", ["", "rw", "99", "0o640", "u=rws", "g-X", "64", "416", "u=rw,,", "01234567", 416000, "0666", "a+w", "o=rw"]
)
def test_what_is_no_mode_is_refused(text):
    with pytest.raises(PlanError):
        modes.parse(text)


def test_directories_may_be_searched_by_those_who_may_read():
    assert modes.of_directories(modes.parse("0640")).put == 0o750
    assert modes.of_directories(modes.parse("0600")).put == 0o700
    assert modes.of_directories(modes.parse("go-w")) == modes.parse("go-w")


@given(st.text("ab*?", max_size=8), st.text("ab.", max_size=10))
def test_wildcards_match_as_those_of_the_shell(pattern, name):
    assert matcher(pattern)(name) == fnmatch.fnmatchcase(name, pattern)


def rule_at(path, rules):
    """The rule that holds for a path, walking as the walk does."""
    active, inherited, chosen = start(tree_of(rules)), None, None
    for name in path.strip("/").split("/"):
        hits = step(active, name)
        chosen = choose(hits, inherited)
        active, inherited = below(active, hits), inherit(hits, inherited)
    return chosen.path if chosen and chosen.managed else None


def rules(*paths):
    """Paths ending in /> recurse; those beginning with ! exclude."""
    return [Rule(path.strip("!>").rstrip("/"), recurse=path.endswith("/>"), managed=path[0] != "!") for path in paths]


@pytest.mark.parametrize(
    "path, requested",
    [
        ("/a", None),
        ("/a/b", "/a/b"),
        ("/a/b/x/y", "/a/b"),
        ("/a/b/c", "/a/b/c"),
        ("/a/b/c/x", "/a/b"),
        ("/a/b/k.key", "/a/b/**/*.key"),
        ("/a/b/x/y/k.key", "/a/b/**/*.key"),
        ("/a/b/x/special.key", "/a/b/x/special.key"),
        ("/a/b/out", None),
        ("/a/b/out/x", None),
        ("/a/b/out/k.key", "/a/b/**/*.key"),
        ("/a/b/.hidden", "/a/b"),
    ],
)
def test_the_most_specific_rule_wins(path, requested):
    declared = rules("/a/b/>", "/a/b/c", "/a/b/**/*.key", "/a/b/x/special.key", "!/a/b/out")
    assert rule_at(path, declared) == requested
    assert rule_at(path, list(reversed(declared))) == requested


def verdict(seen, rule=RULE, setting=SAFE, policy=POLICY):
    return judge(seen, rule, setting, policy)


def test_an_object_in_order_is_left_alone_and_any_other_is_changed():
    assert verdict(Seen(FILE | 0o640, 0, SERVICE, 1)).action == FINE
    changed = verdict(Seen(FILE | 0o644, SERVICE, SERVICE, 1), setting=THEIRS)
    assert (changed.action, changed.requested) == (CHANGE, (0, SERVICE, 0o640))
    assert verdict(Seen(DIRECTORY | 0o755, SERVICE, SERVICE, 9), setting=THEIRS).requested == (0, SERVICE, 0o750)


@pytest.mark.parametrize(
    "seen, setting, words",
    [
        (Seen(SYMLINK | 0o777, SERVICE, SERVICE, 1), THEIRS, "symbolic link"),
        (Seen(SYMLINK | 0o777, 0, 0, 1), THEIRS, "symbolic link"),
        (Seen(SYMLINK | 0o777, 0, 0, 1), SAFE._replace(direct=True), "symbolic link"),
        (Seen(FILE | 0o640, 0, SERVICE, 2), THEIRS, "2 hard links"),
        (Seen(FILE | 0o644, 0, SERVICE, 2), SAFE, "2 hard links"),
        (Seen(FILE | 0o600, 1234, 0, 1), SAFE, "uid 1234"),
        (Seen(DIRECTORY | 0o750, 1234, SERVICE, 2), SAFE, "uid 1234"),
        (Seen(FILE | 0o640, SERVICE, 0, 1), THEIRS._replace(parent=77), "unsafe transition"),
        (Seen(stat.S_IFCHR | 0o666, 0, 0, 1), SAFE, "device"),
        (Seen(FILE | 0o4755, 0, 0, 1), SAFE, "set-id"),
        (Seen(FILE | 0o4755, SERVICE, SERVICE, 1), THEIRS, "set-id"),
    ],
)
def test_what_a_service_user_could_have_planted_is_refused(seen, setting, words):
    refused = verdict(seen, setting=setting)
    assert refused.action == REFUSE and words in refused.reason


def test_links_of_root_where_only_root_can_make_them_are_no_finding_and_neither_are_sockets():
    assert verdict(Seen(SYMLINK | 0o777, 0, 0, 1)).action == LINK
    assert verdict(Seen(stat.S_IFSOCK | 0o666, SERVICE, 0, 1), setting=THEIRS).action == SPECIAL
    assert verdict(Seen(stat.S_IFSOCK | 0o666, SERVICE, 0, 1), setting=THEIRS._replace(direct=True)).action == CHANGE


def test_set_id_bits_stay_where_a_relative_mode_does_not_name_them_and_go_where_a_named_path_says_so():
    loose = RULE._replace(owner=None, group=None, mode=modes.parse("go-w"))
    assert verdict(Seen(FILE | 0o4775, 0, 0, 1), loose).requested.mode == 0o4755
    assert verdict(Seen(FILE | 0o4755, 0, 0, 1), setting=SAFE._replace(direct=True)).requested.mode == 0o640


def test_without_protected_hard_links_nothing_of_root_is_given_away_and_no_directory_taken():
    roots = Seen(FILE | 0o600, 0, 0, 1)
    assert verdict(roots, setting=THEIRS).action == CHANGE
    assert "protected_hardlinks" in verdict(roots, setting=THEIRS, policy=UNPROTECTED).reason
    theirs = Seen(DIRECTORY | 0o755, SERVICE, SERVICE, 2)
    assert "protected_hardlinks" in verdict(theirs, setting=THEIRS, policy=UNPROTECTED).reason
    assert verdict(Seen(FILE | 0o644, SERVICE, SERVICE, 1), setting=THEIRS, policy=UNPROTECTED).action == CHANGE


def test_an_account_that_does_not_exist_matters_where_its_rule_applies():
    assert verdict(Seen(FILE | 0o640, 0, 0, 1), RULE._replace(problem="the node has no user x")).reason.endswith(
        "user x"
    )


SUBJECT = Subject("ecuser", SERVICE, SERVICE, frozenset([SERVICE, 50]))
REPAIR = Policy(frozenset([0, SERVICE]), True, SUBJECT, True)


@pytest.mark.parametrize(
    "seen, reach, requested",
    [
        (Seen(DIRECTORY | 0o750, 0, 0, 2), 1, (0, 0, 0o751)),
        (Seen(DIRECTORY | 0o750, 0, 0, 2), 2, (0, SERVICE, 0o750)),
        (Seen(FILE | 0o640, 0, 0, 1), 2, (0, SERVICE, 0o640)),
        (Seen(FILE | 0o600, 0, 50, 1), 2, (0, 50, 0o640)),
        (Seen(FILE | 0o200, SERVICE, 0, 1), 2, (SERVICE, 0, 0o600)),
        (Seen(FILE | 0o660, 0, 0, 1), 2, (0, SERVICE, 0o640)),
    ],
)
def test_the_damage_of_a_umask_is_repaired_with_the_least_that_is_needed(seen, reach, requested):
    repaired = judge(seen, None, Setting(True, 0, False, reach), REPAIR)
    assert repaired.kept_out and repaired.action == CHANGE and repaired.requested == requested
    assert judge(seen, None, Setting(True, 0, False, reach), REPAIR._replace(repair=False)).action == FINE


def test_the_first_class_that_fits_decides_even_if_others_may_more():
    assert not permits(SUBJECT, 0o077, SERVICE, SERVICE, READ)
    assert not permits(SUBJECT, 0o707, 0, 50, READ)
    assert permits(SUBJECT, 0o701, 0, 0, SEARCH)


def access_list(*entries):
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)


def test_an_access_list_lets_an_account_in_as_far_as_its_mask_goes():
    none = 0xFFFFFFFF
    base = [(1, 6, none), (4, 0, none), (0x20, 0, none)]
    assert permits_by_list(SUBJECT, access_list(*base, (2, 4, SERVICE), (0x10, 4, none)), 0, 0, READ) is True
    assert permits_by_list(SUBJECT, access_list(*base, (2, 4, SERVICE), (0x10, 0, none)), 0, 0, READ) is False
    assert permits_by_list(SUBJECT, access_list(*base, (8, 4, 50), (0x10, 4, none)), 0, 0, READ) is True
    assert permits_by_list(SUBJECT, access_list(*base), 0, 0, READ) is False
    assert permits_by_list(SUBJECT, b"\x09\0\0\0", 0, 0, READ) is None


def test_lines_that_set_a_fatal_umask_are_found():
    text = "# umask 027\n  umask 0027\numask 022\nUMASK\t077\numask 0277 # x\numask -S\n"
    found = breaking_lines({"/root/.bashrc": text})
    assert [(line.line, line.umask) for line in found] == [(2, "0027"), (4, "0077"), (5, "0277")]


SITE = manifest.Site("/opt/msys/ecelerity", "ecuser", "ecuser", ["/var/spool/ecelerity"])


def built_in(role="standalone", line="5.x", leave=(), manual=()):
    return {entry.path: entry for entry in manifest.built_in(role, line, SITE, leave, manual)}


@pytest.mark.parametrize("role", manifests_data.ROLES)
@pytest.mark.parametrize("line", manifests_data.LINES)
def test_no_built_in_manifest_lets_others_write_or_read_secrets(role, line):
    entries = built_in(role, line)
    rules = manifest.rules_of(list(entries.values()), lambda name: 1, lambda name: 1, lambda path: path)
    made = [rule for rule in rules if rule.managed]
    assert len(made) == len(entries) > 10
    for rule in made:
        for mode, directory in ((rule.mode, False), (rule.directory_mode, True)):
            if mode is not None:
                assert not mode.of(0o777, directory) & 0o022, rule.path
        if rule.part in ("config", "keys", "credentials", "passwords", "service_password", "database_password"):
            assert not rule.mode.of(0o777, False) & 0o007, rule.path
    for path, entry in entries.items():
        if entry.part in ("programs", "services", "config", "environment"):
            assert entry.owner == "root", path


def test_the_manuals_own_modes_are_a_switch_for_each_part():
    conf = "/opt/msys/ecelerity/etc/conf"
    assert built_in()[conf].owner == "root" and built_in()[conf].mode == "0640"
    assert built_in(manual=["config"])[conf].owner == "ecuser" and built_in(manual=["config"])[conf].mode == "0644"
    assert built_in(manual=["config"])[conf + "/**/ecdb.conf"].mode == "0640"
    for part in manifests_data.SWITCHABLE:
        role, line = "standalone", "3.x"
        assert built_in(role, line, manual=[part]) != built_in(role, line), part
    assert conf not in built_in(leave=["config"])


@pytest.mark.parametrize("manual", [[], list(manifests_data.SWITCHABLE)])
def test_what_ec_rotate_executes_as_root_is_roots_to_name_whoever_owns_the_configuration(manual):
    entries = built_in(manual=manual)
    made = manifest.rules_of(list(entries.values()), len, len, lambda path: path)
    active = start(tree_of(made))
    for name in ("opt", "msys", "ecelerity", "etc"):
        active = below(active, step(active, name))
    chosen = choose(step(active, "ec_rotate.conf"), None)
    assert chosen.path.endswith("/ec_rotate.conf")
    assert (entries[chosen.path].owner, chosen.mode.of(0o777, False)) == ("root", 0o644)


@pytest.mark.parametrize("line", ["3.x", "4.x", "5.x"])
def test_passwords_that_an_installer_left_are_closed_in_every_line(line):
    """A node may have come from 3.x; there the directory around them is readable by all."""
    made = manifest.rules_of(list(built_in(line=line).values()), len, len, lambda path: path)
    active = start(tree_of(made))
    for name in ("opt", "msys", "etc", "installer"):
        active = below(active, step(active, name))
    assert choose(step(active, "lastinstall"), None).mode.of(0o600, False) == 0o600


def test_roles_and_lines_differ_in_what_they_have():
    assert "/var/spool/ecelerity" in built_in("cluster_node") and "/var/spool/ecelerity" not in built_in(
        "cluster_manager"
    )
    assert "/var/log/eccluster" in built_in("cluster_manager") and "/var/log/eccluster" not in built_in("cluster_node")
    assert "/opt/msys/ecwebui/config/site/server.key" in built_in(line="3.x")
    assert "/opt/msys/ecwebui/config/site/server.key" not in built_in()
    assert [manifest.line_of(text) for text in ("3.6.24", "4.8", "5.3.0.1", "6.0")] == ["3.x", "4.x", "5.x", "5.x"]


@pytest.mark.parametrize("line", ["3.x", "4.x", "5.x"])
@pytest.mark.parametrize("role", ["standalone", "cluster_node", "cluster_manager"])
def test_keys_of_momentums_own_postgresql_and_of_ecconfigd_are_closed_to_others(role, line):
    """The release notes of 5.3 still make a pair for ecconfigd. From 5.0 on nothing says whose a database is that is left over."""
    found = built_in(role, line=line)
    database = found.get("/var/db/msyspg/server.key")
    assert (database and (database.owner, database.mode)) == (None if line == "5.x" else ("msyspg", "0600"))
    ecconfigd = found["/var/ecconfigd/apache/server.key"]
    assert (ecconfigd.owner, ecconfigd.group, ecconfigd.mode) == (SITE.user, SITE.group, "0600")


@pytest.mark.parametrize("line", ["3.x", "4.x", "5.x"])
def test_start_scripts_that_root_runs_are_roots_in_every_line(line):
    """4.x starts by them (page 4-conf-starting), and msyspg does up to 5.1 (upgrade manual 2.3.4)."""
    for name in ("ecelerity", "eccmgr", "ecconfigd", "msyspg", "cidr_server"):
        assert built_in(line=line)["/etc/init.d/" + name].owner == "root"


def chosen(path, **arguments):
    """The rule that applies to a path below etc."""
    made = manifest.rules_of(list(built_in(**arguments).values()), len, len, lambda path: path)
    return rule_for(tree_of(made), "/opt/msys/ecelerity/etc/" + path)


@pytest.mark.parametrize("version", ["4.3.1", "4.4.1", "4.10", "5.x"])
@pytest.mark.parametrize("manual", [[], ["config"], ["programs"]])
def test_what_lu_pull_writes_is_the_daemons_from_4_3_1_and_the_directory_around_it_is_not(version, manual):
    for name in (
        "liveupdate.conf",
        "updates",
        "updates/smtp_classification.ovr",
        "msys",
        "updates/msys/liveupdate.conf",
    ):
        rule = chosen(name, line=version, manual=manual)
        assert (rule.part, rule.owner) == ("live_updates", len("ecuser")), name
        assert not rule.mode.of(0o777, False) & 0o027, name
    assert chosen("liveupdate.conf", line=version, manual=manual).mode.of(0o644, False) == 0o640
    assert chosen("updates/liveupdate.deploy", line=version, manual=manual).mode.of(0o755, False) == 0o750
    etc = built_in(line=version, manual=manual)["/opt/msys/ecelerity/etc"]
    assert etc.owner == "root" and not etc.recurse
    assert chosen("environment", line=version, manual=manual).owner == len("root")


@pytest.mark.parametrize("version", ["3.x", "3.6.24", "4.x", "4.2.28", "4.3", "4.3.0.5"])
def test_before_4_3_1_nothing_is_said_of_the_updates(version):
    assert "live_updates" not in {entry.part for entry in built_in(line=version).values()}
    assert chosen("liveupdate.conf", line=version).owner == len("root")


def test_a_manager_pulls_no_updates_and_the_part_can_be_left():
    assert "live_updates" not in {entry.part for entry in built_in("cluster_manager").values()}
    assert "live_updates" not in {entry.part for entry in built_in(leave=["live_updates"]).values()}


@pytest.mark.parametrize("manual", [[], list(manifests_data.SWITCHABLE)])
def test_what_cidr_maintain_reads_as_root_is_roots_whoever_owns_the_configuration(manual):
    rule = chosen("cidr_maintain.conf", manual=manual)
    assert (rule.owner, rule.group, rule.mode.of(0o777, False)) == (len("root"), len("root"), 0o644)


def test_passwords_for_cram_md5_are_closed_to_others():
    assert chosen("cram_md5_passwd").mode.of(0o644, False) == 0o640


def test_an_entry_for_a_built_in_path_replaces_what_it_gives_and_keeps_the_rest():
    entries = list(built_in().values())
    merged = {
        entry.path: entry for entry in manifest.extended(entries, [{"path": "/var/log/ecelerity/", "group": "adm"}])
    }
    assert merged["/var/log/ecelerity"] == built_in()["/var/log/ecelerity"]._replace(group="adm")
    assert len(merged) == len(entries)


@pytest.mark.parametrize("path", ["conf", "/", "/a/../b", "", "/a\0b"])
def test_paths_that_are_no_place_are_refused(path):
    with pytest.raises(PlanError):
        manifest.normal(path)


@pytest.mark.parametrize("more", [{"path": "/conf", "recurse": True}, {"path": "/conf/*"}, {"path": "/conf/**/tool"}])
@pytest.mark.parametrize("mode", ["04755", "02755", "01644"])
def test_no_tree_and_no_wildcard_sets_special_bits_on_files(mode, more):
    entry = manifest.Entry(mode=mode, **more)
    with pytest.raises(PlanError, match="set-id or sticky"):
        manifest.rules_of([entry], int, int, str)
    named = manifest.Entry("/conf/tool", mode=mode)
    directories = manifest.Entry("/conf", mode="0640", directory_mode="02750", recurse=True)
    assert len(manifest.rules_of([named, directories], int, int, str)) == 2
