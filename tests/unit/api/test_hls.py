"""Playlists and tracks as text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ttv.api.hls import Piece, named_media, with_media, write_live

WHOLE = """\
#EXTM3U
#EXT-X-VERSION:7
#EXT-X-TARGETDURATION:4
#EXT-X-MAP:URI="film-hls.mp4",BYTERANGE="720@0"
#EXTINF:4.000000,
#EXT-X-BYTERANGE:1000@720
film-hls.mp4
#EXTINF:1.500000,
#EXT-X-BYTERANGE:500@1720
film-hls.mp4
#EXT-X-ENDLIST
"""


def pieces(*seconds: float) -> list[Piece]:
    return [Piece(f"/v1/artifacts/{n}.ts?signature=a", s) for n, s in enumerate(seconds, 1)]


def test_a_live_playlist_is_written_as_the_rfc_says() -> None:
    assert write_live(pieces(2, 3.5), longest=3.5, over=False).splitlines() == [
        "#EXTM3U",
        "#EXT-X-VERSION:3",
        "#EXT-X-PLAYLIST-TYPE:EVENT",
        "#EXT-X-TARGETDURATION:4",
        "#EXT-X-MEDIA-SEQUENCE:0",
        "#EXT-X-START:TIME-OFFSET=0",
        "#EXTINF:2.000000,",
        "/v1/artifacts/1.ts?signature=a",
        "#EXT-X-DISCONTINUITY",
        "#EXTINF:3.500000,",
        "/v1/artifacts/2.ts?signature=a",
    ]


@given(
    seconds=st.lists(st.floats(0.04, 60), min_size=1, max_size=12),
    data=st.data(),
)
def test_a_live_playlist_only_grows(seconds: list[float], data: st.DataObject) -> None:
    known = data.draw(st.integers(1, len(seconds)))
    longest = max(seconds)
    early = write_live(pieces(*seconds[:known]), longest=longest, over=False)
    late = write_live(pieces(*seconds), longest=longest, over=True)
    assert late.startswith(early)
    assert late.endswith("#EXT-X-ENDLIST\n")
    target = int(late.partition("TARGETDURATION:")[2].partition("\n")[0])
    lengths = [line[8:-1] for line in late.splitlines() if line.startswith("#EXTINF:")]
    assert len(lengths) == len(seconds)
    assert all(round(float(length)) <= target for length in lengths)


def test_the_media_of_a_playlist_are_named_once() -> None:
    assert named_media(WHOLE) == ("film-hls.mp4",)
    assert named_media("#EXTM3U\n\na.ts\r\nb.ts\n") == ("a.ts", "b.ts")


def test_media_are_replaced_wherever_they_are_named_and_nothing_else() -> None:
    urls = {"film-hls.mp4": "https://store.example/a?b=c&d=e"}
    written = with_media(WHOLE, urls)
    assert written == WHOLE.replace("film-hls.mp4", urls["film-hls.mp4"])
    assert with_media(WHOLE, {}) == WHOLE
    assert with_media(WHOLE, {"#EXTM3U": "x", "4": "x"}) == WHOLE


def test_a_track_keeps_where_its_stills_are_on_their_sheet() -> None:
    track = "WEBVTT\n\n00:00.000 --> 00:01.000\nsprites.jpg#xywh=0,0,160,90\n"
    assert "sprites.jpg" in named_media(track)
    url = "/v1/artifacts/sprites.jpg?signature=a"
    assert with_media(track, {"sprites.jpg": url}) == track.replace("sprites.jpg", url)
