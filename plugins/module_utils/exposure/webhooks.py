# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Webhooks and RabbitMQ: events beyond the node in clear, passwords that everybody knows, and files that every account reads.

Page manuals/enabling-webhooks. RabbitMQ's database of users and what its own programs set are not looked at.
"""

from typing import Dict, Iterator, List, Mapping, NamedTuple, Optional, Tuple, Union

from ..ecconf.effective import Setting
from ..ecconf.paths import Path
from ..redaction import redaction
from ..text import json_values
from . import rules
from .rules import AMQP_BEYOND_HOST, AMQP_WITHOUT_TLS, OPEN, UNKNOWN, WEBHOOKS_READABLE
from .subject import Finding, Findings, ServiceFile, Subject, entry, is_beyond_host, settings, truth

PAGE = "manuals/enabling-webhooks"
_READ_BY_ALL = 0o004
_CLOSE_RABBITMQ = (
    "set `listeners.tcp = none` and `listeners.ssl.default = 5671` with the certificates in %s, or bind it by `listeners.tcp.local = 127.0.0.1:5672`; "
    "then restart rabbitmq-server"
)
_CHANGE = (
    "put one from a vault into it and, by `rabbitmqctl change_password`, into RabbitMQ, delete the user guest, restart msys-app-webhooks-etl, and see "
    "that events still arrive: no option of event_hose for a password is documented"
)
_OTHER_SECRET = "put one of your own into it and where it is checked, and restart the service that reads the file"


Keys = Tuple[Union[str, int], ...]


class Found(NamedTuple):
    """A value of a file, with its line."""

    name: str
    value: object
    line: int


def of_webhooks(subject: Subject) -> Findings:
    """Judge event_hose, which publishes events, and the files of Webhooks and of RabbitMQ."""
    for path in subject.effective.scopes("event_hose"):
        yield from _hose(subject, path)
    for file in subject.services:
        if file.text is None:
            yield from (_unreadable(file, name) for name in rules.OF_FILES[file.kind])
        elif file.kind == rules.RABBITMQ:
            yield from _rabbitmq(file, list(_keywords(file.text)))
        else:
            yield from _json(file)


def _hose(subject: Subject, path: Path) -> Findings:
    """Without a host, RabbitMQ is the node's own, as the page installs it."""
    host = subject.effective.get(path, "host")
    if host is None or not _is_other(str(host.value)) or truth(subject.effective.get(path, "use_tls")):
        return
    because = "the events of all messages, with addresses in them, are sent to %s in clear" % host.value
    remedy = settings(entry(path, "Use_TLS", "true"), entry(path, "Port", 5671)) + ", with tls_ca"
    yield _at_hose(subject, path, subject.effective.get(path, "use_tls") or host, because, remedy)


def _at_hose(subject: Subject, path: Path, setting: Setting, because: str, remedy: str) -> Finding:
    return subject.at(AMQP_WITHOUT_TLS, setting, path, "", "", because=because, remedy=remedy)


def _is_other(host: str) -> bool:
    return is_beyond_host(host if host.count(":") > 1 else host + ":0")


def _json(file: ServiceFile) -> Findings:
    text = file.text or ""
    try:
        read = json_values.values(text)
    except ValueError as error:
        reason = "it is no JSON: %s" % error
        yield from (_unreadable(file._replace(reason=reason), name) for name in rules.OF_FILES[file.kind])
        return
    found = {one.path: Found(".".join(map(str, one.path)), one.value, json_values.line_of(text, one)) for one in read}
    secrets = {path: one for path, one in found.items() if one.value and _is_secret(path)}
    for path, one in secrets.items():
        yield from _known(file, one, _CHANGE if path[0] == "rabbitmq" else _OTHER_SECRET)
    if secrets and file.mode & _READ_BY_ALL:
        yield _readable(file, list(secrets.values())[0])
    if file.kind == rules.ETL:
        yield from _client(file, found)


def _is_secret(path: Keys) -> bool:
    return path[-1:] in (("password",), ("auth_token",)) or "custom_headers" in path


def _known(file: ServiceFile, one: Found, remedy: str) -> Findings:
    page = rules.PRINTED_FOR_WEBHOOKS.get(str(one.value)) or rules.PRINTED.get(str(one.value))
    if page:
        because = "it is a password or key that the manuals print, or the one that RabbitMQ has by default"
        yield _finding(rules.PRINTED_PASSWORD, OPEN, file, one, because, remedy)._replace(
            value=redaction.MASK, page=page
        )


def _readable(file: ServiceFile, one: Found) -> Finding:
    because = "every account of the host can read it (mode %04o), and it has a password or key" % file.mode
    remedy = (
        'momentum_permissions_entries: [{path: %s, group: GROUP, mode: "0640"}], with the group of the account that runs the service '
        "(systemctl show -p User,Group %s)" % (file.path, rules.SERVICES[file.kind])
    )
    return _finding(WEBHOOKS_READABLE, OPEN, file, one._replace(name=""), because, remedy)


def _client(file: ServiceFile, found: Mapping[Keys, Found]) -> Findings:
    """The ETL service is a client of RabbitMQ, as event_hose is."""
    host, tls = found.get(("rabbitmq", "host")), found.get(("rabbitmq", "ssl", "enabled"))
    if host is not None and _is_other(str(host.value)) and not (tls is not None and tls.value is True):
        because = "the password, and the events of all messages, are sent to %s in clear" % host.value
        remedy = "set rabbitmq.ssl.enabled to true, with caFile, and rabbitmq.port to 5671; then restart msys-app-webhooks-etl"
        yield _finding(AMQP_WITHOUT_TLS, OPEN, file, host, because, remedy)


def _keywords(text: str) -> Iterator[Found]:
    """The lines of rabbitmq.conf, `name = value`. A comment may be at the end of one, as on the page."""
    for number, line in enumerate(text.split("\n"), 1):
        name, equals, value = line.partition("#")[0].partition("=")
        if equals:
            yield Found(name.strip(), value.strip(), number)


def _rabbitmq(file: ServiceFile, lines: List[Found]) -> Findings:
    last: Dict[str, Found] = {one.name: one for one in lines}
    for name, one in last.items():
        if name == "default_pass":
            yield from _known(file, one, _CHANGE)
    listens = [one for name, one in last.items() if name == "listeners.tcp" or name.startswith("listeners.tcp.")]
    if not listens and file.beside:
        because = "nothing in it says where RabbitMQ listens without TLS, and %s may" % ", ".join(file.beside)
        yield _finding(AMQP_BEYOND_HOST, UNKNOWN, file, None, because, "look there, and set listeners.tcp here")
        return
    first = next((one for one in listens if _is_public(str(one.value))), None)
    if first is not None or not listens:
        because = "RabbitMQ takes connections from other hosts without TLS: passwords and events are sent in clear"
        found = _finding(AMQP_BEYOND_HOST, OPEN, file, first, because, _CLOSE_RABBITMQ % file.path)
        yield found if first else found._replace(option="listeners.tcp", value="5672", default=True)


def _is_public(address: str) -> bool:
    """Whether a listener is beyond the host: `none` is none, and a port without an address is one at every address."""
    return address != "none" and (address.isdigit() or is_beyond_host(address))


def _unreadable(file: ServiceFile, name: str) -> Finding:
    remedy = "make it readable and valid, and run again"
    return _finding(name, UNKNOWN, file, None, file.reason, remedy)


def _finding(name: str, status: str, file: ServiceFile, one: Optional[Found], because: str, remedy: str) -> Finding:
    option, value, line = ("", "", 1) if one is None or not one.name else (one.name, one.value, one.line)
    line = one.line if one is not None else line
    return Finding(name, status, (), option, value, False, file.path, line, because, PAGE, remedy)
