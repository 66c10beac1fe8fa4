"""The edge: the Litestar application with its WebSocket gateway, authentication and settings."""
