"""Playlists and scripts, under the names of media, that make libav open something else."""

from __future__ import annotations

from tests.integration.bombs._bomb import Bait, Builder


def texts(suffix: str) -> dict[str, Builder]:
    """Give them under a name with this suffix."""
    return {f"{name} as {suffix}": build for name, build in _TEXTS.items()}


def _playlist(*links: str) -> bytes:
    lines = "".join(f"#EXTINF:1,\n{link}\n" for link in links)
    return f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n{lines}#EXT-X-ENDLIST\n".encode()


def _keyed(bait: Bait) -> bytes:
    key = f'#EXT-X-KEY:METHOD=AES-128,URI="{bait.url}key"\n#EXT-X-MAP:URI="{bait.file.as_uri()}"\n'
    return _playlist(bait.file.as_uri()).replace(b"#EXTINF", key.encode() + b"#EXTINF", 1)


def _dash(bait: Bait) -> bytes:
    return (
        '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" '
        f'mediaPresentationDuration="PT1S"><BaseURL>{bait.url}</BaseURL><Period><AdaptationSet '
        'mimeType="video/mp4"><Representation id="1" bandwidth="1" width="64" height="64">'
        f"<BaseURL>{bait.file.as_uri()}</BaseURL></Representation></AdaptationSet></Period></MPD>"
    ).encode()


def _session(bait: Bait) -> bytes:
    host, _, port = bait.host.partition(":")
    return (
        f"v=0\no=- 0 0 IN IP4 {host}\ns=x\nc=IN IP4 {host}\nt=0 0\n"
        f"m=video {port} RTP/AVP 96\na=rtpmap:96 H264/90000\n"
    ).encode()


_TEXTS: dict[str, Builder] = {
    "playlist of a file": lambda bait: _playlist(bait.file.as_uri(), str(bait.file)),
    "playlist of a file beside it": lambda bait: _playlist(bait.file.name),
    "playlist of a server": lambda bait: _playlist(bait.url),
    "playlist with a key of a server": _keyed,
    "playlist of part of a file": lambda bait: _playlist(
        f"subfile,,start,0,end,999,,:{bait.file}", f"concat:{bait.file}|{bait.url}"
    ),
    "list of files": lambda bait: (
        f"ffconcat version 1.0\nfile '{bait.file}'\nfile '{bait.url}'\n".encode()
    ),
    "list of links": lambda bait: (
        f"ffconcat version 1.0\nfile 'subfile,,start,0,end,0,,:{bait.file}'\n".encode()
    ),
    "DASH": _dash,
    "session description": _session,
    "RTSP redirection": lambda bait: f"RTSPtext\nrtsp://{bait.host}/\n".encode(),
    "filter script": lambda bait: f"movie={bait.file}".encode(),
}
