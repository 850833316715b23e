"""What opens the vault: its key file or a hardware module by itself, or several people with their shares."""
