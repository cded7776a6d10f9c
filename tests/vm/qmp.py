#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""usage: qmp.py SOCKET COMMAND...

Ask QEMU's monitor: each COMMAND is a JSON object such as {"execute": "query-status"}, or text for the human monitor. What it
returns is printed, as a line of JSON or as the text. Exit code 1 where a command is refused, 69 where QEMU does not answer.
"""
import json
import socket
import sys

SECONDS = 60


def answer(stream):
    """The next message that is no event."""
    while True:
        line = stream.readline()
        if not line:
            raise EOFError("QEMU has gone")
        message = json.loads(line)
        if "event" not in message:
            return message


def ask(stream, command):
    stream.write(json.dumps(command) + "\n")
    stream.flush()
    return answer(stream)


def main(path, commands):
    with socket.socket(socket.AF_UNIX) as monitor:
        monitor.settimeout(SECONDS)
        monitor.connect(path)
        stream = monitor.makefile("rw")
        answer(stream)
        ask(stream, {"execute": "qmp_capabilities"})
        for text in commands:
            human = not text.lstrip().startswith("{")
            command = {"execute": "human-monitor-command", "arguments": {"command-line": text}} if human else json.loads(text)
            reply = ask(stream, command)
            if "error" in reply:
                print("qmp.py: " + reply["error"]["desc"], file=sys.stderr)
                return 1
            sys.stdout.write(reply["return"].replace("\r\n", "\n") if human else json.dumps(reply["return"]) + "\n")
    return 0


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    try:
        sys.exit(main(sys.argv[1], sys.argv[2:]))
    except (OSError, EOFError) as error:
        print("qmp.py: %s: %s" % (sys.argv[1], error), file=sys.stderr)
        sys.exit(69)
