"""Second factors: showing one to sign in, and setting them up."""
