"""Who is let in: names of the server, pages of its own, a token, and bodies of bounded size.

A page on the open web can make a browser send requests to a server on this machine. What it
cannot forge is the header `Origin`, nor, where it has its own name point at this machine (DNS
rebinding), the header `Host`. Both are looked at before anything else.
"""

from __future__ import annotations

import ipaddress
import secrets
import socket
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs, urlencode, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "clientela"
LARGEST_BODY = 25_000_000  # bytes: a document of 20 MB and its form around it
_LOOPBACK = ("127.0.0.1", "::1", "localhost")
# Vue compiles templates as they come, hence 'unsafe-eval'; everything else is from here alone.
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "object-src 'none'"
)
_HEADERS = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


@dataclass(frozen=True)
class Door:
    """Where the server listens, and the token that it asks for (None: nobody is asked)."""

    host: str
    port: int
    token: str | None = None
    names: frozenset[str] = field(default_factory=frozenset)

    @classmethod
    def at(cls, host: str, port: int) -> Door:
        """On this machine alone without a token; anywhere else with one, new each time."""
        token = None if is_loopback(host) else secrets.token_urlsafe(24)
        names = {*_LOOPBACK, host, socket.gethostname()} if token else set(_LOOPBACK)
        return cls(host, port, token, frozenset(name.lower() for name in names))

    @property
    def address(self) -> str:
        """The address to open in a browser, token included."""
        shown = "127.0.0.1" if self.host in ("", "0.0.0.0", "::") else self.host
        shown = f"[{shown}]" if ":" in shown else shown
        return f"http://{shown}:{self.port}/" + (f"?token={self.token}" if self.token else "")

    def knows(self, host: str) -> bool:
        """Whether a `Host` header names this server.

        Where others may connect any address of numbers will do: only names can be made to point
        elsewhere.
        """
        try:
            parts = urlsplit(f"//{host}")
            name, port = (parts.hostname or "").lower(), parts.port or 80
        except ValueError:
            return False
        if port != self.port or parts.path or parts.username is not None:
            return False
        return name in self.names or (self.token is not None and _is_address(name))


def is_loopback(host: str) -> bool:
    """Whether a server that binds to it can be reached from this machine alone."""
    return host in _LOOPBACK or (_is_address(host) and ipaddress.ip_address(host).is_loopback)


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


class Guard:
    """The outermost layer of the server: refuses what is not from its own pages."""

    def __init__(self, app: ASGIApp, door: Door) -> None:
        self._app, self._door = app, door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        refusal = self._refusal(scope)
        if refusal is None:
            await self._app(scope, _bounded(scope, receive), _sealed(send))
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008, "reason": "refused"})
        else:
            await refusal(scope, receive, _sealed(send))

    def _refusal(self, scope: Scope) -> Response | None:
        """What is answered in place of the page; None if the request is let in."""
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if len(headers.getlist("host")) != 1 or not self._door.knows(host):
            return _told(421, f"This server does not answer to the name '{host[:80]}'. Open {_plain(self._door)}")  # fmt: skip
        if not _is_own(scope, headers, host):
            return _told(403, "This request comes from a page that is not of this server.")
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > LARGEST_BODY:
            return _told(413, f"This is more than {LARGEST_BODY // 1_000_000} MB, the most that is taken.")  # fmt: skip
        return self._unknown(scope, headers) if self._door.token else None

    def _unknown(self, scope: Scope, headers: Headers) -> Response | None:
        """What one who has not shown the token is answered; with it, a cookie is set."""
        assert self._door.token is not None
        if _same(_cookie(headers), self._door.token):
            return None
        asked = parse_qs(scope.get("query_string", b"").decode("latin-1"))
        given = asked.pop("token", [""])[0]
        if scope["type"] == "http" and _same(given, self._door.token):
            rest = urlencode(asked, doseq=True)
            answer = RedirectResponse(scope["path"] + (f"?{rest}" if rest else ""), 303)
            answer.set_cookie(COOKIE, given, httponly=True, samesite="strict", path="/")
            return answer
        return _told(401, "This workbench asks for a token: open the address that 'clientela serve' has printed.")  # fmt: skip


def _plain(door: Door) -> str:
    return door.address.partition("?")[0]


def _told(status: int, message: str) -> Response:
    return PlainTextResponse(f"{message}\n", status)


def _same(given: str, token: str) -> bool:
    return secrets.compare_digest(given.encode(), token.encode())


def _cookie(headers: Headers) -> str:
    try:
        found = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return found.value if found else ""


def _is_own(scope: Scope, headers: Headers, host: str) -> bool:
    """Whether a request was made by a page of this server, or by going to one.

    Reading needs no origin; whatever may change something, or opens a socket, does.
    """
    origin = headers.get("origin")
    if origin is not None:
        return origin.lower() in (f"http://{host.lower()}", f"https://{host.lower()}")
    if scope["type"] == "websocket" or scope["method"] not in ("GET", "HEAD", "OPTIONS"):
        return False
    going = headers.get("sec-fetch-mode") == "navigate"
    return going or headers.get("sec-fetch-site", "none") in ("none", "same-origin")


class BodyTooLargeError(Exception):
    """A body went on past the largest that is taken, whatever length it said it had."""


def _bounded(scope: Scope, receive: Receive) -> Receive:
    """`receive`, up to the largest body. (Messages of a socket are bounded by the server.)"""
    if scope["type"] != "http":
        return receive
    taken = 0

    async def bounded() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > LARGEST_BODY:
            raise BodyTooLargeError
        return message

    return bounded


def _sealed(send: Send) -> Send:
    """`send`, with headers that keep pages to themselves."""

    async def sealed(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return sealed
