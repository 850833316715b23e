"""What pages say of users, their roles and sessions, invitations and tokens. Pure."""
