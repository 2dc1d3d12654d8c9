"""mtlkeras."""
