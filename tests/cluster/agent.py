# SPDX-License-Identifier: MIT
"""The programs of tests/cluster/sixteen.py: an agent in a network namespace, what it logs and what it answers."""
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time

INTERVAL = 3
HOSTS = [f"h{number:02}" for number in range(1, 17)]
programs, folder = sys.argv[1:]
failures = []


def fail(text):
    if text not in failures:
        print("FAIL:", text, file=sys.stderr, flush=True)
        failures.append(text)


def others(*but):
    return [name for name in HOSTS if name not in but]


def address(name):
    return f"10.99.0.{int(name[1:])}"


def waited(process):
    """Seconds that the threads of a process were ready to run, and did not: of that one for which they are most."""
    longest = 0
    try:
        for thread in os.listdir(f"/proc/{process}/task"):
            with open(f"/proc/{process}/task/{thread}/schedstat", encoding="ascii") as file:
                longest = max(longest, int(file.read().split()[1]))
    except OSError:
        pass
    return longest / 1e9


class Agent:
    """One agent in its namespace; a new one when it is started again."""

    def __init__(self, name, replay):
        self.name = name
        self.replay = replay
        self.socket = f"{folder}/{name}.sock"
        self.said = []  # (time, line)
        self.rest = None  # of /metrics, what is not about peers
        self.paths = None  # {peer: states}, of one that has ended
        self.stopped = False
        config = f"{folder}/{name}.conf"
        with open(config, "w", encoding="ascii") as file:
            file.write(f"listen = {address(name)}:10789\nlisten = unix:{self.socket}\ninsecure = yes\n")
            file.write(f"replay = {folder}/replay/{replay}\npeer-interval = {INTERVAL}s\n")
            file.writelines(f"peer = {peer} http://{address(peer)}:10789\n" for peer in others(name))
        self.process = subprocess.Popen(
            ["nsenter", f"--net=/run/netns/{name}", f"{programs}/cpucompatd", "--config", config],
            stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True, errors="replace")
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        for line in self.process.stderr:
            self.said.append((time.monotonic(), line.rstrip("\n")))

    def peers(self):
        """Its /v1/peers."""
        rows = json.loads(self.get("/v1/peers"))["peers"]
        if [row["name"] for row in rows] != others(self.name):
            fail(f"{self.name} has other peers than it was given: {rows}")
        return rows

    def first_answer(self):
        """The first that it can give must have its peers, asked or not."""
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                return self.peers()
            except OSError:
                time.sleep(0.01)

    def listening(self):
        """When it began to listen on the network."""
        self.first_answer()
        end = time.monotonic() + 60
        while time.monotonic() < end and self.process.poll() is None:
            for when, line in list(self.said):
                if f"listening on http://{address(self.name)}:10789" in line:
                    return when
            time.sleep(0.02)
        raise SystemExit(f"FAIL: {self.name} does not start: {self.said}")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=60)
        self.reader.join(timeout=10)
        if code:
            fail(f"{self.name}: exit code {code}: {self.said[-20:]}")

    def get(self, path):
        """Asked anew each time, over its unix socket."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(60)
            connection.connect(self.socket)
            connection.sendall(f"GET {path} HTTP/1.0\r\n\r\n".encode())
            answer = b"".join(iter(lambda: connection.recv(65536), b""))
        head, body = answer.split(b"\r\n\r\n", 1)
        if b" 200 " not in head.split(b"\r\n")[0]:
            raise SystemExit(f"FAIL: {self.name}{path}: {head!r}")
        return body.decode("ascii")
