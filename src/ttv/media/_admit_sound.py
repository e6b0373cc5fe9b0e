"""Read the audio of a user and record it anew."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Final, cast

import av
from av.audio.codeccontext import AudioCodecContext
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.stream import Disposition

from ttv.errors import InvalidRequest
from ttv.files import whole
from ttv.media._errors import writing
from ttv.media._sniff import audio_format
from ttv.media._sound import SOUND_RATE

#: What the packets of a codec hold where the index of the file may say otherwise.
_LEAST_SAMPLES: Final = {"aac": 1_024, "mp3": 384, "mp3float": 384}
_CODECS: Final = frozenset(
    {
        *("aac", "mp3", "mp3float", "flac", "opus", "libopus", "vorbis"),
        *("pcm_u8", "pcm_s16le", "pcm_s24le", "pcm_s32le", "pcm_f32le", "pcm_f64le"),
    }
)
_MOST_STREAMS: Final = 8
_MOST_CHANNELS: Final = 8
_RATES: Final = range(8_000, 192_001)
#: Opus has the shortest packets.
_PACKETS_PER_SECOND: Final = 400
#: Packets that even the shortest recording may have.
_SPARE_PACKETS: Final = 100
#: Fast; the level changes little of the size of music.
_COMPRESSION: Final = "1"


def rerecord(path: Path, to: Path, *, most_seconds: float) -> float:
    """Write audio anew as FLAC and give its length in seconds. Raises InvalidRequest (``file``)."""
    with path.open("rb") as file:
        form = audio_format(file.read(12))
    if form is None:
        raise _refusal("is no WAV, FLAC, MP3, Ogg, M4A or AAC; send one of these")
    with _refusing(), _opened(path, form) as source:
        _check_length(source, _voice(source), most_seconds)
    with _opened(path, form) as source, whole(to) as part:
        samples = _copied(source, part, most=round(most_seconds * SOUND_RATE))
    return samples / SOUND_RATE


def _opened(path: Path, form: str) -> InputContainer:
    """Open a file of one known form, and nothing that it refers to."""
    safe = {
        "protocol_whitelist": "file",
        "format_whitelist": "mov,mp4,m4a" if form == "mov" else form,
    }
    return av.open(
        str(path.absolute()), "r", format=form, container_options=safe, metadata_errors="ignore"
    )


def _voice(source: InputContainer) -> AudioStream:
    """Find the only audio stream; a cover is left where it is, any other picture refused."""
    if len(source.streams) > _MOST_STREAMS:
        raise _refusal(f"holds {len(source.streams)} streams; send one with a single sound track")
    if any(not s.disposition & Disposition.attached_pic for s in source.streams.video):
        raise _refusal("is a video; send its sound alone")
    if len(source.streams.audio) != 1:
        raise _refusal(
            f"holds {len(source.streams.audio)} sound tracks; send one with a single one"
        )
    stream = source.streams.audio[0]
    # None where libav knows no decoder, which its types do not tell.
    codec = cast("AudioCodecContext | None", stream.codec_context)
    if codec is None or codec.name not in _CODECS:
        raise _refusal("is in a codec that is not taken; send PCM, FLAC, MP3, AAC, Opus or Vorbis")
    if codec.sample_rate not in _RATES:
        raise _refusal(f"has {codec.sample_rate} samples a second; 8,000 to 192,000 are taken")
    if not 1 <= codec.layout.nb_channels <= _MOST_CHANNELS:
        raise _refusal(f"has {codec.layout.nb_channels} channels; 1 to {_MOST_CHANNELS} are taken")
    return stream


def _check_length(source: InputContainer, stream: AudioStream, most_seconds: float) -> None:
    """Walk the packets without decoding any: what they last, and not what the header says."""
    codec = stream.codec_context
    least = Fraction(_LEAST_SAMPLES.get(codec.name, 1), codec.sample_rate)
    lasted = Fraction(0)
    count = 0
    for count, packet in enumerate(source.demux(stream), start=1):
        lasted += max(least, Fraction(packet.duration or 0) * (packet.time_base or 0))
        if lasted > most_seconds:
            raise _too_long(most_seconds)
        if count > _SPARE_PACKETS + most_seconds * _PACKETS_PER_SECOND:
            raise _refusal("is cut into far more packets than sound needs; save it anew")


def _copied(source: InputContainer, to: Path, *, most: int) -> int:
    """Decode, resample and encode; count the samples."""
    with writing():
        target = av.open(str(to), "w", format="flac", container_options={"fflags": "+bitexact"})
    with target:
        stream = target.add_stream(
            "flac", rate=SOUND_RATE, layout="stereo", options={"compression_level": _COMPRESSION}
        )
        samples = 0
        for frame in _resampled(source):
            samples += frame.samples
            if samples > most:
                raise _too_long(most / SOUND_RATE)
            with writing():
                target.mux(stream.encode(frame))
        if not samples:
            raise _refusal("holds no sound")
        with writing():
            target.mux(stream.encode(None))
    return samples


def _resampled(source: InputContainer) -> Iterator[av.AudioFrame]:
    """Give the sound in stereo at our rate; time stamps are counted anew."""
    resampler = av.AudioResampler(format="s16", layout="stereo", rate=SOUND_RATE)
    with _refusing():
        stream = _voice(source)
        for frame in source.decode(stream):
            frame.pts = None
            yield from resampler.resample(frame)
        yield from resampler.resample(None)


@contextmanager
def _refusing() -> Iterator[None]:
    """Refuse what libav cannot read, whichever way it says so."""
    try:
        yield
    except (av.FFmpegError, ValueError, ArithmeticError) as error:
        if isinstance(error, MemoryError):
            raise MemoryError from error
        raise _refusal("is damaged or cut short; save it anew") from error


def _too_long(most_seconds: float) -> InvalidRequest:
    return _refusal(f"is longer than {most_seconds:g} seconds, the limit of a film; cut it")


def _refusal(what: str) -> InvalidRequest:
    return InvalidRequest(f"file {what}", param="file")
