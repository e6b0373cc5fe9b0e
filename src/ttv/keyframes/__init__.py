"""Painters of the stills that anchor a shot; each file without an underscore is one."""

from __future__ import annotations

from ttv.keyframes._port import KeyframeRequest, Painter

__all__ = ["KeyframeRequest", "Painter"]
