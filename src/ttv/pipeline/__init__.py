"""The stages of a film as steps with content-addressed results."""
