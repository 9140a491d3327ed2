"""What people read: one terminal view a file."""
