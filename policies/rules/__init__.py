"""One rule a file, one folder a cloud."""
