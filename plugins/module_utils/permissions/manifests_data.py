# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a hardened Momentum node looks like: entries by version line and role, as data.

Placeholders in paths: {base} the directory above the prefix (/opt/msys), {prefix} /opt/msys/ecelerity, {spool} each spool
directory. In owners and groups: {user} and {group} of the daemon. An owner or group of None stays as it is. `manual` holds
what the vendor's manuals set or leave behind where that differs; the option manual_modes switches to it, part by part.
Where the manuals say nothing, programs only lose what others could write, and nothing else is touched.
"""

from typing import Any, Dict, FrozenSet, List, NamedTuple, Optional, Tuple

LINES = ("3.x", "4.x", "5.x")
ROLES = ("standalone", "cluster_node", "cluster_manager", "web_ui")
ALL_LINES = frozenset(LINES)
ALL_ROLES = frozenset(ROLES)
MTA = frozenset(["standalone", "cluster_node"])
MOMENTUM = frozenset(["standalone", "cluster_node", "cluster_manager"])
MANAGER = frozenset(["standalone", "cluster_manager"])
WEB = frozenset(["standalone", "cluster_manager", "web_ui"])
OLD = frozenset(["3.x"])


class BuiltIn(NamedTuple):
    """An entry of a built-in manifest. mode and directory_mode as in entries of a task. since: the first release that it is for."""

    part: str
    path: str
    owner: Optional[str]
    group: Optional[str]
    mode: Optional[str]
    directory_mode: Optional[str] = None
    recurse: bool = False
    roles: FrozenSet[str] = ALL_ROLES
    lines: FrozenSet[str] = ALL_LINES
    manual: Optional[Dict[str, Any]] = None
    exclude: Tuple[str, ...] = ()
    since: Tuple[int, ...] = ()


def _programs() -> List[BuiltIn]:
    """Nothing that root executes or sources may be written by anybody else."""
    single = ["{base}", "{prefix}", "{prefix}/etc", "{base}/etc", "{base}/3rdParty", "{base}/gimli"]
    trees = ["{prefix}/" + name for name in ("bin", "sbin", "lib", "lib64", "libexec", "modules", "man")]
    trees += ["{base}/gimli/" + name for name in ("bin", "lib", "lib64")]
    trees += ["{base}/3rdParty/" + name for name in ("bin", "sbin", "lib", "lib64")]
    loose = {"owner": "root", "group": "{group}", "mode": None, "directory_mode": "02775"}
    entries = [
        BuiltIn("programs", path, "root", None, "go-w", "go-w", False, manual=loose if path == "{prefix}/etc" else None)
        for path in single
    ]
    entries += [BuiltIn("programs", path, "root", None, "go-w", "go-w", True) for path in trees]
    # The manuals have scripts belong to ecuser (since 4.3.1), and 3.x refuses those that do not.
    entries.append(BuiltIn("scripts", "{prefix}/libexec/scriptlets", None, None, "go-w", "go-w", True))
    return entries


def _start_up() -> List[BuiltIn]:
    names = ["ecelerity", "eccmgr", "ecconfigd", "msyspg", "ecwebconsole", "mbusd_monitor", "cidr_server"]
    entries = [BuiltIn("services", "/etc/init.d/" + name, "root", "root", "go-w") for name in names]
    for directory in ("/etc/systemd/system/", "/usr/lib/systemd/system/", "/lib/systemd/system/"):
        for name in ("ecelerity", "eccmgr", "ecconfigd"):
            unit = directory + name + ".service"
            newer = frozenset(["4.x", "5.x"])
            entries.append(BuiltIn("services", unit, "root", "root", "go-w", lines=newer))
            entries.append(BuiltIn("services", unit + ".d", "root", "root", "go-w", "go-w", True, lines=newer))
    manual = {"owner": "root", "group": "root", "mode": "0644"}
    entries.append(
        BuiltIn(
            "environment", "{prefix}/etc/environment", "root", "{group}", "0640", None, roles=MOMENTUM, manual=manual
        )
    )
    # Root's cron runs ec_rotate, and what it executes there is named in its configuration (`path_to_bzip`), whoever owns `*.conf`.
    entries.append(BuiltIn("programs", "{prefix}/etc/ec_rotate.conf", "root", "root", "0644", None, roles=MOMENTUM))
    # The same for cidr_maintain, which removes data below the directory that its configuration names (3-reference-modules-as-logger).
    entries.append(BuiltIn("programs", "{prefix}/etc/cidr_maintain.conf", "root", "root", "0644", None, roles=MOMENTUM))
    entries += [
        BuiltIn("programs", "/etc/cron.d/" + name, "root", "root", "go-w", None, roles=MOMENTUM)
        for name in ("msys-ecelerity-core", "msys-ecelerity", "msys-ecelerity-cidr-server")
    ]
    return entries


def _configuration() -> List[BuiltIn]:
    own = {"owner": "{user}", "group": "{group}", "mode": "0644", "directory_mode": "0755"}
    stated = {"owner": "root", "group": "root", "mode": "0644"}
    return [
        BuiltIn(
            "config",
            "{prefix}/etc/*.conf",
            "root",
            "{group}",
            "0640",
            roles=MOMENTUM,
            manual=dict(own, directory_mode=None),
        ),
        BuiltIn("keys", "{prefix}/etc/certs", "root", "{group}", "0640", "0750", True, MOMENTUM),
        BuiltIn("keys", "{prefix}/etc/conf/**/*.key", "root", "{group}", "0640", "0750", roles=MOMENTUM),
        BuiltIn("keys", "{prefix}/etc/conf/**/dkim", "root", "{group}", "0640", "0750", True, MOMENTUM),
        BuiltIn(
            "database_password",
            "{prefix}/etc/conf/**/ecdb.conf",
            "root",
            "{group}",
            "0640",
            roles=MOMENTUM,
            manual=stated,
        ),
        BuiltIn("license", "{prefix}/etc/license", "root", None, "go-w", roles=MOMENTUM),
        BuiltIn("installer", "{base}/etc/installer", "root", None, "u=rwX,go=rX", "0755", True),
        BuiltIn("installer", "{base}/etc/installer/lastinstall", "root", "root", "0600", manual=stated),
    ]


def _secrets() -> List[BuiltIn]:
    entries = []
    for directory in ("{base}/etc", "{prefix}/etc"):
        for name in ("credentials.db", "credentials.key"):
            entries.append(
                BuiltIn("credentials", "%s/%s" % (directory, name), "root", "{group}", "0640", roles=MOMENTUM)
            )
    # cram_md5_passwd holds passwords as they are, because CRAM-MD5 needs them (3-reference/conf-aaa, 4/inbound-smtp).
    for name in ("smtp_passwd", "cram_md5_passwd", "unsafe_passwd", "plain_password", "console_roles"):
        entries.append(BuiltIn("passwords", "{prefix}/etc/" + name, "root", "{group}", "0640", roles=MOMENTUM))
    # Page ec_md5passwd: must be owned by ecuser:ecuser.
    entries.append(BuiltIn("passwords", "{prefix}/etc/console_passwd", "{user}", "{group}", "0640", roles=MOMENTUM))
    written = {"owner": "root", "group": "root", "mode": "0644"}
    entries.append(
        BuiltIn("service_password", "{base}/etc/.svcpasswd", "root", "root", "0600", roles=MOMENTUM, manual=written)
    )
    return entries


def _data() -> List[BuiltIn]:
    mine = {"owner": "{user}", "group": "{group}", "mode": None, "directory_mode": "0755"}
    return [
        BuiltIn("spool", "{spool}", "{user}", "{group}", "0640", "0750", roles=MTA),
        BuiltIn("logs", "/var/log/ecelerity", "{user}", "{group}", None, "0750", roles=MOMENTUM, manual=mine),
        BuiltIn("logs", "/var/log/ecelerity/persist", "{user}", "{group}", None, "0700", roles=MTA),
        BuiltIn("logs", "/var/log/ecelerity/traces", "{user}", "{group}", None, "0750", roles=MTA, manual=mine),
        BuiltIn("logs", "/var/log/eccluster", "{user}", "{group}", None, "0750", roles=MANAGER, manual=mine),
    ]


def _live_updates() -> List[BuiltIn]:
    """What lu_pull writes, beside the one file in `etc` that is its own. `etc` itself stays root's: it holds `environment`.

    These belong to the daemon's account since 4.3.1 (SD-958), with all that lu_pull makes since 4.4.1 (SD-3335); the installation manual has that
    account copy liveupdate.conf (4.3.1). Who runs lu_pull before is not documented, so earlier releases have no entry. Programs that an
    update brings keep their execute bits.
    """
    since = (4, 3, 1)
    return [
        BuiltIn("live_updates", "{prefix}/etc/" + name, "{user}", "{group}", "go-w,o=", "0750", True, MTA, since=since)
        for name in ("updates", "msys")
    ] + [
        BuiltIn(
            "live_updates", "{prefix}/etc/liveupdate.conf", "{user}", "{group}", "0640", None, roles=MTA, since=since
        )
    ]


def _other_services() -> List[BuiltIn]:
    """Momentum's own database (up to 5.1), ecconfigd, and the web interface of 3.x keep private keys and a password of their own.

    In 4.x the first two are on the first node (page *new-installation*). From 5.0 on nothing says who runs a database that is left over, and
    a key in the directory of an account that is not expected there is refused, so it is left alone.
    """
    owned = frozenset(["3.x", "4.x"])
    return [
        BuiltIn("keys", "/var/db/msyspg/server.key", "msyspg", None, "0600", roles=MOMENTUM, lines=owned),
        BuiltIn("keys", "/var/ecconfigd/apache/server.key", "{user}", "{group}", "0600", roles=MOMENTUM),
        BuiltIn("web", "{base}/ecwebui/config/site/server.key", None, None, "go=", roles=WEB, lines=OLD),
        # It holds the database's password (3-reference/operations-postgresql, 4/postgresql).
        BuiltIn("web", "{base}/3rdParty/etc/php.d/ecdb.ini", "root", None, "go-w,o=", roles=WEB, lines=owned),
        # Passwords of RabbitMQ, and keys of those who receive events; which account reads them is not documented (manuals/enabling-webhooks). Who
        # may write to the directory exchanges the files.
        BuiltIn("web", "{base}/app/*/config", None, None, "go-w", "go-w"),
        BuiltIn("web", "{base}/app/*/config/production.json", None, None, "go-w"),
        BuiltIn("web", "{base}/app/webhooks-api/config/webhooks.json", None, None, "go-w"),
    ]


def _tree() -> List[BuiltIn]:
    """Last, so that what Subversion keeps of a working copy of eccfg is left alone whatever else is for a name in it."""
    own = {"owner": "{user}", "group": "{group}", "mode": "0644", "directory_mode": "0755"}
    path = "{prefix}/etc/conf"
    return [
        BuiltIn("config", path, "root", "{group}", "0640", "0750", True, MOMENTUM, manual=own, exclude=(".svn",)),
    ]


BUILT_IN: List[BuiltIn] = (
    _programs() + _start_up() + _configuration() + _secrets() + _data() + _live_updates() + _other_services() + _tree()
)
PARTS = sorted({entry.part for entry in BUILT_IN})
SWITCHABLE = sorted({entry.part for entry in BUILT_IN if entry.manual})
