# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Certificates for tests: any age, any issuer, any weakness; and units that live in a directory or in a dictionary."""

from datetime import datetime, timedelta, timezone
from types import SimpleNamespace

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from plugins.module_utils.apply import apply
from plugins.module_utils.files.current import CurrentFile
from plugins.module_utils.pki.units.manage import Node, plan_changes
from plugins.module_utils.pki.units.plan import Surroundings, plan
from plugins.module_utils.pki.units.unit import Accounts, unit_of, units_of
from plugins.module_utils.pki.x509 import certificates, keys, requests

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=timezone.utc)
DAY = timedelta(days=1)
_MADE = {}


def key_of(kind="ec-p256", which=0):
    """A key that is made once; `which` tells keys of one kind apart."""
    if (kind, which) not in _MADE:
        made = rsa.generate_private_key(65537, 1024) if kind == "rsa-1024" else keys.generate(kind)
        _MADE[kind, which] = made
    return _MADE[kind, which]


def key_text(kind="ec-p256", which=0):
    return keys.to_pem(key_of(kind, which))


def name_of(common_name):
    return x509.Name([x509.NameAttribute(x509.oid.NameOID.COMMON_NAME, common_name)])


def certificate(
    common_name="mx1.example.com",
    names=("DNS:mx1.example.com",),
    days=90,
    age=0,
    key=None,
    issuer=None,
    ca=False,
    usages=None,
):
    """PEM of a certificate that began `age` days before NOW. issuer: (common name, key); itself if not given."""
    from plugins.module_utils.pki.x509.names import to_general

    key = key or key_of()
    issuer_name, issuer_key = issuer or (common_name, key)
    start = NOW - age * DAY
    builder = (
        x509.CertificateBuilder()
        .subject_name(name_of(common_name))
        .issuer_name(name_of(issuer_name))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + days * DAY)
        .add_extension(x509.BasicConstraints(ca, None), True)
    )
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(to_general(names)), False)
    if usages is not None:
        purposes = {"server": "SERVER_AUTH", "client": "CLIENT_AUTH"}
        requested = [getattr(x509.oid.ExtendedKeyUsageOID, purposes[usage]) for usage in usages]
        builder = builder.add_extension(x509.ExtendedKeyUsage(requested), False)
    return requests.to_pem(builder.sign(issuer_key, keys.signature_hash(issuer_key)))


def vendor_made(days=365, age=0, kind="rsa-2048"):
    """As `openssl req -x509 -nodes -newkey rsa:2048` makes it for create_ssl_cert: a common name, no alternative names."""
    return certificate("momentum.example.com", (), days, age, key_of(kind), ca=True)


def unit(**options):
    """A unit as a task declares it, with the module's defaults."""
    return unit_of(declared(**options), Accounts(lambda name: 0, lambda name: 0, True))


def declared(**options):
    return dict(
        {
            "name": "smtp",
            "source": "self_signed",
            "key": "/certs/server.key",
            "certificate": "/certs/server.crt",
            "names": [],
            "usages": ["server"],
            "days": 90,
            "renew_at": "1/3",
            "rekey": False,
            "new_key": True,
            "archive": True,
        },
        **options,
    )


def planned(files=None, now=NOW, **options):
    """The plan for a unit on a node that has these files (path to bytes)."""
    stored = {path: CurrentFile(content, 0, 0, 0o600) for path, content in (files or {}).items()}
    return plan(unit(**options), Surroundings(stored.get, "node1.example.com", "/state", now))


def pair_files(certificate_text, kind="ec-p256", which=0):
    return {"/certs/server.key": key_text(kind, which), "/certs/server.crt": certificate_text}


def keep(units, node, now, check_mode=False):
    """Plan units and carry the plan out, as the module does."""
    where = SimpleNamespace(prefix=node.prefix, state_dir=node.state_dir, working_copy="refuse")
    return apply(SimpleNamespace(node=where, check_mode=check_mode), plan_changes(units, node, now, check_mode))


class Place:
    """A directory that stands for a node, on which whole runs are made at any time."""

    def __init__(self, root):
        self.root = root
        root.chmod(0o755)
        self.node = Node(str(root / "momentum"), str(root / "state"), "node1.example.com")

    def path(self, name):
        return str(self.root / name)

    def units(self, *options):
        paths = {"key": self.path("certs/server.key"), "certificate": self.path("certs/server.crt")}
        return units_of(
            [declared(**dict(paths, **one)) for one in options], Accounts(lambda name: 0, lambda name: 0, True)
        )

    def keep(self, *options, **keywords):
        return keep(self.units(*options or [{}]), self.node, keywords.get("now", NOW), keywords.get("check", False))

    def facts(self, name="certs/server.crt"):
        return certificates.read((self.root / name).read_bytes())

    def key(self, name="certs/server.key"):
        return keys.load((self.root / name).read_bytes())

    def fits(self):
        return keys.public_digest(self.key()) == self.facts().public_digest
