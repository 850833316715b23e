"""Where footage lies: objects that are created once, in a folder or an S3-compatible store."""
