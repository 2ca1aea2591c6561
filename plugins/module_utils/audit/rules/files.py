# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files: who can read and change what root executes, what the daemon reads, and what it writes."""

from typing import Any, Dict, FrozenSet, Iterator, List, Mapping, NamedTuple, Sequence, Tuple

from ...console_access.listens import octal
from ...credentials import places
from ...dkim.configured import signers
from ...ecconf.effective import Effective, Setting
from ...permissions.findings import EXECUTED
from ...redaction import redaction
from ...sandbox.places import paths_in
from ...security.kernel_identity import DEFAULT_GROUP, DEFAULT_USER
from ...security.stanza import declared, stanza_of
from ..evidence import Evidence, Permissions
from ..rule import CRITICAL, DECLARED, DISK, FAIL, HIGH, LINUX, LOW, MEDIUM, PASS, UNKNOWN, Applies, Check, Rule, Seen
from .common import facts_of, of_each, seen

EVERYBODY = "everybody"
_OTHERS = 0o007
# Of what the daemon writes (pages ref-spool-mode, ref-trace-smtp-mode, ec-logger and others), beside those that end in log_mode.
_WRITTEN_MODES = ("dir_mode", "file_mode", "spool_mode", "trace_smtp_mode")
_WRITE = 0o002


class Attributes(NamedTuple):
    """Owner, group and permission bits, as a difference of the manifest has them."""

    owner: str
    group: str
    mode: int


def _attributes(text: str) -> Attributes:
    """Read 'OWNER:GROUP MODE'."""
    account, _blank, mode = text.rpartition(" ")
    owner, _colon, group = account.partition(":")
    return Attributes(owner, group, int(mode, 8))


def opened(before: str, after: str) -> List[str]:
    """Return what an object lets others do that it would not by the manifest, in words; empty where the manifest only gives more."""
    now, then = _attributes(before), _attributes(after)
    words = []
    if now.owner not in ("root", then.owner):
        words.append("belongs to %s" % now.owner)
    group = now.mode >> 3 & 7
    if now.group != then.group:
        if now.group != "root" and group:
            words.append("is open to the group %s" % now.group)
    elif group & ~(then.mode >> 3) & 7:
        words.append("lets the group %s %s" % (now.group, _rights(group & ~(then.mode >> 3) & 7)))
    others = now.mode & ~then.mode & _OTHERS
    if others:
        words.append("lets everybody %s" % _rights(others))
    return words


def _rights(bits: int) -> str:
    return " and ".join(word for bit, word in ((4, "read"), (2, "write"), (1, "search or execute")) if bits & bit)


def of_parts(*parts: str, otherwise: str) -> Check:
    """Return a check by what differs from the manifest in some of its parts (docs/permissions.md), as far as it is open to more accounts."""

    def check(evidence: Evidence) -> Iterator[Seen]:
        yield from _of_parts(evidence.permissions(), parts, otherwise)

    return check


def _of_parts(found: Permissions, parts: Sequence[str], otherwise: str) -> Iterator[Seen]:
    failed = False
    for one in found.differences:
        words = opened(one["before"], one["after"]) if one["part"] in parts else []
        if words:
            failed = True
            what = "%s (%s) %s; by the manifest it is %s" % (
                one["path"],
                one["before"],
                " and ".join(words),
                one["after"],
            )
            yield Seen(FAIL, DISK, what, one["path"])
    yield from _rest(found, "differences", failed, otherwise)


def _rest(found: Permissions, name: str, failed: bool, otherwise: str) -> Iterator[Seen]:
    """What is not listed, and a pass where everything is and nothing failed."""
    kept: Sequence[Mapping[str, Any]] = getattr(found, name)
    more = found.totals.get(name, len(kept)) - len(kept)
    if more > 0:
        yield Seen(UNKNOWN, DISK, "%d more objects differ from the manifest than are listed" % more)
    for path in found.not_entered:
        yield Seen(UNKNOWN, DISK, "%s is on another file system, and was not entered" % path, path)
    if not failed and more <= 0 and not found.not_entered:
        yield Seen(PASS, DISK, otherwise)


def _own(effective: Effective) -> FrozenSet[str]:
    """Root and the daemon, as FileFacts names them."""
    stanza = stanza_of(declared(effective))
    groups = ["root", stanza.group or DEFAULT_GROUP, *(stanza.supplemental_groups or [])]
    return frozenset(["user root", "user %s" % (stanza.user or DEFAULT_USER)] + ["group %s" % one for one in groups])


def _secret_file(evidence: Evidence, path: str, what: str) -> Iterator[Seen]:
    """Judge a file that the daemon alone may read and root alone may write."""
    facts = facts_of(evidence, path)
    if facts is None:
        yield Seen(UNKNOWN, DISK, "%s %s does not exist" % (what, path), path)
        return
    own = _own(evidence.configuration().effective)
    wrong = ["can be read by %s" % one for one in sorted(facts.readers - own)]
    wrong += ["can be exchanged or changed by %s" % one for one in sorted(facts.writers - frozenset(["user root"]))]
    shown = "%s %s (%s:%s %04o) " % (what, path, facts.owner, facts.group, facts.mode)
    yield seen(not wrong, DISK, shown + (" and ".join(wrong) or "is the daemon's to read and root's to change"), path)


def _keys(evidence: Evidence) -> Iterator[Seen]:
    """The keys that the configuration names, then all in the places of the manifest."""
    effective = evidence.configuration().effective
    named = {str(one.value): "the key" for one in effective.settings() if one.name.lower() == "tls_key"}
    named.update((one.file, "the DKIM key") for one in signers(effective) if one.file)
    yield from of_each(sorted(named), lambda path: _secret_file(evidence, path, named[path]))
    yield from _of_parts(evidence.permissions(), ("keys",), "no other key differs from the manifest")


def _configuration_files(evidence: Evidence) -> List[str]:
    found = evidence.configuration().configuration
    paths = [one.path for one in found.files]
    return paths + [one for one in [found.local_changes] if one and one not in paths]


def _configuration(evidence: Evidence) -> Iterator[Seen]:
    """Any of these files may hold a Security stanza, and is read before the daemon gives up root."""
    stanza = {one.file for one in evidence.security().declared if one is not None}

    def judge(path: str) -> Iterator[Seen]:
        facts = facts_of(evidence, path)
        if facts is not None:
            words = ", and has a Security stanza" if path in stanza else ""
            writers = ", ".join(sorted(facts.writers))
            yield seen(not writers, DISK, "%s can be changed by %s%s" % (path, writers or "root alone", words), path)

    yield from of_each(_configuration_files(evidence), judge)


def _in_reach(evidence: Evidence) -> Iterator[Seen]:
    found = evidence.permissions()
    for one in found.out_of_reach:
        yield Seen(FAIL, DISK, "%s (%s): %s" % (one["path"], one["present"], one["reason"]), one["path"])
    yield from _rest(
        found, "out_of_reach", bool(found.out_of_reach), "the daemon's account reads all of its configuration"
    )


def secrets_in(effective: Effective) -> Iterator[Setting]:
    """Yield the assignments with a secret in them, those that are overridden as well."""
    for setting in effective.settings():
        for one in (setting,) + setting.overridden:
            if not redaction.is_open(one.name, one.value):
                yield one


def _with_secrets(evidence: Evidence) -> Iterator[Seen]:
    first: Dict[str, Setting] = {}
    for one in secrets_in(evidence.configuration().effective):
        first.setdefault(one.file, one)

    def judge(path: str) -> Iterator[Seen]:
        facts, setting = facts_of(evidence, path), first[path]
        if facts is not None:
            closed = EVERYBODY not in facts.readers
            words = "%s (%04o) has a secret in %s, and %s reads it"
            who = "not everybody" if closed else "everybody"
            yield seen(closed, DISK, words % (path, facts.mode, setting.name, who), path, setting.line)

    yield from of_each(sorted(first), judge)


def _refused(evidence: Evidence) -> Iterator[Seen]:
    found = evidence.permissions()
    for one in found.refused:
        yield Seen(FAIL, DISK, "%s %s" % (one["path"], one["reason"]), one["path"])
    yield from _rest(found, "refused", bool(found.refused), "root may touch everything that the manifest names")


def _credentials(evidence: Evidence) -> Iterator[Seen]:
    """The database and the key, where the configuration has them, and in both places that the manuals name."""
    prefix, effective = evidence.host.prefix, evidence.configuration().effective
    settings = [effective.get(places.SCOPE, option) for option in places.OPTIONS]
    named = [str(one.value) for one in settings if one is not None]

    def judge(path: str) -> Iterator[Seen]:
        if path in named or facts_of(evidence, path) is not None:
            yield from _secret_file(evidence, path, "the file of credentials")

    yield from of_each(dict.fromkeys([*named, *places.of_daemon(prefix), *places.of_tool(prefix)]), judge)


def _modes(effective: Effective) -> Iterator[Setting]:
    """The modes that the configuration sets for what it writes; that of the console's socket is a rule of its own."""
    for setting in effective.settings():
        name = setting.name.lower()
        is_console = bool(setting.path) and setting.path[0][0].lower() == "control_listener"
        if not is_console and (name in _WRITTEN_MODES or name.endswith("log_mode")):
            yield setting


def _logs(effective: Effective) -> Iterator[Tuple[str, str]]:
    """Path and option of each log of ec_logger."""
    for scope in effective.scopes("ec_logger"):
        for setting in effective.settings(scope):
            for path in paths_in(str(setting.value)) if not setting.name.lower().endswith("_mode") else ():
                yield path, setting.name


def _written(evidence: Evidence) -> Iterator[Seen]:
    """Declared modes, the logs that are declared, and the directories of spool, logs and traces."""
    effective = evidence.configuration().effective
    for setting in _modes(effective):
        mode = octal(str(setting.value))
        words = "%s is %s" % (setting.name, setting.raw.strip())
        if mode is None:
            yield Seen(UNKNOWN, DECLARED, "%s, which is no octal number" % words, setting.file, setting.line)
        else:
            yield seen(not mode & _OTHERS, DECLARED, words, setting.file, setting.line)
    logs = dict(_logs(effective))

    def judge(path: str) -> Iterator[Seen]:
        facts = facts_of(evidence, path)
        if facts is not None:
            words = "%s (%04o), the %s, can be read by %s"
            readers = ", ".join(sorted(facts.readers)) or "root alone"
            yield seen(EVERYBODY not in facts.readers, DISK, words % (path, facts.mode, logs[path], readers), path)

    yield from of_each(sorted(logs), judge)
    yield from _of_parts(evidence.permissions(), ("spool", "logs"), "spool and logs are as the manifest has them")


def _protected(evidence: Evidence) -> Iterator[Seen]:
    """World-writable objects, and what the kernel does against links that others plant."""
    found, failed = evidence.permissions(), False
    for one in found.differences:
        if _attributes(one["before"]).mode & _WRITE and not _attributes(one["after"]).mode & _WRITE:
            failed = True
            yield Seen(FAIL, DISK, "%s (%s) lets everybody write" % (one["path"], one["before"]), one["path"])
    yield from _rest(found, "differences", failed, "nothing that the manifest names lets everybody write")
    kernel = evidence.kernel()
    for name in ("fs.protected_hardlinks", "fs.protected_symlinks"):
        value = kernel.get(name)
        if value is None:
            yield Seen(UNKNOWN, DISK, "the kernel does not show %s" % name)
        else:
            yield seen(value != "0", DISK, "%s = %s" % (name, value), "", 0, "/etc/sysctl.d: %s = 1" % name)


def _lists(evidence: Evidence) -> Iterator[Seen]:
    found = evidence.permissions()
    for one in found.access_lists:
        yield Seen(
            FAIL, DISK, "%s has an access control list (%s)" % (one["path"], ", ".join(one["kinds"])), one["path"]
        )
    yield from _rest(
        found, "access_lists", bool(found.access_lists), "no access control list gives more than the modes"
    )


_ENFORCE = "momentum_permissions: enforce"
_AC_3, _AC_6, _SC_12, _SC_28 = ("NIST SP 800-53 " + one for one in ("AC-3", "AC-6", "SC-12", "SC-28"))

RULES: Sequence[Rule] = (
    Rule(
        "MSEC-FS-001",
        "Private keys are the daemon's to read and root's to change",
        "Whoever reads a key passes for the node, or signs mail as its domains; whoever changes it has the "
        "daemon use one of their own.",
        CRITICAL,
        (DECLARED, DISK),
        _keys,
        "%s; momentum_dkim_named_keys: restrict for keys that sign mail" % _ENFORCE,
        ("page 4/config/tls-key", "page 4/using-dkim", _SC_12, _AC_3),
        LINUX,
    ),
    Rule(
        "MSEC-FS-002",
        "Nothing that root executes, loads or sources can be written by another account",
        "Whoever writes there is root at the next start, rotation of logs or upgrade.",
        CRITICAL,
        (DISK,),
        of_parts(*EXECUTED, otherwise="programs, units, scripts and the environment file are root's alone to write"),
        _ENFORCE,
        ("page 4/environment-file", "page 4/4-conf-starting", _AC_6, "NIST SP 800-53 CM-5"),
        LINUX,
    ),
    Rule(
        "MSEC-FS-003",
        "Only root can change the configuration, of which every file may hold a Security stanza",
        "The configuration is read before the daemon gives up root: whoever writes it decides who the daemon "
        "is at the next start.",
        HIGH,
        (DECLARED, DISK),
        _configuration,
        "%s, without config in momentum_permissions_manual_modes" % _ENFORCE,
        (
            "page 4/conf-overview",
            "page 4/config/ref-security",
            "page 4/config/ref-local-changes-file",
            "NIST SP 800-53 CM-5",
        ),
        LINUX,
    ),
    Rule(
        "MSEC-FS-004",
        "The daemon's account reads all of its configuration",
        "Momentum does not start, or does not load a change, where a umask such as 0027 closed a file to it.",
        HIGH,
        (DISK,),
        _in_reach,
        "momentum_permissions_umask: repair",
        ("page 4/install-security-considerations", _AC_3),
        LINUX,
    ),
    Rule(
        "MSEC-FS-005",
        "Not everybody reads a configuration file with a secret in it",
        "Every account of the node has the passwords of databases, relays and consoles.",
        HIGH,
        (DECLARED, DISK),
        _with_secrets,
        _ENFORCE,
        ("page 4/control-auth", "page 4/modules/outbound-smtp-auth", _SC_28, "NIST SP 800-53 IA-5"),
        LINUX,
    ),
    Rule(
        "MSEC-FS-006",
        "No link, second name or unexpected owner is in the trees of the installation",
        "What root then does to a file of Momentum's, it does to a file elsewhere that somebody has put in its place.",
        HIGH,
        (DISK,),
        _refused,
        "momentum_permissions_take_over_from for accounts that are known; remove what somebody planted",
        ("page 4/install-security-considerations", _AC_6, "NIST SP 800-53 SI-7"),
        LINUX,
    ),
    Rule(
        "MSEC-FS-007",
        "The database of credentials and its key are the daemon's to read and root's to change",
        "The key decrypts every password in the database.",
        CRITICAL,
        (DECLARED, DISK),
        _credentials,
        "momentum_credentials, and %s" % _ENFORCE,
        ("page 4/modules/securecreds", "page 4/executable/credmgr", _SC_28, _SC_12),
        Applies(since="3.2", systems=frozenset(["linux"])),
    ),
    Rule(
        "MSEC-FS-008",
        "Mail, logs and traces are closed to other accounts",
        "They hold messages, addresses and subjects of everybody who sends or receives.",
        MEDIUM,
        (DECLARED, DISK),
        _written,
        '%s; momentum_settings with Spool_Mode, Trace_SMTP_Mode and the modes of ec_logger of "0640"' % _ENFORCE,
        (
            "page 4/config/ref-spool-mode",
            "page 4/config/ref-trace-smtp-mode",
            "page 4/modules/ec-logger",
            "NIST SP 800-53 AU-9",
            _SC_28,
        ),
        LINUX,
    ),
    Rule(
        "MSEC-FS-009",
        "Nothing of Momentum's lets everybody write, and the kernel follows no link that others plant",
        "Any account changes such a file, or leads root to another one by a link in a shared directory.",
        MEDIUM,
        (DISK,),
        _protected,
        "%s; fs.protected_hardlinks = 1 and fs.protected_symlinks = 1 in /etc/sysctl.d" % _ENFORCE,
        ("page 4/install-security-considerations", _AC_6, "CIS Red Hat Enterprise Linux 9 Benchmark 7.1"),
        LINUX,
    ),
    Rule(
        "MSEC-FS-010",
        "Files of passwords are closed to other accounts",
        "Every account of the node has the passwords of users, of the console, and of the database.",
        HIGH,
        (DISK,),
        of_parts(
            "passwords",
            "service_password",
            "database_password",
            "installer",
            otherwise="files of passwords are as the manifest has them",
        ),
        _ENFORCE,
        ("page 4/inbound-smtp", "page 4/control-auth", "page 4/new-installation", "NIST SP 800-53 IA-5", _SC_28),
        LINUX,
    ),
    Rule(
        "MSEC-FS-011",
        "No access control list is on files of the installation",
        "A list gives accounts more than owner, group and mode show, to whoever looks at these alone.",
        LOW,
        (DISK,),
        _lists,
        "setfacl -b PATH; msys.momentum.permissions with access_lists: all reports them",
        ("page 4/install-security-considerations", _AC_3),
        LINUX,
    ),
)
