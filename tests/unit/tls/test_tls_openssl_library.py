# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is known of a node's OpenSSL without asking it anything about a list."""

from plugins.module_utils.tls.values import openssl_library


def test_the_policy_of_the_system_is_named_where_there_is_one(tmp_path):
    state = tmp_path / "current"
    assert openssl_library.crypto_policy(str(state)) == ""
    state.write_text("FUTURE:NO-SHA1\n")
    assert openssl_library.crypto_policy(str(state)) == "FUTURE:NO-SHA1"
