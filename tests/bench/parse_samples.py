# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Generated configuration of one structure in three languages: Momentum's, nginx's (crossplane), TOML (tomlkit)."""

from typing import Callable, Dict

# One group of 14 lines: comments, nested scopes, strings, numbers, an end-of-line comment, a list, a blank line.
MOMENTUM = """\
# group {0} of the outbound pool
Binding_Group "group{0}" {{
  Outbound_Throttle_Messages = "{0}/60"
  Max_Outbound_Connections = {0}
  Binding "b{0}" {{
    Bind_Address = "10.0.{1}.{2}"
    EHLO_Hostname = "mta{0}.lab.test"  # announced
    Domain "example{0}.test" {{
      Routes = ( "mx1.example{0}.test" "mx2.example{0}.test" )
      TLS = "ifavailable"
    }}
  }}
}}

"""
NGINX = """\
# group {0} of the outbound pool
Binding_Group "group{0}" {{
  Outbound_Throttle_Messages "{0}/60";
  Max_Outbound_Connections {0};
  Binding "b{0}" {{
    Bind_Address "10.0.{1}.{2}";
    EHLO_Hostname "mta{0}.lab.test";  # announced
    Domain "example{0}.test" {{
      Routes "mx1.example{0}.test" "mx2.example{0}.test";
      TLS "ifavailable";
    }}
  }}
}}

"""
TOML = """\
# group {0} of the outbound pool
[binding_group.group{0}]
outbound_throttle_messages = "{0}/60"
max_outbound_connections = {0}

[binding_group.group{0}.binding.b{0}]
bind_address = "10.0.{1}.{2}"
ehlo_hostname = "mta{0}.lab.test"  # announced

[binding_group.group{0}.binding.b{0}.domain."example{0}.test"]
routes = [ "mx1.example{0}.test", "mx2.example{0}.test" ]
tls = "ifavailable"


"""
LINES_EACH = 14
LANGUAGES: Dict[str, str] = {"momentum": MOMENTUM, "nginx": NGINX, "toml": TOML}

# Texts that make a careless parser slow, to be repeated; each is tried after each beginning and before each end.
HOSTILE: Dict[str, Callable[[int], str]] = {
    piece: (lambda size, piece=piece: piece * (size // len(piece)))  # type: ignore[misc]
    for piece in (
        '"',
        "'",
        "/*",
        "a/*",
        "#",
        '"\\',
        "a",
        "a ",
        "a = ",
        "a\n",
        "{",
        "a {",
        "}",
        "a = (",
        "(a ",
        "a [",
        "[a=b ",
        "a=(,",
        " \n",
        "#x\n",
        "/***",
        "=",
        "include ",
        'a "b" ',
        "/* */ ",
        'a = "b\\"',
    )
}
BEGINNINGS = ("", "a = (", "s x", "a = [k=", "a = ")
ENDINGS = ("", "?", "\n}")


def generate(language: str, lines: int) -> str:
    """About this many lines (whole groups) of a language."""
    template = LANGUAGES[language]
    return "".join(template.format(n, n // 256 % 256, n % 256) for n in range(1, max(lines // LINES_EACH, 1) + 1))
