"""From segments to a film."""
