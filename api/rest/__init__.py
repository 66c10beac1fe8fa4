"""The HTTP door: the actions as `POST` requests."""
