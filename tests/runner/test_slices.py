# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An inventory in two slices, each with a worker of its own: every node once, nothing of a secret, and a slice can fail alone."""

from concurrent.futures import ThreadPoolExecutor
from typing import Dict, List

import pytest
from conftest import Site
from simulated import GROUP, Node
from streams import Outcome, holds, send, texts

SLICES = (f"{GROUP}[0:1]", f"{GROUP}[2:3]")
UNCLOSED = 'Outbound_SMTP_AUTH_Pass = "{secret}\n'


def run(site: Site, name: str) -> List[Outcome]:
    """Both slices at once, each on its worker."""
    with ThreadPoolExecutor(2) as pool:
        jobs = [
            pool.submit(send, site.job, worker, site.results, f"{name}-{number}", limit)
            for number, (worker, limit) in enumerate(zip(site.workers, SLICES), 1)
        ]
        return [job.result() for job in jobs]


def broken(node: Node, secret: str) -> str:
    """Damage a node's configuration in the line of a password; returns what it was."""
    before = node.configuration.read_text()
    node.configuration.write_text(before + UNCLOSED.format(secret=secret))
    return before


@pytest.fixture(scope="module")
def first(site):
    """The first run, in which the last node of the second slice cannot be read; then that slice alone, with the node repaired."""
    before = broken(site.nodes[-1], site.secret)
    outcomes = run(site, "first")
    site.nodes[-1].configuration.write_text(before)
    return outcomes, send(site.job, site.workers[1], site.results, "fixed", SLICES[1])


@pytest.fixture(scope="module")
def second(site, first):
    """Another run over all, when all is as it should be."""
    return run(site, "second")


def merged(outcomes: List[Outcome]) -> Dict[str, Dict[str, int]]:
    """The statistics of all slices as those of one run; that no host is in two of them is made sure of."""
    hosts = [name for outcome in outcomes for name in outcome.hosts]
    assert len(hosts) == len(set(hosts))
    return {name: counts for outcome in outcomes for name, counts in outcome.hosts.items()}


def total(outcomes: List[Outcome]) -> Dict[str, int]:
    """The statistics of all hosts, added up."""
    every = merged(outcomes).values()
    return {kind: sum(counts[kind] for counts in every) for kind in ("ok", "changed", "failed", "unreachable")}


def test_a_slice_that_fails_leaves_the_other_alone(site, first):
    good, bad = first[0]
    assert (good.status, bad.status) == ("successful", "failed")
    assert all(counts["changed"] > 0 and counts["failed"] == 0 for counts in good.hosts.values())
    assert {name: counts["failed"] for name, counts in bad.hosts.items()} == {
        site.nodes[2].name: 0,
        site.nodes[3].name: 1,
    }


def test_a_slice_that_failed_can_be_run_again_alone(site, first):
    again = first[1]
    assert again.status == "successful"
    assert {name: counts["changed"] > 0 for name, counts in again.hosts.items()} == {
        site.nodes[2].name: False,
        site.nodes[3].name: True,
    }


def test_every_node_is_in_exactly_one_slice(site, first, second):
    for outcomes in (first[0], second):
        assert sorted(merged(outcomes)) == [node.name for node in site.nodes]


def test_every_node_is_as_declared_afterwards(site, second):
    for node in site.nodes:
        words = node.configuration.read_text()
        assert "Security {" in words and "Max_Retries = 20" in words
        assert f'Outbound_SMTP_AUTH_Pass = "{site.secret}"' in words and f'"{site.secret}-too"' in words


def test_a_second_run_changes_nothing(second):
    assert [outcome.status for outcome in second] == ["successful", "successful"]
    sums = total(second)
    assert sums["ok"] > 0 and (sums["changed"], sums["failed"], sums["unreachable"]) == (0, 0, 0)


def test_each_slice_begins_with_a_canary_of_its_own(second):
    assert [outcome.batches for outcome in second] == [2, 2]


def test_the_secret_is_in_no_stream_no_artifact_and_no_directory_of_a_worker(site, first, second):
    assert len(list((site.results / "artifacts").iterdir())) == 5
    for outcome in [*first[0], first[1], *second]:
        found = [text for stream in (outcome.sent, outcome.received) for text in texts(stream)]
        assert len(found) > 10
        assert not any(site.secret.encode() in text for text in found)
    # The nodes themselves hold it, and show that the search finds it.
    assert len(holds(site.directory / "nodes", site.secret)) >= len(site.nodes)
    for directory in (site.job, site.results, *(worker.directory for worker in site.workers)):
        assert holds(directory, site.secret) == []


def test_a_worker_keeps_nothing_of_a_job(site, second):
    for worker in site.workers:
        assert not (worker.directory / "job").exists()
