"""Text-to-video pipeline: one prompt in, one finished film out."""
