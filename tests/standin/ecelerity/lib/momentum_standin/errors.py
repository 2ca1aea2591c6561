# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The one error of reading a configuration, in the words that the page "ec_dump_config" documents."""

import time


class ConfigurationError(Exception):
    """`.lines`: what Momentum would print, in order of appearance."""

    def __init__(self, *lines: str) -> None:
        super().__init__("; ".join(lines))
        self.lines = list(lines) + ["Reconfigure failed.", "Global configuration error."]


def stamp() -> str:
    """The date in brackets that is before messages."""
    return time.strftime("[%a %d %b %Y %H:%M:%S]")


def syntax(file: str, line: int, token: str) -> ConfigurationError:
    """Documented form, see the page "ec_dump_config"."""
    return ConfigurationError("Syntax error in %s at line %d near '%s'" % (file, line, token[:60]))


def capability(scope: str, option: str) -> ConfigurationError:
    """The message about an option that no module knows."""
    text = "No module provides capability 'config.%s:%s'." % (scope, option)
    return ConfigurationError("%s %s" % (stamp(), text), "%s CFG-07961 %s" % (stamp(), text))


def scope_name(name: str, parent: str) -> ConfigurationError:
    """The message about an unknown stanza."""
    return ConfigurationError("'%s' is not a valid scope name in scope '%s'" % (name, parent))


def unreadable(path: str, reason: str) -> ConfigurationError:
    """What an include says that cannot be read (page "Security considerations")."""
    return ConfigurationError("%s CFG-07961 failed to stat '%s': %s" % (stamp(), path, reason))
