# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Twice the settings over twice the scopes take about twice the work, wherever a task or a node's configuration can be large."""

import os
import sys
from pathlib import Path

import pytest
from growth import is_linear

sys.path.insert(0, str(Path(__file__).parent / "tls"))
from tls_node import FakeLibrary  # noqa: E402

from plugins.module_utils.adoption import variables as adoption
from plugins.module_utils.config import files as file_plan
from plugins.module_utils.config import impact, keyword_files, web_server
from plugins.module_utils.config import plan as config_plan
from plugins.module_utils.config.current import CurrentConfiguration
from plugins.module_utils.config.plan import DesiredSetting  # noqa: E402
from plugins.module_utils.console_access import listens  # noqa: E402
from plugins.module_utils.daemon import drift
from plugins.module_utils.database import login_rules
from plugins.module_utils.ecconf.effective import Effective  # noqa: E402
from plugins.module_utils.ecconf.loader import load  # noqa: E402
from plugins.module_utils.ecconf.paths import parse_path  # noqa: E402
from plugins.module_utils.ecconf.reader import OverlayReader  # noqa: E402
from plugins.module_utils.ecconf.syntax.values import to_text  # noqa: E402
from plugins.module_utils.exposure import judge
from plugins.module_utils.lint import run as lint  # noqa: E402
from plugins.module_utils.permissions import rules, undo  # noqa: E402
from plugins.module_utils.permissions.judge import Attributes  # noqa: E402
from plugins.module_utils.redaction import redaction
from plugins.module_utils.sandbox import places  # noqa: E402
from plugins.module_utils.security import requirements
from plugins.module_utils.security.safety_checks import Host  # noqa: E402
from plugins.module_utils.security.stanza import Stanza  # noqa: E402
from plugins.module_utils.tls.current import current
from plugins.module_utils.tls.resolve import Request, Resolution  # noqa: E402

MAIN = "/c/ecelerity.conf"
SIZE = 60


def loader(files):
    contents = {"/c/%s" % name: text.encode() for name, text in files.items()}
    return lambda edited: load(MAIN, search_path=[], nodename="n", reader=OverlayReader(dict(contents, **edited)))


def each(count, template):
    return "".join(template % index for index in range(count))


def settings(count, template, **more):
    return [DesiredSetting(parse_path([template % index]), **more) for index in range(count)]


def options(count, state="present"):
    return [DesiredSetting((), "option_%d" % index, "2", state) for index in range(count)]


DOMAINS = 'Domain "d%d" {\n  TLS = "no"\n}\n'
EMPTY = 'Domain "d%d" {\n}\n'
SHARED = 'Domain "d%d" {\n  include "tls.conf"\n}\n'
OPTIONS = "option_%d = 1\n"
TLS = {"option": "TLS", "value": "required"}
PLANS = {
    "values": lambda n: ({"ecelerity.conf": each(n, DOMAINS)}, settings(n, 'Domain "d%d"', **TLS)),
    "values, the last scope first": lambda n: (
        {"ecelerity.conf": each(n, EMPTY)},
        settings(n, 'Domain "d%d"', **TLS)[::-1],
    ),
    "new scopes": lambda n: ({"ecelerity.conf": each(n, DOMAINS)}, settings(n, 'Domain "e%d"', **TLS)),
    "new scopes of many names": lambda n: ({"ecelerity.conf": each(n, OPTIONS)}, settings(n, "Module_%d", **TLS)),
    "new scopes before options": lambda n: (
        {"ecelerity.conf": each(n, DOMAINS) + each(n, OPTIONS)},
        settings(n, 'Domain "e%d"', **TLS),
    ),
    "new options": lambda n: ({"ecelerity.conf": each(n, DOMAINS)}, options(n)),
    "new options between scopes": lambda n: (
        {"ecelerity.conf": each(n, DOMAINS) + "A = 1\n" + each(n, EMPTY)},
        options(n),
    ),
    "options of one line": lambda n: ({"ecelerity.conf": each(n, "option_%d = 1 ")}, options(2 * n)),
    "options that go": lambda n: ({"ecelerity.conf": each(n, OPTIONS)}, options(n, "absent")),
    "options that become comments": lambda n: ({"ecelerity.conf": each(n, OPTIONS)}, options(n, "commented")),
    "scopes that go": lambda n: (
        {"ecelerity.conf": each(n, DOMAINS + "\n")},
        settings(n, 'Domain "d%d"', state="absent"),
    ),
    "one value for all that include a file": lambda n: (
        {"ecelerity.conf": each(n, SHARED), "tls.conf": "TLS = no\n"},
        settings(n, 'Domain "d%d"', **TLS),
    ),
    "values for most that include a file": lambda n: (
        {"ecelerity.conf": each(n, SHARED) + SHARED % n, "tls.conf": "TLS = no\n"},
        settings(n, 'Domain "d%d"', **TLS),
    ),
    "a new option in a named file of all": lambda n: (
        {"ecelerity.conf": each(n, SHARED), "tls.conf": "A = no\n"},
        settings(n, 'Domain "d%d"', file="tls.conf", **TLS),
    ),
    "what goes from a file of all": lambda n: (
        {"ecelerity.conf": each(n, SHARED), "tls.conf": "TLS = no\n"},
        settings(n, 'Domain "d%d"', option="TLS", state="absent"),
    ),
    "includes in scopes": lambda n: (
        {"ecelerity.conf": each(n, DOMAINS), "tls.conf": "A = 1\n"},
        settings(n, 'Domain "d%d"', include="tls.conf"),
    ),
    "includes in new scopes": lambda n: (
        {"ecelerity.conf": "A = 1\n", "tls.conf": "A = 1\n"},
        settings(n, 'Domain "d%d"', include="tls.conf"),
    ),
    "includes of many files": lambda n: (
        dict({"ecelerity.conf": "A = 1\n"}, **{"%d.conf" % index: "option_%d = 1\n" % index for index in range(n)}),
        [DesiredSetting((), include="%d.conf" % index) for index in range(n)],
    ),
    "files of many directories": lambda n: (
        dict(
            {"ecelerity.conf": each(n, 'include "d%d"\n')},
            **{"d%d/x.conf" % index: "option_%d = 1\n" % index for index in range(n)},
        ),
        options(n),
    ),
    "includes that go": lambda n: (
        {"ecelerity.conf": each(n, 'include "%d.conf"\n')},
        [DesiredSetting((), include="./%d.conf" % index, state="absent") for index in range(n)],
    ),
}


@pytest.mark.parametrize("name", PLANS)
def test_a_plan(name):
    def example(count):
        files, all_desired = PLANS[name](count)
        reload = loader(files)
        return lambda: config_plan.plan(reload({}), reload, all_desired)

    is_linear(example, SIZE)


def of_configuration(template, judge, size=SIZE):
    """An example that judges a configuration of as many pieces as asked for."""

    def example(count):
        configuration = loader({"ecelerity.conf": each(count, template)})({})
        return lambda: judge(configuration, Effective(configuration))

    is_linear(example, size)


HOST = Host(uid=lambda name: 1, gid=lambda name: 1, is_directory=lambda path: True)
LISTENERS = 'ESMTP_Listener {\n  Listen "127.0.0.1:%d" {\n    Enable = true\n  }\n}\n'
PEERS = 'ESMTP_Listener {\n  Listen ":25" {\n    Peer "10.0.0.%d" {\n      Open_Relay = true\n    }\n  }\n}\n'


def exposed(configuration, _effective):
    return judge.findings(CurrentConfiguration(configuration), "5.3")


READERS = {
    "consequences": (DOMAINS, lambda configuration, effective: impact.activation(effective, effective)),
    "lint": (DOMAINS, lambda configuration, effective: lint.findings(configuration, "5.3")),
    "lint of names": (
        "Unknown_%d {\n  what = 1\n}\n",
        lambda configuration, effective: lint.findings(configuration, "5.3"),
    ),
    "adoption": (
        DOMAINS,
        lambda configuration, effective: adoption.variables(effective.settings(), Stanza(), HOST),
    ),
    "one option over and over": (
        "TLS_Protocols = %d\n",
        lambda configuration, effective: lint.findings(configuration, "5.3"),
    ),
    "ports": (LISTENERS, lambda configuration, effective: adoption.smtp_ports(effective)),
    "privileges": (LISTENERS, lambda configuration, effective: requirements.reasons(effective, "linux")),
    "sandbox": ('Spool%d = "/var/spool/x"\n', lambda configuration, effective: places.named(effective)),
    "drift": (DOMAINS, lambda configuration, effective: drift.static_digest(effective)),
    "the console": (
        'Control_Listener {\n  Listen "/run/%d" {\n  }\n  Peer "10.0.0.%%d" {\n  }\n}\n'.replace("%%d", "1"),
        lambda configuration, effective: listens.listens(effective),
    ),
    "exposure of listeners": (LISTENERS.replace("127.0.0.1", ""), exposed),
    "exposure of peers": (PEERS, exposed),
    "patterns": ('Domain "/d%d/" {\n  TLS = no\n}\n', lambda configuration, effective: list(effective.settings())),
}


@pytest.mark.parametrize("name", READERS)
def test_a_look_at_a_configuration(name):
    of_configuration(*READERS[name])


def test_rules_of_permissions():
    def example(count):
        paths = ["/a/%d/b" % index for index in range(count)]

        def walk():
            top = rules.tree_of([rules.Rule(path) for path in paths], closed=paths)
            for path in paths:
                active = rules.start(top)
                for part in rules.components(path):
                    hits = rules.step(active, part)
                    active = rules.below(active, hits)
                assert rules.choose(hits, None).path == path
            assert len(rules.missing_rules(top)) == count

        return walk

    is_linear(example, SIZE)


def test_owners_that_are_put_back(tmp_path):
    def example(count):
        top = tmp_path / str(count)
        top.mkdir()
        paths = [top / str(index) for index in range(count)]
        journal = undo.Journal(str(tmp_path / "state"))
        for path in paths:
            path.write_bytes(b"")
            path.chmod(0o600)

        def there_and_back():
            for path in paths:
                descriptor = os.open(str(path), os.O_RDONLY)
                present = Attributes(os.geteuid(), os.getegid(), 0o600)
                journal.add(undo.record_of(str(path), descriptor, present, present._replace(mode=0o640), ()))
                os.fchmod(descriptor, 0o640)
                os.close(descriptor)
            assert (
                undo.give_back_files(journal) + undo.give_back_directories(journal)
                == "owners and modes are as they were"
            )
            assert {path.stat().st_mode & 0o777 for path in paths} == {0o600}

        return there_and_back

    is_linear(example, SIZE)


def test_a_difference_of_files():
    def example(count):
        before = each(count, 'Domain "d%d" {\n  Outbound_SMTP_AUTH_Pass = "planted"\n}\n').encode()
        return lambda: redaction.difference(before, before.replace(b"planted", b"another"))

    is_linear(example, SIZE)


def test_texts_that_may_quote_secrets():
    def example(count):
        secrets = frozenset("planted-%d" % index for index in range(count))
        return lambda: [
            redaction.hide("option %d has no effect: planted-%d" % (index, index), secrets) for index in range(count)
        ]

    is_linear(example, SIZE)


def module_with_secrets(count, **more):
    """A module with a setting for each secret; ansible-core is needed for it."""
    pytest.importorskip("ansible.module_utils.basic", reason="modules are made of those of ansible-core")
    from plugins.module_utils.module import MomentumModule

    options = {"option": {}, "value": {}, "secret": {"type": "bool"}}
    module = object.__new__(MomentumModule)
    module.__dict__.update(
        secret_options=frozenset(),
        _recorded=frozenset(),
        secrets=frozenset(),
        _has_learned=False,
        argument_spec={"settings": {"type": "list", "elements": "dict", "options": options}},
    )
    names = range(count)
    settings = [dict({"option": "Some_%d" % one, "value": "planted-%d" % one, "secret": True}, **more) for one in names]
    module.params = {"settings": settings}
    return module


def test_a_warning_for_each_setting():
    def example(count):
        module = module_with_secrets(count)

        def warn():
            module._learn_arguments()
            module._has_learned = True
            for index in range(count):
                module._learn_arguments()
                assert "planted" not in module.hide("planted-%d" % index)

        return warn

    is_linear(example, SIZE)


def test_what_the_journal_of_the_node_gets():
    """Ansible searches all of it for each secret that it knows, and it grows with the secrets."""

    def example(count):
        module = module_with_secrets(count, file="/etc/planted-1")
        module.log = lambda words, log_args: seen.append((words + str(log_args), set(module.no_log_values)))
        return module._log_invocation

    seen = []
    is_linear(example, SIZE)
    for words, searched in seen:
        assert "Some_1" in words and "planted" not in words and not searched


def test_a_file_of_keywords():
    def example(count):
        text = each(count, "option_%d = 1\n")
        requested = {"option_%d" % (index * 2): "2" for index in range(count)}
        gone = {"option_%d" % (index * 2 + 1): "" for index in range(count)}
        return lambda: keyword_files.edited(text, keyword_files.STYLES["postgresql"], dict(requested, **gone))

    is_linear(example, SIZE)


def test_ports_and_virtual_hosts_of_a_web_server():
    part = (
        "Listen 127.0.0.1:%d\nListen 192.0.2.1:443\n<VirtualHost 192.0.2.1:443 *:443>\n  SSLEngine on\n</VirtualHost>\n"
    )

    def example(count):
        text = each(count, part)
        return lambda: web_server.edited(text, "/httpd.conf", "required")

    is_linear(example, 50)


def test_rules_of_logins():
    def example(count):
        text = each(count, "host db%d all all md5\n")
        return lambda: login_rules.tls_only(text)

    is_linear(example, SIZE)


def test_files_that_must_be_there():
    look = file_plan.Look(lambda path: None, lambda path: path == "/", lambda name: 1, lambda name: 1)

    def example(count):
        all_desired = [
            file_plan.DesiredFile("/d%d/e/f.conf" % index, None, "a", "b", 0o640, 0o750) for index in range(count)
        ]
        return lambda: file_plan.plan_files(all_desired, look, False)

    is_linear(example, SIZE)


@pytest.mark.parametrize("change", ["last", "first", "reversed", "gone", "new"])
def test_a_list_of_many_elements(change):
    def example(count):
        names = ["10.0.%d.0/24" % index for index in range(count)]
        raw = "(\n%s)" % "".join('  # about %s\n  "%s" # after it\n' % (name, name) for name in names)
        value = {
            "last": names[:-1] + ["x"],
            "first": ["x"] + names,
            "reversed": names[::-1],
            "gone": names[::2],
            "new": [each for name in names for each in (name, name + "b")],
        }[change]
        return lambda: to_text(value, raw)

    is_linear(example, SIZE)


TARGETS = {
    "global": lambda n: [{"profile": "mozilla-intermediate"}],
    "each binding": lambda n: [
        {"scope": ['Binding "b%d"' % index], "protocols": "+ALL:-SSLv3", "verify": "ca"} for index in range(n)
    ],
    "bindings by name": lambda n: [{"bindings": ["b%d" % index], "tls": "required"} for index in range(n)],
    "each listen": lambda n: [
        {"scope": ["ESMTP_Listener", 'Listen "127.0.0.1:%d"' % index], "verify_mode": "require", "offer": "auto"}
        for index in range(n)
    ],
}


@pytest.mark.parametrize("name", TARGETS)
def test_targets_of_tls(name):
    def example(count):
        text = (
            'TLS_CA = "/ca"\nTLS_Client_CA = "/ca"\nTLS_Certificate = "/x"\nESMTP_Listener {\n  SMTP_Extensions = ("STARTTLS")\n%s}\n'
            % each(count, '  Listen "127.0.0.1:%d" {\n  }\n')
        )
        text += each(count, 'Binding "b%d" {\n  TLS_Protocols = "+ALL"\n}\n')
        reload = loader({"ecelerity.conf": text})
        request = Request(TARGETS[name](count))

        def resolve():
            Resolution(current(reload({}), "4.2.1", FakeLibrary()), reload, request, lambda effective: None).resolve()

        return resolve

    is_linear(example, SIZE)
