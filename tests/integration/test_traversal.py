"""Names that are made to lead elsewhere lead nowhere: not over HTTP, not in the rooms behind it."""

from __future__ import annotations

import time
import zipfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Any, Final

import pytest
from coredis import Redis

from tests.bucket import Bucket
from tests.integration.api.conftest import Server, serving
from tests.integration.api.pictures import png
from tests.integration.conftest import Valkey
from tests.integration.names import CANARY, RAW, UNSEEN, names, quoted
from tests.unit.media.pictures import write_clip
from tests.unit.pipeline.test_reproduce import told
from ttv import access, backends
from ttv.api.signing import Signer
from ttv.artifacts import Offer, Store
from ttv.cli import _target
from ttv.errors import InvalidRequest, NotFound
from ttv.outputs import clips
from ttv.outputs._port import Source
from ttv.settings import Settings
from ttv.tenancy import check_tenant
from ttv.testing import gcs
from ttv.uploads import _upload
from ttv.wiring.uploads import uploads_in

pytestmark = pytest.mark.anyio

NAMES: Final = names()
#: What leads out of the store by the links that lie in it.
LINKED: Final = (f"out/{CANARY}", "leak.mp4", f"films/up/{CANARY}", "out/a/b.mp4", "out")
#: Every file below a folder: its size and when it was changed.
_State = Mapping[str, tuple[int, int]]


@dataclass(frozen=True)
class House:
    """A service whose store lies deep among files that are none of its business."""

    server: Server
    store: Store
    root: Path
    signer: Signer
    job_id: str

    def state(self) -> _State:
        """Tell what lies inside and outside of the store."""
        files = {str(path): path.lstat() for path in self.root.rglob("*") if not path.is_dir()}
        return {path: (one.st_size, one.st_mtime_ns) for path, one in files.items()}

    async def ask(self, target: bytes, method: bytes = b"GET") -> tuple[int, bytes]:
        """Ask for an address as it is; gives the status and the whole answer."""
        head = b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        async with self.server.connection() as (reader, writer):
            writer.write(method + b" " + target + head)
            answer = await reader.read()
        return int(answer.split(b" ", 2)[1]), answer


def _baited(root: Path) -> Path:
    """Lay out the folders; gives that of the store."""
    folder = root / "a" / "b" / "artifacts"
    outside = root / "elsewhere"
    for one in (folder / "films", outside):
        one.mkdir(parents=True)
    for one in (*folder.parents[:3], outside):
        (one / CANARY).write_text(UNSEEN)
    (folder / "out").symlink_to(outside)
    (folder / "leak.mp4").symlink_to(outside / CANARY)
    (folder / "films" / "up").symlink_to("../..")
    return folder


@pytest.fixture
async def house(shared_valkey: Valkey, redis: Redis[str], tmp_path: Path) -> AsyncIterator[House]:
    root = tmp_path / "root"
    options = {"folder": str(_baited(root))}
    settings = Settings(data_dir=root / "a", requests_per_minute=0)
    async with (
        backends.build("ttv.artifacts", "disk", options) as store,
        serving(shared_valkey, store, settings) as server,
    ):
        signer = Signer.of(access.over(server.jobs.connection, settings, host="127.0.0.1"))
        made = await server.http.post("/v1/jobs", json={"prompt": "a fox"})
        yield House(server, store, root, signer, made.json()["id"])


@pytest.fixture(
    params=[
        *("/v1/jobs/{}", "/v1/jobs/{}/video", "/v1/jobs/{}/segments/1/video"),
        *("/v1/jobs/JOB/outputs/{}", "/v1/jobs/JOB/segments/{}", "/v1/playback/JOB/{}"),
        *("/v1/files/{}", "/v1/files/{}/content", "/v1/artifacts/{}", "/v1/webhooks/{}"),
        *("/v1/webhooks/{}/deliveries", "/v1/jobs?cursor={}", "/v1/files?cursor={}"),
    ]
)
def place(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


async def test_no_address_leads_out_of_the_store(house: House, place: str) -> None:
    before = house.state()
    forms = cycle(range(3))
    parts = (*(quoted(name)[next(forms)] for name in NAMES), *RAW)
    head, _, tail = place.replace("JOB", house.job_id).encode().partition(b"{}")

    answers = {part: await house.ask(head + part + tail) for part in parts}

    assert len(answers) >= 200
    assert {part: status for part, (status, _) in answers.items() if status // 100 != 4} == {}
    assert not [part for part, (_, answer) in answers.items() if UNSEEN.encode() in answer]
    assert house.state() == before


async def test_nothing_is_deleted_by_a_name_that_leads_elsewhere(house: House) -> None:
    before = house.state()

    for name in NAMES:
        status, _ = await house.ask(b"/v1/files/" + quoted(name)[0], b"DELETE")
        assert status // 100 == 4, name

    assert house.state() == before


async def test_not_even_a_signed_link_leads_out_of_the_store(house: House) -> None:
    before = house.state()

    for key in (*NAMES, *LINKED):
        signed = house.signer.sign(
            f"/v1/artifacts/{key}",
            expires=int(time.time()) + 600,
            type="text/plain",
            disposition="inline",
        )
        query = signed.rpartition("?")[2].encode()
        status, answer = await house.ask(b"/v1/artifacts/" + quoted(key)[0] + b"?" + query)
        assert status // 100 == 4, (key, answer)
        assert UNSEEN.encode() not in answer

    assert house.state() == before


@pytest.mark.parametrize("field", ["first_frame", "soundtrack", "generator", "planner", "outputs"])
async def test_no_order_names_what_lies_elsewhere(house: House, field: str) -> None:
    before = house.state()

    for name in NAMES:
        asked = {"prompt": "a fox", field: [name] if field == "outputs" else name}
        answer = await house.server.http.post("/v1/jobs", json=asked)
        assert answer.status_code // 100 == 4, (name, answer.text)

    assert house.state() == before


async def test_the_keys_in_a_manifest_are_not_believed(house: House) -> None:
    before = house.state()
    manifest: dict[str, Any] = told()
    manifest["steps"]["film"]["files"]["film"]["key"] = f"../../{CANARY}"
    manifest["files"]["film"]["name"] = f"../../{CANARY}"

    answer = await house.server.http.post("/v1/jobs/reproduce", json=manifest)

    assert answer.status_code == 202, answer.text
    job = await house.server.jobs.store.get(answer.json()["id"])
    assert CANARY not in repr(job.request)
    assert house.state() == before


async def test_the_name_of_an_upload_is_for_people_alone(house: House) -> None:
    outside = {path: at for path, at in house.state().items() if "/artifacts/" not in path}
    ugly = ("../../canary.txt", 'a"; filename="b.exe', "a\r\nSet-Cookie: b=c", ".facts", "a\0b")

    for number, name in enumerate(ugly):
        sent = await house.server.http.post(
            "/v1/files",
            content=png(0xFF000000 + number),
            headers={"Content-Type": "image/png"},
            params={"filename": name},
        )
        assert sent.status_code == 201, sent.text
        file_id = sent.json()["id"]
        kept = await house.server.http.get(f"/v1/files/{file_id}/content")
        assert kept.headers["content-disposition"] == f'inline; filename="{file_id}.png"'
        assert "set-cookie" not in kept.headers

    now = house.state()
    assert {path: at for path, at in now.items() if "/artifacts/" not in path} == outside
    assert not [path for path in now if "/artifacts/" in path and path.endswith(CANARY)]


async def test_no_name_of_an_upload_is_an_id_or_a_key(house: House) -> None:
    kept = uploads_in(house.store, Settings(data_dir=house.root))
    before = house.state()

    for name in NAMES:
        for use in (kept.get, kept.content, kept.delete):
            with pytest.raises(NotFound):
                await use("acme", name)
        shown = _upload.shown_name(name) or ""
        assert not set(shown) & set("/\\\0\r\n")
        assert not shown.startswith(".")

    assert house.state() == before


def _disk(request: pytest.FixtureRequest) -> dict[str, object]:
    return {"folder": str(_baited(request.getfixturevalue("tmp_path") / "root"))}


def _gcs(request: pytest.FixtureRequest) -> dict[str, object]:
    emulator: gcs.Emulator = request.getfixturevalue("google")
    return emulator.store_options


def _s3(request: pytest.FixtureRequest) -> dict[str, object]:
    bucket: Bucket = request.getfixturevalue("bucket")
    return bucket.options


STORES: Final = {"disk": _disk, "gcs": _gcs, "s3": _s3}


async def _refuses(store: Store, key: str, folder: Path) -> None:
    """Try everything that a store does with a key."""
    source = folder / "source"
    source.write_text("a film")
    uses: tuple[Callable[[], Awaitable[object]], ...] = (
        lambda: store.stat(key),
        lambda: store.delete(key),
        lambda: store.fetch(key, folder / "fetched"),
        lambda: store.put(key, source, content_type="video/mp4"),
        lambda: store.put(key, source, content_type="video/mp4", if_absent=True),
    )
    for use in uses:
        with pytest.raises(InvalidRequest):
            await use()
    with pytest.raises(InvalidRequest):
        _ = [data async for data in store.read(key)]
    with pytest.raises(InvalidRequest):
        _ = [listed async for listed in store.listed(key)]
    assert not (folder / "fetched").exists()


@pytest.mark.parametrize("name", backends.names("ttv.artifacts"))
async def test_no_store_takes_a_key_that_leads_elsewhere(
    name: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    async with backends.build("ttv.artifacts", name, STORES[name](request)) as store:
        for key in NAMES:
            await _refuses(store, key, tmp_path)
            with pytest.raises(InvalidRequest):
                store.uri(key)
            with pytest.raises(InvalidRequest):
                await store.link(key, Offer(60, "video/mp4", "inline"))


async def test_no_link_in_the_folder_of_the_store_leads_out_of_it(tmp_path: Path) -> None:
    folder = _baited(tmp_path / "root")
    canaries = sorted((tmp_path / "root").rglob(CANARY))
    async with backends.build("ttv.artifacts", "disk", {"folder": str(folder)}) as store:
        for key in LINKED:
            await _refuses(store, key, tmp_path)
        listed = [one.key async for one in store.listed("films")]

    assert listed == []
    assert sorted((tmp_path / "root").rglob(CANARY)) == canaries
    assert {path.read_text() for path in canaries} == {UNSEEN}
    assert {path.name for path in (tmp_path / "root" / "elsewhere").iterdir()} == {CANARY}


def test_the_clips_in_an_archive_are_called_by_their_number(tmp_path: Path) -> None:
    shots = tuple(tmp_path / f"{name}.mp4" for name in ("..", "-rf", "a\\b", "a;b"))
    for shot in shots:
        write_clip(shot, 2)

    clips.build({}).make(
        Source(shots[0], 24, (), clips=shots, tags={"title": "../a"}), tmp_path, lambda _: None
    )

    with zipfile.ZipFile(tmp_path / "clips.zip") as archive:
        assert archive.namelist() == [f"shot-{number:02}.mp4" for number in range(1, 5)]


def test_no_tenant_is_called_so() -> None:
    for name in NAMES:
        with pytest.raises(InvalidRequest):
            check_tenant(name)


def test_a_film_that_is_saved_under_its_prompt_lies_in_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "films"
    folder.mkdir()
    monkeypatch.chdir(folder)

    for name in NAMES:
        path = _target.choose(None, name, force=False)
        assert path.parent == folder
        assert path.suffix == ".mp4"
        assert not path.name.startswith((".", "-"))

    assert list(tmp_path.rglob("*")) == [folder]
