"""The only room that runs libav: formats, encoding, probing, frames, joining, sound."""

from __future__ import annotations

from ttv.media._admit import (
    MAX_AUDIO_BYTES,
    MAX_IMAGE_BYTES,
    Picture,
    Recording,
    admit_audio,
    admit_image,
)
from ttv.media._clip import Clip, probe, signature
from ttv.media._conform import CONFORMING, conform
from ttv.media._copy import Fragment, Fragmented, copy, fragment
from ttv.media._cover import COVERING, cover
from ttv.media._encoder import Encoder
from ttv.media._errors import EncodingFailed, Unreadable, WrongLength
from ttv.media._format import MAX_SIDE, Format
from ttv.media._frames import fitted, frame_of, planes, read_frame, thumbnails
from ttv.media._gif import save_gif
from ttv.media._inspect import inspect, save_last_frame
from ttv.media._join import Part, broadcast, join
from ttv.media._jpeg import save_jpeg
from ttv.media._mp4 import Coding, Preset
from ttv.media._planes import Pixels, ToPlanes, black, blend
from ttv.media._png import load_png, save_png, scaled_png
from ttv.media._recode import Recoding, recode
from ttv.media._recorded import recorded
from ttv.media._sniff import kind_of
from ttv.media._sound import SOUND_RATE, Sound, read_sound
from ttv.media._transition import Transition

__all__ = [
    "CONFORMING",
    "COVERING",
    "MAX_AUDIO_BYTES",
    "MAX_IMAGE_BYTES",
    "MAX_SIDE",
    "SOUND_RATE",
    "Clip",
    "Coding",
    "Encoder",
    "EncodingFailed",
    "Format",
    "Fragment",
    "Fragmented",
    "Part",
    "Picture",
    "Pixels",
    "Preset",
    "Recoding",
    "Recording",
    "Sound",
    "ToPlanes",
    "Transition",
    "Unreadable",
    "WrongLength",
    "admit_audio",
    "admit_image",
    "black",
    "blend",
    "broadcast",
    "conform",
    "copy",
    "cover",
    "fitted",
    "fragment",
    "frame_of",
    "inspect",
    "join",
    "kind_of",
    "load_png",
    "planes",
    "probe",
    "read_frame",
    "read_sound",
    "recode",
    "recorded",
    "save_gif",
    "save_jpeg",
    "save_last_frame",
    "save_png",
    "scaled_png",
    "signature",
    "thumbnails",
]
