"""What pages say of requests and letters. Pure."""
