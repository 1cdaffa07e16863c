"""A mail server on a loopback socket that keeps what it is given; as much of SMTP (RFC 5321) as is asked of it."""

import base64
import random
import socket
import socketserver
import sys
import threading
import time
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any


class _Session(socketserver.StreamRequestHandler):
    server: "MailServer"
    recipient = ""

    def say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")

    def handle(self) -> None:
        self.say("220 test")
        while line := self.rfile.readline().decode().strip():
            time.sleep(random.uniform(0, self.server.slowest))
            verb, _, rest = line.partition(" ")
            if verb.upper() == "QUIT":
                self.say("451 no" if self.server.rude else "221 bye")
                return
            getattr(self, f"on_{verb.lower()}")(rest)

    def on_ehlo(self, _rest: str) -> None:
        self.say("250-test")
        self.say("250 AUTH PLAIN" if self.server.password else "250 8BITMIME")

    def on_auth(self, rest: str) -> None:
        given = base64.b64decode(rest.split()[1]).split(b"\0")[2].decode()
        self.say("235 ok" if given == self.server.password else "535 no")

    def on_mail(self, _rest: str) -> None:
        self.say("250 ok" if self.server.open else "451 later")

    def on_rcpt(self, rest: str) -> None:
        self.recipient = rest
        if any(name in rest for name in self.server.greylisted):
            self.say("450 4.2.0 greylisted, come again")
        else:
            self.say("550 unknown" if any(name in rest for name in self.server.unknown) else "250 ok")

    def on_rset(self, _rest: str) -> None:
        self.say("250 ok")

    def on_data(self, _rest: str) -> None:
        self.say("354 go on")
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        if any(name in self.recipient for name in self.server.busy):
            self.say("452 4.3.1 no room")
            return
        self.server.got.append(message_from_bytes(b"".join(lines), policy=policy.default))
        if any(name in self.recipient for name in self.server.silent):
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        time.sleep(random.uniform(0, self.server.slowest))
        self.say("250 kept")


class MailServer(socketserver.ThreadingTCPServer):
    """`got` are the messages; `open` False: come again later. Recipients, by a part of their address:

    `unknown` it refuses for good, `greylisted` for now, `busy` after the text; to `silent` it keeps the text and dies.
    `rude`: it hangs up instead of saying goodbye. `slowest`: seconds that it takes over a command, at most.
    """

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, password: str = "") -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.password = password
        self.got: list[EmailMessage] = []
        self.unknown: set[str] = set()
        self.greylisted: set[str] = set()
        self.busy: set[str] = set()
        self.silent: set[str] = set()
        self.rude = False
        self.slowest = 0.0
        self.open = True

    @property
    def url(self) -> str:
        port: int = self.server_address[1]
        who = f"office%40example.invalid:{self.password}@" if self.password else ""
        return f"smtp://{who}127.0.0.1:{port}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of who hung up in the middle: that is what they are here for."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    def __enter__(self) -> "MailServer":
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *args: Any) -> None:
        self.shutdown()
        self.server_close()
