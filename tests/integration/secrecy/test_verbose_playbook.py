# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A real ansible-playbook with -vvvv and --diff shows no secret, whatever it is made of."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
SECRETS = [
    'planted-it\'s "planted-quoted" planted-back\\slash',
    'planted-one\nplanted-two "planted-three"',
    "planted-e\u0301\U0001f600 100%s planted-YWJj+/==",
    '{"planted-json": ["planted-list"]}',
    "planted-#jinja2: [[ planted ]]",
]
MAIN = """
Outbound_SMTP_AUTH_Pass = "planted-stored \\"planted-quoted"
Own = [ user = u  password = 'planted-member\\'s' ]  # Password = planted-comment
Datasource "d" { uri = ( "pgsql:host=db password='planted a' port=1" "http://u:planted-a/planted@h/" ) }
"""


class Site:
    """A node that is a directory, and playbooks over it."""

    def __init__(self, root):
        self.root = root
        self.main = root / "momentum/etc/conf/default/ecelerity.conf"
        self.main.parent.mkdir(parents=True)
        self.main.write_text(MAIN)
        self.common = {"prefix": str(root / "momentum"), "state_dir": str(root / "state"), "nodename": "node1"}

    def task(self, module, **arguments):
        return {"msys.momentum." + module: dict(self.common, **arguments), "ignore_errors": True}

    def play(self, tasks, **play):
        book, inventory = self.root / "book.yml", self.root / "hosts.yml"
        book.write_text(json.dumps([dict(play, hosts="all", gather_facts=False, tasks=tasks)]))
        variables = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
        unsafe = "".join(
            "      s%d: !unsafe %s\n" % (number, json.dumps(text, ensure_ascii=False))
            for number, text in enumerate(SECRETS)
        )
        hosts = "all:\n  hosts:\n    mta1:\n%s" % "".join("      %s: %s\n" % pair for pair in variables.items())
        inventory.write_text(hosts + unsafe, encoding="utf-8")
        environment = dict(
            os.environ,
            ANSIBLE_COLLECTIONS_PATH=str(ROOT / ".ansible" / "collections"),
            ANSIBLE_HOME=str(self.root / "home"),
            ANSIBLE_INJECT_INVOCATION="1",
            ANSIBLE_NOCOLOR="1",
            LC_ALL="C.UTF-8",
        )
        command = [
            str(Path(sys.executable).with_name("ansible-playbook")),
            "-i",
            str(inventory),
            str(book),
            "-vvvv",
            "--diff",
        ]
        done = subprocess.run(
            command,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            universal_newlines=True,
            timeout=300,
            check=False,
        )
        return done.stdout


@pytest.fixture
def site(tmp_path):
    return Site(tmp_path)


def test_nothing_shows_a_secret_with_all_verbosity(site):
    texts = ["{{ s%d }}" % number for number in range(len(SECRETS))]
    settings = [
        {"scope": ['Domain "%d.test"' % number], "option": option, "value": text}
        for number, text in enumerate(texts)
        for option in ("Outbound_SMTP_AUTH_Pass", "GCM_Authorization_Token_ID")
    ]
    settings += [
        {"option": "Own_Word", "value": texts[0], "secret": True},
        {"scope": ["ESMTP_Listener"], "option": "AuthLoginParameters", "value": {"user": "u", "password": texts[2]}},
        {"scope": ['Datasource "e"'], "option": "uri", "value": ["http://u:%s@h/" % texts[2]]},
    ]
    entries = [
        {"username": "u%d" % number, "hostname": "h", "facility": "ldap", "password": text}
        for number, text in enumerate(texts)
    ]
    users = [{"name": "n%d" % number, "password": text} for number, text in enumerate(texts)]
    files = [{"path": str(site.root / ("f%d" % number)), "content": text} for number, text in enumerate(texts)]
    tasks = [
        site.task("config", settings=settings[:2] + settings[4:]),
        site.task("config", settings=settings),
        site.task("config", settings=[dict(settings[0], state="nonsense")]),
        site.task("keyword_file", files=files),
        site.task(
            "keyword_file",
            files=[
                {
                    "path": str(site.root / "p.conf"),
                    "style": "postgresql",
                    "settings": {"primary_conninfo": "password='%s'" % texts[2]},
                }
            ],
        ),
        site.task("control", password_file={"path": str(site.root / "passwords"), "users": users}),
        site.task("credential", entries=entries, database=str(site.root / "c.db"), key=str(site.root / "c.key")),
        site.task("database_schema", password=texts[0], admin_password=texts[2], psql="/nonexistent/psql"),
        site.task(
            "certificate",
            authority={
                "certificate": str(site.root / "a.pem"),
                "key": str(site.root / "a.key"),
                "passphrase": texts[0],
            },
            units=[
                {
                    "certificate": str(site.root / "u.pem"),
                    "key": str(site.root / "u.key"),
                    "source": "provided",
                    "provided_key": texts[1],
                }
            ],
        ),
        site.task(
            "certificate_authority",
            name="A",
            certificate=str(site.root / "b.pem"),
            key=str(site.root / "b.key"),
            passphrase=texts[0],
        ),
        site.task("config", settings=[{"option": "Own_Word", "state": "absent", "secret": True}]),
        site.task("config_info"),
        site.task("config_lint", version="5.3.0"),
        site.task("certificate_info"),
    ]
    role = {"ansible.builtin.import_role": {"name": "msys.momentum.standalone"}}
    noop = {"ansible.builtin.meta": "noop"}
    refused = [
        {"momentum_settings": [{"option": "Outbound_SMTP_AUTH_Pass", "value": texts[0], "state": "nonsense"}]},
        {"momentum_credentials": [texts[1]]},
        {"momentum_control_password_file": texts[0]},
    ]
    output = site.play(tasks + [{"block": [role], "rescue": [noop], "vars": variables} for variables in refused])
    assert output.count("module_args") >= len(tasks) - 2, output
    assert "planted" not in output and "rescued=3" in output
    assert "(new)" in output and "transaction" in output
