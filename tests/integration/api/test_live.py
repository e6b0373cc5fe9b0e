"""Watch a film while it is made: a real player reads the playlist over a real server."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import av
import httpx
import numpy as np
import pytest
from av.container import InputContainer
from coredis import Redis

from tests.integration.api.conftest import PIECE_SECONDS, Service, running, serving
from tests.integration.api.works import ENGINES
from tests.integration.conftest import Valkey
from tests.integration.waiting import PATIENCE
from ttv import outputs
from ttv.access import By, Grant
from ttv.artifacts import Store
from ttv.jobs import Step
from ttv.media import Format
from ttv.outputs import Source
from ttv.pipeline._graph import seams, steps
from ttv.pipeline._order import Mode
from ttv.planning import Plan, Shot, to_document
from ttv.settings import Settings

pytestmark = pytest.mark.anyio

FPS: Final = 24
FRAMES: Final = int(PIECE_SECONDS * FPS)
#: Begins at the first shot, and asks for no second one before it shows anything.
AT_ONCE: Final = {"live_start_index": "0", "fpsprobesize": "0", "analyzeduration": "100000"}
#: Three shots of half a second, of which the plan says that each lasts so long.
PLAN: Final = Plan(
    brief="a fox; a den; a moon",
    shots=tuple(Shot(words, FRAMES, seed=1) for words in ("a fox", "a den", "a moon")),
    format=Format(160, 90, FPS),
    seed=7,
)


def piece(brightness: int, *, form: str = "mpegts") -> bytes:
    """Make a shot as it is streamed: MPEG-TS with H.264 and AAC."""
    made = io.BytesIO()
    with av.open(made, "w", format=form) as file:
        video = file.add_stream("libx264", rate=FPS, options={"preset": "ultrafast"})
        video.width, video.height, video.pix_fmt = 160, 90, "yuv420p"
        sound = file.add_stream("aac", rate=48_000, layout="stereo")
        for number in range(FRAMES):
            picture = np.full((90, 160, 3), brightness + number, np.uint8)
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, FPS)
            file.mux(video.encode(frame))
            block = av.AudioFrame.from_ndarray(
                np.zeros((2, 48_000 // FPS), np.float32), format="fltp", layout="stereo"
            )
            block.sample_rate, block.pts = 48_000, number * 48_000 // FPS
            file.mux(sound.encode(block))
        file.mux(video.encode(None))
        file.mux(sound.encode(None))
    return made.getvalue()


@dataclass(frozen=True)
class Film:
    """A film whose shots a test makes, one after the other."""

    service: Service
    links: dict[str, str]
    job_id: str

    @classmethod
    async def planned(cls, service: Service, headers: dict[str, str] | None = None) -> Film:
        asked = {"prompt": "a fox"}
        job = (await service.http.post("/v1/jobs", json=asked, headers=headers)).json()
        engine = ENGINES["animatic"].capabilities()
        graph = steps(PLAN, seams(PLAN, Mode.AUTO, engine), pool=engine.pool)
        following = [Step(**asdict(step)) for step in graph]
        plan = json.dumps(to_document(PLAN)).encode()
        film = cls(service, job["links"], job["id"])
        await service.work(film.job_id, "plan", *following, plan=plan)
        for step in following:
            if step.kind == "keyframe":
                await service.work(film.job_id, step.name, still=b"png")
        return film

    async def shoot(self, number: int) -> None:
        """Make a shot."""
        made = {"clip": b"mp4", "last_frame": b"png", "stream": piece(40 * number)}
        await self.service.work(self.job_id, f"segment-{number}", **made)

    async def finish(self) -> None:
        """Make the film."""
        await self.service.work(self.job_id, "film", film=b"film", poster=b"png")
        made = {"film": b"film", "poster": b"png", "plan": b"{}", "manifest": b"{}"}
        await self.service.work(self.job_id, "delivery", **made)

    async def playlist(self) -> str:
        """Read the playlist."""
        answer = await self.service.http.get(self.links["live"])
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == "application/vnd.apple.mpegurl"
        return answer.text


@pytest.fixture
async def film(
    shared_valkey: Valkey, redis: Redis[str], store: Store, tmp_path: Path
) -> AsyncIterator[Film]:
    """A planned film on a server with a socket."""
    async with serving(shared_valkey, store, Settings(data_dir=tmp_path)) as server:
        yield await Film.planned(
            Service(server.http, None, server.jobs, None, store, tmp_path, None)  # type: ignore[arg-type]  # no test here needs the three
        )


def media(playlist: str) -> list[str]:
    """Give the addresses of the pieces."""
    return [line for line in playlist.splitlines() if line and not line.startswith("#")]


def pictures(player: InputContainer) -> Iterator[int]:
    """Give the brightness of every picture, as a player shows it."""
    for frame in player.decode(video=0):
        yield int(frame.to_ndarray(format="gray8").mean())


def played(url: str) -> tuple[int, int]:
    """Play a stream to its end; count its pictures and the samples of its sound."""
    with av.open(url) as player:
        shown = sum(1 for _ in player.decode(video=0))
    with av.open(url) as player:
        return shown, sum(frame.samples for frame in player.decode(audio=0))


async def test_a_player_shows_each_shot_as_it_is_made(film: Film) -> None:
    await film.shoot(1)
    linked = await film.service.http.get(f"{film.links['artifact']}?output=live")
    url: str = linked.json()["url"]
    player = await asyncio.to_thread(av.open, url, options=AT_ONCE, timeout=PATIENCE)
    with closing(player):
        shown = pictures(player)

        async def next_pictures(count: int) -> list[int]:
            return await asyncio.to_thread(lambda: [next(shown) for _ in range(count)])

        first = await next_pictures(FRAMES - 2)
        assert max(first) - min(first) <= FRAMES
        # The player waits for more; the last shot is there before the one between.
        rest = asyncio.create_task(asyncio.to_thread(lambda: list(shown)))
        await film.shoot(3)
        await film.shoot(2)
        await film.finish()
        brightness = first + await rest
    assert len(brightness) == 3 * FRAMES
    assert brightness == sorted(brightness), "shots out of order"


async def test_the_film_that_is_over_plays_whole_with_its_sound(film: Film) -> None:
    for number in (1, 2, 3):
        await film.shoot(number)
    await film.finish()
    linked = await film.service.http.get(f"{film.links['artifact']}?output=live")
    shown, samples = await asyncio.to_thread(played, linked.json()["url"])
    assert shown == 3 * FRAMES
    assert abs(samples / 48_000 - 3 * PIECE_SECONDS) < 0.2


async def test_the_finished_film_is_streamed_from_where_it_lies(film: Film, tmp_path: Path) -> None:
    (tmp_path / "film.mp4").write_bytes(piece(40, form="mp4"))
    outputs.find("hls").make(Source(tmp_path / "film.mp4", FPS, ()), tmp_path, lambda _: None)
    playlist = (tmp_path / "film.m3u8").read_text()
    media_bytes = (tmp_path / "film.m4s").read_bytes()
    for number in (1, 2, 3):
        await film.shoot(number)
    await film.service.work(film.job_id, "film", film=b"film", poster=b"png")
    # The test's store calls files by their roles.
    forms = {"hls": playlist.replace("film.m4s", "hls-media.mp4").encode()}
    made = {"film": b"film", "hls-media": media_bytes, **forms}
    await film.service.work(film.job_id, "delivery", **made)
    linked = await film.service.http.get(f"{film.links['artifact']}?output=hls")
    shown, samples = await asyncio.to_thread(played, linked.json()["url"])
    assert shown == FRAMES
    assert abs(samples / 48_000 - PIECE_SECONDS) < 0.1


async def test_the_playlist_grows_and_what_it_said_stays(film: Film) -> None:
    await film.shoot(1)
    early = await film.playlist()
    await film.shoot(3)
    assert await film.playlist() == early
    await film.shoot(2)
    late = await film.playlist()
    assert late.startswith(early)
    assert len(media(late)) == 3
    assert late.count("#EXT-X-DISCONTINUITY") == 2
    assert late.endswith("#EXT-X-ENDLIST\n")
    await film.finish()
    assert await film.playlist() == late


async def test_the_pieces_of_a_playlist_need_no_key(
    shared_valkey: Valkey, redis: Redis[str], store: Store, tmp_path: Path
) -> None:
    settings = Settings(data_dir=tmp_path, auth="keys")
    async with running(shared_valkey, store, settings, client="192.0.2.7") as service:
        issued = await service.access.keys.create(Grant("acme"), by=By("test"))
        headers = {"X-API-Key": issued.secret}
        film = await Film.planned(service, headers)
        await film.shoot(1)
        assert (await service.http.get(film.links["live"])).status_code == 401
        guarded = await service.http.get(film.links["live"], headers=headers)
        asked = f"{film.links['artifact']}?output=live&redirect=1"
        redirected = await service.http.get(asked, headers=headers)
        linked = await service.http.get(redirected.headers["location"])
        assert linked.headers["cross-origin-resource-policy"] == "cross-origin"
        for playlist in (guarded, linked):
            (url,) = media(playlist.text)
            answer = await service.http.get(url)
            assert answer.headers["content-type"] == "video/mp2t"
            part = await service.http.get(url, headers={"Range": "bytes=0-187"})
            assert (part.status_code, part.content) == (206, answer.content[:188])


async def test_nothing_that_a_link_gave_outlives_it(film: Film) -> None:
    await film.shoot(1)
    asked = f"{film.links['artifact']}?output=live&expires_seconds=60"
    linked = (await film.service.http.get(asked)).json()["url"]
    (url,) = media((await film.service.http.get(linked)).text)
    assert httpx.URL(url).params["expires"] == httpx.URL(linked).params["expires"]


async def answers(film: Film) -> set[tuple[int, str]]:
    """Say how the playlist, and a link to it, are refused."""
    addresses = (film.links["live"], f"{film.links['artifact']}?output=live")
    refused = [await film.service.http.get(address) for address in addresses]
    return {(answer.status_code, answer.json()["code"]) for answer in refused}


async def test_before_the_first_shot_there_is_nothing_to_watch(film: Film) -> None:
    await film.shoot(2)
    assert await answers(film) == {(404, "not_ready")}
    refused = await film.service.http.get(film.links["live"])
    assert refused.headers["retry-after"] == "2"


async def test_a_canceled_film_can_be_watched_as_far_as_it_was_made(film: Film) -> None:
    await film.shoot(1)
    await film.service.http.post(film.links["cancel"])
    playlist = await film.playlist()
    assert len(media(playlist)) == 1
    assert playlist.endswith("#EXT-X-ENDLIST\n")


async def test_a_film_canceled_before_its_first_shot_has_nothing_to_watch(film: Film) -> None:
    await film.service.http.post(film.links["cancel"])
    assert await answers(film) == {(404, "not_found")}


async def test_shots_that_were_removed_are_gone(film: Film) -> None:
    for number in (1, 2, 3):
        await film.shoot(number)
    await film.finish()
    linked = await film.service.http.get(f"{film.links['artifact']}?output=live")
    job = await film.service.jobs.store.get(film.job_id)
    result: Any = job.step("segment-2").result
    await film.service.store.delete(result["files"]["stream"]["key"])
    assert await answers(film) == {(410, "gone")}
    assert (await film.service.http.get(linked.json()["url"])).status_code == 410
