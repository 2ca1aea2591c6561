# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Passwords: known ones, short ones, and those that are written where everybody who reads the configuration has them."""

from typing import Iterator, Sequence

from ...credentials import places
from ...ecconf.effective import Setting
from ...ecconf.paths import format_path
from ...redaction import redaction
from ..evidence import Evidence
from ..rule import DECLARED, DISK, FAIL, HIGH, MEDIUM, MTA, PASS, Applies, Rule, Seen
from .common import facts_of, has_scope, of_exposure, seen
from .files import secrets_in

SHORTEST = 14  # characters; CIS asks for as many of accounts of the system
_VAULT = "momentum_settings with a value from a vault"
_STORE = "momentum_credentials, and the scope without the password"


def _where(setting: Setting) -> str:
    return "%s > %s" % (format_path(setting.path), setting.name)


def _is_of_source(setting: Setting) -> bool:
    return any(name.lower() == "datasource" for name, _instance in setting.path)


def _in_clear(evidence: Evidence) -> Iterator[Seen]:
    """What securecreds would keep. For other passwords no page has another place than the configuration."""
    found = [one for one in secrets_in(evidence.configuration().effective) if _is_of_source(one)]
    for one in found:
        yield Seen(FAIL, DECLARED, "%s has a password in clear" % _where(one), one.file, one.line)
    if not found and has_scope(evidence, "datasource"):
        yield Seen(PASS, DECLARED, "no Datasource has a password in it")


def _long_enough(evidence: Evidence) -> Iterator[Seen]:
    for one in secrets_in(evidence.configuration().effective):
        shortest = min(len(text) for text in redaction.secrets_in(one.name, one.value))
        words = "%s has one of %s than %d characters"
        ok = shortest >= SHORTEST
        said = words % (_where(one), "no fewer" if ok else "fewer", SHORTEST)
        yield seen(ok, DECLARED, said, one.file, one.line)


def _one_pair(evidence: Evidence) -> Iterator[Seen]:
    """The pages name two places: the daemon reads in the one, credmgr writes in the other."""
    prefix, effective = evidence.host.prefix, evidence.configuration().effective
    for daemon, tool, option in zip(places.of_daemon(prefix), places.of_tool(prefix), places.OPTIONS):
        setting = effective.get(places.SCOPE, option)
        reads = daemon if setting is None else str(setting.value)
        found = {path: facts_of(evidence, path) for path in dict.fromkeys([reads, daemon, tool])}
        files = sorted(path for path, facts in found.items() if facts is not None and facts.kind != "link")
        if files:
            words = "%s: %s" % (option, " and ".join(files))
            yield seen(len(files) == 1, DISK, words, files[0])


RULES: Sequence[Rule] = (
    Rule(
        "MSEC-SEC-001",
        "No password is one that the manuals print, or that a service has from the beginning",
        "They are what is tried first.",
        HIGH,
        (DECLARED,),
        of_exposure("printed_password", otherwise="no password that is known from the manuals is in use"),
        _VAULT,
        ("page 4/new-installation", "page manuals/enabling-webhooks", "NIST SP 800-53 IA-5"),
        MTA,
    ),
    Rule(
        "MSEC-SEC-002",
        "No password of a source of data is in the configuration in clear",
        "Backups, version control and whoever may read the configuration have it as well.",
        MEDIUM,
        (DECLARED,),
        _in_clear,
        _STORE,
        ("page 4/modules/securecreds", "page 4/executable/credmgr", "NIST SP 800-53 IA-5", "NIST SP 800-53 SC-28"),
        Applies(since="3.2"),
    ),
    Rule(
        "MSEC-SEC-003",
        "No password in the configuration is shorter than %d characters" % SHORTEST,
        "A short one is found by trying, or from its digest.",
        MEDIUM,
        (DECLARED,),
        _long_enough,
        _VAULT,
        ("page 4/control-auth", "NIST SP 800-53 IA-5", "CIS Red Hat Enterprise Linux 9 Benchmark 5.3"),
    ),
    Rule(
        "MSEC-SEC-004",
        "There is one database of credentials, and one key",
        "The pages of securecreds and credmgr name different places: what is changed in the one, the daemon "
        "does not read in the other, and an old password stays there.",
        MEDIUM,
        (DECLARED, DISK),
        _one_pair,
        "momentum_credentials_database and momentum_credentials_key, and a link in the other place",
        ("page 4/modules/securecreds", "page 4/executable/credmgr", "NIST SP 800-53 IA-5"),
        Applies(since="3.2"),
    ),
)
