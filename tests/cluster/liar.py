# SPDX-License-Identifier: MIT
"""
Where an agent was, something that answers as one, with another host's report under an id that is not that report's.

    liar.py ADDRESS PORT REPORT

Says "ready" once it listens.
"""
import http.server
import json
import sys

with open(sys.argv[3], encoding="ascii") as file:
    report = json.load(file)
report["fingerprints"]["cpuid"]["id"] = "0123456789abcdef0123456789abcdef"
lie = json.dumps(report).encode()


class Liar(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(lie)))
        self.end_headers()
        self.wfile.write(lie)

    def log_message(self, *arguments):
        pass


server = http.server.ThreadingHTTPServer((sys.argv[1], int(sys.argv[2])), Liar)
print("ready", flush=True)
server.serve_forever()
