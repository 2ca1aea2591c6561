# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The libldap of this machine, asked what it reads from an ldap.conf."""

import ctypes
import ctypes.util
import os
from typing import Dict, Optional

# Numbers of ldap.h; whether the value is a number, or a text.
OPTIONS = {
    "TLS_REQCERT": (0x6006, True),
    "REFERRALS": (0x0008, True),
    "TLS_CACERT": (0x6002, False),
    "BASE": (0x5009, False),
    "URI": (0x5006, False),
}
NAME = next(filter(None, map(ctypes.util.find_library, ("ldap", "ldap-2.6", "ldap-2.5", "ldap-2.4", "ldap_r"))), None)


class Real:
    """The library, which reads its files once in a process: every question has a process of its own."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.libldap = ctypes.CDLL(NAME or "")

    def read(self, text: str) -> Dict[str, str]:
        """The options with their values; numbers in digits, and empty for what is not set."""
        with open(self.path, "wb") as stream:
            stream.write(text.encode("utf-8", "surrogateescape"))
        ours, theirs = os.pipe()
        pid = os.fork()
        if pid == 0:
            try:
                os.environ.update(LDAPCONF=self.path, HOME="/nonexistent")
                values = [self._value(*option) or b"" for option in OPTIONS.values()]
                os.write(theirs, b"\0".join(values))
            finally:
                os._exit(0)
        os.close(theirs)
        with os.fdopen(ours, "rb") as stream:
            values = stream.read().decode("utf-8", "surrogateescape").split("\0")
        os.waitpid(pid, 0)
        return dict(zip(OPTIONS, values))

    def _value(self, option: int, is_number: bool) -> Optional[bytes]:
        if is_number:
            number = ctypes.c_int()
            self.libldap.ldap_get_option(None, option, ctypes.byref(number))
            return b"%d" % number.value
        text = ctypes.c_char_p()
        self.libldap.ldap_get_option(None, option, ctypes.byref(text))
        return text.value
