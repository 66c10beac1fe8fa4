"""The console: a page in the browser at `/`, for people who have never heard of an API."""
