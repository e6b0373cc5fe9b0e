"""Conformance suites, fakes and emulators for authors of back ends."""
