"""The emulated service on a socket, and what goes wrong on the way to it and back."""

from __future__ import annotations

import socket
import struct
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

from pydantic import ValidationError

from ttv.testing.gcs._cloud import Cloud
from ttv.testing.gcs._http import Answer, Call, answered, refusal

_BLOCK: Final = 65_536


class Server(ThreadingHTTPServer):
    """Serves one cloud; one call changes it at a time."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, cloud: Cloud) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.cloud = cloud
        self.lock = threading.Lock()
        self.base = f"http://127.0.0.1:{self.server_port}"


class _Broken(Exception):
    """The connection is gone."""


class _Handler(BaseHTTPRequestHandler):
    """Reads a call, has it answered, and breaks what is to be broken."""

    server: Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def handle_one_request(self) -> None:
        """Answer one call; a connection that breaks, or is broken, ends."""
        try:
            super().handle_one_request()
        except (_Broken, ConnectionError):
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Say nothing: broken answers are what it is for."""

    def answer(self) -> None:
        """Answer whatever was asked."""
        cloud = self.server.cloud
        if self.path.startswith("/-/"):
            return self._send(self._about(self._call(self._body())))
        length = int(self.headers.get("Content-Length", 0))
        is_piece = self.command == "PUT" and length > 0
        if is_piece and cloud.faults.take("break_chunks"):
            self._break_piece(length)
        if is_piece and cloud.faults.take("stall_chunks"):
            self._break_piece(length, hang=True)
        call = self._call(self._body(damaged=is_piece and cloud.faults.take("damage_chunks")))
        with self.server.lock:
            answer = cloud.answer(call)
        self._note(answer.status, length)
        time.sleep(cloud.faults.delay_seconds)
        if answer.changed and cloud.faults.take("lose_answers"):
            self._reset()
        self._send(answer)
        return None

    # The server looks its methods up by these names.
    for _method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"):
        locals()[f"do_{_method}"] = answer

    def _call(self, body: bytes) -> Call:
        path, _, search = self.path.partition("?")
        headers = {name.lower(): value for name, value in self.headers.items()}
        return Call(self.command, path, search, headers, body, self.server.base)

    def _body(self, *, damaged: bool = False) -> bytes:
        body = bytearray(self._read(int(self.headers.get("Content-Length", 0))))
        if damaged:
            body[len(body) // 2] ^= 1
        return bytes(body)

    def _read(self, length: int) -> bytes:
        data = self.rfile.read(length)
        if len(data) < length:
            raise _Broken
        return data

    def _note(self, status: int, length: int) -> None:
        path, _, search = self.path.partition("?")
        self.server.cloud.calls.append(
            {
                "method": self.command,
                "path": path,
                "query": search,
                "status": status,
                "bytes": length,
                "range": self.headers.get("Content-Range"),
            }
        )

    def _break_piece(self, length: int, *, hang: bool = False) -> None:
        """Take a part of a piece, and then no more."""
        part = self._read(min(self.server.cloud.faults.taken_bytes, length))
        with self.server.lock:
            self.server.cloud.uploads.keep(self._call(part))
        self._note(0, len(part))
        if hang:
            self._wait_until_gone()
        self._reset()

    def _wait_until_gone(self) -> None:
        """Read nothing, and wait for the other side to give up."""
        while self.connection.fileno() >= 0 and not _hung_up(self.connection):
            time.sleep(0.02)

    def _reset(self) -> None:
        """End the connection with a reset rather than in order."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.rfile.close()
        self.connection.close()
        raise _Broken

    def _send(self, answer: Answer) -> None:
        faults = self.server.cloud.faults
        body = answer.body
        if answer.media and body and faults.take("damage_downloads"):
            body = bytes([body[0] ^ 1]) + body[1:]
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "HEAD":
            return
        if answer.media and faults.take("break_downloads"):
            self.wfile.write(body[: len(body) // 2])
            self._reset()
        if answer.media and faults.take("stall_downloads"):
            self.wfile.write(body[: len(body) // 2])
            self._wait_until_gone()
            self._reset()
        for start in range(0, len(body), _BLOCK):
            self.wfile.write(body[start : start + _BLOCK])

    def _about(self, call: Call) -> Answer:
        """Answer a call of the tests."""
        cloud = self.server.cloud
        match call.method, call.path:
            case "GET", "/-/calls":
                return answered(cloud.calls)
            case "GET", "/-/key":
                return answered(cloud.accounts.key_file(self.server.base))
            case "POST", "/-/faults":
                return self._changed(call)
            case "POST", "/-/reset":
                cloud.reset()
                return Answer(204)
        return refusal(404, "no such call")

    def _changed(self, call: Call) -> Answer:
        try:
            self.server.cloud.change_faults(call.json())
        except ValidationError as error:
            return refusal(400, str(error))
        return answered(self.server.cloud.faults.model_dump())


def _hung_up(connection: socket.socket) -> bool:
    """Tell whether the other side has closed, whatever it sent before."""
    info = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)
    return info[0] != 1  # not ESTABLISHED
