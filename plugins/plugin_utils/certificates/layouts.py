# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the certificates of each service need, by version of Momentum: for each service a list, of which the first that fits is taken.

Paths, accounts and ports are the vendor's (install security, install ports, install solaris, executable create_ssl_cert and ecconfigd,
conf-ldaps, release notes 5.2 and 5.3).
What no page says is an inference: the commands of ecwebui, ecconfigd from 5.0 on, and the modes of keys.
"""

from __future__ import annotations

from typing import Any

Layout = dict[str, Any]


def _pair(directory: str, owner: str, group: str, key_mode: str, mode: str, name: str = "server") -> Layout:
    paths = {"key": "%s/%s.key" % (directory, name), "certificate": "%s/%s.crt" % (directory, name)}
    return dict(paths, owner=owner, group=group, key_mode=key_mode, mode=mode)


def _postgresql(directory: str, owner: str, activate: list[str], **more: str) -> Layout:
    settings = {"ssl": "on", "ssl_cert_file": "{certificate}", "ssl_key_file": "{key}"}
    return dict(
        _pair(directory, owner, owner, "0600", "0644"),
        configuration=directory + "/postgresql.conf",
        style="postgresql",
        settings=settings,
        access=directory + "/pg_hba.conf",
        activate=activate,
        endpoints=[{"port": 5432, "protocol": "postgresql", "plain_ports": [5432]}],
        **more,
    )


# The web UI of 3.x. Page install-ports: Apache listens on 80.
_HTTPD, _HTTPD_CONF = "/opt/msys/3rdParty/sbin/httpd", "/opt/msys/ecwebui/config/httpd.conf"

# Momentum's own daemon. `{prefix}` is the directory that Momentum is installed in, `{group}` the daemon's group.
_SMTP = dict(_pair("{prefix}/etc/certs", "root", "{group}", "0640", "0640"), daemon="reload")
_OUTBOUND = dict(_pair("{prefix}/etc/certs", "root", "{group}", "0640", "0640", "outbound"), daemon="reload")
_ECCONFIGD = dict(
    _pair("/var/ecconfigd/apache", "ecuser", "ecuser", "0600", "0644"),
    key_type="rsa-2048",
    endpoints=[{"port": 2027, "protocol": "https"}],
)

SERVICES: dict[str, list[Layout]] = {
    "smtp": [dict(_SMTP, endpoints=[{"port": 25, "protocol": "smtp"}])],
    "outbound": [dict(_OUTBOUND, usages=["client"])],
    "postgresql": [
        # Before PostgreSQL 10 a new certificate needs a restart.
        _postgresql(
            "/var/db/msyspg", "msyspg", ["/etc/init.d/msyspg", "restart"], since="3.2", before="5.2", layout="msyspg"
        ),
        _postgresql(
            "/var/lib/pgsql/16/data", "postgres", ["systemctl", "reload", "postgresql-16"], since="5.2", layout="pgdg"
        ),
        _postgresql(
            "/var/lib/pgsql/data", "postgres", ["systemctl", "reload", "postgresql"], since="5.2", layout="distribution"
        ),
    ],
    "webui": [
        dict(
            _pair("/opt/msys/ecwebui/config/site", "ecuser", "ecuser", "0600", "0644"),
            since="3.2",
            before="4.0",
            configuration=_HTTPD_CONF,
            style="apache",
            check=[_HTTPD, "-t", "-f", "{file}"],
            activate=[_HTTPD, "-f", _HTTPD_CONF, "-k", "graceful"],
            endpoints=[{"port": 443, "protocol": "https", "plain_ports": [80, 443]}],
        )
    ],
    "ecconfigd": [
        dict(_ECCONFIGD, since="3.2", before="5.0", activate=["/etc/init.d/ecconfigd", "restart"]),
        dict(_ECCONFIGD, since="5.0", activate=["systemctl", "restart", "ecconfigd"]),
    ],
    # Trust, not a pair: whom Momentum 3.x believes to be the directory. libldap reads the file once in the life of a process.
    "ldap": [
        {
            "before": "4.0",
            "ca_file": "/opt/msys/3rdParty/etc/openldap/momentum-ca.pem",
            "configuration": "/opt/msys/3rdParty/etc/openldap/ldap.conf",
            "style": "ldap",
            "settings": {"TLS_CACERT": "{ca_file}", "TLS_REQCERT": "demand"},
            "daemon": "restart",
        }
    ],
    "custom": [{}],
}
