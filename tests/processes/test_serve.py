"""``dealt serve`` as an operator meets it: real processes, real kills."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import stat
import time
from pathlib import Path

from dealt.kernel.postgres import EmbeddedPostgres
from dealt.kernel.postgres import processes as database_processes
from tests.processes.conftest import Serve
from tests.processes.running import Served, command, is_alive, until

DEALS = "/api/public/deals/"


def _count(server: Served) -> int:
    status, page = server.get(DEALS)
    assert status == 200, page
    return int(page["count"])


def _postgres(data_dir: Path) -> int | None:
    return EmbeddedPostgres(data_dir).pid


def test_a_first_start_shows_once_how_to_enter_and_a_second_keeps_everything(folder: Path, serve: Serve) -> None:
    data_dir = folder / "new data"
    first = serve(data_dir, "--workers", "0", "--web", "2").ready()
    assert first.token in first.output
    assert stat.S_IMODE((data_dir / "token").stat().st_mode) == 0o600
    assert stat.S_IMODE(data_dir.stat().st_mode) & 0o044 == 0
    assert first.post(DEALS, {"name": "Order 1"})[0] == 201
    web = first.pids("web")
    assert len(web) == 2
    assert first.stop() == 0
    assert not any(map(is_alive, web))
    assert database_processes.named(EmbeddedPostgres(data_dir).place.name) == []
    second = serve(data_dir, "--workers", "0", "--web", "1").ready()
    assert _count(second) == 1
    assert "Password" not in second.output
    assert first.token not in second.output
    assert str(data_dir / "token") in second.output
    assert second.stop(signal.SIGINT) == 0


def test_a_killed_web_process_is_started_again_and_the_other_is_left_alone(data_dir: Path, serve: Serve) -> None:
    server = serve(data_dir, "--workers", "0", "--web", "2").ready()
    victim, other = server.pids("web")
    os.kill(victim, signal.SIGKILL)
    until(lambda: len(server.pids("web")) == 2 and victim not in server.pids("web"), "another web process")
    assert other in server.pids("web")
    # Each new connection goes to either process: both answer.
    assert {server.get("/healthz")[0] for _ in range(20)} == {200}
    assert server.stop() == 0


def test_web_processes_count_a_tokens_requests_together(data_dir: Path, serve: Serve) -> None:
    """Each request comes on a connection of its own, which goes to any process: two at once and one a second, whoever
    answers.
    """
    server = serve(data_dir, "--workers", "0", "--web", "2", DEALT_REQUESTS_PER_SECOND="1").ready()
    began = time.monotonic()
    counted = [server.get("/api/public/workspace/")[0] for _ in range(40)]
    assert counted[0] == 200 and set(counted) <= {200, 429}
    assert counted.count(200) <= 2 + 1 + (time.monotonic() - began)
    assert server.stop() == 0


def test_a_killed_worker_is_started_again(data_dir: Path, serve: Serve) -> None:
    server = serve(data_dir, "--web", "1", "--workers", "1").ready()
    (victim,) = until(lambda: server.pids("worker"), "a worker")
    os.kill(victim, signal.SIGKILL)
    until(lambda: server.pids("worker") not in ([], [victim]), "another worker")
    assert server.stop() == 0


def test_a_killed_database_comes_back_and_web_processes_and_workers_live_through_it(
    data_dir: Path, serve: Serve
) -> None:
    server = serve(data_dir, "--web", "1", "--workers", "1").ready()
    assert server.post(DEALS, {"name": "Before"})[0] == 201
    before = until(lambda: server.pids("web") + server.pids("worker"), "the processes")
    victim = _postgres(data_dir)
    assert victim is not None
    os.kill(victim, signal.SIGKILL)
    until(lambda: _postgres(data_dir) not in (None, victim), "another PostgreSQL")
    until(lambda: server.get("/healthz")[0] == 200, "an answer")
    assert _count(server) == 1
    assert server.post(DEALS, {"name": "After"})[0] == 201
    assert server.pids("web") + server.pids("worker") == before
    assert server.stop() == 0


def test_when_the_parent_is_killed_its_children_end_and_the_next_start_adopts_the_database(
    data_dir: Path, serve: Serve
) -> None:
    server = serve(data_dir, "--web", "1", "--workers", "1").ready()
    assert server.post(DEALS, {"name": "Before"})[0] == 201
    children = until(lambda: [*server.pids("web"), *server.pids("worker")], "the processes")
    database = _postgres(data_dir)
    server.process.kill()
    server.process.wait()
    until(lambda: not any(map(is_alive, children)), "the end of the children")
    assert _postgres(data_dir) == database
    again = serve(data_dir, "--web", "1", "--workers", "0").ready()
    assert _postgres(data_dir) == database
    assert _count(again) == 1
    assert again.stop() == 0
    assert _postgres(data_dir) is None


def test_two_servers_run_side_by_side(data_dir: Path, folder: Path, serve: Serve, installed: Path) -> None:
    other_dir = Path(shutil.copytree(installed, folder / "other", symlinks=True))
    options = ("--web", "1", "--workers", "0")
    one, two = serve(data_dir, *options), serve(other_dir, *options)
    assert one.ready().address != two.ready().address
    assert one.post(DEALS, {"name": "Mine"})[0] == 201
    assert (_count(one), _count(two)) == (1, 0)
    assert (one.stop(), two.stop()) == (0, 0)


def test_a_second_server_on_the_same_data_folder_is_refused(data_dir: Path, serve: Serve) -> None:
    first = serve(data_dir, "--workers", "0", "--web", "1").ready()
    second = serve(data_dir, "--workers", "0", "--web", "1")
    assert second.process.wait(60) == 1
    assert f"already looked after by process {first.process.pid}" in second.output
    assert first.get("/healthz")[0] == 200


def test_the_demo_shop_is_loaded_at_one_start_and_found_at_the_next(data_dir: Path, serve: Serve) -> None:
    first = serve(data_dir, "--workers", "0", "--web", "1", "--demo").ready()
    assert "The demo shop is loaded." in first.output
    orders = _count(first)
    assert orders > 1500
    status, picture = first.get("/static/demo/HAT-BOB-SKY.svg")
    assert (status, picture[:4]) == (200, b"<svg")
    assert first.get("/static/demo/HAT-OF-NOBODY.svg")[0] == 404
    assert first.post(DEALS, {"name": "One more"})[0] == 201
    assert first.stop() == 0
    second = serve(data_dir, "--workers", "0", "--web", "1", "--demo").ready()
    assert "The demo shop was loaded before" in second.output
    assert _count(second) == orders + 1
    assert second.stop() == 0


def test_a_port_in_use_is_named_and_nothing_is_started(data_dir: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = command(data_dir, "serve", "--port", str(port))
    assert done.returncode == 1
    assert f"Port {port} of 127.0.0.1 is already in use" in done.stderr
    assert f"--port {port + 1}" in done.stderr
    assert _postgres(data_dir) is None


def _begin_request(server: Served) -> socket.socket:
    """A request whose body is not all sent yet."""
    host, port = server.address.removeprefix("http://").split(":")
    connection = socket.create_connection((host, int(port)))
    head = (
        f"POST {DEALS} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Token {server.token}\r\n"
        "Content-Type: application/json\r\nContent-Length: 16\r\n\r\n"
    )
    connection.sendall(head.encode() + b'{"name":')
    return connection


def _is_refusing(server: Served) -> bool:
    host, port = server.address.removeprefix("http://").split(":")
    try:
        socket.create_connection((host, int(port))).close()
    except ConnectionRefusedError:
        return True
    return False


def test_a_request_that_has_begun_is_finished_before_the_end(data_dir: Path, serve: Serve) -> None:
    server = serve(data_dir, "--workers", "0", "--web", "1").ready()
    with _begin_request(server) as connection:
        server.get("/healthz")  # by now the process has read what was sent before
        server.process.send_signal(signal.SIGTERM)
        until(lambda: _is_refusing(server), "the end of listening")
        connection.sendall(b'"Order"}')
        assert connection.recv(1024).startswith(b"HTTP/1.1 201")
    assert server.process.wait(60) == 0


def test_a_second_interrupt_hurries(data_dir: Path, serve: Serve) -> None:
    server = serve(data_dir, "--workers", "0", "--web", "1").ready()
    with _begin_request(server):
        server.get("/healthz")
        server.process.send_signal(signal.SIGINT)
        until(lambda: _is_refusing(server), "the end of listening")
        server.process.send_signal(signal.SIGINT)
        # Without hurry the open request would be waited for, half a minute long.
        assert server.process.wait(20) == 0
    assert _postgres(data_dir) is None
