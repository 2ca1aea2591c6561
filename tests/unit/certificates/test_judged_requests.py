# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whoever signs gets the requests that were compared with the task, and no other text of a node."""

import sys

import pytest

if sys.version_info < (3, 10):
    pytest.skip("the comparison is made on the controller, which has Python 3.10 or newer", allow_module_level=True)

from cryptography import x509

from plugins.module_utils.pki.errors import CertificateError
from plugins.module_utils.pki.x509 import keys, requests
from plugins.plugin_utils import signing

OWN_NAME = "DNS:node1.example.com"


def craft(*names, common_name="node1.example.com"):
    return requests.to_pem(requests.build(keys.generate(), requests.DesiredCertificate(common_name, names))).decode()


def craft_with(*attributes):
    """A good request with attributes (dotted number, value) beside it."""
    desired = requests.DesiredCertificate("node1.example.com", (OWN_NAME,))
    key = keys.generate()
    builder = x509.CertificateSigningRequestBuilder().subject_name(requests.subject(desired))
    for extension, critical in requests.extensions(desired, key):
        builder = builder.add_extension(extension, critical)
    for number, value in attributes:
        builder = builder.add_attribute(x509.ObjectIdentifier(number), value)
    return requests.to_pem(builder.sign(key, keys.signature_hash(key))).decode()


GOOD, OTHER = craft(OWN_NAME), craft("DNS:bank.example.com")


def unit(name, source="external", names=(OWN_NAME[4:],)):
    requested = {"name": name, "source": source, "names": list(names), "common_name": None, "usages": ["server"]}
    return dict(requested, key_type=None, days=90)


UNITS = [unit("afar"), unit("near", "authority"), unit("own", "self_signed")]
ASKED = dict(signing.asked_elsewhere(UNITS), near=signing.asked_of(UNITS[1], 90))


def returned(name="afar", request=GOOD):
    return {"name": name, "state": "requested", "request": request}


def judged(*entries, units=None, asked=None):
    result = {"changed": True, "units": list(entries)}
    return signing.judged(result, UNITS if units is None else units, ASKED if asked is None else asked)


def test_honest_results_pass_as_they_are():
    result = {"changed": True, "units": [returned(), returned("near"), returned("own", "")], "transaction": "t"}
    assert signing.judged(result, UNITS, ASKED) == result
    assert signing.judged({"failed": True, "msg": "no"}, UNITS, ASKED) == {"failed": True, "msg": "no"}


def test_what_surrounds_a_request_is_not_handed_on():
    around = "planted: words\n" + GOOD.replace("\n", "\r\n") + "planted: more\n"
    assert judged(returned(request=around))["units"] == [returned()]


REFUSED = {
    "another name first": (
        [returned(request=OTHER), returned()],
        "certificate afar: nothing was signed: it asks for the name DNS:bank",
    ),
    "another name second": (
        [returned(), returned(request=OTHER)],
        "certificate afar: the node returned it more than once",
    ),
    "the same twice": ([returned(), returned()], "certificate afar: the node returned it more than once"),
    "a stranger": ([returned("../../bank")], "a certificate '../../bank', which the task does not have"),
    "a stranger without a request": ([returned("bank", "")], "a certificate 'bank', which the task does not have"),
    "no name": ([{}], "which the task does not have"),
    "a name that is a list": ([{"name": ["afar"]}], "which the task does not have"),
    "no mapping": (["afar"], "which the task does not have"),
    "of its own key": ([returned("own")], "certificate own: the node returned a request, but nobody signs"),
    "of the other signer": (
        [returned("near", OTHER)],
        "certificate near: nothing was signed: it asks for the name DNS:bank",
    ),
    "another in front": ([returned(request=OTHER + GOOD)], "holds more than one PEM block"),
    "another after it": ([returned(request=GOOD + OTHER)], "holds more than one PEM block"),
    "an unfinished one in front": (
        [returned(request=OTHER.partition("-----END")[0] + GOOD)],
        "more than one PEM block",
    ),
    "an end in front": ([returned(request="-----BEGIN CERTIFICATE REQUEST-----" + GOOD)], "more than one PEM block"),
    "a certificate": ([returned(request=GOOD.replace(" REQUEST", ""))], "no signing request"),
    "no PEM": ([returned(request="planted words")], "no signing request"),
    "no text": ([returned(request={"a": 1})], "no signing request"),
    "Microsoft's extensions": (
        [returned(request=craft_with(("1.3.6.1.4.1.311.2.1.14", b"planted")))],
        "attribute",
    ),
    "a challenge": (
        [returned(request=craft_with(("1.2.840.113549.1.9.7", b"planted")))],
        "it has the attribute 1.2.840",
    ),
}


@pytest.mark.parametrize("entries, words", REFUSED.values(), ids=list(REFUSED))
def test_what_was_not_compared_is_not_handed_on(entries, words):
    with pytest.raises(CertificateError) as refused:
        judged(*entries)
    assert words in str(refused.value)


def test_extensions_are_asked_for_once():
    """Two sets of them: programs differ in which one they read."""
    with pytest.raises(CertificateError) as refused:
        judged(returned(request=craft_with(("1.2.840.113549.1.9.14", b"planted"))))
    assert "extensions more than once" in str(refused.value) or "cannot be understood" in str(refused.value)


def test_no_list_is_no_result():
    with pytest.raises(CertificateError):
        signing.judged({"units": "planted"}, UNITS, ASKED)


def test_all_refusals_are_in_one_error():
    with pytest.raises(CertificateError) as refused:
        judged(returned(request=OTHER), returned("near", OTHER), returned("bank"))
    assert [word in str(refused.value) for word in ("afar", "near", "'bank'")] == [True] * 3


@pytest.mark.parametrize(
    "request_text, words",
    [
        (GOOD, None),
        (OTHER, "the common name 'node1.example.com'"),
        (craft(OWN_NAME, "email:mail@example.com"), "email:mail@example.com"),
        (craft(OWN_NAME, "URI:https://example.com/"), "URI:https://example.com/"),
    ],
    ids=["host names", "a common name beside them", "an address", "a URI"],
)
def test_where_the_task_lists_no_names_the_node_chooses_host_names_only(request_text, words):
    units = [unit("afar", names=())]
    asked = signing.asked_elsewhere(units)
    if words is None:
        assert judged(returned(request=request_text), units=units, asked=asked)["units"] == [returned()]
        return
    with pytest.raises(CertificateError) as refused:
        judged(returned(request=request_text), units=units, asked=asked)
    assert words in str(refused.value)


@pytest.mark.parametrize("diff", [3, "planted", ["planted"], [{}], [{"before_header": 1}]])
def test_a_difference_that_names_no_file_is_refused(diff):
    with pytest.raises(CertificateError, match="a difference that names no file"):
        signing.judged({"units": [], "diff": diff}, UNITS, ASKED)
