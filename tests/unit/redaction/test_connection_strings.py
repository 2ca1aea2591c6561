# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Connection strings are read as those read them who connect; what cannot be read is a secret as a whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.module_utils.redaction import redaction

WHOLE = redaction.MASK


@pytest.mark.parametrize(
    "text, shown",
    [
        ("pgsql:host=db;dbname=d;user=u;password=abc;port=1", "pgsql:host=db;dbname=d;user=u;password=*;port=1"),
        ("mysql:host=db;user=u;password=", "mysql:host=db;user=u;password=*"),
        ("host = db password = 'a b' port=1", "host = db password = '*' port=1"),
        (r"host=db password='it\'s a \\' port=1", "host=db password='*' port=1"),
        (r"host=db password=it\ is\'nt port=1", "host=db password=* port=1"),
        ("host=db;password=a;b c;port=1", "host=db;password=*;port=1"),
        ("odbc:DSN=s;UID=u;PWD={a;b}}c};X=1", "odbc:DSN=s;UID=u;PWD={*};X=1"),
        ('odbc:UID=u;PWD="a;""b";X=1', 'odbc:UID=u;PWD="*";X=1'),
        ("password='unterminated;port=1", WHOLE),
        ("password='a'b;port=1", WHOLE),
        ("SELECT 1 WHERE password = crypt(:p)", WHOLE),
        ("(host=db)password=abc", WHOLE),
        ("Trusted Connection=no;PWD=abc", WHOLE),
        ("/usr/bin/ask --password=abc", WHOLE),
        ('{"user": "u", "password": "abc"}', WHOLE),
        ("Accept: */*\r\nAuthorization: Bearer abc", WHOLE),
        ("https://u:abc@h/p?x=1#f", "https://u:*@h/p?x=1#f"),
        ("https://u:a/b@h", "https://u:*@h"),
        ("https://u:a@b@h/p", "https://u:*@h/p"),
        ("https://u:a?b#c:d@h/p", "https://u:*@h/p"),
        ("https://u:a%40%2F@h", "https://u:*@h"),
        ("https://u:25/a@h", "https://u:*@h"),
        ("http://:abc@h", "http://:*@h"),
        ("postgresql://u:abc@h,h2/db?sslpassword=de&x=1", "postgresql://u:*@h,h2/db?sslpassword=*&x=1"),
        ("postgresql:///db?p%61ssword=de", "postgresql:///db?p%61ssword=*"),
        ("ldaps://a:636 ldap://u:abc@b:389", "ldaps://a:636 ldap://u:*@b:389"),
        ("https://u:a b@h/p", "https://u:*@h/p"),
        (
            "ldap:///DC=x?cn,mail?sub?(uid=1)?bindname=CN=u%2cOU=x,x-bindpw=abc,x-y=true",
            "ldap:///DC=x?cn,mail?sub?(uid=1)?bindname=CN=u%2cOU=x,x-bindpw=*,x-y=true",
        ),
        ("ldaps:///????x-bindpw=a,b", "ldaps:///????x-bindpw=*"),
        ("ldap:///DC=x?x-bindpw=abc", WHOLE),
    ],
)
def test_the_secret_of_a_connection_string_is_hidden(text, shown):
    assert (
        redaction.mask_text(text) == shown.replace("*", WHOLE) if shown != WHOLE else redaction.mask_text(text) == WHOLE
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "pgsql:host=db;user=ecuser",
        "smtp://user@host:25/",
        "http://host:8080/path?x=1",
        "see http://host:8080/ or write to postmaster@example.com",
        "ldap:///?mail,uid?sub?(mail=%{user}@x)",
        "ldaps:///????bindname=$user@company.example,x-bindpw=$pass,x-disable-connection-cache=true",
        "digest:///opt/msys/etc/passwords",
        "+ALL:-SSLv3",
        "tls_key:/etc/pki/mx.key",
        "550 see https://example.com/password: and so on",
        "a=b c=d",
    ],
)
def test_what_holds_no_secret_stays(text):
    assert redaction.mask_text(text) == text


@given(
    st.text(max_size=12),
    st.sampled_from(["password=%s", "host=h password=%s port=1", "https://u:%s@host/", "PWD={%s};x=y"]),
)
def test_any_text_is_read_or_hidden_as_a_whole(secret, form):
    shown = redaction.mask_text(form % ("secret-" + secret.replace("'", "").replace('"', "")))
    assert "secret-" not in shown


@pytest.mark.parametrize(
    "text",
    [
        "a=" * 20000,
        "a b " * 20000,
        "password=" + "a; " * 20000,
        "'" * 20000,
        "x://" * 20000,
        "password='" + "''" * 20000,
    ],
)
def test_reading_is_linear(text):
    redaction.mask_text(text)
