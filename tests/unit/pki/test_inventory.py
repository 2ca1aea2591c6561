# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which certificates a node has, by name, by configuration and by the product's habits; each pair of files once."""

import fnmatch

from plugins.module_utils.ecconf.effective import Effective
from plugins.module_utils.ecconf.loader import load
from plugins.module_utils.ecconf.reader import OverlayReader
from plugins.module_utils.pki.inventory import CertificateFile, keys_beside, merged, places

CONF = "/etc/conf/default/"


def effective(text):
    reader = OverlayReader({CONF + "ecelerity.conf": text.encode()})
    return Effective(load(CONF + "ecelerity.conf", search_path=[CONF], nodename="node1", reader=reader))


def nothing(_pattern):
    return []


def found(text):
    return places([], effective(text), False, nothing)


def test_every_scope_that_names_a_certificate_is_found_with_its_key():
    assert found(
        """
        ESMTP_Listener {
          TLS_Certificate = "/c/in.crt"
          TLS_Key = "/c/in.key"
        }
        Binding "out" {
          TLS_Certificate = "/c/out.crt"
          TLS_Key = "/c/out.key"
        }
        HTTP_Listener { Listen ":443" { TLS_Certificate = "/c/web.crt" TLS_Key = "/c/web.key" } }
        """
    ) == [
        CertificateFile("/c/in.crt", "/c/in.key", ("SMTP",), ("ESMTP_Listener",)),
        CertificateFile("/c/out.crt", "/c/out.key", ("SMTP client",), ('Binding "out"',)),
        CertificateFile("/c/web.crt", "/c/web.key", ("HTTP",), ('HTTP_Listener > Listen ":443"',)),
    ]


def test_the_key_comes_from_where_the_documented_fallback_finds_it():
    assert found(
        """
        TLS_Key = "/c/all.key"
        ESMTP_Listener {
          TLS_Key = "/c/in.key"
          Listen ":25" { TLS_Certificate = "/c/in.crt" }
        }
        Domain "example.com" { TLS_Certificate = "/c/out.crt" }
        """
    ) == [
        CertificateFile("/c/in.crt", "/c/in.key", ("SMTP",), ('ESMTP_Listener > Listen ":25"',)),
        CertificateFile("/c/out.crt", "/c/all.key", ("SMTP client",), ('Domain "example.com"',)),
    ]


def test_a_scope_with_a_key_of_its_own_uses_it_with_the_inherited_certificate():
    assert found(
        """
        TLS_Certificate = "/c/all.crt"
        TLS_Key = "/c/all.key"
        Binding "b" { TLS_Key = "/c/b.key" }
        """
    ) == [
        CertificateFile("/c/all.crt", "/c/all.key", ("SMTP",), ("global",)),
        CertificateFile("/c/all.crt", "/c/b.key", ("SMTP client",), ('Binding "b"',)),
    ]


def test_one_pair_for_many_scopes_is_one_place_with_all_of_them():
    text = "".join('Binding "b%d" { TLS_Certificate = "/c/x.crt" TLS_Key = "/c/x.key" }\n' % n for n in range(50))
    (place,) = found(text)
    assert place.services == ("SMTP client",)
    assert len(place.scopes) == 50


def test_none_means_that_no_certificate_is_used():
    assert found('Binding "b" { TLS_Certificate = "none" }\nTLS_Certificate = "NONE"\n') == []


def test_only_the_last_assignment_of_a_scope_counts():
    text = 'TLS_Certificate = "/c/old.crt"\nTLS_Certificate = "/c/new.crt"\n'
    assert [place.path for place in found(text)] == ["/c/new.crt"]


def test_the_documented_places_of_the_product_may_be_missing_and_named_files_not():
    files = ["/var/lib/pgsql/15/data/server.crt", "/etc/certs/a.crt", "/etc/certs/a.key", "/etc/certs/a.csr"]

    def glob(pattern):
        return [path for path in files if fnmatch.fnmatch(path, pattern)]

    listed = {place.path: place for place in places(["/etc/certs/*", "/etc/other.crt"], None, True, glob)}
    assert sorted(listed) == [
        "/etc/certs/a.crt",
        "/etc/other.crt",
        "/opt/msys/3rdParty/share/postgresql/server.crt",
        "/opt/msys/ecwebui/config/site/server.crt",
        "/var/db/msyspg/server.crt",
        "/var/ecconfigd/apache/server.crt",
        "/var/lib/pgsql/15/data/server.crt",
        "/var/lib/pgsql/data/server.crt",
    ]
    assert {path for path, place in listed.items() if place.expected} == {"/etc/certs/a.crt", "/etc/other.crt"}
    assert listed["/var/ecconfigd/apache/server.crt"].key == "/var/ecconfigd/apache/server.key"


def test_a_file_named_twice_takes_its_key_from_where_one_is_named():
    both = merged(
        [
            CertificateFile("/a.crt", ""),
            CertificateFile("/a.crt", "/a.key", ("SMTP",), ("global",)),
            CertificateFile("/a.crt", ""),
        ]
    )
    assert both == [CertificateFile("/a.crt", "/a.key", ("SMTP",), ("global",))]


def test_a_key_is_looked_for_beside_the_certificate_and_within_it():
    assert keys_beside("/c/server.crt") == ["/c/server.key", "/c/server.crt"]
    assert keys_beside("/c/combined") == ["/c/combined.key", "/c/combined"]


def test_bundles_of_authorities_are_places_of_trust_unless_a_task_names_them():
    text = """
        TLS_CA = "/c/ca.pem"
        ESMTP_Listener { TLS_Client_CA = "/c/clients.pem" Listen ":25" { TLS_Client_CA = "/c/ca.pem" } }
        Binding "b" { TLS_CA = "none" }
        """
    ca, clients = found(text)
    assert ca == CertificateFile(
        "/c/ca.pem", "", ("trusted authorities",), ("global", 'ESMTP_Listener > Listen ":25"'), True, True
    )
    assert clients == CertificateFile("/c/clients.pem", "", ("trusted authorities",), ("ESMTP_Listener",), True, True)
    (named, _other) = places(["/c/ca.pem"], effective(text), False, nothing)
    assert not named.trust
