"""A small model hub on loopback: ``python tests/hub.py FOLDER`` prints its address.

It serves ``FOLDER/OWNER/REPOSITORY/FILE`` as huggingface.co does, as far as huggingface_hub asks:
a file's HEAD with its commit, checksum and size, its GET with ranges, and the list of a
repository's files. ``FOLDER/faults.json``, read before each answer, makes it misbehave; what it was
asked stands in ``FOLDER/log.jsonl``.

Faults: ``status`` of every answer and ``code``, the hub's name for it; ``cut``: bytes of a body
after which the connection ends; ``only``: so many bodies are begun, and then there is only 503;
``slow``: seconds a megabyte; ``no_ranges``; ``checksum`` and ``size``, told instead of the true
ones (an empty checksum: none is told); ``instead``: a file sent for the one asked for; ``names``:
further files that are listed; ``store``: address of another server that HEAD refers to.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
import time
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

FOLDER = Path(sys.argv[1])
COMMIT = "1" * 40
# The hub keeps files from this size on outside of git, where they are known by their sha256.
LARGE = 1_000_000
MEGABYTE = 1 << 20


@cache
def checksum(file: Path) -> str:
    content = file.read_bytes()
    if len(content) >= LARGE:
        return hashlib.sha256(content).hexdigest()
    return hashlib.sha1(f"blob {len(content)}\0".encode() + content).hexdigest()


def faults() -> dict:
    file = FOLDER / "faults.json"
    return json.loads(file.read_text()) if file.exists() else {}


class Hub(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self.answer(body=False)

    def do_GET(self) -> None:
        self.answer(body=True)

    def answer(self, body: bool) -> None:
        self.wrong = faults()
        self.note()
        if body and self.wrong.get("only") == 0:
            return self.refuse(503, "")
        if "only" in self.wrong and body:
            self.wrong["only"] -= 1
            (FOLDER / "faults.json").write_text(json.dumps(self.wrong))
        if "status" in self.wrong:
            return self.refuse(self.wrong["status"], self.wrong.get("code", ""))
        if found := re.fullmatch(r"/api/models/([^/]+/[^/]+)(?:/revision/[^/]+)?", self.path):
            return self.describe(found[1])
        if found := re.fullmatch(r"/([^/]+/[^/]+)/resolve/[^/]+/(.+)", self.path):
            file = FOLDER / found[1] / self.wrong.get("instead", found[2])
            if file.is_file():
                return self.serve(file, body)
            return self.refuse(
                404, "EntryNotFound" if (FOLDER / found[1]).is_dir() else "RepoNotFound"
            )
        return self.refuse(404, "")

    def note(self) -> None:
        asked = {
            "method": self.command,
            "path": self.path,
            "range": self.headers.get("Range"),
            "key": self.headers.get("Authorization"),
        }
        with (FOLDER / "log.jsonl").open("a") as log:
            log.write(json.dumps(asked) + "\n")

    def refuse(self, status: int, code: str) -> None:
        self.send_response(status)
        if code:
            self.send_header("X-Error-Code", code)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def describe(self, repository: str) -> None:
        folder = FOLDER / repository
        names = sorted(str(f.relative_to(folder)) for f in folder.rglob("*") if f.is_file())
        names += self.wrong.get("names", [])
        told = {"id": repository, "sha": COMMIT, "siblings": [{"rfilename": n} for n in names]}
        content = json.dumps(told).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def serve(self, file: Path, body: bool) -> None:
        size = file.stat().st_size
        given = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range") or "")
        start = int(given[1]) if given and "no_ranges" not in self.wrong else 0
        redirected = not body and "store" in self.wrong
        self.send_response(302 if redirected else 206 if start else 200)
        self.send_header("X-Repo-Commit", COMMIT)
        if tag := self.wrong.get("checksum", checksum(file)):
            self.send_header("ETag", f'"{COMMIT}"')
            self.send_header("X-Linked-Etag", f'"{tag}"')
        if redirected:
            self.send_header("Location", f"{self.wrong['store']}{self.path}")
        self.send_header("X-Linked-Size", str(self.wrong.get("size", size)))
        self.send_header("Accept-Ranges", "bytes")
        if start:
            self.send_header("Content-Range", f"bytes {start}-{size - 1}/{size}")
        self.send_header("Content-Length", "0" if redirected else str(size - start))
        self.end_headers()
        if body:
            self.send(file.read_bytes()[start:])

    def send(self, content: bytes) -> None:
        cut = self.wrong.get("cut")
        for at in range(0, len(content), MEGABYTE):
            piece = content[at : at + MEGABYTE]
            time.sleep(self.wrong.get("slow", 0))
            if cut is not None and at + len(piece) > cut:
                self.wfile.write(content[at:cut])
                self.close_connection = True
                return
            self.wfile.write(piece)

    def log_message(self, form: str, *arguments: object) -> None:
        pass


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()
