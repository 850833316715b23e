"""What limits somebody's rights for a time: pure rules that tables and sessions stand on."""
