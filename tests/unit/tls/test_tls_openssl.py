# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Our reading of cipher lists against the real `openssl ciphers` of the machine, token by token."""

import random
import subprocess
import warnings
from concurrent.futures import ThreadPoolExecutor

import pytest

from plugins.module_utils.tls.errors import TlsError
from plugins.module_utils.tls.values import ciphers, openssl_library

CASES = 2000
NONSENSE = [
    "FOO",
    "AES128-SHAA",
    "ECDHE-RSA",
    "aes128-sha",
    "BOGUS+AES",
    "RSA+",
    "DEFAULT2",
    "AES-128",
    "HIGHER",
    "TLSv1.1",
]
CLASSES = sorted(ciphers.KEYWORDS - ciphers._LEADING - ciphers._EMPTIED)


@pytest.fixture(scope="module")
def node():
    try:
        return openssl_library.find()
    except TlsError as error:
        warnings.warn("the comparison with openssl is skipped: %s" % error, stacklevel=2)
        return pytest.skip("openssl is absent: %s" % error)


def real(text):
    """The suites of TLS 1.2 and older that the program itself lists, in order."""
    ran = subprocess.run(
        ["openssl", "ciphers", "-v", text], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False
    )
    rows = [line.split() for line in ran.stdout.decode().splitlines()]
    return [row[0] for row in rows if row[1] != "TLSv1.3"] if ran.returncode == 0 else []


def generated(names):
    source = random.Random(20261121)
    every = [names, CLASSES, NONSENSE]
    while True:
        word = source.choice(source.choice(every))
        if source.random() < 0.35:
            word += "+" + source.choice(CLASSES)
        elif source.random() < 0.15:
            cut = source.randrange(len(word))
            word = word[:cut] + source.choice("AEX1-") + word[cut + 1 :]
        if not word.startswith(("-", "+")):
            yield word


def test_we_name_just_the_tokens_that_openssl_drops(node, capsys):
    words = set()
    for word in generated(sorted(node.names())):
        words.add(word)
        if len(words) == CASES:
            break
    words = sorted(words)
    with ThreadPoolExecutor(2) as pool:
        # Where nothing that OpenSSL takes from the beginning of a list can begin.
        theirs = [bool(found) for found in pool.map(lambda word: real("ALL:-ALL:" + word), words)]
        # Asked anew, so that the cache and the list of all names are what is tested.
        ours = list(pool.map(lambda word: not ciphers.unknown(word, node), words))
    differing = [(word, mine, their) for word, mine, their in zip(words, ours, theirs) if mine != their]
    with capsys.disabled():
        known = sum(theirs)
        print(
            "\nopenssl comparison: %d different tokens compared, %d known, %d unknown, %d differences"
            % (len(words), known, len(words) - known, len(differing))
        )
    assert differing == []
    assert min(sum(theirs), len(words) - sum(theirs)) > CASES // 10


def test_a_list_without_the_tokens_we_name_selects_the_same_suites(node):
    source = random.Random(7)
    # OpenSSL does not drop a half token such as `RSA+`, it refuses the whole list.
    words = (word for word in generated(sorted(node.names())) if "" not in word.split("+"))
    for _turn in range(40):
        signs = [""] + [source.choice(["", "", "!", "-", "+"]) for _part in range(5)]
        text = source.choice(":,; ").join(sign + next(words) for sign in signs)
        bad = set(ciphers.unknown(text, node))
        kept = [str(token) for token in ciphers.tokens(text) if str(token) not in bad]
        assert real(text) == (real(":".join(kept)) if kept else []), text


def test_default_counts_at_the_beginning_only(node):
    assert ciphers.unknown("DEFAULT:!LOW:!EXP", node) == []
    assert ciphers.unknown("HIGH:DEFAULT", node) == ["DEFAULT"]
    assert real("AES128-SHA:DEFAULT") == real("AES128-SHA")


@pytest.mark.parametrize(
    "word", ["DEFAULTz", "DEFAULT2", "DEFAULT+RC4", "DEFAULT-SHA", "SUITEB128z", "SUITEB192:HIGH", "DEFAULTz:HIGH"]
)
def test_what_follows_a_word_that_openssl_takes_from_the_beginning_is_not_lost_in_silence(node, word):
    assert real(word), "OpenSSL accepts it"
    with pytest.raises(TlsError) as caught:
        ciphers.check(word, node)
    leading = ciphers.tokens(word)[0].word
    assert "at column" in str(caught.value)
    assert "has to be a word of its own" in str(caught.value) or leading in ciphers._LEADING


def test_the_words_of_the_beginning_are_accepted_there(node):
    for word in (
        "DEFAULT",
        "SUITEB128",
        "SUITEB128ONLY",
        "SUITEB128C2",
        "SUITEB192",
        "DEFAULT:!LOW",
        "DEFAULT:@STRENGTH",
    ):
        ciphers.check(word, node)


def test_a_word_that_this_build_does_not_have_is_unknown_at_the_beginning_too(node):
    assert (ciphers.unknown("PROFILE=SYSTEM:HIGH", node) == []) is bool(real("PROFILE=SYSTEM"))


def test_every_bad_token_is_named_with_its_column(node):
    with pytest.raises(TlsError) as caught:
        ciphers.check("ECDHE-RSA-AES128-GCM-SHA265:HIGH:!FOO:TLS_AES_128_GCM_SHA256", node)
    said = str(caught.value)
    assert "at column 1 (did you mean ECDHE-RSA-AES128-GCM-SHA256?)" in said
    assert "!FOO at column 34" in said and "TLS_AES_128_GCM_SHA256 at column 39 (a TLS 1.3 suite)" in said


def test_no_question_is_asked_twice():
    asked = []

    def run(command, timeout):
        asked.append(tuple(command))
        return openssl_library.Ran(0, "AES128-SHA")

    once = openssl_library.Library((3, 0, 0), "OpenSSL 3.0.0", run)
    for _turn in range(3):
        ciphers.unknown("HIGH:HIGH:AES128-SHA", once)
        once.knows_group("P-256")
    assert len(asked) == len(set(asked)) == 3


def test_groups_are_asked_without_a_network(node):
    assert node.knows_group("prime256v1") is True
    assert node.knows_group("x-no-such-group") is False
    silent = openssl_library.Library(
        (1, 0, 1), "OpenSSL 1.0.1", lambda command, timeout: openssl_library.Ran(1, "unknown option -curves")
    )
    assert silent.knows_group("prime256v1") is None
