"""The WebSocket door: handshake, frames, and the life of a connection."""
