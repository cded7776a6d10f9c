# SPDX-License-Identifier: MIT
"""What sixteen agents may say of each other, held against what they say: see tests/cluster/sixteen.py."""
import json
import os
import re
import subprocess
import sys
import time

from agent import HOSTS, INTERVAL, Agent, fail, failures, folder, programs, waited

VERDICTS = {"=": "same", ">": "migratable", "c": "compatibility-mode", "x": "impossible", "?": "unknown"}
RELATIONS = ("same", "both-ways", "one-way", "compatibility-mode", "impossible", "unknown")
PAUSE = 0.3  # between two looks at all agents
# What an agent's log has besides peers.
USUAL = ("<5>cpucompatd: running as root, ", "<4>cpucompatd: http://.*: insecure was asked for$",
         "<6>cpucompatd: listening on ")


class State:
    """What an agent may say of a peer: up with the processor of a replay, or down for a reason."""

    def __init__(self, replay=None, reason="", optional=False):
        self.replay = replay
        self.reason = reason
        self.optional = optional  # it may be over before it is noticed

    def __repr__(self):
        return f"up as {self.replay}" if self.replay else f"down ({self.reason})"


class Cluster:
    def __init__(self):
        self.read_matrix()
        self.agents = {}
        self.past = []  # agents that were stopped
        self.paths = {}  # (agent, peer): states
        self.at = {}  # (agent, peer): where on its path it was seen last
        self.seen = {}  # (agent, peer): when it came there
        self.reasons = set()
        self.sweeps = 0
        self.slowest = 0  # of them, in seconds

    def read_matrix(self):
        """What `cpucompat fleet` says of each pair of processors: verdicts, whose relation is looked up."""
        replays = HOSTS + ["h17"]
        answer = subprocess.run([f"{programs}/cpucompat", "fleet", *(f"{folder}/replay/{name}" for name in replays),
                                 "--format", "json"], stdout=subprocess.PIPE, text=True, check=True).stdout
        fleet = json.loads(answer)
        self.ids = {}
        self.verdicts = {}
        of = {os.path.basename(host): number for number, row in enumerate(fleet["classes"]) for host in row["hosts"]}
        if sorted(of) != sorted(replays):
            raise SystemExit(f"FAIL: the fleet has {sorted(of)}")
        for one in replays:
            self.ids[one] = fleet["classes"][of[one]]["id"]
            for other in replays:
                self.verdicts[one, other] = VERDICTS[fleet["matrix"][of[one]][of[other]]]

    def relation(self, one, other):
        both = [self.verdicts[one, other], self.verdicts[other, one]]
        moving = sum(verdict in ("same", "migratable") for verdict in both)
        if "unknown" in both:
            return "unknown"
        if both == ["same", "same"]:
            return "same"
        if moving:
            return "both-ways" if moving == 2 else "one-way"
        return "compatibility-mode" if "compatibility-mode" in both else "impossible"

    def start(self, name, replay=None):
        self.agents[name] = Agent(name, replay or name)

    def stop(self, name):
        agent = self.agents.pop(name)
        agent.stop()
        agent.paths = {peer: path for (of, peer), path in self.paths.items() if of == name}
        self.past.append(agent)
        for pair in [pair for pair in self.paths if pair[0] == name]:
            del self.paths[pair]
            del self.at[pair]

    def expect(self, agent, peer, *states):
        """From where it is now, through these."""
        self.paths.setdefault((agent, peer), []).extend(states)
        self.at.setdefault((agent, peer), 0)

    def see(self, agent, peer, fits, what, which):
        """
        What was seen must be where the path has come to, or one further on; what may not be noticed is no step. Of several
        that it can be, it is `which`: metrics do not say why a peer is down, and prove the first alone.
        """
        path = self.paths[agent, peer]
        at = self.at[agent, peer]
        end = at + 1
        while end < len(path) and path[end].optional:
            end += 1
        found = [step for step in range(at, min(end + 1, len(path))) if fits(path[step])]
        if found:
            if found[which] > at:
                self.seen[agent, peer] = time.monotonic()
            self.at[agent, peer] = found[which]
        else:
            fail(f"{agent} says of {peer}: {what}; it was {path[at]}, and may become {path[at + 1:]}")

    def look_at_peers(self, agent):
        for row in agent.peers():
            if row["error"]:
                self.reasons.add(row["error"])
            self.see(agent.name, row["name"], lambda state: self.row_fits(agent, row, state), row, -1)

    def row_fits(self, agent, row, state):
        if not state.replay:
            return not row["up"] and row["relation"] is None and state.reason in (row["error"] or "")
        return (row["up"] and row["error"] is None and row["last"]["id"] == self.ids[state.replay] and
                row["relation"] == self.relation(agent.replay, state.replay) and
                row["to_peer"] == self.verdicts[agent.replay, state.replay] and
                row["from_peer"] == self.verdicts[state.replay, agent.replay])

    def look_at_metrics(self, agent):
        samples = [line for line in agent.get("/metrics").splitlines() if not line.startswith("#")]
        of_peers = {}
        rest = []
        for sample in samples:
            peer = re.match(r'cpucompat_peer_(up|relation|verdict)\{peer="([^"]*)",?(.*)\} ([01])$', sample)
            if peer:
                of_peers.setdefault(peer[2], set()).add((peer[1], peer[3], peer[4]))
            # What takes a while and what happened when may differ, and nothing else.
            elif not re.match(r"\w+_seconds[{ ]", sample):
                rest.append(sample)
        for peer, got in of_peers.items():
            self.see(agent.name, peer, lambda state: got == self.samples_of(agent, state), sorted(got), 0)
        if agent.rest is None:
            agent.rest = rest
        if agent.rest != rest:
            fail(f"{agent.name}: of its own metrics these differ: {sorted(set(agent.rest) ^ set(rest))}")

    def samples_of(self, agent, state):
        if not state.replay:
            return {("up", "", "0")}
        relation = self.relation(agent.replay, state.replay)
        verdicts = [("to_peer", self.verdicts[agent.replay, state.replay]),
                    ("from_peer", self.verdicts[state.replay, agent.replay])]
        return ({("up", "", "1")} |
                {("relation", f'policy="kvm",relation="{one}"', str(int(one == relation))) for one in RELATIONS} |
                {("verdict", f'policy="kvm",direction="{way}",verdict="{verdict}"', "1") for way, verdict in verdicts})

    def sweep(self):
        """Look at everything that every agent says."""
        began = time.monotonic()
        self.sweeps += 1
        for agent in self.agents.values():
            if not agent.stopped:
                self.look_at_peers(agent)
                self.look_at_metrics(agent)
        self.slowest = max(self.slowest, time.monotonic() - began)

    def watch(self, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.sweep()
            time.sleep(PAUSE)

    def settle(self, text, began, pairs, since=None):
        """Until all of these agents have seen what became of these peers; logs may tell of it from `since` on."""
        end = time.monotonic() + 60
        waits = {pid: waited(pid) for pid in (os.getpid(), *(agent.process.pid for agent in self.agents.values()))}
        while True:
            self.sweep()
            late = [pair for pair in pairs if self.at[pair] + 1 < len(self.paths[pair])]
            if not late:
                break
            if failures or time.monotonic() > end:
                self.give_up(f"{text}: not noticed by {late}")
            time.sleep(PAUSE)
        if began:
            self.judge_times(text, began, pairs, since or began, waits)

    def give_up(self, text):
        """What all logs have, for whoever wants to know why."""
        for agent in self.past + list(self.agents.values()):
            print(f"{agent.name}:", *(f"  {when:.3f} {line}" for when, line in agent.said), sep="\n", file=sys.stderr)
        fail(text)
        sys.exit(1)

    def noticed(self, pair, began):
        """When an agent's log last told of the peer, if it was after that."""
        agent, peer = self.agents[pair[0]], pair[1]
        return max((when for when, line in list(agent.said) if when > began and f"peer {peer}" in line), default=None)

    def judge_times(self, text, began, pairs, since, waits):
        """Noticed, as the log says, within two intervals; told over HTTP a second later, and when that was looked at."""
        noticing = telling = longest = 0
        for agent, peer in pairs:
            when = self.noticed((agent, peer), since)
            if when is None:
                fail(f"{text}: the log of {agent} does not tell of {peer}")
                continue
            wait = sum(waited(process) - waits.get(process, 0) for process in
                       (os.getpid(), *(self.agents[name].process.pid for name in (agent, peer) if name in self.agents)))
            told = self.seen[agent, peer] - began
            when -= began
            noticing, telling, longest = max(noticing, when), max(telling, told), max(longest, wait)
            if when > 2 * INTERVAL + 3 * wait + 0.5 or told > 2 * INTERVAL + 3 * wait + 1.5 + PAUSE + 2 * self.slowest:
                fail(f"{text}: {agent} took {when / INTERVAL:.2f} intervals to notice {peer}, told of it after "
                     f"{told / INTERVAL:.2f}, and waited for a CPU {wait:.2f} s at most")
        print(f"{text}: noticed {len(pairs)} times within {noticing / INTERVAL:.2f} intervals, told within "
              f"{telling / INTERVAL:.2f} ({longest:.2f} s of waiting for a CPU)", flush=True)

    def expected_log(self, agent, peer, path):
        """What an agent's log has of a peer on that path, as a regular expression."""
        down = f"<4>cpucompatd: peer {peer} is down: [^\n]*\n"
        # Until all have started, some do not listen yet.
        wanted = f"(?:<4>cpucompatd: peer {peer} does not answer: [^\n]*\n)?"
        was, known = path[0], None
        for state in path[1:]:
            if state.optional:
                continue
            if state.replay:
                relation = self.relation(agent.replay, state.replay)
                up = f"<5>cpucompatd: peer {peer} is up, relation {relation}\n"
                if was.replay:
                    old = self.relation(agent.replay, was.replay)
                    changed = f"<5>cpucompatd: peer {peer}: relation {relation}, was {old}\n"
                    wanted += f"(?:{down}{up}|{changed if relation != old else ''})"
                else:
                    wanted += up
                if known and known != state.replay:
                    wanted += (f"<5>cpucompatd: peer {peer}: the fingerprint of its cpuid view changed from "
                               f"{self.ids[known]} to {self.ids[state.replay]}\n")
                known = state.replay
            elif was.replay:
                wanted += down
            was = state
        return wanted

    def judge_log(self, agent, paths):
        """It has what is expected of each peer, and nothing else."""
        of_peers = {peer: "" for peer in paths}
        for _, line in list(agent.said):
            peer = re.match(r"<\d>cpucompatd: peer (h\d\d)\b", line)
            if peer and peer[1] in of_peers:
                of_peers[peer[1]] += line + "\n"
            elif not any(re.match(usual, line) for usual in USUAL):
                fail(f"{agent.name} logs: {line}")
        for peer, lines in of_peers.items():
            wanted = self.expected_log(agent, peer, paths[peer])
            if not re.fullmatch(wanted, lines):
                fail(f"{agent.name} logs of {peer}:\n{lines}instead of\n{wanted}")

    def finish(self):
        for name, agent in self.agents.items():
            self.judge_log(agent, {peer: path for (of, peer), path in self.paths.items() if of == name})
        for agent in self.past:
            self.judge_log(agent, agent.paths)
        for name in list(self.agents):
            self.stop(name)
