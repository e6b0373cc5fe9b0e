from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ttv.animatic._camera import CameraPath, eased
from ttv.animatic.scene import Camera, Framing, Move

TIMES = st.floats(0.0, 600.0)
CAMERAS = st.builds(
    Camera, st.sampled_from(Move), st.sampled_from(Framing), st.sampled_from([0.5, 1.0, 1.8])
)


def path(camera: Camera) -> CameraPath:
    return CameraPath(camera, follows=0.0, unit=720.0)


@given(CAMERAS, TIMES)
def test_a_zoom_stays_between_nothing_and_its_limit(camera: Camera, t: float) -> None:
    assert 1.0 <= path(camera).far_zoom(t) <= path(camera).zoom(t) <= 1.0 + path(camera).reach


@given(CAMERAS, TIMES)
def test_a_tilt_never_leaves_the_sky_that_was_drawn_for_it(camera: Camera, t: float) -> None:
    assert 0.0 <= path(camera).raised(t) <= path(camera).headroom


@given(CAMERAS, TIMES, st.floats(1e-4, 0.1))
def test_the_camera_never_jumps(camera: Camera, t: float, step: float) -> None:
    way = path(camera)
    assert abs(way.travelled(t + step) - way.travelled(t)) <= 200.0 * step + 1e-6
    assert abs(way.zoom(t + step) - way.zoom(t)) <= 0.5 * step + 1e-9
    assert abs(way.raised(t + step) - way.raised(t)) <= 0.5 * step + 1e-9


@given(st.floats(1.0, 500.0))
def test_a_move_has_its_steady_speed_after_the_ramp(t: float) -> None:
    assert abs(eased(t + 1.0) - eased(t) - 1.0) < 1e-9


def test_a_move_begins_at_rest() -> None:
    assert eased(0.01) < 0.001
