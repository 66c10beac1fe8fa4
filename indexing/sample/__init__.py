"""Made-up contacts, for trying the product out and for measuring it."""
