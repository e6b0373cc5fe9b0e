"""Settings become opened back ends here and nowhere else: the only composition root."""
