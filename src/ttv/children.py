"""Child processes that cannot outlive or outgrow their parent."""
