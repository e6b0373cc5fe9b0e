from __future__ import annotations

import json
import os
import signal
import socket
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.commands import (
    PATIENCE,
    SMALL,
    THREE_SHOTS,
    THREE_SHOTS_FRAMES,
    Home,
    Service,
    alive,
    descendants,
    free_port,
    read_until,
    until,
)
from ttv import media

pytestmark = pytest.mark.slow

FOX = "a red fox runs through a snowy forest at night"


def submitted(home: Home, service: Service, *, seed: int = 1) -> str:
    """Ask for a film of three shots; give the id of the job. Another seed is another film."""
    home.write("plan.yaml", f"seed: {seed}{THREE_SHOTS}")
    done = home.ttv("submit", "--plan", "plan.yaml", "--url", service.url)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def finished(home: Home, service: Service, job_id: str) -> dict[str, int]:
    """Wait for the film, check it, and give how often each shot was begun."""
    done = home.ttv("status", job_id, "--wait", "--url", service.url)
    assert done.returncode == 0, done.stderr
    saved = home.ttv("download", job_id, "-o", f"{job_id}.mp4", "--url", service.url)
    assert saved.returncode == 0, saved.stderr
    assert media.probe(home.folder / f"{job_id}.mp4").frames == THREE_SHOTS_FRAMES
    steps = service.job(job_id).steps
    return Counter({step.name: step.attempts for step in steps if step.kind == "segment"})


def running(home: Home) -> int:
    """Count the steps that workers run."""
    pools = json.loads(home.ttv("queue", "--json").stdout)["pools"]
    return sum(pool["running"] for pool in pools.values())


def test_a_film_is_ordered_followed_and_saved(home: Home) -> None:
    with Service.running(home) as service:
        home.environment["TTV_URL"] = service.url
        asked = ("submit", FOX, "-o", "fox.mp4", "--output", "hls", "--seconds", "2", *SMALL)
        done = home.ttv(*asked)
        job_id = done.stdout.strip()

        assert done.returncode == 0, done.stderr
        assert "shot 1: done" in done.stderr
        assert media.probe(home.folder / "fox.mp4").frames == 24
        assert "fox.m4s" in (home.folder / "fox.m3u8").read_text().splitlines()
        assert "saved fox.m4s" in done.stderr

        listed = home.ttv("jobs").stdout
        assert job_id in listed
        assert "finished" in listed
        assert "100%" in home.ttv("status", job_id).stdout
        assert "workers 1" in home.ttv("queue").stdout
        assert home.ttv("cancel", job_id).returncode == 1
        assert service.stop() == 0
        assert "CRITICAL" not in service.log.read_text()

    assert home.ttv("jobs").returncode == 75


@pytest.mark.parametrize(
    ("arguments", "status", "complaint"),
    [
        (["submit", ""], 2, "prompt is empty"),
        (["submit", "x" * 4_001], 2, "the limit is 4,000"),
        (["submit", b"a fox \xff"], 2, "surrogate"),
        (["submit", "x", "--size", "321x180"], 2, "it must be even"),
        (["submit", "x", "--seconds", "1e9"], 2, "seconds must be"),
        (["submit", "x", "--url", "nowhere"], 2, "the URL of the service must look like"),
        (["status", "job_00000000000000000000000000"], 1, "job"),
        (["cancel", "../metrics"], 1, ""),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(
    busy: tuple[Home, Service], arguments: list[str | bytes], status: int, complaint: str
) -> None:
    home, _ = busy

    done = home.ttv(*arguments)

    assert done.returncode == status, done.stderr
    assert complaint in done.stderr
    assert done.stderr.startswith("ttv: ")
    assert done.stderr.count("\n") == 1


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Home, Service]]:
    home = Home(tmp_path_factory.mktemp("busy"))
    with Service.running(home) as service:
        home.environment["TTV_URL"] = service.url
        yield home, service


def test_a_job_that_is_canceled_ends_its_work(busy: tuple[Home, Service]) -> None:
    home, service = busy
    job_id = submitted(home, service)
    service.until_under_way(job_id)

    assert home.ttv("cancel", job_id).returncode == 0

    assert service.job(job_id).status == "canceled"
    until(lambda: running(home) == 0, what="an idle worker")
    assert not list((home.data / "work").glob(f"{job_id}/*"))


def test_ctrl_c_ends_the_watching_and_not_the_job(busy: tuple[Home, Service]) -> None:
    home, service = busy
    home.write("plan.yaml", THREE_SHOTS.replace("fox", "cat"))
    watcher = home.begin("submit", "--plan", "plan.yaml", "--wait")
    assert watcher.stdout
    job_id = watcher.stdout.readline().strip()
    read_until(watcher, "shot 1: working")

    watcher.send_signal(signal.SIGINT)
    _, complaint = watcher.communicate(timeout=PATIENCE)

    assert watcher.returncode == 130
    assert f"ttv status {job_id}" in complaint
    assert not service.job(job_id).ended
    assert home.ttv("cancel", job_id).returncode == 0


def test_jobs_survive_a_clean_restart_of_everything(home: Home) -> None:
    port = free_port()
    home.environment["TTV_WORKER_GRACE_SECONDS"] = "0"
    with Service.running(home, port) as service:
        job_id = submitted(home, service)
        done = service.until_under_way(job_id)
        assert service.stop() == 0

    with Service.running(home, port) as service:
        begun = finished(home, service, job_id)

    assert [begun[name] for name in done] == [1] * len(done)


def test_jobs_survive_a_kill_of_everything(home: Home) -> None:
    port = free_port()
    with Service.running(home, port) as service:
        job_id = submitted(home, service)
        done = service.until_under_way(job_id)
        service.kill()

    with Service.running(home, port) as service:
        begun = finished(home, service, job_id)

    assert [begun[name] for name in done] == [1] * len(done)


def test_a_killed_worker_is_replaced_and_finished_shots_are_not_made_again(
    busy: tuple[Home, Service],
) -> None:
    home, service = busy
    job_id = submitted(home, service, seed=2)
    done = service.until_under_way(job_id)
    os.kill(service.pid(" -m ttv worker"), signal.SIGKILL)

    begun = finished(home, service, job_id)

    assert [begun[name] for name in done] == [1] * len(done)
    assert max(begun.values()) == 2


def test_a_killed_queue_server_is_replaced_with_every_job(busy: tuple[Home, Service]) -> None:
    home, service = busy
    job_id = submitted(home, service, seed=3)
    service.until_under_way(job_id)
    os.kill(service.pid("valkey-server"), signal.SIGKILL)

    finished(home, service, job_id)


def test_requests_wait_while_a_killed_api_is_replaced(busy: tuple[Home, Service]) -> None:
    home, service = busy
    job_id = submitted(home, service, seed=4)
    os.kill(service.pid(" -m ttv serve"), signal.SIGKILL)

    assert service.job(job_id).id == job_id
    assert home.ttv("cancel", job_id).returncode == 0


def test_a_second_ctrl_c_does_not_wait_for_running_shots(home: Home) -> None:
    home.environment["TTV_WORKER_GRACE_SECONDS"] = "3600"
    with Service.running(home) as service:
        service.until_under_way(submitted(home, service))
        below = descendants(service.process.pid)

        service.process.send_signal(signal.SIGINT)
        until(lambda: "Worker drains" in service.log.read_text(), what="draining")
        assert service.stop() == 0

        assert not any(alive(pid) for pid in below)


def test_a_port_that_is_taken_is_told_with_the_way_out(home: Home) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = home.ttv("up", "--port", str(port))

    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == (
        f"ttv: port {port} on 127.0.0.1 is taken, perhaps by another ttv; stop it, "
        f"or choose another port: --port {port + 1}"
    )


def test_a_data_folder_that_cannot_be_made_is_told(home: Home) -> None:
    home.write("data", "")

    done = home.ttv("up", "--port", str(free_port()))

    assert done.returncode == 73
    assert str(home.data) in done.stderr.splitlines()[-1]


def test_a_setting_that_is_wrong_is_told_once(home: Home) -> None:
    home.environment["API_PORT"] = "eighty"

    done = home.ttv("up")

    assert done.returncode == 2
    assert done.stderr.startswith("ttv: API_PORT (environment) must be")
    assert done.stderr.count("\n") == 1


def test_a_demo_needs_nothing_and_leaves_a_film(home: Home) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        home.environment["API_PORT"] = str(taken.getsockname()[1])
        done = home.ttv("demo", "a small boat", "--seconds", "1", "--size", "320x180")

    assert done.returncode == 0, done.stderr
    (film,) = (home.folder / "films").iterdir()
    assert film.name.startswith("a-small-boat-")
    assert str(Path("films") / film.name) in done.stdout
    assert media.probe(film).frames == 24
