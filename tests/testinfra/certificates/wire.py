# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What servers present and what lies on disk, as the openssl of the node says it. Nothing here uses the collection's own code."""

from typing import Any, NamedTuple

BUNDLE = "/etc/ssl/momentum-ca.pem"
CERTS = "/opt/msys/ecelerity/etc/certs"


class Service(NamedTuple):
    """A pair, owner and mode of its key, and how openssl reaches it; `connect` is empty for a pair that no server presents."""

    certificate: str
    owner: str
    connect: str
    mode: str = "600"
    public_mode: str = "644"

    @property
    def key(self) -> str:
        """The file of the key."""
        return self.certificate[: -len("crt")] + "key"


SERVICES = {
    "mta1": {
        "smtp": Service(CERTS + "/server.crt", "root", "-connect 127.0.0.1:25 -starttls smtp", "640", "640"),
        "outbound": Service(CERTS + "/outbound.crt", "root", "", "640", "640"),
        "postgresql": Service(
            "/var/lib/postgresql/15/main/server.crt", "postgres", "-connect 127.0.0.1:5432 -starttls postgres"
        ),
    },
    "mta2": {
        "smtp": Service(CERTS + "/server.crt", "root", "-connect 127.0.0.1:25 -starttls smtp", "640", "640"),
        "postgresql": Service("/var/db/msyspg/server.crt", "msyspg", "-connect 127.0.0.1:5432 -starttls postgres"),
        "webui": Service("/opt/msys/ecwebui/config/site/server.crt", "ecuser", "-connect 127.0.0.1:443"),
        "ecconfigd": Service("/var/ecconfigd/apache/server.crt", "ecuser", "-connect 127.0.0.1:2027"),
        "directory": Service("/etc/ldap/momentum/server.crt", "openldap", "-connect 127.0.0.1:636"),
    },
}
ALL = [(host, name) for host, services in SERVICES.items() for name in services]


def deployed(host: Any, service: Service) -> str:
    """The fingerprint of the first certificate of the file."""
    return str(host.check_output("openssl x509 -noout -fingerprint -sha256 -in %s" % service.certificate))


def served(host: Any, service: Service) -> str:
    """The fingerprint of what the server presents."""
    return str(
        host.check_output(
            "openssl s_client %s </dev/null 2>/dev/null | openssl x509 -noout -fingerprint -sha256" % service.connect
        )
    )


def fits(host: Any, service: Service) -> bool:
    """Whether key and certificate belong together."""
    public = [
        host.check_output("openssl x509 -noout -pubkey -in %s" % service.certificate),
        host.check_output("openssl pkey -pubout -in %s" % service.key),
    ]
    return bool(public[0] == public[1])


def mode(host: Any, path: str) -> str:
    """Owner and permissions."""
    return str(host.check_output("stat -c '%%U %%a' %s" % path))
