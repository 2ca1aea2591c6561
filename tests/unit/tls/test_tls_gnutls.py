# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Our reading of priority strings against the real libgnutls of the machine, word by word."""

import ctypes
import ctypes.util
import random

import pytest

from plugins.module_utils.tls.errors import TlsError
from plugins.module_utils.tls.values import priority

# Words of releases that came with Momentum (3.1, 3.3), and that newer ones took out; and of releases newer than this machine's.
OF_OTHER_RELEASES = frozenset(
    "3DES-CBC DES-CBC RC2-40 ARCFOUR-40 RSA-EXPORT SIGN-RSA-MD2 LEGACY CTYPE-OPENPGP NO_STATUS_REQUEST NO_SHUFFLE_EXTENSIONS "
    "FORCE_SESSION_HASH CTYPE-CLI-OPENPGP CTYPE-SRV-OPENPGP UMAC-96 UMAC-128 VKO-GOST-12".split()
)


@pytest.fixture(scope="module")
def accepts():
    name = ctypes.util.find_library("gnutls")
    if name is None:
        return pytest.skip("libgnutls is absent")
    library = ctypes.CDLL(name)

    def ask(text):
        cache, place = ctypes.c_void_p(), ctypes.c_char_p()
        status = library.gnutls_priority_init(ctypes.byref(cache), text.encode(), ctypes.byref(place))
        if status == 0:
            library.gnutls_priority_deinit(cache)
        return status == 0

    return ask


def ours(text):
    try:
        priority.check(text, "5.3")
    except TlsError:
        return False
    return True


def test_every_word_that_we_know_is_one_of_gnutls(accepts):
    words = ["+" + name for name in priority._known()] + ["%" + name for name in priority._OPTIONS]
    unknown = {word[1:] for word in words if not accepts("NORMAL:" + word)}
    assert unknown <= OF_OTHER_RELEASES


def test_a_misspelled_word_that_gnutls_refuses_is_refused_here(accepts):
    source = random.Random(20261129)
    words = sorted(["+" + name for name in priority._known()] + ["%" + name for name in priority._OPTIONS])
    for _turn in range(600):
        word = source.choice(words)
        cut = source.randrange(1, len(word) + 1)
        wrong = word[:cut] + source.choice(["z", "-", "A", "1", ""]) + word[cut + source.randrange(2) :]
        if ours("NORMAL:" + wrong) and wrong[1:].upper() not in OF_OTHER_RELEASES:
            assert accepts("NORMAL:" + wrong), wrong


@pytest.mark.parametrize(
    "text",
    [
        "NORMALz",
        "NORMAL:+AES-128-GCMz",
        "NORMAL:+SIGN-FOO",
        "NORMAL:+GROUP-X25518",
        "NORMAL:%COMPATz",
        "NORMAL:%FOO=1",
        "NORMAL:+CTYPE-X",
        "NORMAL:+",
    ],
)
def test_a_word_that_only_looks_like_one_is_refused(text):
    assert not ours(text)


def test_the_option_that_was_meant_is_named():
    with pytest.raises(TlsError) as caught:
        priority.check("NORMAL:%SERVER_PRECEDENSE", "5.3")
    assert "did you mean %SERVER_PRECEDENCE?" in str(caught.value)
