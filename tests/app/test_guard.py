"""The door: who is let in, and who is not."""

import asyncio

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from clientela.app.guard import LARGEST_BODY, BodyTooLargeError, Door, Guard, is_loopback

HERE = "127.0.0.1:8470"


def server(door: Door) -> TestClient:
    async def page(request):
        await request.body()
        return PlainTextResponse("in")

    async def socket(websocket):
        await websocket.accept()
        await websocket.send_text("in")
        await websocket.close()

    routes = [Route("/", page, methods=["GET", "POST"]), WebSocketRoute("/ws", socket)]
    return TestClient(Guard(Starlette(routes=routes), door), base_url=f"http://{HERE}")


@pytest.fixture
def alone() -> TestClient:
    return server(Door.at("127.0.0.1", 8470))


@pytest.fixture
def open_door() -> Door:
    return Door.at("0.0.0.0", 8470)


def test_on_this_machine_alone_nobody_is_asked_for_a_token(alone):
    assert Door.at("127.0.0.1", 8470).token is None
    assert alone.get("/").text == "in"


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "::1", "localhost"])
def test_loopback_is_told(host):
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.org", ""])
def test_everything_else_is_not_loopback(host):
    assert not is_loopback(host)


@pytest.mark.parametrize(
    "host",
    ["evil.example:8470", "127.0.0.1.evil.example:8470", "127.0.0.1:9999", "evil.example", "",
     "127.0.0.1:8470@evil.example", "127.0.0.1:8470/x", "10.0.0.5:8470"],
)  # fmt: skip
def test_another_name_for_this_machine_is_refused(alone, host):
    """A page whose name was made to point here (DNS rebinding) sends its own name as Host."""
    answer = alone.get("/", headers={"Host": host})
    assert answer.status_code == 421
    assert answer.text != "in"


@pytest.mark.parametrize(
    "host", ["127.0.0.1:8470", "localhost:8470", "[::1]:8470", "LOCALHOST:8470"]
)
def test_its_own_names_are_answered(alone, host):
    assert alone.get("/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://127.0.0.1:9999", "http://localhost:8470"]
)
def test_posts_from_other_pages_are_refused(alone, origin):
    assert alone.post("/", headers={"Origin": origin}).status_code == 403


def test_a_post_that_does_not_say_where_it_comes_from_is_refused(alone):
    assert alone.post("/").status_code == 403


def test_posts_from_its_own_pages_are_taken(alone):
    assert alone.post("/", headers={"Origin": f"http://{HERE}"}).status_code == 200


@pytest.mark.parametrize("origin", [None, "http://evil.example"])
def test_a_socket_needs_an_origin_of_this_server(alone, origin):
    headers = {"Host": HERE} | ({"Origin": origin} if origin else {})
    with pytest.raises(WebSocketDisconnect), alone.websocket_connect("/ws", headers=headers) as ws:
        ws.receive_text()


def test_a_socket_of_its_own_page_opens(alone):
    with alone.websocket_connect("/ws", headers={"Host": HERE, "Origin": f"http://{HERE}"}) as ws:
        assert ws.receive_text() == "in"


def test_what_another_page_embeds_is_refused_but_going_here_is_not(alone):
    embedded = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}
    assert alone.get("/", headers=embedded).status_code == 403
    going = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    assert alone.get("/", headers=going).status_code == 200


def test_pages_may_fetch_nothing_from_elsewhere_and_be_framed_by_nobody(alone):
    policy = alone.get("/").headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "connect-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "http" not in policy


# -- where others can connect --------------------------------------------------------------------


def test_each_door_that_others_can_reach_has_a_token_of_its_own():
    tokens = {Door.at("0.0.0.0", 8470).token for _ in range(3)}
    assert len(tokens) == 3
    assert all(token and len(token) >= 32 for token in tokens)


def test_without_the_token_nobody_is_let_in(open_door):
    client = server(open_door)
    for path in ("/", "/?token=", "/?token=wrong", f"/?token={open_door.token}x"):
        assert client.get(path).status_code == 401
    assert client.post("/", headers={"Origin": f"http://{HERE}"}).status_code == 401
    headers = {"Host": HERE, "Origin": f"http://{HERE}"}
    with pytest.raises(WebSocketDisconnect), client.websocket_connect("/ws", headers=headers) as ws:
        ws.receive_text()


def test_the_token_is_given_once_and_then_kept_in_a_cookie(open_door):
    client = server(open_door)
    answer = client.get(f"/?token={open_door.token}&s=a", follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/?s=a"
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert client.get("/").text == "in"
    headers = {"Host": HERE, "Origin": f"http://{HERE}", "Cookie": f"clientela={open_door.token}"}
    with client.websocket_connect("/ws", headers=headers) as ws:
        assert ws.receive_text() == "in"


def test_any_address_of_numbers_will_do_there_but_no_unknown_name(open_door):
    client = server(open_door)
    client.cookies.set("clientela", open_door.token)
    assert client.get("/", headers={"Host": "192.168.1.5:8470"}).status_code == 200
    assert client.get("/", headers={"Host": "evil.example:8470"}).status_code == 421


# -- bodies --------------------------------------------------------------------------------------


def test_a_body_that_says_it_is_too_large_is_refused(alone):
    headers = {"Origin": f"http://{HERE}", "Content-Length": str(LARGEST_BODY + 1)}
    assert alone.post("/", headers=headers, content=b"x").status_code == 413


def test_a_body_that_turns_out_too_large_is_cut_off():
    """However long it has said it is; sent in pieces without a length, say."""
    taken = []

    async def app(scope, receive, send):
        while (message := await receive()).get("more_body"):
            taken.append(len(message["body"]))

    async def receive():
        return {"type": "http.request", "body": b"x" * 1_000_000, "more_body": True}

    async def send(message):
        pass

    scope = {
        "type": "http", "method": "POST", "path": "/", "query_string": b"",
        "headers": [(b"host", HERE.encode()), (b"origin", f"http://{HERE}".encode())],
    }  # fmt: skip
    with pytest.raises(BodyTooLargeError):
        asyncio.run(Guard(app, Door.at("127.0.0.1", 8470))(scope, receive, send))
    assert sum(taken) <= LARGEST_BODY
