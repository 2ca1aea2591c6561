# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The drop-in never takes from the daemon what its stanza declares, its configuration takes, or its start needs."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from plugins.module_utils.ecconf.effective import Effective
from plugins.module_utils.ecconf.loader import load
from plugins.module_utils.ecconf.reader import OverlayReader
from plugins.module_utils.errors import PlanError
from plugins.module_utils.sandbox import dropin, needs, places
from plugins.module_utils.sandbox.facts import Choice, Look, facts
from plugins.module_utils.sandbox.rules import RULES
from plugins.module_utils.security import capabilities

PREFIX = "/opt/msys/ecelerity"
LISTENER = 'ESMTP_Listener {\n  Listen ":25" { }\n}\n'
CONSOLE = 'Control_Listener {\n  Listen "/run/ecelerity/2025" { }\n}\n'
STANZA = 'Security {\n  User = "ecuser"\n  Capabilities = "%s"\n}\n'
DURAVIP = 'Binding "b1" {\n  Enable_Duravip = true\n}\n'
PLAIN_CHOICE = Choice()
PLAIN = LISTENER + CONSOLE + STANZA % "cap_net_bind_service+ep"
CLUSTER_TEXT = "cap_net_admin+ep cap_net_bind_service+ep cap_net_raw+ep cap_sys_resource+ep"


def eyes(directories=(), gaining=(), home="/opt/msys"):
    return Look(
        is_directory=lambda path: path in directories,
        is_root=lambda user: user in ("root", "0"),
        gaining=lambda named: list(gaining),
        home=lambda user: home,
        last_cap=40,
    )


def facts_of(text, choice=PLAIN_CHOICE, local_changes=None, look=None):
    effective = Effective(
        load("/c/main.conf", [], nodename="mta1", reader=OverlayReader({"/c/main.conf": text.encode()}))
    )
    return facts(effective, PREFIX, local_changes, choice, look or eyes())


def values(text, version=252, overrides=None, leave=(), **more):
    found = dropin.directives(facts_of(text, **more), version, overrides or {}, leave)
    return {one.name: one.value for one in found}


def reason(text, name, version=252, **more):
    return next(one.reason for one in dropin.directives(facts_of(text, **more), version, {}, ()) if one.name == name)


def left_after(chosen):
    """The bounding set that a daemon has under these directives, as systemd.exec(5) computes it."""
    words = chosen.get("CapabilityBoundingSet")
    everything = set(capabilities.NAMES)
    held = everything if words is None else {word.lower() for word in words.split()}
    for rule in RULES:
        if chosen.get(rule.name) == "yes":
            held -= rule.takes
    return held


NAMES = st.lists(st.sampled_from(capabilities.NAMES), unique=True, max_size=8)
FLAGS = st.sampled_from(["+ep", "+p", "+i", "+eip", "=ep"])


@settings(max_examples=300, deadline=None)
@given(
    declared=NAMES,
    flags=FLAGS,
    dropped=st.lists(st.sampled_from(needs.DROPPABLE), unique=True),
    more=NAMES,
    version=st.integers(180, 260),
    user=st.sampled_from(["ecuser", "root"]),
    duravip=st.booleans(),
)
def test_no_bounding_set_is_below_what_is_declared_and_taken(declared, flags, dropped, more, version, user, duravip):
    text = LISTENER + (DURAVIP if duravip else "") + 'Security {\n  User = "%s"\n' % user
    text += '  Capabilities = "%s"\n}\n' % (",".join(declared) + flags) if declared else "}\n"
    chosen = values(text, version, choice=Choice("strict", (), more, dropped))
    held = left_after(chosen)
    start = {"cap_setuid", "cap_setgid", "cap_kill", "cap_net_bind_service"}
    assert set(declared) | set(more) | start <= held
    if duravip:
        assert {"cap_net_admin", "cap_net_raw", "cap_sys_resource"} <= held
        assert "AF_PACKET" in (chosen["RestrictAddressFamilies"] or "AF_PACKET")


@settings(max_examples=100, deadline=None)
@given(version=st.integers(180, 260), text=st.sampled_from([PLAIN, LISTENER + DURAVIP, "", STANZA % "=ep"]))
def test_a_systemd_gets_only_directives_that_it_knows_each_in_one_line(version, text):
    known = {rule.name: rule.since for rule in RULES}
    chosen = dropin.directives(facts_of(text), version, {}, ())
    assert all(one.reason for one in chosen)
    lines = dropin.text(chosen).decode().splitlines()
    body = lines[lines.index("[Service]") + 1 :]
    assert len(body) == len([one for one in chosen if one.value is not None])
    assert all(known[line.partition("=")[0]] <= version for line in body)


def test_all_capabilities_can_be_declared():
    held = left_after(values(STANZA % "=ep"))
    assert held == set(capabilities.NAMES)
    assert (
        values(STANZA % "=ep")["SystemCallFilter"] == "~@obsolete" or values(STANZA % "=ep")["SystemCallFilter"] is None
    )


def test_a_capability_that_nobody_has_a_name_for_is_never_cut_off():
    chosen = values(STANZA % "63+ep")
    assert chosen["CapabilityBoundingSet"] is None


def test_a_name_that_an_old_systemd_does_not_know_leaves_the_set_alone():
    assert values(STANZA % "cap_bpf+ep", 239)["CapabilityBoundingSet"] is None
    assert "CAP_BPF" in values(STANZA % "cap_bpf+ep", 252)["CapabilityBoundingSet"]


def test_a_daemon_that_stays_root_keeps_its_capabilities():
    chosen = values('Security {\n  User = "root"\n}\n')
    assert left_after(chosen) == set(capabilities.NAMES)
    assert chosen["ProtectSystem"] == "strict"


def test_a_start_as_root_gets_what_it_takes_without_a_declaration():
    names = [need.capability for need in facts_of('Security {\n  User = "ecuser"\n}\n').needed]
    assert "cap_setpcap" not in names and "cap_sys_chroot" not in names
    assert {"cap_setuid", "cap_setgid", "cap_net_bind_service", "cap_sys_ptrace", "cap_kill"} <= set(names)


def test_a_chroot_takes_its_call_and_its_capability_and_is_written_to():
    text = 'Security {\n  Chroot = "/srv/jail"\n}\n'
    assert "CAP_SYS_CHROOT" in values(text)["CapabilityBoundingSet"]
    assert "@mount" not in values(text)["SystemCallFilter"]
    assert "-/srv/jail" in values(text, look=eyes(["/srv/jail"]))["ReadWritePaths"].split()


def test_a_declared_capability_is_not_dropped():
    choice = Choice("strict", (), (), ("cap_sys_resource", "cap_dac_override"))
    words = values(STANZA % CLUSTER_TEXT, choice=choice)["CapabilityBoundingSet"].split()
    assert "CAP_SYS_RESOURCE" in words and "CAP_DAC_OVERRIDE" not in words


def test_a_container_gets_the_documented_capabilities_and_the_computed_ones():
    requested = needs.for_container(facts_of(LISTENER + STANZA % CLUSTER_TEXT).needed)
    assert {"NET_BIND_SERVICE", "SYS_PTRACE", "NET_ADMIN", "NET_RAW", "SYS_RESOURCE", "SETUID"} <= set(requested)
    dropped = Choice("strict", (), (), needs.DROPPABLE)
    assert "SYS_PTRACE" in needs.for_container(facts_of(PLAIN, dropped).needed)


def test_a_console_in_tmp_keeps_the_shared_tmp_writable():
    shared = LISTENER + 'Control_Listener {\n  Listen "/tmp/2025" { }\n}\n'
    for text in (shared, LISTENER):
        chosen = values(text)
        assert chosen["PrivateTmp"] is None
        assert {"-/tmp", "-/var/tmp"} <= set(chosen["ReadWritePaths"].split())
    chosen = values(PLAIN)
    assert chosen["PrivateTmp"] == "yes"
    assert "-/tmp" not in chosen["ReadWritePaths"].split()


def test_paths_of_the_configuration_stay_writable_and_those_that_are_read_do_not():
    text = (
        'spoolbase = "/srv/spool"\n'
        'tls_certificate = "/srv/certs/server.pem"\n'
        'custom_logger "c" {\n  mainlog = "jlog:///srv/logs/main.jlog=>master"\n}\n'
        'script = "/usr/local/lib/hook.lua"\n'
        'url = "http://host.example/srv/web/x"\n'
        'net = ( "192.0.2.0/24" "/regex/" "/" )\n'
    )
    words = values(PLAIN + text, look=eyes(["/srv/spool"]))["ReadWritePaths"].split()
    assert {"-/srv/spool", "-/srv/logs"} <= set(words)
    assert not [
        word for word in words if "certs" in word or "/usr" in word or "web" in word or word in ("-/", "-/regex")
    ]


def test_the_configuration_is_read_only_but_for_the_local_changes_file():
    chosen = values(PLAIN, local_changes=PREFIX + "/etc/conf/default/local.conf")
    assert chosen["ReadOnlyPaths"] == "-%s/etc/conf" % PREFIX
    assert "-%s/etc/conf/default" % PREFIX in chosen["ReadWritePaths"].split()
    assert values(PLAIN, local_changes=PREFIX + "/etc/conf/local.conf")["ReadOnlyPaths"] is None


def test_a_path_with_blanks_and_specifiers_is_quoted_as_systemd_reads_it():
    words = values(PLAIN, choice=Choice("strict", ['/srv/a %i "b"']))["ReadWritePaths"]
    assert '"-/srv/a %%i \\"b\\""' in words


@pytest.mark.parametrize(
    ("name", "text", "look"),
    [
        ("NoNewPrivileges", PLAIN, eyes(gaining=["/opt/msys/ecelerity/bin/helper"])),
        ("ProtectHome", PLAIN + 'spoolbase = "/home/mail/spool"\n', eyes()),
        ("ProtectKernelTunables", PLAIN + DURAVIP, eyes()),
        ("PrivateDevices", PLAIN + 'crypto_engine = "chil"\n', eyes()),
        ("RestrictSUIDSGID", PLAIN + "dirmode = 02770\n", eyes()),
        ("UMask", PLAIN + 'file_mode = "0666"\n', eyes()),
        ("ProtectKernelModules", LISTENER + STANZA % "cap_sys_module+ep", eyes()),
        ("ProtectClock", LISTENER + STANZA % "cap_wake_alarm+ep", eyes()),
        ("RestrictRealtime", LISTENER + STANZA % "cap_sys_nice+ep", eyes()),
        ("MemoryDenyWriteExecute", PLAIN, eyes()),
    ],
)
def test_what_the_configuration_forbids_is_left_out(name, text, look):
    assert values(text, look=look)[name] is None
    if name != "MemoryDenyWriteExecute":
        assert values(PLAIN)[name] is not None


def test_the_home_of_the_daemons_user_stays_readable():
    assert values(PLAIN, look=eyes(home="/home/ecuser"))["ProtectHome"] == "read-only"


def test_the_monitor_without_ptrace_still_sees_the_daemon():
    assert values(PLAIN, choice=Choice("strict", (), (), ["cap_sys_ptrace"]))["ProtectProc"] is None


def test_a_directive_is_left_out_or_overridden_and_others_are_added():
    chosen = values(
        PLAIN, leave=["UMask"], overrides={"PrivateDevices": False, "LimitNOFILE": 4096, "IPAddressDeny": ["a", "b"]}
    )
    assert chosen["UMask"] is None
    assert (chosen["PrivateDevices"], chosen["LimitNOFILE"], chosen["IPAddressDeny"]) == ("no", "4096", "a b")


@pytest.mark.parametrize(
    ("overrides", "words"),
    [
        ({"capabilityBoundingSet": ""}, "cannot be set"),
        ({"DynamicUser": True}, "cannot be set"),
        ({"PrivateDevices": True}, "cap_mknod"),
        ({"Nice": "1\nUser=x"}, "one line"),
        ({"Nice": "1\\"}, "one line"),
        ({"U Mask": "1"}, "not the name"),
        ({"UMask\n": "1"}, "not the name"),
        ({"UMask": None}, "is None"),
        ({"UMask": [None]}, "is None"),
        ({"UMask": {"a": 1}}, "give it a value"),
        ({"Nice": "\u2028User=x"}, "one line"),
    ],
)
def test_an_override_that_would_break_the_stanza_or_the_file_is_refused(overrides, words):
    with pytest.raises(PlanError, match=words):
        values(LISTENER + STANZA % "cap_mknod+ep", overrides=overrides)


@given(st.text(alphabet="ab:/=>. \"'(%", max_size=40))
@example("/:/..")  # the whole file system would have been writable
def test_a_path_is_absolute_and_clean_whatever_a_value_holds(text):
    for path in places.paths_in(text):
        assert path.startswith("/") and not path.startswith("//")
        assert "/../" not in path and " " not in path and path != "/"


def test_a_configuration_that_names_directories_without_end_is_refused_before_they_are_compared():
    """The service account can write them, and each is compared with each."""
    looked = []
    many = PLAIN + "".join('Own%d = "/srv/%d/x"\n' % (number, number) for number in range(places.MOST + 1))
    look = eyes()._replace(replaceable=lambda path, user: bool(looked.append(path)))
    with pytest.raises(PlanError, match="more than 1000 directories"):
        facts_of(many, look=look)
    assert looked == []


def test_a_path_that_no_kernel_takes_is_none():
    assert [place.path for place in facts_of(PLAIN + 'Own = "%s"\n' % ("/a" * 2048)).places] == ["/run/ecelerity/2025"]


@pytest.mark.parametrize(
    "name, value, written",
    [
        ("UMask", 0o077, "0077"),
        ("UMask", "0027", "0027"),
        ("umask", 0o22, "0022"),
        ("RuntimeDirectoryMode", 0o750, "0750"),
        ("StateDirectoryMode", "02750", "02750"),
    ],
)
def test_a_mode_is_written_in_octal_whatever_yaml_has_made_of_it(name, value, written):
    assert values(PLAIN, overrides={name: value})[name] == written


@pytest.mark.parametrize(
    "name, value, words",
    [
        ("UMask", 0, "with which every account may write"),
        ("UMask", "0770", "with which every account may write"),
        ("UMask", "27", "without a leading zero"),
        ("RuntimeDirectoryMode", 0o777, "with which every account may write"),
        ("RuntimeDirectoryMode", 750, "leading zero is missing"),
        ("RuntimeDirectoryMode", "rwx", "not an octal number"),
    ],
)
def test_a_mode_that_lets_every_account_write_or_is_none_is_refused(name, value, words):
    with pytest.raises(PlanError, match=words):
        values(PLAIN, overrides={name: value})


@pytest.mark.parametrize(
    "prefix, proposed",
    [("/opt/msys/ecelerity", "/opt/msys/etc"), ("/ecelerity", "/ecelerity/etc"), ("/usr/lib/m", "/usr/lib/m/etc")],
)
def test_the_place_that_is_proposed_for_local_changes_would_be_taken(prefix, proposed):
    def written(path):
        return places.written([], prefix, lambda _path: False, places.UsedPath(path, "", "Local_Changes_File"))

    with pytest.raises(PlanError) as refused:
        written("/etc/cron.d/x")
    assert str(refused.value).endswith("such as %s/local_changes.conf" % proposed)
    assert written(proposed + "/local_changes.conf")
