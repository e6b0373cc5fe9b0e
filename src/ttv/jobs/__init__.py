"""Jobs: their life, their store and the queue that delivers their steps."""
