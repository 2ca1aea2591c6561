# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The web UI's httpd.conf: the virtual host that keeps it from starting, and no port without TLS where TLS is required."""

import pytest

from plugins.module_utils.config.web_server import edited
from plugins.module_utils.errors import PlanError

PATH = "/opt/msys/ecwebui/config/httpd.conf"
HOST = "<VirtualHost {0}>\n  SSLEngine on\n</VirtualHost>\n"
TLS = "Listen 443\n" + HOST.format("*:443")


def required(text, **files):
    return edited(text, PATH, "required", reader(files))


def offered(text, **files):
    return edited(text, PATH, "offered", reader(files))


def reader(files):
    def read(path):
        if path not in files:
            raise FileNotFoundError(2, "No such file or directory")
        return files[path]

    return read


@pytest.mark.parametrize("judge", [required, offered])
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<VirtualHost _default_:443>", "<VirtualHost *:443>"),
        ("<virtualhost   _DEFAULT_:443>", "<virtualhost   *:443>"),
        ('<VirtualHost "_default_:443">', '<VirtualHost "*:443">'),
        ("<VirtualHost 192.0.2.1:443 _default_:443>", "<VirtualHost 192.0.2.1:443 *:443>"),
        ("<VirtualHost \\\n _default_:443>", "<VirtualHost \\\n *:443>"),
        ("<VirtualHost *:443>", "<VirtualHost *:443>"),
    ],
)
def test_the_virtual_host_that_keeps_the_web_ui_from_starting_is_written_as_the_page_has_it(judge, before, after):
    whole = "Listen 443\n%s\nSSLEngine on\n</VirtualHost>\n"
    assert judge(whole % before) == whole % after
    assert judge(whole % after) == whole % after


def test_one_without_tls_is_left_alone():
    text = TLS + "<VirtualHost _default_:80>\n</VirtualHost>\n"
    assert offered(text) == text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Listen 80\n", "# TLS is required: Listen 80\n"),
        ("  listen 0.0.0.0:80 http\r\n", "# TLS is required:   listen 0.0.0.0:80 http\r\n"),
        ('Listen "[::]:80"\n', '# TLS is required: Listen "[::]:80"\n'),
        ("Listen \\\n 80\n", "# TLS is required: Listen \\\n# TLS is required:  80\n"),
        ("<IfDefine !SSL>\nListen 80\n</IfDefine>\n", "<IfDefine !SSL>\n# TLS is required: Listen 80\n</IfDefine>\n"),
        ("Listen 127.0.0.1:80\nListen [::1]:80\n", "Listen 127.0.0.1:80\nListen [::1]:80\n"),
        ("# Listen 80\n# \\\nListen 80\n", "# Listen 80\n# \\\nListen 80\n"),
        ("Listen 8443\n<VirtualHost *:8443>\nSSLEngine On\n</VirtualHost>\n", None),
        (
            "Listen 80\n<VirtualHost *:80>\nSSLEngine off\n</VirtualHost>\n",
            "# TLS is required: Listen 80\n<VirtualHost *:80>\nSSLEngine off\n</VirtualHost>\n",
        ),
    ],
)
def test_where_tls_is_required_no_other_port_is_listened_on_but_by_the_node_itself(before, after):
    whole = required(before + TLS)
    assert whole == (before if after is None else after) + TLS
    assert required(whole) == whole
    assert offered(before + TLS) == before + TLS


def test_what_answers_at_a_port_decides_and_not_its_number():
    """Who asks for another address of a port than that of its virtual host gets the server around it."""
    part = "Listen 443\n" + HOST.format("192.0.2.1:443")
    assert required("Listen 8443\n" + HOST.format("*:8443") + part).splitlines()[4] == "# TLS is required: Listen 443"
    assert required("SSLEngine on\n" + part) == "SSLEngine on\n" + part
    assert required("SSLEngine on\nListen 443\n") == "SSLEngine on\nListen 443\n"
    own = "Listen 192.0.2.1:443\n" + HOST.format("192.0.2.1:443")
    assert required(own) == own


def test_files_that_it_includes_are_read():
    files = {"/srv/ui/conf.d/ssl.conf": TLS, "/srv/ui/extra/one": "Include inner\n", "/srv/ui/inner": "SSLEngine on\n"}
    text = "ServerRoot /srv/ui\nListen 80\nInclude conf.d/ssl.conf\n"
    assert required(text, **files) == text.replace("Listen", "# TLS is required: Listen")
    inside = "ServerRoot '/srv/ui'\nListen 443\n<VirtualHost _default_:443>\nInclude extra/one\n</VirtualHost>\n"
    assert required(inside, **files) == inside.replace("_default_", "*")
    assert required(TLS + "IncludeOptional /nowhere\n") == TLS + "IncludeOptional /nowhere\n"


def test_patterns_and_directories_fit_as_in_apache(tmp_path):
    (tmp_path / "conf.d" / "below").mkdir(parents=True)
    (tmp_path / "conf.d" / "a.conf").write_text("Listen 443\n")
    (tmp_path / "conf.d" / ".hidden.conf").write_text("Listen 80\n")
    (tmp_path / "conf.d" / "below" / "b").write_text(HOST.format("*:443"))
    text = "Include %s/conf.d/*.conf\nInclude %s/c*.d/below\n" % (tmp_path, tmp_path)
    assert edited(text, PATH, "required") == text
    with pytest.raises(PlanError, match="hidden.conf:1 listens on 80"):
        edited("Include %s/conf.d\n" % tmp_path, PATH, "required")


@pytest.mark.parametrize(
    ("text", "files", "words"),
    [
        ("Listen 80\n", {}, ["SSLEngine on", "install-security"]),
        (HOST.format("*:443"), {}, ["SSLEngine on"]),
        (TLS + "Include /x\n", {"/x": "\nListen 8080\n"}, ["/x:2", "8080", "another"]),
        (TLS + "Include /y\n", {}, [PATH + ":5", "/y does not exist"]),
        (TLS + "Include y\n", {}, ["ServerRoot"]),
        (TLS + "Include ${D}/y\n", {}, [PATH + ":5"]),
        (TLS + "Include /x\n", {"/x": "Include /x\n"}, ["without end"]),
        (TLS + "Listen ${PORT}\n", {}, [PATH + ":5", "${PORT}"]),
        (TLS + "Listen http\n", {}, [PATH + ":5"]),
        (TLS + "Use Plain 80\n", {}, ["macro"]),
        (TLS + "<VirtualHost *:443>\nServerName x\n</VirtualHost>\n", {}, [PATH + ":5", "443"]),
        (TLS.replace("on", "optional"), {}, ["neither on nor off"]),
    ],
)
def test_what_cannot_be_judged_is_refused_with_its_place(text, files, words):
    with pytest.raises(PlanError) as caught:
        required(text, **files)
    assert all(word in str(caught.value) for word in words), str(caught.value)
