"""`gongkai serve` as a process: what it acknowledged survives, and it ends as it should."""

import re
import resource
import signal
import threading
from pathlib import Path

import httpx2
import pytest

from tests.process.serving import Server, gongkai, serving
from tests.samples import APPLICATION, application

pytestmark = pytest.mark.timeout(240)


def test_kill_in_the_middle_of_two_hundred_submissions_loses_none_that_was_acknowledged(tmp_path: Path) -> None:
    data, acknowledged, halfway = tmp_path / "data", {}, threading.Event()

    def send(server: Server, share: range) -> None:
        with httpx2.Client(base_url=server.url, timeout=30) as client:
            for place in share:
                headers = {"Idempotency-Key": f"k{place}"}
                try:
                    answer = client.post("/api/v1/requests", json=application(title=f"第{place}件"), headers=headers)
                except httpx2.TransportError:
                    return
                if answer.status_code == 201:
                    acknowledged[place] = answer.json()
                if len(acknowledged) >= 100:
                    halfway.set()

    with serving(data, GONGKAI_SUBMISSIONS_PER_MINUTE="1000") as server:
        server.wait_until("/readyz")
        threads = [threading.Thread(target=send, args=(server, range(n, 200, 4))) for n in range(4)]
        for thread in threads:
            thread.start()
        assert halfway.wait(120)
        server.stop(signal.SIGKILL)
        for thread in threads:
            thread.join()
    assert 100 <= len(acknowledged) < 200
    with serving(data) as server, httpx2.Client(base_url=server.url) as client:
        for place, receipt in list(acknowledged.items())[::7]:
            view = client.get(f"/api/v1/requests/{receipt['number']}", headers={"X-Query-Code": receipt["query_code"]})
            assert view.json()["title"] == f"第{place}件"
        place, receipt = next(iter(acknowledged.items()))
        headers = {"Idempotency-Key": f"k{place}"}
        again = client.post("/api/v1/requests", json=application(title=f"第{place}件"), headers=headers)
        assert again.json() == receipt
        assert server.stop() == 0
    verified = gongkai("audit", "verify", data=data)
    assert verified.returncode == 0, verified.stderr
    assert int(verified.stdout.split()[0]) >= len(acknowledged)


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_the_whole_way_from_a_request_to_a_confirmed_routing(
    tmp_path: Path, kind: str, request: pytest.FixtureRequest
) -> None:
    """What `make run` brings up: a receipt for the citizen, a suggestion for the clerk, chat, and a clean end."""
    chosen: dict[str, str] = {}
    if kind == "postgres":
        server_url = request.getfixturevalue("new_postgres_database").set(drivername="postgresql")
        chosen = {"GONGKAI_DATABASE_URL": server_url.render_as_string(hide_password=False)}
    with (
        serving(tmp_path / "data", "--demo", **chosen) as server,
        httpx2.Client(base_url=server.url, timeout=30) as client,
    ):
        server.wait_until("/readyz")
        asked = application(description="申请公开今年小学学区划分方案和各学校的划片范围。")
        receipt = client.post("/api/v1/requests", json=asked).json()
        password = re.search(r"shouli（clerk）密码 (\S+)", server.log.read_text())
        assert password
        token = client.post("/api/v1/staff/tokens", json={"username": "shouli", "password": password[1]}).json()
        client.headers["Authorization"] = f"Bearer {token['token']}"
        case = client.get(f"/api/v1/staff/cases/{receipt['number']}").json()
        best = case["suggestion"]["departments"][0]["code"]
        assert best == "education"
        done = client.post(
            f"/api/v1/staff/cases/{receipt['number']}/confirmation", json={"department": best, "disposition": "public"}
        )
        assert done.json()["decision"]["followed_suggestion"] is True
        view = client.get(f"/api/v1/requests/{receipt['number']}", headers={"X-Query-Code": receipt["query_code"]})
        assert view.json()["department"] == "教育局"
        server.wait_until("/chat")
        answer = client.post(f"/api/v1/chat/{server.wait_for_chat()}/messages", json={"text": "想看征地批复"})
        assert answer.json()["messages"]
        assert server.stop() == 0


def test_several_worker_processes_serve_one_office(tmp_path: Path) -> None:
    with (
        serving(tmp_path / "data", "--workers", "2") as server,
        httpx2.Client(base_url=server.url, timeout=30) as client,
    ):
        server.wait_until("/readyz")
        numbers = [client.post("/api/v1/requests", json=APPLICATION).json()["number"] for _ in range(10)]
        assert len(set(numbers)) == 10
        assert server.stop() == 0


def test_a_port_in_use_is_said_before_anything_else_happens(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as server:
        port = server.url.rsplit(":", 1)[1]
        second = gongkai("serve", "--port", port, data=tmp_path / "other")
    assert second.returncode == 1
    assert "error port_in_use" in second.stderr
    assert not (tmp_path / "other").exists()


def test_an_address_that_is_not_of_this_machine_is_no_port_in_use(tmp_path: Path) -> None:
    refused = gongkai("serve", "--host", "203.0.113.9", data=tmp_path / "other")
    assert refused.returncode == 2
    assert "error settings_invalid: 本机没有 203.0.113.9 这个监听地址" in refused.stderr


def test_a_disk_that_takes_no_more_is_seen_from_outside(tmp_path: Path) -> None:
    """The kernel's own limit on the size of a file: what it refuses, a full disk refuses as well."""
    data = tmp_path / "data"
    with serving(data) as server:
        server.wait_until("/readyz")
        now = (data / "gongkai.db-wal").stat().st_size
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (now, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
        assert httpx2.post(server.url + "/api/v1/requests", json=APPLICATION, timeout=30).status_code == 503
        server.wait_until("/readyz", 503)
        assert httpx2.get(server.url + "/readyz").json()["writing"] in ("io_error", "disk_full")
        assert '"event": "storage_unavailable"' in server.log.read_text()


def test_the_first_start_says_how_to_make_an_account_and_no_traceback_is_ever_shown(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with serving(data) as server:
        assert "gongkai user add" in server.log.read_text()
        assert server.stop() == 0
    added = gongkai("user", "add", "zhang", "--role", "clerk", data=data)
    assert added.returncode == 0
    assert "password:" in added.stdout
    twice = gongkai("user", "add", "zhang", "--role", "clerk", data=data)
    assert (twice.returncode, twice.stderr.split(":")[0]) == (1, "error user_exists")
    assert gongkai("user", "add", "li", "--role", "king", data=data).returncode == 2
    wrong = gongkai("migrate", data=data, GONGKAI_DATABASE_URL="sqlite:////proc/nowhere.db")
    assert wrong.returncode == 1
    assert "Traceback" not in wrong.stderr + added.stderr + twice.stderr
