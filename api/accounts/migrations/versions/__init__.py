"""The steps. Each names the one before it; a released one is never changed."""
