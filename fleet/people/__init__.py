"""People: officers who wear cameras, users who sign in, tokens for programs, and what each may do."""
