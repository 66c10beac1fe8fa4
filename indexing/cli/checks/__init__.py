"""What `contacts doctor` looks at, one module for each part. Nothing here changes anything."""
