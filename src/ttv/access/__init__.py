"""Who may use the service, and how much: keys, scopes, rate limits."""
