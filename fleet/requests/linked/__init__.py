"""What requests are about beside recordings, and what lasts on all of it while they are open."""
