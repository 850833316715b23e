"""What releases decide: pure."""
