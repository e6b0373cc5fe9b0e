"""Every setting of the service, read once and checked at start."""
