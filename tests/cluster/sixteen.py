# SPDX-License-Identifier: MIT
"""
Sixteen agents that ask each other, and what happens to five of them.

    sixteen.py FOLDER-OF-PROGRAMS FOLDER

Namespaces h01 to h16 have 10.99.0.1 to .16, FOLDER/replay has their processors and, as h17, another one.

For every agent and every peer there is a path of states that may be seen one after the other, such as up, down, up. All
agents are asked all the time, through unix sockets, which a network that is cut does not concern: what is off its path,
or goes back on it, is a false report. At the end every log must hold what the paths say, in their order, and nothing else.

How long a thing took is told in intervals of the agents. What they waited for a CPU meanwhile, as the kernel counts it, is
the machine's fault and not theirs.
"""
import os
import signal
import subprocess
import sys
import time

from agent import HOSTS, INTERVAL, address, failures, folder, others
from cluster import Cluster, State

CUT, SLOW, LIAR, REPLACED = "h03", "h07", "h12", "h10"


def link(state):
    subprocess.run(["ip", "link", "set", CUT, state], check=True)
    return time.monotonic()


def lie(cluster):
    """Another host's report under a wrong id, at the address of one whose agent has ended."""
    with open(f"{folder}/truth", "w", encoding="ascii") as file:
        file.write(cluster.agents[HOSTS[0]].get("/v1/report"))
    cluster.stop(LIAR)
    server = subprocess.Popen(
        ["nsenter", f"--net=/run/netns/{LIAR}", sys.executable, os.path.join(os.path.dirname(__file__), "liar.py"),
         address(LIAR), "10789", f"{folder}/truth"], stdout=subprocess.PIPE, text=True)
    if server.stdout.readline() != "ready\n":
        raise SystemExit("FAIL: nobody lies")
    return server


def all_up(cluster):
    for name in HOSTS:
        cluster.start(name)
    for name in HOSTS:
        cluster.agents[name].listening()
    pairs = [(agent, peer) for agent in HOSTS for peer in others(agent)]
    for pair in pairs:
        cluster.expect(*pair, State(), State(pair[1]))
    cluster.settle("all of them start", None, pairs)


def cut_off(cluster):
    pairs = [(agent, CUT) for agent in others(CUT)] + [(CUT, peer) for peer in others(CUT)]
    for pair in pairs:
        cluster.expect(*pair, State())
    cluster.settle(f"{CUT} is cut off", link("down"), pairs)


def joined_and_slow(cluster):
    """The one comes back while another, whose connections are still taken, answers nothing."""
    slow = cluster.agents[SLOW]
    slow.stopped = True
    slow.process.send_signal(signal.SIGSTOP)
    began = link("up")
    pairs = [(agent, CUT) for agent in others(CUT, SLOW)] + [(CUT, peer) for peer in others(CUT, SLOW)]
    for pair in pairs:
        cluster.expect(*pair, State(pair[1]))
    for agent in others(CUT, SLOW):
        cluster.expect(agent, SLOW, State(reason="in time"))
        pairs.append((agent, SLOW))
    cluster.settle(f"{CUT} is joined again while {SLOW} is too slow", began, pairs)


def awake_and_lying(cluster):
    stopped = time.monotonic()
    server = lie(cluster)
    slow = cluster.agents[SLOW]
    began = time.monotonic()
    slow.process.send_signal(signal.SIGCONT)
    slow.stopped = False
    pairs = [(agent, SLOW) for agent in others(SLOW, LIAR)] + [(SLOW, CUT)]
    for pair in pairs:
        cluster.expect(*pair, State(pair[1]))
    for agent in others(LIAR):
        cluster.expect(agent, LIAR, State(optional=True), State(reason="fingerprints.cpuid.id is not the id"))
        pairs.append((agent, LIAR))
    cluster.settle(f"{SLOW} is itself again while {LIAR} lies", began, pairs, stopped)
    return server


def honest(cluster, server):
    stopped = time.monotonic()
    server.kill()
    server.wait()
    cluster.start(LIAR)
    began = cluster.agents[LIAR].listening()
    pairs = [(agent, LIAR) for agent in others(LIAR)] + [(LIAR, peer) for peer in others(LIAR)]
    for agent, peer in pairs:
        cluster.expect(agent, peer, State(optional=agent != LIAR), State(peer))
    cluster.settle(f"{LIAR} tells the truth", began, pairs, stopped)


def replaced(cluster):
    stopped = time.monotonic()
    cluster.stop(REPLACED)
    cluster.start(REPLACED, "h17")
    began = cluster.agents[REPLACED].listening()
    pairs = [(agent, REPLACED) for agent in others(REPLACED)]
    for pair in pairs:
        cluster.expect(*pair, State(optional=True), State("h17"))
    for peer in others(REPLACED):
        cluster.expect(REPLACED, peer, State(), State(peer))
        pairs.append((REPLACED, peer))
    cluster.settle(f"{REPLACED} is another processor", began, pairs, stopped)


def main():
    cluster = Cluster()
    all_up(cluster)
    cut_off(cluster)
    joined_and_slow(cluster)
    server = awake_and_lying(cluster)
    honest(cluster, server)
    replaced(cluster)
    cluster.watch(2 * INTERVAL)
    cluster.finish()
    relations = {}
    for agent in HOSTS:
        for peer in others(agent):
            relation = cluster.relation(agent, peer)
            relations[relation] = relations.get(relation, 0) + 1
    print(f"relations at first: {relations}; errors that were told: {sorted(cluster.reasons)}")
    print(f"{cluster.sweeps} looks at each agent")


main()
sys.exit(1 if failures else 0)
