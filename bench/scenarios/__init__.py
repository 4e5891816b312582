"""What is measured, by name; one file each."""
