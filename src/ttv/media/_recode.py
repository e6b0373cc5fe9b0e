"""Encode a film in another codec, with its sound."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

import av
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.codec.context import Flags
from av.container import InputContainer, OutputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from ttv.files import whole
from ttv.media._clip import Clip, open_clip, picture_of, probe
from ttv.media._errors import WrongLength, reading, writing
from ttv.media._mp4 import UNTAGGED, in_bt709, open_mp4
from ttv.media._sound import SOUND_RATE

#: The bytes may depend on the number of threads, so it is the same on every machine.
_THREADS: Final = 2
_KEYFRAME_SECONDS: Final = 4

_Packets: TypeAlias = "Iterator[Packet[VideoStream] | Packet[AudioStream]]"


@dataclass(frozen=True, slots=True)
class Recoding:
    """In what a film is encoded."""

    #: Names of libav's encoders; no sound encoder copies the sound as it is.
    picture: Literal["libx265", "libsvtav1", "libvpx-vp9"]
    options: Mapping[str, str] = field(default_factory=dict)
    sound: Literal["libopus"] | None = None
    container: Literal["mp4", "webm"] = "mp4"
    #: Four letters that name the codec inside an MP4, where players want certain ones.
    mark: str | None = None


def recode(
    source: Path,
    to: Path,
    recoding: Recoding,
    *,
    tags: Mapping[str, str] = UNTAGGED,
    progress: Callable[[float], None],
) -> None:
    """Encode a steady film anew, frame by frame, with these tags.

    Equal films and settings give equal bytes. Raises NotFound, Unreadable, WrongLength,
    EncodingFailed and the storage errors.
    """
    film = probe(source)
    opened = open_mp4 if recoding.container == "mp4" else _open_webm
    with (
        reading(source),
        open_clip(source) as clip,
        writing(),
        whole(to) as part,
        opened(part, tags) as file,
    ):
        count = 0
        for packet in _Recoder(film, clip, file, recoding).packets():
            file.mux(packet)
            if packet.stream.type == "video":
                count += 1
                progress(count / film.frames)
        if count != film.frames:
            raise WrongLength.of(to.name, frames=count, expected=film.frames)


class _Recoder:
    """Turns the packets of a film into those of another."""

    def __init__(
        self, film: Clip, clip: InputContainer, file: OutputContainer, recoding: Recoding
    ) -> None:
        self._clip = clip
        self._picture = picture_of(clip)
        self._sound = clip.streams.audio[0] if clip.streams.audio else None
        self._rate = film.rate
        self._frames = 0
        self._new_picture = self._add_picture(file, recoding)
        self._copies = recoding.sound is None
        self._new_sound = self._sound and self._add_sound(file, self._sound, recoding.sound)
        self._resampler: AudioResampler | None = None

    def packets(self) -> _Packets:
        """Give all packets of the new film, those of picture and sound side by side."""
        streams = [self._picture, *([self._sound] if self._sound else [])]
        for packet in self._clip.demux(streams):
            if self._copies and packet.stream is self._sound:
                yield from self._copied(packet)
                continue
            for frame in packet.decode():
                if isinstance(frame, av.VideoFrame):
                    yield from self._encode(frame)
                elif isinstance(frame, av.AudioFrame):
                    yield from self._resounded(frame)
        yield from self._new_picture.encode(None)
        if self._new_sound and not self._copies:
            yield from self._resounded(None)
            yield from self._new_sound.encode(None)

    def _encode(self, picture: av.VideoFrame) -> list[Packet[VideoStream]]:
        picture.pts = self._frames
        picture.time_base = 1 / self._rate
        picture.pict_type = 0  # where keyframes stand is for the new codec to say
        self._frames += 1
        return self._new_picture.encode(picture)

    def _copied(self, packet: Packet[Any]) -> _Packets:
        if packet.dts is not None and self._new_sound:
            packet.stream = self._new_sound
            yield packet

    def _resounded(self, sound: av.AudioFrame | None) -> _Packets:
        if self._new_sound is None:
            return
        if self._resampler is None:
            codec = self._new_sound.codec_context
            self._resampler = AudioResampler(codec.format, codec.layout, SOUND_RATE)
        for part in self._resampler.resample(sound):
            yield from self._new_sound.encode(part)

    def _add_picture(self, file: OutputContainer, recoding: Recoding) -> VideoStream:
        stream = file.add_stream(
            recoding.picture,
            rate=self._rate,
            options=dict(recoding.options),
            width=self._picture.width,
            height=self._picture.height,
            pix_fmt="yuv420p",
            time_base=1 / self._rate,
        )
        codec = stream.codec_context
        codec.thread_count = _THREADS
        codec.gop_size = round(_KEYFRAME_SECONDS * self._rate)
        codec.flags |= Flags.bitexact
        in_bt709(codec)
        if recoding.mark:
            codec.codec_tag = recoding.mark
        return stream

    @staticmethod
    def _add_sound(
        file: OutputContainer, sound: AudioStream, encoder: Literal["libopus"] | None
    ) -> AudioStream:
        if encoder is None:
            return file.add_stream_from_template(sound)
        stream = file.add_stream(encoder, rate=SOUND_RATE, layout="stereo")
        stream.bit_rate = 96_000
        stream.codec_context.flags |= Flags.bitexact
        return stream


def _open_webm(path: Path, tags: Mapping[str, str]) -> OutputContainer:
    """Open a WebM for writing that is indexed at its head and names no clock or version."""
    file = av.open(
        str(path),
        "w",
        format="webm",
        container_options={"fflags": "+bitexact", "cues_to_front": "1"},
    )
    file.metadata.update(tags)
    return file
